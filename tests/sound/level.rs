//! Peak and VU level.

use tandem_dsp::meter::level::Level;
use tandem_dsp::units::db_to_gain;
use tandem_tests::signals::sine;

const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

#[test]
fn a_sine_reads_its_peak_level_on_both_scales() {
    for rate in RATES {
        let mut level = Level::default();
        level.prepare(rate);
        level.run(&sine(2 * rate as usize, rate, 1_000.0, -18.0));
        let read = level.read();
        for lane in 0..2 {
            assert!((read.peak_db[lane] + 18.0).abs() < 0.01, "peak {:.3} dBFS, -18 expected", read.peak_db[lane]);
            assert!((read.vu_db[lane] + 18.0).abs() < 0.02, "VU {:.3} dB, -18 expected", read.vu_db[lane]);
        }
    }
}

#[test]
fn vu_reaches_99_percent_in_300_ms_without_overshoot() {
    // IEC 60268-17: deflection, which is linear in level, within ±10 % of the time.
    for rate in RATES {
        let mut level = Level::default();
        level.prepare(rate);
        let tone = sine(rate as usize, rate, 1_000.0, 0.0);
        let (mut reached_ms, mut highest) = (None, 0.0f64);
        for (i, frame) in tone.iter().enumerate() {
            level.run(std::slice::from_ref(frame));
            let deflection = db_to_gain(level.read().vu_db[0]);
            highest = highest.max(deflection);
            if deflection >= 0.99 && reached_ms.is_none() {
                reached_ms = Some(1e3 * i as f64 / rate);
            }
        }
        let reached_ms = reached_ms.expect("it arrives");
        assert!((reached_ms - 300.0).abs() < 15.0, "99 % after {reached_ms:.1} ms at {rate} Hz, 300 expected");
        assert!(highest < 1.015, "overshoot to {highest:.4}; IEC 60268-17 allows 1 to 1.5 %");
    }
}

#[test]
fn a_reading_starts_a_new_peak() {
    let mut level = Level::default();
    level.prepare(48_000.0);
    level.run(&[[0.5, -0.25]]);
    let read = level.read().peak_db;
    assert!((read[0] + 6.02).abs() < 0.01 && (read[1] + 12.04).abs() < 0.01, "{read:?}");
    level.run(&[[0.1, 0.0]]);
    let read = level.read().peak_db;
    assert!((read[0] + 20.0).abs() < 0.01 && read[1] <= -300.0, "{read:?}");
}

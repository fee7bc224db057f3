//! Long-term levels in thirds of an octave.

use tandem_dsp::block::graphic::CENTRES_HZ;
use tandem_dsp::meter::thirds::Thirds;
use tandem_dsp::{CONTROL_INTERVAL, Frame};
use tandem_tests::signals::{pink, sine, white};

const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

fn heard(rate: f64, signal: &[Frame]) -> Thirds {
    let mut meter = Thirds::default();
    meter.prepare(rate);
    signal.chunks(CONTROL_INTERVAL).for_each(|frames| meter.run(frames));
    meter
}

fn measured(rate: f64) -> usize {
    CENTRES_HZ.iter().filter(|hz| **hz * 1.122 < 0.48 * rate).count()
}

#[test]
fn pink_noise_is_level_and_white_rises_by_3_db_an_octave() {
    for rate in RATES {
        let frames = 60 * rate as usize;
        let white = heard(rate, &white(frames, 1, -20.0));
        let levels = white.levels_db().expect("there was programme");
        for (band, hz) in CENTRES_HZ.iter().enumerate().take(measured(rate)) {
            // Power -20 dB a channel up to half the rate; a third is 10^(1/20) - 10^(-1/20) of its centre wide.
            let due = -20.0 + 10.0 * (2.0 * 0.230_768 * hz / (0.5 * rate)).log10();
            // Of so few independent values: four times the standard deviation.
            let spread = 4.0 * 4.34 / (2.0 * 0.23 * hz * 60.0).sqrt();
            let off = (levels[band] - due).abs();
            // Where its upper edge is close to half the rate a band-pass is not that of the standard any more.
            let at_the_top = if *hz > 0.4 * rate { 0.2 } else { 0.1 };
            assert!(off < at_the_top + spread, "{rate} Hz: {:.2} dB at {hz:.0} Hz, {due:.2} due", levels[band]);
        }
        assert!(levels[measured(rate)..].iter().all(|level| *level == -200.0), "what is too high is nothing");
    }
    let levels = *heard(44_100.0, &pink(60 * 44_100, 2, -20.0)).levels_db().expect("there was programme");
    let middle = levels[13..24].iter().sum::<f64>() / 11.0;
    for (band, hz) in CENTRES_HZ.iter().enumerate().take(30).skip(5) {
        let spread = 4.0 * 4.34 / (2.0 * 0.23 * hz * 60.0).sqrt();
        let off = (levels[band] - middle).abs();
        assert!(off < 0.2 + spread, "pink: {:.2} dB at {hz:.0} Hz, {middle:.2} in the middle", levels[band]);
    }
}

#[test]
fn a_sine_is_in_its_third_and_12_db_down_in_the_next() {
    // |H|² = 1 / (1 + Ω⁴), Ω = (x - 1/x) / (10^(1/20) - 10^(-1/20)), x = 10^(1/10): Ω = 2.009; over the noise bandwidth.
    let noise_db = 10.0 * (std::f64::consts::FRAC_PI_4 / std::f64::consts::FRAC_PI_4.sin()).log10();
    let omega_at = |x: f64| (x - 1.0 / x) / (10f64.powf(0.05) - 10f64.powf(-0.05));
    let next_db = -10.0 * (1.0 + omega_at(10f64.powf(0.1)).powi(4)).log10();
    for rate in RATES {
        let meter = heard(rate, &sine(4 * rate as usize, rate, 1_000.0, -6.0));
        let levels = meter.levels_db().expect("there was programme");
        for (band, due) in [(16, next_db), (17, 0.0), (18, next_db)] {
            let due = -6.0 + due - noise_db;
            let off = (levels[band] - due).abs();
            assert!(off < 0.15, "{rate} Hz: {:.2} dB in third {band}, {due:.2} due", levels[band]);
        }
        let due = -6.0 - noise_db - 10.0 * (1.0 + (omega_at(10f64.powf(0.3))).powi(4)).log10();
        assert!((levels[20] - due).abs() < 0.3, "an octave up: {:.1} dB, {due:.1} due", levels[20]);
    }
}

#[test]
fn pauses_and_what_is_10_lu_below_the_rest_do_not_count() {
    let rate = 48_000.0;
    let loud = sine(480_000, rate, 1_000.0, -12.0);
    let alone = *heard(rate, &loud).levels_db().expect("there was programme");
    let mut with_pauses = loud.clone();
    with_pauses.extend(vec![[0.0; 2]; 480_000]);
    // A different sound, 20 dB below: gated. The last block of the loud part ends where the quiet one begins.
    with_pauses.extend(sine(480_000, rate, 100.0, -32.0));
    let gated = *heard(rate, &with_pauses).levels_db().expect("there was programme");
    assert!((gated[17] - alone[17]).abs() < 1e-6, "{:.3} dB, alone {:.3}", gated[17], alone[17]);
    // 5 dB below it counts: of three parts as long, K-weighted 1 kHz first.
    let mut with_more = loud;
    with_more.extend(sine(480_000, rate, 1_000.0, -17.0));
    let both = *heard(rate, &with_more).levels_db().expect("there was programme");
    let due = alone[17] + 10.0 * (0.5 * (1.0 + 10f64.powf(-0.5))).log10();
    assert!((both[17] - due).abs() < 0.02, "{:.3} dB, {due:.3} due", both[17]);
    assert!(heard(rate, &vec![[0.0; 2]; 96_000]).levels_db().is_none(), "silence has no spectrum");
}

//! Gains by band: what each band gets, and what lies between.

use tandem_dsp::block::band_gains::{BandGains, response, tangent};
use tandem_dsp::units::{db_to_gain, power_to_db};
use tandem_dsp::{CONTROL_INTERVAL, Frame};
use tandem_tests::measure::{lane, response_db};
use tandem_tests::signals::{impulse, white};

const CROSSOVERS: [f64; 3] = [150.0, 1_000.0, 6_000.0];

fn process(rate: f64, gains_db: [f64; 4], input: &[Frame]) -> Vec<Frame> {
    let mut bands = BandGains::<4>::default();
    let mut tangents = [1.0; 4];
    for (tangent_of, crossover_hz) in tangents.iter_mut().zip(CROSSOVERS) {
        *tangent_of = tangent(crossover_hz, rate);
    }
    let mut output = input.to_vec();
    // Once to run there, once to stand there.
    for _ in 0..2 {
        bands.control(&gains_db.map(|db| [db_to_gain(db); 2]), &tangents);
        bands.run(&mut [[0.0; 2]; CONTROL_INTERVAL]);
    }
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        bands.control(&gains_db.map(|db| [db_to_gain(db); 2]), &tangents);
        bands.run(run);
    }
    output
}

fn reported_db(rate: f64, gains_db: [f64; 4], freq_hz: f64) -> f64 {
    let [re, im] = response(&gains_db.map(db_to_gain), &CROSSOVERS, rate, freq_hz);
    power_to_db(re * re + im * im)
}

#[test]
fn reported_response_is_measured_response() {
    for rate in [44_100.0, 48_000.0, 192_000.0] {
        for gains_db in [[-3.0, 0.0, 0.0, 0.0], [3.0, -12.0, 6.0, 1.0], [0.0, 0.0, -20.0, 0.0]] {
            let measured = lane(&process(rate, gains_db, &impulse(rate as usize)), 1);
            for freq_hz in [30.0, 100.0, 150.0, 400.0, 1_000.0, 2_500.0, 6_000.0, 12_000.0, 19_000.0] {
                let (measured, reported) =
                    (response_db(&measured, rate, freq_hz), reported_db(rate, gains_db, freq_hz));
                assert!(
                    (measured - reported).abs() < 0.01,
                    "{gains_db:?} at {rate} Hz: {measured:.3} dB at {freq_hz} Hz, {reported:.3} reported"
                );
            }
        }
    }
}

#[test]
fn a_band_gets_its_gain_and_its_neighbours_little_of_it() {
    // |H|² = (s⁸ + a⁸) / (s⁸ + 1) with a⁴ the gain: one octave into the neighbour 3 dB have become
    // 10 log10((2⁸ + a⁸) / (2⁸ + 1)) of a pole at 0.84 of the crossover.
    for (freq_hz, expected_db, within_db) in
        [(40.0, -3.0, 0.01), (75.0, -3.0, 0.05), (150.0, -1.5, 0.01), (300.0, 0.0, 0.05), (1_000.0, 0.0, 0.01)]
    {
        let reported = reported_db(192_000.0, [-3.0, 0.0, 0.0, 0.0], freq_hz);
        assert!((reported - expected_db).abs() < within_db, "{freq_hz} Hz: {reported:.3} dB, {expected_db} expected");
    }
}

#[test]
fn nothing_between_the_bands_exceeds_them() {
    for gains_db in [[-12.0, 6.0, -3.0, 3.0], [6.0, -6.0, 6.0, -6.0], [-3.0, 0.0, 3.0, 0.0]] {
        let most = gains_db.iter().fold(-99.0f64, |most, gain| most.max(*gain));
        for step in 0..300 {
            let freq_hz = 20.0 * 1000.0f64.powf(f64::from(step) / 300.0);
            let over = reported_db(48_000.0, gains_db, freq_hz) - most;
            assert!(over < 0.01, "{gains_db:?}: {over:.3} dB over the highest band at {freq_hz:.0} Hz");
        }
    }
}

#[test]
fn equal_gains_are_that_gain_and_unity_passes_bit_for_bit() {
    let noise = white(4_000, 2, -12.0);
    assert!(process(48_000.0, [0.0; 4], &noise) == noise, "unity passes");
    for (out, input) in process(48_000.0, [-6.0; 4], &noise).iter().zip(&noise) {
        assert!((out[0] - db_to_gain(-6.0) * input[0]).abs() < 1e-12);
    }
}

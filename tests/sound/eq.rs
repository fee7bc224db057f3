//! The equaliser: what it reports is what it does, and what it does is what its analogue prototype does.

use tandem_dsp::control::Enumerated;
use tandem_dsp::module::eq::{
    BandSettings, Eq, EqSettings, HighPassSettings, LowPassSettings, Placement, Shape, Slope,
};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, peak_db, response_db};
use tandem_tests::signals::impulse;

/// Runs the equaliser over a signal as a chain does.
fn process(eq: &mut Eq, signal: &mut [Frame]) {
    let keys = [[0.0; 2]; CONTROL_INTERVAL];
    for run in signal.chunks_mut(CONTROL_INTERVAL) {
        eq.control();
        eq.run(run, &keys[..run.len()]);
    }
}

/// An equaliser that has jumped to `settings`.
fn fresh(settings: &EqSettings, rate: f64) -> Eq {
    let mut eq = Eq::default();
    eq.prepare(rate, LatencyMode::Live);
    eq.set(settings);
    eq
}

/// One band, switched on.
fn one_band(band: BandSettings) -> EqSettings {
    let mut settings = EqSettings::default();
    settings.bands[0] = BandSettings { on: true, ..band };
    settings
}

/// Settings with one filter each: every shape and slope at a few points.
fn each_filter() -> Vec<(String, EqSettings)> {
    let mut all = Vec::new();
    for freq_hz in [60.0, 1000.0, 9000.0, 19_000.0] {
        for &shape in Shape::ALL {
            for (gain_db, q) in [(6.0, 0.7), (-11.0, 3.0), (18.0, 0.3)] {
                let settings = one_band(BandSettings { shape, freq_hz, gain_db, q, ..Default::default() });
                all.push((format!("{shape:?} {freq_hz} Hz {gain_db} dB Q {q}"), settings));
            }
        }
        for &slope in Slope::ALL {
            let high_pass = HighPassSettings { on: true, freq_hz, slope };
            let settings = EqSettings { high_pass, ..Default::default() };
            all.push((format!("high-pass {slope:?} {freq_hz} Hz"), settings));
            let low_pass = LowPassSettings { on: true, freq_hz, slope };
            let settings = EqSettings { low_pass, ..Default::default() };
            all.push((format!("low-pass {slope:?} {freq_hz} Hz"), settings));
        }
    }
    all
}

/// Frequencies from 20 Hz to 20 kHz or 0.49 of the rate, equal ratios.
fn audible(rate: f64, points: usize) -> impl Iterator<Item = f64> {
    let top = (0.49 * rate).min(20_000.0);
    (0..points).map(move |i| 20.0 * (top / 20.0).powf(i as f64 / (points - 1) as f64))
}

#[test]
fn every_filter_does_what_it_reports() {
    for rate in [44_100.0, 96_000.0] {
        for (name, settings) in each_filter() {
            let mut response = impulse(1 << 16);
            process(&mut fresh(&settings, rate), &mut response);
            let (left, reported) = (lane(&response, 0), settings.response(rate));
            for freq_hz in audible(rate, 25) {
                let expected = reported.magnitude_db(freq_hz, Placement::Stereo);
                let measured = response_db(&left, rate, freq_hz);
                assert!(
                    (measured - expected).abs() <= 1e-3 || expected < -140.0 && measured < -140.0,
                    "{name} at {rate} Hz: measured {measured:.4} dB at {freq_hz:.1} Hz, reported {expected:.4} dB"
                );
            }
        }
    }
}

#[test]
fn an_equaliser_without_effect_is_bit_transparent() {
    let mut settings = EqSettings::default();
    for band in &mut settings.bands {
        *band = BandSettings { on: true, ..*band };
    }
    let signal = tandem_tests::signals::white(1000, 1, -12.0);
    for settings in [EqSettings::default(), settings] {
        let mut output = signal.clone();
        process(&mut fresh(&settings, 48_000.0), &mut output);
        assert!(output == signal, "peak {:.1} dBFS changed to {:.1} dBFS", peak_db(&signal), peak_db(&output));
    }
}

#[test]
fn a_boost_and_a_cut_by_as_much_null() {
    for rate in [44_100.0, 96_000.0] {
        for freq_hz in [60.0, 2_500.0, 9_000.0, 19_000.0] {
            for (shape, q) in [(Shape::Bell, 0.2), (Shape::Bell, 8.0), (Shape::HighShelf, 0.7), (Shape::LowShelf, 2.0)]
            {
                let mut settings = one_band(BandSettings { shape, freq_hz, gain_db: 11.0, q, ..Default::default() });
                settings.bands[5] = BandSettings { gain_db: -11.0, ..settings.bands[0] };
                let signal = tandem_tests::signals::white(8000, 1, 0.0);
                let mut output = signal.clone();
                process(&mut fresh(&settings, rate), &mut output);
                for (left, right) in output.iter_mut().zip(&signal) {
                    *left = [left[0] - right[0], left[1] - right[1]];
                }
                let residue = peak_db(&output);
                assert!(residue <= -200.0, "{shape:?} {freq_hz} Hz Q {q} at {rate} Hz leaves {residue:.1} dBFS");
            }
        }
    }
}

#[test]
fn runs_of_any_length_are_ticks_bit_for_bit() {
    let mut settings = EqSettings::default();
    for (i, band) in settings.bands.iter_mut().enumerate() {
        (band.on, band.freq_hz, band.gain_db) = (true, 100.0 * 2f64.powi(i as i32), 3.0);
    }
    settings.bands[4].placement = Placement::Side;
    settings.high_pass = HighPassSettings { on: true, freq_hz: 50.0, slope: Slope::Db18 };
    settings.low_pass = LowPassSettings { on: true, freq_hz: 9_000.0, slope: Slope::Db48 };
    let mut moved = settings;
    moved.bands[2].freq_hz = 600.0;
    for band in &mut moved.bands[3..7] {
        (band.gain_db, band.q) = (-2.0, 3.0);
    }
    let signal = tandem_tests::signals::white(6_400, 1, -12.0);
    let in_runs = |length: usize| {
        let mut eq = fresh(&settings, 48_000.0);
        let mut output = signal.clone();
        for (i, frames) in output.chunks_mut(CONTROL_INTERVAL).enumerate() {
            if i == 20 {
                eq.set(&moved);
            }
            eq.control();
            for run in frames.chunks_mut(length) {
                if length == 1 {
                    run[0] = eq.tick(run[0], [0.0; 2]);
                } else {
                    eq.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
                }
            }
        }
        output
    };
    let ticked = in_runs(1);
    for length in [2, 3, 5, 16] {
        assert!(in_runs(length) == ticked, "runs of {length} frames differ from ticks");
    }
    // Over control intervals, where filters do the next ones' steps by themselves.
    for intervals in [1, 2, 4, 5, 10, 20] {
        let mut eq = fresh(&settings, 48_000.0);
        let mut output = signal.clone();
        for (i, frames) in output.chunks_mut(intervals * CONTROL_INTERVAL).enumerate() {
            if i == 20 / intervals {
                eq.set(&moved);
            }
            eq.run_intervals(frames, &vec![[0.0; 2]; frames.len()]);
        }
        assert!(output == ticked, "stretches of {intervals} control intervals differ from ticks");
    }
}

#[test]
fn the_tail_is_that_of_where_a_band_has_arrived() {
    let low = one_band(BandSettings { freq_hz: 30.0, q: 20.0, gain_db: 12.0, ..Default::default() });
    let mut high = low;
    high.bands[0].freq_hz = 9_000.0;
    for dynamic in [false, true] {
        let [low, high] = [low, high].map(|mut settings| {
            (settings.bands[0].dynamics.on, settings.bands[0].dynamics.threshold_db) = (dynamic, 0.0);
            settings
        });
        let due = fresh(&low, 48_000.0).tail();
        let mut eq = fresh(&high, 48_000.0);
        assert!(eq.tail() < due / 10, "{} frames at 9 kHz, {due} at 30 Hz", eq.tail());
        eq.set(&low);
        process(&mut eq, &mut vec![[0.0; 2]; 4_800]);
        assert_eq!(eq.tail(), due, "after a glide, dynamic: {dynamic}");
    }
}

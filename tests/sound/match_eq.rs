//! Match EQ: what it does to the spectrum of a song.

use super::alone::{Alone, told};
use nice_assert_no_alloc::assert_no_alloc;
use tandem_dsp::block::graphic::{BANDS, CENTRES_HZ, Curve};
use tandem_dsp::captured::{Captured, NOTHING_DB, Source};
use tandem_dsp::chain::Chain;
use tandem_dsp::control::Staged;
use tandem_dsp::meter::thirds::Thirds;
use tandem_dsp::module::match_eq::{
    LEVEL_READOUT, MatchEq, MatchEqSettings, Target, correction, mix, number_ones_2013, popular_2017,
};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, peak_above_db, response_db, tapered};
use tandem_tests::signals::{impulse, pink, sine};

const RATE: f64 = 48_000.0;

/// Where nothing is said otherwise: as fine and as far as it goes.
fn finest() -> MatchEqSettings {
    MatchEqSettings { smoothing_octaves: 0.33, cap_db: 12.0, ..MatchEqSettings::default() }
}

fn spectrum(signal: &[Frame]) -> Curve {
    let mut meter = Thirds::default();
    meter.prepare(RATE);
    signal.chunks(CONTROL_INTERVAL).for_each(|frames| meter.run(frames));
    *meter.levels_db().expect("there is programme")
}

/// What leaves a module that has been given `captured`.
fn matched(settings: &MatchEqSettings, captured: Option<&Captured>, mut signal: Vec<Frame>) -> Vec<Frame> {
    let mut module = MatchEq::default();
    module.prepare(RATE, LatencyMode::Mix);
    module.match_to(captured);
    module.set(settings);
    let keys = [[0.0; 2]; CONTROL_INTERVAL];
    for frames in signal.chunks_mut(CONTROL_INTERVAL) {
        module.control();
        module.run(frames, &keys[..frames.len()]);
    }
    signal
}

/// Reshapes by second-order bells in the form of R. Bristow-Johnson's cookbook, which share nothing with the module.
fn bells(signal: &[Frame], of: &[(f64, f64, f64)]) -> Vec<Frame> {
    let mut out = signal.to_vec();
    for &(hz, gain_db, q) in of {
        let (a, w) = (10f64.powf(gain_db / 40.0), std::f64::consts::TAU * hz / RATE);
        let alpha = w.sin() / (2.0 * q);
        let a0 = 1.0 + alpha / a;
        let (b, c) = (
            [1.0 + alpha * a, -2.0 * w.cos(), 1.0 - alpha * a].map(|b| b / a0),
            [-2.0 * w.cos() / a0, (1.0 - alpha / a) / a0],
        );
        let mut states = [[0.0; 2]; 2];
        for frame in &mut out {
            for lane in 0..2 {
                let x = frame[lane];
                let y = b[0] * x + states[0][lane];
                states[0][lane] = b[1] * x - c[0] * y + states[1][lane];
                states[1][lane] = b[2] * x - c[1] * y;
                frame[lane] = y;
            }
        }
    }
    out
}

fn in_range(low: f64, high: f64) -> impl Iterator<Item = usize> {
    (0..BANDS).filter(move |third| (low..high).contains(&CENTRES_HZ[*third]))
}

/// The mean from 100 Hz to 10 kHz.
fn mean(curve: &Curve) -> f64 {
    in_range(99.0, 10_001.0).map(|third| curve[third]).sum::<f64>() / 21.0
}

#[test]
fn reshaped_pink_noise_comes_back_to_pink() {
    let noise = pink(120 * 48_000, 7, -24.0);
    let reshaped = bells(&noise, &[(90.0, 6.0, 0.7), (500.0, -6.0, 0.8), (2_500.0, 6.0, 0.8), (9_000.0, -5.0, 0.7)]);
    let song = spectrum(&reshaped);
    let worst_before =
        in_range(62.0, 13_000.0).fold(0.0f64, |worst, third| worst.max((song[third] - mean(&song)).abs()));
    assert!(worst_before > 4.0, "there is something to do: {worst_before:.1} dB");
    // Pink noise is level in thirds.
    let captured = Captured { song_db: song, reference_db: Some([0.0; BANDS]) };
    let after = spectrum(&matched(&finest(), Some(&captured), reshaped));
    let level = mean(&after);
    let mut worst = 0.0f64;
    for third in in_range(62.0, 13_000.0) {
        let off = after[third] - level;
        worst = worst.max(off.abs());
        assert!(off.abs() <= 1.0, "{:.0} Hz: {off:+.2} dB from pink, 1 dB allowed", CENTRES_HZ[third]);
    }
    println!("from {worst_before:.2} to {worst:.2} dB");
}

#[test]
fn smoothing_is_a_window_of_its_width() {
    // A wave of p octaves through a Gaussian of full width w at half height comes out times exp(-(π w / p)² / (4 ln 2)).
    for (width, period) in [(0.33, 3.0), (1.0, 3.0), (1.0, 5.0), (2.0, 5.0)] {
        let wave: Curve = std::array::from_fn(|third| {
            4.0 * (std::f64::consts::TAU * (CENTRES_HZ[third] / 1_000.0).log2() / period).sin()
        });
        let captured = Captured { song_db: [0.0; BANDS], reference_db: Some(wave) };
        let settings = MatchEqSettings { smoothing_octaves: width, cap_db: 12.0, ..MatchEqSettings::default() };
        let got = correction(&settings, &captured);
        let share = (-(std::f64::consts::PI * width / period).powi(2) / (4.0 * std::f64::consts::LN_2)).exp();
        // Its sine in the middle of the spectrum, where no end is near: thirds of base ten are not quite thirds.
        for third in in_range(300.0, 3_500.0) {
            let due = share * (wave[third] - mean(&wave));
            assert!((got[third] - due).abs() < 0.12, "{width} of {period} octaves: {:.2} dB, {due:.2} due", got[third]);
        }
    }
}

#[test]
fn the_cap_holds_in_what_is_measured() {
    let tilt: Curve = std::array::from_fn(|third| 2.0 * third as f64 - 30.0);
    let captured = Captured { song_db: [0.0; BANDS], reference_db: Some(tilt) };
    for cap_db in [0.0, 3.0, 12.0] {
        let settings = MatchEqSettings { cap_db, ..finest() };
        let response = lane(&matched(&settings, Some(&captured), impulse(96_000)), 0);
        for (third, hz) in CENTRES_HZ.iter().enumerate() {
            let got = response_db(&response, RATE, *hz);
            assert!(got.abs() <= cap_db + 0.1, "third {third}: {got:.2} dB, cap {cap_db} dB");
        }
        let (low, high) = (response_db(&response, RATE, 100.0), response_db(&response, RATE, 12_589.0));
        let reached = (low + cap_db).abs().max((high - cap_db).abs());
        assert!(reached < 0.1, "cap {cap_db} dB: {low:.2} dB below, {high:.2} dB above");
    }
}

#[test]
fn nothing_is_turned_up_where_song_or_target_have_no_energy() {
    // A song that ends at 8 kHz, and one that begins at 80 Hz; a target that has both.
    let target = [0.0; BANDS];
    let mut song = [0.0; BANDS];
    for third in 0..BANDS {
        if CENTRES_HZ[third] > 8_100.0 || CENTRES_HZ[third] < 79.0 {
            song[third] = -60.0;
        }
    }
    for (song_db, reference_db) in [(song, target), (target, song)] {
        let captured = Captured { song_db, reference_db: Some(reference_db) };
        let response = lane(&matched(&finest(), Some(&captured), impulse(96_000)), 1);
        for third in 0..BANDS {
            if song[third] < -50.0 {
                let got = response_db(&response, RATE, CENTRES_HZ[third]);
                assert!(got.abs() <= 0.1, "{:.0} Hz: {got:.2} dB where there is no energy", CENTRES_HZ[third]);
            }
        }
    }
    // Half-way between 35 and 45 dB below the mean, half of it: from the definition.
    let mut faint = [0.0; BANDS];
    faint[30] = -40.0;
    let captured = Captured { song_db: faint, reference_db: Some([0.0; BANDS]) };
    let got = correction(&MatchEqSettings { cap_db: 6.0, smoothing_octaves: 0.33, ..finest() }, &captured);
    assert!((got[30] - 3.0).abs() < 0.1, "{:.2} dB of a cap of 6", got[30]);
}

#[test]
fn only_the_shape_counts() {
    let song: Curve = std::array::from_fn(|third| -0.7 * third as f64);
    let reference: Curve = std::array::from_fn(|third| -0.5 * third as f64 + if third > 20 { 2.0 } else { 0.0 });
    let once = correction(&finest(), &Captured { song_db: song, reference_db: Some(reference) });
    let louder = Captured { song_db: song.map(|x| x - 13.0), reference_db: Some(reference.map(|x| x + 21.0)) };
    for (a, b) in once.iter().zip(correction(&finest(), &louder)) {
        assert!((a - b).abs() < 1e-9, "{a} dB, {b} dB with other levels");
    }
    assert!(mean(&once).abs() < 0.1, "{:.2} dB on average", mean(&once));
}

#[test]
fn amount_scales_and_without_it_or_without_captures_the_sound_passes_bit_for_bit() {
    let noise = pink(48_000, 3, -20.0);
    let tilt: Curve = std::array::from_fn(|third| 0.5 * third as f64);
    let captured = Captured { song_db: [0.0; BANDS], reference_db: Some(tilt) };
    let whole = correction(&finest(), &captured);
    let half = correction(&MatchEqSettings { amount_percent: 50.0, ..finest() }, &captured);
    assert!(whole.iter().zip(half).all(|(whole, half)| (0.5 * whole - half).abs() < 1e-12));
    let none = MatchEqSettings { amount_percent: 0.0, ..finest() };
    assert!(matched(&none, Some(&captured), noise.clone()) == noise, "0 %");
    assert!(matched(&finest(), None, noise.clone()) == noise, "nothing captured");
    let no_reference = Captured { reference_db: None, ..captured };
    assert!(matched(&finest(), Some(&no_reference), noise.clone()) == noise, "no reference");
}

#[test]
fn reported_response_is_measured_response() {
    let wave: Curve = std::array::from_fn(|third| 5.0 * (0.4 * third as f64).sin());
    let captured = Captured { song_db: [0.0; BANDS], reference_db: Some(wave) };
    let response = lane(&matched(&finest(), Some(&captured), impulse(192_000)), 0);
    let mut module = MatchEq::default();
    module.prepare(RATE, LatencyMode::Mix);
    module.set(&finest());
    module.match_to(Some(&captured));
    for step in 0..50 {
        let hz = 20.0 * 1_000f64.powf(f64::from(step) / 49.0);
        let (got, said) = (response_db(&response, RATE, hz), module.magnitude_db(hz));
        assert!((got - said).abs() < 0.01, "{hz:.0} Hz: {got:.3} dB, {said:.3} reported");
    }
    let due = correction(&finest(), &captured);
    for third in in_range(0.0, 20_500.0) {
        let got = response_db(&response, RATE, CENTRES_HZ[third]);
        assert!((got - due[third]).abs() < 0.5, "{:.0} Hz: {got:.2} dB, {:.2} due", CENTRES_HZ[third], due[third]);
    }
}

#[test]
fn references_count_by_their_weights_and_whatever_their_levels() {
    let up: Curve = std::array::from_fn(|third| 0.2 * third as f64);
    let down: Curve = std::array::from_fn(|third| -0.4 * third as f64 - 30.0);
    let mixed = mix([(&up, 2.0), (&down, 1.0)].into_iter()).expect("both have energy");
    for third in 0..BANDS {
        let due = (2.0 * (up[third] - mean(&up)) + (down[third] - mean(&down))) / 3.0;
        assert!((mixed[third] - due).abs() < 1e-9, "third {third}: {:.3} dB, {due:.3} due", mixed[third]);
    }
    assert_eq!(mix([(&up, 0.0)].into_iter()), None, "no weight, no target");
    let mut cut = up;
    cut[28..].fill(NOTHING_DB);
    let mixed = mix([(&up, 1.0), (&cut, 1.0)].into_iter()).expect("both have energy");
    assert!((mixed[29] - (up[29] - mean(&up))).abs() < 1e-9, "where one has no energy the other counts");
}

#[test]
fn the_shipped_curves_are_the_published_ones() {
    let text = include_str!("../../assets/curves/ltas.csv");
    let mut rows = 0;
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap_or_else(|error| panic!("assets/curves/ltas.csv: {error}"));
        let number = |column: usize| row.get(column).and_then(|text| text.parse::<f64>().ok());
        let hz = number(0).expect("a frequency");
        let inside = row.get(3) == Some("inside fit");
        // The tables are of nominal frequencies, as they are.
        match popular_2017(hz).filter(|_| inside) {
            Some(level) => {
                let due = number(1).expect("a level");
                assert!((level - due).abs() < 0.02, "popular music at {hz} Hz: {level:.2} dB, {due} published");
                rows += 1;
            }
            None => assert!(!inside, "popular music has {hz} Hz"),
        }
        // A line in power density; a third is as much wider as it is higher.
        let due = number(2).map(|density| density + 10.0 * (hz / 1_000.0).log10());
        match (number_ones_2013(hz), due) {
            (Some(level), Some(due)) => {
                assert!((level - due).abs() < 0.05, "number ones at {hz} Hz: {level:.2}, {due:.2}")
            }
            (level, due) => assert!(level.is_none() && due.is_none(), "number ones at {hz} Hz: {level:?}, {due:?}"),
        }
    }
    assert!(rows > 20, "{rows} rows");
}

#[test]
fn shipped_targets_fade_out_within_an_octave_of_what_is_published() {
    let captured = Captured { song_db: [0.0; BANDS], reference_db: None };
    let settings = MatchEqSettings { target: Target::NumberOnes, ..finest() };
    let got = correction(&settings, &captured);
    assert!(
        got[24].abs() > 1.0 && got[24].abs() < got[23].abs(),
        "less at 5 kHz than at 4: {:.2}, {:.2}",
        got[24],
        got[23]
    );
    for third in in_range(0.0, 51.0).chain(in_range(7_900.0, 30_000.0)) {
        assert!(got[third] == 0.0, "{:.0} Hz: {:.2} dB beyond what is published", CENTRES_HZ[third], got[third]);
    }
    let popular = correction(&MatchEqSettings { target: Target::Popular, ..finest() }, &captured);
    assert!(popular[29] != 0.0 && popular[13] != 0.0);
}

#[test]
fn it_captures_what_it_is_asked_to_and_only_then() {
    let (song, side) = (pink(4 * 48_000, 5, -20.0), bells(&pink(4 * 48_000, 6, -20.0), &[(1_000.0, 12.0, 1.0)]));
    for (source, due) in [(Source::Input, spectrum(&song)), (Source::SideChain, spectrum(&side))] {
        let mut module = MatchEq::default();
        module.prepare(RATE, LatencyMode::Mix);
        module.set(&finest());
        let listen = |module: &mut MatchEq| {
            assert_no_alloc(|| {
                for (frames, keys) in song.chunks(CONTROL_INTERVAL).zip(side.chunks(CONTROL_INTERVAL)) {
                    let mut run = [[0.0; 2]; CONTROL_INTERVAL];
                    run.copy_from_slice(frames);
                    module.control();
                    module.run(&mut run, keys);
                }
            });
        };
        listen(&mut module);
        assert_eq!(told(&mut module, LEVEL_READOUT[17].id), f64::NEG_INFINITY, "not asked, nothing captured");
        module.capture(Some(source));
        listen(&mut module);
        module.capture(None);
        listen(&mut module);
        for (third, readout) in LEVEL_READOUT.iter().enumerate() {
            let got = told(&mut module, readout.id);
            assert!((got - due[third]).abs() < 1e-9, "{source:?}, third {third}: {got} dB, {} due", due[third]);
        }
        assert!((told(&mut module, "heard") - 4.0).abs() < 0.5);
    }
}

#[test]
fn it_jumps_at_a_start_and_glides_when_something_is_applied() {
    let tilt: Curve = std::array::from_fn(|third| 0.3 * third as f64);
    let captured = Captured { song_db: [0.0; BANDS], reference_db: Some(tilt) };
    let settings = MatchEqSettings { amount_percent: 70.0, ..finest() };
    // Whichever comes first, captures or settings: the first frames are the same.
    let impulse = impulse(4_800);
    let first = matched(&settings, Some(&captured), impulse.clone());
    let mut chain = Chain::<Alone<MatchEq>>::default();
    chain.prepare(RATE, LatencyMode::Mix);
    chain.set(&Staged { on: true, module: settings });
    chain.rack.0.match_to(Some(&captured));
    chain.reset();
    chain.set_bypass(false);
    chain.set(&Staged { on: true, module: settings });
    let mut second = impulse;
    chain.process(&mut second, &[]);
    let apart = first.iter().zip(&second).fold(0.0f64, |worst, (a, b)| worst.max((a[0] - b[0]).abs()));
    assert!(apart < 1e-12, "{apart}");
    // Applied while it plays, a sine leaves next to nothing above 4 kHz.
    let mut signal = sine(48_000, RATE, 1_000.0, 0.0);
    chain.rack.0.match_to(None);
    chain.reset();
    chain.set_bypass(false);
    chain.set(&Staged { on: true, module: settings });
    chain.process(&mut signal[..24_007], &[]);
    chain.rack.0.match_to(Some(&captured));
    chain.process(&mut signal[24_007..], &[]);
    let left_db = peak_above_db(&tapered(lane(&signal, 0), 4_800), RATE, 4_000.0);
    assert!(left_db <= -80.0, "{left_db:.1} dBFS above 4 kHz, -80 allowed");
}

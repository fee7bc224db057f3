//! The de-esser: that it takes esses and nothing else, the same at every level.

use super::alone::{Alone, a_run_is_ticks, is_off_until_asked, keeps_its_promises, process, residue_db, started};
use tandem_dsp::chain::Chain;
use tandem_dsp::control::Staged;
use tandem_dsp::module::deesser::{DeEsser, DeEsserSettings, Mode, magnitude_db, reduction_db};
use tandem_dsp::units::{db_to_gain, ms_to_frames};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, rms_db};
use tandem_tests::signals::{sine, white};

const RATE: f64 = 48_000.0;

/// When an ess sounds: 120 ms of every 500.
fn is_ess(i: usize, rate: f64) -> bool {
    (ms_to_frames(300.0, rate) as usize..ms_to_frames(420.0, rate) as usize).contains(&(i % (rate / 2.0) as usize))
}

/// Something like a voice: vowels of harmonics of 150 Hz that fall by 12 dB/oct, and between them esses, noise in three
/// high bands, whose level is `ess_db` re the vowels'. The RMS of the vowels is `level_db`.
fn voice(seconds: usize, rate: f64, level_db: f64, ess_db: f64) -> Vec<Frame> {
    let frames = seconds * rate as usize / CONTROL_INTERVAL * CONTROL_INTERVAL;
    let noise = white(frames, 7, 0.0);
    let vowel = |i: usize| -> f64 {
        let at = std::f64::consts::TAU * 150.0 * i as f64 / rate;
        // RMS of the sum: 1.
        (1..20).map(|n| (f64::from(n) * at).sin() / f64::from(n * n)).sum::<f64>() / 0.7357
    };
    let mut before = [0.0; 2];
    (0..frames)
        .map(|i| {
            // Differences twice: white noise rises by 12 dB/oct, most of it is high.
            let high = noise[i][0] - 2.0 * before[0] + before[1];
            before = [noise[i][0], before[0]];
            let x = if is_ess(i, rate) { db_to_gain(ess_db) * high / 6.0f64.sqrt() } else { vowel(i) };
            [db_to_gain(level_db) * x; 2]
        })
        .collect()
}

/// What is taken in each ess on the average, and in the vowels at the most, dB; the first two seconds are left out.
fn taken_db(rate: f64, settings: &DeEsserSettings, input: &[Frame]) -> (f64, f64) {
    let mut deesser: DeEsser = started(rate, LatencyMode::Live, settings);
    let (mut sum, mut count, mut vowels) = (0.0, 0, 0.0f64);
    let mut output = input.to_vec();
    for (i, run) in output.chunks_mut(CONTROL_INTERVAL).enumerate() {
        deesser.control();
        deesser.run(run, &[[0.0; 2]; CONTROL_INTERVAL]);
        let at = i * CONTROL_INTERVAL;
        if at < 2 * rate as usize {
            continue;
        }
        let reduction_db = deesser.read().reduction_db;
        // Well within, and well before.
        if is_ess(at.saturating_sub(ms_to_frames(10.0, rate) as usize), rate) && is_ess(at, rate) {
            (sum, count) = (sum + reduction_db, count + 1);
        } else if at % (rate / 2.0) as usize > ms_to_frames(150.0, rate) as usize
            && at % (rate / 2.0) as usize <= ms_to_frames(299.0, rate) as usize
        {
            vowels = vowels.max(reduction_db);
        }
    }
    (sum / f64::from(count), vowels)
}

#[test]
fn an_ess_is_taken_the_same_from_minus_40_to_minus_6_dbfs() {
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for mode in [Mode::Split, Mode::Wide] {
            for (threshold_db, range_db) in [(0.0, 24.0), (-10.0, 8.0)] {
                let settings = DeEsserSettings { mode, threshold_db, range_db, ..DeEsserSettings::default() };
                let taken = [-40.0, -30.0, -20.0, -12.0, -6.0].map(|level_db| {
                    let (taken_db, vowels_db) = taken_db(rate, &settings, &voice(4, rate, level_db, -6.0));
                    assert!(vowels_db < 0.2, "{level_db} dBFS: {vowels_db:.2} dB taken of a vowel");
                    taken_db
                });
                let spread =
                    taken.iter().fold(f64::MIN, |a, b| a.max(*b)) - taken.iter().fold(f64::MAX, |a, b| a.min(*b));
                println!("{mode:?}, {threshold_db} dB, {rate} Hz: {taken:.2?} dB taken");
                assert!(taken[0] > 2.0, "{mode:?}, {threshold_db} dB: {:.2} dB taken", taken[0]);
                assert!(spread <= 1.0, "{mode:?}, {threshold_db} dB: from {taken:.2?} dB taken, within 1 dB each way");
            }
        }
    }
}

#[test]
fn a_voice_whose_level_changes_is_followed() {
    // 20 dB quieter from the fourth second on.
    let settings = DeEsserSettings { threshold_db: 0.0, range_db: 24.0, ..DeEsserSettings::default() };
    let loud = voice(4, RATE, -12.0, -6.0);
    let (before_db, _) = taken_db(RATE, &settings, &loud);
    let quiet = voice(6, RATE, -32.0, -6.0);
    let mut deesser: DeEsser = started(RATE, LatencyMode::Live, &settings);
    process(&mut deesser, &mut loud.clone(), &[]);
    let (mut sum, mut count) = (0.0, 0);
    for (i, run) in quiet.chunks(CONTROL_INTERVAL).enumerate() {
        deesser.control();
        deesser.run(&mut run.to_vec(), &[[0.0; 2]; CONTROL_INTERVAL]);
        let at = i * CONTROL_INTERVAL;
        if at > 5 * 48_000 && is_ess(at, RATE) && is_ess(at - 480, RATE) {
            (sum, count) = (sum + deesser.read().reduction_db, count + 1);
        }
    }
    let after_db = sum / f64::from(count);
    assert!((after_db - before_db).abs() < 1.0, "{before_db:.2} dB taken before, {after_db:.2} five seconds after");
}

/// A steady sibilant alone is its own programme: its peak stands 3 dB over its mean level.
fn steady(settings: &DeEsserSettings, freq_hz: f64) -> (f64, f64) {
    let mut deesser: DeEsser = started(RATE, LatencyMode::Live, settings);
    let input = sine(96_000, RATE, freq_hz, -12.0);
    let mut output = input.clone();
    process(&mut deesser, &mut output, &[]);
    let of = |signal: &[Frame]| rms_db(&lane(&signal[72_000..], 0));
    (deesser.read().reduction_db, of(&output) - of(&input))
}

#[test]
fn what_is_taken_has_the_response_that_it_reports() {
    for mode in [Mode::Split, Mode::Wide] {
        for range_db in [3.0, 12.0, 24.0] {
            for freq_hz in [3_000.0, 4_000.0, 6_000.0, 10_000.0, 16_000.0] {
                let settings = DeEsserSettings { mode, freq_hz: 4_000.0, threshold_db: -40.0, range_db };
                let (taken_db, gain_db) = steady(&settings, freq_hz);
                let reported_db = magnitude_db(&settings, RATE, taken_db, freq_hz);
                let off = (gain_db - reported_db).abs();
                assert!(
                    off < 0.1,
                    "{mode:?} {range_db} dB at {freq_hz} Hz: {gain_db:.2} dB, {reported_db:.2} reported"
                );
                assert!(reported_db < 1e-9, "{mode:?} {range_db} dB at {freq_hz} Hz: nothing becomes louder");
            }
        }
    }
}

#[test]
fn the_reduction_is_what_stands_over_the_threshold_up_to_the_range() {
    for (threshold_db, range_db) in [(-20.0, 24.0), (-3.0, 24.0), (-30.0, 10.0), (5.0, 24.0), (-20.0, 0.0)] {
        let settings = DeEsserSettings { threshold_db, range_db, freq_hz: 2_000.0, ..DeEsserSettings::default() };
        let (taken_db, _) = steady(&settings, 11_300.0);
        let expected_db = reduction_db(&settings, 3.01);
        // Giannoulis et al. 2012 with an infinite ratio and a knee of 6 dB.
        let over_db = 3.01 - threshold_db;
        let formula_db = if over_db < -3.0 {
            0.0
        } else if over_db > 3.0 {
            over_db
        } else {
            (over_db + 3.0).powi(2) / 12.0
        };
        assert!((expected_db - formula_db.min(range_db)).abs() < 1e-9, "{expected_db:.3} of {formula_db:.3} dB");
        // The four samples of a step may miss a peak by a little.
        assert!((taken_db - expected_db).abs() < 0.3, "{threshold_db} dB: {taken_db:.2} dB, {expected_db:.2} expected");
    }
}

#[test]
fn an_ess_is_caught_within_a_millisecond_and_let_go_in_its_release() {
    let settings =
        DeEsserSettings { threshold_db: -40.0, range_db: 20.0, mode: Mode::Wide, ..DeEsserSettings::default() };
    let mut signal = sine(48_000, RATE, 300.0, -12.0);
    for (i, frame) in signal[24_000..28_800].iter_mut().enumerate() {
        *frame = [0.5 * (std::f64::consts::TAU * 8_000.0 * i as f64 / RATE).sin(); 2];
    }
    let mut deesser: DeEsser = started(RATE, LatencyMode::Live, &settings);
    let mut reductions = Vec::new();
    for run in signal.chunks(4) {
        if reductions.len().is_multiple_of(4) {
            deesser.control();
        }
        deesser.run(&mut run.to_vec(), &[[0.0; 2]; 4]);
        reductions.push(deesser.read().reduction_db);
    }
    let at = |ms: f64| reductions[ms_to_frames(500.0 + ms, RATE) as usize / 4];
    assert!(at(-1.0) < 0.01, "{:.2} dB taken before", at(-1.0));
    assert!(at(1.0) > 0.8 * 20.0, "{:.2} dB taken after a millisecond, 16 expected", at(1.0));
    let part = at(100.0 + 50.0) / at(99.0);
    assert!((0.3..0.45).contains(&part), "after 50 ms {:.0} % are left, 37 expected", 100.0 * part);
}

#[test]
fn a_vowel_passes_bit_for_bit() {
    let input: Vec<Frame> = sine(96_000, RATE, 300.0, -6.0);
    for mode in [Mode::Split, Mode::Wide] {
        let settings = DeEsserSettings { mode, ..DeEsserSettings::default() };
        let mut output = input.clone();
        process(&mut started::<DeEsser>(RATE, LatencyMode::Mix, &settings), &mut output, &[]);
        // What the beginning's edge asks for has gone after a second.
        assert!(output[48_000..] == input[48_000..], "{mode:?}");
    }
}

#[test]
fn split_leaves_the_body_of_the_voice_where_it_is() {
    let settings = DeEsserSettings { threshold_db: -40.0, range_db: 12.0, ..DeEsserSettings::default() };
    let body_db = magnitude_db(&settings, RATE, 12.0, 1_000.0);
    assert!(body_db.abs() < 0.2, "1 kHz moves by {body_db:.3} dB while 12 dB are taken above 5 kHz");
    let ess_db = magnitude_db(&settings, RATE, 12.0, 10_000.0);
    assert!(ess_db < -6.0, "10 kHz moves by {ess_db:.2} dB");
}

#[test]
fn key_listen_lets_the_sibilants_be_heard() {
    let mut deesser: DeEsser = started(RATE, LatencyMode::Live, &DeEsserSettings::default());
    deesser.listen(Listen::Key);
    let mut output = sine(48_000, RATE, 5_000.0, -20.0);
    process(&mut deesser, &mut output, &[]);
    let level_db = rms_db(&lane(&output[24_000..], 0)) + 3.01;
    // Two Butterworth high-passes at their corner: a quarter of the power.
    assert!((level_db + 26.02).abs() < 0.02, "at the corner -20 dBFS are heard as {level_db:.2}");
}

#[test]
fn moving_a_dial_makes_no_zipper_noise() {
    // Deep under its own level: what is taken is the range, of 2.5 kHz in Wide.
    let before = DeEsserSettings { mode: Mode::Wide, freq_hz: 2_000.0, threshold_db: -40.0, range_db: 6.0 };
    let signal = sine(72_000, RATE, 2_500.0, 0.0);
    let keys = vec![[0.0; 2]; 72_000];
    for (what, after) in [
        ("range", DeEsserSettings { range_db: 12.0, ..before }),
        ("threshold", DeEsserSettings { threshold_db: -30.0, ..before }),
        ("frequency", DeEsserSettings { freq_hz: 4_000.0, ..before }),
        ("mode", DeEsserSettings { mode: Mode::Split, ..before }),
    ] {
        for pair in [[&before, &after], [&after, &before]] {
            let residue = residue_db::<DeEsser>(LatencyMode::Mix, pair, &signal, &keys);
            assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
        }
    }
}

#[test]
fn nothing_is_de_essed_until_asked() {
    is_off_until_asked::<DeEsser>();
}

#[test]
fn a_de_esser_keeps_what_every_chain_promises() {
    keeps_its_promises::<DeEsser>([0.0; 3]);
}

#[test]
fn a_run_is_tick_after_tick_bit_for_bit() {
    a_run_is_ticks::<DeEsser>(LatencyMode::Mix);
}

#[test]
fn silence_after_a_voice_is_no_ess() {
    let mut chain = Chain::<Alone<DeEsser>>::default();
    chain.prepare(RATE, LatencyMode::Live);
    chain.set(&Staged { on: true, module: DeEsserSettings { threshold_db: -20.0, ..DeEsserSettings::default() } });
    chain.set_bypass(false);
    chain.process(&mut voice(2, RATE, -20.0, -6.0), &[]);
    chain.process(&mut vec![[0.0; 2]; 96_000], &[]);
    assert!(chain.asleep(), "it sleeps after two seconds of silence");
}

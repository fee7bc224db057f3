//! The compressor: its curve, its times, and that nothing of it clicks.

use super::alone::{Alone, is_off_until_asked, keeps_its_promises};
use super::chain;
use tandem_dsp::chain::Chain;
use tandem_dsp::control::{Enumerated, Staged};
use tandem_dsp::module::compressor::{
    ATTACK, Character, Compressor, CompressorSettings, LOOK_AHEAD, RATIO, RELEASE, Sense,
};
use tandem_dsp::module::key::{KeyState, Source};
use tandem_dsp::units::{db_to_gain, gain_to_db, ms_to_frames};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, tapered};
use tandem_tests::signals::{pink, sine, white};

const RATE: f64 = 48_000.0;

fn started(mode: LatencyMode, settings: &CompressorSettings) -> Compressor {
    let mut compressor = Compressor::default();
    compressor.prepare(RATE, mode);
    compressor.set(settings);
    compressor
}

/// Processes in place, on the control grid of a chain that starts now; `frames` is a multiple of the interval.
fn process(compressor: &mut Compressor, frames: &mut [Frame], keys: &[Frame]) {
    for (i, run) in frames.chunks_mut(CONTROL_INTERVAL).enumerate() {
        let silence = [[0.0; 2]; CONTROL_INTERVAL];
        let key = keys.get(i * CONTROL_INTERVAL..i * CONTROL_INTERVAL + run.len()).unwrap_or(&silence[..run.len()]);
        compressor.control();
        compressor.run(run, key);
    }
}

/// A constant level on both channels: the detector's peak and RMS are known exactly.
fn level(frames: usize, level_db: f64) -> Vec<Frame> {
    vec![[db_to_gain(level_db); 2]; frames]
}

/// Reduction in dB of the left channel, frame by frame, of levels that last `ms` each.
fn reductions_db(settings: &CompressorSettings, levels: &[(f64, f64)]) -> Vec<f64> {
    let input: Vec<Frame> =
        levels.iter().flat_map(|(level_db, ms)| level(ms_to_frames(*ms, RATE) as usize, *level_db)).collect();
    let mut output = input.clone();
    process(&mut started(LatencyMode::Live, settings), &mut output, &[]);
    input.iter().zip(&output).map(|(into, out)| gain_to_db(into[0] / out[0])).collect()
}

fn hard(ratio: f64) -> CompressorSettings {
    CompressorSettings { threshold_db: -30.0, ratio, knee_db: 0.0, ..CompressorSettings::default() }
}

/// Giannoulis, Massberg and Reiss 2012, equation 4.
fn formula_db(x: f64, threshold: f64, ratio: f64, knee: f64) -> f64 {
    let slope = 1.0 / ratio - 1.0;
    if 2.0 * (x - threshold) < -knee {
        x
    } else if 2.0 * (x - threshold) > knee {
        x + slope * (x - threshold)
    } else {
        x + slope * (x - threshold + knee / 2.0).powi(2) / (2.0 * knee)
    }
}

#[test]
fn the_clean_curve_is_the_formulas_within_a_twentieth_of_a_db() {
    let mut worst = 0.0f64;
    for (threshold_db, ratio, knee_db) in
        [(-20.0, 4.0, 0.0), (-30.0, 2.0, 6.0), (-45.0, 10.0, 24.0), (-12.0, 1.5, 12.0), (-24.0, f64::INFINITY, 6.0)]
    {
        let settings = CompressorSettings {
            threshold_db,
            ratio: ratio.min(RATIO.range.1),
            knee_db,
            attack_ms: 0.02,
            ..CompressorSettings::default()
        };
        for step in 0..=60 {
            let input_db = -60.0 + f64::from(step);
            let reduction_db = *reductions_db(&settings, &[(input_db, 10.0)]).last().unwrap();
            let expected_db = input_db - formula_db(input_db, threshold_db, ratio, knee_db);
            worst = worst.max((reduction_db - expected_db).abs());
        }
    }
    assert!(worst <= 0.05, "the curve misses the formula by {worst:.5} dB, 0.05 allowed");
}

#[test]
fn a_sine_reads_its_peak_level_as_rms() {
    let settings = CompressorSettings { sense: Sense::Rms, window_ms: 100.0, attack_ms: 1.0, ..hard(4.0) };
    for level_db in [-24.0, -12.0, 0.0] {
        let mut signal = sine(96_000, RATE, 1_000.0, level_db);
        let mut compressor = started(LatencyMode::Live, &settings);
        process(&mut compressor, &mut signal, &[]);
        let expected_db = level_db - formula_db(level_db, -30.0, 4.0, 0.0);
        let reduction_db = compressor.read().reduction_db;
        assert!(
            (reduction_db - expected_db).abs() <= 0.05,
            "sine of {level_db} dBFS: {reduction_db:.3} dB taken, {expected_db:.3} by the formula"
        );
    }
}

#[test]
fn every_character_settles_on_the_curve_that_it_reports() {
    for character in Character::ALL {
        for (ratio, knee_db) in [(2.0, 0.0), (4.0, 12.0), (20.0, 6.0), (RATIO.range.1, 0.0)] {
            let settings = CompressorSettings {
                character: *character,
                knee_db,
                attack_ms: 1.0,
                release_ms: 5.0,
                make_up_db: 3.0,
                mix_percent: 80.0,
                ..hard(ratio)
            };
            // As RMS, a constant reads as the sine of the same power, whose peak is higher.
            let above_db = if *character == Character::Rms { 10.0 * 2.0f64.log10() } else { 0.0 };
            for input_db in [-50.0, -33.0, -28.0, -20.0, -10.0, 0.0] {
                let reported = started(LatencyMode::Live, &settings).output_db(input_db + above_db) - above_db;
                let measured = input_db - reductions_db(&settings, &[(input_db, 1_000.0)]).last().unwrap();
                assert!(
                    (measured - reported).abs() <= 0.01,
                    "{character:?} {ratio}:1 at {input_db} dB: {measured:.3} dB out, {reported:.3} reported"
                );
            }
        }
    }
}

/// When `reductions` first passes 63 % (1 - 1/e) of the way from its first value to `to`, in ms, between frames.
fn time_ms(reductions: &[f64], from: f64, to: f64) -> f64 {
    let mark = |r: f64| (r - from) / (to - from) - (1.0 - (-1.0f64).exp());
    let after = reductions.iter().position(|r| mark(*r) >= 0.0).expect("it arrives");
    let before = if after == 0 { from } else { reductions[after - 1] };
    let part = mark(before) / (mark(before) - mark(reductions[after]));
    (after as f64 + part) / RATE * 1e3
}

#[test]
fn clean_does_63_percent_in_its_attack_and_release() {
    for attack_ms in [0.25, 1.0, 10.0, 60.0, 250.0] {
        let settings = CompressorSettings { attack_ms, ..hard(4.0) };
        let measured = time_ms(&reductions_db(&settings, &[(0.0, 4.0 * attack_ms + 1.0)]), 0.0, 22.5);
        let off = (measured / attack_ms - 1.0).abs();
        assert!(off <= 0.05, "attack {attack_ms} ms takes {measured:.3} ms");
    }
    for release_ms in [5.0, 40.0, 300.0, 3_000.0] {
        let settings = CompressorSettings { attack_ms: 0.02, release_ms, ..hard(4.0) };
        let reductions = reductions_db(&settings, &[(0.0, 100.0), (-60.0, 2.0 * release_ms)]);
        let measured = time_ms(&reductions[ms_to_frames(100.0, RATE) as usize..], 22.5, 0.0);
        let off = (measured / release_ms - 1.0).abs();
        assert!(off <= 0.05, "release {release_ms} ms takes {measured:.3} ms");
    }
}

#[test]
fn the_shortest_attacks_are_the_exact_one_pole() {
    for attack_ms in [ATTACK.range.0, 0.05, 0.1, 0.2] {
        let reductions = reductions_db(&CompressorSettings { attack_ms, ..hard(4.0) }, &[(0.0, 1.0)]);
        for (n, reduction) in reductions.iter().enumerate() {
            let exact = 22.5 * (1.0 - (-(n as f64 + 1.0) / ms_to_frames(attack_ms, RATE)).exp());
            assert!(
                (reduction - exact).abs() < 0.001,
                "{attack_ms} ms, frame {n}: {reduction:.4} dB, {exact:.4} exact"
            );
        }
    }
}

#[test]
fn hold_keeps_the_gain_and_then_lets_go() {
    for character in Character::ALL {
        let settings = CompressorSettings {
            character: *character,
            attack_ms: 0.1,
            release_ms: 20.0,
            window_ms: 1.0,
            hold_ms: 50.0,
            ..hard(4.0)
        };
        let reductions = reductions_db(&settings, &[(0.0, 300.0), (-40.0, 200.0)]);
        let at = |ms: f64| reductions[ms_to_frames(300.0 + ms, RATE) as usize];
        let (held, after) = (at(-1.0) - at(48.0), at(-1.0) - at(75.0));
        assert!(held.abs() < 0.1, "{character:?} gives back {held:.2} dB in its hold");
        assert!(after > 1.0, "{character:?} gives back only {after:.2} dB 25 ms after its hold");
    }
}

#[test]
fn range_is_the_most_that_is_taken() {
    for character in Character::ALL {
        let settings = CompressorSettings { character: *character, range_db: 7.0, attack_ms: 1.0, ..hard(20.0) };
        let reduction = *reductions_db(&settings, &[(0.0, 500.0)]).last().unwrap();
        assert!((reduction - 7.0).abs() < 0.01, "{character:?} takes {reduction:.3} dB with a range of 7");
    }
}

#[test]
fn the_opto_remembers_what_was_long() {
    let settings = CompressorSettings { character: Character::Opto, attack_ms: 1.0, release_ms: 60.0, ..hard(4.0) };
    let left = |ms: f64| {
        let reductions = reductions_db(&settings, &[(-10.0, ms), (-50.0, 400.0)]);
        reductions.last().unwrap() / reductions[ms_to_frames(ms, RATE) as usize - 1]
    };
    // After six releases only the memory is left: half of what lasted, less what it took to fill, as 1 - exp(-5 / 1.5).
    let (short, long) = (left(20.0), left(5_000.0));
    assert!(short < 0.03, "of 20 ms, {:.1} % are left after 400 ms, 3 allowed", 100.0 * short);
    assert!((0.35..0.5).contains(&long), "of 5 s, {:.1} % are left after 400 ms, 35 to 50 expected", 100.0 * long);
}

#[test]
fn the_fet_comes_back_at_a_constant_rate() {
    let settings = CompressorSettings { character: Character::Fet, attack_ms: 0.1, release_ms: 200.0, ..hard(4.0) };
    let reductions = reductions_db(&settings, &[(0.0, 50.0), (-60.0, 400.0)]);
    let at = |ms: f64| reductions[ms_to_frames(50.0 + ms, RATE) as usize];
    for ms in [10.0, 100.0, 200.0] {
        let rate = (at(ms) - at(ms + 100.0)) / 100.0;
        // A capacitor's voltage falls 20 log10 e = 8.686 dB in a time constant.
        assert!((rate * 200.0 - 8.686).abs() < 0.01, "{ms} ms after: {:.3} dB a release", rate * 200.0);
    }
}

#[test]
fn the_vari_mu_has_its_ratio_where_the_output_stands_at_0_vu() {
    let settings = CompressorSettings { character: Character::VariMu, ..hard(4.0) };
    for zero_vu_db in [-20.0, -18.0, -14.0] {
        let mut compressor = started(LatencyMode::Live, &settings);
        compressor.calibrate(zero_vu_db);
        let ratio_at = |output_db: f64| {
            let (mut low, mut high) = (-60.0, 60.0);
            for _ in 0..50 {
                let middle = 0.5 * (low + high);
                if compressor.output_db(middle) < output_db { low = middle } else { high = middle }
            }
            0.2 / (compressor.output_db(low + 0.1) - compressor.output_db(low - 0.1))
        };
        let [below, at, above] = [-8.0, 0.0, 8.0].map(|vu| ratio_at(zero_vu_db + vu));
        assert!((at - 4.0).abs() < 0.02, "0 VU at {zero_vu_db} dBFS: the ratio there is {at:.3}:1, 4 set");
        assert!(below < 3.0 && above > 5.0, "8 dB below {below:.2}:1, 8 dB above {above:.2}:1");
    }
}

#[test]
fn the_bus_lets_go_of_a_hit_quickly_and_of_a_passage_slowly() {
    let settings = CompressorSettings { character: Character::Bus, attack_ms: 1.0, auto_release: true, ..hard(4.0) };
    let left = |ms: f64, after_ms: f64| {
        let reductions = reductions_db(&settings, &[(-10.0, ms), (-50.0, after_ms)]);
        reductions.last().unwrap() / reductions[ms_to_frames(ms, RATE) as usize - 1]
    };
    let (hit, passage) = (left(10.0, 300.0), left(3_000.0, 300.0));
    assert!(hit < 0.1, "of a hit, {:.1} % are left after 300 ms, 10 allowed", 100.0 * hit);
    // exp(-0.3 / 1.2)
    assert!(
        (passage - 0.779).abs() < 0.02,
        "of a passage, {:.1} % are left after 300 ms, 77.9 expected",
        100.0 * passage
    );
}

#[test]
fn the_rms_character_keeps_its_gain_in_a_pause() {
    let settings = CompressorSettings { character: Character::Rms, release_ms: 100.0, window_ms: 50.0, ..hard(4.0) };
    let reductions = reductions_db(&settings, &[(-10.0, 1_000.0), (-70.0, 2_000.0), (-40.0, 1_000.0)]);
    let at = |ms: f64| reductions[ms_to_frames(ms, RATE) as usize];
    let moved = at(1_060.0) - at(2_990.0);
    assert!(moved.abs() < 0.001, "it moves by {moved:.3} dB in a pause of two seconds");
    assert!(at(1_000.0) > 14.0 && at(1_060.0) > 8.0, "it kept {:.1} of {:.1} dB", at(1_060.0), at(1_000.0));
    assert!(at(3_990.0) < 0.01, "it goes on letting go once programme is back: {:.3} dB left", at(3_990.0));
}

#[test]
fn auto_release_follows_the_crest_factor() {
    let settings = CompressorSettings { attack_ms: 1.0, auto_release: true, ..hard(4.0) };
    // A constant has a crest factor of 1, hence the longest release, 1 s.
    let reductions = reductions_db(&settings, &[(0.0, 1_000.0), (-60.0, 500.0)]);
    let left = reductions[ms_to_frames(1_100.0, RATE) as usize] / 22.5;
    assert!((left - (-0.1f64).exp()).abs() < 0.01, "100 ms after a constant {left:.3} are left, 0.905 expected");
    // Clicks 26 dB over what is between them, C² > 50: less than 40 ms.
    let mut clicks = level(96_000, -26.0);
    clicks.iter_mut().step_by(4_800).for_each(|frame| *frame = [1.0; 2]);
    let mut output = clicks.clone();
    process(&mut started(LatencyMode::Live, &settings), &mut output, &[]);
    let reduction = |i: usize| gain_to_db(clicks[i][0] / output[i][0]);
    let floor = -26.0 - formula_db(-26.0, -30.0, 4.0, 0.0);
    let (hit, later) = (reduction(86_401) - floor, reduction(86_401 + 1_920) - floor);
    assert!(later < hit / std::f64::consts::E, "40 ms after a click {later:.2} of {hit:.2} dB are left");
}

#[test]
fn link_decides_how_far_the_channels_move_as_one() {
    for (link_percent, right_level_db) in [(0.0, -50.0), (50.0, -28.0), (100.0, -6.0)] {
        let settings = CompressorSettings { link_percent, attack_ms: 0.1, ..hard(4.0) };
        let input = vec![[db_to_gain(-6.0), db_to_gain(-50.0)]; 9_600];
        let mut output = input.clone();
        process(&mut started(LatencyMode::Live, &settings), &mut output, &[]);
        let taken = |lane: usize| gain_to_db(input[9_599][lane] / output[9_599][lane]);
        let expected = [-6.0, right_level_db].map(|x| x - formula_db(x, -30.0, 4.0, 0.0));
        for (lane, expected) in expected.into_iter().enumerate() {
            let off = (taken(lane) - expected).abs();
            assert!(off < 0.01, "link {link_percent} %: {:.3} dB, {:.3} expected", taken(lane), expected);
        }
    }
}

#[test]
fn look_ahead_moves_the_gain_before_the_sound_and_not_the_latency() {
    let latency = ms_to_frames(LOOK_AHEAD.range.1, RATE).ceil() as usize;
    for (look_ahead_ms, early) in [(0.0, 0), (0.5, 24), (1.5, 72)] {
        let mut settings = CompressorSettings { look_ahead_ms, attack_ms: 0.02, ..hard(4.0) };
        settings.key.source = Source::External;
        let mut compressor = started(LatencyMode::Mix, &settings);
        assert_eq!(compressor.latency(), latency, "the latency is the longest look-ahead's at any setting");
        let mut keys = vec![[0.0; 2]; 9_600];
        keys[4_805..].fill([1.0; 2]);
        let mut output = vec![[0.5; 2]; 9_600];
        process(&mut compressor, &mut output, &keys);
        let moves = output.iter().rposition(|frame| frame[0] > 0.499).expect("there is some before the key") + 1;
        assert_eq!(moves, 4_805 + latency - early, "first frame turned down with {look_ahead_ms} ms of look-ahead");
    }
    let live = started(LatencyMode::Live, &CompressorSettings { look_ahead_ms: LOOK_AHEAD.range.1, ..hard(4.0) });
    assert_eq!(live.latency(), 0, "Live has neither latency nor look-ahead");
}

#[test]
fn a_compressor_that_takes_nothing_is_a_pure_delay() {
    let never = CompressorSettings { threshold_db: -10.0, knee_db: 6.0, ..CompressorSettings::default() };
    for mode in LatencyMode::ALL {
        for character in Character::ALL {
            for (what, settings) in [
                ("1:1", CompressorSettings { character: *character, ratio: 1.0, threshold_db: -40.0, ..never }),
                ("range 0", CompressorSettings { character: *character, range_db: 0.0, threshold_db: -40.0, ..never }),
                ("below the threshold", CompressorSettings { character: *character, ..never }),
                ("mix 0", CompressorSettings { mix_percent: 0.0, ..hard(4.0) }),
            ] {
                let input = white(9_600, 3, -40.0);
                let mut output = input.clone();
                let mut compressor = started(*mode, &settings);
                process(&mut compressor, &mut output, &[]);
                let null = null_db(&output, &chain::delayed(&input, compressor.latency()));
                assert!(null <= -120.0, "{mode:?} {character:?} {what}: leaves {null:.1} dB, -120 expected");
            }
        }
    }
}

#[test]
fn the_external_key_decides_and_key_listen_lets_it_be_heard() {
    let mut settings = CompressorSettings { attack_ms: 0.1, ..hard(4.0) };
    settings.key.source = Source::External;
    let mut compressor = started(LatencyMode::Live, &settings);
    let mut output = level(9_600, 0.0);
    let keys = level(9_600, -10.0);
    process(&mut compressor, &mut output, &keys);
    let taken = -gain_to_db(output[9_599][0]);
    assert!((taken - 15.0).abs() < 0.01, "a key 20 dB over takes {taken:.3} dB at 4:1, 15 expected");
    compressor.listen(Listen::Key);
    process(&mut compressor, &mut output, &keys);
    assert!(output[4_800..] == keys[4_800..], "listening, the output is the key");
    process(&mut compressor, &mut level(100_000, 0.0), &vec![[0.0; 2]; 100_000]);
    assert_eq!(compressor.read().key, KeyState::Silent, "after two seconds of silent key");
}

#[test]
fn a_key_filter_moves_the_level_that_is_read() {
    // Butterworth: 3.01 dB down at its corner.
    let mut settings = CompressorSettings { sense: Sense::Rms, window_ms: 100.0, attack_ms: 1.0, ..hard(4.0) };
    settings.key.high_pass_hz = 1_000.0;
    let mut compressor = started(LatencyMode::Live, &settings);
    process(&mut compressor, &mut sine(96_000, RATE, 1_000.0, -6.0), &[]);
    let (level_db, reduction_db) = (compressor.read().level_db, compressor.read().reduction_db);
    let expected = -6.0 - 10.0 * 2.0f64.log10();
    assert!((level_db - expected).abs() < 0.05, "the detector reads {level_db:.2} dB, {expected:.2} expected");
    let expected = expected - formula_db(expected, -30.0, 4.0, 0.0);
    assert!((reduction_db - expected).abs() < 0.05, "{reduction_db:.2} dB taken, {expected:.2} expected");
}

#[test]
fn the_measured_make_up_is_what_was_taken() {
    let mut compressor = started(LatencyMode::Live, &hard(4.0));
    assert_eq!(compressor.read().make_up_db, None, "nothing is measured before there is programme");
    process(&mut compressor, &mut level(48_000 * 8, -14.0), &[]);
    let make_up = compressor.read().make_up_db.expect("eight seconds are enough");
    // 16 dB over at 4:1.
    assert!((make_up - 12.0).abs() < 0.1, "{make_up:.2} dB measured, 12 taken");
}

/// Residue above 4 kHz in dBFS when a full-scale 1 kHz sine under a constant key goes from `before` to `after`: the
/// gain moves only because the settings do.
fn residue_db(mode: LatencyMode, before: &CompressorSettings, after: &CompressorSettings, zero_vu_db: f64) -> f64 {
    let keyed = |settings: &CompressorSettings| {
        let mut settings = *settings;
        settings.key.source = Source::External;
        settings
    };
    let mut compressor = started(mode, &keyed(before));
    let mut signal = sine(72_000, RATE, 1_000.0, 0.0);
    let keys = vec![[db_to_gain(-16.0), db_to_gain(-10.0)]; 72_000];
    process(&mut compressor, &mut signal[..36_000], &keys);
    compressor.set(&keyed(after));
    compressor.calibrate(zero_vu_db);
    process(&mut compressor, &mut signal[36_000..], &keys);
    // What the detector does when the sound begins is no zipper noise.
    peak_above_db(&tapered(lane(&signal[12_000..], 0), 4_800), RATE, 4_000.0)
}

#[test]
fn moving_a_dial_makes_no_zipper_noise() {
    for character in Character::ALL {
        // The shortest times there are: nothing but the glide smooths.
        let before = CompressorSettings {
            character: *character,
            attack_ms: ATTACK.range.0,
            release_ms: RELEASE.range.0,
            window_ms: 1.0,
            threshold_db: -18.0,
            ..hard(4.0)
        };
        for (what, after) in [
            ("threshold", CompressorSettings { threshold_db: -24.0, ..before }),
            ("ratio", CompressorSettings { ratio: 20.0, ..before }),
            ("infinite ratio", CompressorSettings { ratio: RATIO.range.1, ..before }),
            ("knee", CompressorSettings { knee_db: 24.0, ..before }),
            ("make-up", CompressorSettings { make_up_db: 6.0, ..before }),
            ("mix", CompressorSettings { mix_percent: 50.0, ..before }),
            ("look-ahead", CompressorSettings { look_ahead_ms: LOOK_AHEAD.range.1, ..before }),
            ("link", CompressorSettings { link_percent: 0.0, ..before }),
            ("attack", CompressorSettings { attack_ms: 100.0, ..before }),
            ("release", CompressorSettings { release_ms: 1_000.0, ..before }),
            ("auto release", CompressorSettings { auto_release: true, ..before }),
            ("detector", CompressorSettings { sense: Sense::Rms, ..before }),
        ] {
            for (from, to) in [(&before, &after), (&after, &before)] {
                let residue = residue_db(LatencyMode::Mix, from, to, -18.0);
                assert!(residue <= -80.0, "{character:?} {what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
            }
        }
        let [wide, narrow] = [8.0, 2.0].map(|range_db| CompressorSettings { range_db, ..before });
        let residue = residue_db(LatencyMode::Mix, &wide, &narrow, -18.0);
        assert!(residue <= -80.0, "{character:?} range: {residue:.1} dBFS above 4 kHz, -80 allowed");
        let residue = residue_db(LatencyMode::Mix, &before, &before, -14.0);
        assert!(residue <= -80.0, "{character:?} 0 VU: {residue:.1} dBFS above 4 kHz, -80 allowed");
    }
}

#[test]
fn switching_characters_does_not_click() {
    for from in Character::ALL {
        for to in Character::ALL {
            let [before, after] = [from, to].map(|character| CompressorSettings {
                character: *character,
                attack_ms: ATTACK.range.0,
                release_ms: RELEASE.range.0,
                threshold_db: -24.0,
                ..CompressorSettings::default()
            });
            let residue = residue_db(LatencyMode::Live, &before, &after, -18.0);
            assert!(residue <= -80.0, "{from:?} to {to:?}: {residue:.1} dBFS above 4 kHz, -80 allowed");
        }
    }
}

#[test]
fn nothing_compresses_until_asked() {
    is_off_until_asked::<Compressor>();
}

#[test]
fn a_compressor_keeps_what_every_chain_promises() {
    keeps_its_promises::<Compressor>([0.0, 2.1, 2.1]);
}

#[test]
fn a_gain_comes_back_while_a_chain_sleeps() {
    for character in Character::ALL {
        let settings = CompressorSettings { character: *character, attack_ms: 1.0, window_ms: 20.0, ..hard(4.0) };
        let input = [level(24_000, -3.0), level(96_000, -400.0), level(4_800, -40.0)].concat();
        let mut alone = input.clone();
        process(&mut started(LatencyMode::Mix, &settings), &mut alone, &[]);
        let mut chain = Chain::<Alone<Compressor>>::default();
        chain.prepare(RATE, LatencyMode::Mix);
        chain.set(&Staged { on: true, module: settings });
        chain.set_bypass(false);
        let mut slept = input;
        chain.process(&mut slept, &[]);
        let null = null_db(&alone, &slept);
        assert!(null <= -120.0, "{character:?}: {null:.1} dB from one that never slept, -120 expected");
    }
}

#[test]
fn a_run_is_tick_after_tick_bit_for_bit() {
    let (input, keys) = (pink(9_600, 5, -12.0), pink(9_600, 6, -12.0));
    for seed in 0..60 {
        let mut by_run = started(LatencyMode::Mix, &chain::random_settings(seed));
        let mut by_tick = by_run.clone();
        for (i, (run, keys)) in input.chunks(CONTROL_INTERVAL).zip(keys.chunks(CONTROL_INTERVAL)).enumerate() {
            if i == 200 || i == 230 {
                let settings = chain::random_settings(100 + seed + i as u64);
                by_run.set(&settings);
                by_tick.set(&settings);
            }
            by_run.control();
            by_tick.control();
            let mut whole = run.to_vec();
            by_run.run(&mut whole, keys);
            for (n, (frame, key)) in run.iter().zip(keys).enumerate() {
                let one = by_tick.tick(*frame, *key);
                assert!(one == whole[n], "settings {seed}, frame {}: {one:?}, {:?} in a run", 16 * i + n, whole[n]);
            }
        }
    }
}

#[test]
fn a_ratio_ends_at_infinity() {
    assert_eq!(RATIO.print(RATIO.range.1), "inf:1");
    assert_eq!(RATIO.print(4.0), "4.00:1");
    for text in ["inf", "inf:1", "\u{221e}", "\u{221e}:1", "INF:1"] {
        assert_eq!(RATIO.parse(text), Some(RATIO.range.1), "{text}");
    }
    assert_eq!(RATIO.parse("4:1"), Some(4.0));
}

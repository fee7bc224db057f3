//! The compressor's characters are different machines: no setting of one does what another does.

use tandem_dsp::control::{Dial, Enumerated};
use tandem_dsp::module::compressor::{ATTACK, Character, Compressor, CompressorSettings, KNEE, RATIO, RELEASE};
use tandem_dsp::units::{db_to_gain, gain_to_db};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::fit::{least, on_two_cores, pairs, worst_db};

/// Low, so that the search stays quick; nothing here depends on it.
const RATE: f64 = 8_000.0;

/// Levels in and out are compared over this time: what differs for less is not counted.
const WINDOW_MS: f64 = 10.0;

/// What is compared: steps through the curve, a pause, a hit, a passage, and a run of hits. The sign alternates from
/// frame to frame, so that every frame has the level.
fn stimulus() -> Vec<Frame> {
    let mut levels_db = Vec::new();
    let mut hold = |level_db: f64, ms: f64| {
        levels_db.extend(std::iter::repeat_n(level_db, (ms * 1e-3 * RATE) as usize));
    };
    for level_db in [-42.0, -36.0, -30.0, -24.0, -18.0, -12.0, -6.0, 0.0] {
        hold(level_db, 250.0);
    }
    hold(-70.0, 400.0);
    hold(-42.0, 300.0);
    hold(-3.0, 30.0);
    hold(-42.0, 500.0);
    hold(-6.0, 1_500.0);
    hold(-42.0, 700.0);
    for _ in 0..8 {
        hold(-3.0, 5.0);
        hold(-24.0, 120.0);
    }
    let signs = [1.0, -1.0].into_iter().cycle();
    levels_db.iter().zip(signs).map(|(level_db, sign)| [sign * db_to_gain(*level_db); 2]).collect()
}

/// The gain in dB over time.
fn gains_db(settings: &CompressorSettings, stimulus: &[Frame]) -> Vec<f64> {
    let mut compressor = Compressor::default();
    compressor.prepare(RATE, LatencyMode::Live);
    compressor.set(settings);
    let mut output = stimulus.to_vec();
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        compressor.control();
        compressor.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
    let window = (WINDOW_MS * 1e-3 * RATE) as usize;
    let level = |frames: &[Frame]| frames.iter().map(|frame| frame[0].abs()).sum::<f64>();
    let windows = output.chunks_exact(window).zip(stimulus.chunks_exact(window));
    windows.map(|(out, into)| gain_to_db(level(out) / level(into))).collect()
}

/// Low, so that much of each curve is gone through.
const THRESHOLD_DB: f64 = -36.0;

/// What is fitted, each from 0 to 1 along its knob.
const FITTED: [&Dial; 4] = [&ATTACK, &RELEASE, &RATIO, &KNEE];

fn settings(character: Character, ways: [f64; 4]) -> CompressorSettings {
    let values: [f64; 4] = std::array::from_fn(|i| {
        let (low, high) = (FITTED[i].scale.to_way(FITTED[i].range.0), FITTED[i].scale.to_way(FITTED[i].range.1));
        FITTED[i].scale.from_way(low + (high - low) * ways[i])
    });
    let [attack_ms, release_ms, ratio, knee_db] = values;
    CompressorSettings {
        character,
        threshold_db: THRESHOLD_DB,
        attack_ms,
        release_ms,
        ratio,
        knee_db,
        ..CompressorSettings::default()
    }
}

#[test]
fn no_setting_of_one_character_is_another() {
    let stimulus = stimulus();
    let reference = CompressorSettings {
        threshold_db: THRESHOLD_DB,
        ratio: 4.0,
        knee_db: 6.0,
        attack_ms: 5.0,
        release_ms: 150.0,
        ..CompressorSettings::default()
    };
    let found = on_two_cores(pairs(Character::ALL), |(of, by)| {
        let target = gains_db(&CompressorSettings { character: of, ..reference }, &stimulus);
        let (worst, ways) = least(1, |ways| worst_db(&gains_db(&settings(by, ways), &stimulus), &target));
        (of, by, worst, settings(by, ways))
    });
    for (of, by, worst, settings) in found {
        let CompressorSettings { attack_ms, release_ms, ratio, knee_db, .. } = settings;
        println!(
            "{of:?} by {by:?}: {worst:.2} dB, attack {attack_ms:.2} ms, release {release_ms:.0} ms, ratio {ratio:.1}, \
             knee {knee_db:.1} dB"
        );
        assert!(worst >= 1.0, "{by:?} comes within {worst:.2} dB of {of:?}, at least 1 dB expected to remain");
    }
}

//! The limiter's styles are different machines: no setting of one does what another does.

use tandem_dsp::control::{Dial, Enumerated};
use tandem_dsp::module::limiter::{LOOK_AHEAD, Limiter, LimiterSettings, RELEASE, Style};
use tandem_dsp::units::{db_to_gain, gain_to_db};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::fit::{least, on_two_cores, pairs, worst_db};

/// Low, so that the search stays quick; nothing here depends on it.
const RATE: f64 = 8_000.0;

/// Levels in and out are compared over this time: what differs for less is not counted.
const WINDOW_MS: f64 = 10.0;

/// What is compared: hits of several depths, a passage, a long one, and hits within one, each over a ceiling of 0 dBFS.
/// Constants, so that every frame has the level.
fn stimulus() -> Vec<Frame> {
    let mut signal = Vec::new();
    let mut hold = |level_db: f64, ms: f64| {
        signal.extend(std::iter::repeat_n([db_to_gain(level_db); 2], (ms * 1e-3 * RATE) as usize));
    };
    hold(-20.0, 100.0);
    for depth_db in [20.0, 6.0, 12.0] {
        hold(depth_db, 4.0);
        hold(-20.0, 300.0);
    }
    hold(12.0, 100.0);
    hold(-20.0, 400.0);
    hold(16.0, 1_500.0);
    hold(-20.0, 900.0);
    for _ in 0..5 {
        hold(15.0, 5.0);
        hold(6.0, 100.0);
    }
    hold(-20.0, 300.0);
    signal
}

/// The gain in dB over time.
fn gains_db(settings: &LimiterSettings, stimulus: &[Frame]) -> Vec<f64> {
    let mut limiter = Limiter::default();
    limiter.prepare(RATE, LatencyMode::Mix);
    limiter.set(settings);
    let mut output = stimulus.to_vec();
    output.resize(stimulus.len() + limiter.latency(), [0.0; 2]);
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        limiter.control();
        limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
    let window = (WINDOW_MS * 1e-3 * RATE) as usize;
    let level = |frames: &[Frame]| frames.iter().map(|frame| frame[0].abs()).sum::<f64>();
    let windows = output[limiter.latency()..].chunks_exact(window).zip(stimulus.chunks_exact(window));
    windows.map(|(out, into)| gain_to_db(level(out) / level(into))).collect()
}

/// What is fitted: both dials along their knobs, and whether release is automatic.
fn settings(style: Style, ways: [f64; 3]) -> LimiterSettings {
    let value = |dial: &Dial, way: f64| {
        let (low, high) = (dial.scale.to_way(dial.range.0), dial.scale.to_way(dial.range.1));
        dial.scale.from_way(low + (high - low) * way)
    };
    LimiterSettings {
        style,
        ceiling_db: 0.0,
        look_ahead_ms: value(&LOOK_AHEAD, ways[0]),
        release_ms: value(&RELEASE, ways[1]),
        auto_release: ways[2] > 0.8,
        ..LimiterSettings::default()
    }
}

#[test]
fn no_setting_of_one_style_is_another() {
    let stimulus = stimulus();
    let found = on_two_cores(pairs(Style::ALL), |(of, by)| {
        let reference = LimiterSettings { style: of, ceiling_db: 0.0, release_ms: 100.0, ..LimiterSettings::default() };
        let target = gains_db(&reference, &stimulus);
        let (worst, ways) = least(1, |ways| worst_db(&gains_db(&settings(by, ways), &stimulus), &target));
        (of, by, worst, settings(by, ways))
    });
    for (of, by, worst, LimiterSettings { look_ahead_ms, release_ms, auto_release, .. }) in found {
        println!(
            "{of:?} by {by:?}: {worst:.2} dB, look-ahead {look_ahead_ms:.2} ms, release {release_ms:.0} ms, auto \
             {auto_release}"
        );
        assert!(worst >= 1.0, "{by:?} comes within {worst:.2} dB of {of:?}, at least 1 dB expected to remain");
    }
}

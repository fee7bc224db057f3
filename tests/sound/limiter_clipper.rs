//! The soft clipper before the limiter: its curve, its aliasing, and that it costs the ceiling nothing.

use super::limiter_ceiling::limited;
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::limiter::{Limiter, LimiterSettings, Style};
use tandem_dsp::units::{db_to_gain, gain_to_db};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, spectrum, tapered, true_peak_db};
use tandem_tests::signals::{sine, white};

const RATE: f64 = 44_100.0;

/// Only the clipper works: its level is the ceiling, and a bend that ends at the ceiling leaves the limiter little.
fn clips(gain_db: f64, level_db: f64, shape_percent: f64) -> LimiterSettings {
    LimiterSettings {
        gain_db,
        ceiling_db: 0.0,
        clip: true,
        clip_level_db: level_db,
        clip_shape_percent: shape_percent,
        ..LimiterSettings::default()
    }
}

fn processed(mode: LatencyMode, settings: &LimiterSettings, input: &[Frame]) -> Vec<Frame> {
    let mut limiter = Limiter::default();
    limiter.prepare(RATE, mode);
    limiter.set(settings);
    let mut output = input.to_vec();
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        limiter.control();
        limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
    output
}

/// What is left of a magnitude `x` over the bend's start `a` and level `t`: a parabola from slope 1 at `a` to slope 0.
fn parabola(x: f64, a: f64, t: f64) -> f64 {
    let w = (x - a) / (t - a);
    if x <= a {
        x
    } else if w >= 2.0 {
        t
    } else {
        a + (t - a) * (w - w * w / 4.0)
    }
}

#[test]
fn the_curve_is_the_one_that_it_reports() {
    for (level_db, shape_percent) in [(-6.0, 100.0), (-3.0, 50.0), (0.0, 20.0)] {
        let settings = clips(6.0, level_db, shape_percent);
        let top = db_to_gain(level_db);
        let start = top * (1.0 - 0.5 * shape_percent / 100.0);
        for input_db in [-40.0, -20.0, -12.0, -9.0, -6.0, -3.0, 0.0, 6.0] {
            let expected = gain_to_db(parabola(db_to_gain(input_db + 6.0), start, top));
            let reported = Limiter::clipped_db(&settings, input_db);
            assert!(
                (reported - expected).abs() < 1e-9,
                "{input_db} dB: {reported:.4} reported, {expected:.4} expected"
            );
            for mode in LatencyMode::ALL {
                // A constant: no frequency but zero, so that oversampling changes nothing once the edges are gone.
                let output = processed(*mode, &settings, &vec![[db_to_gain(input_db); 2]; 48_000]);
                let measured = gain_to_db(output[47_000][0]);
                assert!(
                    (measured - expected).abs() < 0.002,
                    "{mode:?}, level {level_db} dB, shape {shape_percent} %, {input_db} dB: {measured:.4} of {expected:.4}"
                );
            }
        }
    }
}

#[test]
fn what_stays_below_the_bend_is_untouched_to_the_bit() {
    let off = LimiterSettings { gain_db: 3.0, ..LimiterSettings::default() };
    let input = white(9_600, 3, -20.0);
    for mode in LatencyMode::ALL {
        // Gauss's noise of -20 dBFS RMS with 3 dB of gain stays 6 dB under a ceiling of -1 dBTP plus 3.
        for clip_level_db in [3.0, 6.0] {
            let on = LimiterSettings { clip: true, clip_level_db, clip_shape_percent: 20.0, ..off };
            assert!(processed(*mode, &on, &input) == processed(*mode, &off, &input), "{mode:?}, {clip_level_db} dB");
        }
    }
}

/// Highest of the bins that are no harmonic of a 5 kHz sine lifted by 12 dB into a clipper, dB re the fundamental; below
/// `to_hz`.
fn alias_dbc(mode: LatencyMode, shape_percent: f64, to_hz: f64) -> f64 {
    const FRAMES: usize = 44_100;
    // The clipper ends 6 dB below the ceiling, so that nothing is left to the limiter.
    let output = processed(mode, &clips(12.0, -6.0, shape_percent), &sine(FRAMES * 2, RATE, 5_000.0, -6.0));
    let bins = spectrum(&lane(&output[FRAMES..], 0));
    let worst = (1..to_hz as usize).filter(|hz| {
        let from_harmonic = hz % 5_000;
        from_harmonic > 3 && from_harmonic < 4_997
    });
    gain_to_db(worst.map(|hz| bins[hz]).fold(0.0, f64::max) / bins[5_000])
}

#[test]
fn aliasing_is_what_is_stated() {
    // Stated where the clipper is described; Live has no filters, and folds what is beyond half the rate.
    for (shape_percent, all_dbc, live_dbc) in [(0.0, -60.0, -16.0), (50.0, -74.0, -16.0), (100.0, -84.0, -16.0)] {
        let all = alias_dbc(LatencyMode::Mix, shape_percent, 22_000.0);
        let live = alias_dbc(LatencyMode::Live, shape_percent, 22_000.0);
        println!("shape {shape_percent} %: {all:.1} dBc; {live:.1} in Live");
        assert!(all <= all_dbc && live <= live_dbc, "shape {shape_percent} %: {all:.1} dBc, {live:.1} in Live");
    }
}

#[test]
fn a_clipper_breaks_no_ceiling() {
    let mut input = white(32_768, 4, -12.0);
    for samples in 0..2 {
        for (frame, x) in input.iter_mut().zip(tapered(lane(&white(30_000, 4 + samples, -12.0), 0), 2_000)) {
            frame[samples as usize] = x;
        }
    }
    input[30_000..].fill([0.0; 2]);
    for style in Style::ALL {
        for clip_level_db in [-6.0, 0.0, 3.0] {
            for clip_shape_percent in [0.0, 100.0] {
                let settings = LimiterSettings {
                    style: *style,
                    gain_db: 14.0,
                    clip: true,
                    clip_level_db,
                    clip_shape_percent,
                    look_ahead_ms: 0.5,
                    release_ms: 10.0,
                    ..LimiterSettings::default()
                };
                let output = limited(RATE, &settings, &input);
                let peak = true_peak_db(&lane(&output, 0)).max(true_peak_db(&lane(&output, 1)));
                assert!(peak <= -1.0 + 0.15, "{style:?}, clip level {clip_level_db} dB: {peak:.3} dBTP of -1");
            }
        }
    }
}

#[test]
fn the_clipper_leaves_less_to_turn_down() {
    // Short tips on a steady sound: with the clipper at the ceiling, nothing but what rings is left to the limiter.
    let mut input = sine(48_000, RATE, 200.0, -10.0);
    for i in (2_000..48_000).step_by(4_000) {
        for (k, frame) in input[i..i + 40].iter_mut().enumerate() {
            let tip = 0.6 * (std::f64::consts::PI * k as f64 / 40.0).sin().powi(2);
            *frame = frame.map(|x| x + tip);
        }
    }
    let taken = |clip: bool| {
        let settings = LimiterSettings { clip, clip_shape_percent: 20.0, ..clips(9.0, 0.0, 20.0) };
        let mut limiter = Limiter::default();
        limiter.prepare(RATE, LatencyMode::Mix);
        limiter.set(&settings);
        let mut output = input.clone();
        for run in output.chunks_mut(CONTROL_INTERVAL) {
            limiter.control();
            limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
        }
        limiter.slices(0).map(|slice| slice.reduction_db()).fold(0.0, f64::max)
    };
    let (without, with) = (taken(false), taken(true));
    assert!(without > 4.0 && with < 1.0, "{without:.2} dB taken without, {with:.2} with the clipper");
}

#[test]
fn the_clipper_switches_and_moves_without_a_click() {
    for mode in LatencyMode::ALL {
        let off = LimiterSettings { clip: false, ..clips(0.0, -6.0, 100.0) };
        let on = LimiterSettings { clip: true, ..off };
        // The sine reaches a little into the bend: its own harmonics above 4 kHz are far below what is looked for.
        let residue = |before: &LimiterSettings, after: &LimiterSettings| {
            let mut limiter = Limiter::default();
            limiter.prepare(RATE, mode.to_owned());
            limiter.set(before);
            let mut signal = sine(64_000, RATE, 500.0, -11.0);
            for (i, run) in signal.chunks_mut(CONTROL_INTERVAL).enumerate() {
                if i == 2_000 {
                    limiter.set(after);
                }
                limiter.control();
                limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL]);
            }
            peak_above_db(&tapered(lane(&signal[8_000..], 0), 4_800), RATE, 6_000.0)
        };
        for (what, other) in [
            ("switch", off),
            ("level", LimiterSettings { clip_level_db: 0.0, ..on }),
            ("shape", LimiterSettings { clip_shape_percent: 20.0, ..on }),
        ] {
            for (before, after) in [(&on, &other), (&other, &on)] {
                let residue = residue(before, after);
                assert!(residue <= -80.0, "{mode:?} {what}: {residue:.1} dBFS above 6 kHz, -80 allowed");
            }
        }
    }
}

#[test]
fn off_is_exactly_transparent_again_after_it_was_on() {
    let input = white(48_000, 3, -14.0);
    let loud = clips(6.0, -6.0, 100.0);
    let plain = LimiterSettings { clip: false, gain_db: 0.0, ..loud };
    for mode in LatencyMode::ALL {
        let mut limiter = Limiter::default();
        limiter.prepare(RATE, *mode);
        let mut output = input.iter().map(|frame| frame.map(|x| 0.5 * x)).collect::<Vec<_>>();
        let dry = output.clone();
        for (i, run) in output.chunks_mut(CONTROL_INTERVAL).enumerate() {
            limiter.set(if i < 500 { &loud } else { &plain });
            limiter.control();
            limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL]);
        }
        let late = super::chain::delayed(&dry, limiter.latency());
        assert!(
            output[24_000..] == late[24_000..],
            "{mode:?}: {:.1} dB left",
            null_db(&output[24_000..], &late[24_000..])
        );
    }
}

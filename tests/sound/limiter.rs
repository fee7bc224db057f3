//! The limiter: what it is when it does nothing, its times, and that nothing of it clicks or breaks.

use super::alone::{Alone, is_off_until_asked, keeps_its_promises};
use super::chain;
use super::limiter_ceiling::limited;
use tandem_dsp::control::{Enumerated, Staged};
use tandem_dsp::module::limiter::{Limiter, LimiterSettings, Style};
use tandem_dsp::smooth::Gain;
use tandem_dsp::units::{db_to_gain, gain_to_db, ms_to_frames};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{interpolated, lane, null_db, peak_above_db, peak_db, tapered};
use tandem_tests::signals::{pink, sine, white};

const RATE: f64 = 48_000.0;

/// The ceiling of a fresh limiter.
const CEILING_DB: f64 = -1.0;

fn started(rate: f64, mode: LatencyMode, settings: &LimiterSettings) -> Limiter {
    let mut limiter = Limiter::default();
    limiter.prepare(rate, mode);
    limiter.set(settings);
    limiter
}

/// Processes in place, on the control grid of a chain that starts now; `frames` is a multiple of the interval.
fn process(limiter: &mut Limiter, frames: &mut [Frame]) {
    for run in frames.chunks_mut(CONTROL_INTERVAL) {
        limiter.control();
        limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
}

fn driven(style: Style) -> LimiterSettings {
    LimiterSettings { style, gain_db: 12.0, ..LimiterSettings::default() }
}

/// Every setting that has an effect on what a limiter does with a sound under its ceiling: none.
fn idle_settings() -> Vec<LimiterSettings> {
    let plain = LimiterSettings::default();
    let mut all = vec![
        LimiterSettings { look_ahead_ms: 0.1, release_ms: 1.0, ..plain },
        LimiterSettings { look_ahead_ms: 5.0, auto_release: true, ..plain },
        LimiterSettings { link_percent: 30.0, ..plain },
        LimiterSettings { ceiling_db: 0.0, ..plain },
        LimiterSettings { clip: true, clip_level_db: 0.0, clip_shape_percent: 100.0, ..plain },
    ];
    all.extend(Style::ALL.iter().map(|style| LimiterSettings { style: *style, ..plain }));
    all
}

#[test]
fn below_the_ceiling_it_is_a_pure_delay_bit_for_bit() {
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for mode in LatencyMode::ALL {
            for settings in idle_settings() {
                let input = white(9_600, 3, -20.0);
                let mut output = input.clone();
                let mut limiter = started(rate, *mode, &settings);
                process(&mut limiter, &mut output);
                assert!(
                    output == chain::delayed(&input, limiter.latency()),
                    "{mode:?} at {rate} Hz, {settings:?}: leaves {:.1} dB",
                    null_db(&output, &chain::delayed(&input, limiter.latency()))
                );
            }
        }
    }
}

#[test]
fn after_a_peak_it_is_a_pure_delay_again() {
    for style in Style::ALL {
        for mode in LatencyMode::ALL {
            let mut input = white(480_000, 3, -20.0);
            input[1_000] = [8.0, 0.0];
            let mut output = input.clone();
            let mut limiter =
                started(RATE, *mode, &LimiterSettings { style: *style, release_ms: 20.0, ..driven(*style) });
            limiter.set(&LimiterSettings { style: *style, release_ms: 20.0, ..LimiterSettings::default() });
            process(&mut limiter, &mut output);
            let late = chain::delayed(&input, limiter.latency());
            assert!(output[400_000..] == late[400_000..], "{style:?} {mode:?}: not the input again after 8 s");
        }
    }
}

#[test]
fn run_equals_tick_bit_for_bit() {
    for mode in LatencyMode::ALL {
        for (i, style) in Style::ALL.iter().enumerate() {
            let settings = LimiterSettings {
                look_ahead_ms: 0.7,
                release_ms: 5.0,
                auto_release: i % 2 == 1,
                link_percent: if i % 3 == 0 { 100.0 } else { 40.0 },
                clip: i >= 3,
                ..driven(*style)
            };
            let moved =
                LimiterSettings { ceiling_db: -6.0, gain_db: 3.0, look_ahead_ms: 3.0, link_percent: 100.0, ..settings };
            let input = pink(4_800, 5, -12.0);
            let mut by_run = input.clone();
            let mut limiter = started(RATE, *mode, &settings);
            process(&mut limiter, &mut by_run[..1_600]);
            limiter.set(&moved);
            process(&mut limiter, &mut by_run[1_600..]);
            let mut limiter = started(RATE, *mode, &settings);
            for (i, frame) in input.iter().enumerate() {
                if i == 1_600 {
                    limiter.set(&moved);
                }
                if i % CONTROL_INTERVAL == 0 {
                    limiter.control();
                }
                assert_eq!(limiter.tick(*frame, [0.0; 2]), by_run[i], "{mode:?} {style:?}, frame {i}");
            }
        }
    }
}

#[test]
fn live_holds_every_sample_and_says_that_it_holds_no_more() {
    for style in Style::ALL {
        for settings in [driven(*style), LimiterSettings { release_ms: 1.0, link_percent: 0.0, ..driven(*style) }] {
            let mut output = white(48_000, 8, -6.0);
            let mut limiter = started(RATE, LatencyMode::Live, &settings);
            process(&mut limiter, &mut output);
            let peak = peak_db(&output);
            assert!(peak <= CEILING_DB + 1e-9, "{style:?}: a sample at {peak:.4} dBFS");
            assert!(peak >= CEILING_DB - 0.001, "{style:?}: the highest sample at {peak:.4} dBFS");
            assert!(!limiter.read().holds_true_peak && limiter.latency() == 0);
        }
    }
    assert!(started(RATE, LatencyMode::Mix, &driven(Style::Loud)).read().holds_true_peak);
}

#[test]
fn sustained_peaks_reach_the_ceiling() {
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for style in Style::ALL {
            for freq_hz in [40.0, 997.0, 5_003.0, 11_000.0, 19_500.0] {
                for drive_db in [1.5, 9.0] {
                    let frames = (rate / 10.0) as usize * 4;
                    let settings = LimiterSettings { gain_db: drive_db, ..driven(*style) };
                    let output = limited(rate, &settings, &sine(frames, rate, freq_hz, 0.0));
                    let fine = interpolated(&tapered(lane(&output[frames / 2..], 0), 200));
                    let middle = &fine[fine.len() / 4..fine.len() * 3 / 4];
                    let peak = gain_to_db(middle.iter().fold(0.0, |peak, x| x.abs().max(peak)));
                    assert!(
                        (CEILING_DB - 0.1..CEILING_DB + 0.02).contains(&peak),
                        "{rate} Hz, {style:?}, {freq_hz} Hz lifted by {drive_db} dB: {peak:.3} dBTP"
                    );
                }
            }
        }
    }
}

#[test]
fn the_ceiling_holds_while_gain_and_ceiling_move() {
    // The ceiling of each frame is the one on its way when it came in: here as `Gain` runs from tick to tick.
    for (before_db, after_db) in [(0.0, -12.0), (-12.0, 0.0), (-1.0, -6.0)] {
        for style in Style::ALL {
            for release_ms in [1.0, 80.0] {
                let settings = LimiterSettings { ceiling_db: before_db, release_ms, ..driven(*style) };
                let mut limiter = started(RATE, LatencyMode::Mix, &settings);
                let mut output = pink(24_000, 21, -9.0);
                let mut ceilings = Vec::new();
                let mut ceiling = Gain::default();
                ceiling.prepare(RATE);
                ceiling.aim(db_to_gain(before_db));
                for (i, run) in output.chunks_mut(CONTROL_INTERVAL).enumerate() {
                    if i == 700 {
                        ceiling.aim(db_to_gain(after_db));
                        limiter.set(&LimiterSettings { ceiling_db: after_db, gain_db: 24.0, ..settings });
                    }
                    ceiling.control();
                    ceilings.extend(run.iter().map(|_| ceiling.advance()));
                    limiter.control();
                    limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL]);
                }
                let late = limiter.latency();
                let mut worst = f64::MIN;
                for channel in 0..2 {
                    let fine = interpolated(&tapered(lane(&output, channel), 500));
                    for (i, x) in fine.iter().enumerate().skip(16 * late) {
                        let held = ceilings[(i / 16 - late).min(ceilings.len() - 1)];
                        let next = ceilings[(i / 16 - late + 1).min(ceilings.len() - 1)];
                        worst = worst.max(gain_to_db(*x) - gain_to_db(held.max(next)));
                    }
                }
                assert!(
                    worst <= 0.10,
                    "{style:?}, {before_db} to {after_db} dB: {worst:+.3} dB over the moving ceiling"
                );
                assert!(worst >= -0.2, "{style:?}, {before_db} to {after_db} dB: {worst:+.3} dB below at best");
            }
        }
    }
}

#[test]
fn link_decides_how_far_the_channels_move_as_one() {
    for (link_percent, right_db) in [(100.0, -12.0), (0.0, 0.0), (50.0, -7.98)] {
        // Half the way from -20 dB to +11 in level: 0.1 and 3.548 over the ceiling, 1.824 in the middle, 5.22 dB over.
        let settings = LimiterSettings { ceiling_db: 0.0, gain_db: 12.0, link_percent, ..LimiterSettings::default() };
        let mut output: Vec<Frame> = vec![[1.0, 0.01]; 24_000];
        process(&mut started(RATE, LatencyMode::Mix, &settings), &mut output);
        let [left, right] = output[23_999];
        let (left, right) = (gain_to_db(left), gain_to_db(right / 0.01) - 12.0);
        assert!(left.abs() < 0.01, "link {link_percent} %: the loud channel at {left:.3} dBFS");
        // With half a link: 20 log10 of half of 3.981 and 0.03981 each.
        let expected = if link_percent == 50.0 { -gain_to_db(0.5 * (3.981 + 0.039_81)) } else { right_db };
        assert!(
            (right - expected).abs() < 0.05,
            "link {link_percent} %: {right:.3} dB on the other, {expected:.2} expected"
        );
    }
}

#[test]
fn look_ahead_moves_the_gain_before_the_sound_and_not_the_latency() {
    let frames = 9_600;
    for rate in [44_100.0, 96_000.0] {
        for look_ahead_ms in [0.1, 1.0, 5.0] {
            let settings = LimiterSettings { look_ahead_ms, ..driven(Style::Transparent) };
            let mut limiter = started(rate, LatencyMode::Mix, &settings);
            let latency = limiter.latency();
            // One run, the clipper's filters, the longest look-ahead, the guard's interpolator and window.
            let expected = CONTROL_INTERVAL
                + 30
                + ms_to_frames(5.0, rate).ceil() as usize
                + 51
                + ms_to_frames(0.6, rate).round() as usize;
            assert_eq!(latency, expected, "latency in frames at {rate} Hz");
            // What comes before is small, so that all that is seen of it is the gain.
            let mut output = vec![[1e-3; 2]; frames];
            output[5_000..].fill([0.5; 2]);
            process(&mut limiter, &mut output);
            let lifted = 1e-3 * db_to_gain(12.0);
            let moves =
                output[2_000..].iter().position(|frame| frame[0] < lifted * 0.999).expect("it is turned down") + 2_000;
            let early = (5_000 + latency - moves) as f64;
            let (low, high) =
                (0.6 * ms_to_frames(look_ahead_ms, rate), ms_to_frames(look_ahead_ms.max(0.6), rate) + 60.0);
            assert!(
                (low..=high).contains(&early),
                "{look_ahead_ms} ms at {rate} Hz: {early} frames early, {low} to {high} expected"
            );
        }
    }
}

/// Reduction in dB over time after a constant `over_db` over the ceiling has ended, from the frame after its last on.
fn release_db(settings: &LimiterSettings, over_db: f64, lasting_ms: f64) -> Vec<f64> {
    let settings = LimiterSettings { gain_db: 0.0, ceiling_db: 0.0, look_ahead_ms: 0.1, ..*settings };
    let lasting = ms_to_frames(lasting_ms, RATE) as usize;
    let mut input = vec![[db_to_gain(over_db); 2]; lasting];
    input.resize(lasting + 96_000, [db_to_gain(-60.0); 2]);
    let mut output = input.clone();
    process(&mut started(RATE, LatencyMode::Live, &settings), &mut output);
    input.iter().zip(&output).skip(lasting).map(|(into, out)| gain_to_db(into[0] / out[0])).collect()
}

#[test]
fn transparent_gives_63_percent_back_in_its_release() {
    for release_ms in [1.0, 10.0, 100.0, 1_000.0] {
        let back = release_db(&LimiterSettings { release_ms, ..driven(Style::Transparent) }, 12.0, 100.0);
        let at = back.iter().position(|db| *db <= 12.0 / std::f64::consts::E).expect("it comes back");
        let ms = (at + 1) as f64 * 1e3 / RATE;
        assert!((ms / release_ms - 1.0).abs() <= 0.05, "release {release_ms} ms takes {ms:.2} ms");
    }
}

#[test]
fn each_style_lets_go_as_it_says() {
    let at = |back: &[f64], ms: f64| back[ms_to_frames(ms, RATE) as usize];
    let with = |style: Style| LimiterSettings { release_ms: 100.0, ..driven(style) };

    let (hit, passage) = (release_db(&with(Style::Punch), 12.0, 2.0), release_db(&with(Style::Punch), 12.0, 1_000.0));
    // A hit of 2 ms fills exp(-2/40) of the slow part: 0.6 dB; the rest is gone in tens of ms.
    assert!(at(&hit, 30.0) < 1.2, "Punch: {:.2} dB 30 ms after a hit", at(&hit, 30.0));
    assert!((at(&passage, 100.0) - 12.0 / std::f64::consts::E).abs() < 0.1, "{:.2} dB", at(&passage, 100.0));

    let even = release_db(&with(Style::Even), 12.0, 100.0);
    for ms in [10.0, 60.0] {
        let pace = (at(&even, ms) - at(&even, ms + 20.0)) / 20.0 * 100.0;
        assert!((pace - 8.686).abs() < 0.05, "Even gives back {pace:.3} dB a release, 8.686 expected");
    }

    let smooth = release_db(&with(Style::Smooth), 12.0, 100.0);
    assert!(at(&smooth, 48.0) > 11.99, "Smooth: {:.3} dB still held after 48 ms", at(&smooth, 48.0));
    // Two poles: (1 + t) exp(-t) after the hold.
    let expected = 12.0 * 2.0 / std::f64::consts::E;
    assert!((at(&smooth, 150.0) - expected).abs() < 0.1, "Smooth: {:.3} of {expected:.3} dB", at(&smooth, 150.0));

    let (short, long) = (release_db(&with(Style::Steady), 12.0, 10.0), release_db(&with(Style::Steady), 12.0, 4_000.0));
    assert!(at(&short, 400.0) < 0.5, "Steady: {:.2} dB 400 ms after a hit", at(&short, 400.0));
    // 60 % remembered, forgotten in 800 ms and followed in 100: y' = (m - y) / 100 with m = 7.2 exp(-t / 800).
    let memory = 0.6 * 12.0 * 800.0 / 700.0;
    let expected = memory * (-0.5f64).exp() + (12.0 - memory) * (-4.0f64).exp();
    assert!((at(&long, 400.0) - expected).abs() < 0.05, "Steady: {:.2} of {expected:.2} dB", at(&long, 400.0));

    let (deep, shallow) = (release_db(&with(Style::Loud), 16.0, 100.0), release_db(&with(Style::Loud), 1.0, 100.0));
    let pace = |back: &[f64]| (back[0] - back[240]) / back[0];
    assert!(pace(&deep) > 4.0 * pace(&shallow), "Loud: {:.3} and {:.3} of it in 5 ms", pace(&deep), pace(&shallow));
}

#[test]
fn auto_release_is_short_where_peaks_stand_out() {
    for style in Style::ALL {
        let settings = LimiterSettings { auto_release: true, release_ms: 30.0, ceiling_db: 0.0, ..driven(*style) };
        let left = |between: f64| {
            let mut input = vec![[between; 2]; 96_000];
            input.iter_mut().step_by(9_600).for_each(|frame| *frame = [1.0; 2]);
            let mut output = input.clone();
            process(&mut started(RATE, LatencyMode::Live, &settings), &mut output);
            let reduction = |i: usize| gain_to_db(input[i][0] / output[i][0]) + 12.0;
            reduction(86_400 + 960) / reduction(86_400)
        };
        // Crest factors of about 28 and 4 dB.
        let (sparse, dense) = (left(0.01), left(0.24));
        assert!(
            sparse < 0.75 * dense,
            "{style:?}: 20 ms after a peak {sparse:.3} are left where sparse, {dense:.3} where dense"
        );
    }
}

#[test]
fn extremes_hold_the_ceiling_and_stay_finite() {
    for mode in LatencyMode::ALL {
        for style in Style::ALL {
            for height in [1e5, 1e9, 1e30, 1e300] {
                let mut input = white(24_000, 3, -30.0);
                for (i, frame) in input.iter_mut().enumerate().skip(6_000).take(300) {
                    *frame = [height, if i % 2 == 0 { -height } else { 1e-310 }];
                }
                let mut output = input.clone();
                process(&mut started(RATE, *mode, &LimiterSettings { release_ms: 1.0, ..driven(*style) }), &mut output);
                let peak = peak_db(&output);
                assert!(peak <= CEILING_DB + 0.01, "{mode:?} {style:?}, an edge to {height:e}: {peak:.3} dBFS");
                assert!(
                    output.as_flattened().iter().all(|x| x.is_finite()),
                    "{mode:?} {style:?}, {height:e}: all finite"
                );
            }
        }
    }
}

/// Residue above 4 kHz in dBFS when a setting moves under a 1 kHz sine.
fn residue_db(mode: LatencyMode, before: &LimiterSettings, after: &LimiterSettings) -> f64 {
    let mut limiter = started(RATE, mode, before);
    let mut signal = sine(72_000, RATE, 1_000.0, -14.0);
    process(&mut limiter, &mut signal[..36_000]);
    limiter.set(after);
    process(&mut limiter, &mut signal[36_000..]);
    peak_above_db(&tapered(lane(&signal[12_000..], 0), 4_800), RATE, 4_000.0)
}

#[test]
fn moving_a_dial_makes_no_zipper_noise() {
    for mode in [LatencyMode::Live, LatencyMode::Mix] {
        for style in Style::ALL {
            let idle = LimiterSettings { style: *style, gain_db: 0.0, ..LimiterSettings::default() };
            for (what, after) in [
                ("gain", LimiterSettings { gain_db: 6.0, ..idle }),
                ("ceiling", LimiterSettings { ceiling_db: -6.0, ..idle }),
                ("link", LimiterSettings { link_percent: 0.0, ..idle }),
                ("look-ahead", LimiterSettings { look_ahead_ms: 5.0, ..idle }),
            ] {
                for (from, to) in [(&idle, &after), (&after, &idle)] {
                    let residue = residue_db(mode, from, to);
                    assert!(residue <= -80.0, "{mode:?} {style:?} {what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
                }
            }
        }
    }
}

#[test]
fn moving_a_dial_while_it_holds_down_makes_no_zipper_noise() {
    // A sine that is held down is bent by the release itself, in Live most; a move must not add to that.
    for mode in [LatencyMode::Live, LatencyMode::Mix] {
        let busy =
            |style: Style| LimiterSettings { style, gain_db: 20.0, release_ms: 1_000.0, ..LimiterSettings::default() };
        let still = Style::ALL.iter().map(|style| residue_db(mode, &busy(*style), &busy(*style))).collect::<Vec<_>>();
        for (style, still_db) in Style::ALL.iter().zip(&still) {
            let before = busy(*style);
            let auto = LimiterSettings { auto_release: true, ..before };
            let dials = [
                ("look-ahead", LimiterSettings { look_ahead_ms: 5.0, ..before }, *still_db),
                ("short look-ahead", LimiterSettings { look_ahead_ms: 0.1, ..before }, *still_db),
                ("link", LimiterSettings { link_percent: 0.0, ..before }, *still_db),
                ("auto release", auto, residue_db(mode, &auto, &auto)),
            ];
            // A style that has just begun remembers nothing yet: it may bend as much as the one that does most.
            let most_db = still.iter().copied().fold(f64::MIN, f64::max);
            let styles = Style::ALL.iter().map(|style| ("style", busy(*style), most_db));
            for (what, after, still_after_db) in dials.into_iter().chain(styles) {
                let allowed_db = still_db.max(still_after_db).max(-81.0) + 1.0;
                let residue = residue_db(mode, &before, &after);
                assert!(
                    residue <= allowed_db,
                    "{mode:?} {style:?} {what}: {residue:.1} dBFS above 4 kHz, {allowed_db:.1} allowed"
                );
            }
        }
    }
}

#[test]
fn unity_gain_listening_takes_the_gain_back() {
    let settings = driven(Style::Transparent);
    let mut plain = pink(48_000, 4, -15.0);
    let mut listened = plain.clone();
    process(&mut started(RATE, LatencyMode::Mix, &settings), &mut plain);
    let mut limiter = started(RATE, LatencyMode::Mix, &settings);
    limiter.listen(Listen::UnityGain);
    process(&mut limiter, &mut listened[..24_000]);
    for (plain, listened) in plain[4_800..24_000].iter().zip(&listened[4_800..24_000]) {
        let expected = plain[0] * db_to_gain(-12.0);
        assert!((listened[0] - expected).abs() < 1e-12, "12 dB lower than without");
    }
    limiter.listen(Listen::Output);
    process(&mut limiter, &mut listened[24_000..]);
    assert!(listened[40_000..] == plain[40_000..], "and back");
}

#[test]
fn readings_and_slices_say_what_happened() {
    for mode in LatencyMode::ALL {
        let settings = LimiterSettings { gain_db: 8.0, ceiling_db: -2.0, ..LimiterSettings::default() };
        let mut limiter = started(RATE, *mode, &settings);
        let mut signal = vec![[0.9, 0.3]; 9_600];
        process(&mut limiter, &mut signal);
        let reading = limiter.read();
        let input_db = gain_to_db(0.9) + 8.0;
        assert!((reading.input_peak_db - input_db).abs() < 0.001, "{mode:?}: {:.3} dB in", reading.input_peak_db);
        assert!((reading.output_peak_db + 2.0).abs() < 0.01, "{mode:?}: {:.3} dB out", reading.output_peak_db);
        for reduction_db in reading.reduction_db {
            assert!((reduction_db - input_db - 2.0).abs() < 0.01, "{mode:?}: {reduction_db:.3} dB taken");
        }
        // A peak and its cut stand in the same slice: the one in which it leaves.
        let since = limiter.slice_count();
        let mut hit = vec![[0.01; 2]; 4_800];
        hit[1_000] = [2.0; 2];
        let mut limiter = started(RATE, *mode, &LimiterSettings { release_ms: 5.0, ..settings });
        process(&mut limiter, &mut hit);
        assert!(since > 500, "an interval is a slice");
        let slices: Vec<_> = limiter.slices(0).collect();
        let highest =
            |value: &dyn Fn(usize) -> f64| (0..slices.len()).max_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap();
        let input = highest(&|i| f64::from(slices[i].input_peak)) as i64;
        let cut = highest(&|i| slices[i].reduction_db()) as i64;
        let output = highest(&|i| f64::from(slices[i].output_peak)) as i64;
        let leaves = (1_000 + limiter.latency()) as i64 / CONTROL_INTERVAL as i64;
        assert!((input - leaves).abs() <= 2, "{mode:?}: the peak came in in slice {input}, leaves in {leaves}");
        assert!(
            (input - cut).abs() <= 2 && (input - output).abs() <= 2,
            "{mode:?}: in {input}, cut {cut}, out {output}"
        );
    }
}

#[test]
fn nothing_limits_until_asked() {
    is_off_until_asked::<Limiter>();
}

#[test]
fn a_limiter_keeps_what_every_chain_promises() {
    keeps_its_promises::<Limiter>([0.0, 8.0, 8.0]);
}

#[test]
fn delta_is_what_the_limiter_takes_or_adds() {
    let settings = Staged { on: true, module: driven(Style::Punch) };
    let input = pink(24_000, 4, -15.0);
    let [wet, delta] = [false, true].map(|delta| {
        let mut alone = Alone::<Limiter>::default();
        alone.prepare(RATE, LatencyMode::Mix);
        alone.set(&settings);
        alone.0.listen(if delta { Listen::Delta } else { Listen::Output });
        let mut output = input.clone();
        for run in output.chunks_mut(CONTROL_INTERVAL) {
            alone.control();
            alone.run(run, &[[0.0; 2]; CONTROL_INTERVAL]);
        }
        (output, alone.latency())
    });
    let sum: Vec<Frame> = wet.0.iter().zip(&delta.0).map(|(a, b)| [a[0] + b[0], a[1] + b[1]]).collect();
    // By then the listen state has faded in.
    let null = null_db(&sum[2_048..], &chain::delayed(&input, wet.1)[2_048..]);
    assert!(null <= -120.0, "delta + wet leaves {null:.1} dB of the dry signal, -120 expected");
}

//! The saturator: its curves, its aliasing, and that what it adds and what it leaves arrive together.

use super::alone::{a_run_is_ticks, is_off_until_asked, keeps_its_promises, process, residue_db, started};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::saturator::{Curve, Saturator, SaturatorSettings, emphasis, output};
use tandem_dsp::units::{db_to_gain, gain_to_db};
use tandem_dsp::{Frame, LatencyMode, Processor};
use tandem_tests::fit::{least, on_two_cores, pairs, worst_db};
use tandem_tests::measure::{lane, null_db, rms_db, spectrum};
use tandem_tests::signals::{sine, white};

const RATE: f64 = 48_000.0;

fn driven(curve: Curve, drive_db: f64) -> SaturatorSettings {
    SaturatorSettings { curve, drive_db, ..SaturatorSettings::default() }
}

fn processed(rate: f64, mode: LatencyMode, settings: &SaturatorSettings, input: &[Frame]) -> Vec<Frame> {
    let mut output = input.to_vec();
    process(&mut started::<Saturator>(rate, mode, settings), &mut output, &[]);
    output
}

#[test]
fn without_drive_it_is_a_pure_delay() {
    let input = white(9_600, 3, -12.0);
    for mode in LatencyMode::ALL {
        for curve in Curve::ALL {
            let settings =
                SaturatorSettings { bias_percent: 50.0, tone_percent: 40.0, mix_percent: 70.0, ..driven(*curve, 0.0) };
            let saturator: Saturator = started(RATE, *mode, &settings);
            let latency = saturator.latency();
            let output = processed(RATE, *mode, &settings, &input);
            assert!(output[latency..] == input[..9_600 - latency], "{curve:?}, {mode:?}: bit for bit");
        }
    }
}

#[test]
fn it_is_late_by_at_most_14_frames() {
    for (mode, frames) in [(LatencyMode::Live, 0), (LatencyMode::Mix, 14), (LatencyMode::Full, 14)] {
        let saturator: Saturator = started(44_100.0, mode, &SaturatorSettings::default());
        assert!(saturator.latency() <= frames, "{mode:?}: {} frames", saturator.latency());
    }
}

/// What a law makes of a driven sample, from its textbook.
fn law(curve: Curve, u: f64) -> f64 {
    match curve {
        // The corner is cut off, 0.06 to each side.
        Curve::Hard => 0.5 * (u.clamp(-0.94, 0.94) + u.clamp(-1.06, 1.06)),
        Curve::Fold => (0.75 * u).sin() / 0.75,
        _ => u.tanh(),
    }
}

#[test]
fn a_curve_is_its_law_sample_by_sample() {
    // So low that neither the filters nor the way between samples matter, and 250 times the direct voltage's corner: by one
    // part in that of what is added the phase of the fundamental is off.
    let input = sine(48_000, RATE, 500.0, 0.0);
    for curve in [Curve::Soft, Curve::Hard, Curve::Fold] {
        for mode in [LatencyMode::Mix, LatencyMode::Live] {
            for drive_db in [6.0, 12.0] {
                let settings = driven(curve, drive_db);
                let output = processed(RATE, mode, &settings, &input);
                let latency = started::<Saturator>(RATE, mode, &settings).latency();
                let gain = db_to_gain(drive_db);
                let mut worst = 0.0f64;
                for i in 24_000..47_000 {
                    // Half a sample late in Live.
                    let x = if mode == LatencyMode::Live { 0.5 * (input[i][0] + input[i - 1][0]) } else { input[i][0] };
                    worst = worst.max((output[i + latency][0] - law(curve, gain * x) / gain).abs());
                    let reported = self::output(&settings, 1.0, x);
                    assert!((reported - law(curve, gain * x) / gain).abs() < 1e-12, "{curve:?}: reported");
                }
                // What the mean over the way between samples may differ from its middle: a corner by an eighth of the way,
                // a curve by its bend, at most 0.77, times the square of the way over 24.
                let way = gain * std::f64::consts::TAU * 500.0 / RATE;
                let mean = if curve == Curve::Hard { way / 8.0 } else { way * way * 0.77 / 24.0 } / gain;
                let allowed = 1.2 / 250.0 + mean;
                assert!(worst < allowed, "{curve:?} {drive_db} dB, {mode:?}: off by {worst:.6}, {allowed:.4} allowed");
            }
        }
    }
}

/// Highest of the bins that are no harmonic of a full-scale 5 kHz sine at 44.1 kHz, dB re the fundamental, below 20 kHz.
fn alias_dbc(mode: LatencyMode, settings: &SaturatorSettings) -> f64 {
    const FRAMES: usize = 44_100;
    let output = processed(44_100.0, mode, settings, &sine(FRAMES * 2 - FRAMES % 16, 44_100.0, 5_000.0, 0.0));
    let bins = spectrum(&lane(&output[output.len() - FRAMES..], 0));
    let worst = (20..20_000).filter(|hz| (4..4_997).contains(&(hz % 5_000)));
    let worst = worst.max_by(|a, b| bins[*a].total_cmp(&bins[*b])).expect("there are bins");
    gain_to_db(bins[worst] / bins[5_000])
}

#[test]
fn aliases_lie_100_db_down_and_90_of_hard_and_fold() {
    for curve in Curve::ALL {
        let (most_dbc, live_dbc) = match curve {
            Curve::Hard => (-90.0, -23.0),
            Curve::Fold => (-90.0, -25.0),
            _ => (-100.0, -25.0),
        };
        for bias_percent in [0.0, 50.0] {
            let settings = SaturatorSettings { bias_percent, ..driven(*curve, 12.0) };
            let [mix, live] = [LatencyMode::Mix, LatencyMode::Live].map(|mode| alias_dbc(mode, &settings));
            println!("{curve:?}, bias {bias_percent} %: {mix:.1} dBc in Mix and Full, {live:.1} in Live");
            assert!(mix <= most_dbc, "{curve:?}, bias {bias_percent} %: {mix:.1} dBc, {most_dbc} allowed");
            assert!(live <= live_dbc, "{curve:?} in Live, bias {bias_percent} %: {live:.1} dBc, {live_dbc} stated");
        }
    }
}

/// Amplitude and phase in degrees of a frequency, over whole periods.
fn phasor(samples: &[f64], rate: f64, freq_hz: f64) -> (f64, f64) {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in samples.iter().enumerate() {
        let (sin, cos) = (std::f64::consts::TAU * freq_hz * n as f64 / rate).sin_cos();
        (re, im) = (re + x * cos, im - x * sin);
    }
    (2.0 * f64::hypot(re, im) / samples.len() as f64, im.atan2(re).to_degrees())
}

#[test]
fn what_a_curve_adds_arrives_with_the_sound() {
    for mode in [LatencyMode::Mix, LatencyMode::Live] {
        for freq_hz in [100.0, 1_000.0, 5_000.0, 10_000.0] {
            let input = sine(24_000, RATE, freq_hz, 0.0);
            let of = |mix_percent: f64| {
                let settings = SaturatorSettings { mix_percent, ..driven(Curve::Soft, 12.0) };
                phasor(&lane(&processed(RATE, mode, &settings, &input)[14_400..], 0), RATE, freq_hz)
            };
            let ((dry, dry_phase), (wet, wet_phase), (both, _)) = (of(0.0), of(100.0), of(50.0));
            let off = (wet_phase - dry_phase + 540.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 6.0, "{mode:?} at {freq_hz} Hz: wet is {off:.2} degrees off dry, 6 allowed");
            let dip_db = gain_to_db(both / (0.5 * (dry + wet)));
            assert!(dip_db.abs() < 0.05, "{mode:?} at {freq_hz} Hz: half of each sums to {dip_db:.3} dB");
            assert!(wet < 0.5 * dry, "{mode:?} at {freq_hz} Hz: {wet:.3} of {dry:.3}: it saturates there");
        }
    }
}

#[test]
fn quiet_sound_keeps_level_and_tone_whatever_the_drive() {
    let input = white(48_000, 5, -90.0);
    for curve in Curve::ALL {
        let settings = SaturatorSettings { tone_percent: 50.0, ..driven(*curve, 12.0) };
        let output = processed(RATE, LatencyMode::Mix, &settings, &input);
        let null = null_db(&output[14..], &input[..48_000 - 14]) - (-90.0);
        // The triode's middle is its bias, where its curve bends a little at any level.
        assert!(null <= -35.0, "{curve:?}: {null:.1} dB re the sound");
    }
}

#[test]
fn an_uneven_curve_leaves_no_direct_voltage() {
    for (curve, bias_percent) in [(Curve::Triode, 0.0), (Curve::Soft, 80.0), (Curve::Hard, -60.0), (Curve::Fold, 100.0)]
    {
        let settings = SaturatorSettings { bias_percent, ..driven(curve, 18.0) };
        let output = processed(RATE, LatencyMode::Mix, &settings, &sine(96_000, RATE, 100.0, -3.0));
        let mean = output[48_000..].iter().map(|frame| frame[0]).sum::<f64>() / 48_000.0;
        assert!(gain_to_db(mean) < -80.0, "{curve:?}: {:.1} dBFS of direct voltage", gain_to_db(mean));
    }
}

#[test]
fn tape_saturates_highs_first_and_the_transformer_lows() {
    let gain_db = |curve: Curve, freq_hz: f64| {
        let output = processed(RATE, LatencyMode::Mix, &driven(curve, 12.0), &sine(24_000, RATE, freq_hz, -6.0));
        gain_to_db(phasor(&lane(&output[14_400..], 0), RATE, freq_hz).0) + 6.0
    };
    let [tape_low, tape_high] = [100.0, 10_000.0].map(|freq_hz| gain_db(Curve::Tape, freq_hz));
    let [flux_low, flux_high] = [50.0, 5_000.0].map(|freq_hz| gain_db(Curve::Transformer, freq_hz));
    assert!(tape_high < tape_low - 2.0, "tape: {tape_low:.2} dB at 100 Hz, {tape_high:.2} at 10 kHz");
    assert!(flux_low < flux_high - 2.0, "transformer: {flux_low:.2} dB at 50 Hz, {flux_high:.2} at 5 kHz");
    assert!(flux_high > -0.5, "transformer: highs keep their level, {flux_high:.2} dB");
}

#[test]
fn the_triodes_bias_follows_what_stays_loud() {
    let output = processed(RATE, LatencyMode::Mix, &driven(Curve::Triode, 18.0), &sine(48_000, RATE, 1_000.0, -3.0));
    let second_db = |from: usize| {
        let part = lane(&output[from..from + 480], 0);
        gain_to_db(phasor(&part, RATE, 2_000.0).0 / phasor(&part, RATE, 1_000.0).0)
    };
    let (beginning, later) = (second_db(48), second_db(24_000));
    assert!(later > beginning + 3.0, "second harmonic {beginning:.1} dB at the beginning, {later:.1} dB later");
}

/// How a saturator sounds: gain of the fundamental, and second and third harmonic, at two frequencies and two levels.
fn features(settings: &SaturatorSettings) -> Vec<f64> {
    let mut features = Vec::new();
    for freq_hz in [60.0, 6_000.0] {
        for level_db in [-18.0, -4.0] {
            let output = processed(RATE, LatencyMode::Mix, settings, &sine(4_800, RATE, freq_hz, level_db));
            // Whole periods.
            let part = lane(&output[2_400..], 0);
            let [first, second, third] = [1.0, 2.0, 3.0].map(|n| phasor(&part, RATE, n * freq_hz).0);
            let below = |harmonic: f64| gain_to_db(harmonic / first).max(-50.0);
            features.extend([gain_to_db(first) - level_db, below(second), below(third)]);
        }
    }
    features
}

#[test]
fn no_curve_is_another_with_other_settings() {
    let nearest = on_two_cores(pairs(Curve::ALL), |(of, by)| {
        let aim = features(&driven(of, 12.0));
        let (nearest_db, _) = least(1, |[drive, bias, tone]| {
            worst_db(
                &aim,
                &features(&SaturatorSettings {
                    curve: by,
                    drive_db: 36.0 * drive,
                    bias_percent: 200.0 * bias - 100.0,
                    tone_percent: 200.0 * tone - 100.0,
                    ..SaturatorSettings::default()
                }),
            )
        });
        (of, by, nearest_db)
    });
    for (of, by, nearest_db) in nearest {
        println!("{of:?} by {by:?}: {nearest_db:.2} dB");
        assert!(
            nearest_db >= 1.0,
            "{of:?} by {by:?}, all controls fitted: within {nearest_db:.2} dB, 1 apart expected"
        );
    }
}

#[test]
fn the_measured_level_gives_back_the_power() {
    let input = white(5 * 48_000, 4, -14.0);
    for curve in Curve::ALL {
        let settings = driven(*curve, 18.0);
        let mut saturator: Saturator = started(RATE, LatencyMode::Mix, &settings);
        process(&mut saturator, &mut input.clone()[..96_000], &[]);
        assert_eq!(saturator.read().level_db, None, "{curve:?}: two seconds are too few");
        process(&mut saturator, &mut input.clone(), &[]);
        let level_db = saturator.read().level_db.expect("five seconds are enough");
        let output = processed(RATE, LatencyMode::Mix, &SaturatorSettings { level_db, ..settings }, &input);
        let [before, after] = [&input, &output].map(|signal| rms_db(&lane(&signal[96_000..], 0)));
        assert!(
            (after - before).abs() < 0.1,
            "{curve:?}: {before:.2} dB before, {after:.2} after a level of {level_db:.2}"
        );
    }
}

#[test]
fn the_ceiling_moves_with_0_vu() {
    let input = sine(96_000, RATE, 300.0, -6.0);
    let louder: Vec<Frame> = input.iter().map(|frame| frame.map(|x| x * db_to_gain(4.0))).collect();
    for curve in Curve::ALL {
        let settings = driven(*curve, 12.0);
        let expected = processed(RATE, LatencyMode::Mix, &settings, &input);
        let mut saturator: Saturator = started(RATE, LatencyMode::Mix, &settings);
        saturator.calibrate(-14.0);
        let mut output = louder.clone();
        process(&mut saturator, &mut output, &[]);
        let scaled: Vec<Frame> = output.iter().map(|frame| frame.map(|x| x * db_to_gain(-4.0))).collect();
        let null = null_db(&scaled[72_000..], &expected[72_000..]);
        assert!(null < -100.0, "{curve:?}: 4 dB louder over a 0 VU 4 dB higher is 4 dB louder: {null:.1} dB");
    }
}

#[test]
fn the_emphasis_is_the_one_that_it_reports() {
    for curve in [Curve::Tape, Curve::Transformer, Curve::Soft] {
        for freq_hz in [60.0, 1_000.0, 6_000.0] {
            let settings = SaturatorSettings { tone_percent: 60.0, ..driven(curve, 12.0) };
            // One round law for all: its gain tells how hard it was driven.
            let driven = db_to_gain(12.0) * emphasis(&settings, RATE, freq_hz);
            let input = sine(24_000, RATE, freq_hz, -6.0);
            let output = processed(RATE, LatencyMode::Mix, &settings, &input);
            let measured = phasor(&lane(&output[14_400..], 0), RATE, freq_hz).0 / db_to_gain(-6.0);
            let peak = driven * db_to_gain(-6.0);
            // First Fourier coefficient of tanh (peak sin).
            let steps = 10_000;
            let angle = |k: usize| std::f64::consts::TAU * (k as f64 + 0.5) / steps as f64;
            let first: f64 = (0..steps).map(|k| (peak * angle(k).sin()).tanh() * angle(k).sin()).sum();
            let expected = 2.0 * first / steps as f64 / peak;
            let off_db = gain_to_db(measured / expected);
            assert!(off_db.abs() < 0.05, "{curve:?} at {freq_hz} Hz: {off_db:.3} dB off what its emphasis tells");
        }
    }
}

#[test]
fn moving_a_dial_makes_no_zipper_noise() {
    for mode in [LatencyMode::Mix, LatencyMode::Live] {
        // Harmonics above 4 kHz of a round law are far below what is looked for.
        let signal = sine(72_000, RATE, 100.0, -6.0);
        let keys = vec![[0.0; 2]; 72_000];
        for curve in [Curve::Soft, Curve::Tape, Curve::Triode, Curve::Transformer] {
            let before = SaturatorSettings { bias_percent: 20.0, ..driven(curve, 6.0) };
            for (what, after) in [
                ("drive", SaturatorSettings { drive_db: 9.0, ..before }),
                ("drive off", SaturatorSettings { drive_db: 0.0, ..before }),
                ("bias", SaturatorSettings { bias_percent: -20.0, ..before }),
                ("tone", SaturatorSettings { tone_percent: 60.0, ..before }),
                ("mix", SaturatorSettings { mix_percent: 40.0, ..before }),
                ("level", SaturatorSettings { level_db: 6.0, ..before }),
                ("curve", SaturatorSettings { curve: Curve::Tape, ..before }),
                ("law", SaturatorSettings { curve: Curve::Fold, ..before }),
            ] {
                for pair in [[&before, &after], [&after, &before]] {
                    let residue = residue_db::<Saturator>(mode, pair, &signal, &keys);
                    assert!(residue <= -80.0, "{curve:?} {what}, {mode:?}: {residue:.1} dBFS above 4 kHz, -80 allowed");
                }
            }
        }
    }
}

#[test]
fn nothing_is_saturated_until_asked() {
    is_off_until_asked::<Saturator>();
}

#[test]
fn a_saturator_keeps_what_every_chain_promises() {
    keeps_its_promises::<Saturator>([0.0, 0.32, 0.32]);
}

#[test]
fn a_run_is_tick_after_tick_bit_for_bit() {
    a_run_is_ticks::<Saturator>(LatencyMode::Mix);
    a_run_is_ticks::<Saturator>(LatencyMode::Live);
}

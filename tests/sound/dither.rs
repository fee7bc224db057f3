//! Dither: an error that knows nothing of the signal, where the shape puts it, and silence where there is none.

use super::alone::{is_off_until_asked, keeps_its_promises};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::dither::{Bits, Dither, DitherSettings, Shape};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, rms_db};
use tandem_tests::signals::{sine, white};

const RATE: f64 = 44_100.0;

fn process(rate: f64, settings: DitherSettings, input: &[Frame]) -> Vec<Frame> {
    let mut dither = Dither::default();
    dither.prepare(rate, LatencyMode::Live);
    dither.set(&settings);
    let mut output = input.to_vec();
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        dither.control();
        let keys = vec![[0.0; 2]; run.len()];
        dither.run(run, &keys);
    }
    output
}

fn error(output: &[Frame], input: &[Frame]) -> Vec<Frame> {
    output.iter().zip(input).map(|(out, input)| [out[0] - input[0], out[1] - input[1]]).collect()
}

#[test]
fn every_sample_is_a_word_of_so_many_bits() {
    let loud = white(40_000, 4, 0.0);
    for bits in Bits::ALL {
        for shape in Shape::ALL {
            let settings = DitherSettings { bits: *bits, shape: *shape, blank: false };
            for sample in process(RATE, settings, &loud).as_flattened() {
                let steps = sample * bits.steps();
                assert!(steps == steps.round(), "{bits:?}, {shape:?}: {sample} is {steps} steps");
                assert!((-1.0..1.0).contains(sample), "{bits:?}, {shape:?}: {sample} is no word of {bits:?} bits");
            }
        }
    }
}

#[test]
fn flat_noise_has_the_power_of_triangular_dither() {
    // Δ²/4 (Lipshitz, Wannamaker and Vanderkooy 1992): for a sine of full scale as 0 dB, -93.32, -117.40, -141.48 dB;
    // 3.01 dB less against full scale itself.
    let tone = sine(200_000, RATE, 997.0, -6.0);
    for (bits, expected_db) in [(Bits::Sixteen, -96.33), (Bits::Twenty, -120.41), (Bits::TwentyFour, -144.49)] {
        let settings = DitherSettings { bits, shape: Shape::Flat, blank: true };
        let error = error(&process(RATE, settings, &tone), &tone);
        for channel in 0..2 {
            let measured = rms_db(&lane(&error, channel));
            assert!((measured - expected_db).abs() < 0.05, "{bits:?}: {measured:.2} dB, {expected_db} expected");
        }
    }
}

#[test]
fn mean_and_power_of_the_error_do_not_depend_on_the_signal() {
    // A constant anywhere between two steps: mean 0, power a quarter of a step squared.
    for part in [0.0, 0.1, 0.25, 0.5, 0.77] {
        let steps = Bits::Sixteen.steps();
        let input = vec![[(1000.0 + part) / steps, (-40.0 - part) / steps]; 400_000];
        let settings = DitherSettings { bits: Bits::Sixteen, shape: Shape::Flat, blank: true };
        for channel in 0..2 {
            let error = lane(&error(&process(RATE, settings, &input), &input), channel);
            let mean = error.iter().sum::<f64>() / error.len() as f64 * steps;
            let power = error.iter().map(|e| e * e).sum::<f64>() / error.len() as f64 * steps * steps;
            assert!(mean.abs() < 0.004, "mean error {mean:.4} steps at {part} between two");
            assert!((power - 0.25).abs() < 0.003, "power {power:.4} steps² at {part} between two, 0.25 expected");
        }
    }
}

#[test]
fn channels_have_noise_of_their_own() {
    let input = vec![[0.1; 2]; 200_000];
    let settings = DitherSettings { bits: Bits::Sixteen, shape: Shape::Flat, blank: true };
    let error = error(&process(RATE, settings, &input), &input);
    let (mut product, mut power) = (0.0, 0.0);
    for [left, right] in error {
        product += left * right;
        power += 0.5 * (left * left + right * right);
    }
    assert!((product / power).abs() < 0.02, "correlation {:.3}", product / power);
}

#[test]
fn noise_lies_where_it_is_reported() {
    let input = sine(1 << 16, RATE, 441.0, -20.0);
    for shape in Shape::ALL {
        let settings = DitherSettings { bits: Bits::Sixteen, shape: *shape, blank: true };
        let error = lane(&error(&process(RATE, settings, &input), &input), 0);
        for freq_hz in [500.0, 1_500.0, 3_000.0, 4_000.0, 6_000.0, 9_000.0, 12_000.0, 16_000.0, 20_000.0] {
            // Mean power in bands of 400 Hz against that of white noise of a quarter of a step squared.
            let power =
                |of: &dyn Fn(f64) -> f64| (-4..=4).map(|i| of(freq_hz + 50.0 * f64::from(i))).sum::<f64>() / 9.0;
            let white = settings.noise_db(RATE, freq_hz, false);
            let expected = power(&|hz| 10.0f64.powf((settings.noise_db(RATE, hz, true) - white) / 10.0));
            let measured = power(&|hz| density(&error, hz));
            let off_db = 10.0 * (measured / expected).log10();
            assert!(off_db.abs() < 1.2, "{shape:?}: {off_db:.2} dB off at {freq_hz} Hz");
        }
    }
}

/// Power density of the error at a frequency in units of white dither noise: Welch's mean over segments with a Hann window.
fn density(error: &[f64], freq_hz: f64) -> f64 {
    const SEGMENT: usize = 2_048;
    let w = std::f64::consts::TAU * freq_hz / RATE;
    let mut sum = 0.0;
    let segments = error.chunks_exact(SEGMENT);
    let count = segments.len() as f64;
    for segment in segments {
        let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
        for (n, e) in segment.iter().enumerate() {
            let hann = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / SEGMENT as f64).cos();
            let (sin, cos) = (w * n as f64).sin_cos();
            re += hann * e * cos;
            im += hann * e * sin;
            weight += hann * hann;
        }
        sum += (re * re + im * im) / weight;
    }
    let steps = Bits::Sixteen.steps();
    sum / count * steps * steps / 0.25
}

#[test]
fn shapes_are_for_44_1_and_48_khz_and_flat_elsewhere() {
    let input = sine(100_000, RATE, 441.0, -20.0);
    for (rate, shaped) in [(44_100.0, true), (48_000.0, true), (88_200.0, false), (96_000.0, false)] {
        let settings = DitherSettings { bits: Bits::Sixteen, shape: Shape::Medium, blank: true };
        let noise_db = rms_db(&lane(&error(&process(rate, settings, &input), &input), 0));
        let more_db = noise_db + 96.33;
        // Lipshitz's five taps: 12.2 dB more noise in sum.
        let expected = if shaped { 12.2 } else { 0.0 };
        assert!((more_db - expected).abs() < 0.3, "{more_db:.1} dB more noise at {rate} Hz, {expected} expected");
    }
}

#[test]
fn silence_is_blanked_and_sound_is_not() {
    let mut input = sine(20_000, RATE, 440.0, -80.0);
    input.resize(40_000, [0.0; 2]);
    let settings = DitherSettings { bits: Bits::Sixteen, shape: Shape::Strong, blank: true };
    let output = process(RATE, settings, &input);
    let after = 20_000 + (0.11 * RATE) as usize;
    assert!(output[after..].iter().all(|frame| *frame == [0.0; 2]), "silence is silent");
    assert!(output[..20_000].iter().any(|frame| *frame != [0.0; 2]), "a sound is not");
    let kept = process(RATE, DitherSettings { blank: false, ..settings }, &input);
    assert!(kept[after..].iter().any(|frame| *frame != [0.0; 2]), "without it the noise goes on");
}

#[test]
fn keeps_what_every_module_promises() {
    is_off_until_asked::<Dither>();
    keeps_its_promises::<Dither>([0.0; 3]);
}

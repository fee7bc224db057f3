//! True peak, against the signals of the standard and the waveform itself.

use realfft::RealFftPlanner;
use std::f64::consts::TAU;
use tandem_dsp::Frame;
use tandem_dsp::chain::Observer;
use tandem_dsp::meter::programme::Meter;
use tandem_dsp::units::gain_to_db;
use tandem_tests::signals::{Random, sine};

const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

/// Highest true peak of one channel, dBTP.
fn true_peak_db(rate: f64, samples: &[f64]) -> f64 {
    let mut meter = Meter::default();
    meter.prepare(rate);
    meter.run(&samples.iter().map(|x| [*x; 2]).collect::<Vec<Frame>>());
    // Lets the last samples through the interpolator.
    meter.run(&[[0.0; 2]; 16]);
    meter.read().max_true_peak_db
}

/// How long the standard's signals are faded, as the published files are.
const FADE_S: f64 = 0.1;

/// Fades in and out.
fn faded(mut samples: Vec<f64>, fade_frames: f64) -> Vec<f64> {
    let length = samples.len();
    for (i, x) in samples.iter_mut().enumerate() {
        *x *= (i.min(length - 1 - i) as f64 / fade_frames).min(1.0);
    }
    samples
}

/// Cases 15-19: a sine of rate/`divisor`.
fn tone(rate: f64, divisor: f64, amplitude: f64, phase_deg: f64) -> Vec<f64> {
    let frames = (0.5 * rate) as usize;
    faded(
        (0..frames).map(|i| amplitude * (TAU * (i as f64 / divisor + phase_deg / 360.0)).sin()).collect(),
        FADE_S * rate,
    )
}

/// Cases 20-23: a sine of rate/6 with one period of rate/4 at full scale, at four times the rate first.
fn burst(rate: f64, amplitude: f64, offset: usize) -> Vec<f64> {
    /// Samples in a period of the carrier and of the burst at four times the rate.
    const PERIODS: (usize, usize) = (24, 16);
    let before = (0.25 * rate) as usize / 6 * PERIODS.0;
    let wave = |i: usize| {
        if (before..before + PERIODS.1).contains(&i) {
            return (TAU * (i - before) as f64 / PERIODS.1 as f64).sin();
        }
        let i = if i < before { i } else { i - before - PERIODS.1 };
        amplitude * (TAU * i as f64 / PERIODS.0 as f64).sin()
    };
    let mut fine = faded((0..2 * before).map(wave).collect(), FADE_S * 4.0 * rate);
    let length = fine.len();
    keep_bins(&mut fine, length / 8);
    fine.into_iter().skip(offset).step_by(4).collect()
}

/// Removes all frequencies from bin `keep` of the signal's spectrum on.
fn keep_bins(samples: &mut [f64], keep: usize) {
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(samples.len()), planner.plan_fft_inverse(samples.len()));
    let mut bins = forward.make_output_vec();
    forward.process(samples, &mut bins).expect("lengths are the plan's own");
    bins[keep..].fill(Default::default());
    inverse.process(&mut bins, samples).expect("lengths are the plan's own");
    let length = samples.len() as f64;
    samples.iter_mut().for_each(|x| *x /= length);
}

/// Peak of the band-limited waveform through `samples`, taken as periodic, on a grid 32 times finer, dBTP.
fn waveform_peak_db(samples: &[f64]) -> f64 {
    const FINER: usize = 32;
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(samples.len()), planner.plan_fft_inverse(FINER * samples.len()));
    let mut bins = forward.make_output_vec();
    forward.process(&mut samples.to_vec(), &mut bins).expect("lengths are the plan's own");
    let mut fine_bins = inverse.make_input_vec();
    fine_bins[..bins.len()].copy_from_slice(&bins);
    let mut fine = inverse.make_output_vec();
    inverse.process(&mut fine_bins, &mut fine).expect("lengths are the plan's own");
    gain_to_db(fine.iter().fold(0.0f64, |peak, x| peak.max(x.abs())) / samples.len() as f64)
}

#[test]
fn tech_3341_true_peak_signals_read_within_tolerance() {
    type Row = (u32, String, f64, f64, f64, Option<usize>, f64, f64, f64);
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("../data/true_peak.csv").as_bytes());
    for row in reader.deserialize::<Row>() {
        let (case, signal, divisor, amplitude, phase_deg, offset, expected, below, above) = row.expect("a row");
        for rate in RATES {
            let samples = match signal.as_str() {
                "tone" => tone(rate, divisor, amplitude, phase_deg),
                _ => burst(rate, amplitude, offset.expect("an offset")),
            };
            let read = true_peak_db(rate, &samples);
            assert!(
                read >= expected - below && read <= expected + above,
                "case {case} at {rate} Hz: {read:.3} dBTP, expected {expected} -{below} +{above}"
            );
        }
    }
}

#[test]
fn peaks_between_samples_are_read_as_the_waveform_has_them() {
    let rate = 48_000.0;
    for band_hz in [5_000.0, 12_000.0, 18_000.0, 20_000.0] {
        // Between two points of the grid at four times the rate, 20 log cos(π f / 4) can hide (BS.1770-5 Annex 2,
        // Attachment 1); the interpolator itself may add 0.1 dB.
        let hidden = gain_to_db((TAU / 8.0 * band_hz / rate).cos()) - 0.1;
        for seed in 0..40 {
            let mut random = Random::new(seed);
            let mut samples: Vec<f64> = (0..4_096).map(|_| 0.2 * random.normal()).collect();
            let length = samples.len();
            keep_bins(&mut samples, (band_hz / rate * length as f64) as usize);
            // The waveform is taken as periodic; one period fades in and one out, for an edge would have peaks of its own.
            let read = true_peak_db(rate, &faded(samples.repeat(3), length as f64));
            let expected = waveform_peak_db(&samples);
            assert!(
                read >= expected + hidden && read <= expected + 0.1,
                "noise up to {band_hz} Hz, seed {seed}: {read:.3} dBTP, the waveform has {expected:.3}"
            );
        }
    }
}

#[test]
fn a_sample_peak_is_never_missed() {
    let mut random = Random::new(2);
    for _ in 0..200 {
        let samples: Vec<f64> = (0..100).map(|_| random.normal()).collect();
        let sample_peak = gain_to_db(samples.iter().fold(0.0f64, |peak, x| peak.max(x.abs())));
        let read = true_peak_db(48_000.0, &samples);
        assert!(read >= sample_peak - 1e-5, "{read:.6} dBTP read, a sample is at {sample_peak:.6}");
    }
}

#[test]
fn each_channel_has_its_own_peak() {
    let rate = 48_000.0;
    let mut meter = Meter::default();
    meter.prepare(rate);
    let tone = sine(rate as usize, rate, 997.0, -10.0);
    meter.run(&tone.iter().map(|frame| [frame[0], 0.5 * frame[1]]).collect::<Vec<_>>());
    let [left, right] = meter.read().true_peak_db;
    assert!((left + 10.0).abs() < 0.02, "left {left:.3} dBTP, -10 expected");
    assert!((right + 16.02).abs() < 0.02, "right {right:.3} dBTP, -16.02 expected");
}

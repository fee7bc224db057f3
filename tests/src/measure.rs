//! Measurements.

use realfft::RealFftPlanner;
use std::f64::consts::TAU;
use tandem_dsp::Frame;
use tandem_dsp::units::gain_to_db;

/// One channel of a stereo signal.
pub fn lane(signal: &[Frame], lane: usize) -> Vec<f64> {
    signal.iter().map(|frame| frame[lane]).collect()
}

/// Highest magnitude of either channel, dBFS.
pub fn peak_db(signal: &[Frame]) -> f64 {
    gain_to_db(signal.as_flattened().iter().fold(0.0, |peak, x| x.abs().max(peak)))
}

/// Highest magnitude of the difference of two signals of equal length, dBFS: the depth of a null.
pub fn null_db(a: &[Frame], b: &[Frame]) -> f64 {
    assert_eq!(a.len(), b.len(), "signals to subtract are equally long");
    let worst = a.as_flattened().iter().zip(b.as_flattened()).fold(0.0, |peak: f64, (a, b)| peak.max((a - b).abs()));
    gain_to_db(worst)
}

/// Root mean square of one channel, dB re 1.0.
pub fn rms_db(samples: &[f64]) -> f64 {
    gain_to_db((samples.iter().map(|x| x * x).sum::<f64>() / samples.len().max(1) as f64).sqrt())
}

/// Magnitude of the discrete-time Fourier transform of an impulse response at `freq_hz`, dB.
///
/// Exact for a response that has died away within `response`.
pub fn response_db(response: &[f64], rate: f64, freq_hz: f64) -> f64 {
    let step = TAU * freq_hz / rate;
    let (re, im) = response.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, x)| {
        let (sin, cos) = (step * n as f64).sin_cos();
        (re + x * cos, im - x * sin)
    });
    gain_to_db(f64::hypot(re, im))
}

/// Amplitudes of the bins of a Hann-windowed FFT over the whole of `samples`, scaled so that a sine on a bin reads its
/// peak amplitude; bin k is at k · rate / length.
pub fn spectrum(samples: &[f64]) -> Vec<f64> {
    let n = samples.len();
    let mut windowed: Vec<f64> =
        samples.iter().enumerate().map(|(i, x)| x * 0.5 * (1.0 - (TAU * i as f64 / n as f64).cos())).collect();
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(n);
    let mut bins = plan.make_output_vec();
    plan.process(&mut windowed, &mut bins).expect("lengths are the plan's own");
    bins.iter().map(|bin| bin.norm() * 4.0 / n as f64).collect()
}

/// Peak of what remains above `from_hz` (a brick wall in the frequency domain over the whole signal), dBFS.
pub fn peak_above_db(samples: &[f64], rate: f64, from_hz: f64) -> f64 {
    let n = samples.len();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n));
    let mut time = samples.to_vec();
    let mut bins = forward.make_output_vec();
    forward.process(&mut time, &mut bins).expect("lengths are the plan's own");
    let first = (from_hz * n as f64 / rate).ceil() as usize;
    for bin in bins.iter_mut().take(first) {
        *bin = Default::default();
    }
    inverse.process(&mut bins, &mut time).expect("lengths are the plan's own");
    gain_to_db(time.iter().fold(0.0f64, |peak, x| peak.max((x / n as f64).abs())))
}

/// The waveform between the samples at sixteen points each, by FFT over the whole of `samples`: exact for a signal that
/// begins and ends in silence.
pub fn interpolated(samples: &[f64]) -> Vec<f64> {
    const TIMES: usize = 16;
    let n = samples.len();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n * TIMES));
    let mut time = samples.to_vec();
    let mut bins = forward.make_output_vec();
    forward.process(&mut time, &mut bins).expect("lengths are the plan's own");
    if n.is_multiple_of(2) {
        // Half of it belongs to the negative frequency.
        bins[n / 2] *= 0.5;
    }
    let mut padded = inverse.make_input_vec();
    for (to, from) in padded.iter_mut().zip(&bins) {
        *to = *from / n as f64;
    }
    let mut fine = inverse.make_output_vec();
    inverse.process(&mut padded, &mut fine).expect("lengths are the plan's own");
    fine
}

/// Highest magnitude of the waveform, at sixteen points a sample, dBTP.
pub fn true_peak_db(samples: &[f64]) -> f64 {
    gain_to_db(interpolated(samples).iter().fold(0.0, |peak, x| x.abs().max(peak)))
}

/// What remains below `to_hz`: a brick wall in the frequency domain over the whole signal, its edge a raised cosine of
/// 300 Hz.
pub fn band_limited(samples: &[f64], rate: f64, to_hz: f64) -> Vec<f64> {
    const EDGE_HZ: f64 = 300.0;
    let n = samples.len();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n));
    let mut time = samples.to_vec();
    let mut bins = forward.make_output_vec();
    forward.process(&mut time, &mut bins).expect("lengths are the plan's own");
    for (k, bin) in bins.iter_mut().enumerate() {
        let into = ((k as f64 * rate / n as f64 - to_hz + EDGE_HZ) / EDGE_HZ).clamp(0.0, 1.0);
        *bin *= 0.5 * (1.0 + (std::f64::consts::PI * into).cos()) / n as f64;
    }
    // What is real at both ends stays real.
    bins[0].im = 0.0;
    if let Some(last) = bins.last_mut() {
        last.im = 0.0;
    }
    inverse.process(&mut bins, &mut time).expect("lengths are the plan's own");
    time
}

/// The samples faded in and out over `edge` samples (a raised cosine), so that start and end are no steps of their own.
pub fn tapered(mut samples: Vec<f64>, edge: usize) -> Vec<f64> {
    let length = samples.len();
    for i in 0..edge.min(length / 2) {
        let gain = 0.5 * (1.0 - (std::f64::consts::PI * i as f64 / edge as f64).cos());
        samples[i] *= gain;
        samples[length - 1 - i] *= gain;
    }
    samples
}

//! What the song's instruments are made of. None of it comes from the DSP crate: the song is there to test that.

use std::f64::consts::{PI, TAU};

/// Sample rate of the song in Hz.
pub const RATE: u32 = 48_000;

/// Seconds of a frame.
pub const FRAME_S: f64 = 1.0 / RATE as f64;

/// Seconds to frames.
pub fn frames(seconds: f64) -> usize {
    (seconds.max(0.0) * f64::from(RATE)).round() as usize
}

/// Frequency in Hz of a MIDI note number; fractions are parts of a semitone.
pub fn pitch_hz(note: f64) -> f64 {
    440.0 * ((note - 69.0) / 12.0).exp2()
}

/// dB to linear gain.
pub fn gain(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// Root mean square of samples, linear.
pub fn rms(samples: &[f64]) -> f64 {
    (samples.iter().map(|x| x * x).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

/// Highest magnitude of samples, linear.
pub fn peak(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |peak, x| x.abs().max(peak))
}

/// Adds `sound` times `level` to `to`, from frame `at` on, as far as there is room.
pub fn add(to: &mut [f64], at: usize, sound: &[f64], level: f64) {
    for (to, x) in to.iter_mut().skip(at).zip(sound) {
        *to += x * level;
    }
}

/// Falls from 1 to 1/e within `seconds`, sample by sample.
#[derive(Clone, Copy, Debug)]
pub struct Decay {
    value: f64,
    factor: f64,
}

impl Decay {
    /// Starts at 1.
    pub fn new(seconds: f64) -> Self {
        Self { value: 1.0, factor: (-FRAME_S / seconds).exp() }
    }

    /// The value now; falls thereafter.
    pub fn next(&mut self) -> f64 {
        let value = self.value;
        self.value *= self.factor;
        value
    }
}

/// A sine that turns by a fixed angle a sample, without a sine a sample.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    state: [f64; 2],
    step: [f64; 2],
}

impl Turn {
    /// A sine of `freq_hz` that starts at `phase` (in turns), with its amplitude falling by 1/e within `decay_s`.
    pub fn new(freq_hz: f64, phase: f64, decay_s: f64) -> Self {
        let factor = (-FRAME_S / decay_s).exp();
        let (sin, cos) = (TAU * freq_hz * FRAME_S).sin_cos();
        Self { state: (TAU * phase).sin_cos().into(), step: [factor * sin, factor * cos] }
    }

    /// The next sample.
    pub fn next(&mut self) -> f64 {
        let ([sin, cos], [step_sin, step_cos]) = (self.state, self.step);
        self.state = [sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin];
        sin
    }
}

/// A two-pole state-variable filter with trapezoidal integrators (Simper 2013), which may be moved at any sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    g: f64,
    k: f64,
    state: [f64; 2],
}

/// What a [`Filter`] lets out.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// Below its frequency, 12 dB/oct.
    pub low: f64,
    /// About its frequency, 0 dB at the top.
    pub band: f64,
    /// Above its frequency, 12 dB/oct.
    pub high: f64,
}

impl Filter {
    /// At `freq_hz` with quality `q`.
    pub fn new(freq_hz: f64, q: f64) -> Self {
        let mut filter = Self::default();
        filter.set(freq_hz, q);
        filter
    }

    /// Moves to `freq_hz` with quality `q`.
    pub fn set(&mut self, freq_hz: f64, q: f64) {
        self.g = (PI * (freq_hz * FRAME_S).min(0.49)).tan();
        self.k = 1.0 / q;
    }

    /// The next sample.
    pub fn next(&mut self, input: f64) -> Split {
        let a1 = 1.0 / (1.0 + self.g * (self.g + self.k));
        let v3 = input - self.state[1];
        let band = a1 * (self.state[0] + self.g * v3);
        let low = self.state[1] + self.g * band;
        self.state = [2.0 * band - self.state[0], 2.0 * low - self.state[1]];
        Split { low, band: self.k * band, high: input - self.k * band - low }
    }
}

/// The mean over `window` values about each one, at both ends over those that there are: turns steps into ramps.
pub fn box_mean(values: &[f64], window: usize) -> Vec<f64> {
    let half = window / 2;
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    for x in values {
        sums.push(sums[sums.len() - 1] + x);
    }
    (0..values.len())
        .map(|i| {
            let (from, to) = (i.saturating_sub(half), (i + half + 1).min(values.len()));
            (sums[to] - sums[from]) / (to - from) as f64
        })
        .collect()
}

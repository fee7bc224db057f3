//! The powers of a sound in thirds of an octave: of the last seconds of one that plays, or of the whole of one that is
//! there.

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::collections::VecDeque;
use std::sync::Arc;
use tandem_dsp::Frame;

/// Thirds of an octave from 20 Hz to 20 kHz.
pub const BANDS: usize = 31;

/// The exact middle of a band in Hz (IEC 61260, base ten): that of 1 kHz is the 18th.
pub fn centre_hz(band: usize) -> f64 {
    1_000.0 * 10f64.powf((band as f64 - 17.0) / 10.0)
}

/// Mean squares of (left + right) / 2 and (left - right) / 2 in each band.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Powers {
    /// Of the middle.
    pub mid: [f64; BANDS],
    /// Of the side.
    pub side: [f64; BANDS],
}

impl Powers {
    /// Of the whole of `frames` at `rate` Hz; `None` where all is silence.
    pub fn of(frames: &[Frame], rate: f64) -> Option<Self> {
        let mut bands = Bands::over(f64::INFINITY, rate);
        let hop = bands.window.len() / 2;
        let [mut mid, mut side] = [1.0, -1.0].map(|sign| -> Vec<f32> {
            frames.iter().map(|[left, right]| (0.5 * (left + sign * right)) as f32).collect()
        });
        // With silence behind it, each sample lies in two windows.
        let length = frames.len().next_multiple_of(hop) + hop;
        mid.resize(length, 0.0);
        side.resize(length, 0.0);
        bands.push(&mid, &side);
        let mut powers = bands.mean()?;
        let scale = length as f64 / frames.len() as f64;
        powers.mid.iter_mut().chain(&mut powers.side).for_each(|power| *power *= scale);
        Some(powers)
    }

    /// The mean of both channels' powers in `band`.
    pub fn both(&self, band: usize) -> f64 {
        self.mid[band] + self.side[band]
    }
}

/// What is looked at of a sound that plays, seconds.
pub const WINDOW_S: f64 = 10.0;

/// Measures the bands of the last [`WINDOW_S`].
pub struct Bands {
    rate: f64,
    /// The last samples, the oldest first: middle and side.
    recent: [VecDeque<f32>; 2],
    /// Samples since the last look.
    fresh: usize,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    looks: VecDeque<Powers>,
    /// How many of them are kept.
    kept: usize,
}

impl Bands {
    /// For samples at `rate` Hz.
    pub fn new(rate: f64) -> Self {
        Self::over(WINDOW_S, rate)
    }

    fn over(seconds: f64, rate: f64) -> Self {
        // A third of an octave at 20 Hz is 4.6 Hz wide: bins of 3 Hz at most.
        let length = ((rate / 3.0).max(1_024.0) as usize).next_power_of_two();
        let fft = RealFftPlanner::new().plan_fft_forward(length);
        let hann = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / length as f32).cos();
        Self {
            rate,
            recent: [0, 1].map(|_| VecDeque::from(vec![0.0; length])),
            fresh: 0,
            window: (0..length).map(hann).collect(),
            time: fft.make_input_vec(),
            bins: fft.make_output_vec(),
            fft,
            looks: VecDeque::new(),
            kept: (seconds * rate / (0.5 * length as f64)).round().max(1.0) as usize,
        }
    }

    /// The rate that it is for, Hz.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Takes the next samples, as many of both: halved sums and halved differences of left and right.
    pub fn push(&mut self, mid: &[f32], side: &[f32]) {
        for (mid, side) in mid.iter().zip(side) {
            for (recent, new) in self.recent.iter_mut().zip([mid, side]) {
                recent.pop_front();
                recent.push_back(*new);
            }
            self.fresh += 1;
            if self.fresh >= self.window.len() / 2 {
                self.fresh = 0;
                self.look();
            }
        }
    }

    fn look(&mut self) {
        let mut powers = Powers::default();
        for (recent, bands) in self.recent.iter().zip([&mut powers.mid, &mut powers.side]) {
            for (to, (x, window)) in self.time.iter_mut().zip(recent.iter().zip(&self.window)) {
                *to = x * window;
            }
            // Only buffers of the wrong length can make it fail.
            if self.fft.process(&mut self.time, &mut self.bins).is_ok() {
                gather(&self.bins, self.rate, self.window.len(), bands);
            }
        }
        while self.looks.len() >= self.kept {
            self.looks.pop_front();
        }
        self.looks.push_back(powers);
    }

    /// The mean of the window; `None` before anything has come, or where all is silence.
    pub fn mean(&self) -> Option<Powers> {
        let mut mean = Powers::default();
        for look in &self.looks {
            for (sum, power) in mean.mid.iter_mut().zip(look.mid).chain(mean.side.iter_mut().zip(look.side)) {
                *sum += power / self.looks.len() as f64;
            }
        }
        (mean.mid.iter().chain(&mean.side).sum::<f64>() > SILENCE).then_some(mean)
    }
}

/// Less power than this is silence: -100 dB.
const SILENCE: f64 = 1e-10;

/// Each bin's power to the bands that it lies in; one that an edge cuts counts for both, by its parts.
fn gather(bins: &[Complex32], rate: f64, length: usize, bands: &mut [f64; BANDS]) {
    let bin_hz = rate / length as f64;
    // A Hann window's mean square is 3/8; each bin but the first and the last stands for two.
    let scale = 2.0 / (0.375 * (length * length) as f64);
    for (band, power) in bands.iter_mut().enumerate() {
        let half = 10f64.powf(0.05);
        let (low, high) = (centre_hz(band) / half / bin_hz, centre_hz(band) * half / bin_hz);
        let (first, last) = ((low - 0.5).ceil().max(0.0) as usize, (high + 0.5).floor() as usize);
        for bin in first..=last.min(bins.len() - 1) {
            let (from, to) = ((bin as f64 - 0.5).max(low), (bin as f64 + 0.5).min(high));
            *power += (to - from).max(0.0) * scale * f64::from(bins[bin].norm_sqr());
        }
    }
}

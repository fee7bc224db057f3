//! Impulse responses of linear phase out of the magnitudes of the analogue prototypes.
//!
//! Per frequency a band is a real 2×2 matrix, its magnitude where it works and one elsewhere; all together are the
//! product of those in the bands' order. Its inverse transform, even about its middle, is cut to the kernel's length by
//! a window. That is flat over the middle three quarters and falls as a raised cosine: a magnitude is smooth, so its
//! response has all but died away there, and a window that falls from its middle on, as those do that are made for
//! brick walls, would blur what is low. Of a bell of 6 dB at 30 Hz with Q 1 this one leaves 0.02 dB, a Kaiser window with
//! β = 4 0.32 dB, a Hann window 0.44 dB.

use super::super::filter::{Filter, HIGHEST, Prototype};
use super::super::{EqSettings, Placement};
use crate::block::convolver::Layout;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::f64::consts::PI;

/// Taps at rates up to 48 kHz: 171 ms, of which the bands down to 30 Hz need most.
const TAPS: usize = 8_192;

/// Partitions, of 512 taps each at 48 kHz.
const PARTITIONS: usize = 16;

/// How often the transform is longer than the kernel, so that what is cut off does not fold back into it.
const LONGER: usize = 4;

/// The part of the window on each side of its middle that is flat.
const FLAT: f64 = 0.75;

/// How the kernel is cut at `rate` Hz: twice as long for each doubling of the rate.
pub fn layout(rate: f64) -> Layout {
    let octaves = (rate / 48_000.0).log2().ceil().clamp(-1.0, 4.0);
    let taps = (TAPS as f64 * octaves.exp2()) as usize;
    Layout { block: taps / PARTITIONS, partitions: PARTITIONS }
}

/// Frames from the first tap to the middle one.
pub fn centre(layout: Layout) -> usize {
    layout.taps() / 2 - 1
}

/// A real gain from left and right (inner index) to left and right (outer index).
pub type Gains = [[f64; 2]; 2];

/// The middle tap of each response and those after it; those before it are the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Halves {
    rate: f64,
    /// As [`Gains`].
    halves: [[Box<[f64]>; 2]; 2],
}

impl Halves {
    /// Of `filters` at `rate` Hz, whatever their dynamics. Allocates and takes its time.
    pub fn design(filters: &EqSettings, rate: f64) -> Self {
        let layout = layout(rate);
        let length = LONGER * layout.taps();
        let working = Working::all(filters, rate);
        let of: Vec<Gains> = (0..=length / 2).map(|bin| gains(&working, bin as f64 * rate / length as f64)).collect();
        let inverse = RealFftPlanner::new().plan_fft_inverse(length);
        let (mut bins, mut samples) = (inverse.make_input_vec(), inverse.make_output_vec());
        let mut half = |output: usize, input: usize| -> Box<[f64]> {
            let middle = centre(layout) + 1;
            if of.iter().all(|gains| gains[output][input] == 0.0) {
                return vec![0.0; middle].into_boxed_slice();
            }
            for (bin, gains) in bins.iter_mut().zip(&of) {
                *bin = Complex::new(gains[output][input] / length as f64, 0.0);
            }
            let done = inverse.process(&mut bins, &mut samples);
            debug_assert!(done.is_ok(), "lengths are the plan's own");
            (0..middle).map(|tap| samples[tap] * window(tap as f64 / middle as f64)).collect()
        };
        let left = [half(0, 0), half(0, 1)];
        // Stereo bands alone do the same to both.
        let alike = working.iter().all(|filter| filter.placement == Placement::Stereo);
        let right = if alike { [left[1].clone(), left[0].clone()] } else { [half(1, 0), half(1, 1)] };
        Self { rate, halves: [left, right] }
    }

    /// All taps of each response.
    pub fn taps(&self) -> [[Vec<f64>; 2]; 2] {
        self.halves
            .each_ref()
            .map(|row| row.each_ref().map(|half| half.iter().skip(1).rev().chain(half.iter()).copied().collect()))
    }

    /// What the responses do to all frequencies, but for their delay. Allocates and takes its time.
    pub fn spectrum(&self) -> Spectrum {
        let length = LONGER * layout(self.rate).taps();
        let forward = RealFftPlanner::new().plan_fft_forward(length);
        let (mut samples, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
        let mut of = |half: &[f64]| -> Box<[f64]> {
            samples.fill(0.0);
            for (tap, x) in half.iter().enumerate() {
                (samples[tap], samples[(length - tap) % length]) = (*x, *x);
            }
            let done = forward.process(&mut samples, &mut bins);
            debug_assert!(done.is_ok(), "lengths are the plan's own");
            bins.iter().map(|bin| bin.re).collect()
        };
        let rows = self.halves.each_ref().map(|row| row.each_ref().map(|half| of(half)));
        Spectrum { step_hz: self.rate / length as f64, rows }
    }
}

/// What responses do at frequencies of equal distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    step_hz: f64,
    /// As [`Gains`].
    rows: [[Box<[f64]>; 2]; 2],
}

impl Spectrum {
    /// What they do at any frequency. The spectrum is four times as fine as the taps need, so a polynomial through the six
    /// places around it is what the taps do.
    pub fn gains(&self, freq_hz: f64) -> Gains {
        const POINTS: i64 = 6;
        let last = self.rows[0][0].len() as i64 - 1;
        let place = (freq_hz / self.step_hz).clamp(0.0, last as f64);
        let first = place.floor() as i64 - (POINTS / 2 - 1);
        let weights: [f64; POINTS as usize] = std::array::from_fn(|i| {
            let others = (0..POINTS).filter(|j| *j != i as i64);
            others.map(|j| (place - (first + j) as f64) / (i as i64 - j) as f64).product()
        });
        // Even about 0 and about half the rate.
        let bin = |i: usize| -> usize {
            let bin = (first + i as i64).abs();
            (if bin > last { 2 * last - bin } else { bin }) as usize
        };
        self.rows.each_ref().map(|row| {
            row.each_ref().map(|bins| weights.iter().enumerate().map(|(i, weight)| weight * bins[bin(i)]).sum())
        })
    }
}

/// The window at a part of the way from its middle to its end.
fn window(way: f64) -> f64 {
    let falling = ((way - FLAT) / (1.0 - FLAT)).max(0.0);
    0.5 * (1.0 + (PI * falling).cos())
}

/// A filter that does something.
struct Working {
    placement: Placement,
    freq_hz: f64,
    prototype: Prototype,
}

impl Working {
    fn all(filters: &EqSettings, rate: f64) -> Vec<Self> {
        let filters = filters.filters();
        let of = |filter: &Filter| Self {
            placement: filter.placement,
            freq_hz: filter.point.freq_hz.min(HIGHEST * rate),
            prototype: filter.kind.prototype(&filter.point),
        };
        filters.iter().filter(|filter| !filter.is_neutral()).map(of).collect()
    }

    /// Its magnitude where it works.
    fn gain(&self, freq_hz: f64) -> f64 {
        let ratio = freq_hz / self.freq_hz;
        self.prototype.as_slice().iter().map(|section| section.power(ratio)).product::<f64>().sqrt()
    }
}

/// All of them in their order.
fn gains(working: &[Working], freq_hz: f64) -> Gains {
    working.iter().fold([[1.0, 0.0], [0.0, 1.0]], |[left, right], filter| {
        let gain = filter.gain(freq_hz);
        let of = |row: [f64; 2], by: f64| row.map(|x| x * by);
        let plus = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
        match filter.placement {
            Placement::Stereo => [of(left, gain), of(right, gain)],
            Placement::Left => [of(left, gain), right],
            Placement::Right => [left, of(right, gain)],
            Placement::Mid | Placement::Side => {
                // How much of the same channel and how much of the other one.
                let (same, other) = (0.5 * (1.0 + gain), 0.5 * (gain - 1.0));
                let other = if filter.placement == Placement::Mid { other } else { -other };
                [plus(of(left, same), of(right, other)), plus(of(left, other), of(right, same))]
            }
        }
    })
}

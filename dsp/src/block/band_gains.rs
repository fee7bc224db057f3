//! Gains by band without latency and without a split: one low shelf at each crossover, of the ratio of the gains beside it.
//!
//! A shelf is of fourth order: (Π s² + a kᵢ s + a²) / (Π s² + kᵢ s + 1) with the kᵢ of a Butterworth filter and a⁴ its gain
//! at the bottom, so |H|² = (s⁸ + a⁸) / (s⁸ + 1): it rises or falls without a bump. The crossover is in the middle,
//! in dB, of zeros and poles. Equal gains are that gain and nothing else.

use crate::Frame;
use crate::block::complex::{self, Complex};
use crate::block::svf::{self, Design, LaneCoefs, Section};
use crate::smooth::Ramp;
use std::f64::consts::PI;

/// k of the two sections of a fourth-order Butterworth filter: 2 cos(π/8) and 2 cos(3π/8).
pub const BUTTERWORTH: [f64; 2] = [1.847_759_065_022_573_5, 0.765_366_864_730_179_6];

/// How far below half the rate the highest crossover stays.
const HIGHEST: f64 = 0.49;

/// Crossovers of which none lies below its neighbour to the left: one that does counts as that neighbour.
pub fn ordered<const N: usize>(crossovers_hz: [f64; N]) -> [f64; N] {
    let mut highest = 0.0f64;
    crossovers_hz.map(|hz| {
        highest = highest.max(hz);
        highest
    })
}

/// tan(π f / rate) of a crossover, for [`shelf`].
pub fn tangent(freq_hz: f64, rate: f64) -> f64 {
    (PI * (freq_hz / rate).min(HIGHEST)).tan()
}

/// The low shelf of gain `below` (linear, not zero) at the crossover with [`tangent`] `g`.
pub fn shelf(below: f64, g: f64) -> [Design; 2] {
    let a = below.sqrt().sqrt();
    // Poles below the crossover by as much as the zeros are above it.
    let g = g / a.sqrt();
    BUTTERWORTH.map(|k| Design { b: [a * a * g * g, a * k * g, 1.0], a: [g * g, k * g] })
}

/// Complex gain at `freq_hz` of bands with the linear `gains`, between `crossovers_hz` from low to high, one fewer.
pub fn response(gains: &[f64], crossovers_hz: &[f64], rate: f64, freq_hz: f64) -> Complex {
    let top = [gains.last().copied().unwrap_or(1.0), 0.0];
    gains.windows(2).zip(crossovers_hz).fold(top, |sum, (beside, crossover_hz)| {
        let [first, second] = shelf(beside[0] / beside[1], tangent(*crossover_hz, rate));
        complex::mul(sum, complex::mul(first.response(rate, freq_hz), second.response(rate, freq_hz)))
    })
}

/// Gains of `N` bands on their way.
#[derive(Clone, Debug)]
pub struct BandGains<const N: usize> {
    /// Two for each crossover; the last pair is not used.
    shelves: [[Section; 2]; N],
    top: [Ramp; 2],
    /// What the last control tick ran to.
    gains: [Frame; N],
    tangents: [f64; N],
    /// Whether it lets pass as it is.
    neutral: bool,
    ticks: u32,
}

/// Control ticks between two looks for states that have all but died away.
const TICKS_A_FLUSH: u32 = 256;

impl<const N: usize> Default for BandGains<N> {
    fn default() -> Self {
        let mut top = Ramp::default();
        top.jump(1.0);
        let shelves = [[Section::default(); 2]; N];
        Self { shelves, top: [top; 2], gains: [[1.0; 2]; N], tangents: [1.0; N], neutral: true, ticks: 0 }
    }
}

impl<const N: usize> BandGains<N> {
    /// Forgets the past, and lets pass as it is.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// A control tick: runs to the linear `gains` of each band's left and right, above zero, with the [`tangent`] of the crossover above each band; the
    /// last one counts for nothing.
    pub fn control(&mut self, gains: &[Frame; N], tangents: &[f64; N]) {
        let still = self.gains == *gains;
        if still && *gains == [[1.0; 2]; N] {
            self.neutral = true;
            return;
        }
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(TICKS_A_FLUSH) {
            self.shelves.as_flattened_mut().iter_mut().for_each(Section::flush);
        }
        if std::mem::take(&mut self.neutral) {
            // What they would ring with is from another time; at unity gain a start from silence is not heard.
            self.shelves.as_flattened_mut().iter_mut().for_each(Section::clear);
            self.each(&[[1.0; 2]; N], tangents, Section::jump);
            self.top.iter_mut().for_each(|top| top.jump(1.0));
        }
        if still && self.tangents == *tangents {
            self.each(gains, tangents, Section::jump);
            self.top.iter_mut().zip(gains[N - 1]).for_each(|(top, gain)| top.jump(gain));
        } else {
            self.each(gains, tangents, Section::aim);
            self.top.iter_mut().zip(gains[N - 1]).for_each(|(top, gain)| top.aim(gain));
        }
        (self.gains, self.tangents) = (*gains, *tangents);
    }

    fn each(&mut self, gains: &[Frame; N], tangents: &[f64; N], to: impl Fn(&mut Section, LaneCoefs)) {
        for (i, pair) in self.shelves.iter_mut().enumerate().take(N - 1) {
            let [left, right] = [0, 1].map(|lane| shelf(gains[i][lane] / gains[i + 1][lane], tangents[i]));
            for (i, section) in pair.iter_mut().enumerate() {
                let (left, right) = (left[i].coefs(), right[i].coefs());
                to(section, std::array::from_fn(|k| [left[k], right[k]]));
            }
        }
    }

    /// Whether nothing is changed.
    pub fn is_neutral(&self) -> bool {
        self.neutral
    }

    /// Up to [`crate::CONTROL_INTERVAL`] frames, in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        if self.neutral {
            return;
        }
        for section in self.shelves.iter_mut().take(N - 1).flatten() {
            svf::run(section, frames);
        }
        for frame in frames {
            let [left, right] = self.top.each_mut().map(Ramp::advance);
            *frame = [left * frame[0], right * frame[1]];
        }
    }
}

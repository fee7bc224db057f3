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
    /// Of each crossover whether its shelves run: not where the gains beside it are equal and were at the last tick.
    runs: [bool; N],
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
        Self {
            shelves,
            top: [top; 2],
            gains: [[1.0; 2]; N],
            tangents: [1.0; N],
            runs: [false; N],
            neutral: true,
            ticks: 0,
        }
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
            self.runs = [false; N];
            self.top.iter_mut().for_each(|top| top.jump(1.0));
        }
        let arrived = still && self.tangents == *tangents;
        for i in 0..N - 1 {
            let ratio = |gains: &[Frame; N]| [0, 1].map(|lane| gains[i][lane] / gains[i + 1][lane]);
            let below = ratio(gains);
            let runs = below != [1.0; 2] || ratio(&self.gains) != below;
            let starts = !std::mem::replace(&mut self.runs[i], runs);
            if runs {
                self.set(i, below, tangents[i], arrived, starts);
            }
        }
        for (top, gain) in self.top.iter_mut().zip(gains[N - 1]) {
            if arrived { top.jump(gain) } else { top.aim(gain) }
        }
        (self.gains, self.tangents) = (*gains, *tangents);
    }

    /// Sets the shelves of a crossover on their way to the gain `below` it, or there where it has `arrived`; from a flat one
    /// if it `starts`.
    fn set(&mut self, crossover: usize, below: Frame, tangent: f64, arrived: bool, starts: bool) {
        if starts {
            // What they would ring with is from another time; at unity gain a start from silence is not heard.
            for (section, design) in self.shelves[crossover].iter_mut().zip(shelf(1.0, tangent)) {
                section.clear();
                section.jump(design.coefs().map(|c| [c; 2]));
            }
        }
        let left = shelf(below[0], tangent).map(|design| design.coefs());
        let right = if below[1] == below[0] { left } else { shelf(below[1], tangent).map(|design| design.coefs()) };
        for (i, section) in self.shelves[crossover].iter_mut().enumerate() {
            let coefs: LaneCoefs = std::array::from_fn(|k| [left[i][k], right[i][k]]);
            if arrived { section.jump(coefs) } else { section.aim(coefs) }
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
        for ([first, second], _) in self.shelves.iter_mut().zip(&self.runs).filter(|(_, runs)| **runs) {
            if first.is_moving() {
                svf::run(first, frames);
                svf::run(second, frames);
            } else {
                svf::run_two([first, second], frames);
            }
        }
        for frame in frames {
            let [left, right] = self.top.each_mut().map(Ramp::advance);
            *frame = [left * frame[0], right * frame[1]];
        }
    }
}

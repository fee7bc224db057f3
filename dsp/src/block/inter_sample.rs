//! The highest magnitude between samples, as close as a limiter needs it.

use super::kaiser::windowed_sinc;
use super::magnitude::{higher, highest};
use crate::CONTROL_INTERVAL;

const RUN: usize = CONTROL_INTERVAL;

/// Taps a side that fill the middle of a gap between two samples: flat within 0.006 dB up to 0.478 of the rate.
const HALF: usize = 48;

/// Taps a side of the half-band that goes from twice to four times the rate.
const QUARTER: usize = 5;

/// Taps a side of the one from four to eight times the rate.
const EIGHTH: usize = 3;

/// Shapes of their Kaiser windows.
const SHAPES: [f64; 3] = [6.0, 7.0, 5.5];

/// Samples before the newest run that are still needed.
const PAST: usize = 2 * HALF + 8;

/// Middles and quarters of before.
const MIDDLES_PAST: usize = 8;
const QUARTERS_PAST: usize = 4;

/// At four times the rate a peak reads at most 20 log10 cos(π/8) = 0.69 dB low (BS.1770-5, Annex 2). Closer to 1 than
/// this the eighths and a parabola decide.
const CLOSE: f32 = 0.92;

/// Finds peaks of a signal whose ceiling is 1, a whole run of one channel at a time, in f32. Four points a gap always;
/// where they come close to the ceiling, eight, and the vertex of the parabola through any three of them.
#[derive(Clone, Debug)]
pub struct InterSample {
    half: [f32; HALF],
    quarter: [f32; QUARTER],
    eighth: [f32; EIGHTH],
    samples: [f32; PAST + RUN],
    /// Between two samples: half way,
    middles: [f32; MIDDLES_PAST + RUN],
    /// a quarter of the way,
    quarters: [f32; QUARTERS_PAST + RUN],
    /// and three quarters.
    thirds: [f32; QUARTERS_PAST + RUN],
    /// Whether the last run was close to the ceiling.
    close: bool,
}

impl Default for InterSample {
    fn default() -> Self {
        Self {
            half: taps(SHAPES[0]),
            quarter: taps(SHAPES[1]),
            eighth: taps(SHAPES[2]),
            samples: [0.0; PAST + RUN],
            middles: [0.0; MIDDLES_PAST + RUN],
            quarters: [0.0; QUARTERS_PAST + RUN],
            thirds: [0.0; QUARTERS_PAST + RUN],
            close: false,
        }
    }
}

/// Frames by which [`InterSample::run`]'s peaks are late.
pub const DELAY: usize = HALF + 3;

/// A run of a buffer, from `from` on.
#[inline(always)]
pub(super) fn part(buffer: &[f32], from: usize) -> [f32; RUN] {
    let part = &buffer[from..from + RUN];
    std::array::from_fn(|i| part[i])
}

impl InterSample {
    /// Forgets the past.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.middles.fill(0.0);
        self.quarters.fill(0.0);
        self.thirds.fill(0.0);
        self.close = false;
    }

    /// Takes samples in and gives the highest magnitude of each gap from [`DELAY`] frames ago: from the sample there up
    /// to the next one, both included.
    #[inline(always)]
    pub fn run(&mut self, samples: &[f32; RUN]) -> [f32; RUN] {
        self.samples[PAST..].copy_from_slice(samples);
        self.fill_middles();
        self.fill_quarters();
        let x = part(&self.samples, PAST - DELAY);
        let next = part(&self.samples, PAST - DELAY + 1);
        let quarter = part(&self.quarters, QUARTERS_PAST - 1);
        let middle = part(&self.middles, MIDDLES_PAST - 3);
        let third = part(&self.thirds, QUARTERS_PAST - 1);
        let mut peaks: [f32; RUN] = std::array::from_fn(|i| {
            let ends = higher(x[i].abs(), next[i].abs());
            higher(higher(ends, middle[i].abs()), higher(quarter[i].abs(), third[i].abs()))
        });
        let close = highest(&peaks) > CLOSE;
        if close || self.close {
            self.refine(&mut peaks);
        }
        self.close = close;
        self.samples.copy_within(RUN.., 0);
        self.middles.copy_within(RUN.., 0);
        self.quarters.copy_within(RUN.., 0);
        self.thirds.copy_within(RUN.., 0);
        peaks
    }

    /// Middles of the gaps [`HALF`] before the newest samples.
    #[inline(always)]
    fn fill_middles(&mut self) {
        const FIRST: usize = PAST - HALF;
        let mut sum = [0.0; RUN];
        for (k, tap) in self.half.iter().enumerate() {
            let (before, after) = (part(&self.samples, FIRST - k), part(&self.samples, FIRST + 1 + k));
            for i in 0..RUN {
                sum[i] += tap * (before[i] + after[i]);
            }
        }
        self.middles[MIDDLES_PAST..].copy_from_slice(&sum);
    }

    /// Quarters of the gaps two before those.
    #[inline(always)]
    fn fill_quarters(&mut self) {
        let x = |ahead: usize| part(&self.samples, PAST - HALF - 4 + ahead);
        let m = |ahead: usize| part(&self.middles, MIDDLES_PAST - 4 + ahead);
        // `ahead` 2 is the gap itself.
        let (mut quarter, mut third) = ([0.0; RUN], [0.0; RUN]);
        let pairs = [(x(2), m(2)), (m(1), x(3)), (x(1), m(3)), (m(0), x(4)), (x(0), m(4))];
        for (tap, (before, after)) in self.quarter.iter().zip(&pairs) {
            for i in 0..RUN {
                quarter[i] += tap * (before[i] + after[i]);
            }
        }
        let pairs = [(m(2), x(3)), (x(2), m(3)), (m(1), x(4)), (x(1), m(4)), (m(0), x(5))];
        for (tap, (before, after)) in self.quarter.iter().zip(&pairs) {
            for i in 0..RUN {
                third[i] += tap * (before[i] + after[i]);
            }
        }
        self.quarters[QUARTERS_PAST..].copy_from_slice(&quarter);
        self.thirds[QUARTERS_PAST..].copy_from_slice(&third);
    }

    /// Eight points a gap and the parabolas through them.
    #[inline(always)]
    fn refine(&self, peaks: &mut [f32; RUN]) {
        // `ahead` 1 is the gap itself.
        let x = |ahead: usize| part(&self.samples, PAST - DELAY - 1 + ahead);
        let q = |ahead: usize| part(&self.quarters, QUARTERS_PAST - 2 + ahead);
        let m = |ahead: usize| part(&self.middles, MIDDLES_PAST - 4 + ahead);
        let t = |ahead: usize| part(&self.thirds, QUARTERS_PAST - 2 + ahead);
        let between = |pairs: [(&[f32; RUN], &[f32; RUN]); EIGHTH]| -> [f32; RUN] {
            let mut sum = [0.0; RUN];
            for (tap, (before, after)) in self.eighth.iter().zip(pairs) {
                for i in 0..RUN {
                    sum[i] += tap * (before[i] + after[i]);
                }
            }
            sum
        };
        let (q0, m0, t0) = (q(0), m(0), t(0));
        let (x1, q1, m1, t1) = (x(1), q(1), m(1), t(1));
        let (x2, q2, m2) = (x(2), q(2), m(2));
        let before = between([(&t0, &x1), (&m0, &q1), (&q0, &m1)]);
        let first = between([(&x1, &q1), (&t0, &m1), (&m0, &t1)]);
        let second = between([(&q1, &m1), (&x1, &t1), (&t0, &x2)]);
        let third = between([(&m1, &t1), (&q1, &x2), (&x1, &q2)]);
        let fourth = between([(&t1, &x2), (&m1, &q2), (&q1, &m2)]);
        let points = [&before, &x1, &first, &q1, &second, &m1, &third, &t1, &fourth, &x2];
        for three in points.windows(3) {
            for i in 0..RUN {
                peaks[i] = higher(peaks[i], vertex(three[0][i], three[1][i], three[2][i]));
            }
        }
    }
}

/// Magnitude of the extremum of the parabola through three points a step apart, if it lies between them and points
/// away from zero; else that of the middle one.
#[inline(always)]
fn vertex(before: f32, at: f32, after: f32) -> f32 {
    let slope = after - before;
    let bend = 2.0 * at - before - after;
    let peaks = (slope.abs() <= 2.0 * bend.abs()) & (at * bend > 0.0);
    let beyond = slope * slope / (8.0 * if peaks { bend } else { 1.0 });
    (at + if peaks { beyond } else { 0.0 }).abs()
}

/// One side of a half-band interpolator, from the middle outwards, with a gain of 1 at zero frequency.
fn taps<const K: usize>(shape: f64) -> [f32; K] {
    let taps: [f64; K] = std::array::from_fn(|k| windowed_sinc(k as f64 + 0.5, K as f64, shape));
    let sum = 2.0 * taps.iter().sum::<f64>();
    taps.map(|tap| (tap / sum) as f32)
}

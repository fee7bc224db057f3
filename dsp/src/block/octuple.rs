//! Eight points for each sample, and back.
//!
//! Up by half-bands from one to two, four and eight times the rate, each shorter than the one before, as its band is
//! emptier; down by the same ones backwards, but for the last, whose corner is lower, so that little folds back.

use super::inter_sample::part;
use super::kaiser::windowed_sinc;
use crate::CONTROL_INTERVAL;

const RUN: usize = CONTROL_INTERVAL;

/// Points for each sample.
pub const TIMES: usize = 8;

/// Taps a side from one to two times the rate, from two to four, and from four to eight.
const SIDE: usize = 12;
const QUARTER: usize = 5;
const EIGHTH: usize = 3;

/// Frames by which the points are late, and by which what is made of them is once more.
const HALF_WAY: usize = SIDE + 3;

/// Frames from a sample in to that sample out.
pub const DELAY: usize = 2 * HALF_WAY;

/// Shape of the Kaiser windows: 63 dB of attenuation.
const SHAPE: f64 = 6.0;

/// Corner of the last filter down, over half the rate: its stop band begins at 0.53 of the rate, so that what folds back
/// lies above 0.47 of it or is 63 dB down.
const CORNER: f64 = 0.88;

/// Taps of that for each of two phases.
const TAPS: usize = 2 * SIDE;

/// Values of before that each stage needs.
const SAMPLES_PAST: usize = DELAY;
const MIDDLES_PAST: usize = 8;
const QUARTERS_PAST: usize = 4;
const POINTS_PAST: usize = 2;
const FOURFOLD_PAST: usize = 5;

/// Works at eight times the rate on one channel, a whole run at a time, in f32.
#[derive(Clone, Debug)]
pub struct Octuple {
    half: [f32; SIDE],
    quarter: [f32; QUARTER],
    eighth: [f32; EIGHTH],
    last: [[f32; TAPS]; 2],
    samples: [f32; SAMPLES_PAST + RUN],
    middles: [f32; MIDDLES_PAST + RUN],
    quarters: [[f32; QUARTERS_PAST + RUN]; 2],
    points: [[f32; POINTS_PAST + RUN]; TIMES],
    fourfold: [[f32; FOURFOLD_PAST + RUN]; 4],
    twofold: [[f32; TAPS + RUN]; 2],
}

impl Default for Octuple {
    fn default() -> Self {
        Self {
            half: half_band(),
            quarter: half_band(),
            eighth: half_band(),
            last: last(),
            samples: [0.0; SAMPLES_PAST + RUN],
            middles: [0.0; MIDDLES_PAST + RUN],
            quarters: [[0.0; QUARTERS_PAST + RUN]; 2],
            points: [[0.0; POINTS_PAST + RUN]; TIMES],
            fourfold: [[0.0; FOURFOLD_PAST + RUN]; 4],
            twofold: [[0.0; TAPS + RUN]; 2],
        }
    }
}

/// Sums of values at equal distance on both sides, weighted.
#[inline(always)]
fn folded<const K: usize>(taps: &[f32; K], pairs: [([f32; RUN], [f32; RUN]); K]) -> [f32; RUN] {
    let mut sum = [0.0; RUN];
    for (tap, (before, after)) in taps.iter().zip(pairs) {
        for i in 0..RUN {
            sum[i] += tap * (before[i] + after[i]);
        }
    }
    sum
}

/// Half of a half-band that goes down: its middle and what lies around it.
#[inline(always)]
fn halved(middle: [f32; RUN], around: [f32; RUN]) -> [f32; RUN] {
    std::array::from_fn(|i| 0.5 * (middle[i] + around[i]))
}

impl Octuple {
    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Takes samples in and gives those from [`DELAY`] frames ago.
    #[inline(always)]
    pub fn push(&mut self, samples: &mut [f32; RUN]) {
        self.samples.copy_within(RUN.., 0);
        self.samples[SAMPLES_PAST..].copy_from_slice(samples);
        *samples = part(&self.samples, SAMPLES_PAST - DELAY);
    }

    /// After a [`push`](Self::push): `bend` makes eight runs of points other ones, of the samples and what follows each
    /// of them; what comes of that at the samples' rate, as late as the samples.
    #[inline(always)]
    pub fn run(&mut self, bend: impl Fn([f32; RUN]) -> [f32; RUN]) -> [f32; RUN] {
        self.fill_middles();
        self.fill_quarters();
        let points = self.all_points();
        for (kept, points) in self.points.iter_mut().zip(points) {
            kept.copy_within(RUN.., 0);
            kept[POINTS_PAST..].copy_from_slice(&bend(points));
        }
        self.fill_fourfold();
        self.fill_twofold();
        self.samples_of_twofold()
    }

    /// Half way from the samples [`SIDE`] before the newest.
    #[inline(always)]
    fn fill_middles(&mut self) {
        const FIRST: usize = SAMPLES_PAST - SIDE;
        let mut sum = [0.0; RUN];
        for (k, tap) in self.half.iter().enumerate() {
            let (before, after) = (part(&self.samples, FIRST - k), part(&self.samples, FIRST + 1 + k));
            for i in 0..RUN {
                sum[i] += tap * (before[i] + after[i]);
            }
        }
        self.middles.copy_within(RUN.., 0);
        self.middles[MIDDLES_PAST..].copy_from_slice(&sum);
    }

    /// A quarter and three quarters of the way, two samples before those.
    #[inline(always)]
    fn fill_quarters(&mut self) {
        // `ahead` 2 is the gap itself.
        let x = |ahead: usize| part(&self.samples, SAMPLES_PAST - SIDE - 4 + ahead);
        let m = |ahead: usize| part(&self.middles, MIDDLES_PAST - 4 + ahead);
        let first = folded(&self.quarter, [(x(2), m(2)), (m(1), x(3)), (x(1), m(3)), (m(0), x(4)), (x(0), m(4))]);
        let third = folded(&self.quarter, [(m(2), x(3)), (x(2), m(3)), (m(1), x(4)), (x(1), m(4)), (m(0), x(5))]);
        for (kept, new) in self.quarters.iter_mut().zip([first, third]) {
            kept.copy_within(RUN.., 0);
            kept[QUARTERS_PAST..].copy_from_slice(&new);
        }
    }

    /// The samples one before those, and seven points after each.
    #[inline(always)]
    fn all_points(&self) -> [[f32; RUN]; TIMES] {
        // `ahead` 1 is the gap itself.
        let x = |ahead: usize| part(&self.samples, SAMPLES_PAST - HALF_WAY - 1 + ahead);
        let m = |ahead: usize| part(&self.middles, MIDDLES_PAST - 4 + ahead);
        let [q, t] = [0, 1].map(|side| move |ahead: usize| part(&self.quarters[side], QUARTERS_PAST - 2 + ahead));
        let taps = &self.eighth;
        [
            x(1),
            folded(taps, [(x(1), q(1)), (t(0), m(1)), (m(0), t(1))]),
            q(1),
            folded(taps, [(q(1), m(1)), (x(1), t(1)), (t(0), x(2))]),
            m(1),
            folded(taps, [(m(1), t(1)), (q(1), x(2)), (x(1), q(2))]),
            t(1),
            folded(taps, [(t(1), x(2)), (m(1), q(2)), (q(1), m(2))]),
        ]
    }

    #[inline(always)]
    fn fill_fourfold(&mut self) {
        // `ahead` 1 is the gap itself; `place` 1, 3, 5 and 7 are the points in between.
        let at = |place: usize, ahead: usize| part(&self.points[place], ahead);
        let taps = &self.eighth;
        let new = [
            halved(at(0, 1), folded(taps, [(at(7, 0), at(1, 1)), (at(5, 0), at(3, 1)), (at(3, 0), at(5, 1))])),
            halved(at(2, 1), folded(taps, [(at(1, 1), at(3, 1)), (at(7, 0), at(5, 1)), (at(5, 0), at(7, 1))])),
            halved(at(4, 1), folded(taps, [(at(3, 1), at(5, 1)), (at(1, 1), at(7, 1)), (at(7, 0), at(1, 2))])),
            halved(at(6, 1), folded(taps, [(at(5, 1), at(7, 1)), (at(3, 1), at(1, 2)), (at(1, 1), at(3, 2))])),
        ];
        for (kept, new) in self.fourfold.iter_mut().zip(new) {
            kept.copy_within(RUN.., 0);
            kept[FOURFOLD_PAST..].copy_from_slice(&new);
        }
    }

    #[inline(always)]
    fn fill_twofold(&mut self) {
        // `ahead` 3 is the gap itself.
        let at = |place: usize, ahead: usize| part(&self.fourfold[place], ahead);
        let (q, t) = (|ahead: usize| at(1, ahead), |ahead: usize| at(3, ahead));
        let taps = &self.quarter;
        let new = [
            halved(at(0, 3), folded(taps, [(t(2), q(3)), (q(2), t(3)), (t(1), q(4)), (q(1), t(4)), (t(0), q(5))])),
            halved(at(2, 3), folded(taps, [(q(3), t(3)), (t(2), q(4)), (q(2), t(4)), (t(1), q(5)), (q(1), t(5))])),
        ];
        for (kept, new) in self.twofold.iter_mut().zip(new) {
            kept.copy_within(RUN.., 0);
            kept[TAPS..].copy_from_slice(&new);
        }
    }

    #[inline(always)]
    fn samples_of_twofold(&self) -> [f32; RUN] {
        let mut sum = [0.0; RUN];
        for (taps, values) in self.last.iter().zip(&self.twofold) {
            for (k, tap) in taps.iter().enumerate() {
                let values = part(values, k);
                for i in 0..RUN {
                    sum[i] += tap * values[i];
                }
            }
        }
        sum
    }
}

/// One side of a half-band, from the middle outwards, with a gain of 1 at zero frequency.
fn half_band<const K: usize>() -> [f32; K] {
    let taps: [f64; K] = std::array::from_fn(|k| windowed_sinc(k as f64 + 0.5, K as f64, SHAPE));
    let sum = 2.0 * taps.iter().sum::<f64>();
    taps.map(|tap| (tap / sum) as f32)
}

/// For a sample: weights of what stands at the samples from [`SIDE`] before it on, and half way after each.
fn last() -> [[f32; TAPS]; 2] {
    [0.0, 0.5].map(|phase| {
        let place = SIDE as f64 - phase;
        let taps: [f64; TAPS] =
            std::array::from_fn(|k| windowed_sinc(CORNER * (place - k as f64), CORNER * SIDE as f64, SHAPE));
        let sum = 2.0 * taps.iter().sum::<f64>();
        taps.map(|tap| (tap / sum) as f32)
    })
}

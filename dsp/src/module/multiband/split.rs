//! The bands as their detectors hear them.
//!
//! High-passes of 24 dB/oct at the lower crossovers, so that a loud bass does not move its neighbour, and low-passes of
//! 12 dB/oct at the upper ones, on mid and side. Detectors do with f32: both channels of two bands fill a register.

use super::dynamics::EachBand;
use super::settings::BANDS;
use crate::block::band_gains::BUTTERWORTH;
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// What is heard of a band: mid and side.
pub(super) type Part = [Frame; CONTROL_INTERVAL];

/// Mid and side of one band, mid and side of another.
type Lanes = [f32; 4];

/// Pairs of bands that have a crossover below and one above.
const INNER: usize = (BANDS - 2).div_ceil(2);

/// The highest magnitude that is looked at: +300 dBFS, so that no square is infinite.
const HIGHEST: f32 = 1e15;

/// Added and taken away again it leaves nothing of what is under -400 dBFS: so near to zero f32 is slow.
const GRAIN: f32 = 1e-13;

/// Under this a state is silence. The first kind moves the second by no less than its 10⁹th part.
const SMALLEST: [f32; 2] = [1e-24, 1e-14];

/// Control ticks between two looks for states that have all but died away.
const TICKS_A_FLUSH: u32 = 8;

/// A section: low' = low + way; high = x - low' - damp way; way' = way + pull high (H. Chamberlin, "Musical Applications of
/// Microprocessors", 1985). Wherever the poles lie, high is the bilinear transform's high-pass but for its gain, and
/// low' + pull / 4 high its low-pass. What comes out is so much of low' and so much of high.
#[derive(Clone, Copy, Debug)]
struct Design {
    pull: f64,
    damp: f64,
    of_low: f64,
    of_high: f64,
    /// What the way goes with while the frequency moves: tan(π f / rate).
    pace: f64,
    /// Of a high-pass, which leaves it out.
    gain: f64,
}

impl Design {
    const PASS: Self = Self { pull: 0.0, damp: 0.0, of_low: 0.0, of_high: 1.0, pace: 1.0, gain: 1.0 };

    /// s² / (s² + k s + 1) at tan(π f / rate) = `g`.
    fn high(k: f64, g: f64) -> Self {
        let gain = 1.0 / (1.0 + k * g + g * g);
        Self { pull: 4.0 * gain * g * g, damp: 0.5 * k / g, of_low: 0.0, of_high: 1.0, pace: g, gain }
    }

    /// 1 / (s² + k s + 1).
    fn low(k: f64, g: f64) -> Self {
        let high = Self::high(k, g);
        Self { of_low: 1.0, of_high: 0.25 * high.pull, gain: 1.0, ..high }
    }
}

/// A section of both bands.
#[derive(Clone, Copy, Debug, Default)]
struct Section {
    pull: Lanes,
    damp: Lanes,
    of_low: Lanes,
    of_high: Lanes,
    pace: Lanes,
    way: Lanes,
    low: Lanes,
}

impl Section {
    fn set(&mut self, designs: &[Design; 2]) {
        let lanes = |of: fn(&Design) -> f64| {
            let [a, b] = designs.each_ref().map(|design| of(design) as f32);
            [a, a, b, b]
        };
        (self.pull, self.damp) = (lanes(|design| design.pull), lanes(|design| design.damp));
        (self.of_low, self.of_high) = (lanes(|design| design.of_low), lanes(|design| design.of_high));
        let before = std::mem::replace(&mut self.pace, lanes(|design| design.pace));
        for i in 0..self.way.len() {
            self.way[i] *= if before[i] > 0.0 { self.pace[i] / before[i] } else { 1.0 };
        }
    }

    #[inline(always)]
    fn high(&mut self, x: Lanes) -> Lanes {
        self.low = add(self.low, self.way);
        let high = sub(sub(x, self.low), mul(self.damp, self.way));
        self.way = add(self.way, mul(self.pull, high));
        high
    }

    /// Of a low-pass in both bands.
    #[inline(always)]
    fn low(&mut self, x: Lanes) -> Lanes {
        let high = self.high(x);
        add(self.low, mul(self.of_high, high))
    }

    #[inline(always)]
    fn either(&mut self, x: Lanes) -> Lanes {
        let high = self.high(x);
        add(mul(self.of_low, self.low), mul(self.of_high, high))
    }

    fn clear(&mut self) {
        (self.way, self.low) = ([0.0; 4], [0.0; 4]);
    }

    /// Silences what has all but died away.
    fn flush(&mut self) {
        for (state, smallest) in [&mut self.way, &mut self.low].into_iter().zip(SMALLEST) {
            *state = state.map(|x| if x.abs() < smallest { 0.0 } else { x });
        }
    }
}

#[inline(always)]
fn add(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline(always)]
fn sub(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|i| a[i] - b[i])
}

#[inline(always)]
fn mul(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|i| a[i] * b[i])
}

/// Two bands: `N` sections in series, and what the squares sum up to.
#[derive(Clone, Copy, Debug)]
struct Pair<const N: usize> {
    sections: [Section; N],
    /// Of what comes out.
    gains: [f32; 2],
    sums: Lanes,
}

impl<const N: usize> Default for Pair<N> {
    fn default() -> Self {
        Self { sections: [Section::default(); N], gains: [1.0; 2], sums: [0.0; 4] }
    }
}

impl<const N: usize> Pair<N> {
    fn set(&mut self, designs: &[[Design; 2]; N]) {
        self.sections.iter_mut().zip(designs).for_each(|(section, designs)| section.set(designs));
        self.gains = [0, 1].map(|band| designs.iter().map(|designs| designs[band].gain).product::<f64>() as f32);
    }

    fn clear(&mut self) {
        self.sections.iter_mut().for_each(Section::clear);
        self.sums = [0.0; 4];
    }

    fn flush(&mut self) {
        self.sections.iter_mut().for_each(Section::flush);
    }

    #[inline(always)]
    fn add_squares(&mut self, heard: &[Lanes]) {
        let mut sums = self.sums;
        for x in heard {
            sums = add(sums, mul(*x, *x));
        }
        self.sums = sums;
    }

    fn take_sums(&mut self) -> [f32; 2] {
        let [mid_a, side_a, mid_b, side_b] = std::mem::take(&mut self.sums);
        let [a, b] = self.gains.map(|gain| gain * gain);
        [a * (mid_a + side_a), b * (mid_b + side_b)]
    }
}

/// Splits, and sums the squares.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    /// The highest band and the lowest.
    ends: Pair<2>,
    /// Second and third, fourth and none.
    inner: [Pair<3>; INNER],
    count: usize,
    ticks: u32,
}

impl Split {
    /// Forgets the past.
    pub fn clear(&mut self) {
        self.ends.clear();
        self.inner.iter_mut().for_each(Pair::clear);
        self.ticks = 0;
    }

    /// `count` bands, two or more, at crossovers with tan(π f / rate) = `tangents`.
    pub fn set(&mut self, count: usize, tangents: &[f64; BANDS]) {
        if count != self.count {
            self.count = count;
            self.clear();
        }
        let [first, second] = BUTTERWORTH;
        let (lowest, highest) = (tangents[0], tangents[count - 2]);
        self.ends.set(&[
            [Design::high(first, highest), Design::low(SQRT_2, lowest)],
            [Design::high(second, highest), Design::PASS],
        ]);
        for (i, pair) in self.inner.iter_mut().enumerate() {
            let above = [0, 1].map(|band| (2 * i + band + 1).min(BANDS - 2));
            pair.set(&[
                above.map(|above| Design::high(first, tangents[above - 1])),
                above.map(|above| Design::high(second, tangents[above - 1])),
                above.map(|above| Design::low(SQRT_2, tangents[above])),
            ]);
        }
    }

    /// At a control tick: what the squares in each band sum up to since the last one.
    pub fn take_sums(&mut self) -> EachBand {
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(TICKS_A_FLUSH) {
            self.ends.flush();
            self.inner.iter_mut().for_each(Pair::flush);
        }
        let [highest, lowest] = self.ends.take_sums();
        let mut sums = EachBand::default();
        sums[0] = lowest;
        for (pair, sums) in self.inner.iter_mut().zip(sums[1..].chunks_mut(2)) {
            sums.copy_from_slice(&pair.take_sums());
        }
        sums[self.count - 1] = highest;
        sums
    }

    /// Hears up to [`CONTROL_INTERVAL`] frames, mid and side each by its weight. Gives what it hears of a band, if it is
    /// asked for one.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame], weights: Frame, asked: Option<usize>) -> Option<Part> {
        let mut ends = [Lanes::default(); CONTROL_INTERVAL];
        let mut inner = [[Lanes::default(); CONTROL_INTERVAL]; INNER];
        let length = frames.len();
        let scale = weights.map(|weight| FRAC_1_SQRT_2 * weight);
        for (x, [left, right]) in ends.iter_mut().zip(frames) {
            let [mid, side] = [within((scale[0] * (left + right)) as f32), within((scale[1] * (left - right)) as f32)];
            *x = [mid, side, mid, side];
        }
        if self.count > 4 {
            inner[1] = ends;
            self.hear_pair(&mut inner[1][..length]);
        }
        if self.count > 2 {
            self.hear_two_pairs(&mut ends[..length], &mut inner[0][..length]);
        } else {
            self.hear_ends(&mut ends[..length]);
        }
        asked.map(|band| self.part(band, &ends, &inner))
    }

    fn hear_ends(&mut self, frames: &mut [Lanes]) {
        let [mut a, mut b] = self.ends.sections;
        for x in &mut *frames {
            *x = b.high(a.either(*x));
        }
        self.ends.sections = [a, b];
        self.ends.add_squares(frames);
    }

    fn hear_pair(&mut self, frames: &mut [Lanes]) {
        let [mut a, mut b, mut c] = self.inner[1].sections;
        for x in &mut *frames {
            *x = c.low(b.high(a.high(*x)));
        }
        self.inner[1].sections = [a, b, c];
        self.inner[1].add_squares(frames);
    }

    /// The ends and the first pair: while one waits for its states the other computes.
    fn hear_two_pairs(&mut self, ends: &mut [Lanes], inner: &mut [Lanes]) {
        let [mut a, mut b] = self.ends.sections;
        let [mut c, mut d, mut e] = self.inner[0].sections;
        for (x, y) in ends.iter_mut().zip(&mut *inner) {
            *y = e.low(d.high(c.high(*x)));
            *x = b.high(a.either(*x));
        }
        self.ends.sections = [a, b];
        self.inner[0].sections = [c, d, e];
        self.ends.add_squares(ends);
        self.inner[0].add_squares(inner);
    }

    fn part(&self, band: usize, ends: &[Lanes; CONTROL_INTERVAL], inner: &[[Lanes; CONTROL_INTERVAL]; INNER]) -> Part {
        let of = |lanes: &[Lanes; CONTROL_INTERVAL], gains: [f32; 2], which: usize| {
            lanes.map(|x| [x[2 * which], x[2 * which + 1]].map(|x| f64::from(gains[which] * x)))
        };
        match band {
            0 => of(ends, self.ends.gains, 1),
            _ if band + 1 >= self.count => of(ends, self.ends.gains, 0),
            _ => of(&inner[(band - 1) / 2], self.inner[(band - 1) / 2].gains, (band - 1) % 2),
        }
    }
}

/// Within bounds, and nothing where it is next to nothing.
#[inline(always)]
fn within(x: f32) -> f32 {
    let x = if x < HIGHEST { x } else { HIGHEST };
    let x = if x > -HIGHEST { x } else { -HIGHEST };
    (x + GRAIN) - GRAIN
}

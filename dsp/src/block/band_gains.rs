//! Gains by band without latency and without a split: one low shelf at each crossover, of the ratio of the gains beside it.
//!
//! A shelf is of fourth order: (Π s² + a kᵢ s + a²) / (Π s² + kᵢ s + 1) with the kᵢ of a Butterworth filter and a⁴ its gain
//! at the bottom, so |H|² = (s⁸ + a⁸) / (s⁸ + 1): it rises or falls without a bump. The crossover is in the middle,
//! in dB, of zeros and poles. Equal gains are that gain and nothing else.

use crate::block::complex::{self, Complex};
use crate::block::lanes::{add, mul, scale, sub};
use crate::block::svf::Design;
use crate::smooth::Ramp;
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

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

/// What runs the two sections of a shelf, each in the state-variable form with trapezoidal integrators (A. Simper, "Linear
/// Trapezoidal Integrated State Variable Filter", 2013), left and right: v = x - s2; t = speed (s1 + g v);
/// y = x + band t + low s2; s1' = t - s1; s2' = s2 + g t.
///
/// Without input s1² + s2² never grows as long as speed (1 + g²) ≤ 2, and for a shelf that is 2 / (1 + k g + g²). See
/// [`stay_stable`](Self::stay_stable) for what lies between two of them.
#[derive(Clone, Copy, Debug)]
struct Coefs {
    /// Of both sections.
    g: Frame,
    low: Frame,
    /// Of each.
    speed: [Frame; 2],
    band: [Frame; 2],
}

impl Coefs {
    const STILL: Self = Self { g: [0.0; 2], low: [0.0; 2], speed: [[0.0; 2]; 2], band: [[0.0; 2]; 2] };

    /// As [`shelf`], of which `a` and `g` are, left and right.
    #[inline(always)]
    fn new(a: Frame, g: Frame) -> Self {
        let of =
            |of_lane: fn(f64, f64, f64) -> f64| BUTTERWORTH.map(|k| [of_lane(k, a[0], g[0]), of_lane(k, a[1], g[1])]);
        Self {
            g,
            low: a.map(|a| a * a - 1.0),
            speed: of(|k, _, g| 2.0 / (1.0 + g * (k + g))),
            band: of(|k, a, g| 0.5 * (a - 1.0) * (k + (a + 1.0) * g)),
        }
    }

    /// Whether on straight lines from these to others everything stays stable. As 1 + g² is convex, speed (1 + g²) is
    /// no more on the way than a parabola that begins and ends at or below 2, and with this does not leave it. The
    /// section with the smaller k is the one that might.
    #[inline(always)]
    fn stay_stable(&self, to: &Self) -> bool {
        let squared = |g: f64| 1.0 + g * g;
        (0..2).all(|i| to.speed[1][i] * squared(self.g[i]) + self.speed[1][i] * squared(to.g[i]) <= 4.0)
    }

    #[inline(always)]
    fn map_with(&self, other: &Self, of: impl Fn(Frame, Frame) -> Frame) -> Self {
        Self {
            g: of(self.g, other.g),
            low: of(self.low, other.low),
            speed: [of(self.speed[0], other.speed[0]), of(self.speed[1], other.speed[1])],
            band: [of(self.band[0], other.band[0]), of(self.band[1], other.band[1])],
        }
    }
}

/// A running shelf.
#[derive(Clone, Copy, Debug)]
struct Shelf {
    now: Coefs,
    /// A frame's.
    step: Coefs,
    moving: bool,
    state: [[Frame; 2]; 2],
}

impl Shelf {
    const STILL: Self = Self { now: Coefs::STILL, step: Coefs::STILL, moving: false, state: [[[0.0; 2]; 2]; 2] };

    fn jump(&mut self, coefs: Coefs) {
        (self.now, self.moving) = (coefs, false);
    }

    /// Runs so as to have these in [`CONTROL_INTERVAL`] frames.
    #[inline(always)]
    fn aim(&mut self, coefs: &Coefs) {
        if !self.now.stay_stable(coefs) {
            // Half the rate is near, and the gain moves by many dB in a third of a millisecond.
            (self.now.g, self.now.speed) = (coefs.g, coefs.speed);
        }
        self.step = coefs.map_with(&self.now, |to, now| scale(1.0 / CONTROL_INTERVAL as f64, sub(to, now)));
        self.moving = true;
    }

    /// Silences what has all but died away.
    fn flush(&mut self) {
        let states = self.state.as_flattened().as_flattened();
        if states.iter().all(|s| s.abs() < SMALLEST) {
            self.state = Self::STILL.state;
        }
    }

    #[inline(always)]
    fn run(&mut self, frames: &mut [Frame]) {
        let Self { mut now, step, moving, state: [mut first, mut second] } = *self;
        if moving {
            for frame in frames {
                now = now.map_with(&step, add);
                let between = tick([now.g, now.low, now.speed[0], now.band[0]], &mut first, *frame);
                *frame = tick([now.g, now.low, now.speed[1], now.band[1]], &mut second, between);
            }
            self.now = now;
        } else {
            for frame in frames {
                let between = tick([now.g, now.low, now.speed[0], now.band[0]], &mut first, *frame);
                *frame = tick([now.g, now.low, now.speed[1], now.band[1]], &mut second, between);
            }
        }
        self.state = [first, second];
    }
}

/// A frame of a section.
#[inline(always)]
fn tick([g, low, speed, band]: [Frame; 4], [s1, s2]: &mut [Frame; 2], x: Frame) -> Frame {
    let v = sub(x, *s2);
    // What goes from state to state waits for as little as can be: all of this but v is known before.
    let to_first = mul(speed, g);
    let to_second = mul(to_first, g);
    let next = add(mul(sub(speed, [1.0; 2]), *s1), mul(to_first, v));
    let y = add(add(x, mul(low, *s2)), mul(band, add(*s1, next)));
    *s2 = add(add(*s2, mul(to_first, *s1)), mul(to_second, v));
    *s1 = next;
    y
}

/// Left and right to mid and side, and back: it is its own inverse.
#[inline(always)]
pub fn turn(frames: &mut [Frame]) {
    for frame in frames {
        *frame = [FRAC_1_SQRT_2 * (frame[0] + frame[1]), FRAC_1_SQRT_2 * (frame[0] - frame[1])];
    }
}

/// Gains of `N` bands on their way.
#[derive(Clone, Debug)]
pub struct BandGains<const N: usize> {
    /// One for each crossover; the last one is not used.
    shelves: [Shelf; N],
    top: [Ramp; 2],
    /// What the last control tick ran to.
    gains: [Frame; N],
    tangents: [f64; N],
    /// Of each crossover whether its shelf runs: not where the gains beside it are equal and were at the last tick.
    runs: [bool; N],
    /// Whether it lets pass as it is.
    neutral: bool,
    ticks: u32,
}

/// Control ticks between two looks for states that have all but died away.
const TICKS_A_FLUSH: u32 = 256;

/// Below this a state is silence (-600 dB): zero, so that none ever decays into denormals.
const SMALLEST: f64 = 1e-30;

impl<const N: usize> Default for BandGains<N> {
    fn default() -> Self {
        let mut top = Ramp::default();
        top.jump(1.0);
        Self {
            shelves: [Shelf::STILL; N],
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

    /// A control tick: runs to the linear `gains` of each band's left and right, above zero, with the [`tangent`] of the
    /// crossover above each band; the last one counts for nothing.
    pub fn control(&mut self, gains: &[Frame; N], tangents: &[f64; N]) {
        let still = self.gains == *gains;
        if still && *gains == [[1.0; 2]; N] {
            self.neutral = true;
            return;
        }
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(TICKS_A_FLUSH) {
            self.shelves.iter_mut().for_each(Shelf::flush);
        }
        if std::mem::take(&mut self.neutral) {
            self.runs = [false; N];
            self.top.iter_mut().for_each(|top| top.jump(1.0));
        }
        let arrived = still && self.tangents == *tangents;
        if !arrived || self.shelves.iter().any(|shelf| shelf.moving) {
            self.set_shelves(gains, tangents, arrived);
        }
        for (top, gain) in self.top.iter_mut().zip(gains[N - 1]) {
            if arrived { top.jump(gain) } else { top.aim(gain) }
        }
        (self.gains, self.tangents) = (*gains, *tangents);
    }

    /// Sets the shelves on their way, or there where they have `arrived`; from flat ones if they start.
    fn set_shelves(&mut self, gains: &[Frame; N], tangents: &[f64; N], arrived: bool) {
        let left = corners(&gains.map(|gain| gain[0] as f32));
        let equal = gains.iter().all(|gain| gain[0] == gain[1]);
        let right = if equal { left } else { corners(&gains.map(|gain| gain[1] as f32)) };
        for i in 0..N - 1 {
            let runs = gains[i] != gains[i + 1] || self.gains[i] != self.gains[i + 1];
            let starts = !std::mem::replace(&mut self.runs[i], runs);
            if !runs {
                self.shelves[i].moving = false;
                continue;
            }
            let (shelf, g) = (&mut self.shelves[i], tangents[i]);
            if starts {
                // What it would ring with is from another time; at unity gain a start from silence is not heard.
                *shelf = Shelf { now: Coefs::new([1.0; 2], [g; 2]), ..Shelf::STILL };
            }
            let coefs = if equal {
                Coefs::new([f64::from(left.0[i]); 2], [g * f64::from(left.1[i]); 2])
            } else {
                Coefs::new(
                    [left.0[i], right.0[i]].map(f64::from),
                    [left.1[i], right.1[i]].map(|part| g * f64::from(part)),
                )
            };
            if arrived { shelf.jump(coefs) } else { shelf.aim(&coefs) }
        }
    }

    /// At a control tick, with equal gains of left and right so far: what was left and right is mid and side from here on,
    /// or the other way round.
    pub fn turn(&mut self) {
        for shelf in &mut self.shelves {
            turn(shelf.state.as_flattened_mut());
        }
    }

    /// Whether nothing is changed.
    pub fn is_neutral(&self) -> bool {
        self.neutral
    }

    /// Up to [`CONTROL_INTERVAL`] frames, in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        if self.neutral {
            return;
        }
        for (shelf, _) in self.shelves.iter_mut().zip(&self.runs).filter(|(_, runs)| **runs) {
            shelf.run(frames);
        }
        for frame in frames {
            let [left, right] = self.top.each_mut().map(Ramp::advance);
            *frame = [left * frame[0], right * frame[1]];
        }
    }
}

/// As in [`shelf`], for each crossover between bands with these `gains`: a, and how far its poles lie below it.
#[inline(always)]
fn corners<const N: usize>(gains: &[f32; N]) -> ([f32; N], [f32; N]) {
    let (mut a, mut poles) = ([1.0; N], [1.0; N]);
    for i in 0..N {
        let ratio = gains[i] / gains[(i + 1).min(N - 1)];
        a[i] = ratio.sqrt().sqrt();
        poles[i] = 1.0 / a[i].sqrt();
    }
    (a, poles)
}

//! The filter that a side signal goes through: another gain in each band, and nothing at the bottom.
//!
//! A two-pole filter at a crossover with the numerator h s² + √(l h) k s + l weighs what is below by l and what is above
//! by h. With l = h it is that gain and nothing else, and with one of them zero it falls by 12 dB/oct. Four bands are
//! the three outputs of such a filter at the middle crossover, which add up to its input, each weighed again at the
//! outer ones. So any widths, zero included, are one filter without latency, and equal ones change nothing.

use super::settings::{BANDS, ImagerSettings, LOWEST_MONO_HZ};
use crate::block::band_gains::{ordered, tangent};
use crate::block::complex::{self, Complex};
use crate::block::svf::{self, Design, LaneCoefs, Section};
use crate::smooth::Glide;
use crate::units::{hz_to_octaves, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::SQRT_2;

/// The square root of the most that the middle output is weighed by at an outer crossover: beyond it the bands beside
/// the middle one are so narrow in comparison that it is not heard.
const MOST_ROOT: f64 = 14.0;

/// What is set, in the domains in which it glides.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Square root of each band's linear gain: that of two neighbours is the product of theirs, and so has no corner
    /// where one of them reaches zero.
    root: [f64; BANDS],
    /// Octaves above 1 Hz.
    crossover: [f64; BANDS - 1],
    /// Octaves above 1 Hz.
    mono: f64,
    /// Square root of the gain of what is below `mono`: 1 where that is off.
    below: f64,
}

impl Shape {
    fn new(settings: &ImagerSettings) -> Self {
        Self {
            root: settings.width_percent.map(|percent| (percent / 100.0).sqrt()),
            crossover: ordered(settings.crossover_hz).map(hz_to_octaves),
            mono: hz_to_octaves(settings.mono_hz),
            below: if settings.mono_hz > LOWEST_MONO_HZ { 0.0 } else { 1.0 },
        }
    }

    fn flat(self) -> [f64; PLACES] {
        let ([a, b, c, d], [e, f, g]) = (self.root, self.crossover);
        [a, b, c, d, e, f, g, self.mono, self.below]
    }

    fn from_flat([a, b, c, d, e, f, g, mono, below]: [f64; PLACES]) -> Self {
        Self { root: [a, b, c, d], crossover: [e, f, g], mono, below }
    }

    fn neutral(&self) -> bool {
        self.root == [1.0; BANDS] && self.below == 1.0
    }
}

/// Values in a [`Shape`].
const PLACES: usize = 9;

/// The designs of every part; see the module's text.
struct Designs {
    low: Design,
    high: Design,
    outer: [Design; 2],
    /// What the far outer crossover takes of the low and of the high output.
    across: [Design; 2],
    middle: Design,
    beside: [Design; 2],
    mono: Design,
}

impl Designs {
    fn new(shape: &Shape, rate: f64) -> Self {
        let tangent = |octaves: f64| tangent(octaves_to_hz(octaves), rate);
        let [g1, g2, g3] = shape.crossover.map(tangent);
        let [r1, r2, r3, r4] = shape.root;
        let ratio = |outer: f64, inner: f64| (outer / inner.max(1e-6)).min(MOST_ROOT);
        Self {
            low: part([1.0, 0.0, 0.0], g2),
            high: part([0.0, 0.0, 1.0], g2),
            outer: [weighed(r1, r2, g1), weighed(r3, r4, g3)],
            across: [weighed(1.0, ratio(r4, r3).min(1.0), g3), weighed(ratio(r1, r2).min(1.0), 1.0, g1)],
            middle: part([0.0, r2 * r3, 0.0], g2),
            beside: [weighed(ratio(r1, r2), 1.0, g1), weighed(1.0, ratio(r4, r3), g3)],
            mono: weighed(shape.below, 1.0, tangent(shape.mono)),
        }
    }

    fn response(&self, rate: f64, freq_hz: f64) -> Complex {
        let at = |design: &Design| design.response(rate, freq_hz);
        let [low, high] = [(&self.low, 0), (&self.high, 1)]
            .map(|(output, i)| complex::mul(at(output), complex::mul(at(&self.outer[i]), at(&self.across[i]))));
        let middle = complex::mul(at(&self.middle), complex::mul(at(&self.beside[0]), at(&self.beside[1])));
        complex::mul(complex::add(middle, complex::add(low, high)), at(&self.mono))
    }

    fn each(&self) -> [LaneCoefs; SECTIONS] {
        let lanes = |left: &Design, right: &Design| {
            let (left, right) = (left.coefs(), right.coefs());
            std::array::from_fn(|i| [left[i], right[i]])
        };
        [
            lanes(&self.low, &self.high),
            lanes(&self.outer[0], &self.outer[1]),
            lanes(&self.across[0], &self.across[1]),
            lanes(&self.middle, &self.middle),
            lanes(&self.beside[0], &self.beside[0]),
            lanes(&self.beside[1], &self.beside[1]),
            lanes(&self.mono, &self.mono),
        ]
    }
}

/// Sections that a side signal goes through.
const SECTIONS: usize = 7;

/// A part of the input of a two-pole Butterworth filter with tan(π fc / rate) = `g`: what of its low, middle and high
/// output. All of each add up to the input.
fn part([low, middle, high]: [f64; 3], g: f64) -> Design {
    Design { b: [low * g * g, middle * SQRT_2 * g, high], a: [g * g, SQRT_2 * g] }
}

/// What is below weighed by `low`², what is above by `high`².
fn weighed(low: f64, high: f64, g: f64) -> Design {
    part([low * low, low * high, high * high], g)
}

/// Gain in dB that the side signal has at `freq_hz` with `settings`.
pub fn side_db(settings: &ImagerSettings, rate: f64, freq_hz: f64) -> f64 {
    crate::units::power_to_db(complex::power(Designs::new(&Shape::new(settings), rate).response(rate, freq_hz)))
}

/// The filter, running.
#[derive(Clone, Debug, Default)]
pub struct Side {
    rate: f64,
    glides: [Glide; PLACES],
    sections: [Section; SECTIONS],
    /// Whether the next control tick sets the sections at once.
    fresh: bool,
    moving: bool,
    /// Whether the input passes as it is.
    neutral: bool,
    ring: usize,
    ticks: u32,
}

/// Control ticks between two looks for states that have all but died away.
const TICKS_A_FLUSH: u32 = 256;

impl Side {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.glides.iter_mut().for_each(|glide| glide.prepare(rate));
        self.reset();
    }

    /// Forgets the past; the next [`set`](Self::set) jumps.
    pub fn reset(&mut self) {
        self.glides.iter_mut().for_each(Glide::reset);
        self.sections.iter_mut().for_each(Section::clear);
        (self.fresh, self.moving, self.neutral) = (true, false, true);
    }

    /// Aims at `settings`.
    pub fn set(&mut self, settings: &ImagerSettings) {
        let shape = Shape::new(settings);
        for (glide, to) in self.glides.iter_mut().zip(shape.flat()) {
            glide.aim(to);
        }
        self.moving = true;
        let designs = Designs::new(&shape, self.rate);
        let slowest = [&designs.low, &designs.outer[0], &designs.mono].map(|design| design.ring_frames(120.0));
        self.ring = slowest.into_iter().sum::<f64>().min(10.0 * self.rate) as usize;
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(TICKS_A_FLUSH) {
            self.sections.iter_mut().for_each(Section::flush);
        }
        if !self.moving {
            return;
        }
        let arrived = !self.glides.iter().any(Glide::moving);
        let shape = Shape::from_flat(self.glides.each_mut().map(Glide::step));
        let neutral = arrived && shape.neutral();
        if self.neutral && !neutral && !self.fresh {
            // What it would ring with is from another time; at unity gain a start from silence is not heard.
            self.sections.iter_mut().for_each(Section::clear);
            let unity = Shape { root: [1.0; BANDS], below: 1.0, ..shape };
            self.jump(&unity);
        }
        self.neutral = neutral;
        self.moving = !arrived;
        if arrived || self.fresh {
            self.jump(&shape);
        } else {
            let coefs = Designs::new(&shape, self.rate).each();
            self.sections.iter_mut().zip(coefs).for_each(|(section, coefs)| section.aim(coefs));
        }
        self.fresh = false;
    }

    fn jump(&mut self, shape: &Shape) {
        let coefs = Designs::new(shape, self.rate).each();
        self.sections.iter_mut().zip(coefs).for_each(|(section, coefs)| section.jump(coefs));
    }

    /// What to add to the side signal of `frames`, half the difference of left and right, in `change`: nothing where
    /// `None`. Up to [`CONTROL_INTERVAL`] frames.
    pub fn run(&mut self, frames: &[Frame]) -> Option<[f64; CONTROL_INTERVAL]> {
        if self.neutral {
            return None;
        }
        let length = frames.len();
        let mut side = [0.0; CONTROL_INTERVAL];
        for (side, frame) in side.iter_mut().zip(frames) {
            *side = 0.5 * (frame[0] - frame[1]);
        }
        let mut outer = side.map(|x| [x; 2]);
        let mut middle = outer;
        let [split, weigh, across, band, below, above, mono] = &mut self.sections;
        for section in [split, weigh, across] {
            svf::run(section, &mut outer[..length]);
        }
        for section in [band, below, above] {
            svf::run(section, &mut middle[..length]);
        }
        for (middle, outer) in middle.iter_mut().zip(&outer) {
            *middle = [outer[0] + outer[1] + middle[0]; 2];
        }
        svf::run(mono, &mut middle[..length]);
        for (side, after) in side.iter_mut().zip(&middle) {
            *side = after[0] - *side;
        }
        Some(side)
    }

    /// Frames in which what it rings with falls by 120 dB.
    pub fn ring(&self) -> usize {
        if self.neutral { 0 } else { self.ring }
    }

    /// Whether no control is on its way.
    pub fn is_settled(&self) -> bool {
        !self.moving
    }
}

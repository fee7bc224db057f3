//! A band's own range of the sound, by itself: what its detector hears, and what is heard while it is listened to.

use super::filter::{HIGHEST, Point};
use super::run::{Domain, Run};
use super::{Placement, Shape};
use crate::Frame;
use crate::block::analog::Analog;
use crate::block::svf::{self, Design, Section};
use crate::smooth::Glide;
use crate::units::{hz_to_octaves, octaves_to_hz};

/// Quality of the filters that go with shelves: Butterworth.
const CUT_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// A filter over the range that a band works on: a band-pass with its frequency and Q, for shelves everything on their
/// side of their frequency (12 dB/oct), for a tilt everything above.
#[derive(Clone, Debug, Default)]
pub struct Focus {
    shape: Shape,
    placement: Placement,
    octaves: Glide,
    /// Its binary logarithm.
    q: Glide,
    section: Section,
    rate: f64,
    /// Whether it has not been set since the last reset.
    fresh: bool,
}

impl Focus {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.octaves.prepare(rate);
        self.q.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next `set` jumps.
    pub fn reset(&mut self) {
        self.octaves.reset();
        self.q.reset();
        self.section.clear();
        self.fresh = true;
    }

    /// Glides to a band's point; to another shape or placement it jumps.
    pub fn set(&mut self, shape: Shape, placement: Placement, point: &Point) {
        if (shape, placement) != (self.shape, self.placement) {
            self.reset();
        }
        (self.shape, self.placement) = (shape, placement);
        self.octaves.aim(hz_to_octaves(point.freq_hz.min(HIGHEST * self.rate)));
        self.q.aim(point.q.log2());
        if std::mem::replace(&mut self.fresh, false) {
            self.section.jump(self.coefs());
        }
    }

    /// A control tick: whether it moves.
    pub fn control(&mut self) -> bool {
        let moves = self.octaves.moving() || self.q.moving();
        if moves {
            self.octaves.step();
            self.q.step();
            self.section.aim(self.coefs());
        } else if self.section.is_moving() {
            self.section.jump(self.coefs());
        }
        self.section.flush();
        moves
    }

    /// Where it listens now, in Hz.
    pub fn freq_hz(&self) -> f64 {
        octaves_to_hz(self.octaves.now())
    }

    /// Turns left and right into what the band works on: left and right, or mid and side.
    pub fn enter(&self, frames: &mut [Frame]) {
        Run::new(frames).turn(Domain::of(self.placement));
    }

    /// Filters what [`enter`](Self::enter) gives, both lanes.
    pub fn run(&mut self, frames: &mut [Frame]) {
        svf::run(&mut self.section, frames);
    }

    /// Of both lanes the values that the band works on.
    pub fn pick(&self, [a, b]: [f64; 2]) -> [f64; 2] {
        let [works_a, works_b] = self.placement.lanes();
        [if works_a { a } else { 0.0 }, if works_b { b } else { 0.0 }]
    }

    /// Turns the lanes that the band works on back into left and right.
    pub fn leave(&self, frames: &mut [Frame]) {
        frames.iter_mut().for_each(|frame| *frame = self.pick(*frame));
        Run::within(frames, Domain::of(self.placement)).finish();
    }

    fn coefs(&self) -> [Frame; 6] {
        let q = self.q.now().exp2();
        let analog = match self.shape {
            Shape::LowShelf => Analog::low_pass(CUT_Q),
            Shape::HighShelf | Shape::Tilt => Analog::high_pass(CUT_Q),
            Shape::Bell | Shape::Notch | Shape::BandPass => Analog::band_pass(q),
        };
        let g = (std::f64::consts::PI * self.freq_hz() / self.rate).tan();
        Design::bilinear(&analog, g).coefs().map(|c| [c; 2])
    }
}

//! The way through a rack's modules, and how it changes while it plays.

use crate::Frame;
use crate::control::Sequence;
use crate::order::{Order, PLACES};
use crate::smooth::Gain;

/// The way through the modules that can be reordered. A change fades out, switches, and fades in once what the modules
/// delay has gone through them in the new order.
#[derive(Clone, Debug, Default)]
pub struct Route {
    now: Way,
    wanted: Way,
    phase: Phase,
    /// 1 where the modules are heard, 0 while nothing is.
    heard: Gain,
}

/// Where a change of the order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// Heard, or fading in.
    #[default]
    Heard,
    /// Fading out.
    Leaving,
    /// Nothing is heard while the delays fill.
    Filling { frames_left: usize },
}

/// The places that have a module, first to process first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Way {
    places: [u8; PLACES],
    count: usize,
}

impl Way {
    fn of(order: Order, sequence: &Sequence) -> Self {
        let mut way = Self::default();
        for place in *order.places() {
            if sequence.modules[place as usize].is_some() {
                way.places[way.count] = place;
                way.count += 1;
            }
        }
        way
    }
}

impl Route {
    /// Readies for `rate` in Hz and the natural order of `sequence`; the next [`aim`](Self::aim) jumps.
    pub fn prepare(&mut self, rate: f64, sequence: &Sequence) {
        self.now = Way::of(Order::default(), sequence);
        self.wanted = self.now;
        self.heard.prepare(rate);
        self.phase = Phase::Heard;
    }

    /// The next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        self.heard.reset();
        self.phase = Phase::Heard;
    }

    /// Sets the order of `sequence` to come to; one that differs in empty places alone is the same.
    pub fn aim(&mut self, order: Order, sequence: &Sequence) {
        self.wanted = Way::of(order, sequence);
        if self.heard.fresh() {
            self.now = self.wanted;
            self.heard.aim(1.0);
        }
    }

    /// A control tick. `delay_frames` is what the modules delay together. Returns whether the order is another one from
    /// here on.
    pub fn control(&mut self, delay_frames: usize) -> bool {
        let before = self.now;
        match self.phase {
            // Not before the last fade in is over: a fade that turns round bends, and that is heard.
            Phase::Heard if self.now != self.wanted && self.heard.steady() == Some(1.0) => {
                self.heard.aim(0.0);
                self.phase = Phase::Leaving;
            }
            Phase::Filling { frames_left: 0 } if self.now == self.wanted => {
                self.heard.aim(1.0);
                self.phase = Phase::Heard;
            }
            Phase::Filling { frames_left: 0 } => self.switch(delay_frames),
            _ => {}
        }
        self.heard.control();
        if self.phase == Phase::Leaving && self.heard.steady() == Some(0.0) {
            self.switch(delay_frames);
        }
        self.now != before
    }

    /// The places to run through, first to process first.
    #[inline(always)]
    pub fn places(&self) -> impl Iterator<Item = u8> + use<> {
        self.now.places.into_iter().take(self.now.count)
    }

    /// What comes out of the modules, up to the next control tick.
    #[inline(always)]
    pub fn run(&mut self, frames: &mut [Frame]) {
        if self.heard.steady() != Some(1.0) {
            self.fade(frames);
        }
    }

    /// Whether no change is under way.
    pub fn is_settled(&self) -> bool {
        self.phase == Phase::Heard && self.now == self.wanted && self.heard.steady().is_some()
    }

    fn switch(&mut self, delay_frames: usize) {
        self.now = self.wanted;
        self.phase = Phase::Filling { frames_left: delay_frames };
    }

    fn fade(&mut self, frames: &mut [Frame]) {
        if let Phase::Filling { frames_left } = &mut self.phase {
            *frames_left = frames_left.saturating_sub(frames.len());
        }
        for frame in frames {
            let gain = self.heard.advance();
            *frame = frame.map(|x| gain * x);
        }
    }
}

//! A shelf of one pole, and its exact inverse: what goes before a curve and comes off after it.

use crate::Frame;
use crate::smooth::Ramp;

/// A shelf: gains below and above, and where its pole is, as tan(π f / rate).
///
/// H(w) = (high w + low g) / (w + g) with w = j tan(π f / rate).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shelf {
    /// Gain far below, linear.
    pub low: f64,
    /// Gain far above, linear.
    pub high: f64,
    /// Of its pole.
    pub g: f64,
}

impl Shelf {
    /// The one that takes off what this one puts on: poles and zeros swapped.
    pub fn inverse(&self) -> Self {
        Self { low: 1.0 / self.low, high: 1.0 / self.high, g: self.g * self.low / self.high }
    }

    /// Whether everything passes as it is.
    pub fn is_flat(&self) -> bool {
        self.low == 1.0 && self.high == 1.0
    }

    /// Gain at w = j `t`, `t` = tan(π f / rate), linear.
    pub fn gain(&self, t: f64) -> f64 {
        f64::hypot(self.high * t, self.low * self.g) / f64::hypot(t, self.g)
    }
}

/// A running shelf: a one-pole low-pass with a trapezoidal integrator, and what it lets pass weighted.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunningShelf {
    high: Ramp,
    /// low - high.
    step: Ramp,
    /// Share of the way that the integrator goes: g / (1 + g).
    share: Ramp,
    state: Frame,
    flat: bool,
}

/// Below this a state is silence (-600 dB).
const SMALLEST: f64 = 1e-30;

impl RunningShelf {
    /// Forgets the past.
    pub fn clear(&mut self) {
        self.state = [0.0; 2];
    }

    /// Is `shelf` at once.
    pub fn jump(&mut self, shelf: &Shelf) {
        self.high.jump(shelf.high);
        self.step.jump(shelf.low - shelf.high);
        self.share.jump(shelf.g / (1.0 + shelf.g));
        self.flat = shelf.is_flat();
    }

    /// Runs so as to be `shelf` at the next control tick; `moves` says whether it is not yet.
    pub fn aim(&mut self, shelf: &Shelf, moves: bool) {
        if !moves {
            return self.jump(shelf);
        }
        self.high.aim(shelf.high);
        self.step.aim(shelf.low - shelf.high);
        self.share.aim(shelf.g / (1.0 + shelf.g));
        self.flat = false;
    }

    /// At a control tick: silences what has all but died away.
    pub fn flush(&mut self) {
        if self.state[0].abs().max(self.state[1].abs()) < SMALLEST {
            self.clear();
        }
    }

    /// Runs over frames in place.
    #[inline(always)]
    pub fn run(&mut self, frames: &mut [Frame]) {
        if self.flat {
            return;
        }
        let (mut high, mut step, mut share, mut state) = (self.high, self.step, self.share, self.state);
        for frame in frames {
            let (high, step, share) = (high.advance(), step.advance(), share.advance());
            let (way, keep) = (2.0 * share, 1.0 - 2.0 * share);
            for lane in 0..2 {
                let low = state[lane] + share * (frame[lane] - state[lane]);
                // Twice that way, written for the fewest operations from state to state.
                state[lane] = keep * state[lane] + way * frame[lane];
                frame[lane] = high * frame[lane] + step * low;
            }
        }
        (self.high, self.step, self.share, self.state) = (high, step, share, state);
    }
}

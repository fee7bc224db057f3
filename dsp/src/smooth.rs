//! Moving from one value to another without a sound of its own.

use crate::CONTROL_INTERVAL;

/// How long a control takes to arrive: a raised cosine, run linearly between control ticks.
///
/// What such a move leaves above 4 kHz comes from the straight lines and falls with the square of this time. Of a
/// full-scale sine, 24 ms leave about -91 dBFS of a 6 dB step and -82 dBFS of turning the polarity over; a smoother
/// curve of the same length leaves more, as it bends more in its middle.
pub const GLIDE_MS: f64 = 24.0;

/// A value on its way along a raised cosine, stepped once a control tick, in the domain it is given in (dB, log Hz).
#[derive(Clone, Copy, Debug, Default)]
pub struct Glide {
    from: f64,
    to: f64,
    now: f64,
    /// Control ticks left; 0 = arrived.
    left: u32,
    length: u32,
    /// Whether the next aim jumps.
    fresh: bool,
}

impl Glide {
    /// Readies for `rate` Hz; the next [`aim`](Self::aim) jumps.
    pub fn prepare(&mut self, rate: f64) {
        self.length = (GLIDE_MS * 1e-3 * rate / CONTROL_INTERVAL as f64).round().max(1.0) as u32;
        self.reset();
    }

    /// The next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        self.fresh = true;
        self.left = 0;
        self.now = self.to;
    }

    /// Sets the target.
    pub fn aim(&mut self, to: f64) {
        if self.fresh {
            *self = Self { from: to, to, now: to, left: 0, length: self.length, fresh: false };
        } else if to != self.to {
            *self = Self { from: self.now, to, left: self.length, ..*self };
        }
    }

    /// A control tick: the value that holds one interval later.
    pub fn step(&mut self) -> f64 {
        self.advance(1)
    }

    /// So many control ticks at once: the value that holds as many intervals later.
    pub fn advance(&mut self, ticks: u32) -> f64 {
        if self.left > 0 {
            self.left = self.left.saturating_sub(ticks);
            let way = 1.0 - f64::from(self.left) / f64::from(self.length);
            self.now = if self.left == 0 { self.to } else { self.from + (self.to - self.from) * raised_cosine(way) };
        }
        self.now
    }

    /// The value at the last control tick.
    pub fn now(&self) -> f64 {
        self.now
    }

    /// Where it is going.
    pub fn target(&self) -> f64 {
        self.to
    }

    /// Whether it still moves.
    pub fn moving(&self) -> bool {
        self.left > 0
    }
}

/// (1 - cos(π way)) / 2 within 0.00000003, from 0 to 1: ½ + ½ sin(π (way - ½)) by the series of the sine.
pub fn raised_cosine(way: f64) -> f64 {
    let x = std::f64::consts::PI * (way - 0.5);
    let s = x * x;
    let series = 1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0 * (1.0 - s / 110.0))));
    0.5 + 0.5 * x * series
}

/// A coefficient that runs linearly from one control tick to the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ramp {
    now: f64,
    step: f64,
}

impl Ramp {
    /// Is `value` at once.
    pub fn jump(&mut self, value: f64) {
        *self = Self { now: value, step: 0.0 };
    }

    /// Runs so as to be `value` in [`CONTROL_INTERVAL`] frames.
    pub fn aim(&mut self, value: f64) {
        self.step = (value - self.now) * (1.0 / CONTROL_INTERVAL as f64);
    }

    /// The next frame's value.
    #[inline(always)]
    pub fn advance(&mut self) -> f64 {
        self.now += self.step;
        self.now
    }

    /// The last frame's value.
    pub fn now(&self) -> f64 {
        self.now
    }
}

/// A linear gain on its way: a [`Glide`] at the control ticks, a [`Ramp`] between them. May reach zero or change sign.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gain {
    glide: Glide,
    ramp: Ramp,
}

impl Gain {
    /// Readies for `rate` Hz; the next [`aim`](Self::aim) jumps.
    pub fn prepare(&mut self, rate: f64) {
        self.glide.prepare(rate);
    }

    /// The next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        self.glide.reset();
    }

    /// Sets the target, a linear gain.
    pub fn aim(&mut self, gain: f64) {
        let jumps = self.glide.fresh;
        self.glide.aim(gain);
        if jumps {
            self.ramp.jump(gain);
        }
    }

    /// A control tick.
    pub fn control(&mut self) {
        if self.glide.moving() {
            self.ramp.aim(self.glide.step());
        } else {
            self.ramp.jump(self.glide.now());
        }
    }

    /// The next frame's gain.
    #[inline(always)]
    pub fn advance(&mut self) -> f64 {
        self.ramp.advance()
    }

    /// The gain of every frame up to the next control tick, if it is the same for all.
    #[inline(always)]
    pub fn steady(&self) -> Option<f64> {
        (self.ramp.step == 0.0).then_some(self.ramp.now)
    }

    /// Where it is going.
    pub fn target(&self) -> f64 {
        self.glide.target()
    }

    /// Whether the next [`aim`](Self::aim) jumps.
    pub fn fresh(&self) -> bool {
        self.glide.fresh
    }
}

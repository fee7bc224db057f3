//! Moving from one value to another without a sound of its own.

use crate::CONTROL_INTERVAL;
use std::f64::consts::PI;

/// How long a control takes to arrive: a raised cosine, run linearly between control ticks.
///
/// What such a move leaves above 4 kHz comes from the straight lines and falls with the square of this time. Of a
/// full-scale sine, 24 ms leave about -91 dBFS of a 6 dB step and -82 dBFS of turning the polarity over; a smoother
/// curve of the same length leaves more, as it bends more in its middle.
pub const GLIDE_MS: f64 = 24.0;

/// A value on its way along a raised cosine, stepped once a control tick, in the domain it is given in (dB, log Hz).
///
/// Aimed elsewhere on its way, it sets off from where it would come to rest, and the rest of the old way runs out beside
/// the new one: it keeps its speed, without a kink, and never leaves the range of where it has been aimed at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glide {
    /// Where it would be at rest but for the last aim.
    from: f64,
    to: f64,
    now: f64,
    /// How much of the way it has gone, 0 to 1, while it moves.
    gone: f64,
    /// Control ticks left; 0 = arrived.
    left: u32,
    length: u32,
    /// Whether the next aim jumps.
    fresh: bool,
    /// A control tick's part of the time that it takes.
    tick: f64,
    /// How far the old way runs on from the last aim, along a parabola.
    run_out: f64,
    /// A control tick's part of the time that this takes.
    brake: f64,
}

impl Glide {
    /// Readies for `rate` Hz; the next [`aim`](Self::aim) jumps.
    pub fn prepare(&mut self, rate: f64) {
        self.length = (GLIDE_MS * 1e-3 * rate / CONTROL_INTERVAL as f64).round().max(1.0) as u32;
        self.tick = 1.0 / f64::from(self.length);
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
            *self = Self { from: to, to, now: to, length: self.length, tick: self.tick, ..Self::default() };
        } else if to != self.to {
            (self.run_out, self.brake) = self.run_out();
            (self.from, self.to, self.left, self.gone) = (self.now + self.run_out, to, self.length, 0.0);
        }
    }

    /// How far what moves now runs on until it stands, with a steady brake, and a control tick's part of that time.
    fn run_out(&self) -> (f64, f64) {
        if self.left == 0 {
            return (0.0, 0.0);
        }
        let ahead = self.ahead();
        // The raised cosine's slope: π/2 sin(π way) = π √(gone (1 - gone)).
        let slope = PI * (self.gone * (1.0 - self.gone)).max(0.0).sqrt();
        let speed = slope * (self.to - self.from) * self.tick + 2.0 * self.run_out * ahead * self.brake;
        // Both where the last aim leads and where the old way ends lie in the range that it is not to leave.
        let (new, old) = (self.to - self.now, self.run_out * ahead * ahead);
        let room = if speed > 0.0 { new.max(old) } else { new.min(old) };
        let brake = (0.5 * speed / room).max(self.tick);
        // What stops within a control tick stands already.
        if brake < 1.0 { (0.5 * speed / brake, brake) } else { (0.0, 0.0) }
    }

    /// A control tick: the value that holds one interval later.
    pub fn step(&mut self) -> f64 {
        self.advance(1)
    }

    /// So many control ticks at once: the value that holds as many intervals later.
    pub fn advance(&mut self, ticks: u32) -> f64 {
        if self.left > 0 {
            self.left = self.left.saturating_sub(ticks);
            let ahead = self.ahead();
            self.gone = raised_cosine(1.0 - f64::from(self.left) * self.tick);
            self.now = if self.left == 0 {
                self.to
            } else {
                self.from + (self.to - self.from) * self.gone - self.run_out * ahead * ahead
            };
        }
        self.now
    }

    /// How much of the time is left in which the old way runs out, 1 to 0.
    fn ahead(&self) -> f64 {
        (1.0 - f64::from(self.length - self.left) * self.brake).max(0.0)
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
    /// Each term's factor over the one before, so that none is divided by: 1 / (2 · 3), 1 / (4 · 5) ...
    const TERMS: [f64; 5] = [1.0 / 6.0, 1.0 / 20.0, 1.0 / 42.0, 1.0 / 72.0, 1.0 / 110.0];
    let x = PI * (way - 0.5);
    let s = x * x;
    let series = TERMS.iter().rev().fold(1.0, |series, term| 1.0 - s * term * series);
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

    /// Whether the next frame's value is another one.
    #[inline(always)]
    pub fn is_moving(&self) -> bool {
        self.step != 0.0
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

    /// Where it is for good, if it has arrived.
    pub fn settled(&self) -> Option<f64> {
        self.steady().filter(|now| *now == self.target())
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

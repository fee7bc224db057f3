//! A gliding 2×2 matrix: every linear treatment of level, polarity, channels, width and pan is one, so each of them
//! moves without a click.

use crate::Frame;
use crate::smooth::Gain;

/// From left and right input (inner index) to left and right output (outer index).
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    gains: [[Gain; 2]; 2],
}

impl Matrix {
    /// Readies for `rate` Hz; the next [`aim`](Self::aim) jumps.
    pub fn prepare(&mut self, rate: f64) {
        self.gains.as_flattened_mut().iter_mut().for_each(|gain| gain.prepare(rate));
    }

    /// The next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        self.gains.as_flattened_mut().iter_mut().for_each(Gain::reset);
    }

    /// Sets the target, linear gains.
    pub fn aim(&mut self, target: [[f64; 2]; 2]) {
        for (gain, to) in self.gains.as_flattened_mut().iter_mut().zip(target.as_flattened()) {
            gain.aim(*to);
        }
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.gains.as_flattened_mut().iter_mut().for_each(Gain::control);
    }

    /// One frame.
    #[inline(always)]
    pub fn tick(&mut self, [left, right]: Frame) -> Frame {
        self.gains.each_mut().map(|[from_left, from_right]| from_left.advance() * left + from_right.advance() * right)
    }

    /// A run between two control ticks, in place: as [`tick`](Self::tick), faster where nothing moves.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let [[a, b], [c, d]] = self.gains.each_ref().map(|row| row.each_ref().map(Gain::steady));
        let (Some(a), Some(b), Some(c), Some(d)) = (a, b, c, d) else {
            for frame in frames {
                *frame = self.tick(*frame);
            }
            return;
        };
        if [a, b, c, d] == [1.0, 0.0, 0.0, 1.0] {
            return;
        }
        if [b, c] == [0.0; 2] {
            for frame in frames {
                *frame = [a * frame[0], d * frame[1]];
            }
            return;
        }
        for frame in frames {
            let [left, right] = *frame;
            *frame = [a * left + b * right, c * left + d * right];
        }
    }
}

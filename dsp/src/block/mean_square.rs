//! The mean of the square over a window with straight edges.

use crate::units::ms_to_frames;
use crate::{CONTROL_INTERVAL, Frame};

/// The highest magnitude that is squared: +600 dBFS, so that no square is infinite.
const HIGHEST: f64 = 1e30;

/// Mean square of each channel over a window of whole control intervals.
///
/// A sum that only ever adds what comes and subtracts what goes would keep its rounding errors for ever; this one is
/// summed anew once a window.
#[derive(Clone, Debug, Default)]
pub struct MeanSquare {
    /// Sums of the squares of past intervals; the first `length` places are in use.
    ring: Box<[Frame]>,
    at: usize,
    length: usize,
    sum: Frame,
    /// Sum of what came since the ring began anew.
    anew: Frame,
    /// Of the interval that is not over yet.
    now: Frame,
}

impl MeanSquare {
    /// Readies for windows up to `longest_ms` at `rate` Hz. Allocates, and clears the past.
    pub fn prepare(&mut self, longest_ms: f64, rate: f64) {
        self.ring = vec![[0.0; 2]; intervals(longest_ms, rate)].into_boxed_slice();
        self.length = self.length.clamp(1, self.ring.len());
        self.restart([0.0; 2]);
    }

    /// A window of `window_ms`; if that changes it, the window is filled with the mean so far.
    pub fn set(&mut self, window_ms: f64, rate: f64) {
        let length = intervals(window_ms, rate).clamp(1, self.ring.len().max(1));
        if length != self.length {
            let mean = self.mean();
            self.length = length;
            self.restart(mean);
        }
    }

    /// As if the whole window had been at `mean`.
    pub fn restart(&mut self, mean: Frame) {
        let sum = mean.map(|m| m * CONTROL_INTERVAL as f64);
        self.ring.iter_mut().take(self.length).for_each(|slot| *slot = sum);
        self.sum = sum.map(|s| s * self.length as f64);
        (self.at, self.anew, self.now) = (0, [0.0; 2], [0.0; 2]);
    }

    /// Looks at a run of frames.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame]) {
        for frame in frames {
            for (now, x) in self.now.iter_mut().zip(frame) {
                let x = x.clamp(-HIGHEST, HIGHEST);
                *now += x * x;
            }
        }
    }

    /// A control tick: the interval is over.
    pub fn control(&mut self) {
        let Some(slot) = self.ring.get_mut(self.at) else { return };
        let new = std::mem::take(&mut self.now);
        let old = std::mem::replace(slot, new);
        self.anew = [0, 1].map(|lane| self.anew[lane] + new[lane]);
        self.sum = [0, 1].map(|lane| (self.sum[lane] + new[lane] - old[lane]).max(0.0));
        self.at += 1;
        if self.at >= self.length {
            (self.at, self.sum, self.anew) = (0, self.anew, [0.0; 2]);
        }
    }

    /// The mean over the window that ended at the last control tick.
    pub fn mean(&self) -> Frame {
        self.sum.map(|sum| sum / (self.length.max(1) * CONTROL_INTERVAL) as f64)
    }
}

/// Control intervals in `ms` at `rate` Hz; at least one.
fn intervals(ms: f64, rate: f64) -> usize {
    (ms_to_frames(ms, rate) / CONTROL_INTERVAL as f64).round().max(1.0) as usize
}

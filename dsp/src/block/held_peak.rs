//! The highest magnitude of the last moments: a level that does not fall between the crests of a low note.

use super::magnitude::higher;
use crate::CONTROL_INTERVAL;
use crate::units::ms_to_frames;

/// The highest value over a window of whole control intervals and what has come of the present one.
#[derive(Clone, Debug, Default)]
pub struct HeldPeak {
    /// Highest of each past interval of the window.
    ring: Box<[f32]>,
    at: usize,
    /// Highest of all those.
    before: f32,
    /// Highest of the interval that is not over yet.
    now: f32,
}

impl HeldPeak {
    /// Readies for a window of `window_ms` at `rate` Hz. Allocates.
    pub fn prepare(&mut self, window_ms: f64, rate: f64) {
        let intervals = (ms_to_frames(window_ms, rate) / CONTROL_INTERVAL as f64).ceil().max(1.0);
        self.ring = vec![0.0; intervals as usize].into_boxed_slice();
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.ring.fill(0.0);
        (self.at, self.before, self.now) = (0, 0.0, 0.0);
    }

    /// A control tick: the interval is over.
    pub fn control(&mut self) {
        let Some(slot) = self.ring.get_mut(self.at) else { return };
        let new = std::mem::take(&mut self.now);
        let old = std::mem::replace(slot, new);
        self.at = if self.at + 1 == self.ring.len() { 0 } else { self.at + 1 };
        // Only where the highest one goes the others have to be looked at.
        self.before = if old < self.before {
            higher(self.before, new)
        } else {
            self.ring.iter().fold(0.0, |highest, value| higher(highest, *value))
        };
    }

    /// The highest of the window as it was at the last control tick: what the level will not be below until the next.
    pub fn least(&self) -> f32 {
        self.before
    }

    /// Each of the first `frames` values of a run becomes the highest of the window that ends with it.
    #[inline(always)]
    pub fn run(&mut self, values: &mut [f32; CONTROL_INTERVAL], frames: usize) {
        let before = higher(self.before, self.now);
        for step in [1, 2, 4, 8] {
            let earlier = *values;
            for i in step..CONTROL_INTERVAL {
                values[i] = higher(values[i], earlier[i - step]);
            }
        }
        self.now = higher(self.now, values[frames - 1]);
        for value in values {
            *value = higher(*value, before);
        }
    }

    /// As [`run`](Self::run) over values of which this is the highest: what the last one becomes.
    #[inline(always)]
    pub fn pass(&mut self, highest: f32) -> f32 {
        self.now = higher(self.now, highest);
        higher(self.before, self.now)
    }
}

//! The highest of the last values, for a window of any length.

use super::magnitude::higher_of;
use crate::CONTROL_INTERVAL;

/// Runs between two moves of the past to the front of its buffer.
const RUNS_A_MOVE: usize = 32;

/// Highest value of a window that ends with the newest, a whole run at a time, at a cost that grows with the logarithm
/// of the window: a level holds the highest of twice as many values as the one below it, and two values of a level
/// that overlap make any window in between.
#[derive(Clone, Debug, Default)]
pub struct SlidingMax {
    /// Level k: the highest of the last 2^k values, at every place.
    levels: Box<[Box<[f32]>]>,
    /// Where the next run goes, in every level.
    at: usize,
    /// Values before that which a window may reach.
    past: usize,
}

impl SlidingMax {
    /// Readies for windows of up to `longest` values. Allocates.
    pub fn prepare(&mut self, longest: usize) {
        let longest = longest.max(1);
        self.past = longest;
        let size = self.past + RUNS_A_MOVE * CONTROL_INTERVAL;
        self.levels = (0..=longest.ilog2()).map(|_| vec![0.0; size].into_boxed_slice()).collect();
        self.at = self.past;
    }

    /// Forgets the past: as if all values had been zero.
    pub fn reset(&mut self) {
        self.levels.iter_mut().for_each(|level| level.fill(0.0));
        self.at = self.past;
    }

    /// The same past as `other`, which was prepared alike.
    pub fn copy_past(&mut self, other: &Self) {
        for (level, other) in self.levels.iter_mut().zip(&other.levels) {
            level.copy_from_slice(other);
        }
        self.at = other.at;
    }

    /// Each value becomes the highest of itself and the `window` - 1 before it, at least 1 and at most the longest.
    #[inline(always)]
    pub fn run(&mut self, values: &mut [f32; CONTROL_INTERVAL], window: usize) {
        let at = self.at;
        let window = window.clamp(1, self.past.max(1));
        let top = (window.ilog2() as usize).min(self.levels.len().saturating_sub(1));
        let mut highest = *values;
        for (k, level) in self.levels.iter_mut().enumerate() {
            level[at..at + CONTROL_INTERVAL].copy_from_slice(&highest);
            let back = |places: usize| -> [f32; CONTROL_INTERVAL] {
                let before = &level[at - places..at - places + CONTROL_INTERVAL];
                std::array::from_fn(|i| before[i])
            };
            if k == top {
                *values = higher_of(&highest, &back(window - (1 << k)));
            }
            if 2 << k <= self.past {
                highest = higher_of(&highest, &back(1 << k));
            }
        }
        self.at += CONTROL_INTERVAL;
        if self.at + CONTROL_INTERVAL > self.past + RUNS_A_MOVE * CONTROL_INTERVAL {
            for level in &mut self.levels {
                level.copy_within(self.at - self.past..self.at, 0);
            }
            self.at = self.past;
        }
    }
}

//! From a level to what a gate takes of it.

use super::settings::{GateSettings, RATIO};
use crate::units::fast_db_to_gain;

/// The steepest there is: an infinite ratio takes the widest range within 0.08 dB.
const STEEPEST: f64 = 1e-3;

/// What decides the static curve, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Curve {
    /// Level from which on it opens, dBFS.
    pub threshold_db: f64,
    /// How far below that it closes.
    pub hysteresis_db: f64,
    /// ratio - 1: dB taken for each dB below the threshold.
    pub slope: f64,
    /// The most that is taken.
    pub range_db: f64,
}

/// The dials that glide.
pub(super) const GLIDING: usize = 4;

/// Which of them is the ratio.
pub(super) const RATIO_GLIDE: usize = 2;

impl Curve {
    /// What glides: threshold, hysteresis, one over the ratio, and range.
    pub fn gliding(settings: &GateSettings) -> [f64; GLIDING] {
        let GateSettings { threshold_db, hysteresis_db, ratio, range_db, .. } = *settings;
        let flat = if ratio >= RATIO.range.1 { STEEPEST } else { 1.0 / ratio.max(1.0) };
        [threshold_db, hysteresis_db, flat, range_db]
    }

    /// The curve where those stand.
    pub fn at([threshold_db, hysteresis_db, flat, range_db]: [f64; GLIDING]) -> Self {
        Self { threshold_db, hysteresis_db, slope: 1.0 / flat - 1.0, range_db }
    }

    /// Whether it never takes anything.
    pub fn is_neutral(&self) -> bool {
        self.slope == 0.0 || self.range_db == 0.0
    }

    /// What is taken of a level in dBFS while it is closed.
    pub fn closed_db(&self, level_db: f64) -> f64 {
        let taken_db = self.slope * (self.threshold_db - level_db);
        let taken_db = if taken_db > 0.0 { taken_db } else { 0.0 };
        if taken_db < self.range_db { taken_db } else { self.range_db }
    }

    /// The gain while it is closed, in f32 and fast.
    #[inline(always)]
    pub fn closed_gain(&self, level_db: f32) -> f32 {
        let taken_db = self.slope as f32 * (self.threshold_db as f32 - level_db);
        let taken_db = if taken_db > 0.0 { taken_db } else { 0.0 };
        let most_db = self.range_db as f32;
        fast_db_to_gain(if taken_db < most_db { -taken_db } else { -most_db })
    }

    /// The curve `part` (0 to 1) of the way to another.
    #[inline(always)]
    pub fn towards(&self, to: &Self, part: f64) -> Self {
        let between = |from: f64, to: f64| from + part * (to - from);
        Self {
            threshold_db: between(self.threshold_db, to.threshold_db),
            hysteresis_db: between(self.hysteresis_db, to.hysteresis_db),
            slope: between(self.slope, to.slope),
            range_db: between(self.range_db, to.range_db),
        }
    }
}

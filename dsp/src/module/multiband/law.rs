//! What a band's dynamics do with its level.

use super::settings::BandSettings;
use crate::block::knee::Knee;

/// Width of the corner at the threshold, dB.
const KNEE_DB: f64 = 6.0;

/// Gain over level, both in dB, without the band's own gain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Law {
    threshold_db: f64,
    /// Parts of what is over and of what is under the threshold that are taken or added.
    above: f64,
    below: f64,
    range_db: f64,
    knee: Knee,
}

impl Law {
    /// The law of a band's settings.
    pub fn new(settings: &BandSettings, range_db: f64) -> Self {
        Self {
            threshold_db: settings.threshold_db,
            above: settings.above_percent / 100.0,
            below: settings.below_percent / 100.0,
            range_db,
            knee: Knee::new(KNEE_DB),
        }
    }

    /// Gain in dB at a level in dB.
    pub fn gain_db(&self, level_db: f64) -> f64 {
        let over = level_db - self.threshold_db;
        let gain = self.below * self.knee.over_db(-over) - self.above * self.knee.over_db(over);
        gain.clamp(-self.range_db, self.range_db)
    }

    /// Whether a gain on its way from `now_db` to `to_db`, where the level stands, is on its way because the band got
    /// louder.
    pub fn rises(&self, level_db: f64, now_db: f64, to_db: f64) -> bool {
        let compresses = if level_db > self.threshold_db { self.above } else { self.below };
        (to_db - now_db) * compresses < 0.0
    }
}

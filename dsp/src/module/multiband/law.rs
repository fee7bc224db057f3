//! What a band's dynamics do with its level.

use super::settings::BandSettings;
use crate::block::knee::Knee;

/// Width of the corner at the threshold, dB.
const KNEE_DB: f64 = 6.0;

/// The corner.
pub(super) const KNEE: Knee = Knee::new(KNEE_DB);

/// Gain over level, both in dB, without the band's own gain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Law {
    pub(super) threshold_db: f64,
    /// Parts of what is over and of what is under the threshold that are taken or added.
    pub(super) above: f64,
    pub(super) below: f64,
    pub(super) range_db: f64,
}

impl Law {
    /// The law of a band's settings.
    pub fn new(settings: &BandSettings, range_db: f64) -> Self {
        Self {
            threshold_db: settings.threshold_db,
            above: settings.above_percent / 100.0,
            below: settings.below_percent / 100.0,
            range_db,
        }
    }

    /// Gain in dB at a level in dB.
    pub fn gain_db(&self, level_db: f64) -> f64 {
        let over = level_db - self.threshold_db;
        let gain = self.below * KNEE.over_db(-over) - self.above * KNEE.over_db(over);
        gain.clamp(-self.range_db, self.range_db)
    }
}

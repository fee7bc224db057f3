//! What gain would give back what a module took: measured, for a control to be set to and held at.

use super::ballistics::share;
use crate::units::{db_to_gain, power_to_db};

/// Over how much programme it measures.
const TIME_MS: f64 = 3_000.0;

/// Quieter than this is no programme.
const PROGRAMME_DB: f64 = -60.0;

/// Means of the power before and after, over the programme.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compensation {
    before: f64,
    after: f64,
    share: f64,
    /// Looks at programme since the start, as far as it matters.
    looks: u32,
    /// Looks in [`TIME_MS`].
    enough: u32,
    least: f64,
}

impl Compensation {
    /// Forgets the past, for so many looks a second.
    pub fn prepare(&mut self, looks_hz: f64) {
        let least = db_to_gain(PROGRAMME_DB);
        *self = Self {
            share: share(TIME_MS, looks_hz),
            enough: (TIME_MS * 1e-3 * looks_hz) as u32,
            least: least * least,
            ..Self::default()
        };
    }

    /// A look at the power before and after.
    pub fn look(&mut self, before: f64, after: f64) {
        if before > self.least {
            self.before += self.share * (before - self.before);
            self.after += self.share * (after - self.after);
            self.looks = self.looks.saturating_add(1);
        }
    }

    /// The gain in dB; `None` before three seconds of programme.
    pub fn gain_db(&self) -> Option<f64> {
        (self.looks >= self.enough && self.after > 0.0).then(|| power_to_db(self.before / self.after))
    }
}

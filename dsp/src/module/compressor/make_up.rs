//! What make-up gain would give back what was taken.

use crate::CONTROL_INTERVAL;
use crate::block::ballistics::share;
use crate::units::{db_to_gain, power_to_db};

/// Over how much programme it measures.
const TIME_MS: f64 = 3_000.0;

/// Quieter than this is no programme.
const PROGRAMME_DB: f64 = -60.0;

/// Control ticks between two looks: levels and reductions change little in between.
const TICKS: u32 = 16;

/// The mean gain of the programme, each moment weighted with its power: what the compression takes of the loudness.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MakeUp {
    before: f64,
    after: f64,
    share: f64,
    ticks: u32,
    /// Looks at programme since the start, as far as it matters.
    looks: u32,
    /// Looks in [`TIME_MS`].
    enough: u32,
}

impl MakeUp {
    /// Forgets the past, for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let looks = rate / f64::from(TICKS * CONTROL_INTERVAL as u32);
        *self = Self { share: share(TIME_MS, looks), enough: (TIME_MS * 1e-3 * looks) as u32, ..Self::default() };
    }

    /// A control tick, with the level of the key and the reduction in dB.
    pub fn control(&mut self, level_db: f32, reduction_db: f32) {
        self.ticks += 1;
        if self.ticks < TICKS {
            return;
        }
        self.ticks = 0;
        let level_db = f64::from(level_db);
        if level_db > PROGRAMME_DB {
            let (before, gain) = (db_to_gain(level_db), db_to_gain(-f64::from(reduction_db)));
            self.before += self.share * (before * before - self.before);
            self.after += self.share * ((before * gain).powi(2) - self.after);
            self.looks = self.looks.saturating_add(1);
        }
    }

    /// The gain in dB; `None` before three seconds of programme.
    pub fn gain_db(&self) -> Option<f64> {
        (self.looks >= self.enough && self.after > 0.0).then(|| power_to_db(self.before / self.after))
    }
}

//! The voice's own mean level: what esses are measured against.

use crate::CONTROL_INTERVAL;
use crate::block::ballistics::share;
use crate::units::{fast_power_to_db, power_to_db};

/// Over how long it takes the mean, in dB: longer than a syllable, so that no ess raises its own threshold by much.
const MEAN_MS: f64 = 1_000.0;

/// What is this far below the mean is a pause, and the mean waits.
const PAUSE_DB: f64 = 20.0;

/// How fast the mean falls while it waits, so that it finds a voice that has become much quieter for good, dB/s.
const WAIT_DB: f64 = 3.0;

/// How long a pause takes to be one.
const QUICK_MS: f64 = 10.0;

/// No voice is quieter than this: what is left in a pause is no ess.
const LOWEST_DB: f64 = -90.0;

/// The lowest power that is told from silence: -120 dBFS.
const LOWEST: f64 = 1e-12;

/// Frames after which it is looked at: far shorter than all of that.
pub(super) const INTERVAL: usize = 4 * CONTROL_INTERVAL;

/// Mean level of what is no pause.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Programme {
    quick: f64,
    mean_db: f64,
    /// Intervals of programme since the start, as far as they matter.
    ticks: f64,
    quick_share: f64,
    share: f64,
    wait_db: f64,
}

impl Programme {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let ticks = rate / INTERVAL as f64;
        (self.quick_share, self.share) = (share(QUICK_MS, ticks), share(MEAN_MS, ticks));
        self.wait_db = WAIT_DB / ticks;
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        (self.quick, self.mean_db, self.ticks) = (0.0, power_to_db(LOWEST), 0.0);
    }

    /// An interval is over; its mean power.
    pub fn control(&mut self, power: f64) {
        if self.ticks == 0.0 && power < LOWEST {
            return;
        }
        self.quick = if self.ticks == 0.0 { power } else { self.quick + self.quick_share * (power - self.quick) };
        if self.quick < LOWEST {
            // Silence is a pause for as long as it lasts.
            self.quick = if self.quick < LOWEST * LOWEST { 0.0 } else { self.quick };
            return;
        }
        let quick_db = f64::from(fast_power_to_db(self.quick as f32));
        if quick_db > self.mean_db - PAUSE_DB {
            // At first the mean of all that has been.
            self.ticks += 1.0;
            let share = if 1.0 / self.ticks > self.share { 1.0 / self.ticks } else { self.share };
            self.mean_db += share * (quick_db - self.mean_db);
        } else {
            self.mean_db -= self.wait_db;
        }
    }

    /// The mean level in dBFS; no less than a voice has, and full scale before there was any, when nothing is an ess yet.
    pub fn level_db(&self) -> f64 {
        if self.ticks == 0.0 { 0.0 } else { self.mean_db.max(LOWEST_DB) }
    }
}

//! What make-up gain would give back what was taken.

use crate::CONTROL_INTERVAL;
use crate::block::compensation::Compensation;
use crate::units::db_to_gain;

/// Control ticks between two looks: levels and reductions change little in between.
const TICKS: u32 = 16;

/// The mean gain of the programme, each moment weighted with its power: what the compression takes of the loudness.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MakeUp {
    mean: Compensation,
    ticks: u32,
}

impl MakeUp {
    /// Forgets the past, for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.ticks = 0;
        self.mean.prepare(rate / f64::from(TICKS * CONTROL_INTERVAL as u32));
    }

    /// A control tick, with the level of the key and the reduction in dB.
    pub fn control(&mut self, level_db: f32, reduction_db: f32) {
        self.ticks += 1;
        if self.ticks < TICKS {
            return;
        }
        self.ticks = 0;
        let (before, gain) = (db_to_gain(f64::from(level_db)), db_to_gain(-f64::from(reduction_db)));
        self.mean.look(before * before, (before * gain).powi(2));
    }

    /// The gain in dB; `None` before three seconds of programme.
    pub fn gain_db(&self) -> Option<f64> {
        self.mean.gain_db()
    }
}

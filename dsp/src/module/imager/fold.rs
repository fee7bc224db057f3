//! What summing to mono costs.

use crate::Frame;
use crate::meter::k_weighting::KWeighting;
use crate::units::power_to_db;
use crate::{CONTROL_INTERVAL, units::ms_to_frames};
use std::f64::consts::FRAC_1_SQRT_2;

/// Time constant of the averages.
const TIME_MS: f64 = 400.0;

/// Control ticks between two steps of the averages.
const TICKS_A_STEP: u32 = 8;

/// Mean power below this (-100 dB) is silence.
const SILENCE: f64 = 1e-10;

/// K-weighted power of (l + r)/√2 beside that of (l + r)/√2 and (l - r)/√2 together, which is that of both channels.
#[derive(Clone, Debug, Default)]
pub struct MonoFold {
    filter: KWeighting,
    sums: Frame,
    means: Frame,
    keep: f64,
    ticks: u32,
}

impl MonoFold {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.filter.prepare(rate);
        self.keep = (-f64::from(TICKS_A_STEP) * CONTROL_INTERVAL as f64 / ms_to_frames(TIME_MS, rate)).exp();
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.filter.reset();
        (self.sums, self.means, self.ticks) = ([0.0; 2], [0.0; 2], 0);
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.ticks += 1;
        if self.ticks == TICKS_A_STEP {
            self.ticks = 0;
            self.filter.flush();
            let scale = 1.0 / (f64::from(TICKS_A_STEP) * CONTROL_INTERVAL as f64);
            for (mean, sum) in self.means.iter_mut().zip(std::mem::take(&mut self.sums)) {
                let now = scale * sum;
                let next = now + self.keep * (*mean - now);
                *mean = if next > SILENCE * SILENCE { next } else { 0.0 };
            }
        }
    }

    /// Looks at up to [`CONTROL_INTERVAL`] frames.
    pub fn run(&mut self, frames: &[Frame]) {
        let mut turned = [[0.0; 2]; CONTROL_INTERVAL];
        for (turned, [left, right]) in turned.iter_mut().zip(frames) {
            *turned = [FRAC_1_SQRT_2 * (left + right), FRAC_1_SQRT_2 * (left - right)];
        }
        self.filter.run(&turned[..frames.len()], &mut self.sums);
    }

    /// How much louder left and right are together than folded to mono, in LU, zero or less; `None` in silence.
    pub fn loss_db(&self) -> Option<f64> {
        let [mid, side] = self.means;
        (mid + side > SILENCE).then(|| power_to_db(mid / (mid + side)))
    }
}

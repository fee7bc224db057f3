//! The triode's bias: what stays loud charges a capacitor, and that moves the bias.

use crate::CONTROL_INTERVAL;
use crate::block::ballistics::share;
use crate::block::magnitude::higher;

/// From here on the grid draws current, over the ceiling.
const GRID: f32 = 0.5;

/// How fast the capacitor charges and discharges.
const CHARGE_MS: f64 = 15.0;
const DISCHARGE_MS: f64 = 150.0;

/// How much smoother than the capacitor's voltage the bias is, so that no ripple of it modulates the sound.
const SMOOTH_MS: f64 = 25.0;

/// The most that it shifts the bias.
const MOST: f64 = 1.2;

/// Below this a charge is none.
const NOTHING: f64 = 1e-9;

/// The charge of one channel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shift {
    /// Current since the last control tick.
    current: f32,
    charge: f64,
    smooth: f64,
    up: f64,
    down: f64,
    share: f64,
}

impl Shift {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let ticks = rate / CONTROL_INTERVAL as f64;
        (self.up, self.down) = (share(CHARGE_MS, ticks), share(DISCHARGE_MS, ticks));
        self.share = share(SMOOTH_MS, ticks);
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        (self.current, self.charge, self.smooth) = (0.0, 0.0, 0.0);
    }

    /// Looks at driven samples.
    #[inline(always)]
    pub fn look(&mut self, driven: impl Iterator<Item = f32>) {
        for u in driven {
            self.current += higher(u - GRID, 0.0);
        }
    }

    /// A control tick: by how much the bias is moved from the next on.
    pub fn control(&mut self) -> f64 {
        let current = f64::from(std::mem::take(&mut self.current)).min(1e6) * (1.0 / CONTROL_INTERVAL as f64);
        let way = current - self.charge;
        self.charge += way * if way > 0.0 { self.up } else { self.down };
        self.smooth += self.share * (self.charge - self.smooth);
        if self.charge < NOTHING && self.smooth < NOTHING {
            (self.charge, self.smooth) = (0.0, 0.0);
        }
        -MOST * self.smooth / (1.0 + self.smooth)
    }

    /// Whether nothing is left of it.
    pub fn is_settled(&self) -> bool {
        self.charge == 0.0 && self.smooth == 0.0
    }
}

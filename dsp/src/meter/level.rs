//! Peak and VU level.

use crate::Frame;
use crate::units::{gain_to_db, power_to_db};

/// A VU needle rises to this part of its deflection, which is linear in level, in this time (IEC 60268-17).
const VU_RISE: (f64, f64) = (0.99, 0.3);

/// Peak since the last reading and VU power of each channel. Ballistics of display live in the editor.
#[derive(Clone, Debug, Default)]
pub struct Level {
    peak: Frame,
    power: Frame,
    keep: f64,
}

/// What a [`Level`] has read, left and right, in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelReading {
    /// Highest sample peak since the last reading, dBFS.
    pub peak_db: Frame,
    /// VU: mean power, dB re a full-scale sine's (so that a sine reads its peak level).
    pub vu_db: Frame,
}

impl Level {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        // One pole on power: 1 - keep^n is the square of the deflection after n frames.
        let (deflection, time_s) = VU_RISE;
        self.keep = (1.0 - deflection * deflection).powf(1.0 / (time_s * rate));
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.peak = [0.0; 2];
        self.power = [0.0; 2];
    }

    /// Looks at a run of frames.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame]) {
        let mut peak = self.peak;
        let mut power = self.power;
        for frame in frames {
            for lane in 0..2 {
                let x = frame[lane];
                peak[lane] = peak[lane].max(x.abs());
                power[lane] = x * x + self.keep * (power[lane] - x * x);
            }
        }
        self.peak = peak;
        self.power = power.map(|p| if p < 1e-30 { 0.0 } else { p });
    }

    /// Reads, and starts a new peak.
    pub fn read(&mut self) -> LevelReading {
        let peak = std::mem::take(&mut self.peak);
        LevelReading { peak_db: peak.map(gain_to_db), vu_db: self.power.map(|p| power_to_db(2.0 * p)) }
    }
}

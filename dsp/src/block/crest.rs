//! The crest factor, and the times that follow it.

use crate::block::ballistics::share;
use crate::{CONTROL_INTERVAL, Frame};

/// Over which peak and mean are taken.
const TIME_MS: f64 = 200.0;

/// Below this mean power (-120 dB) nothing is measured.
const SILENCE: f64 = 1e-12;

/// The highest magnitude that is squared: +600 dBFS, so that no square is infinite.
const HIGHEST: f64 = 1e30;

/// Power of a full sine's peak over its mean.
const SINE: f64 = 2.0;

/// Squared ratio of peak to RMS of the louder channel, one step a control tick (D. Giannoulis, M. Massberg, J. D. Reiss,
/// "Parameter Automation in a Dynamic Range Compressor", JAES 61(10), 2013).
#[derive(Clone, Copy, Debug)]
pub struct Crest {
    share: f64,
    peak: f64,
    mean: f64,
    crest: f64,
    /// Of the interval that is not over yet.
    highest: f64,
    sum: f64,
    /// Whether the next interval with sound is taken for all of the past.
    unknown: bool,
}

impl Default for Crest {
    fn default() -> Self {
        Self { share: 1.0, peak: 0.0, mean: 0.0, crest: SINE, highest: 0.0, sum: 0.0, unknown: false }
    }
}

impl Crest {
    /// Forgets the past, for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        *self = Self { share: share(TIME_MS, rate / CONTROL_INTERVAL as f64), ..Self::default() };
    }

    /// Begins again in the middle of a programme: what is heard next is taken for what was heard so far.
    pub fn begin(&mut self) {
        (self.unknown, self.highest, self.sum) = (true, 0.0, 0.0);
    }

    /// Looks at a run of frames.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame]) {
        for [left, right] in frames {
            let (left, right) = (left.abs(), right.abs());
            let louder = if left > right { left } else { right };
            let power = if louder < HIGHEST { louder * louder } else { HIGHEST * HIGHEST };
            self.highest = if power > self.highest { power } else { self.highest };
            self.sum += power;
        }
    }

    /// A control tick: the interval is over.
    pub fn control(&mut self) {
        let mean = self.sum * (1.0 / CONTROL_INTERVAL as f64);
        if self.unknown && mean > SILENCE {
            (self.unknown, self.mean, self.peak) = (false, mean, self.highest);
        }
        self.mean += self.share * (mean - self.mean);
        self.peak = self.highest.max(self.peak + self.share * (self.highest - self.peak));
        (self.highest, self.sum) = (0.0, 0.0);
        if self.mean > SILENCE {
            self.crest = (self.peak / self.mean).max(1.0);
        } else {
            (self.mean, self.peak) = (0.0, 0.0);
        }
    }

    /// The release in ms beside an attack of `attack_ms`: 2 longest / crest² - attack, at least `shortest_ms`.
    pub fn release_ms(&self, longest_ms: f64, shortest_ms: f64, attack_ms: f64) -> f64 {
        (SINE * longest_ms / self.crest - attack_ms).clamp(shortest_ms, longest_ms)
    }
}

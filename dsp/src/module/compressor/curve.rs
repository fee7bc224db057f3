//! From a level to the gain reduction that belongs to it.

use super::settings::CompressorSettings;
use crate::CONTROL_INTERVAL;
use crate::block::knee::Knee;

/// The largest gain of a feedback loop: a ratio of 200:1. An infinite ratio would take an infinite one.
const HIGHEST_DRIVE: f64 = 199.0;

/// Width in dB of the knee that the FET itself has, measured at its output.
const FET_KNEE_DB: f64 = 2.0;

/// How far below 0 VU the vari-mu's tubes stand at full gain.
const REST_BELOW_VU_DB: f64 = 42.0;

/// What decides the static curve of every character, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Curve {
    threshold_db: f64,
    knee: Knee,
    fet_knee: Knee,
    /// 1 - 1 / ratio: of a feed-forward curve.
    slope: f64,
    /// ratio - 1: gain of a feedback loop, dB of reduction for each dB of output over the threshold.
    drive: f64,
    /// The most that is taken.
    pub range_db: f64,
    /// Output level at which the vari-mu's tubes stand at full gain.
    rest_db: f64,
    /// How far the quieter channel follows the louder one, 0 to 1.
    pub link: f64,
}

/// The dials that glide, in the domain in which they do.
pub(super) const GLIDING: usize = 6;

impl Curve {
    /// What glides: threshold, slope, knee, range, link and the level of 0 VU.
    pub fn gliding(settings: &CompressorSettings, zero_vu_db: f64) -> [f64; GLIDING] {
        [
            settings.threshold_db,
            settings.slope(),
            settings.knee_db,
            settings.range_db,
            settings.link_percent / 100.0,
            zero_vu_db,
        ]
    }

    /// The curve where those stand.
    pub fn at([threshold_db, slope, knee_db, range_db, link, zero_vu_db]: [f64; GLIDING]) -> Self {
        Self {
            threshold_db,
            knee: Knee::new(knee_db),
            fet_knee: Knee::new(knee_db + FET_KNEE_DB),
            slope,
            drive: (slope / (1.0 - slope).max(1e-9)).min(HIGHEST_DRIVE),
            range_db,
            rest_db: zero_vu_db - REST_BELOW_VU_DB,
            link,
        }
    }

    /// Whether it never takes anything.
    pub fn is_neutral(&self) -> bool {
        self.slope == 0.0 || self.range_db == 0.0
    }

    /// Feed-forward: the reduction at a level of the input. With y = x - reduction this is equation 4 of Giannoulis et
    /// al. (see [`Knee`]).
    #[inline(always)]
    pub fn forward_db(&self, level_db: f64) -> f64 {
        self.limited(self.slope * self.knee.over_db(level_db - self.threshold_db))
    }

    /// Opto: the reduction that an output level asks for, and its slope. The lamp's drive is even in dB.
    #[inline(always)]
    pub fn opto_db(&self, output_db: f64) -> (f64, f64) {
        let above_db = output_db - self.threshold_db;
        (self.limited(self.drive * self.knee.over_db(above_db)), self.drive * self.knee.slope(above_db))
    }

    /// FET: the same, with the knee of the FET itself. Closed, the loop stretches any knee towards higher inputs: the
    /// half of it above the threshold becomes wider by the ratio.
    #[inline(always)]
    pub fn fet_db(&self, output_db: f64) -> (f64, f64) {
        let above_db = output_db - self.threshold_db;
        (self.limited(self.drive * self.fet_knee.over_db(above_db)), self.drive * self.fet_knee.slope(above_db))
    }

    /// Vari-mu: the same, through the tubes' control law. The slope of the reduction against the output grows with the
    /// third power of how far the output stands above the tubes' rest, and is ratio - 1 at 0 VU.
    #[inline(always)]
    pub fn vari_mu_db(&self, output_db: f64) -> (f64, f64) {
        let above_db = output_db - self.threshold_db;
        let driven_db = self.threshold_db + self.knee.over_db(above_db) - self.rest_db;
        let taken_db = self.law(driven_db) - self.law(self.threshold_db - self.rest_db);
        let driven = driven_db.max(0.0) * (1.0 / REST_BELOW_VU_DB);
        (self.limited(taken_db), self.drive * (driven * driven) * (driven * self.knee.slope(above_db)))
    }

    /// Integral of drive (x / rest)³ from 0 to where the tubes are driven.
    #[inline(always)]
    fn law(&self, driven_db: f64) -> f64 {
        let driven = driven_db.max(0.0) * (1.0 / REST_BELOW_VU_DB);
        self.drive * (0.25 * REST_BELOW_VU_DB) * (driven * driven) * (driven * driven)
    }

    #[inline(always)]
    fn limited(&self, reduction_db: f64) -> f64 {
        if reduction_db < self.range_db { reduction_db } else { self.range_db }
    }

    /// The curve `part` (0 to 1) of the way to another.
    #[inline(always)]
    fn towards(&self, to: &Self, part: f64) -> Self {
        let between = |from: f64, to: f64| from + part * (to - from);
        Self {
            threshold_db: between(self.threshold_db, to.threshold_db),
            knee: self.knee.towards(to.knee, part),
            fet_knee: self.fet_knee.towards(to.fet_knee, part),
            slope: between(self.slope, to.slope),
            drive: between(self.drive, to.drive),
            range_db: between(self.range_db, to.range_db),
            rest_db: between(self.rest_db, to.rest_db),
            link: between(self.link, to.link),
        }
    }
}

/// A curve on its way from one control tick to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course {
    from: Curve,
    to: Curve,
    pub moves: bool,
    /// Frames since the last control tick.
    phase: usize,
}

impl Course {
    /// A control tick: from now on towards `to`, which is reached at the next.
    pub fn aim(&mut self, to: Curve) {
        *self = Self { from: self.to, to, moves: self.to != to, phase: 0 };
    }

    /// A control tick at which it stays where it has arrived.
    pub fn rest(&mut self) {
        self.phase = 0;
    }

    /// Is `curve` at once.
    pub fn jump(&mut self, curve: Curve) {
        *self = Self { from: curve, to: curve, moves: false, phase: 0 };
    }

    /// The curve of frame `i` of the coming run; [`steady`](Self::steady) where it does not move.
    #[inline(always)]
    pub fn at(&self, i: usize) -> Curve {
        self.from.towards(&self.to, (self.phase + i + 1) as f64 * (1.0 / CONTROL_INTERVAL as f64))
    }

    /// The curve that it moves to.
    #[inline(always)]
    pub fn steady(&self) -> Curve {
        self.to
    }

    /// `frames` have passed.
    #[inline(always)]
    pub fn pass(&mut self, frames: usize) {
        self.phase += frames;
    }
}

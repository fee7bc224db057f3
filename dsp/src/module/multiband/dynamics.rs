//! Every band's level and what is made of it, side by side.

use super::law::{KNEE, Law};
use super::settings::{BANDS, MultibandSettings};
use crate::CONTROL_INTERVAL;
use crate::block::magnitude::higher;
use crate::smooth::Glide;
use crate::units::{fast_power_to_db, ms_to_frames};

/// Bands that are calculated at once.
const AT_ONCE: usize = 4;

/// As many hold all bands.
const GROUPS: usize = BANDS.div_ceil(AT_ONCE);

/// One value of every band, and of none beyond the last.
pub(super) type EachBand = [f32; GROUPS * AT_ONCE];

/// Time constant of the mean power that is a band's level.
const LEVEL_MS: f64 = 5.0;

/// Power below which a band is silent, -140 dB.
const SILENCE: f32 = 1e-14;

/// A gain this close to where it is going is there, dB.
const CLOSE_DB: f64 = 0.001;

/// Four bands' detectors and gains.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    /// As in [`Law`].
    threshold_db: [f32; AT_ONCE],
    above: [f32; AT_ONCE],
    below: [f32; AT_ONCE],
    range_db: f32,
    /// What is left of a way after a control interval.
    keep_attack: [f64; AT_ONCE],
    keep_release: [f64; AT_ONCE],
    power: [f32; AT_ONCE],
    level_db: [f32; AT_ONCE],
    highest_db: [f32; AT_ONCE],
    /// What the dynamics do now, and where that is going.
    gain_db: [f64; AT_ONCE],
    to_db: [f64; AT_ONCE],
}

impl Group {
    /// A mean power more, of the whole interval.
    #[inline(always)]
    fn hear(&mut self, means: [f32; AT_ONCE], keep: f32) {
        for i in 0..AT_ONCE {
            let power = means[i] + keep * (self.power[i] - means[i]);
            self.power[i] = if power > SILENCE { power } else { 0.0 };
        }
    }

    #[inline(always)]
    fn control(&mut self) {
        let Self { threshold_db, above, below, range_db, .. } = *self;
        let level_db: [f32; AT_ONCE] = std::array::from_fn(|i| fast_power_to_db(higher(self.power[i], SILENCE)));
        let mut to_db = [0.0; AT_ONCE];
        let mut compresses = [0.0; AT_ONCE];
        for i in 0..AT_ONCE {
            let over = level_db[i] - threshold_db[i];
            let gain = below[i] * KNEE.fast_over_db(-over) - above[i] * KNEE.fast_over_db(over);
            let gain = if gain > -range_db { gain } else { -range_db };
            to_db[i] = f64::from(if gain < range_db { gain } else { range_db });
            compresses[i] = f64::from(if over > 0.0 { above[i] } else { below[i] });
        }
        for i in 0..AT_ONCE {
            let way = self.gain_db[i] - to_db[i];
            // Whether it is on its way because the band got louder.
            let keep = if way * compresses[i] > 0.0 { self.keep_attack[i] } else { self.keep_release[i] };
            let left = keep * way;
            self.gain_db[i] = to_db[i] + if left.abs() < CLOSE_DB { 0.0 } else { left };
        }
        self.highest_db = std::array::from_fn(|i| higher(self.highest_db[i], level_db[i]));
        (self.level_db, self.to_db) = (level_db, to_db);
    }
}

/// All bands' detectors and gains.
#[derive(Clone, Debug, Default)]
pub(super) struct Dynamics {
    groups: [Group; GROUPS],
    own_db: [Glide; BANDS],
    moving: bool,
    count: usize,
    keep_level: f32,
}

impl Dynamics {
    /// Readies for `rate` in Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.keep_level = (-(CONTROL_INTERVAL as f64) / ms_to_frames(LEVEL_MS, rate)).exp() as f32;
        self.own_db.iter_mut().for_each(|glide| glide.prepare(rate));
        self.reset();
    }

    /// Forgets the past; the next settings jump.
    pub fn reset(&mut self) {
        self.own_db.iter_mut().for_each(Glide::reset);
        for group in &mut self.groups {
            let still = [0.0; AT_ONCE];
            (group.power, group.gain_db, group.to_db) = ([0.0; AT_ONCE], still, still);
            group.highest_db = [f32::NEG_INFINITY; AT_ONCE];
        }
        self.moving = true;
    }

    /// Aims at `settings`, at `rate` Hz.
    pub fn set(&mut self, settings: &MultibandSettings, rate: f64) {
        self.count = settings.count.bands();
        let keep = |ms: f64| (-(CONTROL_INTERVAL as f64) / ms_to_frames(ms, rate)).exp();
        for (band, of_band) in settings.bands.iter().enumerate() {
            let (group, i) = (&mut self.groups[band / AT_ONCE], band % AT_ONCE);
            let law = Law::new(of_band, settings.range_db);
            group.threshold_db[i] = law.threshold_db as f32;
            (group.above[i], group.below[i]) = (law.above as f32, law.below as f32);
            group.range_db = law.range_db as f32;
            (group.keep_attack[i], group.keep_release[i]) = (keep(of_band.attack_ms), keep(of_band.release_ms));
            self.own_db[band].aim(of_band.gain_db);
        }
        self.moving = true;
    }

    /// A control tick after `frames` frames, with what the squares in each band sum up to. Gives every band's gain in dB;
    /// what lies beyond the last band belongs to it.
    #[inline(always)]
    pub fn control(&mut self, sums: &EachBand, frames: usize) -> EachBand {
        if self.moving {
            self.own_db.iter_mut().for_each(|glide| {
                glide.step();
            });
            self.moving = self.own_db.iter().any(Glide::moving);
        }
        let mut gains_db = [0.0; GROUPS * AT_ONCE];
        let per_frame = 1.0 / frames.max(1) as f32;
        for (g, group) in self.groups[..self.count.div_ceil(AT_ONCE)].iter_mut().enumerate() {
            if frames > 0 {
                group.hear(std::array::from_fn(|i| sums[g * AT_ONCE + i] * per_frame), self.keep_level);
            }
            group.control();
            for i in 0..AT_ONCE {
                gains_db[g * AT_ONCE + i] = group.gain_db[i] as f32;
            }
        }
        for (gain_db, own_db) in gains_db.iter_mut().zip(&self.own_db) {
            *gain_db += own_db.now() as f32;
        }
        let last = self.count - 1;
        for i in last + 1..gains_db.len() {
            gains_db[i] = gains_db[last];
        }
        gains_db
    }

    /// Whether every band is silent and nothing moves.
    pub fn is_settled(&self) -> bool {
        let at_rest = |band: usize| {
            let (group, i) = (&self.groups[band / AT_ONCE], band % AT_ONCE);
            group.gain_db[i] == group.to_db[i] && group.power[i] == 0.0
        };
        !self.moving && (0..self.count).all(at_rest)
    }

    /// What the dynamics of a band do now, dB, and its highest level since this was last asked.
    pub fn read(&mut self, band: usize) -> (f64, f64) {
        let (group, i) = (&mut self.groups[band / AT_ONCE], band % AT_ONCE);
        (group.gain_db[i], f64::from(std::mem::replace(&mut group.highest_db[i], f32::NEG_INFINITY)))
    }
}

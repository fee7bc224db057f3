//! A band whose gain follows the level.
//!
//! The level is the mean power of the band's range of the sound, of the louder channel where there are two, over about
//! two periods of the band's frequency, taken each control tick; a sine reads its peak. Over the threshold the gain
//! moves a dB for each dB, up to the range, with a knee at both ends. It goes there and comes back along two poles each,
//! at the control rate (0.33 ms at 48 kHz): one alone sets off with a corner, which is heard as a click when a full-scale
//! tone meets a quick attack.

use super::filter::{Filter, Kind};
use super::focus::Focus;
use super::{DynamicsSettings, Mode};
use crate::block::ballistics::share;
use crate::block::knee::Knee;
use crate::module::key::Source;
use crate::smooth::Glide;
use crate::units::{db_to_gain, fast_power_to_db};
use crate::{CONTROL_INTERVAL, Frame};

/// Width of the bend at both ends of the way.
const KNEE_DB: f64 = 6.0;

/// A sine reads its peak level.
const SINE_POWER: f64 = 2.0;

/// Periods of the band's frequency that each of the two poles takes which the power goes through. Of its ripple, at twice
/// the frequency, they leave 0.6 %.
const PERIODS: f64 = 1.0;

/// Time constants in which two equal poles have done 1 - 1/e of a step: (1 + t) exp(-t) = 1/e.
const TWO_POLES: f64 = 2.146_193_22;

/// The lowest mean power that is told from silence: -120 dBFS. With less in it no band sticks out of the sound.
const SILENCE: f64 = 1e-12;

/// That in dB.
const LOWEST_DB: f64 = -120.0;

/// The highest power that is reckoned with: +300 dBFS.
const HIGHEST: f64 = 1e30;

/// A part of the range that is none: 0.0002 dB of 24.
const NOTHING: f64 = 1e-5;

/// What a dynamic band is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DynamicReading {
    /// The band's gain now in dB, static and dynamic together.
    pub gain_db: f64,
    /// What is compared with the threshold, in dB.
    pub level_db: f64,
}

/// The gain that a level asks for, as a part of the range from 0 to 1: nothing below the threshold, everything from 6 dB
/// and the range above.
pub fn dynamic_part(settings: &DynamicsSettings, level_db: f64) -> f64 {
    let range_db = settings.range_db.abs().max(1e-3);
    let knee = Knee::new(KNEE_DB);
    let above_db = level_db - settings.threshold_db - 0.5 * KNEE_DB;
    ((knee.over_db(above_db) - knee.over_db(above_db - range_db)) / range_db).clamp(0.0, 1.0)
}

/// The detector of a band, and the move of its gain.
#[derive(Clone, Debug, Default)]
pub struct Dynamics {
    settings: DynamicsSettings,
    focus: Focus,
    /// In dB; 0 where it is off.
    range: Glide,
    threshold_db: Glide,
    /// That as a power: most of the time a comparison with it is all that is to be done.
    threshold: f64,
    /// How much of the range, 0 to 1, after one pole and after both.
    amounts: [f64; 2],
    /// Sums of squares since the last control tick: of the range of both lanes, and of everything.
    sums: [Frame; 2],
    frames: usize,
    /// Mean powers of the louder lane, of the range and of everything, after one pole and after both.
    powers: [Frame; 2],
    /// Shares of the way a control tick: of the powers, of the gain there and back.
    power_share: f64,
    attack_share: f64,
    release_share: f64,
    rate: f64,
}

impl Dynamics {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.range.prepare(rate);
        self.threshold_db.prepare(rate);
        self.focus.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next `set` jumps.
    pub fn reset(&mut self) {
        self.range.reset();
        self.threshold_db.reset();
        self.focus.reset();
        self.forget();
    }

    fn forget(&mut self) {
        (self.amounts, self.sums, self.frames, self.powers) = ([0.0; 2], [[0.0; 2]; 2], 0, [[0.0; 2]; 2]);
    }

    /// Aims at a band's settings.
    pub fn set(&mut self, filter: &Filter) {
        let Kind::Band(shape) = filter.kind else { return };
        self.settings = filter.dynamics;
        let works = filter.on && filter.dynamics.on && shape.has_gain();
        self.range.aim(if works { filter.dynamics.range_db } else { 0.0 });
        if works {
            self.focus.set(shape, filter.placement, &filter.point);
            self.power_share = self.share(PERIODS * 1e3 / self.focus.freq_hz());
            self.attack_share = self.share(filter.dynamics.attack_ms / TWO_POLES);
            self.release_share = self.share(filter.dynamics.release_ms / TWO_POLES);
            self.threshold_db.aim(filter.dynamics.threshold_db);
            self.threshold = db_to_power(self.threshold_db.now());
        }
    }

    /// Whether it listens.
    pub fn is_on(&self) -> bool {
        self.range.now() != 0.0 || self.range.moving()
    }

    /// Whether nothing moves any more while the key is silent.
    pub fn is_settled(&self) -> bool {
        !self.is_on() || (self.amounts == [0.0; 2] && !self.range.moving() && self.powers[1][0] < SILENCE)
    }

    /// Whether it listens to the side-chain.
    pub fn is_external(&self) -> bool {
        self.settings.key == Source::External
    }

    /// Listens to a run of the sound, or of the side-chain.
    pub fn listen(&mut self, frames: &[Frame], keys: &[Frame]) {
        let mut heard = [[0.0; 2]; CONTROL_INTERVAL];
        let heard = &mut heard[..frames.len()];
        heard.copy_from_slice(if self.is_external() { keys } else { frames });
        self.focus.enter(heard);
        add_squares(heard, &mut self.sums[1]);
        self.focus.run(heard);
        add_squares(heard, &mut self.sums[0]);
        self.frames += heard.len();
    }

    /// A control tick: how far the gain moves from where it is set until the next one, in dB; `None` where it is off.
    pub fn control(&mut self) -> Option<f64> {
        if !self.is_on() {
            return None;
        }
        if self.focus.control() {
            self.power_share = self.share(PERIODS * 1e3 / self.focus.freq_hz());
        }
        let range_db = self.range.step();
        if !self.is_on() {
            self.forget();
            self.focus.reset();
            return None;
        }
        if self.frames > 0 {
            for (i, sum) in std::mem::take(&mut self.sums).into_iter().enumerate() {
                let [a, b] = self.focus.pick(sum);
                let mut power = (a.max(b) / self.frames as f64).min(HIGHEST);
                for pole in &mut self.powers {
                    pole[i] += self.power_share * (power - pole[i]);
                    pole[i] = if pole[i] < SILENCE * SILENCE { 0.0 } else { pole[i] };
                    power = pole[i];
                }
            }
            self.frames = 0;
        }
        if self.threshold_db.moving() {
            self.threshold_db.step();
            self.threshold = db_to_power(self.threshold_db.now());
        }
        let mut target = if self.is_below() { 0.0 } else { dynamic_part(&self.settings_now(), self.level_db()) };
        for amount in &mut self.amounts {
            let share = if target > *amount { self.attack_share } else { self.release_share };
            *amount += share * (target - *amount);
            if (target - *amount).abs() < NOTHING {
                *amount = target;
            }
            target = *amount;
        }
        Some(range_db * target)
    }

    /// Whether the level is below the threshold, where nothing is asked for.
    fn is_below(&self) -> bool {
        let [range, everything] = self.powers[1];
        match self.settings.mode {
            Mode::Absolute => SINE_POWER * range < self.threshold,
            Mode::Relative => everything <= SILENCE || range < self.threshold * everything,
        }
    }

    /// The settings with the threshold where it is on its way.
    fn settings_now(&self) -> DynamicsSettings {
        DynamicsSettings { threshold_db: self.threshold_db.now(), ..self.settings }
    }

    /// Share of its way that something goes in a control tick, to have gone 63 % after `time_ms`.
    fn share(&self, time_ms: f64) -> f64 {
        share(time_ms, self.rate / CONTROL_INTERVAL as f64)
    }

    /// How far the gain is from where it is set now, in dB.
    pub fn offset_db(&self) -> f64 {
        self.range.now() * self.amounts[1]
    }

    /// What is compared with the threshold, in dB.
    pub fn level_db(&self) -> f64 {
        let [range, everything] = self.powers[1];
        let power_db = |power: f64| f64::from(fast_power_to_db(power.max(SILENCE) as f32));
        match self.settings.mode {
            Mode::Absolute => power_db(SINE_POWER * range),
            Mode::Relative if everything > SILENCE => power_db(range) - power_db(everything),
            Mode::Relative => LOWEST_DB,
        }
    }
}

fn db_to_power(db: f64) -> f64 {
    db_to_gain(db).powi(2)
}

fn add_squares(frames: &[Frame], sums: &mut Frame) {
    for frame in frames {
        for (sum, x) in sums.iter_mut().zip(frame) {
            *sum += x * x;
        }
    }
}

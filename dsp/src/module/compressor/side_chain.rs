//! From the key to the gain reduction: a detector and a law.

use super::character::Character;
use super::curve::Course;
use super::law::{self, Run, State, Times};
use super::settings::{CompressorSettings, Sense, WINDOW};
use crate::block::ballistics::{discharge_db, share};
use crate::block::crest::Crest;
use crate::block::mean_square::MeanSquare;
use crate::units::{fast_gain_to_db, fast_power_to_db, power_to_db};
use crate::{CONTROL_INTERVAL, Frame};

/// The lowest magnitude that is told from silence: -120 dBFS.
const LOWEST_GAIN: f32 = 1e-6;

/// [`LOWEST_GAIN`] in dB.
const LOWEST_DB: f32 = -120.0;

/// The lowest power that is told from silence: -120 dBFS.
const LOWEST_POWER: f64 = 1e-12;

/// A detector that reads less than this reads nothing.
const SETTLED_DB: f32 = LOWEST_DB + 10.0;

/// The highest magnitude whose power is taken: +600 dBFS, so that no square is infinite.
const HIGHEST_GAIN: f64 = 1e30;

/// A sine reads its peak level as RMS, so that a threshold means the same with both detectors.
const SINE_POWER: f64 = 2.0;

/// How fast the reported level falls: 8.7 dB in this time.
const RECENT_MS: f64 = 50.0;

/// What of a side chain cannot glide; a change is a crossfade to another side chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub character: Character,
    pub sense: Sense,
}

impl Kind {
    /// The kind that `settings` ask for.
    pub fn of(settings: &CompressorSettings) -> Self {
        let character = settings.character;
        Self { character, sense: if character.has_sense() { settings.sense } else { Sense::Peak } }
    }
}

/// A detector and a law, with what they remember.
#[derive(Clone, Debug, Default)]
pub(super) struct SideChain {
    pub kind: Kind,
    times: Times,
    /// Of each channel.
    states: [State; 2],
    /// Mean square of the one-pole RMS detector.
    power: Frame,
    /// Share of the way of that mean.
    power_share: f64,
    /// The RMS character's mean square.
    mean: MeanSquare,
    /// The level of that in dB at the last control tick and at the one before.
    mean_db: [Frame; 2],
    /// Frames since the last control tick.
    phase: usize,
    crest: Crest,
    /// Whether auto release follows the crest factor, up to how many ms.
    follows_ms: Option<f64>,
    /// Highest level up to the last control tick in dB, falling slowly.
    pub recent_db: f32,
    /// How far that falls from one control tick to the next.
    recent_fall_db: f32,
    /// Highest level since the last control tick in dB.
    highest_db: f32,
    rate: f64,
}

impl SideChain {
    /// Readies for `rate` Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.mean.prepare(WINDOW.range.1, rate);
        self.recent_fall_db = discharge_db(RECENT_MS, rate / CONTROL_INTERVAL as f64) as f32;
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.states = Default::default();
        self.crest.prepare(self.rate);
        self.mean.restart([0.0; 2]);
        self.start([0.0; 2]);
    }

    /// As if the key had had this mean square for long.
    fn start(&mut self, power: Frame) {
        self.power = power;
        if self.kind.character == Character::Rms {
            self.mean.restart(power);
        }
        self.mean_db = [power.map(level_db); 2];
        self.recent_db = self.mean_db[0][0].max(self.mean_db[0][1]) as f32;
        (self.highest_db, self.phase) = (LOWEST_DB, 0);
    }

    /// Takes over from `other` as another kind: begins with its reductions, and with a power that belongs to its level.
    pub fn take_over(&mut self, kind: Kind, other: &Self, settings: &CompressorSettings, zero_vu_db: f64) {
        self.kind = kind;
        self.set(settings, zero_vu_db);
        self.crest = other.crest;
        let power = if other.kind.character == Character::Rms {
            other.mean.mean()
        } else if other.kind.sense == Sense::Rms {
            other.power
        } else {
            [mean_power(other.recent_db); 2]
        };
        self.start(power);
        self.recent_db = other.recent_db;
        self.states = other.states.map(|state| state.taken_over_from(other.kind.character));
    }

    /// After a time in which it did not run: as if the key had been a sine with this peak.
    pub fn wake(&mut self, peak: f64) {
        self.start([peak * peak / SINE_POWER; 2]);
    }

    /// What `settings` say, but for their kind.
    pub fn set(&mut self, settings: &CompressorSettings, zero_vu_db: f64) {
        let settings = CompressorSettings { character: self.kind.character, ..*settings };
        self.power_share = share(settings.window_ms, self.rate);
        if self.kind.character == Character::Rms {
            self.mean.set(settings.window_ms, self.rate);
        }
        self.follows_ms = if settings.auto_release { self.kind.character.longest_auto_release_ms() } else { None };
        let auto_release_ms = self
            .follows_ms
            .map(|longest_ms| self.crest.release_ms(longest_ms, super::settings::RELEASE.range.0, settings.attack_ms));
        self.times = Times::new(&settings, auto_release_ms, zero_vu_db, self.rate);
    }

    /// A control tick.
    pub fn control(&mut self, settings: &CompressorSettings, zero_vu_db: f64) {
        self.phase = 0;
        self.recent_db = (self.recent_db - self.recent_fall_db).max(self.highest_db);
        self.highest_db = LOWEST_DB;
        self.states.iter_mut().for_each(State::flush);
        self.power = self.power.map(|p| if p < LOWEST_POWER * LOWEST_POWER { 0.0 } else { p });
        if self.kind.character == Character::Rms {
            self.mean.control();
            self.mean_db = [self.mean_db[1], self.mean.mean().map(level_db)];
        }
        if self.follows_ms.is_some() {
            self.crest.control();
            self.set(settings, zero_vu_db);
        }
    }

    /// Whether nothing moves any more while the key is silent: no level is left, and the gain is back or kept.
    pub fn is_settled(&self) -> bool {
        self.recent_db < SETTLED_DB
            && (self.kind.character == Character::Rms || self.states.iter().all(State::is_settled))
    }

    /// The reductions in dB of the first `frames` of a run, and of how many channels: of one where both move as one.
    #[inline(always)]
    pub fn run(
        &mut self,
        key: &Run<Frame>,
        frames: usize,
        course: &Course,
        reductions_db: &mut [Run<f32>; 2],
    ) -> usize {
        if self.follows_ms.is_some() {
            self.crest.run(&key[..frames]);
        }
        let linked = !course.moves && course.steady().link == 1.0 && self.states[0].is_near(&self.states[1]);
        let mut levels_db = [[0.0; CONTROL_INTERVAL]; 2];
        match (self.kind.character, self.kind.sense) {
            (Character::Rms, _) => self.mean_levels(key, frames, &mut levels_db),
            (_, Sense::Peak) if linked => levels_db[0] = linked_peak_levels(key),
            (_, Sense::Peak) => levels_db = [0, 1].map(|lane| peak_levels(key, lane)),
            (_, Sense::Rms) => self.power_levels(key, frames, &mut levels_db),
        }
        let lanes = if linked { 1 } else { 2 };
        if linked && (self.kind.character == Character::Rms || self.kind.sense == Sense::Rms) {
            let [left, right] = levels_db;
            levels_db[0] = std::array::from_fn(|i| higher(left[i], right[i]));
        } else if !linked {
            link(course, &mut levels_db);
        }
        for lane in 0..lanes {
            let levels_db = &levels_db[lane];
            self.highest_db = higher(self.highest_db, highest(levels_db, frames));
            let (state, reductions_db) = (&mut self.states[lane], &mut reductions_db[lane]);
            law::run(self.kind.character, course, &self.times, state, levels_db, frames, reductions_db);
        }
        if linked {
            self.states[1] = self.states[0];
        }
        lanes
    }

    /// Levels of the one-pole RMS detector.
    #[inline(always)]
    fn power_levels(&mut self, key: &Run<Frame>, frames: usize, levels_db: &mut [Run<f32>; 2]) {
        let mut powers = [[LOWEST_POWER as f32; CONTROL_INTERVAL]; 2];
        let mut power = self.power;
        for i in 0..frames {
            for lane in 0..2 {
                let x = key[i][lane].clamp(-HIGHEST_GAIN, HIGHEST_GAIN);
                power[lane] += self.power_share * (SINE_POWER * x * x - power[lane]);
                powers[lane][i] = power[lane] as f32;
            }
        }
        self.power = power;
        *levels_db = powers.map(|powers| powers.map(|power| fast_power_to_db(higher(power, LOWEST_POWER as f32))));
    }

    /// Levels of the window's mean: straight from control tick to control tick.
    #[inline(always)]
    fn mean_levels(&mut self, key: &Run<Frame>, frames: usize, levels_db: &mut [Run<f32>; 2]) {
        self.mean.run(&key[..frames]);
        let [from, to] = self.mean_db;
        for (lane, levels_db) in levels_db.iter_mut().enumerate() {
            let step = (to[lane] - from[lane]) * (1.0 / CONTROL_INTERVAL as f64);
            for (i, level_db) in levels_db.iter_mut().enumerate() {
                *level_db = (from[lane] + step * (self.phase + i + 1) as f64) as f32;
            }
        }
        self.phase += frames;
    }
}

/// A mean square as a level in dB, a sine's being its peak level.
fn level_db(power: f64) -> f64 {
    power_to_db((SINE_POWER * power).max(LOWEST_POWER))
}

/// The mean square of a sine with this peak level in dB.
fn mean_power(peak_db: f32) -> f64 {
    let peak = crate::units::db_to_gain(f64::from(peak_db));
    peak * peak / SINE_POWER
}

/// As `max`, but without the care for NaN that keeps it from being one instruction.
#[inline(always)]
fn higher(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn linked_peak_levels(key: &Run<Frame>) -> Run<f32> {
    let mut levels: Run<f32> = [0.0; CONTROL_INTERVAL];
    for i in 0..CONTROL_INTERVAL {
        levels[i] = higher(higher(key[i][0].abs() as f32, key[i][1].abs() as f32), LOWEST_GAIN);
    }
    for level in &mut levels {
        *level = fast_gain_to_db(*level);
    }
    levels
}

#[inline(always)]
fn peak_levels(key: &Run<Frame>, lane: usize) -> Run<f32> {
    key.map(|frame| higher(frame[lane].abs() as f32, LOWEST_GAIN)).map(fast_gain_to_db)
}

/// Lifts the level of the quieter channel towards that of the louder one.
#[inline(always)]
fn link(course: &Course, [left_db, right_db]: &mut [Run<f32>; 2]) {
    for i in 0..CONTROL_INTERVAL {
        let part = if course.moves { course.at(i).link } else { course.steady().link } as f32;
        let louder_db = higher(left_db[i], right_db[i]);
        left_db[i] += part * (louder_db - left_db[i]);
        right_db[i] += part * (louder_db - right_db[i]);
    }
}

#[inline(always)]
fn highest(levels_db: &Run<f32>, frames: usize) -> f32 {
    levels_db[..frames].iter().fold(f32::MIN, |highest, level_db| higher(highest, *level_db))
}

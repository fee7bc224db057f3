//! De-esser: turns esses down, as far as they stand over the voice's own level.
//!
//! The detector takes peaks of what is above a frequency (24 dB/oct) and compares them with the mean level of the whole
//! [programme], so that the same reading comes of the same voice at any level. What stands over the threshold is taken,
//! up to the range: above the frequency by a [shelf](split), or of everything. No latency in any mode.

mod programme;
mod settings;
mod split;

pub use settings::*;

use super::key::KeyListener;
use crate::block::ballistics::share;
use crate::block::knee::Knee;
use crate::block::magnitude::higher;
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide};
use crate::units::{fast_db_to_gain, fast_gain_to_db, hz_to_octaves, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use programme::Programme;
use split::{Parts, Split};

/// 63 % of a turn down, and back: an ess is over soon.
const ATTACK_MS: f64 = 0.5;
const RELEASE_MS: f64 = 50.0;

/// Width of the bend around the threshold.
const KNEE_DB: f64 = 6.0;

/// Frames for each of which one level is taken: 0.1 ms, far shorter than the attack. The gain of a step is reached in the
/// next one.
const STEP: usize = 4;

/// The lowest magnitude that is told from silence: -120 dBFS.
const LOWEST_GAIN: f32 = 1e-6;

/// A reduction that is as good as none, dB: far under what a gain in f32 can show.
const NOTHING_DB: f32 = 1e-5;

/// The highest magnitude that is squared: +600 dBFS, so that no square is infinite.
const HIGHEST: f64 = 1e30;

/// The frequency stays this far below half the rate.
const HIGHEST_OF_RATE: f64 = 0.45;

/// How fast the reported level falls from one control tick to the next, dB.
const RECENT_FALL_DB: f32 = 0.06;

/// The values of a run, whole or not: what is beyond its frames has no meaning.
type Run<T> = [T; CONTROL_INTERVAL];

/// [`DeEsserReading::level_db`].
pub static LEVEL_READOUT: Readout =
    Readout { id: "level", help: "Level of the sibilants over the voice's mean level, dB.", keep: Keep::Highest };

/// [`DeEsserReading::reduction_db`].
pub static REDUCTION_READOUT: Readout = Readout { id: "reduction", help: "What is taken, dB.", keep: Keep::Highest };

/// What a de-esser is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeEsserReading {
    /// Peak level of the sibilants over the voice's mean level, dB, falling slowly.
    pub level_db: f64,
    /// What is taken now, dB, zero or more.
    pub reduction_db: f64,
}

/// What glides: the frequency in octaves, threshold and range.
const GLIDING: usize = 3;

/// Gain of a step: in amplitude, and half of it in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Taken {
    gain: f32,
    half: f32,
}

impl Taken {
    const NOTHING: Self = Self { gain: 1.0, half: 1.0 };
}

/// The de-esser.
#[derive(Clone, Debug)]
pub struct DeEsser {
    settings: DeEsserSettings,
    rate: f64,
    listener: KeyListener,
    glides: [Glide; GLIDING],
    changed: bool,
    moves: bool,
    fresh: bool,
    /// 0 where it works on what is above the frequency, 1 where on everything.
    wide: Gain,
    split: Split,
    programme: Programme,
    /// Sum of the squares of both channels since the last control tick, and of how many frames.
    power: f64,
    frames: usize,
    /// Level in dBFS above which it takes, and the most that it takes.
    threshold_db: f32,
    range_db: f32,
    /// How far both go in a step.
    way_db: [f32; 2],
    /// Mean level of the programme in dBFS.
    mean_db: f32,
    rise: f32,
    fall: f32,
    reduction_db: f32,
    /// Gains at the beginning and the end of the present step.
    from: Taken,
    to: Taken,
    /// Frames of it that have passed, and their highest magnitude.
    phase: usize,
    peak: f32,
    /// Highest magnitude of the sibilants since the last control tick, and the level that is reported.
    highest: f32,
    recent_db: f32,
}

impl Default for DeEsser {
    fn default() -> Self {
        Self {
            settings: DeEsserSettings::default(),
            rate: 0.0,
            listener: KeyListener::default(),
            glides: Default::default(),
            changed: false,
            moves: false,
            fresh: true,
            wide: Gain::default(),
            split: Split::default(),
            programme: Programme::default(),
            power: 0.0,
            frames: 0,
            threshold_db: 0.0,
            range_db: 0.0,
            way_db: [0.0; 2],
            mean_db: 0.0,
            rise: 0.0,
            fall: 0.0,
            reduction_db: 0.0,
            from: Taken::NOTHING,
            to: Taken::NOTHING,
            phase: 0,
            peak: 0.0,
            highest: 0.0,
            recent_db: 0.0,
        }
    }
}

/// What is taken, dB, once settled, where the sibilants' peaks stand `level_db` over the voice's mean level.
pub fn reduction_db(settings: &DeEsserSettings, level_db: f64) -> f64 {
    Knee::new(KNEE_DB).over_db(level_db - settings.threshold_db).min(settings.range_db)
}

/// Gain in dB at `freq_hz` while `reduction_db` are taken.
pub fn magnitude_db(settings: &DeEsserSettings, rate: f64, reduction_db: f64, freq_hz: f64) -> f64 {
    match settings.mode {
        Mode::Wide => -reduction_db,
        Mode::Split => {
            let t = (std::f64::consts::PI * freq_hz / rate).tan() / tan_of(settings.freq_hz, rate);
            split::magnitude_db(reduction_db, t)
        }
    }
}

fn tan_of(freq_hz: f64, rate: f64) -> f64 {
    (std::f64::consts::PI * (freq_hz / rate).min(HIGHEST_OF_RATE)).tan()
}

impl DeEsser {
    /// What it is doing.
    pub fn read(&self) -> DeEsserReading {
        DeEsserReading { level_db: f64::from(self.recent_db), reduction_db: f64::from(self.reduction_db) }
    }

    /// At a control tick: what holds at the next.
    fn follow_settings(&mut self) {
        let moves = self.changed || self.glides.iter().any(Glide::moving);
        for glide in &mut self.glides {
            glide.step();
        }
        let [octaves, ..] = self.glides.map(|glide| glide.now());
        let g = tan_of(octaves_to_hz(octaves), self.rate);
        if std::mem::take(&mut self.fresh) || !moves {
            self.split.jump(g);
        } else {
            self.split.aim(g);
        }
        self.changed = false;
        self.moves = moves || self.wide.steady() != Some(self.wide.target()) || !self.listener.is_steady();
    }

    /// At the end of a step: what is taken in the next.
    #[inline(always)]
    fn step(&mut self) {
        let level_db = fast_gain_to_db(higher(self.peak, LOWEST_GAIN));
        self.highest = higher(self.highest, self.peak);
        self.peak = 0.0;
        self.phase = 0;
        self.threshold_db += self.way_db[0];
        self.range_db += self.way_db[1];
        let above_db = f64::from(level_db - self.threshold_db);
        let over_db = KNEE.over_db(above_db) as f32;
        let target_db = if over_db < self.range_db { over_db } else { self.range_db };
        self.from = self.to;
        if target_db == 0.0 && self.reduction_db == 0.0 {
            return;
        }
        let way_db = target_db - self.reduction_db;
        self.reduction_db += way_db * if way_db > 0.0 { self.rise } else { self.fall };
        if self.reduction_db < NOTHING_DB {
            self.reduction_db = 0.0;
        }
        let half = fast_db_to_gain(-0.5 * self.reduction_db);
        self.to = Taken { gain: half * half, half };
    }

    /// Takes from the frames of a run from `start` to `end`, all of one step.
    #[inline(always)]
    fn take(&self, sound: &mut Run<Frame>, parts: &Parts, start: usize, end: usize, wide: &Run<f64>) {
        let between = |from: f32, to: f32, i: usize| {
            let part = (self.phase + i - start + 1) as f32 * (1.0 / STEP as f32);
            f64::from(from + part * (to - from)) - 1.0
        };
        for i in start..end {
            let all = between(self.from.gain, self.to.gain, i);
            let half = between(self.from.half, self.to.half, i);
            for lane in 0..2 {
                let x = sound[i][lane];
                let split = half * parts.band[i][lane] + all * parts.high[i][lane];
                sound[i][lane] = x + (split + wide[i] * (all * x - split));
            }
        }
    }

    /// The first `frames` of a run, in place.
    #[inline(always)]
    fn process(&mut self, sound: &mut Run<Frame>, frames: usize) {
        let parts = self.split.run(sound, frames);
        for frame in &sound[..frames] {
            let [left, right] = frame.map(|x| x.clamp(-HIGHEST, HIGHEST));
            self.power += left * left + right * right;
        }
        self.frames += frames;
        let mut wide = [self.wide.steady().unwrap_or(0.0); CONTROL_INTERVAL];
        if self.wide.steady().is_none() {
            wide[..frames].fill_with(|| self.wide.advance());
        }
        let mut start = 0;
        while start < frames {
            let end = (start + STEP - self.phase).min(frames);
            if self.from != Taken::NOTHING || self.to != Taken::NOTHING {
                self.take(sound, &parts, start, end, &wide);
            }
            for [left, right] in &parts.key[start..end] {
                self.peak = higher(self.peak, higher(left.abs() as f32, right.abs() as f32));
            }
            self.phase += end - start;
            if self.phase == STEP {
                self.step();
            }
            start = end;
        }
        self.listener.run(&mut sound[..frames], &parts.key[..frames]);
    }
}

/// The bend around the threshold.
const KNEE: Knee = Knee::new(KNEE_DB);

impl Processor for DeEsser {
    type Settings = DeEsserSettings;

    fn prepare(&mut self, rate: f64, _: LatencyMode) {
        self.rate = rate;
        self.listener.prepare(rate);
        self.glides.iter_mut().for_each(|glide| glide.prepare(rate));
        self.wide.prepare(rate);
        self.programme.prepare(rate);
        let steps = rate / STEP as f64;
        (self.rise, self.fall) = (share(ATTACK_MS, steps) as f32, share(RELEASE_MS, steps) as f32);
        self.reset();
    }

    fn reset(&mut self) {
        self.listener.reset();
        self.glides.iter_mut().for_each(Glide::reset);
        self.wide.reset();
        self.split.clear();
        self.programme.reset();
        (self.changed, self.moves, self.fresh) = (true, true, true);
        (self.power, self.frames, self.phase, self.peak) = (0.0, 0, 0, 0.0);
        (self.reduction_db, self.from, self.to) = (0.0, Taken::NOTHING, Taken::NOTHING);
        (self.highest, self.recent_db, self.mean_db) = (0.0, f32::MIN, 0.0);
    }

    fn set(&mut self, settings: &DeEsserSettings) {
        self.settings = *settings;
        let targets = [hz_to_octaves(settings.freq_hz), settings.threshold_db, settings.range_db];
        for (glide, target) in self.glides.iter_mut().zip(targets) {
            glide.aim(target);
        }
        self.wide.aim(if settings.mode == Mode::Wide { 1.0 } else { 0.0 });
        self.changed = true;
    }

    fn control(&mut self) {
        let first = self.fresh;
        if self.changed || self.moves {
            self.listener.control();
            self.wide.control();
            self.follow_settings();
        }
        if self.frames > 0 {
            self.programme.control(self.power / (2 * self.frames) as f64);
        }
        (self.power, self.frames) = (0.0, 0);
        let level_db = fast_gain_to_db(higher(std::mem::take(&mut self.highest), LOWEST_GAIN)) - self.mean_db;
        self.recent_db = higher(self.recent_db - RECENT_FALL_DB, level_db);
        self.mean_db = self.programme.level_db() as f32;
        let [_, threshold_db, range_db] = self.glides.map(|glide| glide.now() as f32);
        let threshold_db = self.mean_db + threshold_db;
        let steps = (STEP as f32) / CONTROL_INTERVAL as f32;
        self.way_db = [steps * (threshold_db - self.threshold_db), steps * (range_db - self.range_db)];
        if first || self.way_db[1].abs() < NOTHING_DB {
            (self.range_db, self.way_db[1]) = (range_db, 0.0);
        }
        if first {
            (self.threshold_db, self.way_db[0]) = (threshold_db, 0.0);
        }
        self.split.flush();
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _: &[Frame]) {
        if let Ok(frames) = <&mut Run<Frame>>::try_from(&mut *frames) {
            self.process(frames, CONTROL_INTERVAL);
        } else {
            let length = frames.len().min(CONTROL_INTERVAL);
            let mut sound = [[0.0; 2]; CONTROL_INTERVAL];
            sound[..length].copy_from_slice(frames);
            self.process(&mut sound, length);
            frames.copy_from_slice(&sound[..length]);
        }
    }

    fn latency(&self) -> usize {
        0
    }

    fn is_settled(&self) -> bool {
        self.reduction_db == 0.0
    }

    fn report(&mut self, report: &mut impl Report) {
        let DeEsserReading { level_db, reduction_db } = self.read();
        report.value(&LEVEL_READOUT, level_db);
        report.value(&REDUCTION_READOUT, reduction_db);
    }

    /// Lets hear the sibilants, as the detector hears them.
    fn listen(&mut self, to: Listen) {
        self.changed |= self.listener.listen(to == Listen::Key);
    }
}

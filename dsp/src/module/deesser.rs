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

/// Steps of a run.
const STEPS: usize = CONTROL_INTERVAL / STEP;

/// How much of a step has passed at each of its frames.
const PARTS: [f32; STEP] = [0.25, 0.5, 0.75, 1.0];

/// The lowest magnitude that is told from silence: -120 dBFS.
const LOWEST_GAIN: f32 = 1e-6;

/// A reduction that is as good as none, dB: far under what a gain in f32 can show.
const NOTHING_DB: f32 = 1e-5;

/// The highest magnitude that is squared: +600 dBFS, so that no square is infinite.
const HIGHEST: f64 = 1e30;

/// The frequency stays this far below half the rate.
const HIGHEST_OF_RATE: f64 = 0.45;

/// How far the reported level falls each time that it is looked at, dB.
const RECENT_FALL_DB: f32 = 0.24;

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

/// What is added at the end of a step to what is above the frequency, and to what is around it: gain in amplitude, and
/// half of it in dB, less 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Taken {
    all: f32,
    half: f32,
}

impl Taken {
    const NOTHING: Self = Self { all: 0.0, half: 0.0 };

    #[inline(always)]
    fn at(reduction_db: f32) -> Self {
        let half = fast_db_to_gain(-0.5 * reduction_db);
        Self { all: half * half - 1.0, half: half - 1.0 }
    }
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
    /// Sums of squares since the programme was last looked at, and of how many frames.
    power: Frame,
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
    /// Highest magnitude of the sibilants since then, and the level that is reported.
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
            power: [0.0; 2],
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

    /// What is taken after each of some steps with these highest magnitudes.
    #[inline(always)]
    fn taken<const N: usize>(&mut self, peaks: [f32; N]) -> [Taken; N] {
        let (mut threshold_db, mut range_db) = (self.threshold_db, self.range_db);
        let (mut thresholds_db, mut ranges_db) = ([0.0; N], [0.0; N]);
        for i in 0..N {
            threshold_db += self.way_db[0];
            range_db += self.way_db[1];
            (thresholds_db[i], ranges_db[i]) = (threshold_db, range_db);
        }
        (self.threshold_db, self.range_db) = (threshold_db, range_db);
        self.highest = peaks.iter().fold(self.highest, |highest, peak| higher(highest, *peak));
        let mut targets_db = [0.0; N];
        for i in 0..N {
            let level_db = fast_gain_to_db(higher(peaks[i], LOWEST_GAIN));
            let over_db = KNEE.fast_over_db(level_db - thresholds_db[i]);
            targets_db[i] = if over_db < ranges_db[i] { over_db } else { ranges_db[i] };
        }
        if self.reduction_db == 0.0 && targets_db.iter().all(|target_db| *target_db == 0.0) {
            return [Taken::NOTHING; N];
        }
        let (rise, fall) = (self.rise, self.fall);
        let (up_db, back_db) =
            (targets_db.map(|target_db| rise * target_db), targets_db.map(|target_db| fall * target_db));
        let (mut reduction_db, mut reductions_db) = (self.reduction_db, [0.0; N]);
        for i in 0..N {
            // The attack is the faster one: up it goes further, back the release stays higher.
            reduction_db = higher(up_db[i] + (1.0 - rise) * reduction_db, back_db[i] + (1.0 - fall) * reduction_db);
            reductions_db[i] = reduction_db;
        }
        self.reduction_db = reduction_db;
        reductions_db.map(Taken::at)
    }

    /// Takes from what comes of a frame, with the gains of the step so far.
    #[inline(always)]
    fn take(x: Frame, band: Frame, high: Frame, [all, half]: [f32; 2], wide: f64) -> Frame {
        let (all, half) = (f64::from(all), f64::from(half));
        [0, 1].map(|lane| {
            let split = half * band[lane] + all * high[lane];
            x[lane] + if wide == 0.0 { split } else { split + wide * (all * x[lane] - split) }
        })
    }

    /// A whole run that begins with a step: the gains at the ends of its steps.
    #[inline(always)]
    fn hear_run(&mut self, parts: &Parts) -> [Taken; STEPS + 1] {
        let mut peaks = [0.0; STEPS];
        for (peak, keys) in peaks.iter_mut().zip(parts.key.as_chunks::<STEP>().0) {
            let louder = |a: f64, b: f64| if a > b { a } else { b };
            let [left, right] = [0, 1].map(|lane| {
                let [a, b, c, d] = keys.map(|key| key[lane].abs());
                louder(louder(a, b), louder(c, d))
            });
            *peak = louder(left, right) as f32;
        }
        let taken = self.taken(peaks);
        let ends = [self.from, self.to, taken[0], taken[1], taken[2]];
        (self.from, self.to) = (taken[2], taken[3]);
        ends
    }

    /// Takes from a whole run.
    #[inline(always)]
    fn take_run(&self, ends: &[Taken; STEPS + 1], sound: &mut Run<Frame>, parts: &Parts, wide: &Run<f64>) {
        if *ends == [Taken::NOTHING; STEPS + 1] {
            return;
        }
        let (mut all, mut half) = ([0.0; CONTROL_INTERVAL], [0.0; CONTROL_INTERVAL]);
        for i in 0..CONTROL_INTERVAL {
            let (from, to, part) = (ends[i / STEP], ends[i / STEP + 1], PARTS[i % STEP]);
            all[i] = from.all + part * (to.all - from.all);
            half[i] = from.half + part * (to.half - from.half);
        }
        if self.wide.steady() == Some(0.0) {
            for i in 0..CONTROL_INTERVAL {
                sound[i] = Self::take(sound[i], parts.band[i], parts.high[i], [all[i], half[i]], 0.0);
            }
            return;
        }
        for i in 0..CONTROL_INTERVAL {
            sound[i] = Self::take(sound[i], parts.band[i], parts.high[i], [all[i], half[i]], wide[i]);
        }
    }

    /// A part of a run, frame by frame.
    fn take_frames(&mut self, sound: &mut [Frame], parts: &Parts, wide: &Run<f64>) {
        for (i, frame) in sound.iter_mut().enumerate() {
            let (from, to, part) = (self.from, self.to, PARTS[self.phase]);
            let gains = [from.all + part * (to.all - from.all), from.half + part * (to.half - from.half)];
            if from != Taken::NOTHING || to != Taken::NOTHING {
                *frame = Self::take(*frame, parts.band[i], parts.high[i], gains, wide[i]);
            }
            let [left, right] = parts.key[i];
            self.peak = higher(self.peak, higher(left.abs() as f32, right.abs() as f32));
            self.phase += 1;
            if self.phase == STEP {
                self.phase = 0;
                let peak = std::mem::take(&mut self.peak);
                let [taken] = self.taken([peak]);
                (self.from, self.to) = (self.to, taken);
            }
        }
    }

    /// Adds the squares of what comes in.
    #[inline(always)]
    fn add_power(&mut self, sound: &[Frame]) {
        let mut power = self.power;
        for frame in sound {
            let magnitude = frame.map(|x| if x.abs() < HIGHEST { x.abs() } else { HIGHEST });
            power = [0, 1].map(|lane| power[lane] + magnitude[lane] * magnitude[lane]);
        }
        self.power = power;
        self.frames += sound.len();
    }

    /// The first `frames` of a run, in place.
    #[inline(always)]
    fn process(&mut self, sound: &mut Run<Frame>, frames: usize) {
        let parts = self.split.run(sound, frames);
        let mut wide = [self.wide.steady().unwrap_or(0.0); CONTROL_INTERVAL];
        if self.wide.steady().is_none() {
            wide[..frames].fill_with(|| self.wide.advance());
        }
        if frames == CONTROL_INTERVAL && self.phase == 0 {
            let ends = self.hear_run(&parts);
            // Meanwhile the gains become known.
            self.add_power(sound);
            self.take_run(&ends, sound, &parts, &wide);
        } else {
            self.add_power(&sound[..frames]);
            self.take_frames(&mut sound[..frames], &parts, &wide);
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
        (self.power, self.frames, self.phase, self.peak) = ([0.0; 2], 0, 0, 0.0);
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
        if self.frames >= programme::INTERVAL {
            self.programme.control((self.power[0] + self.power[1]) / (2 * self.frames) as f64);
            (self.power, self.frames) = ([0.0; 2], 0);
            let level_db = fast_gain_to_db(higher(std::mem::take(&mut self.highest), LOWEST_GAIN)) - self.mean_db;
            self.recent_db = higher(self.recent_db - RECENT_FALL_DB, level_db);
            self.mean_db = self.programme.level_db() as f32;
        }
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
        if self.reduction_db < NOTHING_DB {
            self.reduction_db = 0.0;
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

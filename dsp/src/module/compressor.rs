//! Compressor: turns down what is over a threshold, in six [characters](Character).
//!
//! [`CompressorSettings`] say what can be set. A [side chain](side_chain) makes levels out of the [`key`](super::key) and
//! reductions in dB out of levels, by the [law] of its character; the sound is multiplied by the gain.
//!
//! In Mix and Full the sound is delayed by [`LOOK_AHEAD`]'s maximum, and the gain by that less the look-ahead; in Live
//! there is no look-ahead.

mod character;
mod curve;
mod law;
mod make_up;
mod settings;
mod side_chain;

pub use character::Character;
pub use settings::*;

use super::key::{Key, KeyListener, KeyState, NO_KEY_READOUT};
use crate::block::delay::Delay;
use crate::block::gliding_delay::GlidingDelay;
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide};
use crate::units::{db_to_gain, fast_db_to_gain, gain_to_db, ms_to_frames};
use crate::wide::wide;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use curve::{Course, Curve, GLIDING};
use law::Run;
use make_up::MakeUp;
use side_chain::{Kind, SideChain};

/// The level in dBFS that is 0 VU unless said otherwise.
const ZERO_VU_DB: f64 = -18.0;

/// How much of the peak is left after each control interval where the module is neutral.
const IDLE_KEEP: f64 = 0.99;

/// [`CompressorReading::level_db`].
pub static LEVEL_READOUT: Readout =
    Readout { id: "level", help: "Level that the detector reads, dBFS.", keep: Keep::Latest };

/// [`CompressorReading::reduction_db`].
pub static REDUCTION_READOUT: Readout = Readout { id: "reduction", help: "What is taken, dB.", keep: Keep::Highest };

/// [`CompressorReading::make_up_db`].
pub static MAKE_UP_READOUT: Readout = Readout {
    id: "make_up",
    help: "Make-up in dB that would give back what was taken in the last three seconds of programme.",
    keep: Keep::Latest,
};

/// What a compressor is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompressorReading {
    /// Level that the detector reads, dBFS; with the curve, where the signal stands on it.
    pub level_db: f64,
    /// What is taken now, dB, zero or more: of the channel of which more is taken.
    pub reduction_db: f64,
    /// The make-up in dB that would give back what was taken in the last three seconds of programme, if there were any.
    pub make_up_db: Option<f64>,
    /// What the key is doing.
    pub key: KeyState,
}

/// The compressor.
#[derive(Clone, Debug)]
pub struct Compressor {
    settings: CompressorSettings,
    zero_vu_db: f64,
    rate: f64,
    key: Key,
    glides: [Glide; GLIDING],
    course: Course,
    /// Whether settings have changed since the last control tick.
    changed: bool,
    /// Whether anything is on its way.
    moves: bool,
    /// Whether nothing has run since the last reset.
    fresh: bool,
    /// The one that is heard and the one that it came from.
    side_chains: [SideChain; 2],
    /// 1 where the first of them is heard, 0 where the second.
    fade: Gain,
    /// The dry part, and the wet part with its make-up.
    dry: Gain,
    wet: Gain,
    listener: KeyListener,
    latency: usize,
    sound: Delay,
    early: [GlidingDelay; 2],
    /// Whether the second of them has the same past as the first and is not run.
    early_linked: bool,
    /// Whether the output is the input until the next control tick.
    neutral: bool,
    /// Frames for which nothing has been taken.
    idle: usize,
    /// Highest magnitude while neutral, falling slowly.
    idle_peak: f64,
    reduction_db: f32,
    make_up: MakeUp,
}

impl Default for Compressor {
    fn default() -> Self {
        Self {
            settings: CompressorSettings::default(),
            zero_vu_db: ZERO_VU_DB,
            rate: 0.0,
            key: Key::default(),
            glides: Default::default(),
            course: Course::default(),
            changed: false,
            moves: false,
            fresh: true,
            side_chains: Default::default(),
            fade: Gain::default(),
            dry: Gain::default(),
            wet: Gain::default(),
            listener: KeyListener::default(),
            latency: 0,
            sound: Delay::default(),
            early: Default::default(),
            early_linked: true,
            neutral: false,
            idle: 0,
            idle_peak: 0.0,
            reduction_db: 0.0,
            make_up: MakeUp::default(),
        }
    }
}

impl Compressor {
    /// What it is doing.
    pub fn read(&self) -> CompressorReading {
        CompressorReading {
            level_db: if self.neutral { gain_to_db(self.idle_peak) } else { f64::from(self.side_chains[0].recent_db) },
            reduction_db: f64::from(self.reduction_db),
            make_up_db: self.make_up.gain_db(),
            key: self.key.state(),
        }
    }

    /// Level in dB that a steady `input_db` comes out at, make-up and mix included.
    pub fn output_db(&self, input_db: f64) -> f64 {
        output_db(&self.settings, self.zero_vu_db, input_db)
    }

    fn aim_curve(&mut self) {
        let targets = Curve::gliding(&self.settings, self.zero_vu_db);
        for (glide, target) in self.glides.iter_mut().zip(targets) {
            glide.aim(target);
        }
        self.changed = true;
    }

    fn fades(&self) -> bool {
        self.fade.steady() != Some(1.0)
    }

    /// At a control tick: the curve of the next one, and the times.
    fn follow_settings(&mut self) {
        for glide in &mut self.glides {
            glide.step();
        }
        let curve = Curve::at(self.glides.map(|glide| glide.now()));
        if self.fresh {
            self.course.jump(curve);
            self.side_chains[0].kind = Kind::of(&self.settings);
        } else {
            self.course.aim(curve);
        }
        if std::mem::take(&mut self.changed) {
            for side_chain in &mut self.side_chains {
                side_chain.set(&self.settings, self.zero_vu_db);
            }
        }
        let kind = Kind::of(&self.settings);
        if !self.fades() && kind != self.side_chains[0].kind {
            let [now, before] = &mut self.side_chains;
            std::mem::swap(now, before);
            now.take_over(kind, before, &self.settings, self.zero_vu_db);
            self.fade.reset();
            self.fade.aim(0.0);
            self.fade.aim(1.0);
        }
    }

    /// Whether anything is on its way, or a character yet to come.
    fn is_moving(&self) -> bool {
        let gains = [&self.fade, &self.dry, &self.wet];
        self.course.moves
            || self.glides.iter().any(Glide::moving)
            || gains.iter().any(|gain| gain.steady() != Some(gain.target()))
            || !self.listener.is_steady()
            || self.key.is_moving()
            || self.early[0].is_moving()
            || self.side_chains[0].kind != Kind::of(&self.settings)
    }

    /// Whether from now on the output is the input.
    fn is_neutral(&self) -> bool {
        let gain = self.dry.steady().zip(self.wet.steady()).map(|(dry, wet)| dry + wet);
        !self.moves
            && self.course.steady().is_neutral()
            && !self.fades()
            && gain == Some(1.0)
            && self.listener.is_off()
            && self.key.is_plain()
            && self.idle > self.latency + CONTROL_INTERVAL
    }

    /// The first `frames` of a run, in place.
    #[inline(always)]
    fn process(&mut self, sound: &mut Run<Frame>, keys: &Run<Frame>, frames: usize) {
        let mut buffer;
        let key = if self.key.is_plain() {
            &*sound
        } else {
            buffer = [[0.0; 2]; CONTROL_INTERVAL];
            self.key.run(&sound[..frames], &keys[..frames], &mut buffer[..frames]);
            &buffer
        };
        let mut reductions_db = [[0.0; CONTROL_INTERVAL]; 2];
        let mut lanes = self.side_chains[0].run(key, frames, &self.course, &mut reductions_db);
        if self.fades() {
            let mut before_db = [[0.0; CONTROL_INTERVAL]; 2];
            let before_lanes = self.side_chains[1].run(key, frames, &self.course, &mut before_db);
            self.blend(&mut reductions_db, lanes, &mut before_db, before_lanes, frames);
            lanes = 2;
        }
        self.course.pass(frames);
        let listened = if self.listener.is_off() { None } else { Some(*key) };
        if self.latency > 0 {
            self.delay(&mut sound[..frames], &mut reductions_db, lanes, frames);
        }
        self.reduction_db = reductions_db[..lanes].iter().fold(0.0, |most, lane| lane[frames - 1].max(most));
        if self.reduction_db == 0.0 {
            self.idle += frames
        } else {
            self.idle = 0
        }
        self.apply(sound, &reductions_db, lanes, frames);
        if let Some(listened) = listened {
            self.listener.run(&mut sound[..frames], &listened[..frames]);
        }
    }

    /// During a crossfade: from the reductions of the side chain before to those of the one now.
    fn blend(
        &mut self,
        now_db: &mut [Run<f32>; 2],
        now_lanes: usize,
        before_db: &mut [Run<f32>; 2],
        before_lanes: usize,
        frames: usize,
    ) {
        now_db[1] = now_db[now_lanes - 1];
        before_db[1] = before_db[before_lanes - 1];
        for i in 0..frames {
            let part = self.fade.advance() as f32;
            for lane in 0..2 {
                now_db[lane][i] = before_db[lane][i] + part * (now_db[lane][i] - before_db[lane][i]);
            }
        }
    }

    /// The sound by the longest look-ahead, the gain by that less the look-ahead.
    #[inline(always)]
    fn delay(&mut self, sound: &mut [Frame], reductions_db: &mut [Run<f32>; 2], lanes: usize, frames: usize) {
        self.sound.run(sound);
        let [first, second] = &mut self.early;
        if lanes == 2 && self.early_linked {
            second.copy_past(first);
        }
        self.early_linked = lanes == 1;
        first.run(&mut reductions_db[0][..frames]);
        if lanes == 2 {
            second.run(&mut reductions_db[1][..frames]);
        }
    }

    /// Multiplies by the gain.
    #[inline(always)]
    fn apply(&mut self, sound: &mut Run<Frame>, reductions_db: &[Run<f32>; 2], lanes: usize, frames: usize) {
        let mut gains = [[0.0f32; CONTROL_INTERVAL]; 2];
        for lane in 0..lanes {
            for i in 0..CONTROL_INTERVAL {
                gains[lane][i] = fast_db_to_gain(-reductions_db[lane][i]);
            }
        }
        let steady = self.dry.steady().zip(self.wet.steady());
        if let Some((dry, wet)) = steady {
            if (dry, wet) != (0.0, 1.0) {
                let (dry, wet) = (dry as f32, wet as f32);
                gains = gains.map(|gains| gains.map(|gain| dry + wet * gain));
            }
        } else {
            for i in 0..frames {
                let (dry, wet) = (self.dry.advance() as f32, self.wet.advance() as f32);
                for gains in &mut gains {
                    gains[i] = dry + wet * gains[i];
                }
            }
        }
        let [left, right] = &gains;
        let right = if lanes == 2 { right } else { left };
        for i in 0..CONTROL_INTERVAL {
            sound[i] = [sound[i][0] * f64::from(left[i]), sound[i][1] * f64::from(right[i])];
        }
    }
}

impl Processor for Compressor {
    type Settings = CompressorSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.rate = rate;
        self.key.prepare(rate);
        self.glides.iter_mut().for_each(|glide| glide.prepare(rate));
        self.side_chains.iter_mut().for_each(|side_chain| side_chain.prepare(rate));
        for gain in [&mut self.fade, &mut self.dry, &mut self.wet] {
            gain.prepare(rate);
        }
        self.listener.prepare(rate);
        self.latency = match mode {
            LatencyMode::Live => 0,
            LatencyMode::Mix | LatencyMode::Full => ms_to_frames(LOOK_AHEAD.range.1, rate).ceil() as usize,
        };
        self.sound.prepare(self.latency);
        self.early.iter_mut().for_each(|early| early.prepare(self.latency, rate));
        self.reset();
    }

    fn reset(&mut self) {
        self.key.reset();
        self.glides.iter_mut().for_each(Glide::reset);
        self.side_chains.iter_mut().for_each(SideChain::reset);
        for gain in [&mut self.fade, &mut self.dry, &mut self.wet] {
            gain.reset();
        }
        self.listener.reset();
        self.fade.aim(1.0);
        self.sound.reset();
        self.early.iter_mut().for_each(GlidingDelay::reset);
        self.early_linked = true;
        (self.changed, self.moves, self.fresh, self.neutral) = (true, true, true, false);
        (self.idle, self.idle_peak, self.reduction_db) = (usize::MAX / 2, 0.0, 0.0);
        self.make_up.prepare(self.rate);
    }

    fn set(&mut self, settings: &CompressorSettings) {
        self.settings = *settings;
        self.key.set(&settings.key);
        let mix = settings.mix_percent / 100.0;
        self.dry.aim(1.0 - mix);
        self.wet.aim(mix * db_to_gain(settings.make_up_db));
        let early = ms_to_frames(settings.look_ahead_ms, self.rate).round();
        self.early.iter_mut().for_each(|delay| delay.aim(self.latency as f64 - early));
        self.aim_curve();
    }

    fn control(&mut self) {
        if self.neutral && !self.changed {
            self.idle_peak *= IDLE_KEEP;
            return;
        }
        if self.moves || self.changed {
            self.key.control();
            for gain in [&mut self.fade, &mut self.dry, &mut self.wet] {
                gain.control();
            }
            self.listener.control();
            self.early.iter_mut().for_each(GlidingDelay::control);
            self.follow_settings();
            self.moves = self.is_moving();
        } else {
            self.course.rest();
        }
        let neutral = self.is_neutral();
        let was_neutral = std::mem::replace(&mut self.neutral, neutral);
        if was_neutral && !self.neutral {
            self.side_chains[0].wake(self.idle_peak);
        }
        if !self.neutral {
            self.side_chains[0].control(&self.settings, self.zero_vu_db);
            if self.fades() {
                self.side_chains[1].control(&self.settings, self.zero_vu_db);
            }
            self.make_up.control(self.side_chains[0].recent_db, self.reduction_db);
        }
        self.fresh = false;
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        if self.neutral {
            self.idle_peak = self.idle_peak.max(peak(frames));
            self.sound.run(frames);
        } else if let (Ok(frames), Ok(keys)) =
            (<&mut Run<Frame>>::try_from(&mut *frames), <&Run<Frame>>::try_from(keys))
        {
            if self.side_chains[0].kind.character == Character::Clean {
                wide!(_simd => self.process(frames, keys, CONTROL_INTERVAL), else self.process(frames, keys, CONTROL_INTERVAL));
            } else {
                // These wait for their last frame, and wide registers only make that longer.
                self.process(frames, keys, CONTROL_INTERVAL);
            }
        } else {
            let length = frames.len().min(CONTROL_INTERVAL);
            let mut sound = [[0.0; 2]; CONTROL_INTERVAL];
            let mut other = [[0.0; 2]; CONTROL_INTERVAL];
            sound[..length].copy_from_slice(frames);
            other[..length].copy_from_slice(keys);
            self.process(&mut sound, &other, length);
            frames.copy_from_slice(&sound[..length]);
        }
    }

    fn latency(&self) -> usize {
        self.latency
    }

    fn is_settled(&self) -> bool {
        self.neutral || (!self.fades() && self.side_chains[0].is_settled())
    }

    fn report(&mut self, report: &mut impl Report) {
        let CompressorReading { level_db, reduction_db, make_up_db, key } = self.read();
        report.value(&LEVEL_READOUT, level_db);
        report.value(&REDUCTION_READOUT, reduction_db);
        report.value(&MAKE_UP_READOUT, make_up_db.unwrap_or(f64::NEG_INFINITY));
        report.value(&NO_KEY_READOUT, f64::from(u8::from(key == KeyState::Silent)));
    }

    /// 0 VU is where the vari-mu has its ratio, and what tells the RMS character below which level a pause is.
    fn calibrate(&mut self, zero_vu_db: f64) {
        if zero_vu_db != self.zero_vu_db {
            self.zero_vu_db = zero_vu_db;
            self.aim_curve();
        }
    }

    /// Lets hear the key, as the detector hears it.
    fn listen(&mut self, to: Listen) {
        self.changed |= self.listener.listen(to == Listen::Key);
    }
}

/// Level in dB that a steady `input_db` comes out at with `settings`, make-up and mix included; `zero_vu_db` as in
/// [`Compressor::calibrate`].
pub fn output_db(settings: &CompressorSettings, zero_vu_db: f64, input_db: f64) -> f64 {
    let curve = Curve::at(Curve::gliding(settings, zero_vu_db));
    let gain = db_to_gain(settings.make_up_db - settings.character.settled_db(&curve, input_db));
    let mix = settings.mix_percent / 100.0;
    input_db + gain_to_db(1.0 - mix + mix * gain)
}

/// About the highest magnitude: of every fourth frame, which is enough for a display.
#[inline(always)]
fn peak(frames: &[Frame]) -> f64 {
    frames.iter().step_by(4).flatten().fold(0.0, |highest, x| if x.abs() > highest { x.abs() } else { highest })
}

//! Gate and expander: turns down what is below a threshold.
//!
//! The detector takes the highest magnitude of both channels over the last [`WINDOW_MS`], so that a low note does not
//! make it chatter. At the threshold it opens: the gain goes to 1 by one pole. It closes once the level has been a
//! hysteresis below the threshold for the hold: the gain then falls, in dB at an even pace, to what the curve asks for.
//!
//! In Mix and Full the sound is delayed by [`LOOK_AHEAD`]'s maximum, and the gain by that less the look-ahead; in Live
//! there is no look-ahead.

mod curve;
mod settings;

pub use settings::*;

use super::key::{Key, KeyListener, KeyState, NO_KEY_READOUT};
use crate::block::ballistics::share;
use crate::block::delay::Delay;
use crate::block::gliding_delay::GlidingDelay;
use crate::block::held_peak::HeldPeak;
use crate::block::magnitude::higher;
use crate::readout::{Keep, Readout, Report};
use crate::smooth::Glide;
use crate::units::{db_to_gain, fast_gain_to_db, gain_to_db, ms_to_frames};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use curve::{Curve, GLIDING, RATIO_GLIDE};

/// Window of the detector: half a period of 40 Hz, below the lowest string of a bass.
pub const WINDOW_MS: f64 = 12.5;

/// The lowest magnitude that is told from silence: -120 dBFS.
const LOWEST_GAIN: f32 = 1e-6;

/// A gain so near to where it goes is there: less than a gain in f32 can show.
const NEAR: f64 = 1e-8;

/// Level that the detector reads.
pub static LEVEL_READOUT: Readout =
    Readout { id: "level", help: "Level that the detector reads, dBFS.", keep: Keep::Latest };

/// What is taken.
pub static REDUCTION_READOUT: Readout = Readout { id: "reduction", help: "What is taken, dB.", keep: Keep::Latest };

/// The values of a run, whole or not: what is beyond its frames has no meaning.
type Run<T> = [T; CONTROL_INTERVAL];

/// Whether it lets pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// The curve decides.
    #[default]
    Closed,
    /// All of it, for so many frames more than the level stays up.
    Open { hold_left: u32 },
}

impl State {
    /// A frame later, at a level in dBFS, with the levels from which on it opens and below which it closes.
    #[inline(always)]
    fn next(self, level_db: f32, open_db: f32, close_db: f32, hold: u32) -> Self {
        match self {
            _ if level_db >= open_db => Self::Open { hold_left: hold },
            Self::Open { .. } if level_db >= close_db => Self::Open { hold_left: hold },
            Self::Closed | Self::Open { hold_left: 0 } => Self::Closed,
            Self::Open { hold_left } => Self::Open { hold_left: hold_left - 1 },
        }
    }
}

/// What a gate is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateReading {
    /// Level that the detector reads, dBFS.
    pub level_db: f64,
    /// What is taken now, dB, zero or more.
    pub reduction_db: f64,
    /// What the key is doing.
    pub key: KeyState,
}

/// The gate.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    settings: GateSettings,
    rate: f64,
    key: Key,
    listener: KeyListener,
    glides: [Glide; GLIDING],
    from: Curve,
    to: Curve,
    /// The higher one of their thresholds, linear.
    loud: f32,
    /// Frames since the last control tick.
    phase: usize,
    /// Whether the settings are new.
    changed: bool,
    /// Whether anything is on its way.
    moves: bool,
    /// Whether nothing has run since the last reset.
    fresh: bool,
    detector: HeldPeak,
    state: State,
    gain: f64,
    /// Shares of the way that the gain goes in each frame.
    rise: f64,
    fall: f64,
    hold: u32,
    /// Whether an external key has gone: it then stays open.
    forced: bool,
    /// Whether the gain is 1 and stays so until the next control tick.
    rests: bool,
    /// Frames for which nothing has been taken.
    idle: usize,
    latency: usize,
    sound: Delay,
    /// 1 - gain, as much earlier than the sound as the look-ahead says.
    early: GlidingDelay,
    level: f32,
    taken: f32,
}

/// Level in dB that a steady `input_db` comes out at, with a gate that is open or closed where both are possible: between
/// the threshold and where it closes.
pub fn output_db(settings: &GateSettings, input_db: f64, open: bool) -> f64 {
    let curve = Curve::at(Curve::gliding(settings));
    let closes_db = curve.threshold_db - curve.hysteresis_db;
    if open && input_db >= closes_db { input_db } else { input_db - curve.closed_db(input_db) }
}

impl Gate {
    /// What it is doing.
    pub fn read(&self) -> GateReading {
        GateReading {
            level_db: gain_to_db(f64::from(higher(self.level, LOWEST_GAIN))),
            reduction_db: -gain_to_db(1.0 - f64::from(self.taken)),
            key: self.key.state(),
        }
    }

    /// At a control tick: the curve of the next one, and the times.
    fn follow_settings(&mut self) {
        self.from = self.to;
        for glide in &mut self.glides {
            glide.step();
        }
        self.to = Curve::at(self.glides.map(|glide| glide.now()));
        if std::mem::take(&mut self.changed) {
            let GateSettings { attack_ms, release_ms, hold_ms, .. } = self.settings;
            self.rise = share(attack_ms, self.rate);
            self.fall = share(release_ms, self.rate);
            self.hold = ms_to_frames(hold_ms, self.rate).round() as u32;
        }
        if std::mem::take(&mut self.fresh) {
            self.from = self.to;
            self.gain = if self.forced { 1.0 } else { self.silent_gain() };
        }
        self.loud = db_to_gain(self.from.threshold_db.max(self.to.threshold_db)) as f32;
    }

    /// Whether anything is on its way.
    fn is_moving(&self) -> bool {
        self.from != self.to
            || self.glides.iter().any(Glide::moving)
            || self.key.is_moving()
            || self.early.is_moving()
            || !self.listener.is_steady()
    }

    /// The gain of a closed gate in silence.
    fn silent_gain(&self) -> f64 {
        f64::from(self.to.closed_gain(fast_gain_to_db(LOWEST_GAIN)))
    }

    /// What the gain goes to while the level stays where it is.
    fn settles_at(&self) -> f64 {
        if self.state != State::Closed || self.forced {
            1.0
        } else {
            f64::from(self.to.closed_gain(fast_gain_to_db(higher(self.level, LOWEST_GAIN))))
        }
    }

    /// Whether from now on, up to the next control tick, the gain is 1 whatever comes.
    fn is_resting(&self) -> bool {
        let neutral = self.from.is_neutral() && self.to.is_neutral();
        self.gain == 1.0 && (neutral || self.forced || self.detector.least() >= self.loud)
    }

    /// 1 - gain for the first `frames` levels of a run, which only rise.
    #[inline(always)]
    fn follow(&mut self, levels: &Run<f32>, frames: usize) -> Run<f32> {
        let (lowest, highest) = (levels[0], levels[frames - 1]);
        let level_db = |level| fast_gain_to_db(higher(level, LOWEST_GAIN));
        if self.from != self.to {
            return self.follow_moving(levels, frames);
        }
        let open_db = self.to.threshold_db as f32;
        let close_db = (self.to.threshold_db - self.to.hysteresis_db) as f32;
        let stays_open = match self.state {
            State::Open { .. } => level_db(lowest) >= close_db,
            State::Closed => level_db(lowest) >= open_db,
        };
        if stays_open || self.forced {
            if stays_open {
                self.state = State::Open { hold_left: self.hold };
            }
            if self.gain == 1.0 {
                return [0.0; CONTROL_INTERVAL];
            }
            return self.go(&[1.0; CONTROL_INTERVAL], frames);
        }
        let (mut levels_db, mut targets) = ([0.0; CONTROL_INTERVAL], [0.0; CONTROL_INTERVAL]);
        let to = self.to;
        for i in 0..CONTROL_INTERVAL {
            levels_db[i] = fast_gain_to_db(higher(levels[i], LOWEST_GAIN));
            targets[i] = to.closed_gain(levels_db[i]);
        }
        if self.state != State::Closed || level_db(highest) >= open_db {
            for i in 0..frames {
                self.state = self.state.next(levels_db[i], open_db, close_db, self.hold);
                targets[i] = if self.state == State::Closed { targets[i] } else { 1.0 };
            }
        }
        self.go(&targets, frames)
    }

    /// As [`follow`](Self::follow) while the curve is on its way.
    #[inline(never)]
    fn follow_moving(&mut self, levels: &Run<f32>, frames: usize) -> Run<f32> {
        let mut targets = [1.0; CONTROL_INTERVAL];
        for i in 0..frames {
            let part = (self.phase + i + 1) as f64 * (1.0 / CONTROL_INTERVAL as f64);
            let curve = self.from.towards(&self.to, part);
            let level_db = fast_gain_to_db(higher(levels[i], LOWEST_GAIN));
            let close_db = (curve.threshold_db - curve.hysteresis_db) as f32;
            if !self.forced {
                self.state = self.state.next(level_db, curve.threshold_db as f32, close_db, self.hold);
                targets[i] = if self.state == State::Closed { curve.closed_gain(level_db) } else { 1.0 };
            }
        }
        self.go(&targets, frames)
    }

    /// Moves the gain towards the targets.
    #[inline(always)]
    fn go(&mut self, targets: &Run<f32>, frames: usize) -> Run<f32> {
        // The larger share is the one to go up with, or the one to go down with: so the larger or the smaller result is
        // the right one either way, without asking which way it is.
        if self.rise >= self.fall {
            self.go_by(targets, frames, |up, down| if up > down { up } else { down })
        } else {
            self.go_by(targets, frames, |up, down| if up < down { up } else { down })
        }
    }

    #[inline(always)]
    fn go_by(&mut self, targets: &Run<f32>, frames: usize, right: impl Fn(f64, f64) -> f64) -> Run<f32> {
        let mut taken = [0.0; CONTROL_INTERVAL];
        let (rise, fall, mut gain) = (self.rise, self.fall, self.gain);
        let (rest_rise, rest_fall) = (1.0 - rise, 1.0 - fall);
        for i in 0..frames {
            let target = f64::from(targets[i]);
            gain = right(target * rise + gain * rest_rise, target * fall + gain * rest_fall);
            taken[i] = (1.0 - gain) as f32;
        }
        self.gain = gain;
        taken
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
        let listened = if self.listener.is_off() { None } else { Some(*key) };
        let mut taken = [0.0; CONTROL_INTERVAL];
        if self.rests {
            self.level = self.detector.pass(loudest(key));
        } else {
            let mut levels = [0.0; CONTROL_INTERVAL];
            for (level, [left, right]) in levels.iter_mut().zip(key) {
                *level = higher(left.abs() as f32, right.abs() as f32);
            }
            self.detector.run(&mut levels, frames);
            self.level = levels[frames - 1];
            taken = self.follow(&levels, frames);
        }
        self.phase += frames;
        self.idle = if self.rests { self.idle.saturating_add(frames) } else { 0 };
        // What is in the delays has been nothing for longer than they are.
        let silent = self.idle > self.latency + 2 * CONTROL_INTERVAL;
        if self.latency > 0 {
            self.sound.run(&mut sound[..frames]);
            if !silent {
                self.early.run(&mut taken[..frames]);
            }
        }
        self.taken = taken[frames - 1];
        if !silent {
            for (frame, taken) in sound.iter_mut().zip(taken) {
                let gain = 1.0 - f64::from(taken);
                *frame = [frame[0] * gain, frame[1] * gain];
            }
        }
        if let Some(listened) = listened {
            self.listener.run(&mut sound[..frames], &listened[..frames]);
        }
    }
}

impl Processor for Gate {
    type Settings = GateSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.rate = rate;
        self.key.prepare(rate);
        self.listener.prepare(rate);
        self.glides.iter_mut().for_each(|glide| glide.prepare(rate));
        // On the way to or from an infinite ratio most of the move is in a part of the time: it gets twice as long.
        self.glides[RATIO_GLIDE].prepare(2.0 * rate);
        self.detector.prepare(WINDOW_MS, rate);
        self.latency = match mode {
            LatencyMode::Live => 0,
            LatencyMode::Mix | LatencyMode::Full => ms_to_frames(LOOK_AHEAD.range.1, rate).ceil() as usize,
        };
        self.sound.prepare(self.latency);
        self.early.prepare(self.latency, rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.key.reset();
        self.listener.reset();
        self.glides.iter_mut().for_each(Glide::reset);
        self.detector.reset();
        self.sound.reset();
        self.early.reset();
        self.state = State::Closed;
        (self.changed, self.moves, self.fresh, self.rests) = (true, true, true, false);
        (self.phase, self.idle, self.level, self.taken) = (0, 0, 0.0, 0.0);
    }

    fn set(&mut self, settings: &GateSettings) {
        self.settings = *settings;
        self.key.set(&settings.key);
        let early = ms_to_frames(settings.look_ahead_ms, self.rate).round();
        self.early.aim(self.latency as f64 - early);
        for (glide, target) in self.glides.iter_mut().zip(Curve::gliding(settings)) {
            glide.aim(target);
        }
        self.changed = true;
    }

    fn control(&mut self) {
        self.forced = self.key.state() == KeyState::Silent;
        if self.changed || self.moves {
            self.key.control();
            self.listener.control();
            self.early.control();
            self.follow_settings();
            self.moves = self.is_moving();
        }
        self.detector.control();
        self.phase = 0;
        let settles_at = self.settles_at();
        if (settles_at - self.gain).abs() < NEAR {
            self.gain = settles_at;
        }
        self.rests = self.is_resting();
        if self.rests && !self.to.is_neutral() {
            // What the frames until the next tick would say.
            self.state = State::Open { hold_left: self.hold };
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        if let (Ok(frames), Ok(keys)) = (<&mut Run<Frame>>::try_from(&mut *frames), <&Run<Frame>>::try_from(keys)) {
            self.process(frames, keys, CONTROL_INTERVAL);
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

    /// A side-chain may open it while there is no sound.
    fn is_settled(&self) -> bool {
        self.key.state() == KeyState::Internal
            && (self.to.is_neutral() || (self.state == State::Closed && self.gain == self.silent_gain()))
    }

    fn report(&mut self, report: &mut impl Report) {
        let GateReading { level_db, reduction_db, key } = self.read();
        report.value(&LEVEL_READOUT, level_db);
        report.value(&REDUCTION_READOUT, reduction_db);
        report.value(&NO_KEY_READOUT, f64::from(u8::from(key == KeyState::Silent)));
    }

    /// Lets hear the key, as the detector hears it.
    fn listen(&mut self, to: Listen) {
        self.changed |= self.listener.listen(to == Listen::Key);
    }
}

/// The highest magnitude of a run; what is beyond its frames is silence.
#[inline(always)]
fn loudest(key: &Run<Frame>) -> f32 {
    let louder = |a: f64, b: f64| if b > a { b } else { a };
    // Four at a time: each waits for itself, not for the others.
    let mut loudest = [[0.0; 2]; 4];
    for four in key.as_chunks::<4>().0 {
        for (loudest, frame) in loudest.iter_mut().zip(four) {
            *loudest = [louder(loudest[0], frame[0].abs()), louder(loudest[1], frame[1].abs())];
        }
    }
    loudest.into_iter().flatten().fold(0.0, louder) as f32
}

//! The two chains, and what every chain has around it: control clock, clean input, bypass, sleep, meters.

mod blink;
pub mod channel;
pub mod master;
mod rack;
mod recent;
mod route;
mod stage;

pub use stage::Stage;

use crate::block::delay::Delay;
use crate::control::Group;
use crate::meter::difference::Difference;
use crate::meter::level::Level;
use crate::readout::Report;
use crate::smooth::Gain;
use crate::units::db_to_gain;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use blink::Blink;

/// The group of what is set on a chain as a whole.
pub static GROUP: Group = Group { id: "chain", name: "Chain" };

/// A row of modules: what a [`Chain`] runs.
pub trait Rack: Processor {
    /// The meter that belongs to the whole; `()` where there is none.
    type Observer: Observer;

    /// Says what to hear of each module: asks `of` for every module's group, in their order.
    fn listen_to(&mut self, of: impl FnMut(&'static Group) -> Listen) {
        let _ = of;
    }

    /// Begins to measure what each module does to the sound, which costs, or ends it; see
    /// [`contribution`](crate::meter::contribution).
    fn measure_contribution(&mut self, on: bool) {
        let _ = on;
    }
}

/// A meter of what leaves a chain, bypass included.
pub trait Observer: Default {
    /// Readies for `rate` in Hz. The only method that may allocate.
    fn prepare(&mut self, rate: f64);
    /// Forgets the past.
    fn reset(&mut self);
    /// Looks at up to [`CONTROL_INTERVAL`] frames.
    fn run(&mut self, output: &[Frame]);
    /// As [`run`](Self::run) with `frames` frames of silence, up to [`CONTROL_INTERVAL`]: for a chain asleep.
    fn run_silence(&mut self, frames: usize);
    /// Tells what it has measured; see [`Processor::report`].
    fn report(&self, report: &mut impl Report);
}

impl Observer for () {
    fn prepare(&mut self, _: f64) {}
    fn reset(&mut self) {}
    fn run(&mut self, _: &[Frame]) {}
    fn run_silence(&mut self, _: usize) {}
    fn report(&self, _: &mut impl Report) {}
}

/// Input so quiet for so long that nothing sounds any more; see [`Chain::asleep`].
const SILENCE: f64 = 1e-9;

/// The most frames that one module after the other runs over: enough for each to find what it needs at hand, and few
/// enough for them to stay there.
const STRETCH: usize = 16 * CONTROL_INTERVAL;

/// Where there is no side-chain.
static NO_KEYS: [Frame; STRETCH] = [[0.0; 2]; STRETCH];

/// Runs a rack over buffers of any length, on a control grid that does not depend on how they are cut.
pub struct Chain<R: Rack> {
    /// The modules.
    pub rack: R,
    /// Level of the clean input.
    pub input_level: Level,
    /// Level of what leaves.
    pub output_level: Level,
    /// The meter of the whole.
    pub observer: R::Observer,
    /// Frames since the last control tick.
    phase: usize,
    dry: Delay,
    /// 1 where the rack is heard, 0 where the chain is bypassed.
    wet: Gain,
    /// Frames for which the input has been silent.
    quiet: usize,
    /// Whether nothing can sound any more.
    asleep: bool,
    /// Frames since it fell asleep, which was at a control tick.
    slept: usize,
    /// Whether the observer is to start anew at the next control tick.
    observe_anew: bool,
    /// Whether it has settings since the last reset.
    started: bool,
    blink: Blink<R::Settings>,
    /// Whether someone is at the controls, from the next control tick on, and whether since the last one.
    attend: bool,
    attended: bool,
    /// How much louder the rack makes what comes in, while it is attended and heard alone.
    difference: Difference,
    /// Whether what is heard is what the difference is about.
    comparable: bool,
    /// Listen state: a gain on what leaves, unseen by meters. Its target, and on its way.
    match_gain: f64,
    matched: Gain,
}

impl<R: Rack + Default> Default for Chain<R> {
    fn default() -> Self {
        Self {
            rack: R::default(),
            input_level: Level::default(),
            output_level: Level::default(),
            observer: R::Observer::default(),
            phase: 0,
            dry: Delay::default(),
            wet: Gain::default(),
            quiet: 0,
            asleep: false,
            slept: 0,
            observe_anew: false,
            started: false,
            blink: Blink::default(),
            attend: false,
            attended: false,
            difference: Difference::default(),
            comparable: true,
            match_gain: 1.0,
            matched: Gain::default(),
        }
    }
}

impl<R: Rack> Chain<R> {
    /// Readies for `rate` in Hz and `mode`. The only method that may allocate.
    pub fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        crate::wide::prepare();
        self.rack.prepare(rate, mode);
        self.input_level.prepare(rate);
        self.output_level.prepare(rate);
        self.observer.prepare(rate);
        self.dry.prepare(self.rack.latency());
        self.wet.prepare(rate);
        self.blink.prepare(rate, self.rack.latency());
        self.difference.prepare(rate);
        self.matched.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next settings jump, and the control grid starts anew.
    pub fn reset(&mut self) {
        self.rack.reset();
        self.dry.reset();
        self.wet.reset();
        self.blink.reset();
        self.difference.restart();
        self.matched.reset();
        self.matched.aim(self.match_gain);
        self.started = false;
        self.input_level.reset();
        self.output_level.reset();
        self.observer.reset();
        self.phase = 0;
        self.quiet = 0;
        (self.asleep, self.slept) = (false, 0);
        self.observe_anew = false;
    }

    /// For the rack, the time that it slept is over.
    fn wake(&mut self) {
        if std::mem::take(&mut self.asleep) {
            self.rack.pass(std::mem::take(&mut self.slept));
        }
    }

    /// Aims at new settings; they are on their way from the next control tick on.
    pub fn set(&mut self, settings: &R::Settings) {
        // Asleep, no control tick would bring it there.
        self.wake();
        match self.blink.next() {
            Some(next) => *next = *settings,
            None => self.rack.set(settings),
        }
        self.started = true;
        self.difference.settings_changed();
        self.quiet = 0;
    }

    /// Goes over to settings of any kind in 25 ms without a click: out, there, and in again. For a chain that is
    /// [attended](Self::attend); any other one glides.
    pub fn go_over_to(&mut self, settings: &R::Settings) {
        if !self.started || !self.attended || self.asleep {
            return self.set(settings);
        }
        self.blink.go_over_to(*settings);
        self.difference.settings_changed();
        self.quiet = 0;
    }

    /// Says whether someone is at the controls: only then does it remember what [`go_over_to`](Self::go_over_to) needs,
    /// and measure its [`difference`](Self::difference).
    pub fn attend(&mut self, attend: bool) {
        self.attend = attend;
    }

    /// How much louder the rack makes what comes in, while it is attended and not bypassed.
    pub fn difference(&mut self) -> &mut Difference {
        &mut self.difference
    }

    /// Says whether the output is what the difference is about, and not a listen state.
    pub fn set_comparable(&mut self, comparable: bool) {
        self.comparable = comparable;
    }

    /// Listen state: what leaves is changed by so many dB, after all meters, and never while the chain is bypassed.
    pub fn set_match(&mut self, gain_db: f64) {
        self.match_gain = db_to_gain(gain_db);
        self.aim_match();
    }

    fn aim_match(&mut self) {
        let bypassed = self.wet.target() == 0.0 && !self.wet.fresh();
        self.matched.aim(if bypassed { 1.0 } else { self.match_gain });
    }

    /// Fades to the dry input, delayed by [`latency`](Self::latency), and back.
    pub fn set_bypass(&mut self, bypass: bool) {
        self.wet.aim(if bypass { 0.0 } else { 1.0 });
        self.aim_match();
    }

    /// The observer forgets the programme so far, from the next control tick on.
    pub fn restart_observer(&mut self) {
        self.observe_anew = true;
    }

    /// Delay of the output behind the input in frames, bypassed or not.
    pub fn latency(&self) -> usize {
        self.rack.latency()
    }

    /// Frames that can still sound after the input has fallen silent.
    pub fn tail(&self) -> usize {
        self.rack.latency() + self.rack.tail()
    }

    /// Whether the input has been silent for longer than anything can sound or move: the rack then rests.
    pub fn asleep(&self) -> bool {
        self.asleep
    }

    /// Processes `frames` in place. `keys` is the external side-chain, as long as `frames` or empty where there is none.
    pub fn process(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        // What the rack has been told meanwhile, such as what to let hear, may have woken it.
        if !self.rack.is_settled() {
            self.wake();
        }
        if self.sleeps_through(frames) {
            return;
        }
        let mut key = [[0.0; 2]; CONTROL_INTERVAL];
        let mut at = 0;
        while at < frames.len() {
            let stretch = self.run_stretch(&mut frames[at..], keys.get(at..).unwrap_or(&[]));
            if stretch > 0 {
                at += stretch;
                continue;
            }
            if self.phase == 0 {
                self.attended = self.attend;
                self.blink.control(&mut self.rack);
                if !self.asleep {
                    self.rack.control();
                }
                self.wet.control();
                self.matched.control();
                if std::mem::take(&mut self.observe_anew) {
                    self.observer.reset();
                }
                self.asleep =
                    self.asleep || (self.quiet > self.tail() && self.rack.is_settled() && self.blink.is_at_rest());
            }
            let length = (CONTROL_INTERVAL - self.phase).min(frames.len() - at);
            let key = &mut key[..length];
            if let Some(keys) = keys.get(at..at + length) {
                key.copy_from_slice(keys);
                clean(key);
            }
            self.run(&mut frames[at..at + length], key);
            at += length;
            self.phase = (self.phase + length) % CONTROL_INTERVAL;
        }
    }

    /// As many whole control intervals at once as nothing but the rack has to do with: what comes out is the same. Returns
    /// how many frames these are.
    fn run_stretch(&mut self, frames: &mut [Frame], keys: &[Frame]) -> usize {
        let calm = !self.attend && !self.asleep && !self.observe_anew && self.blink.is_at_rest();
        if self.phase != 0 || !calm || self.wet.settled() != Some(1.0) || self.matched.settled() != Some(1.0) {
            return 0;
        }
        let most = frames.len().min(STRETCH);
        let mut intervals = frames[..most].chunks_exact_mut(CONTROL_INTERVAL);
        // Where it is silent it may have to fall asleep.
        let mut length = 0;
        while intervals.next().is_some_and(|interval| clean(interval) > SILENCE) {
            length += CONTROL_INTERVAL;
        }
        if length <= CONTROL_INTERVAL {
            return 0;
        }
        let frames = &mut frames[..length];
        let mut cleaned;
        let mut stretch_keys = &NO_KEYS[..length];
        if let Some(keys) = keys.get(..length) {
            cleaned = NO_KEYS;
            cleaned[..length].copy_from_slice(keys);
            clean(&mut cleaned[..length]);
            stretch_keys = &cleaned[..length];
        }
        (self.attended, self.quiet) = (false, 0);
        self.input_level.run(frames);
        self.blink.pass(length);
        self.dry.push(frames);
        self.rack.run_intervals(frames, stretch_keys);
        self.output_level.run(frames);
        frames.chunks(CONTROL_INTERVAL).for_each(|run| self.observer.run(run));
        length
    }

    /// Whether the whole block is silence in and silence out, and done: asleep, with nothing to fade or to start anew.
    fn sleeps_through(&mut self, frames: &mut [Frame]) -> bool {
        let heard = self.wet.steady() == Some(1.0) && self.wet.target() == 1.0;
        if !self.asleep || !heard || self.observe_anew || is_loud(frames) {
            return false;
        }
        self.quiet = self.quiet.saturating_add(frames.len());
        self.phase = (self.phase + frames.len()) % CONTROL_INTERVAL;
        self.silence(frames);
        true
    }

    /// Nothing is left in the rack, and what is left in `dry` is as silent as what would come after it.
    fn silence(&mut self, frames: &mut [Frame]) {
        frames.fill([0.0; 2]);
        self.slept = self.slept.saturating_add(frames.len());
        self.input_level.run_silence(frames.len());
        self.output_level.run_silence(frames.len());
        for run in frames.chunks(CONTROL_INTERVAL) {
            self.observer.run_silence(run.len());
        }
        self.blink.pass(frames.len());
    }

    /// Up to the next control tick.
    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        let loud = clean(frames) > SILENCE;
        self.quiet = if loud { 0 } else { self.quiet.saturating_add(frames.len()) };
        if loud {
            self.wake();
        }
        if self.asleep {
            for _ in &*frames {
                self.wet.advance();
                self.matched.advance();
            }
            return self.silence(frames);
        }
        self.input_level.run(frames);
        if self.attended {
            self.blink.hear(frames, keys);
        } else {
            self.blink.pass(frames.len());
        }
        let alone = self.wet.steady() == Some(1.0);
        if alone && !(self.attended && self.comparable) {
            self.dry.push(frames);
            self.rack.run(frames, keys);
            self.blink.run(frames);
        } else {
            self.run_beside_dry(frames, keys, alone);
        }
        self.output_level.run(frames);
        self.observer.run(frames);
        if self.matched.steady() != Some(1.0) {
            for frame in frames {
                let gain = self.matched.advance();
                *frame = frame.map(|x| x * gain);
            }
        }
    }

    /// The rack, beside the delayed input: heard `alone`, or faded against it as far as the bypass says.
    fn run_beside_dry(&mut self, frames: &mut [Frame], keys: &[Frame], alone: bool) {
        let mut dry = [[0.0; 2]; CONTROL_INTERVAL];
        let dry = &mut dry[..frames.len()];
        self.dry.run_into(frames, dry);
        self.rack.run(frames, keys);
        if alone && self.blink.is_at_rest() {
            self.difference.run(dry, frames);
        }
        self.blink.run(frames);
        match self.wet.steady() {
            Some(1.0) => {}
            Some(0.0) => frames.copy_from_slice(dry),
            _ => {
                for (wet, dry) in frames.iter_mut().zip(&*dry) {
                    let amount = self.wet.advance();
                    *wet = [dry[0] + amount * (wet[0] - dry[0]), dry[1] + amount * (wet[1] - dry[1])];
                }
            }
        }
    }
}

/// Makes NaN and infinities silence, so that nothing after this ever sees one, and gives the highest magnitude.
#[inline(always)]
fn clean(frames: &mut [Frame]) -> f64 {
    let mut loudest = [0.0; 2];
    for frame in frames {
        for (x, loudest) in frame.iter_mut().zip(&mut loudest) {
            *x = if x.abs() < f64::INFINITY { *x } else { 0.0 };
            *loudest = if x.abs() > *loudest { x.abs() } else { *loudest };
        }
    }
    if loudest[0] > loudest[1] { loudest[0] } else { loudest[1] }
}

/// Whether any frame is louder than [`SILENCE`]; NaN and infinities are silence, as in [`clean`].
fn is_loud(frames: &[Frame]) -> bool {
    // Four at a time: each maximum waits for itself, not for the others.
    let (fours, last) = frames.as_chunks::<4>();
    let mut loudest = [[0.0; 2]; 4];
    for four in fours {
        for (frame, loudest) in four.iter().zip(&mut loudest) {
            look(frame, loudest);
        }
    }
    for frame in last {
        look(frame, &mut loudest[0]);
    }
    loudest.as_flattened().iter().any(|x| *x > SILENCE)
}

/// Raises `loudest` to the magnitudes of a frame, of which NaN and infinities are 0.
#[inline(always)]
fn look(frame: &Frame, loudest: &mut Frame) {
    for (x, loudest) in frame.iter().zip(loudest) {
        let magnitude = if x.abs() < f64::INFINITY { x.abs() } else { 0.0 };
        *loudest = if magnitude > *loudest { magnitude } else { *loudest };
    }
}

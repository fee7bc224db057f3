//! The two chains, and what every chain has around it: control clock, clean input, bypass, sleep, meters.

pub mod channel;
pub mod master;
mod rack;
mod stage;

pub use stage::Stage;

use crate::block::delay::Delay;
use crate::control::Group;
use crate::meter::level::Level;
use crate::readout::Report;
use crate::smooth::Gain;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};

/// A row of modules: what a [`Chain`] runs.
pub trait Rack: Processor {
    /// The meter that belongs to the whole; `()` where there is none.
    type Observer: Observer;

    /// Says what to hear of each module: asks `of` for every module's group, in their order.
    fn listen_to(&mut self, of: impl FnMut(&'static Group) -> Listen) {
        let _ = of;
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

/// Runs a rack over buffers of any length, on a control grid that does not depend on how they are cut.
#[derive(Default)]
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
    /// Whether the observer is to start anew at the next control tick.
    observe_anew: bool,
}

impl<R: Rack> Chain<R> {
    /// Readies for `rate` in Hz and `mode`. The only method that may allocate.
    pub fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.rack.prepare(rate, mode);
        self.input_level.prepare(rate);
        self.output_level.prepare(rate);
        self.observer.prepare(rate);
        self.dry.prepare(self.rack.latency());
        self.wet.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next settings jump, and the control grid starts anew.
    pub fn reset(&mut self) {
        self.rack.reset();
        self.dry.reset();
        self.wet.reset();
        self.input_level.reset();
        self.output_level.reset();
        self.observer.reset();
        self.phase = 0;
        self.quiet = 0;
        self.asleep = false;
        self.observe_anew = false;
    }

    /// Aims at new settings; they are on their way from the next control tick on.
    pub fn set(&mut self, settings: &R::Settings) {
        self.rack.set(settings);
        // Asleep, no control tick would bring it there.
        self.quiet = 0;
        self.asleep = false;
    }

    /// Fades to the dry input, delayed by [`latency`](Self::latency), and back.
    pub fn set_bypass(&mut self, bypass: bool) {
        self.wet.aim(if bypass { 0.0 } else { 1.0 });
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
        let mut key = [[0.0; 2]; CONTROL_INTERVAL];
        let mut at = 0;
        while at < frames.len() {
            if self.phase == 0 {
                if !self.asleep {
                    self.rack.control();
                }
                self.wet.control();
                if std::mem::take(&mut self.observe_anew) {
                    self.observer.reset();
                }
                self.asleep = self.quiet > self.tail() && self.rack.is_settled();
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

    /// Up to the next control tick.
    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        let loud = clean(frames) > SILENCE;
        self.quiet = if loud { 0 } else { self.quiet.saturating_add(frames.len()) };
        self.asleep &= !loud;
        if self.asleep && self.wet.steady() == Some(1.0) {
            // Nothing is left in the rack, and what is left in `dry` is as silent as what would come after it.
            frames.fill([0.0; 2]);
            self.input_level.run_silence(frames.len());
            self.output_level.run_silence(frames.len());
            self.observer.run_silence(frames.len());
            return;
        }
        self.input_level.run(frames);
        if self.wet.steady() == Some(1.0) {
            self.dry.push(frames);
            self.rack.run(frames, keys);
        } else {
            self.run_beside_dry(frames, keys);
        }
        self.output_level.run(frames);
        self.observer.run(frames);
    }

    /// The rack, faded against the delayed input as far as the bypass says.
    fn run_beside_dry(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        let mut dry = [[0.0; 2]; CONTROL_INTERVAL];
        let dry = &mut dry[..frames.len()];
        self.dry.run_into(frames, dry);
        self.rack.run(frames, keys);
        match self.wet.steady() {
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

//! What delay and reverb have in common: how much of the sound is sent in, and what becomes of what comes back.
//!
//! The effect is computed a control interval at a time, out of the frames since the last control tick for those until the
//! next: all that it needs of the present lies at least one interval back, so this costs no latency.

use crate::block::ducker::Ducker;
use crate::block::line::Run;
use crate::control::{Dial, Scale, Settings, Switch, Unit, Visit, defaults};
use crate::readout::{Keep, Readout};
use crate::smooth::Gain;
use crate::units::{db_to_gain, gain_to_db};
use crate::{CONTROL_INTERVAL, Frame};

/// Send level.
pub static SEND: Dial = Dial {
    id: "send",
    name: "Send",
    range: (-60.0, 12.0),
    default: -12.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: Some("-inf dB"),
    highest: None,
    help: "How much of the sound goes in. What is inside rings on when it is turned down: automate it to throw single words.",
};

/// Width.
pub static WIDTH: Dial = Dial {
    id: "width",
    name: "Width",
    range: (0.0, 150.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level of the effect's side signal: 0 % is mono. The dry sound stays as it is.",
};

/// Ducking.
pub static DUCK: Dial = Dial {
    id: "duck",
    name: "Duck",
    range: (0.0, 24.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far the effect gives way while the dry sound plays, to fill the gaps instead of the words. It follows the \
           programme's own loudness: there is no threshold to set.",
};

/// Release of the ducking.
pub static DUCK_RELEASE: Dial = Dial {
    id: "duck_rel",
    name: "Duck Release",
    range: (50.0, 2_000.0),
    default: 300.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the effect comes back once the dry sound pauses.",
};

/// Whether only the effect leaves.
pub static WET_ONLY: Switch = Switch {
    id: "wet_only",
    name: "Wet Only",
    default: false,
    help: "Only the effect leaves, without the dry sound: for an instance on a bus that is fed by sends.",
};

/// What leaves of the effect.
pub static WET_READOUT: Readout = Readout { id: "wet", help: "Peak of the effect, dBFS.", keep: Keep::Highest };

/// What the ducking takes.
pub static DUCK_READOUT: Readout =
    Readout { id: "duck", help: "What the ducking takes of the effect, dB.", keep: Keep::Highest };

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WetSettings {
    /// [`SEND`] in dB.
    pub send_db: f64,
    /// [`WIDTH`] in per cent.
    pub width_percent: f64,
    /// [`DUCK`] in dB.
    pub duck_db: f64,
    /// [`DUCK_RELEASE`] in ms.
    pub duck_release_ms: f64,
    /// [`WET_ONLY`].
    pub wet_only: bool,
}

impl Default for WetSettings {
    fn default() -> Self {
        defaults(Self { send_db: 0.0, width_percent: 0.0, duck_db: 0.0, duck_release_ms: 0.0, wet_only: false })
    }
}

impl Settings for WetSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { send_db, width_percent, duck_db, duck_release_ms, wet_only } = self;
        visitor.dial(send_db, &SEND);
        visitor.dial(width_percent, &WIDTH);
        visitor.dial(duck_db, &DUCK);
        visitor.dial(duck_release_ms, &DUCK_RELEASE);
        visitor.switch(wet_only, &WET_ONLY);
    }
}

impl WetSettings {
    /// The send as a linear gain.
    pub fn send(&self) -> f64 {
        if self.send_db <= SEND.range.0 { 0.0 } else { db_to_gain(self.send_db) }
    }
}

/// The most that is sent in, +120 dBFS: what comes after a broken number in the input is a sound again.
const HIGHEST: f64 = 1e6;

/// Frames between two control ticks.
type Frames = [Frame; CONTROL_INTERVAL];

/// The way into an effect and out of it.
#[derive(Clone, Debug, Default)]
pub struct Wet {
    send: Gain,
    dry: Gain,
    side: Gain,
    ducker: Ducker,
    /// Input since the last control tick, and what of it is sent in.
    input: Frames,
    sent: Frames,
    /// The effect until the next control tick.
    effect: Frames,
    /// Frames since the last control tick.
    phase: usize,
    peak: f64,
}

impl Wet {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        for gain in [&mut self.send, &mut self.dry, &mut self.side] {
            gain.prepare(rate);
        }
        self.ducker.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next [`set`](Self::set) jumps.
    pub fn reset(&mut self) {
        for gain in [&mut self.send, &mut self.dry, &mut self.side] {
            gain.reset();
        }
        self.ducker.reset();
        let silence = [[0.0; 2]; CONTROL_INTERVAL];
        (self.input, self.sent, self.effect) = (silence, silence, silence);
        (self.phase, self.peak) = (0, 0.0);
    }

    /// Aims at `settings`.
    pub fn set(&mut self, settings: &WetSettings) {
        self.send.aim(settings.send());
        self.dry.aim(if settings.wet_only { 0.0 } else { 1.0 });
        self.side.aim(settings.width_percent / 100.0);
        self.ducker.set(settings.duck_db, settings.duck_release_ms);
    }

    /// At a control tick: the frames sent in since the last one, channel by channel.
    pub fn control(&mut self) -> [Run; 2] {
        for gain in [&mut self.send, &mut self.dry, &mut self.side] {
            gain.control();
        }
        self.ducker.control(&self.input);
        self.phase = 0;
        let mut runs = [[0.0; CONTROL_INTERVAL]; 2];
        for (i, [left, right]) in self.sent.iter().enumerate() {
            (runs[0][i], runs[1][i]) = (*left as f32, *right as f32);
        }
        runs
    }

    /// At a control tick: the effect until the next one.
    #[inline(always)]
    pub fn give(&mut self, [left, right]: &[Run; 2]) {
        let mut highest = 0.0;
        for (i, frame) in self.effect.iter_mut().enumerate() {
            let (left, right) = (f64::from(left[i]), f64::from(right[i]));
            let gain = self.ducker.advance();
            let middle = 0.5 * gain * (left + right);
            let side = 0.5 * gain * self.side.advance() * (left - right);
            *frame = [middle + side, middle - side];
            highest = frame.iter().fold(highest, |highest: f64, x| if x.abs() > highest { x.abs() } else { highest });
        }
        self.peak = highest;
    }

    /// At a control tick: silence until the next one, where the effect has died away.
    pub fn give_silence(&mut self) {
        self.effect = [[0.0; 2]; CONTROL_INTERVAL];
        self.peak = 0.0;
    }

    /// Silence has passed; see [`Processor::pass`](crate::Processor::pass).
    pub fn pass(&mut self, frames: usize) {
        let silence = [[0.0; 2]; CONTROL_INTERVAL];
        (self.input, self.sent, self.effect) = (silence, silence, silence);
        self.phase = frames % CONTROL_INTERVAL;
        self.ducker.pass(frames / CONTROL_INTERVAL);
    }

    /// Up to the next control tick, in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let places = self.phase..(self.phase + frames.len()).min(CONTROL_INTERVAL);
        self.phase = places.end;
        for (frame, i) in frames.iter_mut().zip(places) {
            let (send, dry) = (self.send.advance(), self.dry.advance());
            self.input[i] = *frame;
            self.sent[i] = frame.map(|x| (send * x).clamp(-HIGHEST, HIGHEST));
            *frame = [dry * frame[0] + self.effect[i][0], dry * frame[1] + self.effect[i][1]];
        }
    }

    /// Whether all gains are where they stay while the input is silent.
    pub fn is_settled(&self) -> bool {
        let gains = [&self.send, &self.dry, &self.side];
        gains.iter().all(|gain| gain.steady() == Some(gain.target())) && self.ducker.is_settled()
    }

    /// Peak of the effect in the last interval, dBFS.
    pub fn peak_db(&self) -> f64 {
        gain_to_db(self.peak)
    }

    /// What the ducking takes now, dB.
    pub fn duck_db(&self) -> f64 {
        self.ducker.reduction_db()
    }
}

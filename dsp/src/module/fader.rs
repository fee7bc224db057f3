//! Fader: the level that leaves a master. It only turns down, so that a ceiling before it holds.

use crate::control::{Dial, Group, Scale, Settings, Unit, Visit, defaults};
use crate::smooth::Gain;
use crate::units::db_to_gain;
use crate::{Frame, LatencyMode, Processor};

/// The module's group.
pub static GROUP: Group = Group { id: "output", name: "Output" };

/// Where a fader is all the way down, in dB.
pub const LOWEST_DB: f64 = -90.0;

/// The linear gain of a fader at `fader_db`: zero all the way down.
pub fn fader_gain(fader_db: f64) -> f64 {
    if fader_db <= LOWEST_DB { 0.0 } else { db_to_gain(fader_db) }
}

/// Fader.
pub static FADER: Dial = Dial {
    id: "fader",
    name: "Fader",
    range: (LOWEST_DB, 0.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: Some("-inf dB"),
    highest: None,
    help: "Level after the limiter, for fades. It only turns down, so the ceiling holds. All the way down is silence.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaderSettings {
    /// [`FADER`] in dB.
    pub fader_db: f64,
}

impl Default for FaderSettings {
    fn default() -> Self {
        defaults(Self { fader_db: 0.0 })
    }
}

impl Settings for FaderSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { fader_db } = self;
        visitor.dial(fader_db, &FADER);
    }
}

/// One gliding gain for both channels.
#[derive(Clone, Debug, Default)]
pub struct Fader {
    gain: Gain,
}

impl Processor for Fader {
    type Settings = FaderSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.gain.prepare(rate);
    }

    fn reset(&mut self) {
        self.gain.reset();
    }

    fn set(&mut self, settings: &FaderSettings) {
        self.gain.aim(fader_gain(settings.fader_db));
    }

    fn control(&mut self) {
        self.gain.control();
    }

    fn tick(&mut self, input: Frame, _key: Frame) -> Frame {
        let gain = self.gain.advance();
        input.map(|x| x * gain)
    }

    fn latency(&self) -> usize {
        0
    }
}

//! What loading a preset leaves alone.

use crate::params::{Controls, ParamIndex};
use crate::shell;
use tandem_dsp::module::{dither, fader, input, limiter, output};
use tandem_dsp::processor::LATENCY_MODE;

/// A part of the controls that can be locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The first and the last module: what belongs to the track rather than to its sound.
    InOut,
    /// The limiter's ceiling.
    Ceiling,
    /// Word length and noise.
    Dither,
    /// The Latency mode.
    Latency,
}

impl Lock {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InOut, Self::Ceiling, Self::Dither, Self::Latency];

    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::InOut => "In/Out",
            Self::Ceiling => "Ceiling",
            Self::Dither => "Dither",
            Self::Latency => "Latency",
        }
    }

    /// What it keeps.
    pub fn help(self) -> &'static str {
        match self {
            Self::InOut => "Loading a preset leaves input and output as they are: trim, channels, fader, pan, width.",
            Self::Ceiling => "Loading a preset leaves the limiter's ceiling as it is.",
            Self::Dither => "Loading a preset leaves dither as it is.",
            Self::Latency => "Loading a preset leaves the Latency mode as it is.",
        }
    }

    /// The word for it in a session.
    pub fn id(self) -> &'static str {
        match self {
            Self::InOut => "in_out",
            Self::Ceiling => "ceiling",
            Self::Dither => "dither",
            Self::Latency => "latency",
        }
    }

    /// Whether it keeps the parameter.
    pub fn keeps(self, controls: &Controls, index: ParamIndex) -> bool {
        let (group, id) = (controls.group_of(index).id, controls.id(index));
        match self {
            Self::InOut => [input::GROUP.id, output::GROUP.id, fader::GROUP.id].contains(&group),
            Self::Ceiling => group == limiter::GROUP.id && id.ends_with(limiter::CEILING.id),
            Self::Dither => group == dither::GROUP.id,
            Self::Latency => group == shell::GROUP.id && id == LATENCY_MODE.id,
        }
    }

    /// Whether there is anything to keep.
    pub fn is_of(self, controls: &Controls) -> bool {
        controls.all().any(|index| self.keeps(controls, index))
    }
}

/// Which parts are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locks(u8);

impl Default for Locks {
    /// The Latency mode alone: a host has to restart for another one, and nobody expects that of a preset.
    fn default() -> Self {
        Self::NONE.with(Lock::Latency, true)
    }
}

impl Locks {
    /// Nothing is locked.
    pub const NONE: Self = Self(0);

    /// Whether the part is locked.
    pub fn has(self, lock: Lock) -> bool {
        self.0 & 1 << lock as u8 != 0
    }

    /// The same, with the part locked or not.
    pub fn with(self, lock: Lock, on: bool) -> Self {
        let bit = 1 << lock as u8;
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }

    /// Whether loading a preset leaves the parameter alone.
    pub fn keep(self, controls: &Controls, index: ParamIndex) -> bool {
        Lock::ALL.into_iter().any(|lock| self.has(lock) && lock.keeps(controls, index))
    }

    /// As a number that an atomic can hold.
    pub(super) fn bits(self) -> u8 {
        self.0
    }

    /// The inverse of [`bits`](Self::bits).
    pub(super) fn from_bits(bits: u8) -> Self {
        Self(bits)
    }
}

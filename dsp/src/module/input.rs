//! Input: the level that everything after it sees, and which channels go in.

use crate::block::matrix::Matrix;
use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Switch, Unit, Visit, defaults};
use crate::units::db_to_gain;
use crate::{Frame, LatencyMode, Processor};

/// The module's group.
pub static GROUP: Group = Group { id: "input", name: "Input" };

/// Trim.
pub static TRIM: Dial = Dial {
    id: "trim",
    name: "Trim",
    range: (-24.0, 24.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level before everything else. Set it so that the programme sits around 0 VU.",
};

/// Polarity of the left channel.
pub static FLIP_LEFT: Switch =
    Switch { id: "flip_l", name: "Flip L", default: false, help: "Turns the left channel's polarity over." };

/// Polarity of the right channel.
pub static FLIP_RIGHT: Switch =
    Switch { id: "flip_r", name: "Flip R", default: false, help: "Turns the right channel's polarity over." };

/// Which channels go in.
pub static CHANNELS: Choice = Choice {
    id: "channels",
    name: "Channels",
    options: &[
        Named { id: "stereo", name: "Stereo", help: None },
        Named { id: "left", name: "Left", help: None },
        Named { id: "right", name: "Right", help: None },
        Named { id: "mono", name: "Mono", help: None },
        Named { id: "swap", name: "Swap", help: None },
    ],
    default: 0,
    automatable: true,
    help: "Stereo as it comes, one side on both, the mono sum, or the sides swapped.",
};

/// See [`CHANNELS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channels {
    /// As it comes.
    #[default]
    Stereo,
    /// The left channel on both.
    Left,
    /// The right channel on both.
    Right,
    /// Half the sum on both.
    Mono,
    /// Left and right exchanged.
    Swap,
}

impl Enumerated for Channels {
    const ALL: &'static [Self] = &[Self::Stereo, Self::Left, Self::Right, Self::Mono, Self::Swap];
}

/// Which level 0 VU is.
pub static ZERO_VU: Choice = Choice {
    id: "zero_vu",
    name: "0 VU",
    options: &[
        Named { id: "20", name: "-20 dBFS", help: None },
        Named { id: "18", name: "-18 dBFS", help: None },
        Named { id: "14", name: "-14 dBFS", help: None },
    ],
    default: 1,
    automatable: false,
    help: "The level that the VU meters show as 0 VU, and to which Vari-Mu, RMS and the saturator are calibrated.",
};

/// See [`ZERO_VU`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroVu {
    /// -20 dBFS.
    Minus20,
    /// -18 dBFS.
    #[default]
    Minus18,
    /// -14 dBFS.
    Minus14,
}

impl Enumerated for ZeroVu {
    const ALL: &'static [Self] = &[Self::Minus20, Self::Minus18, Self::Minus14];
}

impl ZeroVu {
    /// The level in dBFS that reads 0 VU.
    pub fn dbfs(self) -> f64 {
        match self {
            Self::Minus20 => -20.0,
            Self::Minus18 => -18.0,
            Self::Minus14 => -14.0,
        }
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputSettings {
    /// [`TRIM`] in dB.
    pub trim_db: f64,
    /// [`FLIP_LEFT`].
    pub flip_left: bool,
    /// [`FLIP_RIGHT`].
    pub flip_right: bool,
    /// [`CHANNELS`].
    pub channels: Channels,
    /// [`ZERO_VU`].
    pub zero_vu: ZeroVu,
}

impl Default for InputSettings {
    fn default() -> Self {
        defaults(Self {
            trim_db: 0.0,
            flip_left: false,
            flip_right: false,
            channels: Channels::Stereo,
            zero_vu: ZeroVu::Minus18,
        })
    }
}

impl Settings for InputSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { trim_db, flip_left, flip_right, channels, zero_vu } = self;
        visitor.dial(trim_db, &TRIM);
        visitor.switch(flip_left, &FLIP_LEFT);
        visitor.switch(flip_right, &FLIP_RIGHT);
        visitor.choice(channels, &CHANNELS);
        visitor.choice(zero_vu, &ZERO_VU);
    }
}

/// Trim, polarity and channel choice as one matrix.
#[derive(Clone, Debug, Default)]
pub struct Input {
    matrix: Matrix,
}

impl Processor for Input {
    type Settings = InputSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.matrix.prepare(rate);
    }

    fn reset(&mut self) {
        self.matrix.reset();
    }

    fn set(&mut self, settings: &InputSettings) {
        let trim = db_to_gain(settings.trim_db);
        let left = if settings.flip_left { -trim } else { trim };
        let right = if settings.flip_right { -trim } else { trim };
        self.matrix.aim(match settings.channels {
            Channels::Stereo => [[left, 0.0], [0.0, right]],
            Channels::Left => [[left, 0.0], [left, 0.0]],
            Channels::Right => [[0.0, right], [0.0, right]],
            Channels::Mono => [[0.5 * left, 0.5 * right]; 2],
            Channels::Swap => [[0.0, right], [left, 0.0]],
        });
    }

    fn control(&mut self) {
        self.matrix.control();
    }

    fn tick(&mut self, input: Frame, _key: Frame) -> Frame {
        self.matrix.tick(input)
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        self.matrix.run(frames);
    }

    fn latency(&self) -> usize {
        0
    }
}

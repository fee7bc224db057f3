//! What can be set on the reverb.

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Unit, Visit, defaults};
use crate::module::wet::WetSettings;

/// The group of the reverb's controls.
pub static GROUP: Group = Group { id: "reverb", name: "Reverb" };

/// Space.
pub static SPACE: Choice = Choice {
    id: "space",
    name: "Space",
    options: &[
        Named {
            id: "plate",
            name: "Plate",
            help: Some("A ring of allpasses: dense from the first moment, no walls. For vocals and snares."),
        },
        Named {
            id: "room",
            name: "Room",
            help: Some(
                "The reflections from the walls of a shoebox, then a short network of lines: a place that is heard as \
                 one. For drums, guitars, spoken word.",
            ),
        },
        Named {
            id: "hall",
            name: "Hall",
            help: Some(
                "Sixteen long lines behind diffusers, slowly turned into one another: it blooms after the sound. For \
                 orchestra, pads, ballads.",
            ),
        },
    ],
    default: 0,
    automatable: true,
    help: "Which space it is: how the sound spreads in it. What rings is faded out when it changes.",
};

/// See [`SPACE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    /// A ring of allpasses.
    #[default]
    Plate,
    /// Reflections from a shoebox and a short network.
    Room,
    /// A network of long lines.
    Hall,
}

impl Enumerated for Space {
    const ALL: &'static [Self] = &[Self::Plate, Self::Room, Self::Hall];
}

/// Pre-delay.
pub static PRE_DELAY: Dial = Dial {
    id: "pre",
    name: "Pre-delay",
    range: (0.0, 250.0),
    default: 20.0,
    unit: Unit::Millis,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How long the reverb waits: 20 to 60 ms leave the words clear and move the space behind them.",
};

/// Decay.
pub static DECAY: Dial = Dial {
    id: "decay",
    name: "Decay",
    range: (100.0, 20_000.0),
    default: 1_800.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which it falls by 60 dB between Low Freq and High Freq. The level of a steady sound stays as it is.",
};

/// Size.
pub static SIZE: Dial = Dial {
    id: "size",
    name: "Size",
    range: (20.0, 200.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How far the walls are apart: a small space is dense and coloured, a large one builds up slowly. A short decay \
           draws the walls in.",
};

/// Low decay.
pub static LOW_DECAY: Dial = Dial {
    id: "low_decay",
    name: "Low Decay",
    range: (20.0, 200.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Decay of what is below Low Freq, beside Decay. Less than 100 % damps the lows; a hall has about 120 %.",
};

/// Low frequency.
pub static LOW_FREQ: Dial = Dial {
    id: "low_freq",
    name: "Low Freq",
    range: (40.0, 1_000.0),
    default: 200.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Around it the decay changes to that of the lows.",
};

/// High decay.
pub static HIGH_DECAY: Dial = Dial {
    id: "high_decay",
    name: "High Decay",
    range: (5.0, 100.0),
    default: 40.0,
    unit: Unit::Percent,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Decay of what is far above High Freq, beside Decay: how much air and walls damp the highs.",
};

/// High frequency.
pub static HIGH_FREQ: Dial = Dial {
    id: "high_freq",
    name: "High Freq",
    range: (1_000.0, 16_000.0),
    default: 6_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Around it the decay changes to that of the highs.",
};

/// Low cut.
pub static LOW_CUT: Dial = Dial {
    id: "low_cut",
    name: "Low Cut",
    range: (20.0, 1_000.0),
    default: 20.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: Some("Off"),
    highest: None,
    help: "Nothing below goes in (12 dB/oct): keeps the low end of the mix dry.",
};

/// High cut.
pub static HIGH_CUT: Dial = Dial {
    id: "high_cut",
    name: "High Cut",
    range: (1_000.0, 20_000.0),
    default: 20_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: Some("Off"),
    help: "Nothing above goes in (12 dB/oct): takes the edge of consonants off before the space hears them.",
};

/// Motion.
pub static MOTION: Dial = Dial {
    id: "motion",
    name: "Motion",
    range: (0.0, 100.0),
    default: 50.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far the paths turn into one another meanwhile: no tone of the space stands still. Nothing changes pitch.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReverbSettings {
    /// [`SPACE`].
    pub space: Space,
    /// [`PRE_DELAY`] in ms.
    pub pre_delay_ms: f64,
    /// [`DECAY`] in ms.
    pub decay_ms: f64,
    /// [`SIZE`] in per cent.
    pub size_percent: f64,
    /// [`LOW_DECAY`] in per cent.
    pub low_decay_percent: f64,
    /// [`LOW_FREQ`] in Hz.
    pub low_freq_hz: f64,
    /// [`HIGH_DECAY`] in per cent.
    pub high_decay_percent: f64,
    /// [`HIGH_FREQ`] in Hz.
    pub high_freq_hz: f64,
    /// [`LOW_CUT`] in Hz.
    pub low_cut_hz: f64,
    /// [`HIGH_CUT`] in Hz.
    pub high_cut_hz: f64,
    /// [`MOTION`] in per cent.
    pub motion_percent: f64,
    /// What becomes of the reverb.
    pub wet: WetSettings,
}

impl Default for ReverbSettings {
    fn default() -> Self {
        defaults(Self {
            space: Space::Plate,
            pre_delay_ms: 0.0,
            decay_ms: 0.0,
            size_percent: 0.0,
            low_decay_percent: 0.0,
            low_freq_hz: 0.0,
            high_decay_percent: 0.0,
            high_freq_hz: 0.0,
            low_cut_hz: 0.0,
            high_cut_hz: 0.0,
            motion_percent: 0.0,
            wet: WetSettings::default(),
        })
    }
}

impl Settings for ReverbSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self {
            space,
            pre_delay_ms,
            decay_ms,
            size_percent,
            low_decay_percent,
            low_freq_hz,
            high_decay_percent,
            high_freq_hz,
            low_cut_hz,
            high_cut_hz,
            motion_percent,
            wet,
        } = self;
        visitor.choice(space, &SPACE);
        visitor.dial(pre_delay_ms, &PRE_DELAY);
        visitor.dial(decay_ms, &DECAY);
        visitor.dial(size_percent, &SIZE);
        visitor.dial(low_decay_percent, &LOW_DECAY);
        visitor.dial(low_freq_hz, &LOW_FREQ);
        visitor.dial(high_decay_percent, &HIGH_DECAY);
        visitor.dial(high_freq_hz, &HIGH_FREQ);
        visitor.dial(low_cut_hz, &LOW_CUT);
        visitor.dial(high_cut_hz, &HIGH_CUT);
        visitor.dial(motion_percent, &MOTION);
        wet.visit(visitor);
    }
}

//! What can be set on a saturator.

use super::curve::Curve;
use crate::control::{Choice, Dial, Group, Named, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "sat", name: "Saturator" };

/// Which curve; see [`Curve`] for what is inside each.
pub static CURVE: Choice = Choice {
    id: "curve",
    name: "Curve",
    options: &[
        Named {
            id: "tape",
            name: "Tape",
            help: Some(
                "Highs are driven harder than lows, so that loud esses, hats and strings melt first and the bass stays \
                 firm. For drums, voices and whole mixes that are too sharp.",
            ),
        },
        Named {
            id: "triode",
            name: "Triode",
            help: Some(
                "Bends one side earlier than the other: second harmonics. What stays loud shifts the bias, so that a \
                 beginning sounds other than what follows. For vocals, bass and guitars that should come forward.",
            ),
        },
        Named {
            id: "transformer",
            name: "Transformer",
            help: Some(
                "Only lows drive it: they gain harmonics that small speakers play, while highs pass clean. For kick, \
                 bass and thin mixes.",
            ),
        },
        Named {
            id: "soft",
            name: "Soft",
            help: Some("Rounds all frequencies alike, with odd harmonics. For density on anything."),
        },
        Named {
            id: "hard",
            name: "Hard",
            help: Some(
                "Leaves everything below its ceiling as it is and cuts flat what is above. For drum peaks that only \
                 cost headroom, and for distortion.",
            ),
        },
        Named {
            id: "fold",
            name: "Fold",
            help: Some(
                "Beyond its crest more level comes out as less: bright and hollow, and its timbre moves with the level. \
                 For synthesisers and as an effect.",
            ),
        },
    ],
    default: 3,
    automatable: true,
    help: "Which law bends the sound.",
};

/// Drive.
pub static DRIVE: Dial = Dial {
    id: "drive",
    name: "Drive",
    range: (0.0, 36.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How hard the curve is driven; what was put on comes off after it, so quiet sounds keep their level. 0 dB \
           leaves everything as it is.",
};

/// Bias.
pub static BIAS: Dial = Dial {
    id: "bias",
    name: "Bias",
    range: (-100.0, 100.0),
    default: 0.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Moves the sound along the curve: even harmonics, and one side bends before the other.",
};

/// Tone.
pub static TONE: Dial = Dial {
    id: "tone",
    name: "Tone",
    range: (-100.0, 100.0),
    default: 0.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "What is driven more: lows to the left, highs to the right of 1 kHz, up to 12 dB apart. It comes off after the \
           curve, so the tone of quiet sounds stays.",
};

/// Mix.
pub static MIX: Dial = Dial {
    id: "mix",
    name: "Mix",
    range: (0.0, 100.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Saturated sound against dry; both arrive at the same time.",
};

/// Level.
pub static LEVEL: Dial = Dial {
    id: "level",
    name: "Level",
    range: (-12.0, 36.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level of the saturated sound. Auto measures what the curve took and sets it once.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaturatorSettings {
    /// [`CURVE`].
    pub curve: Curve,
    /// [`DRIVE`] in dB.
    pub drive_db: f64,
    /// [`BIAS`] in per cent.
    pub bias_percent: f64,
    /// [`TONE`] in per cent.
    pub tone_percent: f64,
    /// [`MIX`] in per cent.
    pub mix_percent: f64,
    /// [`LEVEL`] in dB.
    pub level_db: f64,
}

impl Default for SaturatorSettings {
    fn default() -> Self {
        defaults(Self {
            curve: Curve::Soft,
            drive_db: 0.0,
            bias_percent: 0.0,
            tone_percent: 0.0,
            mix_percent: 0.0,
            level_db: 0.0,
        })
    }
}

impl Settings for SaturatorSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { curve, drive_db, bias_percent, tone_percent, mix_percent, level_db } = self;
        visitor.choice(curve, &CURVE);
        visitor.dial(drive_db, &DRIVE);
        visitor.dial(bias_percent, &BIAS);
        visitor.dial(tone_percent, &TONE);
        visitor.dial(mix_percent, &MIX);
        visitor.dial(level_db, &LEVEL);
    }
}

//! What can be set on a de-esser.

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "deess", name: "De-ess" };

/// What is turned down.
pub static MODE: Choice = Choice {
    id: "mode",
    name: "Mode",
    options: &[
        Named {
            id: "split",
            name: "Split",
            help: Some("Only what is above Freq: the body of the voice stays where it is. For strong esses."),
        },
        Named {
            id: "wide",
            name: "Wide",
            help: Some("The whole sound while an ess lasts: its timbre stays as it is. For a few dB."),
        },
    ],
    default: 0,
    automatable: true,
    help: "What is turned down while an ess lasts.",
};

/// See [`MODE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// What is above the frequency.
    #[default]
    Split,
    /// Everything.
    Wide,
}

impl Enumerated for Mode {
    const ALL: &'static [Self] = &[Self::Split, Self::Wide];
}

/// Where the sibilants begin.
pub static FREQUENCY: Dial = Dial {
    id: "freq",
    name: "Freq",
    range: (2_000.0, 14_000.0),
    default: 5_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Where the sibilants begin: the detector hears what is above. Low voices 4 to 5 kHz, high ones 6 to 8; listen to \
           the key to find it.",
};

/// Threshold.
pub static THRESHOLD: Dial = Dial {
    id: "thresh",
    name: "Threshold",
    range: (-40.0, 10.0),
    default: -10.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far an ess may stand over the voice's own mean level; below 0 dB, under it. It follows the voice, so a quiet \
           verse is treated as a loud chorus is.",
};

/// Range.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (0.0, 24.0),
    default: 8.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that it takes. More than an ess has too much makes it a lisp.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeEsserSettings {
    /// [`MODE`].
    pub mode: Mode,
    /// [`FREQUENCY`] in Hz.
    pub freq_hz: f64,
    /// [`THRESHOLD`] in dB over the mean level.
    pub threshold_db: f64,
    /// [`RANGE`] in dB.
    pub range_db: f64,
}

impl Default for DeEsserSettings {
    fn default() -> Self {
        defaults(Self { mode: Mode::Split, freq_hz: 0.0, threshold_db: 0.0, range_db: 0.0 })
    }
}

impl Settings for DeEsserSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { mode, freq_hz, threshold_db, range_db } = self;
        visitor.choice(mode, &MODE);
        visitor.dial(freq_hz, &FREQUENCY);
        visitor.dial(threshold_db, &THRESHOLD);
        visitor.dial(range_db, &RANGE);
    }
}

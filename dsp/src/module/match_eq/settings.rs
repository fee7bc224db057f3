//! What can be set on a Match EQ.

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "match_eq", name: "Match EQ" };

/// What the song is to sound like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The captured references, by their weights.
    #[default]
    References,
    /// The mean of popular music; see [`super::popular_2017`].
    Popular,
    /// A line through number-one singles; see [`super::number_ones_2013`].
    NumberOnes,
}

impl Enumerated for Target {
    const ALL: &'static [Self] = &[Self::References, Self::Popular, Self::NumberOnes];
}

/// [`Target`].
pub static TARGET: Choice = Choice {
    id: "target",
    name: "Target",
    options: &[
        Named { id: "references", name: "References", help: Some("The captured references, by their weights.") },
        Named {
            id: "popular_2017",
            name: "Popular music",
            help: Some("The mean of 12,345 tracks, 31.5 Hz to 12.5 kHz (Elowsson and Friberg 2017)."),
        },
        Named {
            id: "number_ones_2013",
            name: "Number ones",
            help: Some("A line through 772 number-one singles, 1950 to 2010, 100 Hz to 4 kHz (Pestana 2013)."),
        },
    ],
    default: 0,
    automatable: false,
    help: "The long-term spectrum whose shape the song is brought to.",
};

/// How much of the correction.
pub static AMOUNT: Dial = Dial {
    id: "amount",
    name: "Amount",
    range: (0.0, 100.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much of the correction is made, in dB: 0 % passes the sound as it is.",
};

/// How coarse.
pub static SMOOTHING: Dial = Dial {
    id: "smooth",
    name: "Smoothing",
    range: (0.33, 2.0),
    default: 1.0,
    unit: Unit::Octaves,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Width of the window that the difference is averaged over: wider follows the balance, narrower single bands as well.",
};

/// How far.
pub static CAP: Dial = Dial {
    id: "cap",
    name: "Cap",
    range: (0.0, 12.0),
    default: 6.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that any third of an octave is turned up or down at full amount.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatchEqSettings {
    /// [`TARGET`].
    pub target: Target,
    /// [`AMOUNT`] in per cent.
    pub amount_percent: f64,
    /// [`SMOOTHING`] in octaves.
    pub smoothing_octaves: f64,
    /// [`CAP`] in dB.
    pub cap_db: f64,
}

impl Default for MatchEqSettings {
    fn default() -> Self {
        defaults(Self { target: Target::default(), amount_percent: 0.0, smoothing_octaves: 0.0, cap_db: 0.0 })
    }
}

impl Settings for MatchEqSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { target, amount_percent, smoothing_octaves, cap_db } = self;
        visitor.choice(target, &TARGET);
        visitor.dial(amount_percent, &AMOUNT);
        visitor.dial(smoothing_octaves, &SMOOTHING);
        visitor.dial(cap_db, &CAP);
    }
}

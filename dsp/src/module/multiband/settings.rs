//! What can be set on multiband dynamics.

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Unit, Visit, defaults};

/// Bands at most.
pub const BANDS: usize = 5;

/// The module's group.
pub static GROUP: Group = Group { id: "multi", name: "Multiband" };

/// The bands' groups.
pub static BAND: [Group; BANDS] = [
    Group { id: "multi_1", name: "Multiband 1" },
    Group { id: "multi_2", name: "Multiband 2" },
    Group { id: "multi_3", name: "Multiband 3" },
    Group { id: "multi_4", name: "Multiband 4" },
    Group { id: "multi_5", name: "Multiband 5" },
];

/// How many bands there are.
pub static COUNT: Choice = Choice {
    id: "bands",
    name: "Bands",
    options: &[
        Named { id: "2", name: "2", help: None },
        Named { id: "3", name: "3", help: None },
        Named { id: "4", name: "4", help: None },
        Named { id: "5", name: "5", help: None },
    ],
    default: 2,
    automatable: true,
    help: "How many bands there are. As few as do the task: every crossover is one more place where the tone can move.",
};

/// See [`COUNT`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// Two bands.
    Two,
    /// Three bands.
    Three,
    /// Four bands.
    #[default]
    Four,
    /// Five bands.
    Five,
}

impl Enumerated for Count {
    const ALL: &'static [Self] = &[Self::Two, Self::Three, Self::Four, Self::Five];
}

impl Count {
    /// So many.
    pub fn bands(self) -> usize {
        self.index() + 2
    }
}

/// What of the sound is worked on.
pub static CHANNELS: Choice = Choice {
    id: "channels",
    name: "Channels",
    options: &[
        Named { id: "stereo", name: "Stereo", help: Some("Both channels by the same gain: the image stays.") },
        Named { id: "mid", name: "Mid", help: Some("What both channels share: voice, bass, kick and snare.") },
        Named { id: "side", name: "Side", help: Some("What differs between them: rooms, doubles, width.") },
    ],
    default: 0,
    automatable: true,
    help: "What is measured and moved.",
};

/// See [`CHANNELS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channels {
    /// Both.
    #[default]
    Stereo,
    /// Half the sum.
    Mid,
    /// Half the difference.
    Side,
}

impl Enumerated for Channels {
    const ALL: &'static [Self] = &[Self::Stereo, Self::Mid, Self::Side];
}

/// The most that a band is moved.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (0.0, 24.0),
    default: 12.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that any band is turned up or down.",
};

/// Frequencies between the bands.
pub static CROSSOVER: [Dial; BANDS - 1] = [
    crossover("cross_1", "Cross 1", 120.0),
    crossover("cross_2", "Cross 2", 800.0),
    crossover("cross_3", "Cross 3", 5_000.0),
    crossover("cross_4", "Cross 4", 10_000.0),
];

const fn crossover(id: &'static str, name: &'static str, default: f64) -> Dial {
    Dial {
        id,
        name,
        range: (40.0, 16_000.0),
        default,
        unit: Unit::Hertz,
        scale: Scale::Log,
        lowest: None,
        highest: None,
        help: "Between this band and the next (24 dB/oct). One below its neighbour to the left counts as that neighbour.",
    }
}

/// A band's threshold.
pub static THRESHOLD: Dial = Dial {
    id: "thr",
    name: "Threshold",
    range: (-60.0, 0.0),
    default: -24.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level of the band that divides loud from soft: Above works over it, Below under it.",
};

/// What is done above the threshold.
pub static ABOVE: Dial = Dial {
    id: "above",
    name: "Above",
    range: (-100.0, 100.0),
    default: 0.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much of what is over the threshold is taken: 50 % is 2:1, 75 % is 4:1, 100 % holds it there. Below zero it is expanded.",
};

/// What is done below the threshold.
pub static BELOW: Dial = Dial {
    id: "below",
    name: "Below",
    range: (-100.0, 100.0),
    default: 0.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much of what is missing up to the threshold is added, up to Range: brings detail up. Below zero it is turned down further.",
};

/// A band's attack.
pub static ATTACK: Dial = Dial {
    id: "att",
    name: "Attack",
    range: (1.0, 250.0),
    default: 20.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the gain is reached when the band gets louder.",
};

/// A band's release.
pub static RELEASE: Dial = Dial {
    id: "rel",
    name: "Release",
    range: (5.0, 3_000.0),
    default: 150.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the gain is reached when the band gets softer.",
};

/// A band's own gain.
pub static GAIN: Dial = Dial {
    id: "gain",
    name: "Gain",
    range: (-12.0, 12.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Gain of the band beside what its dynamics do.",
};

/// What the user can set of a band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSettings {
    /// [`THRESHOLD`] in dB.
    pub threshold_db: f64,
    /// [`ABOVE`] in per cent.
    pub above_percent: f64,
    /// [`BELOW`] in per cent.
    pub below_percent: f64,
    /// [`ATTACK`] in ms.
    pub attack_ms: f64,
    /// [`RELEASE`] in ms.
    pub release_ms: f64,
    /// [`GAIN`] in dB.
    pub gain_db: f64,
}

impl Default for BandSettings {
    fn default() -> Self {
        let blank = Self {
            threshold_db: 0.0,
            above_percent: 0.0,
            below_percent: 0.0,
            attack_ms: 0.0,
            release_ms: 0.0,
            gain_db: 0.0,
        };
        defaults(blank)
    }
}

impl Settings for BandSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { threshold_db, above_percent, below_percent, attack_ms, release_ms, gain_db } = self;
        visitor.dial(threshold_db, &THRESHOLD);
        visitor.dial(above_percent, &ABOVE);
        visitor.dial(below_percent, &BELOW);
        visitor.dial(attack_ms, &ATTACK);
        visitor.dial(release_ms, &RELEASE);
        visitor.dial(gain_db, &GAIN);
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultibandSettings {
    /// [`COUNT`].
    pub count: Count,
    /// [`CHANNELS`].
    pub channels: Channels,
    /// [`RANGE`] in dB.
    pub range_db: f64,
    /// [`CROSSOVER`] in Hz; those beyond the last band count for nothing.
    pub crossover_hz: [f64; BANDS - 1],
    /// The bands, from low to high; those beyond [`COUNT`] count for nothing.
    pub bands: [BandSettings; BANDS],
}

impl Default for MultibandSettings {
    fn default() -> Self {
        defaults(Self {
            count: Count::default(),
            channels: Channels::default(),
            range_db: 0.0,
            crossover_hz: [0.0; BANDS - 1],
            bands: [BandSettings::default(); BANDS],
        })
    }
}

impl Settings for MultibandSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { count, channels, range_db, crossover_hz, bands } = self;
        visitor.choice(count, &COUNT);
        visitor.choice(channels, &CHANNELS);
        visitor.dial(range_db, &RANGE);
        for (crossover, dial) in crossover_hz.iter_mut().zip(&CROSSOVER) {
            visitor.dial(crossover, dial);
        }
        for (band, group) in bands.iter_mut().zip(&BAND) {
            visitor.group(band, group);
        }
    }
}

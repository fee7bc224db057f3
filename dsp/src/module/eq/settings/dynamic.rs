//! What can be set on a band that follows the level.

use crate::control::{Choice, Dial, Enumerated, Named, Scale, Settings, Switch, Unit, Visit, defaults};
use crate::module::key::{self, Source};

/// Whether a band's gain follows the level.
pub static DYNAMIC: Switch = Switch {
    id: "dyn",
    name: "Dynamic",
    default: false,
    help: "The band's gain moves with the level of what is in its range. Bells, shelves and tilts only: notch and \
           band-pass have no gain.",
};

/// How far the gain moves.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (-24.0, 24.0),
    default: -6.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far the gain moves from where it is set, up or down, when the level is over the threshold: a dB for each \
           dB over, softly at both ends.",
};

/// The level at which it begins to move.
pub static THRESHOLD: Dial = Dial {
    id: "thresh",
    name: "Threshold",
    range: (-80.0, 0.0),
    default: -30.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level of the band's range above which the gain moves; below, the band does what it is set to. A sine reads its \
           peak.",
};

/// What the threshold is compared with.
pub static MODE: Choice = Choice {
    id: "thresh_mode",
    name: "Threshold Mode",
    options: &[
        Named { id: "absolute", name: "Absolute", help: Some("The level of the band's range, in dBFS.") },
        Named {
            id: "relative",
            name: "Relative",
            help: Some(
                "That level against the whole sound's: the band acts when its range sticks out, however loud or soft \
                 everything is.",
            ),
        },
    ],
    default: 0,
    automatable: true,
    help: "Whether the threshold is a level, or how far the band's range may stand below the level of the whole sound.",
};

/// See [`MODE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In dBFS.
    #[default]
    Absolute,
    /// In dB over the level of everything.
    Relative,
}

impl Enumerated for Mode {
    const ALL: &'static [Self] = &[Self::Absolute, Self::Relative];
}

/// How fast the gain moves.
pub static ATTACK: Dial = Dial {
    id: "attack",
    name: "Attack",
    range: (1.0, 250.0),
    default: 10.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of a move of the gain is done. A low or narrow range takes longer to be heard at all.",
};

/// How fast it comes back.
pub static RELEASE: Dial = Dial {
    id: "release",
    name: "Release",
    range: (5.0, 3_000.0),
    default: 120.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the gain comes back.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DynamicsSettings {
    /// [`DYNAMIC`].
    pub on: bool,
    /// [`RANGE`] in dB.
    pub range_db: f64,
    /// [`THRESHOLD`] in dB.
    pub threshold_db: f64,
    /// [`MODE`].
    pub mode: Mode,
    /// [`ATTACK`] in ms.
    pub attack_ms: f64,
    /// [`RELEASE`] in ms.
    pub release_ms: f64,
    /// [`key::SOURCE`].
    pub key: Source,
}

impl Default for DynamicsSettings {
    fn default() -> Self {
        defaults(Self {
            on: false,
            range_db: 0.0,
            threshold_db: 0.0,
            mode: Mode::Absolute,
            attack_ms: 0.0,
            release_ms: 0.0,
            key: Source::Internal,
        })
    }
}

impl Settings for DynamicsSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { on, range_db, threshold_db, mode, attack_ms, release_ms, key } = self;
        visitor.switch(on, &DYNAMIC);
        visitor.dial(range_db, &RANGE);
        visitor.dial(threshold_db, &THRESHOLD);
        visitor.choice(mode, &MODE);
        visitor.dial(attack_ms, &ATTACK);
        visitor.dial(release_ms, &RELEASE);
        visitor.choice(key, &key::SOURCE);
    }
}

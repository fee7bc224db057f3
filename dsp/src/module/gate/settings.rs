//! What can be set on a gate.

use crate::control::{Dial, Group, Scale, Settings, Unit, Visit, defaults};
use crate::module::key::KeySettings;

/// The module's group.
pub static GROUP: Group = Group { id: "gate", name: "Gate" };

/// Threshold.
pub static THRESHOLD: Dial = Dial {
    id: "thresh",
    name: "Threshold",
    range: (-80.0, 0.0),
    default: -45.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level at which it opens. Set it between what should be heard and what lies in the pauses.",
};

/// Ratio.
pub static RATIO: Dial = Dial {
    id: "ratio",
    name: "Ratio",
    range: (1.0, 100.0),
    default: 4.0,
    unit: Unit::Ratio,
    scale: Scale::Log,
    lowest: None,
    highest: Some("inf:1"),
    help: "How many dB it falls for each dB that the level falls below the threshold. 2:1 is a gentle expander, inf:1 a \
           gate that takes the whole range at once, 1:1 leaves everything as it is.",
};

/// Range.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (0.0, 80.0),
    default: 24.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that it takes. 6 to 12 dB push a room back without a hole, 80 dB are silence.",
};

/// Hysteresis.
pub static HYSTERESIS: Dial = Dial {
    id: "hyst",
    name: "Hysteresis",
    range: (0.0, 12.0),
    default: 3.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far below the threshold the level has to fall before it closes: against chatter on notes that fade.",
};

/// Attack.
pub static ATTACK: Dial = Dial {
    id: "attack",
    name: "Attack",
    range: (0.05, 100.0),
    default: 0.5,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the opening is done. Short keeps the stick, long keeps a breath from popping in.",
};

/// Hold.
pub static HOLD: Dial = Dial {
    id: "hold",
    name: "Hold",
    range: (0.0, 1_000.0),
    default: 20.0,
    unit: Unit::Millis,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How long it stays open after the level has fallen, which it takes 13 ms to be sure of.",
};

/// Release.
pub static RELEASE: Dial = Dial {
    id: "release",
    name: "Release",
    range: (5.0, 3_000.0),
    default: 120.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which it falls by 8.7 dB, at an even pace down to the range.",
};

/// Look-ahead.
pub static LOOK_AHEAD: Dial = Dial {
    id: "look",
    name: "Look-ahead",
    range: (0.0, 1.5),
    default: 0.0,
    unit: Unit::Millis,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much earlier it opens than the sound comes: whole attacks without a click. Latency is the same at any \
           setting; in Live there is neither.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateSettings {
    /// [`THRESHOLD`] in dBFS.
    pub threshold_db: f64,
    /// [`RATIO`]; at the top of its range it is infinite.
    pub ratio: f64,
    /// [`RANGE`] in dB.
    pub range_db: f64,
    /// [`HYSTERESIS`] in dB.
    pub hysteresis_db: f64,
    /// [`ATTACK`] in ms.
    pub attack_ms: f64,
    /// [`HOLD`] in ms.
    pub hold_ms: f64,
    /// [`RELEASE`] in ms.
    pub release_ms: f64,
    /// [`LOOK_AHEAD`] in ms.
    pub look_ahead_ms: f64,
    /// What the detector listens to.
    pub key: KeySettings,
}

impl Default for GateSettings {
    fn default() -> Self {
        defaults(Self {
            threshold_db: 0.0,
            ratio: 1.0,
            range_db: 0.0,
            hysteresis_db: 0.0,
            attack_ms: 0.0,
            hold_ms: 0.0,
            release_ms: 0.0,
            look_ahead_ms: 0.0,
            key: KeySettings::default(),
        })
    }
}

impl Settings for GateSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { threshold_db, ratio, range_db, hysteresis_db, attack_ms, hold_ms, release_ms, look_ahead_ms, key } =
            self;
        visitor.dial(threshold_db, &THRESHOLD);
        visitor.dial(ratio, &RATIO);
        visitor.dial(range_db, &RANGE);
        visitor.dial(hysteresis_db, &HYSTERESIS);
        visitor.dial(attack_ms, &ATTACK);
        visitor.dial(hold_ms, &HOLD);
        visitor.dial(release_ms, &RELEASE);
        visitor.dial(look_ahead_ms, &LOOK_AHEAD);
        key.visit(visitor);
    }
}

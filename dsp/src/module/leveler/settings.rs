//! What can be set on a leveler.

use crate::control::{Dial, Group, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "leveler", name: "Leveler" };

/// Bands.
pub const BANDS: usize = 4;

/// How far a band may be moved.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (0.0, 6.0),
    default: 3.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that a band is turned up or down towards its place in the song. Verse and chorus may differ by twice as much and still meet.",
};

/// How much harder the bass of loud sections may hit.
pub static LIFT: Dial = Dial {
    id: "lift",
    name: "Lift",
    range: (0.0, 3.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much more bass the sections that have more of it may keep: 0 dB makes verse and chorus hit alike.",
};

/// What is heard as one section.
pub static TIME: Dial = Dial {
    id: "time",
    name: "Time",
    range: (1_000.0, 10_000.0),
    default: 3_000.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How long the balance is averaged over before it is compared with the song's: shorter follows fills, longer only sections.",
};

/// Frequencies between the bands.
pub static CROSSOVER: [Dial; BANDS - 1] = [
    crossover("cross_1", "Cross 1", 160.0, "Between bass and low mids."),
    crossover("cross_2", "Cross 2", 1_000.0, "Between low and high mids."),
    crossover("cross_3", "Cross 3", 5_000.0, "Between high mids and treble."),
];

const fn crossover(id: &'static str, name: &'static str, default: f64, help: &'static str) -> Dial {
    Dial {
        id,
        name,
        range: (40.0, 16_000.0),
        default,
        unit: Unit::Hertz,
        scale: Scale::Log,
        lowest: None,
        highest: None,
        help,
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelerSettings {
    /// [`RANGE`] in dB.
    pub range_db: f64,
    /// [`LIFT`] in dB.
    pub lift_db: f64,
    /// [`TIME`] in ms.
    pub time_ms: f64,
    /// [`CROSSOVER`] in Hz. One below its neighbour to the left counts as that neighbour.
    pub crossover_hz: [f64; BANDS - 1],
}

impl Default for LevelerSettings {
    fn default() -> Self {
        defaults(Self { range_db: 0.0, lift_db: 0.0, time_ms: 0.0, crossover_hz: [0.0; BANDS - 1] })
    }
}

impl Settings for LevelerSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { range_db, lift_db, time_ms, crossover_hz } = self;
        visitor.dial(range_db, &RANGE);
        visitor.dial(lift_db, &LIFT);
        visitor.dial(time_ms, &TIME);
        for (crossover, dial) in crossover_hz.iter_mut().zip(&CROSSOVER) {
            visitor.dial(crossover, dial);
        }
    }
}

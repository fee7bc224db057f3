//! What can be set on the rider.

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Unit, Visit, defaults};

/// The group of the rider's controls.
pub static GROUP: Group = Group { id: "rider", name: "Rider" };

/// What the target is measured from.
pub static REFERENCE: Choice = Choice {
    id: "ref",
    name: "Reference",
    options: &[
        Named { id: "absolute", name: "Absolute", help: Some("Rides to the loudness that Target says.") },
        Named {
            id: "side_chain",
            name: "Side-chain",
            help: Some("Rides to the loudness of the side-chain input and what Above adds to it: feed it the band."),
        },
    ],
    default: 0,
    automatable: true,
    help: "What the target is measured from.",
};

/// See [`REFERENCE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// A loudness of its own.
    #[default]
    Absolute,
    /// The side-chain's loudness.
    SideChain,
}

impl Enumerated for Reference {
    const ALL: &'static [Self] = &[Self::Absolute, Self::SideChain];
}

/// Target.
pub static TARGET: Dial = Dial {
    id: "target",
    name: "Target",
    range: (-48.0, 0.0),
    default: -20.0,
    unit: Unit::Lufs,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The loudness to ride to, while Reference is Absolute.",
};

/// Distance from the side-chain.
pub static ABOVE: Dial = Dial {
    id: "above",
    name: "Above",
    range: (-24.0, 12.0),
    default: 1.5,
    unit: Unit::Lu,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much louder than the side-chain to ride, while Reference is Side-chain. A lead vocal stands 1 to 2 LU above \
           the band.",
};

/// Speed.
pub static SPEED: Dial = Dial {
    id: "speed",
    name: "Speed",
    range: (100.0, 5_000.0),
    default: 400.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Over what time the loudness is taken. 400 ms follows words, 1 s phrases, more than 3 s whole lines.",
};

/// Range.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (0.0, 12.0),
    default: 6.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that it turns up or down.",
};

/// Pause.
pub static PAUSE: Dial = Dial {
    id: "pause",
    name: "Pause",
    range: (-30.0, -3.0),
    default: -12.0,
    unit: Unit::Lu,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "What lies further below the loud moments of the last seconds is a pause or a breath: the gain holds.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiderSettings {
    /// [`REFERENCE`].
    pub reference: Reference,
    /// [`TARGET`] in LUFS.
    pub target_lufs: f64,
    /// [`ABOVE`] in LU.
    pub above_lu: f64,
    /// [`SPEED`] in ms.
    pub speed_ms: f64,
    /// [`RANGE`] in dB.
    pub range_db: f64,
    /// [`PAUSE`] in LU.
    pub pause_lu: f64,
}

impl Default for RiderSettings {
    fn default() -> Self {
        defaults(Self {
            reference: Reference::Absolute,
            target_lufs: 0.0,
            above_lu: 0.0,
            speed_ms: 0.0,
            range_db: 0.0,
            pause_lu: 0.0,
        })
    }
}

impl Settings for RiderSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { reference, target_lufs, above_lu, speed_ms, range_db, pause_lu } = self;
        visitor.choice(reference, &REFERENCE);
        visitor.dial(target_lufs, &TARGET);
        visitor.dial(above_lu, &ABOVE);
        visitor.dial(speed_ms, &SPEED);
        visitor.dial(range_db, &RANGE);
        visitor.dial(pause_lu, &PAUSE);
    }
}

//! What can be set on an imager.

use crate::control::{Dial, Group, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "imager", name: "Imager" };

/// Bands.
pub const BANDS: usize = 4;

/// Frequencies between the bands.
pub static CROSSOVER: [Dial; BANDS - 1] = [
    crossover("cross_1", "Cross 1", 150.0, "Between the low and the low-mid band (12 dB/oct)."),
    crossover("cross_2", "Cross 2", 1_000.0, "Between the low-mid and the high-mid band (12 dB/oct)."),
    crossover("cross_3", "Cross 3", 6_000.0, "Between the high-mid and the high band (12 dB/oct)."),
];

/// Width of each band.
pub static WIDTH: [Dial; BANDS] = [
    width("width_1", "Low Width", "Level of the side signal in the low band: 0 % is mono, 100 % as it came."),
    width(
        "width_2",
        "Low-Mid Width",
        "Level of the side signal in the low-mid band: where a mix is warm or muddy at its sides.",
    ),
    width(
        "width_3",
        "High-Mid Width",
        "Level of the side signal in the high-mid band: guitars, keys and the room of voices.",
    ),
    width(
        "width_4",
        "High Width",
        "Level of the side signal in the high band: air and cymbals. It costs least in mono.",
    ),
];

/// Below this there is no side signal.
pub static MONO: Dial = Dial {
    id: "mono",
    name: "Mono Below",
    range: (LOWEST_MONO_HZ, 300.0),
    default: LOWEST_MONO_HZ,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: Some("Off"),
    highest: None,
    help: "Takes the side signal away below this (12 dB/oct), so that bass stands in the middle and a record can be cut.",
};

/// Where [`MONO`] is off.
pub const LOWEST_MONO_HZ: f64 = 20.0;

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

const fn width(id: &'static str, name: &'static str, help: &'static str) -> Dial {
    Dial {
        id,
        name,
        range: (0.0, 200.0),
        default: 100.0,
        unit: Unit::Percent,
        scale: Scale::Linear,
        lowest: None,
        highest: None,
        help,
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImagerSettings {
    /// [`WIDTH`] of each band in per cent, low to high.
    pub width_percent: [f64; BANDS],
    /// [`CROSSOVER`] in Hz. One below its neighbour to the left counts as that neighbour.
    pub crossover_hz: [f64; BANDS - 1],
    /// [`MONO`] in Hz.
    pub mono_hz: f64,
}

impl Default for ImagerSettings {
    fn default() -> Self {
        defaults(Self { width_percent: [0.0; BANDS], crossover_hz: [0.0; BANDS - 1], mono_hz: 0.0 })
    }
}

impl Settings for ImagerSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { width_percent, crossover_hz, mono_hz } = self;
        for (width, dial) in width_percent.iter_mut().zip(&WIDTH) {
            visitor.dial(width, dial);
        }
        visitor.dial(mono_hz, &MONO);
        for (crossover, dial) in crossover_hz.iter_mut().zip(&CROSSOVER) {
            visitor.dial(crossover, dial);
        }
    }
}

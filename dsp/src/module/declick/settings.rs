//! What can be set on the de-click.

use crate::LatencyMode;
use crate::control::{Dial, Group, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "declick", name: "De-click" };

/// How readily something is taken for a click.
pub static SENSITIVITY: Dial = Dial {
    id: "sens",
    name: "Sensitivity",
    range: (0.0, 100.0),
    default: 70.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How readily something is taken for a click. Raise it until the clicks are gone; too high, it takes consonants.",
};

/// The longest click.
pub static LONGEST: Dial = Dial {
    id: "longest",
    name: "Longest",
    range: (0.2, 8.0),
    default: 5.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "What lasts longer is not taken for a click.",
};

/// Lower end of the band.
pub static LOW: Dial = Dial {
    id: "low",
    name: "Low",
    range: (500.0, 12_000.0),
    default: 900.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Lower end of the band in which it looks for clicks.",
};

/// Upper end of the band.
pub static HIGH: Dial = Dial {
    id: "high",
    name: "High",
    range: (500.0, 12_000.0),
    default: 9_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Upper end of the band in which it looks for clicks.",
};

/// What can be set on the de-click.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeclickSettings {
    /// See [`SENSITIVITY`].
    pub sensitivity_percent: f64,
    /// See [`LONGEST`].
    pub longest_ms: f64,
    /// See [`LOW`].
    pub low_hz: f64,
    /// See [`HIGH`].
    pub high_hz: f64,
}

impl Default for DeclickSettings {
    fn default() -> Self {
        defaults(Self { sensitivity_percent: 0.0, longest_ms: 0.0, low_hz: 0.0, high_hz: 0.0 })
    }
}

impl Settings for DeclickSettings {
    const STARTS_ON: bool = false;
    const NEEDS: LatencyMode = LatencyMode::Full;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { sensitivity_percent, longest_ms, low_hz, high_hz } = self;
        visitor.dial(sensitivity_percent, &SENSITIVITY);
        visitor.dial(longest_ms, &LONGEST);
        visitor.dial(low_hz, &LOW);
        visitor.dial(high_hz, &HIGH);
    }
}

/// Power over its surroundings, in dB, from which something is a click: at the highest and the lowest sensitivity.
const THRESHOLD_DB: (f64, f64) = (2.0, 18.0);

impl DeclickSettings {
    /// How far in dB a click is over its surroundings in the residual.
    pub fn threshold_db(&self) -> f64 {
        THRESHOLD_DB.1 + self.sensitivity_percent / 100.0 * (THRESHOLD_DB.0 - THRESHOLD_DB.1)
    }

    /// The band in Hz, the lower end first.
    pub fn band_hz(&self) -> (f64, f64) {
        (self.low_hz.min(self.high_hz), self.low_hz.max(self.high_hz))
    }
}

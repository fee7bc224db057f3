//! The curves: which law bends, and what lies around it.

use super::law::Law;
use crate::control::Enumerated;

/// Which saturator it is. They differ in what they do with frequency, level and time, not in constants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Curve {
    /// Pre-emphasis, a round curve, de-emphasis: highs saturate first.
    Tape,
    /// A round curve off its middle, whose bias follows what stays loud, as a coupling capacitor charges by grid current.
    Triode,
    /// Driven by flux, which is the voltage's integral: lows saturate, highs hardly do.
    Transformer,
    /// A round curve, the same for every frequency.
    #[default]
    Soft,
    /// Straight, then flat.
    Hard,
    /// A sine: beyond its crest it comes back.
    Fold,
}

impl Enumerated for Curve {
    const ALL: &'static [Self] = &[Self::Tape, Self::Triode, Self::Transformer, Self::Soft, Self::Hard, Self::Fold];
}

/// What lies around the law of a curve; all of it glides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Surroundings {
    /// Drive of lows and of highs, dB: none is driven more than by the dial.
    pub low_db: f64,
    pub high_db: f64,
    /// Between those, Hz.
    pub centre_hz: f64,
    /// Bias of its own.
    pub bias: f64,
    /// How far loud passages shift it, 0 to 1.
    pub shift: f64,
}

impl Curve {
    /// The law that bends.
    pub(super) fn law(self) -> Law {
        match self {
            Self::Tape | Self::Triode | Self::Transformer | Self::Soft => Law::Round,
            Self::Hard => Law::Clip,
            Self::Fold => Law::Fold,
        }
    }

    /// What lies around it.
    pub(super) fn surroundings(self) -> Surroundings {
        let plain = Surroundings { low_db: 0.0, high_db: 0.0, centre_hz: 1_000.0, bias: 0.0, shift: 0.0 };
        match self {
            // The record equalisation of 15 ips tape rises by about as much, around 3.2 kHz (IEC 60094-1, 50 µs).
            Self::Tape => Surroundings { low_db: -9.0, centre_hz: 3_180.0, ..plain },
            Self::Triode => Surroundings { bias: 0.35, shift: 1.0, ..plain },
            Self::Transformer => Surroundings { high_db: -18.0, centre_hz: 120.0, ..plain },
            Self::Soft | Self::Hard | Self::Fold => plain,
        }
    }
}

//! The characters: what is inside each compressor.

use super::curve::Curve;
use crate::control::Enumerated;

/// Which compressor it is. They differ in how they measure, in how their curve comes about and in how they let go, not
/// in constants: no setting of one is another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Character {
    /// Feed-forward, in dB, the gain reduction smoothed by one pole down and another back.
    #[default]
    Clean,
    /// Feedback, with a cell that remembers: what was held down for long comes back slowly.
    Opto,
    /// Feedback on peaks; comes back at a constant rate in dB, as a discharging capacitor does.
    Fet,
    /// Feedback through a tube whose control law bends: the ratio grows with the level.
    VariMu,
    /// Feed-forward with two time constants side by side, of which the deeper one counts.
    Bus,
    /// Feed-forward on the true mean power of a window; keeps its gain while the programme pauses.
    Rms,
}

impl Enumerated for Character {
    const ALL: &'static [Self] = &[Self::Clean, Self::Opto, Self::Fet, Self::VariMu, Self::Bus, Self::Rms];
}

impl Character {
    /// Whether the choice between peak and RMS has an effect; otherwise the character has a detector of its own.
    pub fn has_sense(self) -> bool {
        !matches!(self, Self::Fet | Self::Rms)
    }

    /// The longest release in ms that auto release arrives at where it follows the crest factor; `None` where the
    /// character's auto release is its own two stages.
    pub(super) fn longest_auto_release_ms(self) -> Option<f64> {
        match self {
            // The value of the paper; see `block::crest`.
            Self::Clean => Some(1_000.0),
            // The classics of their kinds reach about a second, a few seconds and several.
            Self::Fet => Some(1_100.0),
            Self::VariMu => Some(2_000.0),
            Self::Rms => Some(3_000.0),
            Self::Opto | Self::Bus => None,
        }
    }

    /// Gain reduction in dB (zero or more) that a steady `level_db` ends at.
    pub(super) fn settled_db(self, curve: &Curve, level_db: f64) -> f64 {
        let loops: fn(&Curve, f64) -> (f64, f64) = match self {
            Self::Clean | Self::Bus | Self::Rms => return curve.forward_db(level_db),
            Self::Opto => Curve::opto_db,
            Self::Fet => Curve::fet_db,
            Self::VariMu => Curve::vari_mu_db,
        };
        // reduction = loop(level - reduction): the left side rises, the right side falls.
        let (mut low, mut high) = (0.0, curve.range_db);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if loops(curve, level_db - middle).0 > middle {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

/// Halvings of at most 60 dB: to below a millionth of a dB.
const BISECTIONS: usize = 28;

//! The styles: how each lets go of what it holds down.

use crate::control::Enumerated;

/// Which limiter it is. All hold the same ceiling; they differ in what they do after a peak, not in constants: no setting
/// of one is another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// One pole, in dB.
    #[default]
    Transparent,
    /// What is short comes back ten times as fast as what is long.
    Punch,
    /// Comes back at a constant rate in dB.
    Even,
    /// Waits, then begins to come back gently: two poles after a hold.
    Smooth,
    /// Remembers how far it was held down for how long, and comes back only that far.
    Steady,
    /// The deeper the faster: the last dB take their time.
    Loud,
}

impl Enumerated for Style {
    const ALL: &'static [Self] = &[Self::Transparent, Self::Punch, Self::Even, Self::Smooth, Self::Steady, Self::Loud];
}

impl Style {
    /// The longest release in ms that auto release arrives at: for a constant level; a sine's is half of it.
    pub(super) fn longest_auto_release_ms(self) -> f64 {
        match self {
            Self::Transparent | Self::Smooth => 600.0,
            // Its short part is a tenth of this.
            Self::Punch => 800.0,
            Self::Even | Self::Loud => 400.0,
            // Its memory is eight times this.
            Self::Steady => 250.0,
        }
    }
}

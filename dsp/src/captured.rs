//! What has been captured for a module to work with: measured curves, which are no settings. A session keeps them.

use crate::block::graphic::Curve;

/// Level of a third in which there is nothing, dB.
pub const NOTHING_DB: f64 = -200.0;

/// Long-term spectra in thirds of an octave, dB; only their shape counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Captured {
    /// Of the song.
    pub song_db: Curve,
    /// Of what it is to sound like, where there are references.
    pub reference_db: Option<Curve>,
}

/// What to capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// What comes into the module.
    Input,
    /// The side-chain.
    SideChain,
}

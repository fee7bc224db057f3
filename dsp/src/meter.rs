//! Meters: they look at frames and change none.

pub mod contribution;
pub mod correlation;
pub mod difference;
pub mod gated;
mod histogram;
pub mod k_weighting;
pub mod level;
pub mod loudness;
mod planar;
pub mod programme;
pub mod thirds;
pub mod true_peak;

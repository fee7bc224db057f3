//! Meters: they look at frames and change none.

pub mod correlation;
mod histogram;
pub mod k_weighting;
pub mod level;
pub mod loudness;
mod planar;
pub mod programme;
pub mod true_peak;

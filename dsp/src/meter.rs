//! Meters: they look at frames and change none.

pub mod level;

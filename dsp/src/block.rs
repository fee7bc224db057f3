//! Small parts that modules are made of.

pub mod analog;
pub mod delay;
pub mod fast_log;
pub mod kaiser;
pub mod matched;
pub mod matrix;
pub mod svf;

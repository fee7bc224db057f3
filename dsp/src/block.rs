//! Small parts that modules are made of.

pub mod delay;
pub mod matrix;

//! Small parts that modules are made of.

pub mod analog;
pub mod ballistics;
pub mod box_cascade;
pub mod complex;
pub mod crest;
pub mod delay;
pub mod fast_log;
pub mod gliding_delay;
pub mod inter_sample;
pub mod kaiser;
pub mod knee;
pub mod magnitude;
pub mod matched;
pub mod matrix;
pub mod mean_square;
pub mod octuple;
pub mod sliding_max;
pub mod svf;

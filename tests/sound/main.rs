//! The sound: dsp alone, each test named after a physical property.

mod chain;
mod eq;
mod loudness;
mod order;
mod text;
mod true_peak;
mod zipper;

//! The sound: dsp alone, each test named after a physical property.

mod chain {
    mod contract;
    mod zipper;
}
mod eq;
mod loudness;
mod order;
mod text;
mod true_peak;

//! The modules: one file each, with its settings, its controls and its processor.

pub mod compressor;
pub mod eq;
pub mod fader;
pub mod input;
pub mod key;
pub mod limiter;
pub mod output;

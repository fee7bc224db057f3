//! The modules: one file each, with its settings, its controls and its processor.

pub mod compressor;
pub mod declick;
pub mod deesser;
pub mod demud;
pub mod dither;
pub mod echo;
pub mod eq;
pub mod fader;
pub mod gate;
pub mod imager;
pub mod input;
pub mod key;
pub mod leveler;
pub mod limiter;
pub mod match_eq;
pub mod multiband;
pub mod output;
pub mod reverb;
pub mod rider;
pub mod saturator;
pub mod wet;

//! Audio files through the built Tandem plug-ins: an embedded CLAP host, audio files, automation, presets, rendering,
//! and the editor in a window of its own.
//!
//! The tests use the same host: it records everything that a plug-in asks of its host.

pub mod audio;
pub mod automation;
pub mod cli;
pub mod host;
pub mod measure;
pub mod output;
pub mod preset;
mod random;
pub mod render;
pub mod screen;
pub mod session;
pub mod song;
pub mod window;
pub mod work;

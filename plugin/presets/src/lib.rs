//! Presets as files: what one is, those that come with Tandem, and the user's own.
//!
//! A preset names parameters and writes values as people do; what they mean to a plug-in is the plug-in's to say. So this
//! crate knows text and files alone, and whoever reads presets without being the plug-in need not build it.
//!
//! - [`mod@format`]: the text of a preset file, and back.
//! - [`factory`]: the presets that come with Tandem.
//! - [`folder`]: the user's presets.
//! - [`entry`]: what a library lists, and how it is searched.

pub mod entry;
pub mod factory;
pub mod folder;
pub mod format;

pub use entry::{Entry, Filter, Origin};
pub use folder::Folder;
pub use format::{Facet, Fault, Preset, Setting, Tags};

/// The word for a plug-in in files and folders: "channel" of "Tandem Channel".
pub fn short_name(plugin: &str) -> String {
    plugin.rsplit(' ').next().unwrap_or_default().to_lowercase()
}

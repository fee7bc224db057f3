//! The presets that come with Tandem, from `assets/presets`.

use crate::format::{Fault, Preset};

/// The preset that every plug-in has: everything as in a fresh instance.
pub const INIT: &str = "Init";

/// Plug-in, file and contents of each, in the order of the file names.
static FILES: &[(&str, &str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/factory.rs"));

/// Those of `plugin` ("channel"), read; [`init`] is the first.
pub fn presets(plugin: &str) -> Result<Vec<Preset>, Fault> {
    let own = FILES.iter().filter(|(of, ..)| *of == plugin);
    std::iter::once(Ok(init(plugin))).chain(own.map(|(_, file, bytes)| Preset::read(bytes, file, plugin))).collect()
}

/// The preset that sets nothing.
pub fn init(plugin: &str) -> Preset {
    Preset {
        plugin: plugin.to_string(),
        name: INIT.to_string(),
        notes: "Everything as in a fresh instance.".to_string(),
        ..Preset::default()
    }
}

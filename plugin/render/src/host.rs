//! A CLAP host for one plug-in at a time: loads the built bundle as a workstation would.

mod asked;
mod audio;
mod params;
mod plugin;

pub use asked::{Asked, Request};
pub use audio::{Audio, Event, Events, Silence};
pub use clack_extensions::params::ParamRescanFlags;
pub use clack_extensions::tail::TailLength;
pub use clack_host::process::ProcessStatus;
pub use clack_host::utils::ClapId;
pub(crate) use params::or_list;
pub use params::{Param, Params, RemotePage};
pub use plugin::{Plugin, Port, PortsChoice};

use anyhow::{Context, Result, bail};
use clack_host::prelude::PluginEntry;
use std::path::{Path, PathBuf};

/// The environment variable that names the CLAP bundle to load, before any other place is looked at.
pub const BUNDLE_VARIABLE: &str = "TANDEM_CLAP";

/// The bundle's file name in the folder of bundles.
pub const BUNDLE_NAME: &str = "Tandem.clap";

/// The folder of bundles inside Cargo's target folder.
pub const BUNDLED: &str = "bundled";

/// A loaded CLAP bundle.
pub struct Bundle {
    entry: PluginEntry,
    path: PathBuf,
}

/// What a bundle says of one of its plug-ins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Stable, unique in the world.
    pub id: String,
    /// As shown: "Tandem Channel".
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// CLAP feature names.
    pub features: Vec<String>,
}

impl Bundle {
    /// Loads the bundle at `path`.
    pub fn load(path: &Path) -> Result<Self> {
        if !path.exists() {
            bail!("{} does not exist. Build it with `cargo xtask bundle`.", path.display());
        }
        // The loader looks a bare name up in system folders: give it the whole path.
        let path = path.canonicalize().with_context(|| format!("cannot resolve {}", path.display()))?;
        // SAFETY: a plug-in is foreign code; loading it is what a host is for.
        let entry = unsafe { PluginEntry::load(&path) }
            .with_context(|| format!("{} does not load as a CLAP plug-in", path.display()))?;
        Ok(Self { entry, path })
    }

    /// Loads the built Tandem bundle: the one that [`BUNDLE_VARIABLE`] names, else the one in the folder of bundles
    /// beside the running program's build.
    pub fn find() -> Result<Self> {
        Self::load(&locate()?)
    }

    /// Where it was loaded from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The plug-ins inside.
    pub fn plugins(&self) -> Vec<Description> {
        let text = |text: Option<&std::ffi::CStr>| text.map(|t| t.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(factory) = self.entry.get_plugin_factory() else { return Vec::new() };
        factory
            .plugin_descriptors()
            .map(|plugin| Description {
                id: text(plugin.id()),
                name: text(plugin.name()),
                vendor: text(plugin.vendor()),
                version: text(plugin.version()),
                features: plugin.features().map(|f| f.to_string_lossy().into_owned()).collect(),
            })
            .collect()
    }

    /// Makes an instance of the plug-in called `which`: its id, its name, or the last word of its name, in any case.
    pub fn open(&self, which: &str) -> Result<Plugin> {
        let plugins = self.plugins();
        let found = plugins.iter().find(|plugin| {
            let last_word = plugin.name.rsplit(' ').next().unwrap_or_default();
            plugin.id == which || plugin.name.eq_ignore_ascii_case(which) || last_word.eq_ignore_ascii_case(which)
        });
        let Some(found) = found else {
            let names: Vec<_> = plugins.iter().map(|p| p.name.as_str()).collect();
            bail!("{} holds no plug-in \"{which}\", only {}.", self.path.display(), names.join(" and "));
        };
        Plugin::new(&self.entry, found.clone())
    }
}

/// Path of the built Tandem bundle; see [`Bundle::find`].
pub fn locate() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(BUNDLE_VARIABLE) {
        return Ok(path.into());
    }
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let folders = program.ancestors().skip(1).map(|folder| folder.join(BUNDLED).join(BUNDLE_NAME));
    match folders.into_iter().find(|path| path.exists()) {
        Some(path) => Ok(path),
        None => bail!(
            "No built {BUNDLE_NAME} is beside this program. Build it with `cargo xtask bundle`, or name it in {BUNDLE_VARIABLE}."
        ),
    }
}

//! `cargo xtask install`: bundles the release build and copies it to where hosts look.

use crate::bundle::{self, LICENSES, copy_tree};
use crate::project::bundled;
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Bundles the release build and copies it to where hosts look for plug-ins.
#[derive(Args)]
pub struct Install {
    /// Folder for both bundles, instead of the user's own plug-in folders.
    #[arg(long, value_name = "DIR")]
    dest: Option<PathBuf>,
}

/// Does what the command line says.
pub fn run(command: &Install) -> Result<()> {
    let [clap, vst3] = bundle::build("release")?;
    let (for_clap, for_vst3) = match &command.dest {
        Some(folder) => (folder.clone(), folder.clone()),
        None => user_folders()?,
    };
    for (bundle, folder) in [(clap, &for_clap), (vst3, &for_vst3), (bundled()?.join(LICENSES), &for_clap)] {
        let to = folder.join(bundle.file_name().context("a bundle has a name")?);
        if to.is_dir() {
            // What an older version put in there must not stay.
            std::fs::remove_dir_all(&to).with_context(|| format!("cannot replace {}", to.display()))?;
        }
        copy_tree(&bundle, &to)?;
        println!("{}", to.display());
    }
    Ok(())
}

/// Where hosts look for the user's own CLAP and VST3 plug-ins.
fn user_folders() -> Result<(PathBuf, PathBuf)> {
    let variable = |name: &str| {
        let value = std::env::var_os(name).map(PathBuf::from);
        value.with_context(|| format!("{name} is not set: say where to with --dest"))
    };
    let both = |folder: &Path, clap: &str, vst3: &str| (folder.join(clap), folder.join(vst3));
    Ok(match std::env::consts::OS {
        "macos" => both(&variable("HOME")?.join("Library/Audio/Plug-Ins"), "CLAP", "VST3"),
        "windows" => both(&variable("LOCALAPPDATA")?.join("Programs/Common"), "CLAP", "VST3"),
        _ => both(&variable("HOME")?, ".clap", ".vst3"),
    })
}

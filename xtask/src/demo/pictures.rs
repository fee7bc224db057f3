//! The editors' pictures, taken by `cargo xtask screenshot` in a process of its own, with the session's settings.

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;
use std::process::{Command, Stdio};
use tandem_render::host::BUNDLE_VARIABLE;
use tandem_render::session::{Mastered, Mix};

/// A picture, or why there is none.
pub struct Picture {
    /// What it shows.
    pub caption: String,
    /// A PNG as a data URL; otherwise the reason in a sentence.
    pub png: Result<String, String>,
}

/// Pictures of the lead's Channel, or the last stem's where none leads, and of Master.
pub fn take(mix: &Mix, master: &Mastered) -> Vec<Picture> {
    let channel = mix
        .lead()
        .or(mix.channels.last())
        .map(|c| ("channel", format!("Tandem Channel on {}", c.track.name), &c.preset));
    let master = ("master", "Tandem Master".to_string(), &master.preset);
    channel
        .into_iter()
        .chain([master])
        .map(|(plugin, caption, preset)| {
            let png = shoot(plugin, preset).map_err(|error| format!("{error:#}"));
            Picture { caption, png }
        })
        .collect()
}

fn shoot(plugin: &str, preset: &str) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let (settings, picture) = (folder.path().join("settings.preset"), folder.path().join("editor.png"));
    std::fs::write(&settings, preset)?;
    run(plugin, &settings, &picture)?;
    let png = std::fs::read(&picture).context("the screenshot left no picture")?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

fn run(plugin: &str, settings: &Path, picture: &Path) -> Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["screenshot", "--plugin", plugin, "--preset"]).arg(settings).arg("--output").arg(picture);
    // The bundle that was just built, whatever else the environment names.
    let output = command.env_remove(BUNDLE_VARIABLE).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().filter_map(|line| line.strip_prefix("error: ")).next_back();
    Err(anyhow!("{}", reason.unwrap_or("the screenshot failed without a word")))
}

//! `cargo xtask screenshot`: the built plug-in's editor as a picture.

use crate::{bundle, packages};
use anyhow::{Result, ensure};
use clap::Args;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tandem_render::cli::Which;
use tandem_render::host::{self, Bundle};
use tandem_render::output;
use tandem_render::preset;
use tandem_render::screen::Screen;
use tandem_render::window::Window;

/// Opens the built plug-in's editor and saves what it shows as a PNG file.
#[derive(Args)]
pub struct Screenshot {
    /// Which plug-in.
    #[arg(long, value_enum)]
    plugin: Which,
    /// Preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE")]
    preset: Option<String>,
    /// Panel to show, by its module's name.
    #[arg(long, value_name = "NAME")]
    panel: Option<String>,
    /// Size in pixels before scaling, such as 1100x700.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(u32, u32)>,
    /// Scale, such as 1.5.
    #[arg(long)]
    scale: Option<f64>,
    /// PNG file to write.
    #[arg(short, long)]
    output: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

/// The panel that the editor opens with; the plug-in reads it when its window opens.
const PANEL_VARIABLE: &str = "TANDEM_PANEL";

/// Says that this process was started by the one that set the environment up.
const INSIDE_VARIABLE: &str = "TANDEM_SCREENSHOT";

/// How long an editor may take to draw itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// Does what the command line says.
pub fn run(command: &Screenshot) -> Result<()> {
    output::check(&command.output, command.force)?;
    if std::env::var_os(INSIDE_VARIABLE).is_some() {
        return take(command);
    }
    if host::locate().is_err() {
        bundle::build("release")?;
    }
    // Display and panel are environment variables, which only a process of its own can be given safely.
    let mut inside = Command::new(std::env::current_exe()?);
    inside.args(std::env::args_os().skip(1)).env(INSIDE_VARIABLE, "1").stdin(Stdio::null());
    if let Some(panel) = &command.panel {
        inside.env(PANEL_VARIABLE, panel);
    }
    let screen = match std::env::var_os("DISPLAY") {
        Some(_) => None,
        None => {
            packages::ensure(packages::WINDOW)?;
            Some(Screen::start()?)
        }
    };
    if let Some(screen) = &screen {
        inside.env("DISPLAY", &screen.display);
    }
    // The process inside has said what was wrong.
    let status = inside.status()?;
    drop(screen);
    if !status.success() {
        std::process::exit(status.code().unwrap_or(1));
    }
    Ok(())
}

fn take(command: &Screenshot) -> Result<()> {
    let mut plugin = Bundle::find()?.open(command.plugin.name())?;
    if let Some(name) = &command.preset {
        preset::apply(&mut plugin, name)?;
    }
    let mut window = Window::open(&mut plugin, command.scale)?;
    if let Some((width, height)) = command.size {
        let scaled = |pixels: u32| (f64::from(pixels) * command.scale.unwrap_or(1.0)).round() as u32;
        window.resize(scaled(width), scaled(height))?;
    }
    let picture = window.capture_still(PATIENCE)?;
    ensure!(!picture.is_blank(), "the editor drew nothing within {} s", PATIENCE.as_secs());
    picture.save(&command.output, command.force)?;
    println!("{}: {} by {}", command.output.display(), picture.width, picture.height);
    Ok(())
}

/// "1100x700".
fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("\"{text}\" is no size such as 1100x700");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    Ok((width.parse().map_err(|_| wrong())?, height.parse().map_err(|_| wrong())?))
}

//! `cargo xtask screenshot`: the built plug-in's editor as a picture.

use crate::{bundle, packages};
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tandem_render::audio::{self, Sound};
use tandem_render::cli::Which;
use tandem_render::host::{self, Bundle, Plugin};
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
    /// Theme.
    #[arg(long, value_enum)]
    theme: Option<Theme>,
    /// A parameter's value, such as "EQ 3 Gain=-3 dB". May be given often.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// WAV or FLAC file that plays, in real time, until the picture is taken at its end.
    #[arg(long, value_name = "FILE")]
    play: Option<PathBuf>,
    /// PNG file to write.
    #[arg(short, long)]
    output: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

/// How the editor looks.
#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

/// The panel that the editor opens with, and its theme; the plug-in reads them when its window opens.
const PANEL_VARIABLE: &str = "TANDEM_PANEL";
const THEME_VARIABLE: &str = "TANDEM_THEME";

/// Frames a block while something plays.
const BLOCK: usize = 512;

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
    if let Some(theme) = command.theme {
        let name = match theme {
            Theme::Dark => "dark",
            Theme::Light => "light",
        };
        inside.env(THEME_VARIABLE, name);
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
    let sound = command.play.as_deref().map(audio::read).transpose()?;
    let mut plugin = Bundle::find()?.open(command.plugin.name())?;
    if let Some(name) = &command.preset {
        preset::apply(&mut plugin, name)?;
    }
    for setting in &command.settings {
        let (name, value) = setting.split_once('=').with_context(|| format!("\"{setting}\" is not NAME=VALUE"))?;
        plugin.set(name, value)?;
    }
    if let Some(sound) = &sound {
        if !plugin.ports_on_offer().is_empty() {
            plugin.choose_main_channels((sound.channels.len(), sound.channels.len()))?;
        }
        plugin.activate(f64::from(sound.rate), BLOCK)?;
    }
    let mut window = Window::open(&mut plugin, command.scale)?;
    if let Some((width, height)) = command.size {
        let scaled = |pixels: u32| (f64::from(pixels) * command.scale.unwrap_or(1.0)).round() as u32;
        window.resize(scaled(width), scaled(height))?;
    }
    let picture = match &sound {
        None => window.capture_still(PATIENCE)?,
        Some(sound) => {
            play(window.plugin(), sound)?;
            window.capture()?
        }
    };
    ensure!(!picture.is_blank(), "the editor drew nothing within {} s", PATIENCE.as_secs());
    picture.save(&command.output, command.force)?;
    println!("{}: {} by {}", command.output.display(), picture.width, picture.height);
    Ok(())
}

/// Plays the whole sound in real time.
fn play(plugin: &mut Plugin, sound: &Sound) -> Result<()> {
    plugin.play(|audio| {
        let start = Instant::now();
        audio.run_with(&sound.channels, None, BLOCK, &[], |frames| {
            let due = Duration::from_secs_f64(frames as f64 / f64::from(sound.rate));
            std::thread::sleep(due.saturating_sub(start.elapsed()));
        })
    })??;
    Ok(())
}

/// "1100x700".
fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("\"{text}\" is no size such as 1100x700");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    Ok((width.parse().map_err(|_| wrong())?, height.parse().map_err(|_| wrong())?))
}

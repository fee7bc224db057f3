//! The command line.

use crate::audio::{self, Bits};
use crate::host::Bundle;
use crate::render::{BLOCK, Options, render};
use crate::{automation, output, preset};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;

/// Which plug-in of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Tandem Channel.
    Channel,
    /// Tandem Master.
    Master,
}

impl Which {
    /// What [`Bundle::open`] finds it by.
    pub fn name(self) -> &'static str {
        match self {
            Which::Channel => "channel",
            Which::Master => "master",
        }
    }
}

/// Renders a WAV or FLAC file through a Tandem plug-in.
#[derive(Args, Clone, Debug)]
pub struct Render {
    /// WAV or FLAC file, mono or stereo.
    pub input: PathBuf,
    /// WAV file to write.
    #[arg(short, long)]
    pub output: PathBuf,
    /// Which plug-in.
    #[arg(long, value_enum)]
    pub plugin: Which,
    /// Preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE")]
    pub preset: Option<String>,
    /// A parameter's value, such as "EQ 3 Gain=-3 dB". May be given often; comes after the preset.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// Automation: rows of seconds,parameter name,value.
    #[arg(long, value_name = "FILE.csv")]
    pub automate: Option<PathBuf>,
    /// Tempo, for a delay that follows it, beats a minute.
    #[arg(long, value_name = "BPM", value_parser = tempo)]
    pub tempo: Option<f64>,
    /// WAV or FLAC file for the side-chain, at the input's rate.
    #[arg(long, value_name = "KEY")]
    pub sidechain: Option<PathBuf>,
    /// Frames a block.
    #[arg(long, default_value_t = BLOCK)]
    pub block: usize,
    /// Bits a sample: integers with dither, or float.
    #[arg(long, value_enum, default_value_t)]
    pub bits: Bits,
    /// Replace the output if it exists.
    #[arg(long)]
    pub force: bool,
    /// CLAP bundle to load instead of the built one.
    #[arg(long, value_name = "PATH")]
    pub bundle: Option<PathBuf>,
}

/// Does what the command line says, telling about it on the standard error.
pub fn run(command: &Render) -> Result<()> {
    output::check(&command.output, command.force)?;
    let input = audio::read(&command.input)?;
    let key = command.sidechain.as_deref().map(audio::read).transpose()?;
    let rows = command.automate.as_deref().map(automation::read).transpose()?.unwrap_or_default();
    let bundle = match &command.bundle {
        Some(path) => Bundle::load(path)?,
        None => Bundle::find()?,
    };
    let mut plugin = bundle.open(command.plugin.name())?;
    if let Some(name) = &command.preset {
        preset::apply(&mut plugin, name)?;
    }
    for setting in &command.settings {
        let (name, value) = setting
            .split_once('=')
            .with_context(|| format!("--set \"{setting}\" is not of the form \"NAME=VALUE\""))?;
        let understood = plugin.set(name, value.trim())?;
        eprintln!("{} = {understood}", name.trim());
    }
    let source = command.automate.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let options = Options {
        block: command.block,
        key: key.as_ref(),
        automation: &rows,
        automation_source: &source,
        tempo_bpm: command.tempo,
    };
    let bar = progress_bar(&plugin.description().name);
    let rendered = render(&mut plugin, &input, &options, |done| bar.set_position((done * BAR_STEPS as f64) as u64));
    bar.finish_and_clear();
    let rendered = rendered?;
    let sound = &rendered.sound;
    if sound.channels.iter().flatten().any(|x| !x.is_finite()) {
        bail!("{} gave samples that are not numbers; nothing was written.", plugin.description().name);
    }
    let clipped = audio::write(&command.output, sound, command.bits, command.force)?;
    let seconds = |frames: usize| frames as f64 / f64::from(sound.rate);
    eprintln!(
        "{}: {:.3} s at {} Hz ({:.3} s of input, {:.3} s of tail; {} frames of latency taken out)",
        command.output.display(),
        sound.seconds(),
        sound.rate,
        input.seconds(),
        seconds(rendered.tail_frames),
        rendered.latency_frames,
    );
    if rendered.late_rows > 0 {
        eprintln!("note: {} automation row(s) lie after the end of the input", rendered.late_rows);
    }
    if clipped > 0 {
        eprintln!("note: {clipped} samples are above full scale and clipped. Lower the level, or write --bits 32f.");
    }
    Ok(())
}

/// A tempo as text; for command lines.
pub fn tempo(text: &str) -> Result<f64, String> {
    let tempo = text.parse::<f64>().ok().filter(|bpm| (20.0..=400.0).contains(bpm));
    tempo.ok_or_else(|| "a tempo is 20 to 400 beats a minute".to_string())
}

const BAR_STEPS: u64 = 1000;

/// A bar for work that says how far it is; silent where no one looks at a terminal.
pub fn progress_bar(what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {percent} %").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(BAR_STEPS).with_style(style).with_message(what.to_string())
}

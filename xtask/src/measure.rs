//! `cargo xtask measure`: what a preset does to a sound, in figures; how factory presets are made.

use crate::bundle;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::path::{Path, PathBuf};
use tandem_dsp::units::db_to_gain;
use tandem_render::audio::{self, Bits, Sound};
use tandem_render::cli::Which;
use tandem_render::host::{self, Bundle};
use tandem_render::measure::{Measured, peak_db};
use tandem_render::preset;
use tandem_render::song::{self, RECORDINGS};
use tandem_render::work::{Taken, Work, work};

/// Measures what the built plug-in does to audio files: loudness, tone, and what its dynamics take.
#[derive(Args)]
pub struct Measure {
    /// WAV or FLAC file, mono or stereo, or a recording of the demo song, such as demo:snare; several, such as the stems of
    /// a song, are added up.
    #[arg(required = true)]
    inputs: Vec<String>,
    /// Which plug-in.
    #[arg(long, value_enum)]
    plugin: Which,
    /// Preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE")]
    preset: Option<String>,
    /// A parameter's value, such as "EQ 3 Gain=-3 dB". May be given often.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Loudness that the sound is brought to first, with peaks of -3 dBFS at most: -18 is 0 VU.
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true)]
    level: Option<f64>,
    /// Measure from this second on.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    from: f64,
    /// Measure up to this second.
    #[arg(long, value_name = "SECONDS", default_value_t = f64::INFINITY, hide_default_value = true)]
    to: f64,
    /// WAV file to write what comes out into.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Replace that file if it exists.
    #[arg(long)]
    force: bool,
    /// WAV or FLAC file for the side-chain.
    #[arg(long, value_name = "KEY")]
    sidechain: Option<PathBuf>,
}

/// Highest peak of a file that is brought to a loudness, dBFS.
const PEAK_DB: f64 = -3.0;

/// Tone that changes less is left out, dB.
const TELLING_DB: f64 = 0.3;

/// Less side signal than this before and after is none, dB re mid.
const MONO_DB: f64 = -100.0;

/// Does what the command line says.
pub fn run(command: &Measure) -> Result<()> {
    if host::locate().is_err() {
        bundle::build("release")?;
    }
    let sounds = command.inputs.iter().map(|name| open(name)).collect::<Result<Vec<_>>>()?;
    let sound = sum(&sounds)?;
    let sound = command.level.map_or(sound.clone(), |lufs| brought_to(&sound, lufs));
    let key = command.sidechain.as_deref().map(audio::read).transpose()?;
    let mut plugin = Bundle::find()?.open(command.plugin.name())?;
    if let Some(name) = &command.preset {
        preset::apply(&mut plugin, name)?;
    }
    for setting in &command.settings {
        let (name, value) = setting.split_once('=').with_context(|| format!("\"{setting}\" is not NAME=VALUE"))?;
        plugin.set(name, value.trim())?;
    }
    let work = work(&mut plugin, &sound, key.as_ref(), (command.from, command.to))?;
    print(&work);
    if let Some(path) = &command.save {
        audio::write(path, &work.sound, Bits::Float32, command.force)?;
    }
    Ok(())
}

/// What comes before the name of a recording of the demo song.
const DEMO: &str = "demo:";

fn open(name: &str) -> Result<Sound> {
    let Some(recording) = name.strip_prefix(DEMO) else { return audio::read(Path::new(name)) };
    song::recording(recording).with_context(|| format!("The demo song has no \"{recording}\", only {RECORDINGS:?}."))
}

fn sum(sounds: &[Sound]) -> Result<Sound> {
    let [first, rest @ ..] = sounds else { bail!("There is nothing to measure.") };
    if rest.is_empty() {
        return Ok(first.clone());
    }
    let mut frames = first.to_frames();
    for sound in rest {
        ensure!(sound.rate == first.rate, "The files have different sample rates.");
        let more = sound.to_frames();
        frames.resize(frames.len().max(more.len()), [0.0; 2]);
        frames.iter_mut().zip(more).for_each(|(to, frame)| *to = [to[0] + frame[0], to[1] + frame[1]]);
    }
    Ok(Sound::from_frames(&frames, first.rate))
}

fn brought_to(sound: &Sound, lufs: f64) -> Sound {
    let loudness = Measured::of(sound).reading.integrated_lufs;
    let gain = db_to_gain((lufs - loudness).min(PEAK_DB - peak_db(sound))) as f32;
    let channels = sound.channels.iter().map(|channel| channel.iter().map(|x| x * gain).collect()).collect();
    Sound { rate: sound.rate, channels }
}

fn print(Work { before, after, levels, tone, taken, .. }: &Work) {
    let (before, after) = (before.reading, after.reading);
    let row = |name: &str, a: f64, b: f64, unit: &str| println!("{name:<12} {a:>7.1} {b:>7.1} {:>+6.2} {unit}", b - a);
    println!("{:<12} {:>7} {:>7} {:>6}", "", "in", "out", "change");
    row("integrated", before.integrated_lufs, after.integrated_lufs, "LU");
    row("range", before.lra_lu, after.lra_lu, "LU");
    row("true peak", before.max_true_peak_db, after.max_true_peak_db, "dB");
    row("softest 10 %", levels[0].soft_db, levels[1].soft_db, "dB");
    row("loudest 10 %", levels[0].loud_db, levels[1].loud_db, "dB");
    if levels[0].side_db.max(levels[1].side_db) > MONO_DB {
        row("side to mid", levels[0].side_db, levels[1].side_db, "dB");
    }
    for taken in taken {
        let Taken { module, least_db, median_db, most_db, highest_db } = taken;
        println!(
            "{module} takes {least_db:.1} to {most_db:.1} dB of loud parts, {median_db:.1} dB of half of them, at most \
             {highest_db:.1} dB"
        );
    }
    println!("tone, beside the change of loudness:");
    for (freq_hz, change_db) in tone.iter().filter(|(_, change_db)| change_db.abs() >= TELLING_DB) {
        println!("{freq_hz:>9.0} Hz {change_db:>+6.1} dB");
    }
}

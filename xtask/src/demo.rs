//! `cargo xtask demo`: the main job in one command. Mixes the demo song or the user's own stems through the built
//! plug-ins, masters the mix, and reports.

mod chart;
mod lead;
mod master;
mod page;
mod pictures;
mod report;
mod tone;
mod translation;

use crate::bundle;
use crate::project::target;
use anyhow::{Result, bail, ensure};
use clap::Args;
use indicatif::ProgressBar;
use std::path::PathBuf;
use std::time::Duration;
use tandem_dsp::module::limiter::CEILING;
use tandem_render::audio::Bits;
use tandem_render::cli::{progress_bar, tempo};
use tandem_render::host::Bundle;
use tandem_render::session::{self, Files, Goal};
use tandem_render::song;

/// Mixes and masters the demo song, or your own stems, through the built plug-ins.
///
/// Writes mix.wav, master.wav and report.html, which says what each step did and why. A stem that is called lead, vocal, vox,
/// voice or sing leads: it is cleaned, held, ridden over all others, and given a space. Levels and balance of the others
/// stay. A CSV file of a stem's name beside it is the stem's automation: rows of
/// seconds,parameter name,value.
#[derive(Args)]
pub struct Demo {
    /// Your own stems instead of the demo song: WAV or FLAC, mono or stereo, all at one rate.
    stems: Vec<PathBuf>,
    /// The stem that leads, where its name does not say so.
    #[arg(long, value_name = "STEM")]
    lead: Option<String>,
    /// Tempo of your stems, beats a minute, which the lead's echoes follow [default: measured, if they keep one].
    #[arg(long, value_name = "BPM", value_parser = tempo)]
    tempo: Option<f64>,
    /// Folder to write into [default: demo in Cargo's target folder].
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Integrated loudness of the master, LUFS.
    #[arg(long, value_name = "LUFS", default_value_t = -14.0, allow_hyphen_values = true)]
    target: f64,
    /// Highest true peak of the master, dBTP; streaming services, EBU R 128 and AES TD1008 ask for -1.
    #[arg(long, value_name = "DBTP", default_value_t = -1.0, allow_hyphen_values = true)]
    ceiling: f64,
    /// Bits a sample of the master: integers are dithered by Master, for 16 with shaped noise.
    #[arg(long, value_enum, default_value_t)]
    bits: Bits,
    /// Replace what an earlier run left.
    #[arg(long)]
    force: bool,
}

/// Targets that anyone might mean, LUFS.
const TARGETS_LUFS: std::ops::RangeInclusive<f64> = -50.0..=-5.0;

/// The tests' profile: it is optimised as far, and most of what it needs has been built for this program already, so
/// that a fresh machine hears its first master in half the time that a release takes.
const PROFILE: &str = "dev";

/// Does what the command line says.
pub fn run(command: &Demo) -> Result<()> {
    ensure!(
        TARGETS_LUFS.contains(&command.target),
        "{} LUFS is no target. Give {} to {}.",
        command.target,
        TARGETS_LUFS.start(),
        TARGETS_LUFS.end()
    );
    let (lowest, highest) = CEILING.range;
    ensure!(
        (lowest..=highest).contains(&command.ceiling),
        "{} dBTP is no ceiling. Give {lowest} to {highest}.",
        command.ceiling
    );
    let folder = match &command.output {
        Some(folder) => folder.clone(),
        None => target()?.join("demo"),
    };
    // Whatever can be refused is refused before the long work.
    let files = Files::new(&folder, command.force)?;
    let stems = session::open_stems(&command.stems)?;
    ensure!(
        !stems.is_empty() || (command.lead.is_none() && command.tempo.is_none()),
        "--lead and --tempo are for your own stems. Name their files."
    );

    let goal = Goal { target_lufs: command.target, ceiling_dbtp: command.ceiling, bits: command.bits };
    let mut stage = Stages::default();
    let (title, tracks, tempo_bpm, song) = if stems.is_empty() {
        stage.show("Playing the demo song", 0.0);
        let song = song::compose();
        ("the demo song".to_string(), session::demo_song_tracks(&song), Some(song::TEMPO_BPM), Some(song))
    } else {
        stage.show("Listening to the stems", 0.0);
        let title = format!("{} stems", stems.len());
        let tempo_bpm = command.tempo.or_else(|| session::stem_tempo(&stems));
        (title, session::stem_tracks(stems, command.lead.as_deref(), tempo_bpm)?, tempo_bpm, None)
    };
    stage.end();

    eprintln!("Building the plug-ins");
    let [clap, _] = bundle::build(PROFILE)?;
    let bundle = Bundle::load(&clap)?;

    let mix = session::mix(&bundle, tracks, tempo_bpm, &mut |what, done| stage.show(what, done))?;
    let mastering = if song.is_some() { session::demo_song_mastering() } else { session::stem_mastering(&mix) };
    let master = session::master(&bundle, &mix.sound, &mastering, goal, &mut |what, done| {
        stage.show(what, done);
    })?;
    stage.end();
    let clipped = files.write_audio(&mix, &master, command.bits)?;
    if clipped > 0 {
        bail!("{clipped} samples are beyond full scale and clipped, which must not happen: please report it.");
    }

    eprintln!("Taking the editors' pictures");
    let pictures = pictures::take(&mix, &master);
    stage.show("Writing the report", 0.0);
    let mended = song.as_ref().zip(mix.lead()).and_then(|(song, lead)| session::mended(song, lead));
    let sections = song.as_ref().map_or(&[][..], |song| &song.sections[..]);
    let translated = session::translated(&master.sound, master.measured.reading.integrated_lufs, sections);
    let report =
        report::Report { title, mix: &mix, master: &master, goal, sections, mended, tempo_bpm, translated, pictures };
    let page = page::page(&report)?;
    stage.end();
    files.write_report(&page)?;

    let reading = &master.measured.reading;
    println!("{}", master.verdict);
    println!("integrated loudness  {:>6.1} LUFS", reading.integrated_lufs);
    println!("true peak            {:>6.1} dBTP", reading.max_true_peak_db);
    for path in [files.mix(), files.master(), files.report()] {
        println!("{}", path.display());
    }
    Ok(())
}

/// A bar for each stage of the work, one after the other.
#[derive(Default)]
struct Stages {
    bar: Option<(String, ProgressBar)>,
}

impl Stages {
    fn show(&mut self, what: &str, done: f64) {
        if self.bar.as_ref().is_none_or(|(name, _)| name != what) {
            self.end();
            let bar = progress_bar(what);
            bar.enable_steady_tick(Duration::from_millis(100));
            self.bar = Some((what.to_string(), bar));
        }
        if let Some((_, bar)) = &self.bar {
            bar.set_position((done * bar.length().unwrap_or(0) as f64) as u64);
        }
    }

    fn end(&mut self) {
        if let Some((_, bar)) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

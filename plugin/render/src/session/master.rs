//! The master: the mix through Master, brought to its target by measuring.

use super::mix::finite;
use super::modules::{ModuleWork, taken_apart};
use super::{Progress, Setting};
use crate::audio::Sound;
use crate::automation::Row;
use crate::host::Bundle;
use crate::measure::Measured;
use crate::render::{Options, render};
use anyhow::{Result, bail};
use std::fmt;
use tandem_dsp::module::fader::FADER;
use tandem_dsp::module::limiter::GAIN;

/// Where a master is to end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// Integrated loudness, LUFS.
    pub target_lufs: f64,
    /// Highest true peak, dBTP.
    pub ceiling_dbtp: f64,
}

/// A master on its target is at most so far from it, LU.
const TOLERANCE_LU: f64 = 0.3;

/// Good enough to stop at, LU: a figure to a tenth then reads as the target does.
const CLOSE_LU: f64 = 0.04;

/// A true peak over the ceiling by more, dB, would read as one; the limiter's own tests allow it less.
const PEAK_SLACK_DB: f64 = 0.05;

/// Passes after which the search stops.
const MAX_PASSES: usize = 8;

/// How Master is set, besides what brings the mix to its goal.
#[derive(Clone, Debug, Default)]
pub struct Mastering {
    /// What is set for the whole length.
    pub settings: Vec<Setting>,
    /// Moves of the fader: seconds, and dB from where the session puts it.
    pub fader_moves: Vec<(f64, f64)>,
}

/// A finished master.
#[derive(Clone, Debug)]
pub struct Mastered {
    /// Stereo.
    pub sound: Sound,
    /// Measured by Master's own meter.
    pub measured: Measured,
    /// All that was set, in the plug-in's own words.
    pub settings: Vec<Setting>,
    /// All that moved.
    pub automation: Vec<Row>,
    /// Master's settings as a preset, for its picture.
    pub preset: String,
    /// What each of Master's modules did, in their order.
    pub modules: Vec<ModuleWork>,
    /// How it ended.
    pub verdict: Verdict,
}

/// How a master ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// On its target, peaks under the ceiling.
    OnTarget,
    /// As far as the limiter and the fader go, the loudness stays off the target.
    OutOfReach {
        /// Integrated loudness that was wanted, LUFS.
        target_lufs: f64,
        /// How far the mix was turned up, dB.
        gain_db: f64,
        /// Where it ended, LUFS.
        reached_lufs: f64,
    },
    /// Silent, or shorter than a gating block of 0.4 s: nothing to bring anywhere.
    NoLoudness,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Verdict::OnTarget => write!(f, "The master is on its target, with its peaks under the ceiling."),
            Verdict::OutOfReach { target_lufs, gain_db, reached_lufs } => write!(
                f,
                "{target_lufs:.1} LUFS is out of reach: turned up by {gain_db:.1} dB, the master ends at {reached_lufs:.1} LUFS, with its peaks under the ceiling."
            ),
            Verdict::NoLoudness => {
                write!(f, "The mix is silent or shorter than 0.4 s: it has no loudness to bring to a target.")
            }
        }
    }
}

/// What every master can do with: nothing that colours, only what costs headroom unheard.
pub fn plain_mastering() -> Mastering {
    let settings = Setting::group(
        "Takes out rumble that no one hears but that costs headroom.",
        &[("EQ HP On", "On"), ("EQ HP Frequency", "20 Hz"), ("EQ HP Slope", "12 dB/oct")],
    );
    Mastering { settings, fader_moves: Vec::new() }
}

/// Brings `mix` to its `goal` through the bundle's Master.
///
/// Each pass is a whole rendering, measured whole: what Master does to the loudness need not be known.
pub fn master(
    bundle: &Bundle,
    mix: &Sound,
    mastering: &Mastering,
    goal: Goal,
    progress: &mut Progress,
) -> Result<Mastered> {
    let mut passes: Vec<Pass> = Vec::new();
    loop {
        let gain_db = next_gain_db(&passes, goal.target_lufs);
        let wanted = [mastering.settings.clone(), drive(gain_db, goal)].concat();
        let mut settings = wanted.clone();
        let automation = moved(mastering, fader_db(gain_db));
        let name = format!("Master, pass {}", passes.len() + 1);
        let (sound, preset) =
            through_master(bundle, mix, &mut settings, &automation, &mut |done| progress(&name, done))?;
        let measured = Measured::of(&sound);
        let loudness_lufs = measured.reading.integrated_lufs;
        passes.push(Pass { gain_db, loudness_lufs });
        let close = (goal.target_lufs - loudness_lufs).abs() <= CLOSE_LU;
        let stays = next_gain_db(&passes, goal.target_lufs) == gain_db;
        if loudness_lufs.is_finite() && !close && !stays && passes.len() < MAX_PASSES {
            continue;
        }
        let peak_dbtp = measured.reading.max_true_peak_db;
        if peak_dbtp > goal.ceiling_dbtp + PEAK_SLACK_DB {
            bail!(
                "Master let peaks of {peak_dbtp:.2} dBTP through a ceiling of {:.1} dBTP, which must not happen: please report it.",
                goal.ceiling_dbtp
            );
        }
        let verdict = if !loudness_lufs.is_finite() {
            Verdict::NoLoudness
        } else if (goal.target_lufs - loudness_lufs).abs() <= TOLERANCE_LU {
            Verdict::OnTarget
        } else {
            Verdict::OutOfReach { target_lufs: goal.target_lufs, gain_db, reached_lufs: loudness_lufs }
        };
        let modules = taken_apart(bundle, mix, wanted, gain_db.max(0.0), progress)?;
        return Ok(Mastered { sound, measured, settings, automation, preset, modules, verdict });
    }
}

/// `mix` through a fresh Master, as a host makes it: no pass hears another. Also the settings as a preset.
pub(super) fn through_master(
    bundle: &Bundle,
    mix: &Sound,
    settings: &mut [Setting],
    automation: &[Row],
    progress: &mut (dyn FnMut(f64) + Send),
) -> Result<(Sound, String)> {
    let mut plugin = bundle.open("master")?;
    for setting in settings {
        setting.value = plugin.set(&setting.parameter, &setting.value)?;
    }
    let preset = crate::preset::write(&mut plugin)?;
    let options = Options { automation, automation_source: "the session's automation", ..Options::default() };
    let sound = render(&mut plugin, mix, &options, progress)?.sound;
    finite(&sound, "Master")?;
    Ok((sound, preset))
}

/// What brings a master turned up by `gain_db` to its goal. The limiter lifts it and the fader lowers it: both come
/// after the glue, which so does the same at every target.
fn drive(gain_db: f64, goal: Goal) -> Vec<Setting> {
    const WHY: &str = "Found by measuring: brings the master to its target.";
    let db = |value: f64| format!("{value:.3} dB");
    let mut settings = Setting::group(
        "Holds the true peak at the ceiling.",
        &[("Latency", "Mix"), ("Limiter On", "On"), ("Limiter Ceiling", &db(goal.ceiling_dbtp))],
    );
    settings.extend(if gain_db < 0.0 {
        Setting::group(WHY, &[("Output Fader", &db(fader_db(gain_db)))])
    } else {
        Setting::group(WHY, &[("Limiter Gain", &db(gain_db))])
    });
    settings
}

/// Where the fader of a master turned up by `gain_db` stands, dB.
fn fader_db(gain_db: f64) -> f64 {
    gain_db.min(0.0)
}

/// The fader's moves from its place at `fader_db`.
fn moved(mastering: &Mastering, fader_db: f64) -> Vec<Row> {
    let row = |(seconds, move_db): &(f64, f64)| {
        Row::new(
            *seconds,
            "Output Fader",
            format!("{:.3} dB", (fader_db + move_db).clamp(FADER.range.0, FADER.range.1)),
        )
    };
    mastering.fader_moves.iter().map(row).collect()
}

/// What a pass was turned up by, and where it ended.
#[derive(Clone, Copy, Debug)]
struct Pass {
    gain_db: f64,
    loudness_lufs: f64,
}

/// By how much to turn the mix up after those passes, dB, within what Master can do: along the line through the last
/// two. A limiter adds less loudness than gain, the less the more it holds.
fn next_gain_db(passes: &[Pass], target_lufs: f64) -> f64 {
    /// LU a dB. What looks flatter is followed for ten times what is lacking, no farther.
    const FLATTEST: f64 = 0.1;
    let Some(last) = passes.last() else { return 0.0 };
    let slope = match passes {
        [.., before, _] => (last.loudness_lufs - before.loudness_lufs) / (last.gain_db - before.gain_db),
        _ => 1.0,
    };
    let gain_db = last.gain_db + (target_lufs - last.loudness_lufs) / slope.clamp(FLATTEST, 1.0);
    gain_db.clamp(FADER.range.0, GAIN.range.1)
}

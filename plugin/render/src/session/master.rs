//! The master: the mix through Master, brought to its target by measuring.

use super::mix::finite;
use super::modules::{ModuleWork, place, taken_apart, taken_db};
use super::{Progress, Setting};
use crate::audio::{Bits, Sound};
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
    /// What the file is written as, which Master's dither is set to.
    pub bits: Bits,
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
    /// A saturator that is tried where the limiter has to work hard, and kept if that spares it.
    pub saturator: Vec<Setting>,
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
    let desk = Desk { bundle, mix, goal, fader_moves: &mastering.fader_moves };
    let mut found = desk.search(mastering.settings.clone(), progress)?;
    if !mastering.saturator.is_empty() && found.gain_db > 0.0 {
        let held_db = desk.held_db(&found, progress)?;
        if held_db > HARD_DB {
            let tried = desk.search([&mastering.settings[..], &mastering.saturator].concat(), progress)?;
            if desk.held_db(&tried, progress)? < held_db - SPARES_DB {
                found = tried;
            }
        }
    }
    let Found { gain_db, wanted, sound, measured, settings, automation, preset } = found;
    let reading = &measured.reading;
    let (loudness_lufs, peak_dbtp) = (reading.integrated_lufs, reading.max_true_peak_db);
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
    Ok(Mastered { sound, measured, settings, automation, preset, modules, verdict })
}

/// Where a limiter takes more, dB, in the loudest twentieth of the time, it works hard.
const HARD_DB: f64 = 2.0;

/// A saturator that spares the limiter less than that, dB, is left out.
const SPARES_DB: f64 = 0.3;

/// A mix on its way to a goal.
struct Desk<'a> {
    bundle: &'a Bundle,
    mix: &'a Sound,
    goal: Goal,
    fader_moves: &'a [(f64, f64)],
}

/// Settings that end as near to the goal as they can.
struct Found {
    gain_db: f64,
    /// The settings as they were asked for.
    wanted: Vec<Setting>,
    sound: Sound,
    measured: Measured,
    /// The settings in the plug-in's own words.
    settings: Vec<Setting>,
    automation: Vec<Row>,
    preset: String,
}

impl Desk<'_> {
    /// Passes through Master with `before` and what brings them to the goal, until one is close.
    fn search(&self, before: Vec<Setting>, progress: &mut Progress) -> Result<Found> {
        let target_lufs = self.goal.target_lufs;
        let mut passes: Vec<Pass> = Vec::new();
        loop {
            let gain_db = next_gain_db(&passes, target_lufs);
            let mut wanted = [before.clone(), drive(gain_db, self.goal)].concat();
            wanted.sort_by_key(place);
            let mut settings = wanted.clone();
            let automation = moved(self.fader_moves, fader_db(gain_db));
            let name = format!("Master, pass {}", passes.len() + 1);
            let (sound, preset) = through_master(self.bundle, self.mix, &mut settings, &automation, &mut |done| {
                progress(&name, done);
            })?;
            let measured = Measured::of(&sound);
            let loudness_lufs = measured.reading.integrated_lufs;
            passes.push(Pass { gain_db, loudness_lufs });
            let close = (target_lufs - loudness_lufs).abs() <= CLOSE_LU;
            let stays = next_gain_db(&passes, target_lufs) == gain_db;
            if loudness_lufs.is_finite() && !close && !stays && passes.len() < MAX_PASSES {
                continue;
            }
            return Ok(Found { gain_db, wanted, sound, measured, settings, automation, preset });
        }
    }

    /// What the limiter takes in the loudest twentieth of the time at least, dB.
    fn held_db(&self, found: &Found, progress: &mut Progress) -> Result<f64> {
        let mut heard = |without: &[&str]| -> Result<Sound> {
            let stays = |setting: &&Setting| !without.contains(&setting.module());
            let mut settings: Vec<_> = found.wanted.iter().filter(stays).cloned().collect();
            let name = "Master, the limiter's work";
            Ok(through_master(self.bundle, self.mix, &mut settings, &[], &mut |done| progress(name, done))?.0)
        };
        let before = heard(&["Limiter", "Dither"])?;
        let after = heard(&["Dither"])?;
        let mut taken = taken_db(&before, &after, found.gain_db.max(0.0));
        taken.sort_by(f64::total_cmp);
        Ok(taken.get(taken.len() * 19 / 20).copied().unwrap_or(0.0))
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
    settings.extend(match goal.bits {
        Bits::Int16 => Setting::group(
            "Once, last, for the 16 bits of the file: the noise lies where the ear hears least.",
            &[("Dither On", "On"), ("Dither Bits", "16 bit"), ("Dither Noise Shape", "Strong")],
        ),
        Bits::Int24 => Setting::group(
            "Once, last, for the 24 bits of the file.",
            &[("Dither On", "On"), ("Dither Bits", "24 bit"), ("Dither Noise Shape", "Flat")],
        ),
        Bits::Float32 => Vec::new(),
    });
    settings
}

/// Where the fader of a master turned up by `gain_db` stands, dB.
fn fader_db(gain_db: f64) -> f64 {
    gain_db.min(0.0)
}

/// The fader's moves from its place at `fader_db`.
fn moved(fader_moves: &[(f64, f64)], fader_db: f64) -> Vec<Row> {
    let row = |(seconds, move_db): &(f64, f64)| {
        Row::new(
            *seconds,
            "Output Fader",
            format!("{:.3} dB", (fader_db + move_db).clamp(FADER.range.0, FADER.range.1)),
        )
    };
    fader_moves.iter().map(row).collect()
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

//! The master: the mix through Master, brought to its target by measuring.

use super::mix::finite;
use super::{Progress, Setting};
use crate::audio::Sound;
use crate::automation::Row;
use crate::host::{Bundle, Plugin};
use crate::measure::Measured;
use crate::render::{Options, render};
use anyhow::{Result, bail};
use std::fmt;
use tandem_dsp::module::input::TRIM;

/// Where a master is to end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// Integrated loudness, LUFS.
    pub target_lufs: f64,
    /// Highest true peak, dBTP.
    pub ceiling_dbtp: f64,
}

/// A master on its target is at most so far from it, LU.
pub const TOLERANCE_LU: f64 = 0.3;

/// Good enough to stop at, LU.
const CLOSE_LU: f64 = 0.02;

/// A peak may exceed the ceiling by so little, dB, as the rounding of a setting to its text makes it.
const PEAK_SLACK_DB: f64 = 0.01;

/// Passes after which the search stops.
const MAX_PASSES: usize = 5;

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
    /// How it ended.
    pub verdict: Verdict,
}

/// How a master ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// On its target, peaks under the ceiling.
    OnTarget,
    /// The peaks are at the ceiling before the loudness is at the target.
    PeaksForbid {
        /// The true peak that the target would have meant, dBTP.
        would_peak_dbtp: f64,
        /// See [`Goal`].
        goal: Goal,
        /// Where it ended, LUFS.
        reached_lufs: f64,
    },
    /// Master's gain does not go that far.
    OutOfRange {
        /// See [`Goal`].
        goal: Goal,
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
            Verdict::PeaksForbid { would_peak_dbtp, goal, reached_lufs } => write!(
                f,
                "The peaks forbid {:.1} LUFS: it would take them to {would_peak_dbtp:+.1} dBTP. Without a limiter the master ends at {reached_lufs:.1} LUFS with its peaks at the ceiling of {:.1} dBTP, unclipped.",
                goal.target_lufs, goal.ceiling_dbtp
            ),
            Verdict::OutOfRange { goal, reached_lufs } => write!(
                f,
                "{:.1} LUFS is beyond the range of Master's trim: the master ends at {reached_lufs:.1} LUFS.",
                goal.target_lufs
            ),
            Verdict::NoLoudness => {
                write!(f, "The mix is silent or shorter than 0.4 s: it has no loudness to bring to a target.")
            }
        }
    }
}

/// What every master can do with: nothing that colours, only what costs headroom unheard.
pub fn plain_mastering() -> Vec<Setting> {
    Setting::group(
        "Takes out rumble that no one hears but that costs headroom.",
        &[("EQ HP On", "On"), ("EQ HP Frequency", "20 Hz"), ("EQ HP Slope", "12 dB/oct")],
    )
}

/// What brings a master to its loudness. Everything that depends on how is here: a limiter's gain, which keeps the
/// peaks down by itself, takes the trim's place in this one type.
struct Drive;

impl Drive {
    /// Parameter and reason.
    const SETTING: (&str, &str) = ("Input Trim", "Found by measuring: brings the master to its target.");

    /// Lowest and highest, dB.
    const RANGE_DB: (f64, f64) = TRIM.range;

    /// How far the drive may go up from where `measured` was taken, so that the peaks stay under the ceiling.
    fn room_db(measured: &Measured, goal: Goal) -> f64 {
        goal.ceiling_dbtp - measured.reading.max_true_peak_db
    }

    fn set(plugin: &mut Plugin, drive_db: f64) -> Result<String> {
        plugin.set(Self::SETTING.0, &format!("{drive_db:.3} dB"))
    }
}

/// Brings `mix` to its `goal` through the bundle's Master, with `settings` and `automation` besides.
///
/// Each pass is a whole rendering, measured whole: what Master does to the loudness need not be known.
pub fn master(
    bundle: &Bundle,
    mix: &Sound,
    mut settings: Vec<Setting>,
    automation: Vec<Row>,
    goal: Goal,
    progress: &mut Progress,
) -> Result<Mastered> {
    let mut drive_db = 0.0;
    let mut pass = 1;
    loop {
        // A fresh instance each time, as a host makes it: no pass hears another.
        let mut plugin = bundle.open("master")?;
        for setting in &mut settings {
            setting.value = plugin.set(&setting.parameter, &setting.value)?;
        }
        let drive_text = Drive::set(&mut plugin, drive_db)?;
        let preset = crate::preset::write(&mut plugin)?;
        let options =
            Options { automation: &automation, automation_source: "the session's automation", ..Options::default() };
        let name = format!("Master, pass {pass}");
        let sound = render(&mut plugin, mix, &options, |done| progress(&name, done))?.sound;
        finite(&sound, "Master")?;
        let measured = Measured::of(&sound);
        let next = next(&measured, goal, drive_db);
        if let (Next::Drive(db), true) = (next, pass < MAX_PASSES) {
            drive_db = db;
            pass += 1;
            continue;
        }
        let verdict = match next {
            Next::Done(verdict) => verdict,
            Next::Drive(_) if Drive::room_db(&measured, goal) < -PEAK_SLACK_DB => {
                bail!("Master could not be brought under {:.1} dBTP in {MAX_PASSES} passes.", goal.ceiling_dbtp)
            }
            Next::Drive(_) => verdict(&measured, goal),
        };
        let (parameter, why) = Drive::SETTING;
        settings.insert(0, Setting { parameter: parameter.into(), value: drive_text, why: why.into() });
        return Ok(Mastered { sound, measured, settings, automation, preset, verdict });
    }
}

/// What to do after a pass.
#[derive(Clone, Copy)]
enum Next {
    Drive(f64),
    Done(Verdict),
}

fn next(measured: &Measured, goal: Goal, drive_db: f64) -> Next {
    let integrated = measured.reading.integrated_lufs;
    if !integrated.is_finite() {
        return Next::Done(Verdict::NoLoudness);
    }
    let lacks_db = goal.target_lufs - integrated;
    let room_db = Drive::room_db(measured, goal);
    let wanted_db = (drive_db + lacks_db.min(room_db)).clamp(Drive::RANGE_DB.0, Drive::RANGE_DB.1);
    if (wanted_db - drive_db).abs() <= CLOSE_LU && room_db >= -PEAK_SLACK_DB {
        return Next::Done(verdict(measured, goal));
    }
    Next::Drive(wanted_db)
}

fn verdict(measured: &Measured, goal: Goal) -> Verdict {
    let reached_lufs = measured.reading.integrated_lufs;
    let lacks_db = goal.target_lufs - reached_lufs;
    if lacks_db.abs() <= TOLERANCE_LU {
        Verdict::OnTarget
    } else if lacks_db > Drive::room_db(measured, goal) + PEAK_SLACK_DB {
        let would_peak_dbtp = measured.reading.max_true_peak_db + lacks_db;
        Verdict::PeaksForbid { would_peak_dbtp, goal, reached_lufs }
    } else {
        Verdict::OutOfRange { goal, reached_lufs }
    }
}

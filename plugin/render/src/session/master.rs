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
const MAX_PASSES: usize = 8;

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
        /// Its true peak there, dBTP.
        reached_dbtp: f64,
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
            Verdict::PeaksForbid { would_peak_dbtp, goal, reached_lufs, reached_dbtp } => write!(
                f,
                "The peaks forbid {:.1} LUFS: it would take them to {would_peak_dbtp:+.1} dBTP. The master ends at {reached_lufs:.1} LUFS with its peaks at {reached_dbtp:.1} dBTP, unclipped; the ceiling is {:.1} dBTP.",
                goal.target_lufs, goal.ceiling_dbtp
            ),
            Verdict::OutOfRange { goal, reached_lufs } => write!(
                f,
                "{:.1} LUFS is beyond what Master can do with this mix: it ends at {reached_lufs:.1} LUFS.",
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

/// What brings a master to its loudness, and keeps its peaks down: where Master has a limiter, that; otherwise the trim.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drive {
    with: With,
    /// How far the mix is turned up, dB.
    gain_db: f64,
    /// What the limiter is told, dBTP.
    ceiling_dbtp: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    /// As far as the peaks let it.
    Trim,
    /// Into the limiter, which holds the peaks; the trim only turns down.
    Limiter,
}

impl Drive {
    /// Where it starts.
    fn new(plugin: &Plugin, goal: Goal) -> Self {
        let limits = plugin.params().iter().any(|param| param.name == "Limiter Gain");
        let with = if limits { With::Limiter } else { With::Trim };
        Self { with, gain_db: 0.0, ceiling_dbtp: goal.ceiling_dbtp }
    }

    fn settings(&self) -> Vec<Setting> {
        const WHY: &str = "Found by measuring: brings the master to its target.";
        let db = |value: f64| format!("{value:.3} dB");
        match self.with {
            With::Trim => Setting::group(WHY, &[("Input Trim", &db(self.gain_db))]),
            With::Limiter => {
                let mut settings = Setting::group(WHY, &[("Limiter Gain", &db(self.gain_db.max(0.0)))]);
                if self.gain_db < 0.0 {
                    settings.extend(Setting::group(WHY, &[("Input Trim", &db(self.gain_db))]));
                }
                settings.extend(Setting::group(
                    "Holds the true peak at the ceiling.",
                    &[("Latency", "Mix"), ("Limiter On", "On"), ("Limiter Ceiling", &db(self.ceiling_dbtp))],
                ));
                settings
            }
        }
    }

    /// Where to go on after a pass that measured so; itself if it is there.
    fn next(self, measured: &Measured, goal: Goal) -> Self {
        let reading = &measured.reading;
        let lacks_db = goal.target_lufs - reading.integrated_lufs;
        let room_db = goal.ceiling_dbtp - reading.max_true_peak_db;
        let next = match self.with {
            With::Trim => Self { gain_db: self.gain_db + lacks_db.min(room_db), ..self },
            // A limiter may let through a little of what no oversampling sees; a lower ceiling makes up for it.
            With::Limiter => Self {
                gain_db: self.gain_db + lacks_db,
                ceiling_dbtp: self.ceiling_dbtp + (room_db + PEAK_SLACK_DB).min(0.0),
                ..self
            },
        };
        let next = Self { gain_db: next.gain_db.clamp(TRIM.range.0, TRIM.range.1), ..next };
        let stays = (next.gain_db - self.gain_db).abs() <= CLOSE_LU && room_db >= -PEAK_SLACK_DB;
        if stays { self } else { next }
    }
}

/// Brings `mix` to its `goal` through the bundle's Master, with `settings` and `automation` besides.
///
/// Each pass is a whole rendering, measured whole: what Master does to the loudness need not be known.
pub fn master(
    bundle: &Bundle,
    mix: &Sound,
    settings: Vec<Setting>,
    automation: Vec<Row>,
    goal: Goal,
    progress: &mut Progress,
) -> Result<Mastered> {
    let mut drive = None;
    let mut pass = 1;
    loop {
        // A fresh instance each time, as a host makes it: no pass hears another.
        let mut plugin = bundle.open("master")?;
        let now = drive.unwrap_or_else(|| Drive::new(&plugin, goal));
        let mut all = now.settings();
        all.extend(settings.iter().cloned());
        for setting in &mut all {
            setting.value = plugin.set(&setting.parameter, &setting.value)?;
        }
        let preset = crate::preset::write(&mut plugin)?;
        let options =
            Options { automation: &automation, automation_source: "the session's automation", ..Options::default() };
        let name = format!("Master, pass {pass}");
        let sound = render(&mut plugin, mix, &options, |done| progress(&name, done))?.sound;
        finite(&sound, "Master")?;
        let measured = Measured::of(&sound);
        let next = if measured.reading.integrated_lufs.is_finite() { now.next(&measured, goal) } else { now };
        if next != now && pass < MAX_PASSES {
            drive = Some(next);
            pass += 1;
            continue;
        }
        let over_db = measured.reading.max_true_peak_db - goal.ceiling_dbtp;
        if next != now && over_db > PEAK_SLACK_DB {
            bail!("Master could not be brought under {:.1} dBTP in {MAX_PASSES} passes.", goal.ceiling_dbtp);
        }
        let verdict = verdict(&measured, goal);
        return Ok(Mastered { sound, measured, settings: all, automation, preset, verdict });
    }
}

fn verdict(measured: &Measured, goal: Goal) -> Verdict {
    let reached_lufs = measured.reading.integrated_lufs;
    if !reached_lufs.is_finite() {
        return Verdict::NoLoudness;
    }
    let lacks_db = goal.target_lufs - reached_lufs;
    let would_peak_dbtp = measured.reading.max_true_peak_db + lacks_db;
    if lacks_db.abs() <= TOLERANCE_LU {
        Verdict::OnTarget
    } else if would_peak_dbtp > goal.ceiling_dbtp + PEAK_SLACK_DB {
        Verdict::PeaksForbid { would_peak_dbtp, goal, reached_lufs, reached_dbtp: measured.reading.max_true_peak_db }
    } else {
        Verdict::OutOfRange { goal, reached_lufs }
    }
}

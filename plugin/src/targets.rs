//! Where a master goes: what destinations do with its loudness and peaks, and what that means for this one, in words.

use serde::Deserialize;
use std::sync::LazyLock;

/// What a destination does with programme that is not at its loudness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gain {
    /// Playback is turned up and down, up only as far as the true peak allows.
    Both,
    /// Playback is turned down.
    Down,
    /// It checks what is delivered and turns nothing.
    Delivery,
    /// Nothing.
    None,
}

/// How well its figures are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Published by the destination.
    Official,
    /// An official text, read in a secondary source.
    Quoted,
    /// Measured or reported by others.
    ThirdParty,
    /// Custom without a rule.
    Practice,
}

impl Status {
    /// As the editor shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Quoted => "official, quoted",
            Self::ThirdParty => "third-party",
            Self::Practice => "practice",
        }
    }
}

/// A destination.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Target {
    /// Stable for ever: sessions refer to it.
    pub id: String,
    /// As shown.
    pub name: String,
    /// Integrated loudness that it aims at, LUFS.
    pub lufs: Option<f64>,
    /// How far from that a delivery may be, LU.
    pub tolerance_lu: f64,
    /// Highest true peak, dBTP.
    pub true_peak_dbtp: f64,
    /// The same for programme louder than `lufs`, where that differs.
    pub loud_true_peak_dbtp: Option<f64>,
    /// What it does.
    pub gain: Gain,
    /// How well its figures are known.
    pub status: Status,
    /// Where they come from.
    pub source: String,
}

/// What a [`Target`] makes of a programme.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether it takes it as it is: loudness where it checks that, and true peak.
    pub passes: bool,
    /// Gain in dB at which it plays.
    pub playback_gain_db: f64,
    /// In words.
    pub text: String,
}

/// The shipped destinations; see `assets/targets`.
pub fn all() -> &'static [Target] {
    static ALL: LazyLock<Vec<Target>> = LazyLock::new(|| {
        let table = include_str!("../../assets/targets/targets.csv");
        let rows = csv::Reader::from_reader(table.as_bytes()).into_deserialize();
        rows.map(|row| row.expect("a test reads every line of the table")).collect()
    });
    &ALL
}

/// The destination with the id.
pub fn find(id: &str) -> Option<&'static Target> {
    all().iter().find(|target| target.id == id)
}

/// Figures that print alike are alike: a tenth of a dB.
const PRINTED: f64 = 0.05;

impl Target {
    /// What becomes of a programme with this integrated loudness in LUFS and highest true peak in dBTP; `None` before
    /// both are known.
    pub fn judge(&self, integrated_lufs: f64, true_peak_dbtp: f64) -> Option<Verdict> {
        if !integrated_lufs.is_finite() || !true_peak_dbtp.is_finite() {
            return None;
        }
        let over_lu = self.lufs.map_or(0.0, |lufs| integrated_lufs - lufs);
        let highest = self.loud_true_peak_dbtp.filter(|_| over_lu > PRINTED).unwrap_or(self.true_peak_dbtp);
        let peak_over_db = true_peak_dbtp - highest;
        let peak_passes = peak_over_db < PRINTED;
        let room_db = (self.true_peak_dbtp - true_peak_dbtp).max(0.0);
        let playback_gain_db = match self.gain {
            Gain::Both => (-over_lu).min(room_db),
            Gain::Down => (-over_lu).min(0.0),
            Gain::Delivery | Gain::None => 0.0,
        };
        let (loudness_passes, loudness) = match self.gain {
            Gain::None => (true, format!("No loudness is asked for; this is {integrated_lufs:.1} LUFS.")),
            Gain::Delivery => self.judge_delivery(over_lu),
            Gain::Both | Gain::Down => (true, self.describe_playback(over_lu, playback_gain_db)),
        };
        let peak = if peak_passes {
            format!("True peak {true_peak_dbtp:.1} dBTP passes.")
        } else {
            format!("True peak {true_peak_dbtp:.1} dBTP is {peak_over_db:.1} dB over {highest} dBTP.")
        };
        Some(Verdict { passes: loudness_passes && peak_passes, playback_gain_db, text: format!("{loudness} {peak}") })
    }

    fn judge_delivery(&self, over_lu: f64) -> (bool, String) {
        let beyond = over_lu.abs() - self.tolerance_lu;
        if beyond < PRINTED {
            return (true, format!("Within {} LU of {} LUFS.", self.tolerance_lu, self.lufs.unwrap_or_default()));
        }
        let side = if over_lu > 0.0 { "loud" } else { "soft" };
        let away = over_lu.abs();
        (false, format!("{away:.1} LU too {side}: {} LU are allowed.", self.tolerance_lu))
    }

    fn describe_playback(&self, over_lu: f64, playback_gain_db: f64) -> String {
        let left_lu = over_lu + playback_gain_db;
        let turned = if playback_gain_db < -PRINTED {
            format!("Turned down by {:.1} dB.", -playback_gain_db)
        } else if playback_gain_db > PRINTED {
            format!("Turned up by {playback_gain_db:.1} dB.")
        } else {
            "Plays as it is.".to_string()
        };
        if left_lu < -PRINTED {
            format!("{turned} It stays {:.1} LU softer than its neighbours.", -left_lu)
        } else {
            turned
        }
    }
}

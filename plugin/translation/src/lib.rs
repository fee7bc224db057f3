//! Playback devices: what they do to a master, to listen through and in words. Tables and definitions: `assets/translation`.
//!
//! - [`all`]: the devices.
//! - [`bands`]: the powers of a sound in thirds of an octave.
//! - [`score`]: what a device leaves of them, in figures and in words.

pub mod bands;
pub mod score;

use serde::Deserialize;
use std::sync::LazyLock;
use tandem_dsp::monitor::{Device, Piece, Shape};

/// How a device's curve is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Someone has measured it.
    Measured,
    /// Calculated from what has been published.
    Derived,
    /// Drawn after descriptions.
    Model,
}

impl Kind {
    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Derived => "derived",
            Self::Model => "model",
        }
    }
}

/// What a device is heard in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// Silence.
    #[default]
    Quiet,
    /// The noise of a road in a car.
    Road,
}

/// A playback device.
#[derive(Debug)]
pub struct Playback {
    /// Stable for ever.
    pub id: String,
    /// As shown.
    pub name: String,
    /// How its curve is known.
    pub kind: Kind,
    /// What it is heard in.
    pub surroundings: Surroundings,
    /// Where its curve comes from.
    pub source: String,
    /// What it does to the sound.
    pub filter: Device,
}

impl Playback {
    /// Its response at `freq_hz` in dB, 0 at 1 kHz.
    pub fn response_db(&self, freq_hz: f64) -> f64 {
        self.filter.response_db(freq_hz) - self.filter.response_db(1_000.0)
    }
}

/// A line of `devices.csv`.
#[derive(Deserialize)]
struct DeviceLine {
    id: String,
    name: String,
    kind: Kind,
    mono: String,
    noise: String,
    source: String,
}

/// A line of `filters.csv`.
#[derive(Deserialize)]
struct FilterLine {
    device: String,
    shape: String,
    freq_hz: f64,
    gain_db: Option<f64>,
    q: f64,
}

/// The devices that come with the plug-in.
pub fn all() -> &'static [Playback] {
    static ALL: LazyLock<Vec<Playback>> = LazyLock::new(|| {
        let filters = lines::<FilterLine>(include_str!("../../../assets/translation/filters.csv"));
        let devices = lines::<DeviceLine>(include_str!("../../../assets/translation/devices.csv"));
        devices.into_iter().map(|line| device(line, &filters)).collect()
    });
    &ALL
}

fn lines<T: for<'de> Deserialize<'de>>(table: &str) -> Vec<T> {
    let rows = csv::Reader::from_reader(table.as_bytes()).into_deserialize();
    rows.map(|row| row.expect("a test reads every line of the tables")).collect()
}

fn device(line: DeviceLine, filters: &[FilterLine]) -> Playback {
    let pieces: Vec<Piece> = filters.iter().filter(|filter| filter.device == line.id).filter_map(piece).collect();
    Playback {
        filter: Device::new(&pieces, line.mono == "yes"),
        surroundings: if line.noise == "road" { Surroundings::Road } else { Surroundings::Quiet },
        id: line.id,
        name: line.name,
        kind: line.kind,
        source: line.source,
    }
}

fn piece(line: &FilterLine) -> Option<Piece> {
    let shape = match line.shape.as_str() {
        "high_pass" => Shape::HighPass,
        "low_pass" => Shape::LowPass,
        "bell" => Shape::Bell,
        "low_shelf" => Shape::LowShelf,
        "high_shelf" => Shape::HighShelf,
        _ => return None,
    };
    Some(Piece { shape, freq_hz: line.freq_hz, gain_db: line.gain_db.unwrap_or(0.0), q: line.q })
}

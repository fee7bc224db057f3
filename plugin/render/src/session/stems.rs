//! The user's own stems.

use super::{Setting, Track};
use crate::audio;
use crate::automation;
use crate::measure::{Band, third_octaves};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use tandem_dsp::module::output::FADER;

/// A stem as it was read.
#[derive(Clone, Debug)]
pub struct Stem {
    path: PathBuf,
    track: Track,
}

/// A band so far below the strongest one holds nothing of the instrument, dB.
const NOTHING_DB: f64 = 36.0;

/// Below an instrument's lowest band by this factor, a high-pass leaves it alone.
const LEAVE_ALONE: f64 = 0.6;

/// Below this, in Hz, a high-pass is not worth its phase.
const LOWEST_HIGH_PASS_HZ: f64 = 30.0;

/// Reads stems: WAV or FLAC, mono or stereo, all at one rate, of any lengths.
///
/// A file of the same name that ends in `.csv` is a stem's automation, with rows as [`automation`] reads them; its
/// `Output Fader` counts from where the session puts the fader.
pub fn open(paths: &[PathBuf]) -> Result<Vec<Stem>> {
    let mut stems: Vec<Stem> = Vec::with_capacity(paths.len());
    for path in paths {
        let sound = audio::read(path)?;
        if let Some(first) = stems.first().filter(|first| first.track.sound.rate != sound.rate) {
            bail!(
                "The stems' rates differ: {} has {} Hz, {} has {} Hz. Convert them to one rate.",
                first.path.display(),
                first.track.sound.rate,
                path.display(),
                sound.rate
            );
        }
        let (fader_moves, automation) = moves(&path.with_extension("csv"))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let track =
            Track { name, sound, balance_db: 0.0, settings: Vec::new(), make_up: false, automation, fader_moves };
        stems.push(Stem { path: path.clone(), track });
    }
    Ok(stems)
}

/// What a session makes of stems it knows nothing of: levels and balance stay, and below an instrument there is
/// nothing.
pub fn tracks(stems: Vec<Stem>) -> Vec<Track> {
    stems
        .into_iter()
        .map(|stem| {
            let settings = high_pass(&third_octaves(&stem.track.sound));
            Track { settings, ..stem.track }
        })
        .collect()
}

/// A high-pass well below what the instrument plays, if there is room for one.
fn high_pass(bands: &[Band]) -> Vec<Setting> {
    let strongest = bands.iter().map(|band| band.level_db).fold(f64::NEG_INFINITY, f64::max);
    let lowest = bands.iter().find(|band| band.level_db > strongest - NOTHING_DB);
    let Some(freq_hz) = lowest.map(|band| band.freq_hz * LEAVE_ALONE).filter(|hz| *hz >= LOWEST_HIGH_PASS_HZ) else {
        return Vec::new();
    };
    let freq = format!("{freq_hz:.0} Hz");
    Setting::group(
        "The stem holds next to nothing below: rumble and spill go, the instrument stays.",
        &[("EQ HP On", "On"), ("EQ HP Frequency", &freq), ("EQ HP Slope", "12 dB/oct")],
    )
}

/// Moves of the fader, and what else moves.
type Moves = (Vec<(f64, f64)>, Vec<automation::Row>);

/// The automation in that file, if there is one.
fn moves(path: &Path) -> Result<Moves> {
    if !path.is_file() {
        return Ok(Moves::default());
    }
    let (fader, rest): (Vec<_>, Vec<_>) =
        automation::read(path)?.into_iter().partition(|row| row.parameter.eq_ignore_ascii_case("Output Fader"));
    let fader = fader.into_iter().map(|row| {
        let db = FADER.parse(&row.value).with_context(|| {
            format!("{}, line {}: \"{}\" is no value of \"Output Fader\"", path.display(), row.line, row.value)
        })?;
        Ok((row.seconds, db))
    });
    Ok((fader.collect::<Result<_>>()?, rest))
}

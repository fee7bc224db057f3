//! Gain staging: every Channel works at the level it is made for, and the mix bus has headroom.

use super::Track;
use crate::audio::Sound;
use crate::measure::{Measured, peak_db};
use anyhow::{Result, bail};
use tandem_dsp::module::input::{TRIM, ZeroVu};
use tandem_dsp::module::output::FADER;
use tandem_dsp::units::db_to_gain;

/// Loudness of the mix bus, LUFS: about that of a mix that has headroom left for mastering.
const BUS_LUFS: f64 = -20.0;

/// Highest true peak that the mix bus may have, dBTP, as far as the unprocessed stems can tell.
const BUS_PEAK_DB: f64 = -6.0;

/// Highest sample peak behind a trim, dBFS.
const TRIMMED_PEAK_DB: f64 = -3.0;

/// Where a stem's trim and fader stand, in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// Input Trim.
    pub trim_db: f64,
    /// Output Fader.
    pub fader_db: f64,
}

/// Finds trims and faders. Between the stems the balance is as the tracks say, exactly: what a trim gives, the fader
/// takes.
pub fn stage(tracks: &[Track]) -> Result<Vec<Stage>> {
    let bus_db = bus_gain_db(tracks)?;
    tracks.iter().map(|track| stage_one(track, bus_db)).collect()
}

/// What the stems' sum lacks to the bus's level.
fn bus_gain_db(tracks: &[Track]) -> Result<f64> {
    let rate = tracks.first().map_or(0, |track| track.sound.rate);
    let length = tracks.iter().map(|track| track.sound.frames()).max().unwrap_or(0);
    let mut sum = vec![[0.0; 2]; length];
    for track in tracks {
        let gain = db_to_gain(track.balance_db);
        for (to, frame) in sum.iter_mut().zip(track.sound.to_frames()) {
            *to = [0, 1].map(|lane| to[lane] + gain * frame[lane]);
        }
    }
    // Between doubles and the file's floats nothing is lost here but what lies 140 dB below.
    let reading = Measured::of(&Sound::from_frames(&sum, rate)).reading;
    let room_db = BUS_PEAK_DB - reading.max_true_peak_db;
    if !room_db.is_finite() {
        bail!("All stems are silent: there is nothing to mix.");
    }
    // Too short or too soft to have a loudness: its peaks decide.
    Ok(if reading.integrated_lufs.is_finite() { room_db.min(BUS_LUFS - reading.integrated_lufs) } else { room_db })
}

fn stage_one(track: &Track, bus_db: f64) -> Result<Stage> {
    let total_db = bus_db + track.balance_db;
    let wanted_db = to_zero_vu_db(&track.sound);
    // To the hundredth of a dB, so that text says all of it.
    let trim_db = hundredths(wanted_db.max(total_db - FADER.range.1).clamp(TRIM.range.0, TRIM.range.1));
    let fader_db = total_db - trim_db;
    if fader_db > FADER.range.1 + 0.005 {
        bail!(
            "{} is too soft for the others: it would need {:.1} dB, and trim and fader give {:.0} dB. Raise it, or leave it out.",
            track.name,
            total_db,
            TRIM.range.1 + FADER.range.1
        );
    }
    Ok(Stage { trim_db, fader_db })
}

/// What `sound` lacks to the level that a Channel is made for, as far as its peaks have room.
pub fn to_zero_vu_db(sound: &Sound) -> f64 {
    let loudness = Measured::of(sound).reading.integrated_lufs;
    let room_db = TRIMMED_PEAK_DB - peak_db(sound);
    match (loudness.is_finite(), room_db.is_finite()) {
        (true, _) => room_db.min(ZeroVu::default().dbfs() - loudness),
        (false, true) => room_db.min(0.0),
        // Silence.
        (false, false) => 0.0,
    }
}

fn hundredths(db: f64) -> f64 {
    (db * 100.0).round() / 100.0
}

//! A hand on the fader: moves that even out how loud a voice's phrases are.

use crate::audio::Sound;
use crate::measure::{HISTORY_STEP_S, Measured};
use tandem_dsp::units::{lufs_to_power, power_to_lufs};

/// What is averaged to tell how loud a phrase is, seconds; the hand looks ahead by half of it.
const WINDOW_S: f64 = 1.2;

/// Below the voice's own loudness by more, it is silent or breathing: the hand rests, LU.
const RESTS_BELOW_LU: f64 = 18.0;

/// The hand takes this part of a phrase's distance from the whole, and leaves the rest as expression.
const SHARE: f64 = 0.6;

/// Moves smaller than this are not made, dB.
const STEP_DB: f64 = 0.3;

/// Seconds and dB: by how much to move a fader from its place, at most by `range_db`.
pub fn ride(sound: &Sound, range_db: f64) -> Vec<(f64, f64)> {
    let measured = Measured::of(sound);
    let whole = measured.reading.integrated_lufs;
    // A momentary value tells of the 0.4 s before it.
    let lag = (0.2 / HISTORY_STEP_S).round() as usize;
    let half = (0.5 * WINDOW_S / HISTORY_STEP_S).round() as usize;
    let levels = &measured.history.momentary_lufs;
    let mut moves: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    for step in 0..levels.len().saturating_sub(lag) {
        let about = &levels[(step + lag).saturating_sub(half)..(step + lag + half + 1).min(levels.len())];
        let sounding: Vec<f64> = about.iter().copied().filter(|level| *level > whole - RESTS_BELOW_LU).collect();
        if sounding.len() < half {
            continue;
        }
        let mean = power_to_lufs(sounding.iter().map(|l| lufs_to_power(*l)).sum::<f64>() / sounding.len() as f64);
        let wanted = (SHARE * (whole - mean)).clamp(-range_db, range_db);
        if moves.last().is_some_and(|(_, now)| (wanted - now).abs() >= STEP_DB) {
            moves.push((step as f64 * HISTORY_STEP_S, wanted));
        }
    }
    moves
}

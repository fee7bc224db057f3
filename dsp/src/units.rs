//! The one place where units are converted.

use crate::block::fast_log::{exp2, log2};

/// dB of a doubled gain.
const DB_PER_DOUBLING: f64 = 20.0 * std::f64::consts::LOG10_2;

/// dB to linear gain; anything at or below -300 dB is zero.
pub fn db_to_gain(db: f64) -> f64 {
    if db <= -300.0 { 0.0 } else { (db * (std::f64::consts::LN_10 / 20.0)).exp() }
}

/// Linear gain (its magnitude) to dB; zero gives -300 dB.
pub fn gain_to_db(gain: f64) -> f64 {
    20.0 * gain.abs().max(1e-15).log10()
}

/// As [`gain_to_db`] for a positive, normal gain, within 0.00002 dB: fast in loops over a run.
#[inline(always)]
pub fn fast_gain_to_db(gain: f32) -> f32 {
    log2(gain) * DB_PER_DOUBLING as f32
}

/// As [`db_to_gain`] from -750 dB to 760 dB, within 0.00002 dB up to ±100 dB: fast in loops over a run. 0 dB is exactly 1.
#[inline(always)]
pub fn fast_db_to_gain(db: f32) -> f32 {
    exp2(db * (1.0 / DB_PER_DOUBLING) as f32)
}

/// As [`power_to_db`] for a positive, normal power, within 0.00001 dB: fast in loops over a run.
#[inline(always)]
pub fn fast_power_to_db(power: f32) -> f32 {
    log2(power) * (0.5 * DB_PER_DOUBLING) as f32
}

/// Power to dB; zero gives -300 dB.
pub fn power_to_db(power: f64) -> f64 {
    10.0 * power.max(1e-30).log10()
}

/// dB to power.
pub fn db_to_power(db: f64) -> f64 {
    (db * (std::f64::consts::LN_10 / 10.0)).exp()
}

/// Milliseconds to frames at `rate` Hz, not rounded.
pub fn ms_to_frames(ms: f64, rate: f64) -> f64 {
    ms * 1e-3 * rate
}

/// Frames to milliseconds at `rate` Hz.
pub fn frames_to_ms(frames: f64, rate: f64) -> f64 {
    frames * 1e3 / rate
}

/// Hz to octaves above 1 Hz.
pub fn hz_to_octaves(hz: f64) -> f64 {
    hz.max(1e-9).log2()
}

/// Octaves above 1 Hz to Hz.
pub fn octaves_to_hz(octaves: f64) -> f64 {
    octaves.exp2()
}

/// Offset of the loudness scale: with it a 997 Hz sine of 0 dBFS peak on one channel reads -3.01 LUFS (BS.1770-5).
const LUFS_OFFSET_DB: f64 = -0.691;

/// Mean K-weighted power, summed over the channels, to LUFS; zero gives negative infinity (BS.1770-5, equation 2).
pub fn power_to_lufs(power: f64) -> f64 {
    LUFS_OFFSET_DB + 10.0 * power.log10()
}

/// LUFS to mean K-weighted power.
pub fn lufs_to_power(lufs: f64) -> f64 {
    ((lufs - LUFS_OFFSET_DB) * (std::f64::consts::LN_10 / 10.0)).exp()
}

//! How far something that follows goes in one frame.

use crate::units::ms_to_frames;

/// dB in which a voltage that decays exponentially falls in one time constant: 20 log10 e.
const DB_PER_TIME_CONSTANT: f64 = 20.0 * std::f64::consts::LOG10_E;

/// Share of its way that a one-pole follower goes in each frame, to have gone 63 % (1 - 1/e) of it after `time_ms`.
///
/// 1 - exp(-1 / frames): exact at any length, down to 1 for a time of zero.
pub fn share(time_ms: f64, rate: f64) -> f64 {
    -(-1.0 / ms_to_frames(time_ms, rate).max(1e-9)).exp_m1()
}

/// dB by which the voltage of a capacitor falls in each frame when it discharges with time constant `time_ms`.
pub fn discharge_db(time_ms: f64, rate: f64) -> f64 {
    DB_PER_TIME_CONSTANT / ms_to_frames(time_ms, rate).max(1e-9)
}

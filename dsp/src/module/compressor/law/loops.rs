//! What the feedback characters share: a loop that is closed within the frame, and the vari-mu, which is nothing more.

use super::{Run, State, Times};
use crate::module::compressor::curve::{Course, Curve};

/// How far a reduction moves in a frame, of which the one-pole without a loop would go `share` of the way.
///
/// The loop asks for `target_db` and would ask for `slope` less for each dB that the reduction grows. One step of the
/// linearly implicit Euler method: with no slope the exact one-pole, and never past where the loop settles however steep
/// and fast it is, where an explicit step swings as soon as share · (1 + slope) exceeds 2.
#[inline(always)]
pub fn step_db(way_db: f64, slope: f64, share: f64) -> f64 {
    way_db * share / (1.0 + share * slope)
}

/// Runs `frame` with the curve of each frame.
#[inline(always)]
pub fn each(course: &Course, frames: usize, mut frame: impl FnMut(usize, &Curve)) {
    if course.moves {
        (0..frames).for_each(|i| frame(i, &course.at(i)));
    } else {
        let steady = course.steady();
        (0..frames).for_each(|i| frame(i, &steady));
    }
}

/// Vari-mu: the control voltage, which is the reduction in dB, charges and discharges through resistors.
#[inline(always)]
pub fn vari_mu(
    course: &Course,
    times: &Times,
    state: &mut State,
    levels_db: &Run<f32>,
    frames: usize,
    reductions_db: &mut Run<f32>,
) {
    let Times { rise, fall, hold, .. } = *times;
    each(course, frames, |i, curve| {
        let (target_db, slope) = curve.vari_mu_db(f64::from(levels_db[i]) - state.reduction_db);
        let way_db = target_db - state.reduction_db;
        if way_db > 0.0 {
            state.hold_left = hold;
            state.reduction_db += step_db(way_db, slope, rise);
        } else if state.lets_go() {
            state.reduction_db += step_db(way_db, slope, fall);
        }
        reductions_db[i] = state.reduction_db as f32;
    });
}

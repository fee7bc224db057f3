//! FET: a capacitor that the output's peaks charge and a resistor discharges.

use super::loops::{each, step_db};
use super::{Run, State, Times};
use crate::module::compressor::curve::Course;

/// Down as a one-pole in a feedback loop; back at a constant rate in dB.
#[inline(always)]
pub fn run(
    course: &Course,
    times: &Times,
    state: &mut State,
    levels_db: &Run<f32>,
    frames: usize,
    reductions_db: &mut Run<f32>,
) {
    let Times { rise, fall_db, hold, .. } = *times;
    each(course, frames, |i, curve| {
        let (target_db, slope) = curve.fet_db(f64::from(levels_db[i]) - state.reduction_db);
        let way_db = target_db - state.reduction_db;
        if way_db > 0.0 {
            state.hold_left = hold;
            state.reduction_db += step_db(way_db, slope, rise);
        } else if state.lets_go() {
            // As far as the loop settles, not as far as it asks for: below that it would ask for more again.
            state.reduction_db += (-fall_db).max(step_db(way_db, slope, 1.0));
        }
        reductions_db[i] = state.reduction_db as f32;
    });
}

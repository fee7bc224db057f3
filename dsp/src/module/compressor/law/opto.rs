//! Opto: a lamp that the output drives, and a photo-resistor that remembers.

use super::loops::{each, step_db};
use super::{Run, State, Times};
use crate::module::compressor::curve::Course;

/// Share of the reduction that the cell ends up remembering: half of it comes back quickly whatever came before.
const REMEMBERED: f64 = 0.5;

/// Comes back quickly as far as the cell's memory, then as slowly as the memory fades. The memory is filled by what
/// lasts, so a short sound leaves none.
#[inline(always)]
pub fn run(
    course: &Course,
    times: &Times,
    state: &mut State,
    levels_db: &Run<f32>,
    frames: usize,
    reductions_db: &mut Run<f32>,
) {
    let Times { rise, fall, slow_rise, slow_fall, hold, .. } = *times;
    // At the memory's floor the reduction is the memory itself, which then fades by this share of what it remembers.
    let fade = slow_fall / (1.0 - REMEMBERED);
    each(course, frames, |i, curve| {
        let (target_db, slope) = curve.opto_db(f64::from(levels_db[i]) - state.reduction_db);
        let way_db = target_db - state.reduction_db;
        if way_db > 0.0 {
            state.hold_left = hold;
            state.reduction_db += step_db(way_db, slope, rise);
        } else if state.lets_go() {
            let (floor_db, slope) = if target_db > state.slow_db { (target_db, slope) } else { (state.slow_db, 0.0) };
            state.reduction_db += step_db((floor_db - state.reduction_db).min(0.0), slope, fall);
        }
        let memory_way_db = REMEMBERED * state.reduction_db - state.slow_db;
        state.slow_db += memory_way_db * if memory_way_db > 0.0 { slow_rise } else { fade.min(1.0) };
        reductions_db[i] = state.reduction_db as f32;
    });
}

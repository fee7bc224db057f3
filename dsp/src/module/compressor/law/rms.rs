//! RMS: as clean, and keeps its gain while the programme pauses.

use super::{Run, State, Times};

/// Moves towards the targets only where the level is a programme's.
#[inline(always)]
pub fn run(
    times: &Times,
    state: &mut State,
    targets_db: &Run<f64>,
    levels_db: &Run<f32>,
    frames: usize,
    reductions_db: &mut Run<f32>,
) {
    let Times { rise, fall, hold, pause_db, .. } = *times;
    for i in 0..frames {
        let way_db = targets_db[i] - state.reduction_db;
        if way_db > 0.0 {
            state.hold_left = hold;
            state.reduction_db += way_db * rise;
        } else if f64::from(levels_db[i]) > pause_db && state.lets_go() {
            state.reduction_db += way_db * fall;
        }
        reductions_db[i] = state.reduction_db as f32;
    }
}

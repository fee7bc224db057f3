//! Bus: two time constants side by side, as the auto release of a VCA bus compressor.

use super::{Run, State, Times};

/// The fast one follows every hit; the slow one is only reached by what lasts, and then holds the gain down after the
/// fast one has let go: the deeper of both counts.
#[inline(always)]
pub fn run(times: &Times, state: &mut State, targets_db: &Run<f64>, frames: usize, reductions_db: &mut Run<f32>) {
    let Times { rise, fall, slow_rise, slow_fall, hold, .. } = *times;
    // `reduction_db` is the fast one here.
    for i in 0..frames {
        let fast_way_db = targets_db[i] - state.reduction_db;
        let slow_way_db = targets_db[i] - state.slow_db;
        state.slow_db += slow_way_db * if slow_way_db > 0.0 { slow_rise.min(rise) } else { slow_fall };
        if fast_way_db > 0.0 {
            state.hold_left = hold;
            state.reduction_db += fast_way_db * rise;
        } else if state.lets_go() {
            state.reduction_db += fast_way_db * fall;
        }
        reductions_db[i] = state.reduction_db.max(state.slow_db) as f32;
    }
}

//! Clean: one pole down, another back, on the reduction in dB.

use super::{Run, State, Times};

/// "Branching" smoothing (Giannoulis et al. 2012, equation 16): the times are exact, the curve is the settled state.
#[inline(always)]
pub fn run(times: &Times, state: &mut State, targets_db: &Run<f64>, frames: usize, reductions_db: &mut Run<f32>) {
    let Times { rise, fall, hold, .. } = *times;
    for i in 0..frames {
        let way_db = targets_db[i] - state.reduction_db;
        if way_db > 0.0 {
            state.hold_left = hold;
            state.reduction_db += way_db * rise;
        } else if state.lets_go() {
            state.reduction_db += way_db * fall;
        }
        reductions_db[i] = state.reduction_db as f32;
    }
}

//! Clean: one pole down, another back, on the reduction in dB.

use super::{Run, State, Times};

/// "Branching" smoothing (Giannoulis et al. 2012, equation 16): the times are exact, the curve is the settled state.
#[inline(always)]
pub fn run(times: &Times, state: &mut State, targets_db: &Run<f64>, frames: usize, reductions_db: &mut Run<f32>) {
    let Times { rise, fall, hold, .. } = *times;
    if hold == 0 && state.hold_left == 0 && rise >= fall {
        // Without a branch, as which way it goes is hard to tell: the larger share leads to the higher result both ways. And
        // with what does not wait for the last frame done before.
        let (down_db, back_db) =
            (targets_db.map(|target_db| rise * target_db), targets_db.map(|target_db| fall * target_db));
        let (rest_rise, rest_fall) = (1.0 - rise, 1.0 - fall);
        let mut reduction_db = state.reduction_db;
        for i in 0..frames {
            let (down_db, back_db) = (down_db[i] + rest_rise * reduction_db, back_db[i] + rest_fall * reduction_db);
            reduction_db = if down_db > back_db { down_db } else { back_db };
            reductions_db[i] = reduction_db as f32;
        }
        state.reduction_db = reduction_db;
        return;
    }
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

//! Linear prediction: what of a sound does not follow from what came before.

/// The prediction error filter 1 + a₁ z⁻¹ + … of the lags 0 to N - 1 of an autocorrelation, and the power that it leaves
/// (N. Levinson 1947, J. Durbin 1960). What cannot be predicted any further, or is silence, ends it early: zeros follow.
pub fn error_filter<const N: usize>(lags: &[f64; N]) -> ([f64; N], f64) {
    let mut filter = [0.0; N];
    filter[0] = 1.0;
    let mut power = lags[0];
    for order in 1..N {
        if power <= 0.0 || !power.is_finite() {
            break;
        }
        let sum: f64 = (0..order).map(|i| filter[i] * lags[order - i]).sum();
        let reflection = -sum / power;
        if reflection.abs() >= 1.0 || reflection.is_nan() {
            break;
        }
        let before = filter;
        for i in 1..=order {
            filter[i] += reflection * before[order - i];
        }
        power *= 1.0 - reflection * reflection;
    }
    (filter, power.max(0.0))
}

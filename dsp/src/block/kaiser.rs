//! Kaiser-windowed sinc: taps of interpolators.

use std::f64::consts::PI;

/// sin(π d) / (π d) at `distance` d in samples, under a Kaiser window that ends at ± `reach` samples; `shape` is its β
/// (Kaiser and Schafer 1980): the larger, the less ripple and the wider the transition.
pub fn windowed_sinc(distance: f64, reach: f64, shape: f64) -> f64 {
    let along = distance / reach;
    let window = bessel_i0(shape * (1.0 - along * along).max(0.0).sqrt()) / bessel_i0(shape);
    let sinc = if distance == 0.0 { 1.0 } else { (PI * distance).sin() / (PI * distance) };
    window * sinc
}

/// Modified Bessel function of the first kind and order 0 (Abramowitz and Stegun 9.6.12).
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-16 * sum {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
        k += 1.0;
    }
    sum
}

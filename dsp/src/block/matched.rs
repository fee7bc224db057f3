//! Digital filters that follow their analogue prototypes.

use super::analog::Analog;
use super::svf::Design;

/// The filter that does at `rate` what `analog` does with its frequency at `freq_hz`.
pub fn design(analog: &Analog, freq_hz: f64, rate: f64) -> Design {
    let g = (std::f64::consts::PI * freq_hz / rate).tan();
    let Analog { n: [n0, n1, n2], d: [d0, d1, d2] } = *analog;
    if d2 == 0.0 {
        // One pole: s = w / g, and a second pole and zero that cancel, at z = 0.
        let (d0, d1, n0, n1) = (d0 * g, d1, n0 * g, n1);
        let scale = 1.0 / d1;
        return Design { b: [n0 * scale, (n0 + n1) * scale, n1 * scale], a: [d0 * scale, (d0 + d1) * scale] };
    }
    let scale = 1.0 / d2;
    Design { b: [n0 * g * g * scale, n1 * g * scale, n2 * scale], a: [d0 * g * g * scale, d1 * g * scale] }
}

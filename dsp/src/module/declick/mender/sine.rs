//! A damped sine: what a resonance that was struck leaves.

/// Taps of a damped sine: two give it any phase, and one more lets it begin a frame later.
pub const TAPS: usize = 3;

/// Time constants in which a click falls by 40 dB.
pub const FALL: f64 = 4.6;

/// A damped sine: what a beginning, one pole pair and a few taps make of one frame of 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sine {
    /// Where it begins.
    pub at: usize,
    /// y = x - b1 y₁ - b2 y₂.
    pub poles: [f64; 2],
    pub taps: [f64; TAPS],
    /// What it leaves of the whitened sound.
    pub left: f64,
}

/// Lags 0, 1 and 2 of the autocorrelation of what the poles make of one frame of 1.
pub fn correlations([b1, b2]: [f64; 2]) -> [f64; 3] {
    let r0 = (1.0 + b2) / ((1.0 - b2) * ((1.0 + b2) * (1.0 + b2) - b1 * b1)).max(f64::MIN_POSITIVE);
    let r1 = -b1 / (1.0 + b2) * r0;
    [r0, r1, -b1 * r1 - b2 * r0]
}

/// z² + b1 z + b2 of a pole and its conjugate.
pub fn denominator([re, im]: [f64; 2]) -> [f64; 2] {
    [-2.0 * re, re * re + im * im]
}

/// The poles, moved inside where they would ring longer than any click.
pub fn settled([b1, b2]: [f64; 2], most: f64) -> [f64; 2] {
    let root = b1 * b1 - 4.0 * b2;
    if root < 0.0 {
        let radius = b2.sqrt();
        if radius > most { [b1 * most / radius, most * most] } else { [b1, b2] }
    } else {
        let half = 0.5 * root.sqrt();
        let [p, q] = [-0.5 * b1 + half, -0.5 * b1 - half].map(|pole| pole.clamp(-most, most));
        [-p - q, p * q]
    }
}

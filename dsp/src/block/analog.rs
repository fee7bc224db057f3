//! Analogue prototypes: what the equaliser's filters are measured against.
//!
//! Each is H(s) = (n2 s² + n1 s + n0) / (d2 s² + d1 s + d0) with s = j f / fc: fc is its centre or corner frequency.
//! A = 10^(gain in dB / 40). Bell and shelves: R. Bristow-Johnson, "Audio EQ Cookbook"; A. Simper's mixes are the same.

/// A filter of one or two poles with its frequency at 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Analog {
    /// Numerator: s⁰, s¹, s².
    pub n: [f64; 3],
    /// Denominator: s⁰, s¹, s².
    pub d: [f64; 3],
}

impl Analog {
    /// (s² + s A/Q + 1) / (s² + s/(A Q) + 1). A cut is the inverse of the boost by as much.
    pub fn bell(gain_db: f64, q: f64) -> Self {
        let a = root_gain(gain_db);
        Self { n: [1.0, a / q, 1.0], d: [1.0, 1.0 / (a * q), 1.0] }
    }

    /// A (s² + s √A/Q + A) / (A s² + s √A/Q + 1): the gain below, half of it (in dB) at its frequency.
    pub fn low_shelf(gain_db: f64, q: f64) -> Self {
        let a = root_gain(gain_db);
        let middle = a.sqrt() / q;
        Self { n: [a * a, a * middle, a], d: [1.0, middle, a] }
    }

    /// A (A s² + s √A/Q + 1) / (s² + s √A/Q + A): the gain above, half of it (in dB) at its frequency.
    pub fn high_shelf(gain_db: f64, q: f64) -> Self {
        let a = root_gain(gain_db);
        let middle = a.sqrt() / q;
        Self { n: [a, a * middle, a * a], d: [a, middle, 1.0] }
    }

    /// A high shelf, lowered by half its gain: minus half the gain below, plus half the gain above.
    pub fn tilt(gain_db: f64, q: f64) -> Self {
        let Self { n, d } = Self::high_shelf(gain_db, q);
        let a = root_gain(gain_db);
        Self { n: n.map(|n| n / a), d }
    }

    /// (s² + 1) / (s² + s/Q + 1).
    pub fn notch(q: f64) -> Self {
        Self { n: [1.0, 0.0, 1.0], d: [1.0, 1.0 / q, 1.0] }
    }

    /// (s/Q) / (s² + s/Q + 1): 0 dB at its frequency.
    pub fn band_pass(q: f64) -> Self {
        Self { n: [0.0, 1.0 / q, 0.0], d: [1.0, 1.0 / q, 1.0] }
    }

    /// 1 / (s² + s/Q + 1).
    pub fn low_pass(q: f64) -> Self {
        Self { n: [1.0, 0.0, 0.0], d: [1.0, 1.0 / q, 1.0] }
    }

    /// s² / (s² + s/Q + 1).
    pub fn high_pass(q: f64) -> Self {
        Self { n: [0.0, 0.0, 1.0], d: [1.0, 1.0 / q, 1.0] }
    }

    /// 1 / (s + 1).
    pub fn low_pass_1() -> Self {
        Self { n: [1.0, 0.0, 0.0], d: [1.0, 1.0, 0.0] }
    }

    /// s / (s + 1).
    pub fn high_pass_1() -> Self {
        Self { n: [0.0, 1.0, 0.0], d: [1.0, 1.0, 0.0] }
    }

    /// Whether it has one pole, not two.
    pub fn is_one_pole(&self) -> bool {
        self.d[2] == 0.0
    }

    /// Complex response (real, imaginary) at `ratio` times its frequency.
    pub fn response(&self, ratio: f64) -> [f64; 2] {
        let at = |[c0, c1, c2]: [f64; 3]| [c0 - c2 * ratio * ratio, c1 * ratio];
        let ([a, b], [c, d]) = (at(self.n), at(self.d));
        let scale = 1.0 / (c * c + d * d);
        [(a * c + b * d) * scale, (b * c - a * d) * scale]
    }

    /// The squared magnitude of [`response`](Self::response).
    pub fn power(&self, ratio: f64) -> f64 {
        let of = |[c0, c1, c2]: [f64; 3]| {
            let (even, odd) = (c0 - c2 * ratio * ratio, c1 * ratio);
            even * even + odd * odd
        };
        of(self.n) / of(self.d)
    }
}

/// A of the formulas: the square root of the gain.
fn root_gain(gain_db: f64) -> f64 {
    crate::units::db_to_gain(0.5 * gain_db)
}

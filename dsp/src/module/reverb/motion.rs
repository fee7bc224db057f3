//! Slow turns: angles that swing to and fro, each at its own pace, the same ones after every reset.

use crate::CONTROL_INTERVAL;
use crate::block::line::Run;
use std::f64::consts::TAU;

/// Pace of the slowest swing in Hz, and of the quickest: slower than a vibrato, quicker than a note is long.
const PACES_HZ: (f64, f64) = (0.21, 0.83);

/// Tangent of half the angle of the widest swing: ±1.1 rad.
const WIDEST: f64 = 0.6;

/// Cosine and sine of an angle at the beginning and the end of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Angle {
    from: [f32; 2],
    to: [f32; 2],
}

impl Angle {
    /// No turn at all.
    const NONE: Self = Self { from: [1.0, 0.0], to: [1.0, 0.0] };

    /// The cosine and the sine at the i-th place of a run.
    #[inline(always)]
    fn at(&self, i: usize) -> [f32; 2] {
        let part = i as f32 * (1.0 / CONTROL_INTERVAL as f32);
        [0, 1].map(|k| self.from[k] + part * (self.to[k] - self.from[k]))
    }
}

/// `N` angles.
#[derive(Clone, Debug)]
pub(super) struct Motion<const N: usize> {
    /// Of hands that each turn once in their period: cosines and sines.
    hands: [[f64; N]; 2],
    /// Of their turns in a control interval, and those in parts of a whole turn.
    turns: [[f64; N]; 2],
    paces: [f64; N],
    angles: [Angle; N],
}

impl<const N: usize> Default for Motion<N> {
    fn default() -> Self {
        let still = [[1.0; N], [0.0; N]];
        Self { hands: still, turns: still, paces: [0.0; N], angles: [Angle::NONE; N] }
    }
}

impl<const N: usize> Motion<N> {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let (slow, quick) = PACES_HZ;
        for i in 0..N {
            let pace_hz = slow * (quick / slow).powf(i as f64 / (N - 1).max(1) as f64);
            self.paces[i] = pace_hz * CONTROL_INTERVAL as f64 / rate;
            (self.turns[1][i], self.turns[0][i]) = (TAU * self.paces[i]).sin_cos();
        }
        self.reset();
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        // Spread by the golden section, so that no two swing alike.
        for i in 0..N {
            (self.hands[1][i], self.hands[0][i]) = (TAU * (0.618_034 * i as f64).fract()).sin_cos();
        }
        self.angles = [Angle::NONE; N];
    }

    /// Swings on for `ticks` control ticks; the next one goes on from there.
    pub fn pass(&mut self, ticks: usize) {
        let [xs, ys] = &mut self.hands;
        for i in 0..N {
            let (sine, cosine) = (TAU * (self.paces[i] * ticks as f64).fract()).sin_cos();
            (xs[i], ys[i]) = (xs[i] * cosine - ys[i] * sine, xs[i] * sine + ys[i] * cosine);
        }
    }

    /// A control tick: the angles until the next one, which swing by `amount` (0 to 1) of the widest.
    pub fn control(&mut self, amount: f64) -> &[Angle; N] {
        let [xs, ys] = &mut self.hands;
        let [cosines, sines] = &self.turns;
        let mut to = [[0.0; N]; 2];
        for i in 0..N {
            let (x, y) = (xs[i] * cosines[i] - ys[i] * sines[i], xs[i] * sines[i] + ys[i] * cosines[i]);
            // What rounding added to its length is taken off again.
            let length = 1.5 - 0.5 * (x * x + y * y);
            (xs[i], ys[i]) = (x * length, y * length);
            let tangent = amount * WIDEST * ys[i];
            let scale = 1.0 / (1.0 + tangent * tangent);
            (to[0][i], to[1][i]) = ((1.0 - tangent * tangent) * scale, 2.0 * tangent * scale);
        }
        for (i, angle) in self.angles.iter_mut().enumerate() {
            *angle = Angle { from: angle.to, to: [to[0][i] as f32, to[1][i] as f32] };
        }
        &self.angles
    }
}

/// Turns two runs into one another.
#[inline(always)]
pub(super) fn turn(first: &mut Run, second: &mut Run, angle: &Angle) {
    for i in 0..CONTROL_INTERVAL {
        let [cosine, sine] = angle.at(i);
        let (a, b) = (first[i], second[i]);
        (first[i], second[i]) = (cosine * a + sine * b, cosine * b - sine * a);
    }
}

/// Half of the sum and half of the difference of two runs' energies go to each, as in a stage of a Hadamard matrix, and the
/// angle turns them on from there.
#[inline(always)]
pub(super) fn reflect(first: &mut Run, second: &mut Run, angle: &Angle) {
    const EIGHTH: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let reflected = |[cosine, sine]: [f32; 2]| [EIGHTH * (cosine - sine), EIGHTH * (cosine + sine)];
    let angle = Angle { from: reflected(angle.from), to: reflected(angle.to) };
    for i in 0..CONTROL_INTERVAL {
        let [c, s] = angle.at(i);
        let (a, b) = (first[i], second[i]);
        (first[i], second[i]) = (c * a + s * b, s * a - c * b);
    }
}

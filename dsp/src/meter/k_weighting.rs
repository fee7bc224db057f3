//! K-weighting: the filter in front of every loudness measurement.

use crate::Frame;
use crate::units::{db_to_gain, gain_to_db};
use std::f64::consts::{PI, TAU};

/// The rate in Hz at which the standard tabulates the filter.
const TABLE_RATE: f64 = 48_000.0;

/// States below this are silence; far above the denormals, far below -120 dB.
const FLUSH: f64 = 1e-30;

/// One stage of the filter, a0 = 1.
#[derive(Clone, Copy, Debug, Default)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

/// Spherical head and RLB high-pass of ITU-R BS.1770-5 Annex 1, at any rate.
///
/// The standard gives coefficients for 48 kHz and asks for the same response elsewhere. Both stages are bilinear
/// designs; their parameters, found by undoing the transform at 48 kHz, reproduce the table to 2e-11 dB. The second
/// stage's gain is matched to the table's as well, so that every rate reads within 0.01 dB of 48 kHz up to 20 kHz.
#[derive(Clone, Debug, Default)]
pub struct KWeighting {
    rate: f64,
    shelf: Biquad,
    high_pass: Biquad,
    states: [[Frame; 2]; 2],
}

impl KWeighting {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        *self = Self { rate, shelf: shelf(rate), high_pass: high_pass(rate), states: Default::default() };
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.states = Default::default();
    }

    /// Adds the energy (sum of squares) of the weighted `frames` to `energy`, for each channel.
    ///
    /// Transposed direct form II with the feedback of b0 multiplied out, so that a state waits for one product and
    /// one sum of the last; the high-pass has b = 1, -2, 1 because its gain is in the shelf's b.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame], energy: &mut Frame) {
        let Self { shelf: Biquad { b, a }, high_pass: Biquad { a: c, .. }, states: [first, second], .. } = self;
        let into_first = [b[1] - a[0] * b[0], b[2] - a[1] * b[0]];
        let into_second = [-2.0 - c[0], 1.0 - c[1]];
        let ([mut p, mut q], [mut s, mut t], mut sum) = (*first, *second, *energy);
        for frame in frames {
            for lane in 0..2 {
                let (x, before) = (frame[lane], p[lane]);
                let y = b[0] * x + before;
                p[lane] = (into_first[0] * x + q[lane]) - a[0] * before;
                q[lane] = into_first[1] * x - a[1] * before;
                let before = s[lane];
                let z = y + before;
                s[lane] = (into_second[0] * y + t[lane]) - c[0] * before;
                t[lane] = into_second[1] * y - c[1] * before;
                sum[lane] += z * z;
            }
        }
        (*first, *second, *energy) = ([p, q], [s, t], sum);
    }

    /// Puts states that have all but died away to rest; due now and then, so that none becomes a denormal.
    pub fn flush(&mut self) {
        for state in self.states.as_flattened_mut().as_flattened_mut() {
            *state = if state.abs() < FLUSH { 0.0 } else { *state };
        }
    }

    /// Whether silence would stay silence.
    pub fn at_rest(&self) -> bool {
        self.states.as_flattened().as_flattened().iter().all(|state| *state == 0.0)
    }

    /// Magnitude of the filter at `freq_hz`, dB.
    pub fn magnitude_db(&self, freq_hz: f64) -> f64 {
        let w = TAU * freq_hz / self.rate;
        gain_to_db(self.shelf.magnitude(w) * self.high_pass.magnitude(w))
    }
}

impl Biquad {
    /// Magnitude at `w` radians a sample.
    fn magnitude(&self, w: f64) -> f64 {
        let polynomial = |c: [f64; 3]| {
            f64::hypot(c[0] + c[1] * w.cos() + c[2] * (2.0 * w).cos(), c[1] * w.sin() + c[2] * (2.0 * w).sin())
        };
        polynomial(self.b) / polynomial([1.0, self.a[0], self.a[1]])
    }
}

/// a1 and a2 of a bilinear second-order section, and the a0 that it was divided by.
fn poles(freq_hz: f64, q: f64, rate: f64) -> ([f64; 2], f64) {
    let k = (PI * freq_hz / rate).tan();
    let a0 = 1.0 + k / q + k * k;
    ([2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0], a0)
}

/// Stage 1, the high shelf, times the gain of stage 2.
fn shelf(rate: f64) -> Biquad {
    const FREQ_HZ: f64 = 1_681.974_450_955_533;
    const Q: f64 = 0.707_175_236_955_419_6;
    const GAIN_DB: f64 = 3.999_843_853_973_347;
    /// The middle term's gain is the shelf's to this power.
    const MIDDLE: f64 = 0.499_666_774_154_541_6;
    let k = (PI * FREQ_HZ / rate).tan();
    let (a, a0) = poles(FREQ_HZ, Q, rate);
    let high = db_to_gain(GAIN_DB);
    let middle = high.powf(MIDDLE) * k / Q;
    let gain = high_pass_gain(rate) / a0;
    Biquad { b: [gain * (high + middle + k * k), gain * 2.0 * (k * k - high), gain * (high - middle + k * k)], a }
}

/// Frequency in Hz and Q of stage 2.
const HIGH_PASS: (f64, f64) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);

/// Stage 2, the RLB high-pass, but for its gain.
fn high_pass(rate: f64) -> Biquad {
    Biquad { b: [1.0, -2.0, 1.0], a: poles(HIGH_PASS.0, HIGH_PASS.1, rate).0 }
}

/// Gain of stage 2: the table's b is not divided by a0; at other rates a0 differs.
fn high_pass_gain(rate: f64) -> f64 {
    poles(HIGH_PASS.0, HIGH_PASS.1, TABLE_RATE).1 / poles(HIGH_PASS.0, HIGH_PASS.1, rate).1
}

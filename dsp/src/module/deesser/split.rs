//! What is above a frequency, and the shelf that turns it down.
//!
//! With H = (G s² + √(2 G) s + 1) / (s² + √2 s + 1) the poles stay where they are and only the weights of the filter's
//! outputs move: without a reduction the sound is untouched to the bit, and no reduction makes anything louder.

use super::Run;
use crate::Frame;
use crate::smooth::Ramp;

/// √2: Butterworth.
const DAMPING: f64 = std::f64::consts::SQRT_2;

/// Below this a state is silence (-600 dB).
const SMALLEST: f64 = 1e-30;

/// A high-pass of four poles for the detector, whose first two split the sound.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Split {
    /// a1, a2, a3 of A. Simper, "Linear Trapezoidal Integrated State Variable Filter", 2013.
    coefs: [Ramp; 3],
    states: [[Frame; 2]; 2],
}

/// What comes of a run.
pub(super) struct Parts {
    /// Around the frequency: √2 s / (s² + √2 s + 1).
    pub band: Run<Frame>,
    /// Above it: s² / (s² + √2 s + 1).
    pub high: Run<Frame>,
    /// The same twice: what the detector hears.
    pub key: Run<Frame>,
}

impl Split {
    /// Forgets the past.
    pub fn clear(&mut self) {
        self.states = Default::default();
    }

    fn targets(g: f64) -> [f64; 3] {
        let first = 1.0 / (1.0 + g * (g + DAMPING));
        [first, g * first, g * g * first]
    }

    /// Is at `g` = tan(π f / rate) at once.
    pub fn jump(&mut self, g: f64) {
        for (coef, to) in self.coefs.iter_mut().zip(Self::targets(g)) {
            coef.jump(to);
        }
    }

    /// Runs so as to be there at the next control tick.
    pub fn aim(&mut self, g: f64) {
        for (coef, to) in self.coefs.iter_mut().zip(Self::targets(g)) {
            coef.aim(to);
        }
    }

    /// At a control tick: silences what has all but died away.
    pub fn flush(&mut self) {
        let states = self.states.as_flattened().as_flattened();
        if states.iter().fold(0.0f64, |loudest, s| loudest.max(s.abs())) < SMALLEST {
            self.clear();
        }
    }

    /// Splits the first `frames` of a run.
    #[inline(always)]
    pub fn run(&mut self, sound: &Run<Frame>, frames: usize) -> Parts {
        let nothing = [[0.0; 2]; crate::CONTROL_INTERVAL];
        let mut parts = Parts { band: nothing, high: nothing, key: nothing };
        let (mut ramps, [mut first, mut second]) = (self.coefs, self.states);
        let mut coefs = Coefs::at(ramps.map(|ramp| ramp.now()));
        let moves = ramps.iter().any(Ramp::is_moving);
        for i in 0..frames {
            if moves {
                coefs = Coefs::at([0, 1, 2].map(|k: usize| ramps[k].advance()));
            }
            let (band, high) = coefs.tick(&mut first, sound[i]);
            (parts.band[i], parts.high[i]) = (band, high);
            parts.key[i] = coefs.tick(&mut second, high).1;
        }
        (self.coefs, self.states) = (ramps, [first, second]);
        parts
    }
}

/// The filter as few operations from state to state: s1' = p s1 + q v, s2' = s2 + q s1 + r v with v = x - s2.
#[derive(Clone, Copy)]
struct Coefs {
    p: f64,
    q: f64,
    r: f64,
    /// What s1 and v give to the band and, taken off, to what is above it.
    band: [f64; 2],
    high: [f64; 2],
}

impl Coefs {
    #[inline(always)]
    fn at([a1, a2, a3]: [f64; 3]) -> Self {
        Self {
            p: 2.0 * a1 - 1.0,
            q: 2.0 * a2,
            r: 2.0 * a3,
            band: [DAMPING * a1, DAMPING * a2],
            high: [DAMPING * a1 + a2, a1],
        }
    }

    /// The band and what is above it.
    #[inline(always)]
    fn tick(&self, state: &mut [Frame; 2], x: Frame) -> (Frame, Frame) {
        let (mut band, mut high) = ([0.0; 2], [0.0; 2]);
        for lane in 0..2 {
            let [s1, s2] = [state[0][lane], state[1][lane]];
            let v = x[lane] - s2;
            band[lane] = self.band[0] * s1 + self.band[1] * v;
            high[lane] = self.high[1] * v - self.high[0] * s1;
            state[0][lane] = self.p * s1 + self.q * v;
            state[1][lane] = (s2 + self.q * s1) + self.r * v;
        }
        (band, high)
    }
}

/// Magnitude in dB of the shelf that takes `reduction_db` far above, at w = j `t` times its frequency.
pub(super) fn magnitude_db(reduction_db: f64, t: f64) -> f64 {
    let gain = crate::units::db_to_gain(-reduction_db);
    let power = |re: f64, im: f64| crate::units::power_to_db(re * re + im * im);
    power(1.0 - gain * t * t, DAMPING * gain.sqrt() * t) - power(1.0 - t * t, DAMPING * t)
}

//! An allpass around a delay, as a rotation.

use super::line::{Line, Run};
use crate::CONTROL_INTERVAL;

/// Samples below this are zero (-400 dBFS): none decays into denormals.
const SMALLEST: f32 = 1e-20;

/// What goes in and what the line gives are turned by an angle: one part goes into the line, the other leaves. So the
/// energy that leaves and that which stays are together what was there (normalised lattice; A. Gray and J. Markel, 1975).
/// Seen from outside: (g z^-m - s) / (1 - s g z^-m), with s the angle's sine and g the gain
/// of the line.
#[derive(Clone, Debug, Default)]
pub struct Allpass {
    line: Line,
}

impl Allpass {
    /// Readies for delays up to `longest` frames. Allocates, and clears the past.
    pub fn prepare(&mut self, longest: usize) {
        self.line.prepare(longest);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.line.reset();
    }

    /// Energy that leaves of white noise of unit power, where the line has `gain` and the angle this sine.
    pub fn energy(sine: f64, gain: f64) -> f64 {
        // The response: -s, then (1 - s²) g at once and s g times as much with every round.
        let (s, g) = (sine * sine, gain * gain);
        s + (1.0 - s) * (1.0 - s) * g / (1.0 - s * g)
    }

    /// The line, to be read.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// Passes a run on; `delayed` is what the line gives, times its gain, and `angle` the angle's cosine and sine.
    #[inline(always)]
    pub fn run(&mut self, x: &mut Run, delayed: &Run, [cosine, sine]: [f32; 2]) {
        let mut stays = [0.0; CONTROL_INTERVAL];
        for i in 0..CONTROL_INTERVAL {
            let stay = cosine * x[i] + sine * delayed[i];
            x[i] = cosine * delayed[i] - sine * x[i];
            stays[i] = if stay.abs() < SMALLEST { 0.0 } else { stay };
        }
        self.line.write(&stays);
    }
}

/// Cosine and sine of the angle with this sine, between 0 and 90 degrees.
pub fn angle(sine: f64) -> [f32; 2] {
    [(1.0 - sine * sine).sqrt() as f32, sine as f32]
}

//! Stereo correlation.

use super::planar::{Planar, RUN};

/// Time constant of the averages of power and product.
pub const CORRELATION_TIME_S: f64 = 0.3;

/// Runs summed up before the averages move.
const RUNS_A_STEP: usize = 32;

/// Mean power below this (-120 dB) is silence: no correlation.
const SILENCE: f64 = 1e-12;

/// Correlation of left and right, mean(l r) / √(mean(l²) mean(r²)), with means of time constant [`CORRELATION_TIME_S`].
#[derive(Clone, Debug, Default)]
pub struct Correlation {
    /// Sums of l², r² and l·r at each place of a run.
    sums: [[f32; RUN]; 3],
    /// Means of l², r² and l·r.
    means: [f64; 3],
    keep: f64,
    runs: usize,
}

impl Correlation {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let step_s = (RUNS_A_STEP * RUN) as f64 / rate;
        *self = Self { keep: (-step_s / CORRELATION_TIME_S).exp(), ..Self::default() };
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self { keep: self.keep, ..Self::default() };
    }

    /// Looks at a part of a run.
    #[inline(always)]
    pub(super) fn run(&mut self, part: &Planar) {
        let ([left, right], [left_power, right_power, product]) = (&part.samples, &mut self.sums);
        for i in 0..RUN {
            left_power[i] += left[i] * left[i];
            right_power[i] += right[i] * right[i];
            product[i] += left[i] * right[i];
        }
        if part.ends() {
            self.end_run();
        }
    }

    /// Lets a run of silence pass.
    #[inline(always)]
    pub(super) fn end_run(&mut self) {
        self.runs += 1;
        if self.runs == RUNS_A_STEP {
            self.end_step();
        }
    }

    /// -1 (opposite) … 0 (unrelated, or silence) … +1 (mono, also if panned).
    pub fn read(&self) -> f64 {
        let [left, right, product] = self.means;
        if left.min(right) < SILENCE { 0.0 } else { (product / (left * right).sqrt()).clamp(-1.0, 1.0) }
    }

    #[inline(never)]
    fn end_step(&mut self) {
        const SCALE: f64 = 1.0 / (RUNS_A_STEP * RUN) as f64;
        let now = self.sums.map(|sums| f64::from(sums.iter().sum::<f32>()) * SCALE);
        for (mean, now) in self.means.iter_mut().zip(now) {
            let next = now + self.keep * (*mean - now);
            // Beyond f32 lies no signal; it must not stay.
            *mean = if next.is_finite() && next.abs() > SILENCE * SILENCE { next } else { 0.0 };
        }
        self.sums = Default::default();
        self.runs = 0;
    }
}

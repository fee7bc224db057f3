//! What lies so close to half the sample rate that no interpolator of finite length sees it between the samples.

use crate::CONTROL_INTERVAL;
use std::f64::consts::TAU;

/// Length of the window: at 44.1 kHz its main lobe ends 1.4 kHz below half the rate, so what is below 20 kHz is not heard.
const TAPS: usize = 96;

/// How much more than its amplitude is taken for it: the window is narrower than the gap that the interpolator leaves.
const WEIGHT: f64 = 1.5;

/// Runs over which the result is held: as long as the interpolator's taps ring.
const HELD: usize = 8;

/// About the amplitude of what one channel has near half the rate: moved to zero frequency by (-1)^n, under a Blackman window.
#[derive(Clone, Debug)]
pub(super) struct NearNyquist {
    window: [f32; TAPS],
    samples: [f32; TAPS + CONTROL_INTERVAL],
    recent: [f32; HELD],
}

impl Default for NearNyquist {
    fn default() -> Self {
        let window: [f64; TAPS] = std::array::from_fn(|i| {
            let along = TAU * (i + 1) as f64 / (TAPS + 1) as f64;
            0.42 - 0.5 * along.cos() + 0.08 * (2.0 * along).cos()
        });
        let sum: f64 = window.iter().sum();
        let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        Self {
            window: std::array::from_fn(|i| (sign(i) * WEIGHT * window[i] / sum) as f32),
            samples: [0.0; TAPS + CONTROL_INTERVAL],
            recent: [0.0; HELD],
        }
    }
}

impl NearNyquist {
    /// Forgets the past.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.recent.fill(0.0);
    }

    /// Takes a run in; the highest amplitude about half a window ago and for a while before.
    #[inline(always)]
    pub fn run(&mut self, samples: &[f32; CONTROL_INTERVAL]) -> f32 {
        const WIDE: usize = 8;
        self.samples[TAPS..].copy_from_slice(samples);
        let mut sums = [0.0; WIDE];
        let parts = self.samples[CONTROL_INTERVAL..].as_chunks::<WIDE>().0;
        for (part, window) in parts.iter().zip(self.window.as_chunks::<WIDE>().0) {
            for i in 0..WIDE {
                sums[i] += part[i] * window[i];
            }
        }
        let amplitude = sums.iter().sum::<f32>().abs();
        self.samples.copy_within(CONTROL_INTERVAL.., 0);
        self.recent.copy_within(1.., 0);
        self.recent[HELD - 1] = amplitude;
        self.recent.iter().fold(0.0, |most, amplitude| if *amplitude > most { *amplitude } else { most })
    }
}

//! How much louder a processor makes what it gets.

use super::histogram::ABSOLUTE_GATE_LUFS;
use super::k_weighting::KWeighting;
use crate::Frame;
use crate::units::{lufs_to_power, power_to_db};

/// Length of a step.
const STEP_S: f64 = 0.1;

/// Steps that are heard before there is a result: 3 s of programme.
pub const LEAST_STEPS: usize = 30;

/// Most steps that count: the last 30 s of programme.
const MOST_STEPS: usize = 300;

/// Steps that are left out after a new beginning: what sounded before is still on its way out.
const LEFT_OUT: usize = 2;

/// Loudness of the output less that of the input, over the same programme: the ratio of their K-weighted power
/// (BS.1770-5) over the steps of 100 ms in which both pass the absolute gate.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    weightings: [KWeighting; 2],
    energies: [Frame; 2],
    /// Frames of a step, and how many of them have come.
    step_frames: usize,
    frames: usize,
    /// Power of input and output, the oldest at `at` once it is full.
    steps: Box<[[f64; 2]]>,
    at: usize,
    length: usize,
    /// Steps to be left out.
    left_out: usize,
    /// Steps of other settings that are still in it.
    stale: usize,
    lu: Option<f64>,
}

impl Difference {
    /// Readies for `rate` in Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.weightings.iter_mut().for_each(|weighting| weighting.prepare(rate));
        self.step_frames = (STEP_S * rate).round().max(1.0) as usize;
        self.steps = vec![[0.0; 2]; MOST_STEPS].into_boxed_slice();
        self.restart();
    }

    /// Begins anew, as for another processor.
    pub fn restart(&mut self) {
        self.weightings.iter_mut().for_each(KWeighting::reset);
        self.energies = Default::default();
        (self.frames, self.at, self.length) = (0, 0, 0);
        (self.left_out, self.stale, self.lu) = (LEFT_OUT, 0, None);
    }

    /// The settings have changed: what is heard from now on replaces what was heard before it.
    pub fn settings_changed(&mut self) {
        self.length = self.length.min(LEAST_STEPS);
        self.stale = self.length;
    }

    /// Looks at up to [`CONTROL_INTERVAL`](crate::CONTROL_INTERVAL) frames of input, delayed by the latency, and output, equally many.
    pub fn run(&mut self, input: &[Frame], output: &[Frame]) {
        for ((weighting, energy), frames) in self.weightings.iter_mut().zip(&mut self.energies).zip([input, output]) {
            weighting.run(frames, energy);
        }
        self.frames += input.len();
        if self.frames >= self.step_frames {
            self.end_step();
        }
    }

    fn end_step(&mut self) {
        let scale = 1.0 / self.frames as f64;
        let powers = self.energies.map(|[left, right]| scale * (left + right));
        self.weightings.iter_mut().for_each(KWeighting::flush);
        (self.energies, self.frames) = (Default::default(), 0);
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        let gate = lufs_to_power(ABSOLUTE_GATE_LUFS);
        if !powers.iter().all(|power| *power > gate && power.is_finite()) {
            return;
        }
        let Some(step) = self.steps.get_mut(self.at) else { return };
        *step = powers;
        self.at = (self.at + 1) % MOST_STEPS;
        if self.stale > 0 {
            self.stale -= 1;
        } else {
            self.length = (self.length + 1).min(MOST_STEPS);
        }
        let mut sums = [0.0; 2];
        for back in 1..=self.length {
            let [input, output] = self.steps[(self.at + MOST_STEPS - back) % MOST_STEPS];
            sums = [sums[0] + input, sums[1] + output];
        }
        self.lu = (self.length >= LEAST_STEPS).then(|| power_to_db(sums[1]) - power_to_db(sums[0]));
    }

    /// In LU; `None` until enough has been heard.
    pub fn lu(&self) -> Option<f64> {
        self.lu
    }
}

//! True peak: the highest magnitude of the waveform between the samples, too.

use super::planar::{Planar, RUN};
use crate::block::kaiser::windowed_sinc;
use crate::wide::wide;

/// Input samples under the interpolator, on each side of the gap that it fills.
const SIDE: usize = 8;

/// Shape of the interpolator's Kaiser window: flat within 0.04 dB up to 0.4 of the rate.
const SHAPE: f64 = 5.0;

/// Samples of the past that a run needs.
const PAST: usize = 2 * SIDE - 1;

/// Steps in the 3 s over which the running peak is held.
const HOLD_STEPS: usize = 30;

/// One such step.
const STEP_S: f64 = 0.1;

/// True peak of both channels after ITU-R BS.1770-5 Annex 2: at four times the rate, sample peak included.
///
/// The interpolator passes samples unchanged, and its phases at 1/4 and 3/4 are each other's mirror images. Of the sums
/// and differences of samples at equal distance from a gap's middle, phase 1/2 takes only the sums; 1/4 and 3/4 are
/// even(sums) ± odd(differences), and the larger magnitude of the two is |even| + |odd|. So each pair of samples costs
/// three products, not six.
#[derive(Clone, Debug, Default)]
pub struct TruePeak {
    /// From the gap's middle outwards: taps of phase 1/2, and the even and odd part of phase 1/4.
    taps: [[f32; 3]; SIDE],
    /// The past and one run.
    samples: [[f32; PAST + RUN]; 2],
    /// Highest magnitude at each place of a run: since the reset …
    held: [[f32; RUN]; 2],
    /// … and since the step began.
    step: [[f32; RUN]; 2],
    /// Peaks of the last steps.
    steps: [f32; HOLD_STEPS],
    at: usize,
    /// Runs left in the step, and in a whole one.
    left: usize,
    runs_a_step: usize,
}

impl TruePeak {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let runs_a_step = ((rate * STEP_S / RUN as f64).round() as usize).max(1);
        *self = Self { taps: taps(), runs_a_step, left: runs_a_step, ..Self::default() };
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self { taps: self.taps, runs_a_step: self.runs_a_step, left: self.runs_a_step, ..Self::default() };
    }

    /// Looks at a part of a run.
    #[inline(always)]
    pub(super) fn run(&mut self, part: &Planar) {
        for lane in 0..2 {
            let samples = &mut self.samples[lane];
            if part.whole() {
                samples[PAST..].copy_from_slice(&part.samples[lane]);
                let peaks = wide!(_simd => interpolated(&self.taps, samples), else interpolated(&self.taps, samples));
                raise(&mut self.step[lane], &peaks);
            } else {
                samples[PAST + part.from..PAST + part.to].copy_from_slice(&part.samples[lane][part.from..part.to]);
                let peaks = interpolated(&self.taps, samples);
                raise(&mut self.step[lane][part.from..part.to], &peaks[part.from..part.to]);
            }
            if part.ends() {
                samples.copy_within(RUN.., 0);
            }
        }
        if part.ends() {
            self.end_run();
        }
    }

    /// Lets a run of silence pass, where the past is silent too.
    #[inline(always)]
    pub(super) fn end_run(&mut self) {
        self.left -= 1;
        if self.left == 0 {
            self.end_step();
        }
    }

    /// Highest true peak since the reset, left and right, linear.
    pub fn held(&self) -> [f64; 2] {
        std::array::from_fn(|lane| f64::from(highest(&self.held[lane]).max(highest(&self.step[lane]))))
    }

    /// Highest true peak of both channels in the last 3 s (to 0.1 s), linear.
    pub fn recent(&self) -> f64 {
        f64::from(highest(&self.steps).max(highest(self.step.as_flattened())))
    }

    /// Highest true peak of both channels in the last whole step of 0.1 s, linear; 0 before there is one.
    pub(super) fn last_step(&self) -> f64 {
        f64::from(self.steps[(self.at + HOLD_STEPS - 1) % HOLD_STEPS])
    }

    #[inline(never)]
    fn end_step(&mut self) {
        self.steps[self.at] = highest(self.step.as_flattened());
        self.at = (self.at + 1) % HOLD_STEPS;
        for lane in 0..2 {
            raise(&mut self.held[lane], &self.step[lane]);
        }
        self.step = Default::default();
        self.left = self.runs_a_step;
    }
}

/// Highest magnitude at four points of each gap: that between the samples [`SIDE`] and [`SIDE`] - 1 places before the
/// newest, its left end included.
#[inline(always)]
fn interpolated(taps: &[[f32; 3]; SIDE], samples: &[f32; PAST + RUN]) -> [f32; RUN] {
    let mut peaks = [0.0; RUN];
    /// Gaps at a time: all sums stay in registers.
    const GROUP: usize = 8;
    for (group, peaks) in peaks.as_chunks_mut::<GROUP>().0.iter_mut().enumerate() {
        let at = |offset: usize| -> [f32; GROUP] { std::array::from_fn(|i| samples[group * GROUP + offset + i]) };
        let (mut middle, mut even, mut odd) = ([0.0; GROUP], [0.0; GROUP], [0.0; GROUP]);
        for (k, [for_middle, for_even, for_odd]) in taps.iter().enumerate() {
            let (before, after) = (at(SIDE - 1 - k), at(SIDE + k));
            for i in 0..GROUP {
                let (sum, difference) = (before[i] + after[i], before[i] - after[i]);
                middle[i] += for_middle * sum;
                even[i] += for_even * sum;
                odd[i] += for_odd * difference;
            }
        }
        let sample = at(SIDE - 1);
        for i in 0..GROUP {
            peaks[i] = higher(higher(sample[i].abs(), middle[i].abs()), even[i].abs() + odd[i].abs());
        }
    }
    peaks
}

/// The larger one; the first if the second is NaN. Unlike `f32::max` one instruction.
#[inline(always)]
fn higher(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// Place by place the larger one.
#[inline(always)]
fn raise(held: &mut [f32], peaks: &[f32]) {
    for (held, peak) in held.iter_mut().zip(peaks) {
        *held = higher(*held, *peak);
    }
}

fn highest(peaks: &[f32]) -> f32 {
    peaks.iter().copied().fold(0.0, higher)
}

/// Taps from the gap's middle outwards.
fn taps() -> [[f32; 3]; SIDE] {
    let kernel = |distance: f64| windowed_sinc(distance, SIDE as f64, SHAPE);
    std::array::from_fn(|k| {
        let k = k as f64;
        let (near, far) = (kernel(k + 0.25), kernel(k + 0.75));
        [kernel(k + 0.5), 0.5 * (near + far), 0.5 * (near - far)].map(|tap| tap as f32)
    })
}

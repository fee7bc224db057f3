//! Moving averages one after the other: a smooth window of finite length, for gains.

use crate::CONTROL_INTERVAL;

/// Runs between two moves of the past to the front of its buffer.
const RUNS_A_MOVE: usize = 32;

/// Values are multiples of this, so that sums of them in f64 are exact and a running sum never drifts.
const QUANTUM: f64 = 1.0 / (1u64 << 24) as f64;

/// Adding it to a value below 2^27 leaves a multiple of [`QUANTUM`]: the lowest bit of its mantissa.
const ROUND: f64 = 1.5 * (1u64 << 28) as f64;

/// `N` moving averages in a row, a whole run at a time. All weights are positive and sum to 1, so the result never
/// leaves the range of the values under the window. What is rounded is rounded up, by at most 6e-8 a stage; zero
/// stays zero.
///
/// The lengths are in proportions that leave the least side lobes (Signalsmith, `BoxStackFilter`).
#[derive(Clone, Debug)]
pub struct BoxCascade<const N: usize> {
    stages: [MovingAverage; N],
    order: usize,
}

impl<const N: usize> Default for BoxCascade<N> {
    fn default() -> Self {
        Self { stages: std::array::from_fn(|_| MovingAverage::default()), order: 0 }
    }
}

impl<const N: usize> BoxCascade<N> {
    /// Readies for orders of up to `longest`. Allocates.
    pub fn prepare(&mut self, longest: usize) {
        for stage in &mut self.stages {
            stage.prepare(longest + 1);
        }
        self.order = usize::MAX;
        self.aim(longest);
    }

    /// Forgets the past: as if all values had been zero.
    pub fn reset(&mut self) {
        self.stages.iter_mut().for_each(MovingAverage::reset);
    }

    /// The same past as `other`, which was prepared alike.
    pub fn copy_past(&mut self, other: &Self) {
        for (stage, other) in self.stages.iter_mut().zip(&other.stages) {
            stage.copy_past(other);
        }
        self.order = other.order;
    }

    /// Sets the order: a result depends on the newest value and the `order` before it.
    pub fn aim(&mut self, order: usize) {
        if order != self.order {
            self.order = order;
            for (stage, length) in self.stages.iter_mut().zip(lengths::<N>(order)) {
                stage.set_length(length);
            }
        }
    }

    /// Smooths a run in place; values from 0 up to 2^20 over the order.
    #[inline(always)]
    pub fn run(&mut self, values: &mut [f64; CONTROL_INTERVAL]) {
        *values = values.map(quantised_up);
        for stage in &mut self.stages {
            stage.run(values);
        }
    }
}

/// The next multiple of [`QUANTUM`] that is not below; zero stays zero, as halves round to even.
#[inline(always)]
fn quantised_up(value: f64) -> f64 {
    (value + 0.5 * QUANTUM + ROUND) - ROUND
}

/// Lengths of `N` boxes that together reach back `order` values.
fn lengths<const N: usize>(order: usize) -> [usize; N] {
    let parts: &[f64] = match N {
        2 => &[0.5822, 0.4178],
        3 => &[0.4041, 0.3349, 0.2611],
        4 => &[0.3079, 0.2737, 0.2291, 0.1892],
        _ => &[],
    };
    let mut left = order;
    std::array::from_fn(|i| {
        let share = parts.get(i).copied().unwrap_or(1.0 / N as f64);
        let reach = if i + 1 == N { left } else { ((share * order as f64).round() as usize).min(left) };
        left -= reach;
        reach + 1
    })
}

#[derive(Clone, Debug, Default)]
struct MovingAverage {
    past: Box<[f64]>,
    /// Where the next run goes.
    at: usize,
    length: usize,
    longest: usize,
    sum: f64,
    scale: f64,
}

impl MovingAverage {
    fn prepare(&mut self, longest: usize) {
        self.longest = longest;
        self.past = vec![0.0; longest + RUNS_A_MOVE * CONTROL_INTERVAL].into_boxed_slice();
        self.reset();
        self.set_length(longest);
    }

    fn reset(&mut self) {
        self.past.fill(0.0);
        (self.at, self.sum) = (self.longest, 0.0);
    }

    fn copy_past(&mut self, other: &Self) {
        self.past.copy_from_slice(&other.past);
        (self.at, self.length, self.sum, self.scale) = (other.at, other.length, other.sum, other.scale);
    }

    fn set_length(&mut self, length: usize) {
        self.length = length.clamp(1, self.longest);
        self.scale = 1.0 / self.length as f64;
        self.sum = self.past[self.at - self.length..self.at].iter().sum();
    }

    #[inline(always)]
    fn run(&mut self, values: &mut [f64; CONTROL_INTERVAL]) {
        let at = self.at;
        self.past[at..at + CONTROL_INTERVAL].copy_from_slice(values);
        let leaving = &self.past[at - self.length..at - self.length + CONTROL_INTERVAL];
        let change: [f64; CONTROL_INTERVAL] = std::array::from_fn(|i| values[i] - leaving[i]);
        let mut sum = self.sum;
        for (value, change) in values.iter_mut().zip(change) {
            sum += change;
            *value = sum;
        }
        self.sum = sum;
        *values = values.map(|sum| quantised_up(sum * self.scale));
        self.at += CONTROL_INTERVAL;
        if self.at + CONTROL_INTERVAL > self.past.len() {
            self.past.copy_within(self.at - self.longest..self.at, 0);
            self.at = self.longest;
        }
    }
}

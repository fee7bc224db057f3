//! The prediction of the voice around a click, which says how little of the voice is unforeseen, and what it makes of the
//! window: the whitened sound.

use super::equations::{Equations, convolve, product};
use super::{ALL, Mender, ORDER, Past, SILENCE, Stage};

/// Share of white noise in the prediction.
const WHITE: f64 = 1e-8;

/// What a click's power costs, over what it would if it were as loud as the sound around it.
const COST: f64 = 0.01;

/// A lag takes half as long as a step.
const LAGS_A_STEP: usize = 4;

impl Mender {
    pub(super) fn gather(&mut self, past: &Past) {
        let context = self.context.len() / 2;
        let (before, after) = self.context.split_at_mut(context);
        let end = self.start + self.length;
        let mut power = 0.0;
        for i in 0..context {
            before[i] = match (self.start + i).checked_sub(context) {
                Some(number) => past.at(number)[self.channel],
                None => 0.0,
            };
            after[i] = past.at(end + i)[self.channel];
            power += before[i] * before[i] + after[i] * after[i];
        }
        let window = (self.start..end).map(|number| past.at(number)[self.channel]);
        power += window.map(|x| x * x).sum::<f64>();
        if power < SILENCE * self.context.len() as f64 {
            self.next_channel();
        } else {
            self.stage = Stage::Correlate(0);
        }
    }

    pub(super) fn correlate(&mut self, first: usize) {
        let (before, after) = self.context.split_at(self.context.len() / 2);
        let last = (first + LAGS_A_STEP).min(ORDER + 1);
        for lag in first..last {
            self.lags[lag] = product(before, lag) + product(after, lag);
        }
        self.stage = if last > ORDER { Stage::Predict } else { Stage::Correlate(last) };
    }

    /// Least squares over both contexts as they are (the covariance method), which sees more in a few periods of a voice than
    /// tapered lags do.
    pub(super) fn predict(&mut self) {
        let (before, after) = self.context.split_at(self.context.len() / 2);
        // Row 0 has been summed; each other one follows from the one before it, but for what enters and leaves.
        let mut sums = [[0.0; ORDER + 1]; ORDER + 1];
        sums[0] = self.lags;
        for i in 0..ORDER {
            for k in i..ORDER {
                let change = |y: &[f64]| {
                    let last = y.len() - 1;
                    y[ORDER - 1 - i] * y[ORDER - 1 - k] - y[last - i] * y[last - k]
                };
                sums[i + 1][k + 1] = sums[i][k] + change(before) + change(after);
                sums[k + 1][i + 1] = sums[i + 1][k + 1];
            }
            sums[i + 1][0] = sums[0][i + 1];
        }
        let rows: [[f64; ORDER + 1]; ORDER] = std::array::from_fn(|i| {
            let mut row = [0.0; ORDER + 1];
            row[..ORDER].copy_from_slice(&sums[i + 1][1..]);
            row[i] += WHITE * sums[0][0];
            row[ORDER] = -sums[i + 1][0];
            row
        });
        self.equations = Equations::new(rows);
        self.equations.eliminate(0, ORDER / 6);
        self.stage = Stage::Solve;
    }

    pub(super) fn solve(&mut self) {
        self.equations.eliminate(ORDER / 6, ORDER);
        self.first = [0.0; ORDER + 1];
        self.first[0] = 1.0;
        if let Some(rest) = self.equations.solution() {
            self.first[1..].copy_from_slice(&rest);
        }
        self.filter = [0.0; ALL + 1];
        self.filter[..=ORDER].copy_from_slice(&self.first);
        let power: f64 = self.first.iter().zip(&self.lags).map(|(a, r)| a * r).sum();
        self.unforeseen = (power / (self.context.len() - 2 * ORDER) as f64).max(SILENCE);
        self.cost = COST * power.max(0.0) / self.lags[0].max(SILENCE);
        (self.part, self.periods_out, self.stage) = (0, false, Stage::Whiten);
    }

    pub(super) fn whiten(&mut self, past: &Past) {
        let window = self.length + ALL;
        for (i, x) in self.own[..window + ORDER].iter_mut().enumerate() {
            *x = match (self.start + i).checked_sub(ORDER) {
                Some(number) => past.at(number)[self.channel],
                None => 0.0,
            };
        }
        convolve(&self.first, &self.own, &mut self.white[..window]);
        self.stage = Stage::Back;
    }
}

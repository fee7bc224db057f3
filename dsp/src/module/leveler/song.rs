//! What a band's place in the song is: the middle of what its balance has been.

/// Balances are counted in steps of so many dB, from this one up.
const STEP_DB: f64 = 0.5;
const LOWEST_DB: f64 = -90.0;
const PLACES: usize = 240;

/// The parts of the time that are below the lower and above the upper end of what counts: shorter sections than a tenth
/// of the song are fills.
const ENDS: f64 = 0.1;

/// Weight of a step against the one before it, [`super::STEP_MS`] earlier: with a time constant of three minutes a song is
/// forgotten while the next one plays.
const GROWTH: f64 = 1.0 + super::STEP_MS / 180_000.0;

/// Where weights are brought down again.
const HEAVY: f64 = 1e200;

/// How long a band had which balance, in dB against the others; the past weighs less.
#[derive(Clone, Debug)]
pub(super) struct Song {
    weights: [f64; PLACES],
    sum: f64,
    weight: f64,
}

impl Default for Song {
    fn default() -> Self {
        Self { weights: [0.0; PLACES], sum: 0.0, weight: 1.0 }
    }
}

impl Song {
    /// Counts a step with this balance.
    pub fn add(&mut self, balance_db: f64) {
        if self.weight > HEAVY {
            let scale = 1.0 / self.weight;
            self.weights.iter_mut().for_each(|weight| *weight *= scale);
            self.sum *= scale;
            self.weight = 1.0;
        }
        self.weight *= GROWTH;
        self.weights[place(balance_db)] += self.weight;
        self.sum += self.weight;
    }

    /// The middle between what it is for a tenth of the time below and for a tenth above; `None` before the first step.
    ///
    /// Not the mean: with that, a long chorus would move its place away from the verse, out of reach.
    pub fn middle_db(&self) -> Option<f64> {
        if self.sum == 0.0 {
            return None;
        }
        let end = ENDS * self.sum;
        let low = reach(self.weights.iter().enumerate(), end);
        let high = reach(self.weights.iter().enumerate().rev(), end);
        Some(LOWEST_DB + STEP_DB * (0.5 * (low + high)))
    }
}

fn place(balance_db: f64) -> usize {
    (((balance_db - LOWEST_DB) / STEP_DB).round().max(0.0) as usize).min(PLACES - 1)
}

/// The place, between whole ones too, where the weights from one end on have added up to `end`.
fn reach<'a>(weights: impl Iterator<Item = (usize, &'a f64)>, end: f64) -> f64 {
    let mut sum = 0.0;
    for (place, weight) in weights {
        sum += weight;
        if sum >= end {
            return place as f64;
        }
    }
    0.0
}

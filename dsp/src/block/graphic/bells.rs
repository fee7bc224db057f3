//! How much each bell has to do so that all in series follow a curve.
//!
//! A bell works on its neighbours' centres too; at 0 dB by the parts of the interaction matrix, of which the inverse
//! gives the gains of a curve (V. Välimäki, J. Reiss, "All About Audio Equalization", Applied Sciences 6(5), 2016,
//! section 5; J. Liski, V. Välimäki, "The Quest for the Best Graphic Equalizer", DAFx-17). The parts hardly depend on
//! the gains, so what is still missing is solved for again, with the true response, a few times.

use super::{BANDS, CENTRES_HZ, Curve};
use crate::block::svf::{Coefs, Design};
use crate::units::{db_to_gain, power_to_db};
use std::f64::consts::PI;

/// How much of a small gain, in dB, a bell has left at the next centre: least ripple between the centres and gains that
/// are not much larger than the curve (Välimäki and Reiss).
const AT_NEIGHBOUR: f64 = 0.4;

/// A centre's part of the next one.
const LOWER_NEIGHBOUR: f64 = 0.794_328_234_724_281_5;

/// Up to where a centre has a bell, as a part of the sample rate.
const HIGHEST: f64 = 0.45;

/// Times that the rest is solved for. Of smooth curves within 12 dB, 0.01 dB are left.
const ROUNDS: usize = 3;

/// Most that a bell does, dB: what a curve asks that jumps from one band to the next is not worth more.
const MOST_DB: f64 = 24.0;

/// Less than this is nothing, dB.
const LEAST_DB: f64 = 0.005;

/// The bells of a sample rate.
#[derive(Clone, Debug)]
pub struct Bells {
    rate: f64,
    /// How many there are: those whose centre is low enough.
    count: usize,
    /// tan(π centre / rate).
    tangents: Curve,
    q: Curve,
    /// Of the bell in the column at the centre in the row: (q (x - 1/x))², x the ratio of the two tangents.
    apart: Box<[Curve; BANDS]>,
    /// The inverse of the interaction matrix.
    inverse: Box<[Curve; BANDS]>,
}

impl Bells {
    /// Those for `rate` Hz. Allocates.
    pub fn new(rate: f64) -> Self {
        let count = CENTRES_HZ.iter().filter(|hz| **hz <= HIGHEST * rate).count();
        let tangents = CENTRES_HZ.map(|hz| (PI * (hz / rate).min(HIGHEST)).tan());
        // Through the bilinear transform bells get narrower towards half the rate: wider ones, so that the lower
        // neighbour gets what it should.
        let q = std::array::from_fn(|bell| {
            let below = (PI * (CENTRES_HZ[bell] * LOWER_NEIGHBOUR / rate).min(HIGHEST)).tan();
            (1.0 / AT_NEIGHBOUR - 1.0).sqrt() / (tangents[bell] / below - below / tangents[bell]).abs()
        });
        let mut bells = Self {
            rate,
            count,
            tangents,
            q,
            apart: Box::new([[0.0; BANDS]; BANDS]),
            inverse: Box::new([[0.0; BANDS]; BANDS]),
        };
        for centre in 0..BANDS {
            bells.apart[centre] = std::array::from_fn(|bell| bells.distance(bell, tangents[centre]));
        }
        // d dB / d gain of (u + a²) / (u + 1/a²) at 0 dB is 1 / (1 + u).
        let matrix = bells.apart.map(|row| row.map(|u| 1.0 / (1.0 + u)));
        *bells.inverse = inverse(matrix, count);
        bells
    }

    /// (q (x - 1/x))² of a bell at the frequency with this tangent.
    fn distance(&self, bell: usize, tangent: f64) -> f64 {
        let x = tangent / self.tangents[bell];
        (self.q[bell] * (x - 1.0 / x)).powi(2)
    }

    /// Gains in dB with which all in series follow `curve` at their centres; 0 for what has no bell.
    pub fn solve(&self, curve: &Curve) -> Curve {
        let mut gains_db = [0.0; BANDS];
        let mut missing = *curve;
        for _ in 0..=ROUNDS {
            for (gain, row) in gains_db.iter_mut().zip(&*self.inverse).take(self.count) {
                let more: f64 = row.iter().zip(&missing).take(self.count).map(|(part, missing)| part * missing).sum();
                *gain = (*gain + more).clamp(-MOST_DB, MOST_DB);
            }
            let powers = gains_db.map(db_to_gain);
            for centre in 0..self.count {
                missing[centre] = curve[centre] - level_db(&powers, &self.apart[centre]);
            }
        }
        gains_db.map(|gain| if gain.abs() < LEAST_DB { 0.0 } else { gain })
    }

    /// What all do together at `freq_hz`, dB, with gains in dB.
    pub fn magnitude_db(&self, gains_db: &Curve, freq_hz: f64) -> f64 {
        let tangent = (PI * (freq_hz / self.rate).clamp(1e-9, 0.499_999)).tan();
        level_db(&gains_db.map(db_to_gain), &std::array::from_fn(|bell| self.distance(bell, tangent)))
    }

    /// A bell with a gain in dB.
    pub fn design(&self, bell: usize, gain_db: f64) -> Design {
        let (g, a) = (self.tangents[bell], db_to_gain(0.5 * gain_db));
        let k = g / self.q[bell];
        Design { b: [g * g, k * a, 1.0], a: [g * g, k / a] }
    }

    /// What runs it; at 0 dB it has its poles still, so that it may glide from there, but nothing comes of them.
    pub fn coefs(&self, bell: usize, gain_db: f64) -> Coefs {
        let [p, q, r, c1, c2, d] = self.design(bell, gain_db).coefs();
        if gain_db == 0.0 { [p, q, r, 0.0, 0.0, 1.0] } else { [p, q, r, c1, c2, d] }
    }
}

/// All bells where they are so far `apart`: |H|² = (u + a²) / (u + 1/a²) each, with a² its linear gain.
fn level_db(gains: &Curve, apart: &Curve) -> f64 {
    power_to_db(gains.iter().zip(apart).fold(1.0, |power, (gain, u)| power * (u + gain) / (u + 1.0 / gain)))
}

/// The inverse of the first `count` rows and columns, by elimination with the largest pivot; they are not singular.
fn inverse(mut matrix: [Curve; BANDS], count: usize) -> [Curve; BANDS] {
    let mut inverse: [Curve; BANDS] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for i in 0..count {
        let pivot = (i..count).max_by(|a, b| matrix[*a][i].abs().total_cmp(&matrix[*b][i].abs())).unwrap_or(i);
        matrix.swap(i, pivot);
        inverse.swap(i, pivot);
        let scale = 1.0 / matrix[i][i];
        matrix[i].iter_mut().chain(&mut inverse[i]).for_each(|x| *x *= scale);
        let (row, inverse_row) = (matrix[i], inverse[i]);
        for other in (0..count).filter(|other| *other != i) {
            let times = matrix[other][i];
            matrix[other].iter_mut().zip(row).for_each(|(x, y)| *x -= times * y);
            inverse[other].iter_mut().zip(inverse_row).for_each(|(x, y)| *x -= times * y);
        }
    }
    inverse
}

//! How loud each band is.

use super::settings::BANDS;
use crate::block::analog::Analog;
use crate::block::band_gains::{BUTTERWORTH, tangent};
use crate::block::svf::{self, Design, Section};
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::FRAC_1_SQRT_2;

/// Steps that fit into the longest time.
pub(super) const LONGEST: usize = 100;

/// Below this is no bass but rumble, Hz.
const RUMBLE_HZ: f64 = 30.0;

/// Splits into bands and keeps their powers of the last steps: 24 dB/oct above the bass, as the gains have it, so that
/// what is next to it does not hide what it does; 12 dB/oct elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Balance {
    /// For each band the filters at the crossovers beside it; of the bass both are at its upper end.
    filters: [[Section; 2]; BANDS],
    rumble: Section,
    /// Sum of squares in this step.
    sums: [f64; BANDS],
    /// Mean powers of the last steps, a ring.
    steps: [[f64; BANDS]; LONGEST],
    next: usize,
    filled: usize,
}

impl Default for Balance {
    fn default() -> Self {
        Self {
            filters: Default::default(),
            rumble: Section::default(),
            sums: [0.0; BANDS],
            steps: [[0.0; BANDS]; LONGEST],
            next: 0,
            filled: 0,
        }
    }
}

impl Balance {
    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self { filters: self.filters, rumble: self.rumble, ..Self::default() };
        self.rumble.clear();
        self.filters.as_flattened_mut().iter_mut().for_each(Section::clear);
    }

    /// Splits at the crossovers with [`tangent`]s `low`, `middle`, `high`, at `rate` Hz.
    pub fn set(&mut self, [low, middle, high]: [f64; BANDS - 1], rate: f64) {
        let (below, above) = (Analog::low_pass(FRAC_1_SQRT_2), Analog::high_pass(FRAC_1_SQRT_2));
        let steep = BUTTERWORTH.map(|k| Analog::low_pass(1.0 / k));
        let parts = [
            [(&steep[0], low), (&steep[1], low)],
            [(&above, low), (&below, middle)],
            [(&above, middle), (&below, high)],
            [(&above, middle), (&above, high)],
        ];
        for (section, (analog, g)) in self.filters.as_flattened_mut().iter_mut().zip(parts.as_flattened()) {
            section.jump(Design::bilinear(analog, *g).coefs().map(|c| [c; 2]));
        }
        self.rumble.jump(Design::bilinear(&above, tangent(RUMBLE_HZ, rate)).coefs().map(|c| [c; 2]));
    }

    /// Hears up to [`CONTROL_INTERVAL`] frames.
    pub fn run(&mut self, frames: &[Frame]) {
        for (i, ([first, second], sum)) in self.filters.iter_mut().zip(&mut self.sums).enumerate() {
            let mut band = [[0.0; 2]; CONTROL_INTERVAL];
            let band = &mut band[..frames.len()];
            band.copy_from_slice(frames);
            svf::run_two([first, second], band);
            if i == 0 {
                svf::run(&mut self.rumble, band);
            }
            let [left, right] =
                band.iter().fold([0.0; 2], |[l, r], frame| [l + frame[0] * frame[0], r + frame[1] * frame[1]]);
            *sum += left + right;
        }
    }

    /// Ends a step of `frames` frames. Whether it was loud enough to count: one quieter than `gate` (power) does not.
    pub fn end_step(&mut self, frames: usize, gate: f64) -> bool {
        self.filters.as_flattened_mut().iter_mut().for_each(Section::flush);
        self.rumble.flush();
        let powers = std::mem::take(&mut self.sums).map(|sum| sum / frames as f64);
        let counts = powers.iter().sum::<f64>() > gate;
        if counts {
            self.steps[self.next] = powers;
            self.next = (self.next + 1) % LONGEST;
            self.filled = (self.filled + 1).min(LONGEST);
        }
        counts
    }

    /// Mean power of each band over the last `steps` steps that counted; `None` before there are as many.
    pub fn powers(&self, steps: usize) -> Option<[f64; BANDS]> {
        let steps = steps.clamp(1, LONGEST);
        (self.filled >= steps).then(|| {
            let past = (1..=steps).map(|back| self.steps[(self.next + LONGEST - back) % LONGEST]);
            let sums = past.fold([0.0; BANDS], |sums, powers| std::array::from_fn(|band| sums[band] + powers[band]));
            sums.map(|sum| sum / steps as f64)
        })
    }
}

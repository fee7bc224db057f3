//! Integrated loudness alone, in little memory: for those who measure many at once.

use super::histogram::ABSOLUTE_GATE_LUFS;
use crate::units::{lufs_to_power, power_to_lufs};

/// Steps of 100 ms in a gating block: 75 % overlap (BS.1770-5).
const STEPS: usize = 4;

/// The relative gate lies this far below the mean of what passes the absolute one.
const GATE_LU: f64 = 10.0;

/// Width of a bin in LU: as far as this the gate is rounded. What lies so near the gate weighs a tenth of the mean.
const BIN_LU: f64 = 0.1;

/// Bins from the absolute gate up, to +12 LUFS.
const BINS: usize = 820;

/// Gated mean of the power in steps of 100 ms, K-weighted and summed over the channels (BS.1770-5).
#[derive(Clone, Debug, Default)]
pub struct Gated {
    recent: [f64; STEPS],
    /// Steps so far, up to a whole block.
    steps: usize,
    /// Count and summed power of the blocks in each bin.
    bins: Box<[(u32, f64)]>,
}

impl Gated {
    /// Allocates.
    pub fn prepare(&mut self) {
        self.bins = vec![(0, 0.0); BINS].into_boxed_slice();
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.bins.fill((0, 0.0));
        (self.recent, self.steps) = ([0.0; STEPS], 0);
    }

    /// The mean power of the next 100 ms.
    pub fn push(&mut self, power: f64) {
        self.recent.rotate_left(1);
        self.recent[STEPS - 1] = power;
        self.steps = (self.steps + 1).min(STEPS);
        let block = self.recent.iter().sum::<f64>() / STEPS as f64;
        let lufs = power_to_lufs(block);
        if self.steps == STEPS && lufs > ABSOLUTE_GATE_LUFS && block.is_finite() {
            let place = ((lufs - ABSOLUTE_GATE_LUFS) * (1.0 / BIN_LU)) as usize;
            if let Some((count, sum)) = self.bins.get_mut(place.min(BINS - 1)) {
                *count += 1;
                *sum += block;
            }
        }
    }

    /// Integrated loudness in LUFS; negative infinity where there is none.
    pub fn lufs(&self) -> f64 {
        let mean = |from: usize| {
            let bins = self.bins.get(from..).unwrap_or(&[]);
            let (count, sum) = bins.iter().fold((0, 0.0), |(count, sum), bin| (count + bin.0, sum + bin.1));
            if count > 0 { sum / f64::from(count) } else { 0.0 }
        };
        let all = mean(0);
        if all <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let gate = lufs_to_power(power_to_lufs(all) - GATE_LU);
        let from = ((power_to_lufs(gate) - ABSOLUTE_GATE_LUFS) * (1.0 / BIN_LU)).round().max(0.0) as usize;
        power_to_lufs(mean(from))
    }
}

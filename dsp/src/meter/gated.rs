//! Integrated loudness alone, in little memory: for those who measure many at once.

use super::histogram::Histogram;
use crate::units::power_to_lufs;

/// Steps of 100 ms in a gating block: 75 % overlap (BS.1770-5).
const STEPS: usize = 4;

/// The relative gate lies this far below the mean of what passes the absolute one.
const GATE_LU: f64 = 10.0;

/// Bins of 0.08 LU: as far as this the gate is rounded. What lies so near the gate weighs a tenth of the mean.
const BINS: usize = 1024;

/// Gated mean of the power in steps of 100 ms, K-weighted and summed over the channels (BS.1770-5).
#[derive(Clone, Debug, Default)]
pub struct Gated {
    recent: [f64; STEPS],
    /// Steps so far, up to a whole block.
    steps: usize,
    blocks: Histogram<BINS>,
}

impl Gated {
    /// Allocates.
    pub fn prepare(&mut self) {
        self.blocks.prepare();
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.blocks.reset();
        (self.recent, self.steps) = ([0.0; STEPS], 0);
    }

    /// The mean power of the next 100 ms.
    pub fn push(&mut self, power: f64) {
        self.recent.rotate_left(1);
        self.recent[STEPS - 1] = power;
        self.steps = (self.steps + 1).min(STEPS);
        if self.steps == STEPS {
            self.blocks.add(self.recent.iter().sum::<f64>() / STEPS as f64);
        }
    }

    /// Integrated loudness in LUFS; negative infinity where there is none.
    pub fn lufs(&self) -> f64 {
        let Some(gate) = self.blocks.gate(GATE_LU) else { return f64::NEG_INFINITY };
        let [count, sum] = self.blocks.above(gate);
        power_to_lufs(if count > 0.0 { sum / count } else { 0.0 })
    }
}

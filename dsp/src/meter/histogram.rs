//! How often each loudness occurred, over any length of time in constant memory.

use crate::units::{lufs_to_power, power_to_lufs};

/// The absolute gate of BS.1770 and Tech 3342: what is not louder is no programme.
pub(super) const ABSOLUTE_GATE_LUFS: f64 = -70.0;

/// From the absolute gate up to +11.9 LUFS; the last bin also holds what is louder.
const RANGE_LU: f64 = 81.92;

/// Bins that a meter has, a power of two: each a tenth as wide as what it shows.
const METER_BINS: usize = 8192;

/// Count and summed power of every one of `BINS` bins, a power of two, as a Fenwick tree (Fenwick 1994) that starts at the loudest bin: adding a
/// value, summing all that is louder than a gate and finding a percentile each take log2(`BINS`) steps, so no
/// reading is dear. Powers are summed exactly; only which values pass a gate is decided to the width of a bin.
#[derive(Clone, Debug)]
pub(super) struct Histogram<const BINS: usize = METER_BINS> {
    /// Count and power, summed as the tree wants it; node `i` (from 1) ends at bin `BINS - i`.
    nodes: Box<[[f64; 2]]>,
    total: [f64; 2],
}

impl<const BINS: usize> Default for Histogram<BINS> {
    /// Of no use before [`prepare`](Self::prepare).
    fn default() -> Self {
        Self { nodes: Box::default(), total: [0.0; 2] }
    }
}

impl<const BINS: usize> Histogram<BINS> {
    /// Width of a bin.
    const BIN_LU: f64 = RANGE_LU / BINS as f64;

    /// Allocates.
    pub fn prepare(&mut self) {
        self.nodes = vec![[0.0; 2]; BINS + 1].into();
        self.total = [0.0; 2];
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        if self.total[0] > 0.0 {
            self.nodes.fill([0.0; 2]);
            self.total = [0.0; 2];
        }
    }

    /// Counts a value, unless the absolute gate stops it.
    pub fn add(&mut self, power: f64) {
        if power_to_lufs(power) <= ABSOLUTE_GATE_LUFS || !power.is_finite() {
            return;
        }
        self.total = [self.total[0] + 1.0, self.total[1] + power];
        let mut node = BINS - Self::bin(power);
        while let Some([count, sum]) = self.nodes.get_mut(node) {
            *count += 1.0;
            *sum += power;
            node += lowest_bit(node);
        }
    }

    /// The power `lu` below the mean power of all values, or `None` without values.
    pub fn gate(&self, lu: f64) -> Option<f64> {
        (self.total[0] > 0.0).then(|| lufs_to_power(power_to_lufs(self.total[1] / self.total[0]) - lu))
    }

    /// Count and summed power of the values from `gate` up.
    pub fn above(&self, gate: f64) -> [f64; 2] {
        let mut node = BINS - Self::bin(gate);
        let mut sum = [0.0; 2];
        while let Some(part) = self.nodes.get(node).filter(|_| node > 0) {
            sum = [sum[0] + part[0], sum[1] + part[1]];
            node -= lowest_bit(node);
        }
        sum
    }

    /// Loudness in LUFS of the `rank`-th loudest value (from 1), to half a bin.
    pub fn ranked(&self, rank: f64) -> f64 {
        let mut node = 0;
        let mut left = rank;
        let mut step = BINS;
        while step > 0 {
            if let Some([count, _]) = self.nodes.get(node + step).filter(|part| part[0] < left) {
                left -= count;
                node += step;
            }
            step /= 2;
        }
        let bin = BINS.saturating_sub(node + 1);
        ABSOLUTE_GATE_LUFS + (bin as f64 + 0.5) * Self::BIN_LU
    }

    /// The bin of a power; below the absolute gate the first, above all bins the last.
    fn bin(power: f64) -> usize {
        let place = (power_to_lufs(power) - ABSOLUTE_GATE_LUFS) * (1.0 / Self::BIN_LU);
        (place.max(0.0) as usize).min(BINS - 1)
    }
}

fn lowest_bit(node: usize) -> usize {
    node & node.wrapping_neg()
}

//! The weight curve: straight over octaves from node to node, level beyond the outermost.

use super::settings::{NODES, Nodes};
use crate::units::hz_to_octaves;

/// Nodes closer than this lie side by side.
const LEAST_OCTAVES: f64 = 0.01;

/// A weight curve.
#[derive(Clone, Copy, Debug, Default)]
pub struct WeightCurve {
    /// Octaves above 1 Hz and part of the depth, sorted by the former.
    nodes: [(f64, f64); NODES],
}

impl WeightCurve {
    /// Through `nodes`.
    pub fn through(nodes: &Nodes) -> Self {
        Self::of(nodes.all().map(|(freq_hz, percent)| (hz_to_octaves(freq_hz), percent / 100.0)))
    }

    /// Through nodes given in octaves above 1 Hz and parts of the depth.
    pub fn of(mut nodes: [(f64, f64); NODES]) -> Self {
        nodes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        Self { nodes }
    }

    /// Part of the depth at `freq_hz`.
    pub fn at(&self, freq_hz: f64) -> f64 {
        let octaves = hz_to_octaves(freq_hz);
        let after = self.nodes.iter().position(|(place, _)| *place > octaves).unwrap_or(NODES);
        match (after.checked_sub(1).map(|i| self.nodes[i]), self.nodes.get(after)) {
            (Some((a, weight_a)), Some((b, weight_b))) => {
                let way = ((octaves - a) / (b - a).max(LEAST_OCTAVES)).min(1.0);
                weight_a + way * (weight_b - weight_a)
            }
            (Some((_, weight)), None) => weight,
            (None, Some((_, weight))) => *weight,
            (None, None) => 1.0,
        }
    }
}

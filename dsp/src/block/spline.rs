//! A filter on its way through designs that are further apart than control ticks.
//!
//! The designs, one each [`DESIGN_TICKS`], are the control points of a quadratic B-spline: as smooth as designing at every
//! control tick, and always a convex combination of stable filters.

use crate::CONTROL_INTERVAL;
use crate::block::svf::{self, Coefs};

/// Control ticks between two designs of a moving filter.
pub const DESIGN_TICKS: usize = 24;

/// The last three designs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Knots([Coefs; 3]);

impl Knots {
    /// Those of a filter that rests.
    pub fn resting(coefs: Coefs) -> Self {
        Self([coefs; 3])
    }

    /// The next design.
    pub fn push(&mut self, coefs: Coefs) {
        let [_, a, b] = self.0;
        self.0 = [a, b, coefs];
    }

    /// The last design.
    pub fn last(&self) -> Coefs {
        self.0[2]
    }

    /// Whether everything passes on this stretch of the way.
    pub fn pass(&self) -> bool {
        self.0.iter().all(svf::passes)
    }

    /// Where it is at a part (0 to 1) of this stretch, which leads from between the first two designs to between the
    /// last two.
    pub fn at(&self, way: f64) -> Coefs {
        let [a, b, c] = &self.0;
        let (leaving, coming) = (0.5 * (1.0 - way) * (1.0 - way), 0.5 * way * way);
        std::array::from_fn(|i| b[i] + (leaving * (a[i] - b[i]) + coming * (c[i] - b[i])))
    }

    /// A frame's first step on this stretch, and how much more each control tick's is: for
    /// [`Section::bend`](svf::Section::bend).
    pub fn steps(&self) -> (Coefs, Coefs) {
        const TICKS: f64 = DESIGN_TICKS as f64;
        const SCALE: f64 = 1.0 / (TICKS * TICKS * CONTROL_INTERVAL as f64);
        let [a, b, c] = &self.0;
        let (from, to): (Coefs, Coefs) =
            (std::array::from_fn(|i| SCALE * (b[i] - a[i])), std::array::from_fn(|i| SCALE * (c[i] - b[i])));
        let step = std::array::from_fn(|i| (TICKS - 0.5) * from[i] + 0.5 * to[i]);
        (step, std::array::from_fn(|i| to[i] - from[i]))
    }
}

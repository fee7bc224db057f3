//! A soft corner: the knee of every gain curve.

use super::magnitude::higher;

/// A knee that is a parabola between two straight lines (D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range
/// Compressor Design", JAES 60(6), 2012, equation 4).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Knee {
    /// Half its width in dB.
    half_db: f64,
    /// 1 / (2 width), zero for a hard knee.
    bend: f64,
}

impl Knee {
    /// A knee `width_db` wide; zero or more.
    pub const fn new(width_db: f64) -> Self {
        Self { half_db: 0.5 * width_db, bend: if width_db > 1e-6 { 0.5 / width_db } else { 0.0 } }
    }

    /// How far a level `above_db` above the threshold stands over it: 0 well below, `above_db` well above.
    #[inline(always)]
    pub fn over_db(&self, above_db: f64) -> f64 {
        let inside = self.inside(above_db);
        let beyond = above_db - self.half_db;
        inside * inside * self.bend + if beyond > 0.0 { beyond } else { 0.0 }
    }

    /// As [`over_db`](Self::over_db), in f32: fast in loops over a run.
    #[inline(always)]
    pub fn fast_over_db(&self, above_db: f32) -> f32 {
        let (half_db, bend) = (self.half_db as f32, self.bend as f32);
        let inside = higher(above_db + half_db, 0.0);
        let inside = if inside < 2.0 * half_db { inside } else { 2.0 * half_db };
        inside * inside * bend + higher(above_db - half_db, 0.0)
    }

    /// Slope of [`over_db`](Self::over_db): 0 well below the threshold, 1 well above.
    #[inline(always)]
    pub fn slope(&self, above_db: f64) -> f64 {
        if above_db > self.half_db { 1.0 } else { 2.0 * self.bend * self.inside(above_db) }
    }

    /// How far into the knee, 0 to its width.
    #[inline(always)]
    fn inside(&self, above_db: f64) -> f64 {
        let from = above_db + self.half_db;
        let from = if from > 0.0 { from } else { 0.0 };
        let width = 2.0 * self.half_db;
        if from < width { from } else { width }
    }

    /// The knee `part` (0 to 1) of the way to another.
    #[inline(always)]
    pub fn towards(self, to: Self, part: f64) -> Self {
        Self {
            half_db: self.half_db + part * (to.half_db - self.half_db),
            bend: self.bend + part * (to.bend - self.bend),
        }
    }
}

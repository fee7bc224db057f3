//! What the settings of the equaliser with a choice of phase do, without a signal.

use super::super::response::{Response, Transfer, part_db};
use super::super::{EqSettings, Placement};
use super::design::{Halves, Spectrum};
use super::{LinearEqSettings, Phase};
use crate::LatencyMode;
use crate::block::complex::{Complex, add, scale};
use crate::control::Enumerated;
use std::sync::Arc;

/// The settled processor's response at one sample rate.
#[derive(Clone, Debug)]
pub struct LinearResponse {
    rate: f64,
    /// What works in minimum phase: everything, or the dynamic bands.
    minimum: Response,
    /// What works in linear phase.
    linear: Option<Arc<Spectrum>>,
}

impl LinearEqSettings {
    /// Whether it works in linear phase in `mode`.
    pub fn is_linear(&self, mode: LatencyMode) -> bool {
        self.phase == Phase::Linear && mode.index() >= self.phase.needs().index()
    }

    /// What these settings do at `rate` Hz in `mode`. In linear phase that designs the kernel, which takes its time.
    pub fn response(&self, rate: f64, mode: LatencyMode) -> LinearResponse {
        let of = || Arc::new(Halves::design(&self.filters.static_part(), rate).spectrum());
        let linear = self.is_linear(mode).then(of);
        LinearResponse { rate, minimum: self.filters.response(rate), linear }.with(&self.filters)
    }
}

impl LinearResponse {
    /// The same where only the dynamic bands of `filters` are other ones: as they stand at a moment.
    pub fn with(&self, filters: &EqSettings) -> Self {
        let minimum = if self.linear.is_some() { filters.dynamic_part() } else { *filters };
        Self { rate: self.rate, minimum: minimum.response(self.rate), linear: self.linear.clone() }
    }

    /// How much of `part` comes out again in `part`, dB; see [`Response::magnitude_db`]. In linear phase that of the kernel
    /// as it is, finite as it is.
    pub fn magnitude_db(&self, freq_hz: f64, part: Placement) -> f64 {
        let minimum = self.minimum.transfer(freq_hz);
        let Some(linear) = &self.linear else { return part_db(&minimum, part) };
        let [left, right] = minimum;
        let row = |[from_left, from_right]: [f64; 2]| -> [Complex; 2] {
            std::array::from_fn(|input| add(scale(from_left, left[input]), scale(from_right, right[input])))
        };
        let transfer: Transfer = linear.gains(freq_hz).map(row);
        part_db(&transfer, part)
    }
}

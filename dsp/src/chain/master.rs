//! Tandem Master: a stage for the master bus.

use super::rack::rack;
use super::{Rack, Stage};
use crate::meter::programme::Meter;
use crate::module::eq::{self, Eq};
use crate::module::fader::{self, Fader};
use crate::module::input::{self, Input};

rack! {
    /// Tandem Master's modules, in their order.
    Master, MasterSettings, reserved_ms: [0.0, 2.0, 4.0],
    /// The input.
    input: Input = &input::GROUP,
    /// The equaliser.
    eq: Stage<Eq> = &eq::GROUP,
    /// The output.
    output: Fader = &fader::GROUP,
}

impl Rack for Master {
    type Observer = Meter;
}

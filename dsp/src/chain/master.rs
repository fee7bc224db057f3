//! Tandem Master: a stage for the master bus.

use super::Stage;
use super::rack::rack;
use crate::meter::programme::Meter;
use crate::module::compressor::{self, Compressor};
use crate::module::eq::{self, Eq};
use crate::module::fader::{self, Fader};
use crate::module::input::{self, Input};
use crate::module::limiter::{self, Limiter};

rack! {
    /// Tandem Master's modules, in their order.
    Master, MasterSettings, observer: Meter, reserved_ms: [0.0, 10.0, 12.0],
    /// The input.
    input: Input = &input::GROUP;
    /// The equaliser.
    eq: Stage<Eq> = &eq::GROUP;
    /// The compressor that holds the mix together.
    glue: Stage<Compressor> = &compressor::GLUE, from compressor::glue();
    /// The limiter.
    limiter: Stage<Limiter> = &limiter::GROUP;
    /// The output.
    output: Fader = &fader::GROUP;
}

//! Tandem Channel: a strip for a track.

use super::Stage;
use super::rack::rack;
use crate::module::compressor::{self, Compressor};
use crate::module::eq::{self, Eq};
use crate::module::input::{self, Input};
use crate::module::output::{self, Output};

rack! {
    /// Tandem Channel's modules, in their order.
    Channel, ChannelSettings, observer: (), reserved_ms: [0.0, 4.0, 6.0],
    /// The input.
    input: Input = &input::GROUP;
    /// The equaliser.
    eq: Stage<Eq> = &eq::GROUP;
    /// The compressor.
    comp: Stage<Compressor> = &compressor::GROUP;
    /// The output.
    output: Output = &output::GROUP;
}

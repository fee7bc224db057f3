//! Tandem Channel: a strip for a track.

use super::rack::rack;
use super::{Rack, Stage};
use crate::module::eq::{self, Eq};
use crate::module::input::{self, Input};
use crate::module::output::{self, Output};

rack! {
    /// Tandem Channel's modules, in their order.
    Channel, ChannelSettings, reserved_ms: [0.0, 1.0, 2.0],
    /// The input.
    input: Input = &input::GROUP,
    /// The equaliser.
    eq: Stage<Eq> = &eq::GROUP,
    /// The output.
    output: Output = &output::GROUP,
}

impl Rack for Channel {
    type Observer = ();
}

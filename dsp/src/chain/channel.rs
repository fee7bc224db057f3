//! Tandem Channel: a strip for a track.

use super::Stage;
use super::rack::rack;
use crate::module::compressor::{self, Compressor};
use crate::module::declick::{self, Declick};
use crate::module::deesser::{self, DeEsser};
use crate::module::demud::{self, Demud};
use crate::module::echo::{self, Echo};
use crate::module::eq::{self, Eq};
use crate::module::gate::{self, Gate};
use crate::module::input::{self, Input};
use crate::module::output::{self, Output};
use crate::module::reverb::{self, Reverb};
use crate::module::rider::{self, Rider};
use crate::module::saturator::{self, Saturator};

rack! {
    /// Tandem Channel's modules.
    Channel, ChannelSettings, observer: (), reserved_ms: [0.0, 4.0, 84.0],
    first {
        /// The input.
        input: Input = &input::GROUP;
    }
    ordered {
        /// The de-click.
        0: declick: Stage<Declick> = &declick::GROUP;
        /// The de-mud.
        1: demud: Stage<Demud> = &demud::GROUP;
        /// The gate.
        2: gate: Stage<Gate> = &gate::GROUP;
        /// The equaliser.
        3: eq: Stage<Eq> = &eq::GROUP;
        /// The de-esser.
        4: deesser: Stage<DeEsser> = &deesser::GROUP;
        /// The compressor.
        5: comp: Stage<Compressor> = &compressor::GROUP;
        /// The saturator.
        6: saturator: Stage<Saturator> = &saturator::GROUP;
        /// The rider.
        7: rider: Stage<Rider> = &rider::GROUP;
        /// The delay.
        8: delay: Stage<Echo> = &echo::GROUP;
        /// The reverb.
        9: reverb: Stage<Reverb> = &reverb::GROUP;
    }
    last {
        /// The output.
        output: Output = &output::GROUP;
    }
}

//! Tandem Master: a stage for the master bus.

use super::Stage;
use super::rack::rack;
use crate::meter::programme::Meter;
use crate::module::compressor::{self, Compressor};
use crate::module::dither::{self, Dither};
use crate::module::eq::{self, LinearEq};
use crate::module::fader::{self, Fader};
use crate::module::imager::{self, Imager};
use crate::module::input::{self, Input};
use crate::module::leveler::{self, Leveler};
use crate::module::limiter::{self, Limiter};
use crate::module::match_eq::{self, MatchEq};
use crate::module::multiband::{self, Multiband};
use crate::module::saturator::{self, Saturator};

rack! {
    /// Tandem Master's modules.
    Master, MasterSettings, observer: Meter, reserved_ms: [0.0, 10.0, 120.0],
    first {
        /// The input.
        input: Input = &input::GROUP;
    }
    ordered {
        /// The equaliser.
        0: eq: Stage<LinearEq> = &eq::GROUP;
        /// Brings the long-term spectrum to a target's.
        1: match_eq: Stage<MatchEq> = &match_eq::GROUP;
        /// Holds the balance of the sections.
        2: leveler: Stage<Leveler> = &leveler::GROUP;
        /// Dynamics by band.
        3: multi: Stage<Multiband> = &multiband::GROUP;
        /// The compressor that holds the mix together.
        4: glue: Stage<Compressor> = &compressor::GLUE, from compressor::glue();
        /// The width of the bands.
        5: imager: Stage<Imager> = &imager::GROUP;
        /// The saturator.
        6: saturator: Stage<Saturator> = &saturator::GROUP;
    }
    last {
        /// The limiter.
        limiter: Stage<Limiter> = &limiter::GROUP;
        /// The output.
        output: Fader = &fader::GROUP;
        /// The step to the bits of a file.
        dither: Stage<Dither> = &dither::GROUP;
    }
}

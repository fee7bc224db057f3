//! What can be set on an equaliser with a choice of phase.

use super::super::{BandSettings, EqSettings};
use crate::LatencyMode;
use crate::control::{Choice, Enumerated, Named, Settings, Visit};

/// What the equaliser does to the phase.
pub static PHASE: Choice = Choice {
    id: "phase",
    name: "Phase",
    options: &[
        Named {
            id: "minimum",
            name: "Minimum",
            help: Some(
                "As analogue equalisers do: what is raised rings on a little, and nothing sounds before its time.",
            ),
        },
        Named {
            id: "linear",
            name: "Linear",
            help: Some(
                "Everything is delayed alike, so that nothing shifts against anything else; steep or narrow bands ring \
                 before a hit as well as after. In Full only; dynamic bands stay minimum phase.",
            ),
        },
    ],
    default: 0,
    automatable: true,
    help: "Minimum phase, or linear phase, which needs the Latency mode Full.",
};

/// See [`PHASE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// What has a magnitude has its least phase.
    #[default]
    Minimum,
    /// Everything is delayed alike.
    Linear,
}

impl Enumerated for Phase {
    const ALL: &'static [Self] = &[Self::Minimum, Self::Linear];
}

impl Phase {
    /// The mode with the least latency in which it works; in the others the phase is minimum.
    pub fn needs(self) -> LatencyMode {
        match self {
            Self::Minimum => LatencyMode::Live,
            Self::Linear => LatencyMode::Full,
        }
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinearEqSettings {
    /// The cuts and the bands.
    pub filters: EqSettings,
    /// [`PHASE`].
    pub phase: Phase,
}

impl Settings for LinearEqSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { filters, phase } = self;
        visitor.choice(phase, &PHASE);
        filters.visit(visitor);
    }
}

impl BandSettings {
    /// Whether its gain follows the level.
    pub fn is_dynamic(&self) -> bool {
        self.on && self.dynamics.on && self.shape.has_gain()
    }
}

impl EqSettings {
    /// Only the dynamic bands.
    pub fn dynamic_part(&self) -> Self {
        let bands = self.bands.map(|band| if band.is_dynamic() { band } else { BandSettings::default() });
        Self { bands, ..Self::default() }
    }

    /// All but the dynamic bands, and of what does nothing its defaults: equal where they do the same.
    pub fn static_part(&self) -> Self {
        let idle = |band: &BandSettings| !band.on || band.shape.has_gain() && band.gain_db == 0.0;
        let bands = self.bands.map(|band| {
            if band.is_dynamic() || idle(&band) {
                BandSettings::default()
            } else {
                BandSettings { dynamics: BandSettings::default().dynamics, ..band }
            }
        });
        let Self { high_pass, low_pass, .. } = *self;
        Self {
            high_pass: if high_pass.on { high_pass } else { Default::default() },
            low_pass: if low_pass.on { low_pass } else { Default::default() },
            bands,
        }
    }
}

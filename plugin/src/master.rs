//! Tandem Master: a mastering stage on the master bus.

use crate::shell::Product;
use nice_plug::prelude::{ClapFeature, Vst3SubCategory};
use tandem_dsp::LatencyMode;
use tandem_dsp::chain::master;

/// See the module.
pub struct Master;

impl Product for Master {
    type Rack = master::Master;

    const NAME: &'static str = "Tandem Master";
    const DESCRIPTION: &'static str = "Mastering stage";
    const CLAP_ID: &'static str = "org.tandem-audio.master";
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Equalizer,
        ClapFeature::Mastering,
        ClapFeature::Mono,
        ClapFeature::Stereo,
    ];
    const VST3_CLASS_ID: [u8; 16] = *b"TandemMasterStge";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx, Vst3SubCategory::Mastering];
    const LATENCY_MODE: LatencyMode = LatencyMode::Mix;
}

//! Tandem Channel: a mixing strip on every track.

use crate::shell::Product;
use nice_plug::prelude::{ClapFeature, Vst3SubCategory};
use tandem_dsp::LatencyMode;
use tandem_dsp::chain::channel;

/// See the module.
pub struct Channel;

impl Product for Channel {
    type Rack = channel::Channel;

    const NAME: &'static str = "Tandem Channel";
    const DESCRIPTION: &'static str = "Channel strip for mixing";
    const CLAP_ID: &'static str = "org.tandem-audio.channel";
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Equalizer,
        ClapFeature::Mixing,
        ClapFeature::Mono,
        ClapFeature::Stereo,
    ];
    const VST3_CLASS_ID: [u8; 16] = *b"TandemChannelStr";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx, Vst3SubCategory::Eq];
    const LATENCY_MODE: LatencyMode = LatencyMode::Live;
}

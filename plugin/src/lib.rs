//! Tandem Channel and Tandem Master as CLAP and VST3 plug-ins.

pub mod edit;
pub mod params;
pub mod telemetry;

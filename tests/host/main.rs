//! The built plug-ins in real hosts.

mod another;
mod bundles;
mod clap;
mod clap_guard;
mod clap_state;
mod latency;
mod linear_phase;
mod memory;
mod presets;
mod python;
mod remote;
mod session;
mod vst3;
mod vst3_host;
mod window;

//! Everything between the framework and the host: our own CLAP entry and VST3 factory, whose objects own the
//! framework's wrapper, guard it against what hosts do and it does not expect, and link the plug-in to its host.

pub(crate) mod buses;
pub mod clap;
mod indication;
pub mod link;
#[cfg(target_os = "linux")]
mod runloop;
pub mod vst3;

/// Called once when a host loads the binary: readies the log.
pub(crate) fn open() {
    nice_plug::wrapper::setup_logger::<crate::shell::Shell<crate::channel::Channel>>();
}

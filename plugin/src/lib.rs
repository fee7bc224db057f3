//! Tandem Channel and Tandem Master as CLAP and VST3 plug-ins: what the binary exports, and the map of this crate.

pub mod channel;
pub mod delivery;
pub mod edit;
pub mod editor;
pub mod engine;
pub mod host;
pub mod master;
pub mod monitor;
pub mod params;
pub mod references;
pub mod shell;
pub mod state;
pub mod targets;
pub mod telemetry;

use channel::Channel;
use clap_sys::entry::clap_plugin_entry;
use host::{clap, vst3};
use master::Master;
use shell::Shell;
use std::ffi::c_void;

/// Where a CLAP host enters.
#[unsafe(no_mangle)]
#[used]
#[allow(non_upper_case_globals)]
pub static clap_entry: clap_plugin_entry = clap::entry();

/// The plug-ins of the CLAP bundle.
static CLAP_CLASSES: [clap::Class; 2] = [clap::Class::of::<Shell<Channel>>(), clap::Class::of::<Shell<Master>>()];

/// Where a VST3 host enters: a new factory, owned by the caller.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    vst3::Factory::new([vst3::Product::of::<Shell<Channel>>(), vst3::Product::of::<Shell<Master>>()]).into_raw()
}

/// Called by a VST3 host after loading the binary.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
pub extern "C" fn ModuleEntry(_library: *mut c_void) -> bool {
    host::open();
    true
}

/// Called by a VST3 host before unloading the binary.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
pub extern "C" fn ModuleExit() -> bool {
    true
}

/// Called by a VST3 host after loading the binary.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(target_os = "macos")]
pub extern "C" fn bundleEntry(_bundle: *mut c_void) -> bool {
    host::open();
    true
}

/// Called by a VST3 host before unloading the binary.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(target_os = "macos")]
pub extern "C" fn bundleExit() -> bool {
    true
}

/// Called by a VST3 host after loading the binary.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(windows)]
pub extern "system" fn InitDll() -> bool {
    host::open();
    true
}

/// Called by a VST3 host before unloading the binary.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(windows)]
pub extern "system" fn ExitDll() -> bool {
    true
}

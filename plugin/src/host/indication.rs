//! CLAP's parameter indication: the host says which parameters it automates, and the editor marks them.

use super::clap::link_of;
use crate::params::Automation;
use clap_sys::color::clap_color;
use clap_sys::ext::param_indication::{
    CLAP_PARAM_INDICATION_AUTOMATION_NONE, CLAP_PARAM_INDICATION_AUTOMATION_PLAYING,
    CLAP_PARAM_INDICATION_AUTOMATION_RECORDING, clap_plugin_param_indication,
};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use std::ffi::c_char;

/// The extension's table.
pub static INDICATION: clap_plugin_param_indication =
    clap_plugin_param_indication { set_mapping: Some(set_mapping), set_automation: Some(set_automation) };

/// Which hardware moves a parameter is the host's to show.
unsafe extern "C" fn set_mapping(
    _: *const clap_plugin,
    _: clap_id,
    _: bool,
    _: *const clap_color,
    _: *const c_char,
    _: *const c_char,
) {
}

unsafe extern "C" fn set_automation(plugin: *const clap_plugin, id: clap_id, state: u32, _: *const clap_color) {
    // SAFETY: the host calls with an instance of this binary's factory.
    let Some(controls) = (unsafe { link_of(plugin) }).and_then(|link| link.controls()) else { return };
    let automation = match state {
        CLAP_PARAM_INDICATION_AUTOMATION_NONE => Automation::None,
        CLAP_PARAM_INDICATION_AUTOMATION_PLAYING | CLAP_PARAM_INDICATION_AUTOMATION_RECORDING => Automation::Active,
        // Present, and overridden by hand.
        _ => Automation::Present,
    };
    controls.set_automation(id, automation);
}

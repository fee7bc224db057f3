//! How the editor changes the sound: every edit goes through here.

use crate::host::link::HostLink;
use crate::params::{Controls, ParamIndex};
use nice_plug::context::gui::GuiContext;
use std::sync::Arc;

/// A way to edit an instance's parameters.
///
/// What a person drags, turns or types is a gesture: `begin`, any number of `set`, `end`; a host in touch or latch mode
/// records it. What changes many parameters at once is a `bulk` edit: the host is told once that values have changed and
/// records nothing.
pub trait Edit {
    /// A gesture on the parameter begins.
    fn begin(&self, index: ParamIndex);
    /// Sets it within a gesture; `value` as in [`Controls::value`].
    fn set(&self, index: ParamIndex, value: f64);
    /// The gesture ends.
    fn end(&self, index: ParamIndex);
    /// Sets all of `changes` as one, where they differ from what stands.
    fn bulk(&self, changes: &[(ParamIndex, f64)]);

    /// A whole gesture with one value: a click, a typed value, a reset.
    fn set_once(&self, index: ParamIndex, value: f64) {
        self.begin(index);
        self.set(index, value);
        self.end(index);
    }
}

/// Edits without a host: for tests and pictures.
pub struct Unhosted(pub Arc<Controls>);

impl Edit for Unhosted {
    fn begin(&self, _: ParamIndex) {}

    fn set(&self, index: ParamIndex, value: f64) {
        self.0.set_quietly(&[(index, value)]);
    }

    fn end(&self, _: ParamIndex) {}

    fn bulk(&self, changes: &[(ParamIndex, f64)]) {
        self.0.set_quietly(changes);
    }
}

/// Edits of an instance in a host, while its editor is open.
pub struct Hosted {
    controls: Arc<Controls>,
    gui: GuiContext,
    link: Arc<HostLink>,
}

impl Hosted {
    /// Edits `controls`: gestures through the framework's `gui`, bulk edits by way of `link`.
    pub fn new(controls: Arc<Controls>, gui: GuiContext, link: Arc<HostLink>) -> Self {
        Self { controls, gui, link }
    }
}

impl Edit for Hosted {
    fn begin(&self, index: ParamIndex) {
        // SAFETY: the pointer is to a parameter of this instance, whose controls are alive here.
        unsafe { self.gui.raw_begin_set_parameter(self.controls.pointer(index)) }
    }

    fn set(&self, index: ParamIndex, value: f64) {
        let normalized = self.controls.control(index).to_normalized(value) as f32;
        // SAFETY: as above.
        unsafe { self.gui.raw_set_parameter_normalized(self.controls.pointer(index), normalized) }
    }

    fn end(&self, index: ParamIndex) {
        // SAFETY: as above.
        unsafe { self.gui.raw_end_set_parameter(self.controls.pointer(index)) }
    }

    fn bulk(&self, changes: &[(ParamIndex, f64)]) {
        bulk(&self.link, changes);
    }
}

/// Ways from 0 to 1 that differ by less are the same value: a parameter's f32 holds no more.
const SAME: f64 = 1e-6;

/// The quiet bulk edit of an instance: sets those of `changes` that differ from what stands, as one, and tells the host
/// once. It works with a closed editor too. Any thread but the audio thread.
pub fn bulk(link: &HostLink, changes: &[(ParamIndex, f64)]) {
    let Some(controls) = link.controls() else { return };
    let differs = |(index, value): &&(ParamIndex, f64)| {
        let wanted = controls.control(*index).to_normalized(*value);
        (wanted - controls.normalized(*index)).abs() > SAME
    };
    let changes: Vec<_> = changes.iter().filter(differs).copied().collect();
    if !changes.is_empty() {
        controls.set_quietly(&changes);
        link.values_changed();
    }
}

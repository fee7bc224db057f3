//! How the editor changes the sound: every edit goes through here.

use crate::host::link::HostLink;
use crate::params::{Control, Controls, ParamIndex};
use nice_plug::context::gui::GuiContext;
use std::sync::Arc;
use tandem_dsp::control::{Scale, Unit};

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

    /// As [`bulk`](Self::bulk), for other settings altogether: another slot, a preset. The sound goes over to them
    /// without a click, however much they differ.
    fn leap(&self, changes: &[(ParamIndex, f64)]) {
        self.bulk(changes);
    }

    /// What the session stores beside the parameters has changed, such as what is in a slot.
    fn state_changed(&self) {}

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

    fn leap(&self, changes: &[(ParamIndex, f64)]) {
        leap_or_glide(&self.0, changes);
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

    fn leap(&self, changes: &[(ParamIndex, f64)]) {
        leap(&self.link, changes);
    }

    fn state_changed(&self) {
        self.link.values_changed();
    }
}

/// The quiet bulk edit of an instance: sets those of `changes` that differ from what stands, as one, and tells the host
/// once. It works with a closed editor too. Any thread but the audio thread.
pub fn bulk(link: &HostLink, changes: &[(ParamIndex, f64)]) {
    quietly(link, changes, Controls::set_quietly);
}

/// As [`bulk`], for other settings altogether; see [`Edit::leap`].
pub fn leap(link: &HostLink, changes: &[(ParamIndex, f64)]) {
    quietly(link, changes, leap_or_glide);
}

fn leap_or_glide(controls: &Controls, changes: &[(ParamIndex, f64)]) {
    if is_far(controls, changes) {
        controls.leap_quietly(changes);
    } else {
        controls.set_quietly(changes);
    }
}

fn quietly(link: &HostLink, changes: &[(ParamIndex, f64)], set: impl FnOnce(&Controls, &[(ParamIndex, f64)])) {
    let Some(controls) = link.controls() else { return };
    let changes: Vec<_> = changes.iter().filter(|(index, value)| !controls.is_at(*index, *value)).copied().collect();
    if !changes.is_empty() {
        set(controls, &changes);
        link.values_changed();
    }
}

/// What all changes together may come to so that gliding there makes no sound of its own (see `tandem_dsp::smooth`): of
/// levels, of times and ratios, and of the whole way of a control that counts something else.
const NEAR_DB: f64 = 6.0;
const NEAR_OCTAVES: f64 = 1.0;
const NEAR_WAY: f64 = 0.1;

/// Whether `changes` are too large to glide to from what stands: one that has no way between, or too much in all.
pub fn is_far(controls: &Controls, changes: &[(ParamIndex, f64)]) -> bool {
    let mut way = 0.0;
    for (index, value) in changes {
        let before = controls.base(*index);
        way += match controls.control(*index) {
            Control::Dial(dial) if dial.unit == Unit::Decibels => (value - before).abs() / NEAR_DB,
            // A narrow filter that moves by little changes what it is tuned to by much.
            Control::Dial(dial) if matches!(dial.unit, Unit::Hertz | Unit::Plain) => {
                if controls.is_at(*index, *value) {
                    continue;
                }
                return true;
            }
            Control::Dial(dial) if dial.scale == Scale::Log => (value / before).log2().abs() / NEAR_OCTAVES,
            control @ Control::Dial(_) => {
                (control.to_normalized(*value) - control.to_normalized(before)).abs() / NEAR_WAY
            }
            Control::Choice(_) | Control::Switch(_) | Control::Sequence(_) if controls.is_at(*index, *value) => 0.0,
            Control::Choice(_) | Control::Switch(_) | Control::Sequence(_) => return true,
        };
    }
    way > 1.0
}

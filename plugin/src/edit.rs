//! How the editor changes the sound: every edit goes through here.

use crate::params::{Controls, ParamIndex};
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

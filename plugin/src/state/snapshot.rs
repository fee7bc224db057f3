//! The sound of an instance, set down.

use super::migrate::{accept, to_stored};
use crate::params::{Control, Controls, ParamIndex};
use crate::shell::BYPASS;
use nice_plug::plugin::ParamValue;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;
use tandem_dsp::processor::LATENCY_MODE;

/// A value of every parameter that belongs to the sound. Bypass and Latency do not: they are how an instance is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    values: Arc<[(ParamIndex, f64)]>,
}

/// Whether the parameter belongs to the sound.
pub fn belongs_to_the_sound(controls: &Controls, index: ParamIndex) -> bool {
    match controls.control(index) {
        Control::Dial(_) | Control::Sequence(_) => true,
        Control::Choice(choice) => !ptr::eq(choice, &LATENCY_MODE),
        Control::Switch(switch) => !ptr::eq(switch, &BYPASS),
    }
}

impl Snapshot {
    /// Of what `value` says of each parameter of `controls`.
    pub fn of(controls: &Controls, value: impl Fn(ParamIndex) -> f64) -> Self {
        let sound = controls.all().filter(|index| belongs_to_the_sound(controls, *index));
        Self { values: sound.map(|index| (index, value(index))).collect() }
    }

    /// Of what stands.
    pub fn take(controls: &Controls) -> Self {
        Self::of(controls, |index| controls.base(index))
    }

    /// Of what stands; but where that is a value of `before` as closely as a parameter can tell, of that.
    pub fn retake(controls: &Controls, before: &Self) -> Self {
        let kept = |index| before.value(index).filter(|value| controls.is_at(index, *value));
        Self::of(controls, |index| kept(index).unwrap_or_else(|| controls.base(index)))
    }

    /// Its values, in the order of the parameters.
    pub fn values(&self) -> &[(ParamIndex, f64)] {
        &self.values
    }

    /// Its value of a parameter, if that belongs to the sound.
    pub fn value(&self, index: ParamIndex) -> Option<f64> {
        let place = self.values.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(self.values[place].1)
    }

    /// What differs from a fresh instance, by id, as the framework stores it.
    pub fn to_stored(&self, controls: &Controls) -> BTreeMap<String, ParamValue> {
        let stored = self.values.iter().filter_map(|(index, value)| {
            let control = controls.control(*index);
            let (value, fresh) = (to_stored(control, *value), to_stored(control, controls.default(*index)));
            let differs = serde_json::to_string(&value).ok() != serde_json::to_string(&fresh).ok();
            differs.then(|| (controls.id(*index).to_string(), value))
        });
        stored.collect()
    }

    /// The inverse: what is missing or no value is a fresh instance's; what is unknown is ignored.
    pub fn from_stored(controls: &Controls, stored: &BTreeMap<String, ParamValue>) -> Self {
        Self::of(controls, |index| {
            let value = stored.get(controls.id(index)).and_then(|value| accept(controls.control(index), value));
            value.map_or_else(|| controls.default(index), |value| from_stored(controls.control(index), &value))
        })
    }
}

/// A control's value out of one that is of its own type.
fn from_stored(control: Control, value: &ParamValue) -> f64 {
    match (control, value) {
        (Control::Dial(dial), ParamValue::F32(way)) => {
            dial.scale.from_way(f64::from(*way)).clamp(dial.range.0, dial.range.1)
        }
        (_, ParamValue::I32(option)) => f64::from(*option),
        (_, ParamValue::Bool(on)) => f64::from(u8::from(*on)),
        _ => 0.0,
    }
}

//! What becomes of a loaded state before it is applied.

use crate::params::{Control, Controls};
use nice_plug::plugin::{ParamValue, PluginState};
use tandem_dsp::order::CODES;

/// Makes a loaded state whole before it is applied: each parameter of `controls` has a value of its own type and range;
/// one that is missing or is no value gets its default.
pub fn complete(state: &mut PluginState, controls: &Controls) {
    let params = controls
        .all()
        .map(|index| {
            let id = controls.id(index).to_string();
            let loaded = state.params.get(&id).and_then(|value| accept(controls.control(index), value));
            let value = loaded.unwrap_or_else(|| to_stored(controls.control(index), controls.default(index)));
            (id, value)
        })
        .collect();
    state.params = params;
}

/// A stored value, brought into the control's range, or `None` if it is no value of it.
pub(super) fn accept(control: Control, value: &ParamValue) -> Option<ParamValue> {
    match (control, value) {
        (Control::Dial(dial), ParamValue::F32(way)) if way.is_finite() => {
            let (low, high) = (dial.scale.to_way(dial.range.0) as f32, dial.scale.to_way(dial.range.1) as f32);
            Some(ParamValue::F32(way.clamp(low, high)))
        }
        (Control::Choice(choice), ParamValue::I32(index)) => {
            Some(ParamValue::I32((*index).clamp(0, choice.options.len() as i32 - 1)))
        }
        (Control::Sequence(_), ParamValue::I32(code)) => Some(ParamValue::I32((*code).clamp(0, CODES as i32 - 1))),
        (Control::Switch(_), ParamValue::Bool(on)) => Some(ParamValue::Bool(*on)),
        _ => None,
    }
}

/// A control's value as the framework stores it.
pub(super) fn to_stored(control: Control, value: f64) -> ParamValue {
    match control {
        Control::Dial(dial) => ParamValue::F32(dial.scale.to_way(value) as f32),
        Control::Choice(_) | Control::Sequence(_) => ParamValue::I32(value.round() as i32),
        Control::Switch(_) => ParamValue::Bool(value >= 0.5),
    }
}

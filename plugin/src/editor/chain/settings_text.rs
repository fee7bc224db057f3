//! A module's settings as text, to copy from one instance or module to another: a line for each control with its id and
//! its value, to the last digit.

use super::super::session::Session;
use crate::params::{Control, ParamIndex};
use tandem_dsp::control::Group;

/// Between a control's id and its value.
const EQUALS: &str = " = ";

/// The module's controls that are copied and reset: all but its switch, which says whether it is heard, not how it is
/// set.
fn controls<'a>(session: &'a Session, module: &'static Group) -> impl Iterator<Item = ParamIndex> + use<'a> {
    let power = session.power(module);
    session.controls.module(module).filter(move |index| Some(*index) != power)
}

/// A control's id without its module's.
fn own_id<'a>(session: &'a Session, module: &Group, index: ParamIndex) -> &'a str {
    let id = session.controls.id(index);
    id.strip_prefix(module.id).and_then(|id| id.strip_prefix('_')).unwrap_or(id)
}

/// The settings of `module`.
pub fn print(session: &Session, module: &'static Group) -> String {
    let value = |index| match session.controls.control(index) {
        // As many digits as a parameter's f32 has.
        Control::Dial(_) => (session.value(index) as f32).to_string(),
        _ => session.text(index),
    };
    controls(session, module)
        .map(|index| format!("{}{EQUALS}{}\n", own_id(session, module, index), value(index)))
        .collect()
}

/// What `text` sets of `module`; `None` if it is of another kind of module, or no settings.
pub fn parse(session: &Session, module: &'static Group, text: &str) -> Option<Vec<(ParamIndex, f64)>> {
    let change = |line: &str| {
        let (id, value) = line.split_once(EQUALS)?;
        let index = controls(session, module).find(|index| own_id(session, module, *index) == id)?;
        Some((index, session.controls.control(index).parse(value)?))
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let changes: Option<Vec<_>> = lines.map(change).collect();
    changes.filter(|changes| !changes.is_empty())
}

/// The settings of a fresh instance.
pub fn defaults(session: &Session, module: &'static Group) -> Vec<(ParamIndex, f64)> {
    controls(session, module).map(|index| (index, session.controls.default(index))).collect()
}

//! What makes one sound differ from another, in words.

use super::snapshot::Snapshot;
use crate::params::{Control, Controls, ParamIndex};
use tandem_dsp::control::{ON, Unit};

/// A parameter that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which one.
    pub index: ParamIndex,
    /// Its value in the one sound.
    pub ours: f64,
    /// Its value in the other.
    pub theirs: f64,
    /// The other's in words: "EQ 3 Gain +2.1 dB at 240 Hz".
    pub text: String,
    /// Whether it can be heard: not what belongs to something that is off on both sides.
    pub heard: bool,
}

/// Each parameter in which `theirs` differs from `ours` as people read them; what can be heard first.
pub fn lines(controls: &Controls, ours: &Snapshot, theirs: &Snapshot) -> Vec<Line> {
    let line = |&(index, theirs_is): &(ParamIndex, f64)| {
        let (control, ours_is) = (controls.control(index), ours.value(index)?);
        let differs = control.print(ours_is) != control.print(theirs_is);
        differs.then(|| Line {
            index,
            ours: ours_is,
            theirs: theirs_is,
            text: words(controls, index, theirs),
            heard: is_on(controls, index, ours) || is_on(controls, index, theirs),
        })
    };
    let mut lines: Vec<_> = theirs.values().iter().filter_map(line).collect();
    lines.sort_by_key(|line| !line.heard);
    lines
}

/// "EQ 3 Gain +2.1 dB at 240 Hz": name, value, and where in the spectrum, for what is somewhere there.
fn words(controls: &Controls, index: ParamIndex, of: &Snapshot) -> String {
    let text = of.value(index).map(|value| told(controls, index, value, " ")).unwrap_or_default();
    match place(controls, index).and_then(|place| Some((place, of.value(place)?))) {
        Some((place, freq_hz)) => format!("{text} at {}", controls.control(place).print(freq_hz)),
        None => text,
    }
}

/// "Comp Ratio 4.00:1", with `between` name and value; "Comp on" and "Input Flip L off" of switches.
pub(super) fn told(controls: &Controls, index: ParamIndex, value: f64, between: &str) -> String {
    let (control, name) = (controls.control(index), controls.name(index));
    let value = control.print(value);
    match control {
        Control::Switch(switch) if switch.name == ON.name => {
            format!("{} {}", controls.group_of(index).name, value.to_lowercase())
        }
        Control::Switch(_) => format!("{name} {}", value.to_lowercase()),
        _ => format!("{name}{between}{value}"),
    }
}

/// The id, within its group, of the frequency at which all of the group works.
const FREQUENCY_ID: &str = "freq";

/// That frequency of the group that `index` belongs to, if there is one and it is another parameter.
fn place(controls: &Controls, index: ParamIndex) -> Option<ParamIndex> {
    let place = controls.find(&format!("{}_{FREQUENCY_ID}", controls.group_of(index).id))?;
    let is_frequency = matches!(controls.control(place), Control::Dial(dial) if dial.unit == Unit::Hertz);
    (is_frequency && place != index).then_some(place)
}

/// Whether everything that `index` belongs to is on. A switch belongs to what is around it.
fn is_on(controls: &Controls, index: ParamIndex, of: &Snapshot) -> bool {
    let group = controls.group_of(index).id;
    controls.groups().iter().all(|around| {
        let inside = group == around.id || group.strip_prefix(around.id).is_some_and(|rest| rest.starts_with('_'));
        let switch = controls.find(&format!("{}_on", around.id)).filter(|switch| *switch != index);
        !inside || switch.and_then(|switch| of.value(switch)).is_none_or(|on| on >= 0.5)
    })
}

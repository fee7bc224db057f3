//! Presets and parameters: what a preset sets, and the preset that the parameters make.
//!
//! A preset's text is read by [`tandem_presets`]; here its names meet the controls. A preset is whole or refused, and
//! nothing is set before all of it has been read.

mod standing;

pub use standing::{Base, Standing, StoredStanding};

use super::locks::Locks;
use crate::params::{Control, Controls, ParamIndex};
use crate::shell::{self, BYPASS};
use tandem_presets::{Fault, Preset, Setting};

/// What loading `preset`, which comes from `file`, sets: every parameter that presets know and `locks` do not keep, those
/// that it does not name to their defaults.
pub fn values(preset: &Preset, file: &str, controls: &Controls, locks: Locks) -> Result<Vec<(ParamIndex, f64)>, Fault> {
    let mut values: Vec<_> = controls.all().map(|index| controls.default(index)).collect();
    let places: Vec<_> = controls.all().collect();
    for setting in &preset.settings {
        let (index, value) =
            value(setting, controls).map_err(|text| Fault { file: file.to_string(), line: setting.line, text })?;
        if let Some(place) = places.iter().position(|other| *other == index) {
            values[place] = value;
        }
    }
    let all = places.into_iter().zip(values);
    Ok(all.filter(|(index, _)| in_presets(controls, *index) && !locks.keep(controls, *index)).collect())
}

/// The preset of `plugin` ("channel") that the parameters make as they stand: what differs from a fresh instance.
pub fn capture(plugin: &str, controls: &Controls) -> Preset {
    let differs =
        |index: &ParamIndex| in_presets(controls, *index) && !controls.is_at(*index, controls.default(*index));
    let settings = controls.all().filter(differs).map(|index| Setting {
        line: 0,
        parameter: controls.name(index).to_string(),
        value: print(controls.control(index), controls.base(index)),
    });
    Preset { plugin: plugin.to_string(), settings: settings.collect(), ..Preset::default() }
}

/// Whether the parameters stand otherwise than `values`.
pub fn differ(controls: &Controls, values: &[(ParamIndex, f64)]) -> bool {
    values.iter().any(|(index, value)| !controls.is_at(*index, *value))
}

/// Whether presets know the parameter. Bypass is the host's.
fn in_presets(controls: &Controls, index: ParamIndex) -> bool {
    !(controls.group_of(index).id == shell::GROUP.id && controls.id(index) == BYPASS.id)
}

/// A value so that it comes back as it was.
fn print(control: Control, value: f64) -> String {
    match control {
        Control::Dial(dial) => dial.print_exactly(value),
        _ => control.print(value),
    }
}

/// The parameter that a line sets, and to what; or what is wrong with the line.
fn value(setting: &Setting, controls: &Controls) -> Result<(ParamIndex, f64), String> {
    let Setting { parameter, value: text, .. } = setting;
    let index = controls.find_name(parameter).ok_or_else(|| format!("There is no parameter \"{parameter}\"."))?;
    let (name, control) = (controls.name(index), controls.control(index));
    if !in_presets(controls, index) {
        return Err(format!("\"{name}\" is the host's and in no preset."));
    }
    let wanted = || match control {
        Control::Dial(dial) => format!("{} to {}", dial.print(dial.range.0), dial.print(dial.range.1)),
        Control::Choice(choice) => choice.options.iter().map(|option| option.name).collect::<Vec<_>>().join(", "),
        control => format!("{} or {}", control.print(0.0), control.print(1.0)),
    };
    let value = match control {
        // The ends as they are printed may lie a little beyond the range.
        Control::Dial(dial) => dial.parse_beyond(text).filter(|value| {
            let way = |value: f64| dial.scale.to_way(value);
            let (low, high) = (way(dial.range.0), way(dial.range.1));
            let slack = 1e-3 * (high - low);
            (low - slack..=high + slack).contains(&way(*value))
        }),
        _ => control.parse(text),
    };
    let value = value.ok_or_else(|| format!("\"{text}\" is no value of \"{name}\", which takes {}.", wanted()))?;
    Ok((index, control.from_normalized(control.to_normalized(value))))
}

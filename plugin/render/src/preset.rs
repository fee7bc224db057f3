//! Presets of a plug-in that is loaded as a host loads it: by name from its library, or from a file.
//!
//! The text of a preset is [`tandem_presets`]'; the plug-in reads the values as it reads typed ones.

use crate::host::{Event, Params, Plugin, or_list};
use anyhow::{Context, Result, anyhow, bail};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tandem_presets::folder::{self, Folder};
use tandem_presets::{Entry, Preset, Setting, factory, short_name};

/// Gives `plugin` the preset called `name`, or the one in the file of that name; everything that the preset does not
/// name goes to its default.
pub fn apply(plugin: &mut Plugin, name: &str) -> Result<()> {
    let (preset, file) = find(plugin, name)?;
    let mut events = defaults(plugin.params());
    for setting in &preset.settings {
        let event = plugin.event(&setting.parameter, &setting.value, 0);
        events.push(event.map_err(|error| anyhow!("{file}, line {}: {error:#}", setting.line))?);
    }
    plugin.flush(&events)
}

/// The preset that a name or a path stands for, and what to call it in an error.
fn find(plugin: &Plugin, name: &str) -> Result<(Preset, String)> {
    let (path, own) = (Path::new(name), short_name(&plugin.description().name));
    if path.is_file() {
        let bytes = std::fs::read(path).with_context(|| format!("cannot open {}", path.display()))?;
        return Ok((Preset::read(&bytes, name, &own)?, name.to_string()));
    }
    let entries = library(&own);
    match entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name.trim())) {
        Some(entry) => Ok((entry.content.clone()?, entry.name.clone())),
        None => {
            let names: Vec<_> = entries.iter().map(|entry| format!("\"{}\"", entry.name)).collect();
            let presets = or_list(&names);
            let of = &plugin.description().name;
            bail!("There is no preset \"{name}\" of {of}, and no file of that name. Presets: {presets}.")
        }
    }
}

/// The factory's presets of `plugin` ("channel") and the user's.
fn library(plugin: &str) -> Vec<Entry> {
    match folder::of_user() {
        Some(presets) => Folder::new(&presets, plugin).list(&AtomicBool::new(false)).entries,
        None => folder::factory_entries(plugin),
    }
}

/// The names of the factory's presets of `plugin` ("channel").
pub fn factory_names(plugin: &str) -> Result<Vec<String>> {
    Ok(factory::presets(plugin)?.into_iter().map(|preset| preset.name).collect())
}

/// The preset file that `plugin`'s current values make: what differs from the defaults.
pub fn write(plugin: &mut Plugin) -> Result<String> {
    let mut preset = Preset { plugin: short_name(&plugin.description().name), ..Preset::default() };
    for param in plugin.params().to_vec() {
        let value = plugin.value(param.id)?;
        if value != param.default {
            let value = plugin.text(param.id, value)?;
            preset.settings.push(Setting { line: 0, parameter: param.name, value });
        }
    }
    Ok(preset.write())
}

fn defaults(params: &Params) -> Vec<Event> {
    params.iter().map(|param| Event { frame: 0, param: param.id, value: param.default }).collect()
}

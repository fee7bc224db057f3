//! Presets as readable text.
//!
//! ```text
//! tandem-preset 1
//! plugin = channel
//! EQ HP On = On
//! EQ HP Frequency = 90 Hz
//! ```
//! The first line names format and version; `plugin` is the last word of the plug-in's name. Then a parameter a line,
//! by name, as the plug-in writes it; what is not named is at its default. Lines that start with # do not count.

use crate::host::{Event, Params, Plugin, or_list};
use anyhow::{Context, Result, anyhow, bail};
use std::path::Path;

/// The first line of a preset file.
pub const HEADER: &str = "tandem-preset 1";

/// The preset that every plug-in has: everything at its default.
pub const INIT: &str = "Init";

/// Gives `plugin` the preset called `name`, or the one in the file of that name; everything that the preset does not
/// name goes to its default.
pub fn apply(plugin: &mut Plugin, name: &str) -> Result<()> {
    let mut events = defaults(plugin.params());
    let path = Path::new(name);
    if path.is_file() {
        events.extend(read(plugin, path)?);
    } else if !name.eq_ignore_ascii_case(INIT) {
        let presets = or_list(&[format!("\"{INIT}\"")]);
        bail!(
            "There is no preset \"{name}\" of {}, and no file of that name. Presets: {presets}.",
            plugin.description().name
        );
    }
    plugin.flush(&events)
}

/// The preset file that `plugin`'s current values make: what differs from the defaults.
pub fn write(plugin: &mut Plugin) -> Result<String> {
    let mut text = format!("{HEADER}\nplugin = {}\n", short_name(plugin));
    for param in plugin.params().to_vec() {
        let value = plugin.value(param.id)?;
        if value != param.default {
            text += &format!("{} = {}\n", param.name, plugin.text(param.id, value)?);
        }
    }
    Ok(text)
}

/// The events that a preset file stands for.
fn read(plugin: &mut Plugin, path: &Path) -> Result<Vec<Event>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot open {}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("{} is no preset: it is no text.", path.display()))?;
    let at = |line: usize| format!("{}, line {}", path.display(), line + 1);
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    match lines.next() {
        Some((_, first)) if first.trim() == HEADER => {}
        Some((_, first)) if first.starts_with("tandem-preset") => {
            bail!("{} is a \"{}\"; this version of Tandem reads \"{HEADER}\".", path.display(), first.trim())
        }
        _ => bail!("{} is no preset: its first line is not \"{HEADER}\".", path.display()),
    }
    let mut events = Vec::new();
    let mut of_plugin = false;
    for (number, line) in lines {
        let Some((name, value)) = line.split_once('=') else {
            bail!("{}: \"{line}\" is not of the form `name = value`.", at(number));
        };
        let (name, value) = (name.trim(), value.trim());
        if name == "plugin" {
            let own = short_name(plugin);
            if !value.eq_ignore_ascii_case(&own) {
                bail!("{} is a preset of Tandem's {value} and not of its {own}.", path.display());
            }
            of_plugin = true;
        } else {
            events.push(plugin.event(name, value, 0).map_err(|error| anyhow!("{}: {error:#}", at(number)))?);
        }
    }
    if !of_plugin {
        bail!(
            "{} does not say which plug-in it is for: it lacks a line `plugin = {}`.",
            path.display(),
            short_name(plugin)
        );
    }
    Ok(events)
}

fn defaults(params: &Params) -> Vec<Event> {
    params.iter().map(|param| Event { frame: 0, param: param.id, value: param.default }).collect()
}

/// "channel" of "Tandem Channel".
fn short_name(plugin: &Plugin) -> String {
    plugin.description().name.rsplit(' ').next().unwrap_or_default().to_lowercase()
}

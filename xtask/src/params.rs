//! `cargo xtask params`: the parameters as the built plug-in reports them.

use crate::bundle;
use anyhow::Result;
use clap::Args;
use serde_json::json;
use tandem_render::cli::Which;
use tandem_render::host::{self, Bundle};

/// Lists the parameters of the built plug-in.
#[derive(Args)]
pub struct Params {
    /// Which plug-in.
    #[arg(long, value_enum)]
    plugin: Which,
    /// As JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Does what the command line says.
pub fn run(command: &Params) -> Result<()> {
    if host::locate().is_err() {
        bundle::build("release")?;
    }
    let mut plugin = Bundle::find()?.open(command.plugin.name())?;
    let mut rows = Vec::new();
    for param in plugin.params().to_vec() {
        let [low, high, default] = [param.range.0, param.range.1, param.default].map(|v| plugin.text(param.id, v));
        rows.push((param, low?, high?, default?));
    }
    if command.json {
        let list: Vec<_> = rows
            .iter()
            .map(|(param, low, high, default)| {
                json!({
                    "name": param.name, "group": param.group, "id": param.id.get(),
                    "lowest": low, "highest": high, "default": default,
                    "stepped": param.stepped, "automatable": param.automatable, "bypass": param.bypass,
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&list)?);
        return Ok(());
    }
    println!("{:<24} {:>14} {:>14} {:>14}  {:<10}", "name", "lowest", "highest", "default", "kind");
    for (param, low, high, default) in rows {
        let kind = match (param.stepped, param.automatable) {
            (true, true) => "stepped",
            (true, false) => "stepped, not automatable",
            (false, true) => "",
            (false, false) => "not automatable",
        };
        println!("{:<24} {low:>14} {high:>14} {default:>14}  {kind}", param.name);
    }
    Ok(())
}

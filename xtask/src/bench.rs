//! `cargo xtask bench`: what a stereo frame costs, beside a row that every machine can be compared by.

use crate::project::{cargo, root, succeed, target};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tandem_render::output;

/// Measures the cost of every module and of the everyday chains, in ns per stereo frame at 48 kHz in blocks of 256.
#[derive(Args)]
pub struct Bench {
    /// Only benches whose file name contains this: chain, compressor, meter, ...
    filter: Option<String>,
    /// JSON file to write the rows to.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

/// The row that the others are set in proportion to. Every bench measures it itself, so that both figures of a ratio
/// come from the same minute.
const REFERENCE: &str = "biquad crate, 6 bands";

/// Seconds a row: long enough for a median within a few per cent on a quiet machine.
const WARM_UP_S: &str = "0.5";
const MEASUREMENT_S: &str = "2";

/// A measured row.
#[derive(Serialize)]
struct Row {
    /// The bench that it belongs to.
    bench: String,
    name: String,
    /// Median time per stereo frame.
    ns_per_frame: f64,
    /// `ns_per_frame` over the reference row's in the same bench.
    times_biquad_row: Option<f64>,
}

/// Does what the command line says.
pub fn run(command: &Bench) -> Result<()> {
    if let Some(path) = &command.json {
        output::check(path, command.force)?;
    }
    let names = names()?;
    let chosen: Vec<_> = match &command.filter {
        Some(part) => names.iter().filter(|name| name.contains(part)).collect(),
        None => names.iter().collect(),
    };
    if chosen.is_empty() {
        bail!(
            "No bench has \"{}\" in its name. Benches: {}.",
            command.filter.as_deref().unwrap_or(""),
            names.join(", ")
        );
    }
    let mut rows = Vec::new();
    for name in chosen {
        let start = SystemTime::now();
        succeed(cargo().args(["bench", "--quiet", "--package", "tandem-dsp", "--bench", name, "--"]).args([
            "--warm-up-time",
            WARM_UP_S,
            "--measurement-time",
            MEASUREMENT_S,
        ]))?;
        rows.extend(read(name, &target()?.join("criterion"), start)?);
    }
    print(&rows);
    if let Some(path) = &command.json {
        output::write(path, command.force, |file| Ok(serde_json::to_writer_pretty(file, &rows)?))?;
    }
    Ok(())
}

/// The benches' names: the files beside `support.rs`.
fn names() -> Result<Vec<String>> {
    let folder = root().join("dsp/benches");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && stem != "support" {
            names.push(stem);
        }
    }
    names.sort();
    Ok(names)
}

/// Criterion's description of a row.
#[derive(Deserialize)]
struct Described {
    title: String,
}

/// Criterion's result of a row, as far as it matters here: ns an iteration, which is a frame.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// The rows that Criterion has written since `start`, in the order in which they were measured.
fn read(bench: &str, folder: &Path, start: SystemTime) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let row = entry?.path().join("new");
        let Ok(written) = std::fs::metadata(row.join("estimates.json")).and_then(|file| file.modified()) else {
            continue;
        };
        if written >= start {
            let described: Described = parse(&row.join("benchmark.json"))?;
            let estimates: Estimates = parse(&row.join("estimates.json"))?;
            found.push((written, described.title, estimates.median.point_estimate));
        }
    }
    found.sort_by_key(|(written, ..)| *written);
    let reference = found.iter().find(|(_, name, _)| name == REFERENCE).map(|(.., ns)| *ns);
    let row = |(_, name, ns_per_frame): (SystemTime, String, f64)| Row {
        bench: bench.to_string(),
        name,
        ns_per_frame,
        times_biquad_row: reference.map(|reference| ns_per_frame / reference),
    };
    Ok(found.into_iter().map(row).collect())
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what Criterion writes", path.display()))
}

fn print(rows: &[Row]) {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut bench = "";
    for row in rows {
        if row.bench != bench {
            bench = &row.bench;
            println!("\n{bench:<width$}  ns/frame  x biquad row");
        }
        let ratio = row.times_biquad_row.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        println!("{:<width$}  {:>8.2}  {ratio:>12}", row.name, row.ns_per_frame);
    }
}

//! Automation out of a CSV file: rows of seconds, parameter name, value as text.
//!
//! ```csv
//! # lines that start with # and empty lines do not count; a first row "seconds,parameter,value" neither
//! 0,     Input Trim,    0 dB
//! 12.86, Output Fader, -6 dB
//! ```
//! A row holds from its time on; the plug-in glides there by itself. Rows may come in any order.

use crate::host::{Event, Plugin};
use anyhow::{Context, Result, anyhow, bail};
use std::path::Path;

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When, in seconds from the start of the audio.
    pub seconds: f64,
    /// The parameter's name.
    pub parameter: String,
    /// Its value as text.
    pub value: String,
    /// Line in the file, from 1; 0 for a row that comes from none.
    pub line: u64,
}

impl Row {
    /// A row that comes from no file.
    pub fn new(seconds: f64, parameter: &str, value: impl Into<String>) -> Self {
        Self { seconds, parameter: parameter.to_string(), value: value.into(), line: 0 }
    }
}

/// Reads a file's rows, in the order of their times. Errors name the file and the line.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    let text = std::fs::read(path).with_context(|| format!("cannot open {}", path.display()))?;
    let text = String::from_utf8(text).map_err(|_| anyhow!("{} is no text file.", path.display()))?;
    parse(&text).map_err(|error| anyhow!("{}, {error:#}", path.display()))
}

/// The rows of a file's text, in the order of their times.
fn parse(text: &str) -> Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| anyhow!("{error}"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let [seconds, parameter, value] = record.iter().collect::<Vec<_>>()[..] else {
            bail!(
                "line {line}: {} field(s) where there should be three: seconds,parameter name,value. A value with a comma goes in quotes.",
                record.len()
            );
        };
        if index == 0 && seconds.eq_ignore_ascii_case("seconds") {
            continue;
        }
        let time = seconds.parse::<f64>().ok().filter(|time| time.is_finite() && *time >= 0.0);
        let seconds = time.with_context(|| format!("line {line}: \"{seconds}\" is no time in seconds"))?;
        rows.push(Row { seconds, parameter: parameter.to_string(), value: value.to_string(), line });
    }
    rows.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(rows)
}

/// The rows, in any order, as events in the order of their times at `rate` Hz. `source` is where they come from, for the errors.
pub fn events(plugin: &mut Plugin, rows: &[Row], rate: f64, source: &str) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = rows
        .iter()
        .map(|row| {
            let place = || if row.line > 0 { format!("{source}, line {}", row.line) } else { source.to_string() };
            let frame = (row.seconds * rate).round() as usize;
            let event =
                plugin.event(&row.parameter, &row.value, frame).map_err(|error| anyhow!("{}: {error:#}", place()))?;
            let param = plugin.params().iter().find(|param| param.id == event.param);
            if let Some(param) = param.filter(|param| !param.automatable) {
                bail!("{}: \"{}\" cannot be automated. Set it once, with --set.", place(), param.name);
            }
            Ok(event)
        })
        .collect::<Result<_>>()?;
    events.sort_by_key(|event| event.frame);
    Ok(events)
}

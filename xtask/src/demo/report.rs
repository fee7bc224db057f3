//! What the report says, in words and figures; how it looks is the page's business.

use super::pictures::Picture;
use tandem_render::measure::{Measured, band_db, part};
use tandem_render::session::{Channelled, Goal, Mastered, Mended, Mix, Setting, Translated};
use tandem_render::song::{Kind, Section};

/// All there is to report.
pub struct Report<'a> {
    /// What was mixed: "the demo song".
    pub title: String,
    /// The mix and its stems.
    pub mix: &'a Mix,
    /// The master.
    pub master: &'a Mastered,
    /// Where it was to end.
    pub goal: Goal,
    /// Verses and choruses, where they are known.
    pub sections: &'a [Section],
    /// What became of the lead's known faults, where they are known.
    pub mended: Option<Mended>,
    /// Beats a minute, if there is a tempo.
    pub tempo_bpm: Option<f64>,
    /// What playback devices leave of the master.
    pub translated: Vec<Translated>,
    /// The editors.
    pub pictures: Vec<Picture>,
}

/// The range in which a bass line lies, Hz.
pub const BASS_HZ: (f64, f64) = (40.0, 160.0);

/// A section's figures, before and after mastering.
pub struct SectionFigures {
    /// "Verse 1".
    pub name: &'static str,
    /// From when to when, seconds.
    pub span_s: (f64, f64),
    /// Integrated loudness of mix and master, LUFS.
    pub loudness_lufs: [f64; 2],
    /// Level of the bass range in mix and master, dBFS.
    pub bass_db: [f64; 2],
}

impl Report<'_> {
    /// The sections' figures.
    pub fn section_figures(&self) -> Vec<SectionFigures> {
        self.sections
            .iter()
            .map(|section| {
                let parts =
                    [&self.mix.sound, &self.master.sound].map(|sound| part(sound, section.from_s, section.to_s));
                SectionFigures {
                    name: section.name,
                    span_s: (section.from_s, section.to_s),
                    loudness_lufs: [0, 1].map(|i| Measured::of(&parts[i]).reading.integrated_lufs),
                    bass_db: [0, 1].map(|i| band_db(&parts[i], BASS_HZ.0, BASS_HZ.1)),
                }
            })
            .collect()
    }

    /// The verdict in plain words.
    pub fn verdict(&self, mix: &Measured, sections: &[SectionFigures]) -> String {
        let reading = &self.master.measured.reading;
        let mut words = self.master.verdict.to_string();
        if reading.integrated_lufs.is_finite() && mix.reading.integrated_lufs.is_finite() {
            let change = reading.integrated_lufs - mix.reading.integrated_lufs;
            words += &format!(
                " It came out {:.1} LU {} than the mix.",
                change.abs(),
                if change < 0.0 { "softer" } else { "louder" }
            );
        }
        let mean = |kind: Kind, value: fn(&SectionFigures) -> f64| {
            let of_kind: Vec<f64> =
                self.sections.iter().zip(sections).filter(|(s, _)| s.kind == kind).map(|(_, f)| value(f)).collect();
            of_kind.iter().sum::<f64>() / of_kind.len() as f64
        };
        let lift = |value: fn(&SectionFigures) -> f64| mean(Kind::Chorus, value) - mean(Kind::Verse, value);
        let (louder, bass) = (lift(|f| f.loudness_lufs[1]), lift(|f| f.bass_db[1]));
        if louder.is_finite() && bass.is_finite() {
            words += &format!(
                " The choruses are {louder:.1} LU louder than the verses, and their bass ({:.0} to {:.0} Hz) is {bass:.1} dB stronger.",
                BASS_HZ.0, BASS_HZ.1
            );
        }
        words
    }
}

/// Settings by their reasons, in the order in which they came.
pub fn by_reason(settings: &[Setting]) -> Vec<(&str, Vec<&Setting>)> {
    let mut groups: Vec<(&str, Vec<&Setting>)> = Vec::new();
    for setting in settings {
        match groups.iter_mut().find(|(why, _)| *why == setting.why) {
            Some((_, group)) => group.push(setting),
            None => groups.push((&setting.why, vec![setting])),
        }
    }
    groups
}

/// Settings as one would say them, a line a module or band: "EQ 1", "Low Shelf, Side, 140 Hz, -9.0 dB". That something
/// is on goes without saying.
pub fn in_words(settings: &[&Setting]) -> Vec<(String, String)> {
    /// Fields whose values say by themselves what they are.
    const PLAIN: [&str; 6] = ["Shape", "Placement", "Frequency", "Gain", "Slope", "Character"];
    let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
    for setting in settings {
        let (module, field) = split(&setting.parameter);
        if field == "On" && setting.value == "On" {
            continue;
        }
        let plain = field.is_empty() || (PLAIN.contains(&field) && module != "Limiter");
        let value = if plain { setting.value.clone() } else { format!("{field} {}", setting.value) };
        match lines.iter_mut().find(|(line, _)| *line == module) {
            Some((_, values)) => values.push(value),
            None => lines.push((module, vec![value])),
        }
    }
    lines.into_iter().map(|(name, values)| (name.to_string(), values.join(", "))).collect()
}

/// "Output Pan Law" is the Output's "Pan Law", "EQ 3 Gain" the EQ 3's "Gain".
fn split(parameter: &str) -> (&str, &str) {
    let words = if parameter.starts_with("EQ ") { 2 } else { 1 };
    let end = parameter.match_indices(' ').nth(words - 1).map_or(parameter.len(), |(at, _)| at);
    (&parameter[..end], parameter[end..].trim_start())
}

/// A number to a tenth, as it is read; other text as it is.
fn short(value: &str) -> String {
    match value.split_once(' ').map(|(number, unit)| (number.parse::<f64>(), number, unit)) {
        Some((Ok(number), text, unit)) if text.split('.').nth(1).is_some_and(|d| d.len() > 1) => {
            format!("{number:.1} {unit}")
        }
        _ => value.to_string(),
    }
}

/// What a Channel's or Master's automation does, a line a parameter.
pub fn movements(automation: &[tandem_render::automation::Row]) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for row in automation {
        if !names.contains(&row.parameter.as_str()) {
            names.push(&row.parameter);
        }
    }
    names
        .into_iter()
        .map(|name| {
            let rows: Vec<_> = automation.iter().filter(|row| row.parameter == name).collect();
            let (first, last) = (rows[0], rows[rows.len() - 1]);
            // A few moves are told one by one.
            if rows.len() <= 6 {
                let moves: Vec<_> =
                    rows.iter().map(|row| format!("{} at {:.1} s", short(&row.value), row.seconds)).collect();
                return format!("{name}: {}", moves.join(", "));
            }
            let numbers: Vec<f64> =
                rows.iter().filter_map(|row| row.value.split_whitespace().next()?.parse().ok()).collect();
            let unit = first.value.split_whitespace().nth(1).unwrap_or_default();
            let (low, high) = numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (x.min(l), x.max(h)));
            format!(
                "{name}: {} moves from {:.1} s to {:.1} s, between {low:.1} and {high:.1} {unit}",
                rows.len(),
                first.seconds,
                last.seconds
            )
        })
        .collect()
}

/// A stem's loudness as recorded and in the mix, LUFS, and its peak, dBTP.
pub fn stem_readings(channel: &Channelled) -> [Measured; 2] {
    [Measured::of(&channel.track.sound), Measured::of(&channel.sound)]
}

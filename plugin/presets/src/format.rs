//! The text of a preset file.
//!
//! ```text
//! tandem-preset 1
//! plugin: channel
//! name: Lead vocal, forward
//! source: vocal
//! genre: pop, rock
//! task: level, tone
//! notes:
//!   Holds a sung lead in front of a band.
//!   Adjust first: Comp Threshold until 3 to 6 dB are taken on loud words.
//!
//! Comp On = On
//! Comp Threshold = -24 dB
//! ```
//! The first line names format and version. Lines with a colon say what the preset is, lines with an equals sign set a
//! parameter, by its name, to a value as the plug-in's controls read it; what is not named is as in a fresh instance.
//! A line of notes is indented. Empty lines and lines that start with # do not count.

use std::fmt::{self, Write};

/// What the first line starts with.
const MAGIC: &str = "tandem-preset";

/// The version of the format, which follows.
pub const VERSION: u32 = 1;

/// The file name's ending.
pub const ENDING: &str = "tandem";

/// The largest file that is read. All parameters and long notes take a quarter of it.
pub const MOST_BYTES: usize = 64 * 1024;

/// Letters of a name, and of a tag, at most.
pub const LONGEST_NAME: usize = 64;
/// See [`LONGEST_NAME`].
pub const LONGEST_TAG: usize = 24;

/// Letters of all notes at most.
pub const LONGEST_NOTES: usize = 4_000;

/// A preset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preset {
    /// The word for its plug-in: "channel".
    pub plugin: String,
    /// What people know it by.
    pub name: String,
    /// What it is for, in words to filter by.
    pub tags: Tags,
    /// The author's notes: lines without an indent, none of them empty.
    pub notes: String,
    /// What differs from a fresh instance, in the file's order.
    pub settings: Vec<Setting>,
}

/// Words to filter presets by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags([Vec<String>; 3]);

/// A kind of tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// What it is made for: "vocal".
    Source,
    /// The style it fits: "jazz".
    Genre,
    /// What it does: "tone".
    Task,
}

impl Facet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Source, Self::Genre, Self::Task];

    /// The word in front of its tags.
    pub fn key(self) -> &'static str {
        ["source", "genre", "task"][self as usize]
    }
}

impl Tags {
    /// The tags of a facet.
    pub fn of(&self, facet: Facet) -> &[String] {
        &self.0[facet as usize]
    }

    /// All tags, facet by facet.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().map(String::as_str)
    }

    /// Sets those of a facet from words with commas between them: trimmed, in lower case, each once.
    pub fn set(&mut self, facet: Facet, text: &str) {
        let tags = &mut self.0[facet as usize];
        tags.clear();
        for word in text.split(',').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()) {
            if !tags.contains(&word) {
                tags.push(word);
            }
        }
    }
}

/// A line that sets a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its place in the file, from 1.
    pub line: usize,
    /// The parameter's full name: "Comp Threshold".
    pub parameter: String,
    /// "-24 dB".
    pub value: String,
}

/// Why a file is refused, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line that is wrong, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}, line {line}: {}", self.file, self.text),
        }
    }
}

impl std::error::Error for Fault {}

impl Preset {
    /// Reads what is in `file`, a preset of `plugin` ("channel"). Refuses what is no preset, one of a later format or of
    /// another plug-in, and one with a line that cannot be read.
    pub fn read(bytes: &[u8], file: &str, plugin: &str) -> Result<Self, Fault> {
        let fault = |line: usize, text: String| Fault { file: file.to_string(), line, text };
        if bytes.len() > MOST_BYTES {
            return Err(fault(0, format!("{} bytes are no preset, which has {MOST_BYTES} at most.", bytes.len())));
        }
        let text = match std::str::from_utf8(bytes) {
            // Some editors put a mark in front that says UTF-8.
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => {
                let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
                return Err(fault(line, "This is no text.".to_string()));
            }
        };
        let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
        let first = lines.by_ref().find(|(_, line)| counts(line));
        let (number, first) = first.ok_or_else(|| fault(0, "The file is empty.".to_string()))?;
        check_version(first.trim()).map_err(|text| fault(number, text))?;
        let mut reader = Reader { preset: Self::default(), wanted: plugin, seen: Vec::new(), in_notes: false };
        for (number, line) in lines.filter(|(_, line)| counts(line)) {
            reader.take(number, line).map_err(|text| fault(number, text))?;
        }
        if reader.preset.plugin.is_empty() {
            return Err(fault(
                0,
                format!("It does not say which plug-in it is for: it lacks a line \"plugin: {plugin}\"."),
            ));
        }
        Ok(reader.preset)
    }

    /// The file that it makes. [`read`](Self::read) gives it back.
    pub fn write(&self) -> String {
        let mut text = format!("{MAGIC} {VERSION}\nplugin: {}\n", self.plugin);
        // Writing to a string cannot fail.
        if !self.name.is_empty() {
            let _ = writeln!(text, "name: {}", self.name);
        }
        for facet in Facet::ALL {
            let tags = self.tags.of(facet);
            if !tags.is_empty() {
                let _ = writeln!(text, "{}: {}", facet.key(), tags.join(", "));
            }
        }
        if !self.notes.is_empty() {
            text += "notes:\n";
            for line in self.notes.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
        text += "\n";
        for setting in &self.settings {
            let _ = writeln!(text, "{} = {}", setting.parameter, setting.value);
        }
        text
    }

    /// Makes name, tags and notes fit to be written: one line each or none empty, without control characters, not too
    /// long.
    pub fn tidy(&mut self) {
        self.name = cut(&line_of(&self.name), LONGEST_NAME).trim_end().to_string();
        for tag in self.tags.0.iter_mut().flatten() {
            *tag = cut(&line_of(tag), LONGEST_TAG).trim_end().to_string();
        }
        let notes: Vec<_> = self.notes.lines().map(line_of).filter(|line| !line.is_empty()).collect();
        self.notes = cut(&notes.join("\n"), LONGEST_NOTES).trim_end().to_string();
    }
}

/// `text`, the text of a preset file, with another name and otherwise as it was.
pub fn renamed(text: &str, name: &str) -> String {
    let name = format!("name: {}", cut(&line_of(name), LONGEST_NAME).trim_end());
    let key = |line: &str, key: &str| line.split_once(':').is_some_and(|(own, _)| own.trim().eq_ignore_ascii_case(key));
    let mut lines: Vec<_> = text.lines().map(str::to_string).collect();
    match lines.iter().position(|line| key(line, "name")) {
        Some(at) => lines[at] = name,
        None => {
            let at = lines.iter().position(|line| key(line, "plugin")).map_or(lines.len(), |at| at + 1);
            lines.insert(at, name);
        }
    }
    lines.join("\n") + "\n"
}

/// Whether a line says anything.
fn counts(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

/// The first line.
fn check_version(line: &str) -> Result<(), String> {
    let version = line.strip_prefix(MAGIC).filter(|rest| rest.starts_with(' ')).map(str::trim);
    let Some(version) = version else {
        return Err(format!("This is no preset, which starts with \"{MAGIC} {VERSION}\"."));
    };
    match version.parse::<u32>() {
        Ok(VERSION) => Ok(()),
        Ok(later) if later > VERSION => {
            Err(format!("Format {later} is later than this version of Tandem, which reads format {VERSION}."))
        }
        _ => Err(format!(
            "\"{}\" is no format of presets; this version of Tandem reads format {VERSION}.",
            cut(version, 24)
        )),
    }
}

/// Reads line after line.
struct Reader<'a> {
    preset: Preset,
    /// The word for the plug-in that it has to be for.
    wanted: &'a str,
    /// Header keys that have been.
    seen: Vec<&'static str>,
    in_notes: bool,
}

/// The header's keys.
const KEYS: [&str; 6] = ["plugin", "name", "source", "genre", "task", "notes"];

impl Reader<'_> {
    /// Takes a line, or says what is wrong with it.
    fn take(&mut self, number: usize, line: &str) -> Result<(), String> {
        if let Some(control) = line.chars().find(|c| c.is_control() && *c != '\t') {
            return Err(format!("A character that is no text, U+{:04X}.", u32::from(control)));
        }
        if self.in_notes && line.starts_with([' ', '\t']) {
            return self.note(line.trim());
        }
        self.in_notes = false;
        let line = line.trim();
        match line.find([':', '=']).map(|at| (line[..at].trim(), line[at..].starts_with('='), line[at + 1..].trim())) {
            Some((name, true, value)) if !name.is_empty() && !value.is_empty() => self.setting(number, name, value),
            Some((key, false, value)) => self.header(key, value),
            _ => Err(format!("\"{}\" is not of the form \"Parameter = value\".", cut(line, 48))),
        }
    }

    fn header(&mut self, key: &str, value: &str) -> Result<(), String> {
        let Some(key) = KEYS.into_iter().find(|known| known.eq_ignore_ascii_case(key)) else {
            return Err(format!("\"{}\" is nothing that a preset says.", cut(key, 48)));
        };
        if self.seen.contains(&key) {
            return Err(format!("A second \"{key}\"."));
        }
        self.seen.push(key);
        match key {
            "plugin" if !value.eq_ignore_ascii_case(self.wanted) => {
                Err(format!("A preset of Tandem's {}, not of its {}.", cut(value, 24), self.wanted))
            }
            "plugin" => {
                self.preset.plugin = value.to_lowercase();
                Ok(())
            }
            "name" => {
                self.preset.name = value.to_string();
                length("The name", value, LONGEST_NAME)
            }
            "notes" => {
                self.in_notes = true;
                if value.is_empty() { Ok(()) } else { self.note(value) }
            }
            _ => {
                let facet = Facet::ALL.into_iter().find(|facet| facet.key() == key);
                facet.map_or(Ok(()), |facet| self.tag(facet, value))
            }
        }
    }

    fn tag(&mut self, facet: Facet, value: &str) -> Result<(), String> {
        self.preset.tags.set(facet, value);
        self.preset.tags.of(facet).iter().try_for_each(|tag| length("A tag", tag, LONGEST_TAG))
    }

    fn note(&mut self, line: &str) -> Result<(), String> {
        if !self.preset.notes.is_empty() {
            self.preset.notes.push('\n');
        }
        self.preset.notes += line;
        length("The notes", &self.preset.notes, LONGEST_NOTES)
    }

    fn setting(&mut self, line: usize, parameter: &str, value: &str) -> Result<(), String> {
        let settings = &mut self.preset.settings;
        if let Some(other) = settings.iter().find(|other| other.parameter.eq_ignore_ascii_case(parameter)) {
            return Err(format!("\"{}\" is set in line {} already.", cut(parameter, 48), other.line));
        }
        settings.push(Setting { line, parameter: parameter.to_string(), value: value.to_string() });
        Ok(())
    }
}

fn length(what: &str, text: &str, most: usize) -> Result<(), String> {
    let letters = text.chars().count();
    if letters > most { Err(format!("{what} has {letters} letters, {most} at most.")) } else { Ok(()) }
}

/// The first `letters` of `text`, for a message.
fn cut(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

/// `text` as one line.
fn line_of(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_string()
}

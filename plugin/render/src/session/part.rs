//! The part that a stem plays, by its name.

/// What a stem plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A voice or an instrument in front of all others.
    Lead,
    /// A kit, or pieces of one.
    Drums,
    /// A bass line.
    Bass,
    /// Anything else.
    Other,
}

/// Words by which stems are called, each a whole word of a name or its beginning.
const WORDS: [(Part, &[&str]); 3] = [
    (Part::Drums, &["drum", "kit", "kick", "snare", "perc", "cymbal", "overhead", "loop"]),
    (Part::Bass, &["bass"]),
    (Part::Lead, &["lead", "vocal", "vox", "voice", "sing"]),
];

/// Words that say that a voice does not lead.
const BEHIND: [&str; 5] = ["back", "bv", "harm", "choir", "double"];

impl Part {
    /// The part of a stem called `name`: "02 Lead Vocal", "upright_bass", "Drums".
    pub fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        let words: Vec<_> = name.split(|c: char| !c.is_alphabetic()).collect();
        let says = |beginnings: &[&str]| words.iter().any(|word| beginnings.iter().any(|b| word.starts_with(b)));
        let part = WORDS.iter().find(|(_, beginnings)| says(beginnings)).map_or(Part::Other, |(part, _)| *part);
        if part == Part::Lead && says(&BEHIND) { Part::Other } else { part }
    }
}

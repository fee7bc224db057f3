//! What the lead sings: syllables with their notes, phrase by phrase.

use crate::song::score::{Kind, SECTIONS, kind, section_start};

/// A syllable.
#[derive(Clone, Copy, Debug)]
pub struct Syllable {
    /// Sixteenth of the song on which its vowel starts.
    pub at: usize,
    /// Length in sixteenths.
    pub length: usize,
    /// MIDI note number.
    pub note: f64,
    /// Consonants, vowel or two, consonants; see the phonemes. Without a first part the vowel goes on from the last.
    pub sung: [&'static str; 3],
}

/// Syllables in one breath.
#[derive(Clone, Debug)]
pub struct Phrase {
    /// How loud it is sung, dB: singers wander, and a fader has to follow.
    pub level_db: f64,
    /// How much it strains, 0 to 1: brighter.
    pub effort: f64,
    /// In their order.
    pub syllables: Vec<Syllable>,
}

/// Sixteenth in the section, length, note, what is sung.
type Line = &'static [(usize, usize, f64, [&'static str; 3])];

const VERSE_1: [Line; 4] = [
    &[
        (2, 4, 64.0, ["sl", "ou", ""]),
        (6, 2, 62.0, ["", "I", "z"]),
        (8, 2, 60.0, ["D", "x", ""]),
        (10, 6, 57.0, ["n", "ai", "t"]),
    ],
    &[
        (18, 2, 57.0, ["", "A", "nd"]),
        (20, 2, 60.0, ["D", "x", ""]),
        (22, 3, 60.0, ["r", "eI", "n"]),
        (25, 2, 62.0, ["", "o", "n"]),
        (27, 1, 60.0, ["D", "x", ""]),
        (28, 6, 57.0, ["t", "aU", "n"]),
    ],
    &[
        (36, 4, 65.0, ["st", "I", "l"]),
        (40, 2, 64.0, ["", "I", "n"]),
        (42, 2, 62.0, ["D", "x", ""]),
        (44, 5, 57.0, ["r", "u", "m"]),
    ],
    &[
        (50, 2, 59.0, ["w", "I", "D"]),
        (52, 2, 59.0, ["D", "x", ""]),
        (54, 3, 62.0, ["l", "ai", "t"]),
        (57, 2, 60.0, ["t", "x", "n"]),
        (59, 2, 59.0, ["", "I", "N"]),
        (61, 4, 56.0, ["d", "aU", "n"]),
    ],
];

const VERSE_2: [Line; 4] = [
    &[
        (2, 4, 64.0, ["g", "ou", "ld"]),
        (6, 2, 62.0, ["", "I", "z"]),
        (8, 2, 60.0, ["D", "x", ""]),
        (10, 3, 57.0, ["d", "o", ""]),
        (13, 4, 60.0, ["", "o", "n"]),
    ],
    &[
        (18, 2, 57.0, ["", "A", "nd"]),
        (20, 2, 60.0, ["D", "x", ""]),
        (22, 3, 64.0, ["s", "V", "n"]),
        (25, 2, 62.0, ["", "o", "n"]),
        (27, 1, 60.0, ["D", "x", ""]),
        (28, 6, 57.0, ["s", "i", ""]),
    ],
    &[
        (36, 4, 65.0, ["st", "eI", ""]),
        (40, 2, 64.0, ["", "I", "n"]),
        (42, 2, 62.0, ["D", "x", ""]),
        (44, 5, 57.0, ["r", "u", "m"]),
    ],
    &[
        (50, 2, 59.0, ["w", "I", "D"]),
        (52, 2, 59.0, ["D", "x", ""]),
        (54, 4, 62.0, ["l", "ai", "t"]),
        (58, 1, 60.0, ["", "ou", ""]),
        (59, 2, 62.0, ["v", "x", ""]),
        (61, 4, 59.0, ["m", "i", ""]),
    ],
];

const CHORUS: [Line; 4] = [
    &[
        (2, 4, 69.0, ["", "ou", ""]),
        (6, 2, 67.0, ["l", "e", "t"]),
        (8, 2, 64.0, ["", "I", "t"]),
        (10, 6, 67.0, ["g", "ou", ""]),
    ],
    &[
        (18, 2, 67.0, ["l", "e", "t"]),
        (20, 2, 67.0, ["", "I", "t"]),
        (22, 4, 69.0, ["f", "o", "l"]),
        (26, 2, 67.0, ["", "o", "n"]),
        (28, 2, 64.0, ["m", "i", ""]),
        (30, 3, 62.0, ["", "i", ""]),
    ],
    &[
        (34, 4, 67.0, ["", "ou", ""]),
        (38, 2, 66.0, ["l", "e", "t"]),
        (40, 2, 64.0, ["", "I", "t"]),
        (42, 5, 64.0, ["g", "ou", ""]),
    ],
    &[
        (49, 1, 60.0, ["D", "x", ""]),
        (50, 3, 65.0, ["r", "I", ""]),
        (53, 2, 64.0, ["v", "x", ""]),
        (55, 3, 62.0, ["n", "ou", "z"]),
        (58, 2, 60.0, ["D", "x", ""]),
        (60, 4, 59.0, ["s", "i", ""]),
    ],
];

/// How the phrases of each section are sung: level in dB, effort.
const DYNAMICS: [[(f64, f64); 4]; SECTIONS] = [
    [(-6.0, 0.3), (-8.0, 0.25), (-4.5, 0.4), (-9.0, 0.25)],
    [(0.0, 0.85), (-1.0, 0.9), (-2.0, 0.75), (-4.0, 0.5)],
    [(-5.0, 0.4), (-7.5, 0.35), (-4.0, 0.45), (-8.5, 0.3)],
    [(0.5, 1.0), (0.0, 0.95), (-1.0, 0.85), (-3.5, 0.5)],
];

/// The whole song.
pub fn phrases() -> Vec<Phrase> {
    let mut phrases = Vec::new();
    for (section, dynamics) in DYNAMICS.iter().enumerate() {
        let lines = match (kind(section), section) {
            (Kind::Chorus, _) => &CHORUS,
            (_, 0) => &VERSE_1,
            _ => &VERSE_2,
        };
        for (line, &(level_db, effort)) in lines.iter().zip(dynamics) {
            let start = section_start(section);
            let sing = |&(at, length, note, sung): &_| Syllable { at: start + at, length, note, sung };
            phrases.push(Phrase { level_db, effort, syllables: line.iter().map(sing).collect() });
        }
    }
    // The last word of the last chorus comes down to the home note.
    if let Some(last) = phrases.last_mut() {
        last.syllables.push(Syllable { at: section_start(SECTIONS), length: 13, note: 57.0, sung: ["", "i", ""] });
    }
    phrases
}

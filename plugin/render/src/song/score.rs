//! The song on paper: 84 beats a minute, four quarters a bar, A minor; verse, chorus, verse, chorus of four bars each,
//! and one bar to end on.

/// Beats (quarters) a minute.
pub const TEMPO_BPM: f64 = 84.0;

/// Sixteenths a bar.
pub const BAR: usize = 16;

/// Bars in a section.
pub const SECTION_BARS: usize = 4;

/// Sections before the ending.
pub const SECTIONS: usize = 4;

/// Seconds of a sixteenth.
const SIXTEENTH_S: f64 = 60.0 / TEMPO_BPM / 4.0;

/// How late every second sixteenth comes, in sixteenths: a light swing.
const SWING: f64 = 0.14;

/// Seconds before the first bar, for the pick-up's consonants and the first breath.
pub const LEAD_IN_S: f64 = 0.35;

/// Seconds of the whole song.
pub const LENGTH_S: f64 = LEAD_IN_S + (SECTIONS * SECTION_BARS * BAR) as f64 * SIXTEENTH_S + 4.0;

/// A section's part in the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Quieter, and the bass lies 6 dB lower beside the others.
    Verse,
    /// The other one.
    Chorus,
    /// The last chord.
    End,
}

/// A part of the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// "Verse 1".
    pub name: &'static str,
    /// Which part it plays.
    pub kind: Kind,
    /// Where it starts, in seconds.
    pub from_s: f64,
    /// Where it ends, in seconds.
    pub to_s: f64,
}

/// The song's form.
pub fn sections() -> Vec<Section> {
    let names = ["Verse 1", "Chorus 1", "Verse 2", "Chorus 2", "End"];
    let start = |index: usize| LEAD_IN_S + (index * SECTION_BARS * BAR) as f64 * SIXTEENTH_S;
    names
        .into_iter()
        .enumerate()
        .map(|(index, name)| Section {
            name,
            kind: if index == SECTIONS { Kind::End } else { kind(index) },
            from_s: start(index),
            to_s: if index == SECTIONS { LENGTH_S } else { start(index + 1) },
        })
        .collect()
}

/// What the section with that number is.
pub fn kind(section: usize) -> Kind {
    if section.is_multiple_of(2) { Kind::Verse } else { Kind::Chorus }
}

/// The first sixteenth of a section.
pub fn section_start(section: usize) -> usize {
    section * SECTION_BARS * BAR
}

/// Seconds at which a sixteenth of the song falls, swing included.
pub fn time_s(sixteenth: usize) -> f64 {
    let swing = if sixteenth.is_multiple_of(2) { 0.0 } else { SWING };
    LEAD_IN_S + (sixteenth as f64 + swing) * SIXTEENTH_S
}

/// A chord: the bass's note, and the notes of the right hand on the keys, as MIDI note numbers.
#[derive(Clone, Copy, Debug)]
pub struct Chord {
    /// For the bass.
    pub root: f64,
    /// For the keys.
    pub voicing: &'static [f64],
}

const A_MINOR_9: Chord = Chord { root: 33.0, voicing: &[55.0, 59.0, 60.0, 64.0] };
const A_MINOR_7: Chord = Chord { root: 33.0, voicing: &[55.0, 60.0, 64.0, 67.0] };
const F_MAJOR_9: Chord = Chord { root: 29.0, voicing: &[57.0, 60.0, 64.0, 67.0] };
const D_MINOR_9: Chord = Chord { root: 38.0, voicing: &[53.0, 57.0, 60.0, 64.0] };
const E_7_SUS: Chord = Chord { root: 28.0, voicing: &[57.0, 59.0, 62.0, 64.0] };
const E_7_FLAT_9: Chord = Chord { root: 28.0, voicing: &[56.0, 59.0, 62.0, 65.0] };
const G_6: Chord = Chord { root: 31.0, voicing: &[55.0, 59.0, 62.0, 64.0] };
const E_MINOR_7: Chord = Chord { root: 28.0, voicing: &[55.0, 59.0, 62.0, 66.0] };

/// The chord that sounds in a half bar, 0 to 7, of a section.
pub fn chord(kind: Kind, half_bar: usize) -> Chord {
    let line = match kind {
        Kind::Verse => [A_MINOR_9, A_MINOR_9, F_MAJOR_9, F_MAJOR_9, D_MINOR_9, D_MINOR_9, E_7_SUS, E_7_FLAT_9],
        Kind::Chorus => [F_MAJOR_9, F_MAJOR_9, G_6, G_6, E_MINOR_7, A_MINOR_7, D_MINOR_9, E_7_FLAT_9],
        Kind::End => [A_MINOR_9; 8],
    };
    line[half_bar % line.len()]
}

//! A session: stems through a Channel each, their sum through Master. Whatever is heard went through the built plug-ins.

mod demo_song;
mod files;
mod master;
mod mix;
mod modules;
mod ride;
mod staging;
mod stems;

pub use demo_song::{mastering as demo_song_mastering, tracks as demo_song_tracks};
pub use files::Files;
pub use master::{Goal, Mastered, Mastering, Verdict, master, plain_mastering};
pub use mix::{Channelled, Mix, mix};
pub use modules::ModuleWork;
pub use stems::{Stem, open as open_stems, tracks as stem_tracks};

use crate::audio::Sound;
use crate::automation::Row;

/// A stem with what its Channel is to do.
#[derive(Clone, Debug)]
pub struct Track {
    /// As shown.
    pub name: String,
    /// As recorded: mono or stereo.
    pub sound: Sound,
    /// How much louder or softer than recorded it stands in the mix, dB, before the whole is brought to the bus's level.
    pub balance_db: f64,
    /// What the Channel is set to, besides trim and fader, which the session finds by measuring.
    pub settings: Vec<Setting>,
    /// Whether the compressor's make-up is to give back, measured, what the compressor takes of the loudness.
    pub make_up: bool,
    /// What moves, besides the fader.
    pub automation: Vec<Row>,
    /// Moves of the fader: seconds, and dB from where the session puts it.
    pub fader_moves: Vec<(f64, f64)>,
}

/// A parameter's value and the reason for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The parameter's name.
    pub parameter: String,
    /// Its value as text.
    pub value: String,
    /// Why; the same for settings that belong together.
    pub why: String,
}

impl Setting {
    /// Several settings for one reason.
    fn group(why: &str, settings: &[(&str, &str)]) -> Vec<Self> {
        settings
            .iter()
            .map(|(parameter, value)| Self { parameter: (*parameter).into(), value: (*value).into(), why: why.into() })
            .collect()
    }
}

/// What hears how far a piece of work is: its name, and 0 to 1.
pub type Progress<'a> = dyn FnMut(&str, f64) + Send + 'a;

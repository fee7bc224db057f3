//! A session: stems through a Channel each, their sum through Master. Whatever is heard went through the built plug-ins.

mod demo_song;
mod distance;
mod faults;
mod files;
mod lead;
mod master;
mod mastering;
mod mix;
mod modules;
mod part;
mod sibilance;
mod staging;
mod stems;
mod strip;
mod tempo;
mod translation;

pub use demo_song::{mastering as demo_song_mastering, tracks as demo_song_tracks};
pub use distance::Distance;
pub use faults::{ClickLeft, Mended, MudLeft, mended};
pub use files::Files;
pub use master::{Goal, Mastered, Mastering, Verdict, master};
pub use mastering::mastering as stem_mastering;
pub use mix::{Channelled, Mix, mix};
pub use modules::{Added, ModuleWork};
pub use sibilance::{SIBILANTS_HZ, Sibilants};
pub use stems::{Stem, open as open_stems, tempo as stem_tempo, tracks as stem_tracks};
pub use strip::Step;
pub use translation::{Translated, translated};

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
    /// Of the lead: how far over all other tracks together the rider holds it, LU of short-term loudness. The fader is
    /// then found by measuring.
    pub above_lu: Option<f64>,
}

impl Track {
    /// A track of which nothing is known yet.
    pub fn new(name: impl Into<String>, sound: Sound) -> Self {
        Self {
            name: name.into(),
            sound,
            balance_db: 0.0,
            settings: Vec::new(),
            make_up: false,
            automation: Vec::new(),
            fader_moves: Vec::new(),
            above_lu: None,
        }
    }
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
    /// The module that it is a setting of, as its parameters' names begin: "De-mud" for "De-mud 1 Weight".
    pub fn module(&self) -> &str {
        module_of(&self.parameter)
    }

    /// Several settings for one reason.
    fn group(why: &str, settings: &[(&str, &str)]) -> Vec<Self> {
        settings
            .iter()
            .map(|(parameter, value)| Self { parameter: (*parameter).into(), value: (*value).into(), why: why.into() })
            .collect()
    }
}

/// The module that a parameter belongs to, by its name's first word.
fn module_of(parameter: &str) -> &str {
    parameter.split(' ').next().unwrap_or(parameter)
}

/// What hears how far a piece of work is: its name, and 0 to 1.
pub type Progress<'a> = dyn FnMut(&str, f64) + Send + 'a;

//! The demo song: drums, bass, electric piano and a sung lead, written and played in code. The same samples each time.
//!
//! It is recorded, not mixed: the kit and the piano as stereo pairs, bass and lead mono, everything at its own level. It
//! has what a mix and a master have to deal with, all at known places: a bass that lies 6 dB lower beside the others in the verses, mud
//! and mouth clicks in the lead, a lead whose phrases wander in level.

mod bass;
mod drums;
mod keys;
mod parts;
mod score;
mod voice;

pub use bass::VERSE_DB as BASS_VERSE_DB;
use drums::Microphone;
pub use parts::RATE;
pub use score::{Kind, LENGTH_S, Section, TEMPO_BPM, sections};

use crate::audio::Sound;
use std::thread;

/// The song.
#[derive(Clone, Debug)]
pub struct Song {
    /// Drums, bass, keys and lead, in this order.
    pub stems: Vec<Stem>,
    /// Verses, choruses and the ending.
    pub sections: Vec<Section>,
    /// Mouth clicks in the lead.
    pub clicks: Vec<Click>,
    /// Mud in the lead.
    pub mud: Vec<Mud>,
}

/// An instrument's recording.
#[derive(Clone, Debug)]
pub struct Stem {
    /// "drums", "bass", "keys" or "lead".
    pub name: &'static str,
    /// At [`RATE`].
    pub sound: Sound,
}

/// A mouth click: a damped sine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// Where it starts, in seconds.
    pub at_s: f64,
    /// How long it takes to fall by 40 dB, where it ends, in seconds.
    pub length_s: f64,
    /// Its frequency in Hz.
    pub freq_hz: f64,
    /// Its peak in dB re the clean lead's peak within 0.2 s before and after it.
    pub level_db: f64,
    /// Its peak, linear.
    pub peak: f64,
}

/// A resonance of room and microphone that stands out.
#[derive(Clone, Debug, PartialEq)]
pub struct Mud {
    /// Its centre in Hz.
    pub freq_hz: f64,
    /// Its quality.
    pub q: f64,
    /// How far it stands out, in dB.
    pub gain_db: f64,
    /// From when to when, in seconds.
    pub spans: Vec<(f64, f64)>,
}

/// Which of the lead's faults are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// Mouth clicks.
    pub clicks: bool,
    /// Mud.
    pub mud: bool,
}

impl Faults {
    /// As recorded.
    pub const ALL: Self = Self { clicks: true, mud: true };
    /// The lead as it should have been.
    pub const NONE: Self = Self { clicks: false, mud: false };
}

/// Plays the song.
pub fn compose() -> Song {
    thread::scope(|scope| {
        let drums = scope.spawn(|| drums::render(Microphone::Kit));
        let lead = scope.spawn(|| lead(Faults::ALL));
        let keys = scope.spawn(keys::render);
        let bass = bass::render();
        let joined = "the song's code does not panic";
        let (lead, clicks, mud) = lead.join().expect(joined);
        let stems = vec![
            Stem { name: "drums", sound: sound(&drums.join().expect(joined)) },
            Stem { name: "bass", sound: sound(&[bass]) },
            Stem { name: "keys", sound: sound(&keys.join().expect(joined)) },
            Stem { name: "lead", sound: lead },
        ];
        Song { stems, sections: sections(), clicks, mud }
    })
}

/// What [`recording`] knows.
pub const RECORDINGS: [&str; 7] = ["drums", "bass", "keys", "lead", "kick", "snare", "overheads"];

/// A stem of the song, or what a single microphone at its drums hears; one of [`RECORDINGS`].
pub fn recording(name: &str) -> Option<Sound> {
    match name {
        "drums" => Some(sound(&drums::render(Microphone::Kit))),
        "kick" => Some(sound(&drums::render(Microphone::Kick)[..1])),
        "snare" => Some(sound(&drums::render(Microphone::Snare)[..1])),
        "overheads" => Some(sound(&drums::render(Microphone::Overheads))),
        "bass" => Some(sound(&[bass::render()])),
        "keys" => Some(sound(&keys::render())),
        "lead" => Some(lead(Faults::ALL).0),
        _ => None,
    }
}

/// The lead alone, with or without its faults, and what they are.
pub fn lead(with: Faults) -> (Sound, Vec<Click>, Vec<Mud>) {
    let lead = voice::render(with);
    (sound(&[lead.samples]), lead.clicks, lead.mud)
}

fn sound(channels: &[Vec<f64>]) -> Sound {
    Sound { rate: RATE, channels: channels.iter().map(|c| c.iter().map(|x| *x as f32).collect()).collect() }
}

//! What has been captured for Match EQ: spectra of references and of the song. They are no parameters; a session keeps
//! them, and what is applied of them is in the slots.

mod applied;
mod file;
mod sealed;

pub use applied::Applied;
pub use file::FileSpectrum;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tandem_dsp::block::graphic::{BANDS, Curve};
use tandem_dsp::captured::{Captured, NOTHING_DB};
use tandem_dsp::module::match_eq;

/// References that there is room for.
pub const REFERENCES: usize = 8;

/// Weights go so far, per cent.
pub const MOST_WEIGHT: u32 = 200;

/// Longest name of a reference, in characters.
pub const LONGEST_NAME: usize = 60;

/// A captured reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// As the user knows it.
    pub name: String,
    /// How much it counts beside the others, per cent.
    pub weight_percent: u32,
    /// Its spectrum in thirds, dB.
    pub levels_db: Curve,
}

/// The captures of an instance.
#[derive(Debug, Default)]
pub struct Captures {
    inner: Mutex<Inner>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    references: Vec<Reference>,
    song_db: Option<Curve>,
    /// Why captures of a stored session were left out.
    refused: Option<String>,
}

impl Captures {
    /// The references.
    pub fn references(&self) -> Vec<Reference> {
        self.lock().references.clone()
    }

    /// Adds one, at full weight; returns whether there was room.
    pub fn add(&self, name: &str, levels_db: &Curve) -> bool {
        let mut inner = self.lock();
        inner.refused = None;
        let room = inner.references.len() < REFERENCES;
        if room {
            let name = name.trim().chars().take(LONGEST_NAME).collect();
            inner.references.push(Reference { name, weight_percent: 100, levels_db: levels_db.map(rounded) });
        }
        room
    }

    /// Removes the reference at `place`.
    pub fn remove(&self, place: usize) {
        let mut inner = self.lock();
        if place < inner.references.len() {
            inner.references.remove(place);
        }
    }

    /// Sets the weight of the reference at `place`, per cent.
    pub fn weigh(&self, place: usize, percent: u32) {
        if let Some(reference) = self.lock().references.get_mut(place) {
            reference.weight_percent = percent.min(MOST_WEIGHT);
        }
    }

    /// The song's spectrum, once it has been learned.
    pub fn song_db(&self) -> Option<Curve> {
        self.lock().song_db
    }

    /// Notes it.
    pub fn set_song(&self, levels_db: &Curve) {
        let mut inner = self.lock();
        inner.refused = None;
        inner.song_db = Some(levels_db.map(rounded));
    }

    /// What would be applied now, once the song has been learned.
    pub fn proposed(&self) -> Option<Captured> {
        let song_db = self.song_db()?;
        Some(self.proposed_for(&song_db))
    }

    /// The same for a song that is not noted yet.
    pub fn proposed_for(&self, song_db: &Curve) -> Captured {
        let inner = self.lock();
        let weighed =
            inner.references.iter().map(|reference| (&reference.levels_db, f64::from(reference.weight_percent)));
        let reference_db = match_eq::mix(weighed).map(|mixed| mixed.map(rounded));
        Captured { song_db: song_db.map(rounded), reference_db }
    }

    /// Why captures of a stored session were left out, until something else is captured.
    pub fn refused(&self) -> Option<String> {
        self.lock().refused.clone()
    }

    pub(super) fn refuse(&self, why: &str) {
        self.lock().refused = Some(why.to_string());
    }

    /// As they are stored; `None` where there is nothing.
    pub(super) fn to_json(&self) -> Option<String> {
        let inner = self.lock();
        if inner.references.is_empty() && inner.song_db.is_none() {
            return None;
        }
        let stored = StoredCaptures {
            song: inner.song_db.as_ref().map(StoredCurve::of),
            references: inner
                .references
                .iter()
                .map(|reference| StoredReference {
                    name: reference.name.clone(),
                    weight: reference.weight_percent,
                    curve: StoredCurve::of(&reference.levels_db),
                })
                .collect(),
        };
        serde_json::to_string(&sealed::seal(&stored)?).ok()
    }

    /// Takes stored ones. What is damaged or newer is left out, and says so.
    pub fn set_from_json(&self, json: Option<&str>) {
        let mut taken = Inner::default();
        if let Some(json) = json {
            let opened = serde_json::from_str::<Value>(json).map_err(|_| sealed::DAMAGED);
            match opened.and_then(|value| sealed::open::<StoredCaptures>(&value)) {
                Ok(stored) => {
                    taken.song_db = stored.song.as_ref().map(StoredCurve::curve);
                    let references = stored.references.into_iter().take(REFERENCES);
                    taken.references = references
                        .map(|StoredReference { name, weight, curve }| Reference {
                            name: name.chars().take(LONGEST_NAME).collect(),
                            weight_percent: weight.min(MOST_WEIGHT),
                            levels_db: curve.curve(),
                        })
                        .collect();
                }
                Err(why) => taken.refused = Some(why.to_string()),
            }
        }
        *self.lock() = taken;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whole at every step.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is applied, as a slot stores it.
pub(super) fn store(captured: &Captured) -> Option<Value> {
    sealed::seal(&StoredCaptured {
        song: StoredCurve::of(&captured.song_db),
        reference: captured.reference_db.as_ref().map(StoredCurve::of),
    })
}

/// The inverse, or why not.
pub(super) fn restore(value: &Value) -> Result<Captured, &'static str> {
    let stored = sealed::open::<StoredCaptured>(value)?;
    Ok(Captured { song_db: stored.song.curve(), reference_db: stored.reference.as_ref().map(StoredCurve::curve) })
}

/// A level as it is kept: to a hundredth of a dB, so that what is stored sounds as what was captured.
fn rounded(level_db: f64) -> f64 {
    (100.0 * level_db.clamp(NOTHING_DB, -NOTHING_DB)).round() / 100.0
}

/// A curve in hundredths of a dB: whole numbers, which come back as they were.
#[derive(Serialize, Deserialize)]
struct StoredCurve([i32; BANDS]);

impl StoredCurve {
    fn of(levels_db: &Curve) -> Self {
        Self(levels_db.map(|level| (100.0 * rounded(level)).round() as i32))
    }

    fn curve(&self) -> Curve {
        self.0.map(|hundredths| rounded(f64::from(hundredths) / 100.0))
    }
}

#[derive(Serialize, Deserialize)]
struct StoredCaptures {
    song: Option<StoredCurve>,
    references: Vec<StoredReference>,
}

#[derive(Serialize, Deserialize)]
struct StoredReference {
    name: String,
    weight: u32,
    curve: StoredCurve,
}

#[derive(Serialize, Deserialize)]
struct StoredCaptured {
    song: StoredCurve,
    reference: Option<StoredCurve>,
}

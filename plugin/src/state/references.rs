//! References as the session keeps them: where their files are, what they are called, loops and cues; never the sound.

use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// References that a session keeps.
pub const REFERENCES: usize = 8;

/// Cue points of a reference.
pub const CUES: usize = 4;

/// A reference.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Where its file is.
    pub path: String,
    /// As shown.
    pub name: String,
    /// Start and end of its loop in seconds; `None` for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loop_s: Option<[f64; 2]>,
    /// Its cue points in seconds.
    #[serde(default)]
    pub cues_s: [Option<f64>; CUES],
}

impl Reference {
    /// The file at `path`, called as its file is.
    pub fn at(path: &str) -> Self {
        let stem = Path::new(path).file_stem().map_or(path.to_string(), |stem| stem.to_string_lossy().into_owned());
        Self { path: path.to_string(), name: stem, ..Self::default() }
    }
}

/// Those of an instance.
#[derive(Debug, Default)]
pub struct List(Mutex<Vec<Reference>>);

impl List {
    fn lock(&self) -> MutexGuard<'_, Vec<Reference>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them.
    pub fn all(&self) -> Vec<Reference> {
        self.lock().clone()
    }

    /// Adds the file at `path`, and gives its place: that of one that is there already, if it is. Says so if there is no
    /// place.
    pub fn add(&self, path: &str) -> Result<usize, String> {
        let mut list = self.lock();
        if let Some(place) = list.iter().position(|reference| reference.path == path) {
            return Ok(place);
        }
        if list.len() >= REFERENCES {
            return Err(format!("There are {REFERENCES} references already: remove one first."));
        }
        list.push(Reference::at(path));
        Ok(list.len() - 1)
    }

    /// Removes the one at `place`.
    pub fn remove(&self, place: usize) {
        let mut list = self.lock();
        if place < list.len() {
            list.remove(place);
        }
    }

    /// Changes the one at `place`.
    pub fn change(&self, place: usize, change: impl FnOnce(&mut Reference)) {
        if let Some(reference) = self.lock().get_mut(place) {
            change(reference);
        }
    }

    /// Takes `list` as a session has it: as many as there is room for, and times that are times.
    pub fn restore(&self, mut list: Vec<Reference>) {
        list.truncate(REFERENCES);
        let is_time = |s: &f64| s.is_finite() && *s >= 0.0;
        for reference in &mut list {
            reference.loop_s = reference.loop_s.filter(|[start, end]| is_time(start) && is_time(end) && end > start);
            reference.cues_s = reference.cues_s.map(|cue| cue.filter(is_time));
        }
        *self.lock() = list;
    }
}

//! Which preset each slot of an instance stands on, and what a preset load leaves alone: part of the session.

use super::super::locks::{Lock, Locks};
use super::super::slots::Slot;
use super::{Preset, Setting, values};
use crate::params::{Controls, ParamIndex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tandem_presets::{Entry, factory};

/// A preset that has been loaded or saved, as the session keeps it: it can be compared with after its file has gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The id of its entry in the library.
    pub id: String,
    /// As shown.
    pub name: String,
    /// What it sets, as its file says it.
    sets: Vec<(String, String)>,
}

impl Default for Base {
    /// Init, which sets nothing.
    fn default() -> Self {
        Self { id: format!("factory/{}", factory::INIT), name: factory::INIT.to_string(), sets: Vec::new() }
    }
}

impl Base {
    /// `preset`, which is in the library as `id`, called `name`.
    pub fn new(id: &str, name: &str, preset: &Preset) -> Self {
        let sets = preset.settings.iter().map(|setting| (setting.parameter.clone(), setting.value.clone())).collect();
        Self { id: id.to_string(), name: name.to_string(), sets }
    }

    /// The preset of `entry`, which can be read.
    pub fn of(entry: &Entry, preset: &Preset) -> Self {
        Self::new(&entry.id, &entry.name, preset)
    }

    /// The same under another id and name.
    pub fn called(self, id: &str, name: &str) -> Self {
        Self { id: id.to_string(), name: name.to_string(), ..self }
    }

    /// What it sets; what a fresh instance has if it cannot be read any more.
    pub fn values(&self, controls: &Controls, locks: Locks) -> Vec<(ParamIndex, f64)> {
        let settings = self.sets.iter().map(|(parameter, value)| Setting {
            line: 0,
            parameter: parameter.clone(),
            value: value.clone(),
        });
        let preset = Preset { settings: settings.collect(), ..Preset::default() };
        values(&preset, &self.name, controls, locks)
            .or_else(|_| values(&Preset::default(), &self.name, controls, locks))
            .unwrap_or_default()
    }
}

/// Which preset each slot stands on, and the instance's locks.
#[derive(Debug)]
pub struct Standing {
    /// `None` where nothing has been loaded: Init, or what the slot was made from.
    bases: Mutex<[Option<Base>; 4]>,
    locks: AtomicU8,
    /// Counts changes of both.
    version: AtomicU32,
}

impl Default for Standing {
    fn default() -> Self {
        Self { bases: Mutex::default(), locks: AtomicU8::new(Locks::default().bits()), version: AtomicU32::new(0) }
    }
}

/// [`Standing`] as it is stored.
#[derive(Serialize, Deserialize)]
pub struct StoredStanding {
    bases: BTreeMap<Slot, Base>,
    locks: Vec<String>,
}

impl Standing {
    /// The preset that was loaded into the slot, or saved from it, last; Init if there is none.
    pub fn base(&self, slot: Slot) -> Base {
        self.bases()[slot as usize].clone().unwrap_or_default()
    }

    /// Whether there is one.
    pub fn has_base(&self, slot: Slot) -> bool {
        self.bases()[slot as usize].is_some()
    }

    /// The slot stands on this one from now on.
    pub fn set_base(&self, slot: Slot, base: Base) {
        self.bases()[slot as usize] = Some(base);
        self.version.fetch_add(1, Relaxed);
    }

    /// What a preset load leaves alone.
    pub fn locks(&self) -> Locks {
        Locks::from_bits(self.locks.load(Relaxed))
    }

    /// Locks a part, or lets go of it.
    pub fn set_lock(&self, lock: Lock, on: bool) {
        self.set_locks(self.locks().with(lock, on));
    }

    fn set_locks(&self, locks: Locks) {
        self.locks.store(locks.bits(), Relaxed);
        self.version.fetch_add(1, Relaxed);
    }

    /// Another number whenever a preset or the locks have changed.
    pub fn version(&self) -> u32 {
        self.version.load(Relaxed)
    }

    fn bases(&self) -> MutexGuard<'_, [Option<Base>; 4]> {
        // Whole at every step.
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it is stored; `None` of a fresh instance's.
    pub(in crate::state) fn store(&self) -> Option<StoredStanding> {
        let locks = self.locks();
        let locked: Vec<_> = Lock::ALL.into_iter().filter(|lock| locks.has(*lock)).collect();
        let bases = self.bases();
        let bases: BTreeMap<_, _> =
            Slot::ALL.into_iter().filter_map(|slot| Some((slot, bases[slot as usize].clone()?))).collect();
        let fresh = bases.is_empty() && locks == Locks::default();
        (!fresh).then(|| StoredStanding { bases, locks: locked.iter().map(|lock| lock.id().to_string()).collect() })
    }

    /// The inverse; sessions that are older than presets stand on Init.
    pub(in crate::state) fn restore(&self, stored: Option<StoredStanding>) {
        let (bases, locks) = match stored {
            Some(StoredStanding { mut bases, locks }) => {
                let has = |lock: &Lock| locks.iter().any(|id| id == lock.id());
                let locks = Lock::ALL.into_iter().filter(has).fold(Locks::NONE, |locks, lock| locks.with(lock, true));
                (Slot::ALL.map(|slot| bases.remove(&slot)), locks)
            }
            None => (Default::default(), Locks::default()),
        };
        *self.bases() = bases;
        self.set_locks(locks);
    }
}

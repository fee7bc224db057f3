//! What is applied of the captures, on its way to the audio thread.

use atomic_float::AtomicF64;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::*, fence};
use tandem_dsp::block::graphic::BANDS;
use tandem_dsp::captured::Captured;

/// Written by one thread at a time, read by the audio thread without waiting.
#[derive(Debug)]
pub struct Applied {
    /// Odd while it is being written; changes with every change.
    version: AtomicU32,
    is_any: AtomicBool,
    has_reference: AtomicBool,
    song_db: [AtomicF64; BANDS],
    reference_db: [AtomicF64; BANDS],
}

impl Default for Applied {
    fn default() -> Self {
        let silent = || std::array::from_fn(|_| AtomicF64::new(0.0));
        Self {
            version: AtomicU32::new(0),
            is_any: AtomicBool::new(false),
            has_reference: AtomicBool::new(false),
            song_db: silent(),
            reference_db: silent(),
        }
    }
}

impl Applied {
    /// From now on it is this. The caller holds a lock that all writers hold.
    pub(in crate::state) fn publish(&self, captured: Option<&Captured>) {
        if self.latest().1.as_ref() == captured {
            return;
        }
        self.version.fetch_add(1, Relaxed);
        fence(Release);
        let reference_db = captured.and_then(|captured| captured.reference_db);
        self.is_any.store(captured.is_some(), Relaxed);
        self.has_reference.store(reference_db.is_some(), Relaxed);
        let fill = |cells: &[AtomicF64; BANDS], curve: Option<[f64; BANDS]>| {
            cells.iter().zip(curve.unwrap_or_default()).for_each(|(cell, level)| cell.store(level, Relaxed));
        };
        fill(&self.song_db, captured.map(|captured| captured.song_db));
        fill(&self.reference_db, reference_db);
        self.version.fetch_add(1, Release);
    }

    /// Audio thread: what it is and its version, unless that is `known` or it is just being written.
    pub fn news(&self, known: Option<u32>) -> Option<(u32, Option<Captured>)> {
        let version = self.version.load(Acquire);
        if Some(version) == known || version % 2 == 1 {
            return None;
        }
        let (version_read, captured) = self.latest();
        fence(Acquire);
        (self.version.load(Relaxed) == version && version_read == version).then_some((version, captured))
    }

    fn latest(&self) -> (u32, Option<Captured>) {
        let version = self.version.load(Acquire);
        let read = |cells: &[AtomicF64; BANDS]| std::array::from_fn(|third: usize| cells[third].load(Relaxed));
        let captured = self.is_any.load(Relaxed).then(|| Captured {
            song_db: read(&self.song_db),
            reference_db: self.has_reference.load(Relaxed).then(|| read(&self.reference_db)),
        });
        (version, captured)
    }
}

//! Which parameters the host has moved lately: seen by watching their values, as no host but a CLAP one says so.

use crate::params::{Controls, ParamIndex};
use std::cell::RefCell;

/// How long a parameter counts as moved by the host, seconds.
const LATELY_S: f64 = 4.0;

/// How long a change may take to come back from the host after it was asked for here, seconds.
const OURS_S: f64 = 2.0;

/// Automation moves a few parameters between two pictures; a session or a host's preset that is loaded moves more.
const MANY: usize = 16;

/// What is known of each parameter.
#[derive(Default)]
pub(super) struct Moved {
    seen: RefCell<Vec<Seen>>,
    bulk_edits: u32,
}

#[derive(Clone, Copy)]
struct Seen {
    /// Its value when it was last looked at, as a way from 0 to 1.
    way: f64,
    /// When it was last set here, and when the host last moved it, seconds.
    ours_at: f64,
    host_at: f64,
}

impl Moved {
    /// A picture begins: notes what has changed, and who did it.
    pub(super) fn look(&mut self, controls: &Controls, now: f64) {
        let bulk_edits = controls.bulk_edits();
        let seen = self.seen.get_mut();
        if seen.is_empty() {
            let way = |index| Seen { way: controls.normalized(index), ours_at: f64::MIN, host_at: f64::MIN };
            seen.extend(controls.all().map(way));
        }
        // A bulk edit is a preset, a slot, an undo: none of the host's.
        let bulk = std::mem::replace(&mut self.bulk_edits, bulk_edits) != bulk_edits;
        let mut moved = |index: &ParamIndex| {
            let seen = &mut seen[index.place()];
            let way = controls.normalized(*index);
            std::mem::replace(&mut seen.way, way) != way && now - seen.ours_at > OURS_S
        };
        let moved: Vec<_> = controls.all().filter(&mut moved).collect();
        if !bulk && moved.len() < MANY {
            moved.into_iter().for_each(|index| seen[index.place()].host_at = now);
        }
    }

    /// The parameter is set here, now.
    pub(super) fn ours(&self, index: ParamIndex, now: f64) {
        if let Some(seen) = self.seen.borrow_mut().get_mut(index.place()) {
            (seen.ours_at, seen.host_at) = (now, f64::MIN);
        }
    }

    /// Whether the host has moved it lately.
    pub(super) fn lately(&self, index: ParamIndex, now: f64) -> bool {
        self.seen.borrow().get(index.place()).is_some_and(|seen| now - seen.host_at < LATELY_S)
    }

    /// Seconds until the next parameter no longer counts as moved.
    pub(super) fn ends_in(&self, now: f64) -> Option<f64> {
        let seen = self.seen.borrow();
        seen.iter().map(|seen| seen.host_at + LATELY_S - now).filter(|left| *left > 0.0).reduce(f64::min)
    }
}

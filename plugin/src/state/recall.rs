//! Compare and recall of an instance: slots, history, and what is compared how loud.
//!
//! Whoever edits does so through here, so that each gesture is a step that can be undone; see [`Recall::remember`].

use super::captures::{Applied, Captures};
use super::history::{self, Change, Direction, History, Step};
use super::slots::{Slot, Slots};
use super::snapshot::Snapshot;
use crate::edit::Edit;
use crate::params::{Controls, ParamIndex};
use crate::telemetry::Matching;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tandem_dsp::captured::Captured;

/// Belongs to the instance: the editor comes and goes, the session stores the slots.
pub struct Recall {
    controls: Arc<Controls>,
    inner: Mutex<Inner>,
    captures: Captures,
    applied: Applied,
}

#[derive(Default)]
struct Inner {
    slots: Slots,
    history: History,
    /// The gestures that are open, as far as they have gone.
    open: Vec<Change>,
    /// Those that ended while others were still open: one step with them.
    ended: Vec<Change>,
    /// Counts how often something else began to be heard.
    round: u16,
}

/// What undoing or redoing has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    /// The step's name.
    pub name: String,
    /// What was left as it is, because it has been changed since.
    pub left: Vec<ParamIndex>,
    /// Whether anything was restored.
    pub restored: bool,
}

/// A loudness that differs from the known one by less is no news, LU. What is worth a new gain is ten times as much.
const NEWS_LU: f32 = 0.01;

impl Recall {
    /// Of a fresh instance with `controls`.
    pub fn new(controls: Arc<Controls>) -> Self {
        Self { controls, inner: Mutex::default(), captures: Captures::default(), applied: Applied::default() }
    }

    /// Edits through `edit`, remembered.
    pub fn remember<'a>(&'a self, edit: &'a dyn Edit) -> Remembered<'a> {
        Remembered { recall: self, edit }
    }

    /// What the slots hold now.
    pub fn slots(&self) -> Slots {
        self.lock().slots.clone()
    }

    /// What is in `slot`; of the current one, what stands. `None` where nothing is yet.
    pub fn snapshot(&self, slot: Slot) -> Option<Snapshot> {
        self.lock().slots.snapshot(slot, &self.controls)
    }

    /// What has been captured.
    pub fn captures(&self) -> &Captures {
        &self.captures
    }

    /// What is applied of it in the current slot.
    pub fn applied(&self) -> &Applied {
        &self.applied
    }

    /// Applies `captured` in the current slot, or takes back what is, as a step.
    pub fn apply(&self, edit: &dyn Edit, captured: Option<Captured>) {
        let name = if captured.is_some() { "Apply captured spectra" } else { "Take captured spectra back" };
        self.change_slots(edit, name.to_string(), |slots, controls| {
            let (slot, captured) = (slots.current(), captured.map(Arc::new));
            (slots.captured(slot) != captured.as_ref()).then(|| {
                slots.set_captured(slot, captured);
                slots.set_loudness(slot, None);
                Snapshot::take(controls)
            })
        });
    }

    /// Goes to `slot`. An empty one takes along what stands.
    pub fn switch(&self, edit: &dyn Edit, slot: Slot) {
        self.change_slots(edit, format!("Slot {}", slot.name()), |slots, controls| {
            (slots.current() != slot).then(|| slots.go_to(slot, controls))
        });
    }

    /// Copies what is in `from` to `to`, if there is anything.
    pub fn copy(&self, edit: &dyn Edit, from: Slot, to: Slot) {
        self.change_slots(edit, format!("Copy {} to {}", from.name(), to.name()), |slots, controls| {
            let snapshot = slots.snapshot(from, controls).filter(|_| from != to)?;
            let loudness_lu = slots.loudness_lu(from);
            slots.put(to, snapshot.clone(), loudness_lu);
            slots.set_captured(to, slots.captured(from).cloned());
            Some(if slots.current() == to { snapshot } else { Snapshot::take(controls) })
        });
    }

    /// Loads `values`, such as a preset's, as the step called `name`, into the current slot.
    pub fn load(&self, edit: &dyn Edit, name: &str, values: &[(ParamIndex, f64)]) {
        let slot = self.lock().slots.current();
        self.load_into(edit, name, slot, values);
    }

    /// Loads `values`, such as a preset's, as the step called `name`, into `slot` and goes there. Parameters of the
    /// sound that are not among them keep what stands.
    pub fn load_into(&self, edit: &dyn Edit, name: &str, slot: Slot, values: &[(ParamIndex, f64)]) {
        self.change_slots(edit, name.to_string(), |slots, controls| {
            let value = |index| values.iter().find(|(other, _)| *other == index).map(|(_, value)| *value);
            let snapshot = Snapshot::of(controls, |index| value(index).unwrap_or_else(|| controls.base(index)));
            if slots.current() != slot {
                slots.go_to(slot, controls);
            }
            slots.put(slot, snapshot.clone(), None);
            Some(snapshot)
        });
    }

    /// A step that changes the slots as `change` says, and then the parameters to what it gives.
    fn change_slots(
        &self,
        edit: &dyn Edit,
        name: String,
        change: impl FnOnce(&mut Slots, &Controls) -> Option<Snapshot>,
    ) {
        let mut inner = self.lock();
        let before = inner.slots.clone();
        let Some(sound) = change(&mut inner.slots, &self.controls) else { return };
        self.publish(&inner.slots);
        let changes = self.changes(sound.values());
        let after = inner.slots.clone();
        let values = values_after(&changes);
        let slots = (before != after).then(|| Box::new([before, after]));
        inner.round = inner.round.wrapping_add(1);
        inner.history.push(Step { name, changes, slots, leaps: true, goes_on: None });
        // What the host does with the edit may ask for the state.
        drop(inner);
        if values.is_empty() {
            edit.state_changed();
        } else {
            edit.leap(&values);
        }
    }

    /// Those of `values` that differ from what stands.
    fn changes(&self, values: &[(ParamIndex, f64)]) -> Vec<Change> {
        let differs = values.iter().filter(|(index, value)| !self.controls.is_at(*index, *value));
        differs
            .map(|(index, after)| Change { index: *index, before: self.controls.base(*index), after: *after })
            .collect()
    }

    /// The name of the step that would be undone or redone next.
    pub fn next(&self, direction: Direction) -> Option<String> {
        self.lock().history.next(direction).map(|step| step.name.clone())
    }

    /// How many steps can be undone, and how many redone.
    pub fn lengths(&self) -> (usize, usize) {
        self.lock().history.lengths()
    }

    /// Undoes or redoes a step. What has been changed since by anyone else is left as it is.
    pub fn go(&self, edit: &dyn Edit, direction: Direction) -> Option<Gone> {
        let mut inner = self.lock();
        let step = inner.history.go(direction)?;
        let (mut values, mut left) = (Vec::new(), Vec::new());
        for Change { index, before, after } in step.changes {
            let (from, to) = match direction {
                Direction::Back => (after, before),
                Direction::Forth => (before, after),
            };
            if self.controls.is_at(index, from) {
                values.push((index, to));
            } else if !self.controls.is_at(index, to) {
                left.push(index);
            }
        }
        let mut restored = !values.is_empty();
        if let Some([before, after]) = step.slots.map(|slots| *slots) {
            let loudness = Slot::ALL.map(|slot| inner.slots.loudness_lu(slot));
            let (from, to) = match direction {
                Direction::Back => (after, before),
                Direction::Forth => (before, after),
            };
            // What was in the one that is left goes with it: it may have been edited by a host since.
            if inner.slots.current() == from.current() {
                inner.slots = to;
                for (slot, lu) in Slot::ALL.into_iter().zip(loudness) {
                    if inner.slots.loudness_lu(slot).is_none() && inner.slots.current() != slot {
                        inner.slots.set_loudness(slot, lu);
                    }
                }
                restored = true;
            }
            inner.round = inner.round.wrapping_add(1);
            self.publish(&inner.slots);
        }
        drop(inner);
        match (values.is_empty(), step.leaps) {
            (true, _) if restored => edit.state_changed(),
            (true, _) => {}
            (false, true) => edit.leap(&values),
            (false, false) => edit.bulk(&values),
        }
        Some(Gone { name: step.name, left, restored })
    }

    /// Editor, every picture: learns how loud the current slot is, and sets the gain at which it is heard.
    pub fn follow(&self, matching: &Matching) {
        let mut inner = self.lock();
        matching.begin(inner.round);
        let current = inner.slots.current();
        if let Some(lu) = matching.measured(inner.round)
            && inner.slots.loudness_lu(current).is_none_or(|known| (known - lu).abs() > NEWS_LU)
        {
            inner.slots.set_loudness(current, Some(lu));
        }
        let gain_db = inner.slots.match_db(current).unwrap_or(0.0);
        drop(inner);
        matching.set_gain((gain_db * 10.0).round() / 10.0);
    }

    /// The slots as they are stored; `None` of a fresh instance's.
    pub(super) fn to_json(&self) -> Option<String> {
        self.lock().slots.to_json(&self.controls)
    }

    /// Takes stored slots; without any, a fresh instance's. What was done before can still be undone where it stands.
    pub(super) fn set_from_json(&self, json: Option<&str>) {
        let (slots, refused) = Slots::from_json(json, &self.controls);
        if let Some(why) = refused {
            self.captures.refuse(why);
        }
        let mut inner = self.lock();
        inner.slots = slots;
        self.publish(&inner.slots);
        inner.round = inner.round.wrapping_add(1);
    }

    fn publish(&self, slots: &Slots) {
        self.applied.publish(slots.captured(slots.current()).map(Arc::as_ref));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whole at every step.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, index: ParamIndex) {
        let value = self.controls.base(index);
        self.lock().open.push(Change { index, before: value, after: value });
    }

    fn set(&self, index: ParamIndex, value: f64) {
        let mut inner = self.lock();
        if let Some(change) = inner.open.iter_mut().find(|change| change.index == index) {
            change.after = value;
        }
    }

    /// `now` in seconds where the gesture goes on with another one soon.
    fn end(&self, index: ParamIndex, now: Option<f64>) {
        let mut inner = self.lock();
        let Some(place) = inner.open.iter().position(|change| change.index == index) else { return };
        let change = inner.open.remove(place);
        if !self.controls.control(index).same(change.before, change.after) {
            inner.ended.push(change);
        }
        if inner.open.is_empty() {
            let changes = std::mem::take(&mut inner.ended);
            let name = history::name(&self.controls, &changes);
            inner.history.push(Step { name, changes, slots: None, leaps: false, goes_on: now });
        }
    }

    fn bulk(&self, name: Option<&str>, values: &[(ParamIndex, f64)]) {
        let changes = self.changes(values);
        let name = name.map_or_else(|| history::name(&self.controls, &changes), str::to_string);
        self.lock().history.push(Step { name, changes, slots: None, leaps: false, goes_on: None });
    }
}

fn values_after(changes: &[Change]) -> Vec<(ParamIndex, f64)> {
    changes.iter().map(|change| (change.index, change.after)).collect()
}

/// Edits that are remembered as steps.
pub struct Remembered<'a> {
    recall: &'a Recall,
    edit: &'a dyn Edit,
}

impl<'a> Remembered<'a> {
    /// What remembers.
    pub fn recall(&self) -> &'a Recall {
        self.recall
    }

    /// Edits that are not remembered here, for [`Recall`]'s own steps.
    pub fn edit(&self) -> &'a dyn Edit {
        self.edit
    }

    /// As [`Edit::bulk`], as the step called `name`.
    pub fn bulk_as(&self, name: &str, values: &[(ParamIndex, f64)]) {
        self.recall.bulk(Some(name), values);
        self.edit.bulk(values);
    }

    /// As [`Edit::set_once`]; with others of the same parameter soon before or after `now` seconds it is one step.
    pub fn nudge(&self, index: ParamIndex, value: f64, now: f64) {
        self.recall.begin(index);
        self.edit.set_once(index, value);
        self.recall.set(index, value);
        self.recall.end(index, Some(now));
    }
}

impl Edit for Remembered<'_> {
    fn begin(&self, index: ParamIndex) {
        self.recall.begin(index);
        self.edit.begin(index);
    }

    fn set(&self, index: ParamIndex, value: f64) {
        self.recall.set(index, value);
        self.edit.set(index, value);
    }

    fn end(&self, index: ParamIndex) {
        self.edit.end(index);
        self.recall.end(index, None);
    }

    fn bulk(&self, changes: &[(ParamIndex, f64)]) {
        self.recall.bulk(None, changes);
        self.edit.bulk(changes);
    }

    fn leap(&self, changes: &[(ParamIndex, f64)]) {
        self.recall.bulk(None, changes);
        self.edit.leap(changes);
    }
}

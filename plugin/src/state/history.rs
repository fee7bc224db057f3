//! What can be undone: named steps, one for each gesture.

use super::diff::told;
use super::slots::Slots;
use crate::params::{Controls, ParamIndex};
use std::collections::VecDeque;

/// Steps that are kept.
pub const STEPS: usize = 200;

/// A parameter's way within a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Which one.
    pub index: ParamIndex,
    /// Its value before.
    pub before: f64,
    /// Its value after.
    pub after: f64,
}

/// What one gesture has done.
#[derive(Clone, Debug)]
pub struct Step {
    /// In words: "EQ 3 Gain to +2.1 dB".
    pub name: String,
    /// What it has done to the parameters.
    pub changes: Vec<Change>,
    /// What it has done to the slots, before and after.
    pub slots: Option<Box<[Slots; 2]>>,
    /// Whether the sound goes over to it, instead of gliding.
    pub leaps: bool,
    /// When it was made, if it goes on with the next one of the same parameter.
    pub goes_on: Option<f64>,
}

/// Nudges of the same parameter, by wheel or arrow keys, that are less far apart are one gesture.
const ONE_GESTURE_S: f64 = 1.0;

/// The steps of an instance.
#[derive(Debug, Default)]
pub struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
}

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Undo.
    Back,
    /// Redo.
    Forth,
}

impl History {
    /// Notes a step. Those that were undone are gone.
    pub fn push(&mut self, step: Step) {
        if step.changes.is_empty() && step.slots.is_none() {
            return;
        }
        self.undone.clear();
        match self.done.back_mut() {
            Some(last) if goes_on(last, &step) => {
                last.changes[0].after = step.changes[0].after;
                (last.name, last.goes_on) = (step.name, step.goes_on);
            }
            _ => self.done.push_back(step),
        }
        if self.done.len() > STEPS {
            self.done.pop_front();
        }
    }

    /// The step that would be undone or redone next.
    pub fn next(&self, direction: Direction) -> Option<&Step> {
        match direction {
            Direction::Back => self.done.back(),
            Direction::Forth => self.undone.last(),
        }
    }

    /// Takes the next step over to the other side, and gives a copy of it.
    pub fn go(&mut self, direction: Direction) -> Option<Step> {
        let step = match direction {
            Direction::Back => self.done.pop_back(),
            Direction::Forth => self.undone.pop(),
        }?;
        match direction {
            Direction::Back => self.undone.push(step.clone()),
            Direction::Forth => self.done.push_back(step.clone()),
        }
        Some(step)
    }

    /// How many steps can be undone, and how many redone.
    pub fn lengths(&self) -> (usize, usize) {
        (self.done.len(), self.undone.len())
    }
}

fn goes_on(last: &Step, next: &Step) -> bool {
    let soon = last.goes_on.zip(next.goes_on).is_some_and(|(last, next)| next - last < ONE_GESTURE_S);
    let same = |a: &[Change], b: &[Change]| matches!((a, b), ([a], [b]) if a.index == b.index && a.after == b.before);
    soon && same(&last.changes, &next.changes)
}

/// What a step with `changes` is called.
pub fn name(controls: &Controls, changes: &[Change]) -> String {
    let to = |change: &Change| told(controls, change.index, change.after, " to ");
    match changes {
        [] => String::new(),
        [one] => to(one),
        [one, two] if controls.group_of(one.index).id == controls.group_of(two.index).id => {
            let second = controls.control(two.index);
            format!("{}, {} to {}", to(one), second.name(), second.print(two.after))
        }
        [one, rest @ ..] => format!("{} and {} more", to(one), rest.len()),
    }
}

//! What the host says of the automation of each parameter.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Whether a parameter is automated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Automation {
    /// Not that the host would have said so.
    #[default]
    None,
    /// There is automation; it does not move the parameter now.
    Present,
    /// It is played or written now.
    Active,
}

/// One for each parameter. Any thread.
#[derive(Debug)]
pub(super) struct Automations(Box<[AtomicU8]>);

impl Automations {
    pub(super) fn new(parameters: usize) -> Self {
        Self((0..parameters).map(|_| AtomicU8::new(Automation::None as u8)).collect())
    }

    pub(super) fn get(&self, parameter: usize) -> Automation {
        match self.0[parameter].load(Relaxed) {
            state if state == Automation::Present as u8 => Automation::Present,
            state if state == Automation::Active as u8 => Automation::Active,
            _ => Automation::None,
        }
    }

    pub(super) fn set(&self, parameter: usize, automation: Automation) {
        self.0[parameter].store(automation as u8, Relaxed);
    }
}

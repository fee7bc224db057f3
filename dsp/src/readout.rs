//! What a processor measures. A module describes its readouts once, beside its controls, and reports them to a visitor;
//! the editor's cells are derived from that.

use crate::control::Group;

/// A measured value.
#[derive(Debug)]
pub struct Readout {
    /// Unique among the readouts of its group.
    pub id: &'static str,
    /// What it measures, with its unit.
    pub help: &'static str,
    /// What to show of the values between two looks.
    pub keep: Keep,
}

/// What to show of the values between two looks at a [`Readout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The last one.
    Latest,
    /// The highest one.
    Highest,
}

/// Hears what a processor measures.
pub trait Report {
    /// A readout's value now. Negative infinity where there is nothing to tell.
    fn value(&mut self, readout: &'static Readout, value: f64);

    /// Everything that `inside` reports belongs to `group`.
    fn group(&mut self, group: &'static Group, inside: impl FnOnce(&mut Self))
    where
        Self: Sized;
}

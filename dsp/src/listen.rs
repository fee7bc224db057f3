//! Listen states: what a module lets hear instead of its output, to judge what it does. They are no settings: nothing
//! saves them, and whoever runs a chain switches them off offline and when no one looks.

/// What to hear of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// Its output.
    #[default]
    Output,
    /// What it takes or adds: in minus out.
    Delta,
    /// What its detector hears.
    Key,
    /// What one of its bands, counted from 0, works on.
    Band(u8),
    /// Its output, lower by the gain that it was given, so that louder does not seem better.
    UnityGain,
}

//! What the editor asks to hear, on its way to the audio thread.

use std::sync::atomic::{AtomicU32, Ordering::*};
use tandem_dsp::Listen;
use tandem_dsp::chain::Rack;
use tandem_dsp::control::Group;

/// The listen state of each module.
pub struct Listening {
    modules: Box<[(&'static Group, AtomicU32)]>,
    /// Counts the changes.
    version: AtomicU32,
}

impl Listening {
    /// All modules of an `R` at their output.
    pub fn of<R: Rack + Default>() -> Self {
        let mut modules = Vec::new();
        R::default().listen_to(|group| {
            modules.push((group, AtomicU32::new(to_code(Listen::Output))));
            Listen::Output
        });
        Self { modules: modules.into(), version: AtomicU32::new(0) }
    }

    /// Editor: what to hear of the module whose group is `group`. Groups of no module are ignored.
    pub fn set(&self, group: &Group, listen: Listen) {
        if let Some((_, code)) = self.modules.iter().find(|(module, _)| module.id == group.id) {
            code.store(to_code(listen), Relaxed);
            self.version.fetch_add(1, Release);
        }
    }

    /// Editor: everything back to the outputs.
    pub fn clear(&self) {
        for (_, code) in &self.modules {
            code.store(to_code(Listen::Output), Relaxed);
        }
        self.version.fetch_add(1, Release);
    }

    /// What is asked to be heard of the module whose group is `group`.
    pub fn get(&self, group: &Group) -> Listen {
        let module = self.modules.iter().find(|(module, _)| module.id == group.id);
        module.map_or(Listen::Output, |(_, code)| from_code(code.load(Relaxed)))
    }

    /// The modules of which something else than their output is to be heard.
    pub fn active(&self) -> impl Iterator<Item = (&'static Group, Listen)> {
        let states = self.modules.iter().map(|(group, code)| (*group, from_code(code.load(Relaxed))));
        states.filter(|(_, listen)| *listen != Listen::Output)
    }

    /// Changes with every change.
    pub fn version(&self) -> u32 {
        self.version.load(Acquire)
    }
}

/// The code of band 0; those of the others follow.
const FIRST_BAND: u32 = 16;

fn to_code(listen: Listen) -> u32 {
    match listen {
        Listen::Output => 0,
        Listen::Delta => 1,
        Listen::Key => 2,
        Listen::UnityGain => 3,
        Listen::Band(band) => FIRST_BAND + u32::from(band),
    }
}

fn from_code(code: u32) -> Listen {
    match code {
        1 => Listen::Delta,
        2 => Listen::Key,
        3 => Listen::UnityGain,
        FIRST_BAND.. => Listen::Band((code - FIRST_BAND).min(u32::from(u8::MAX)) as u8),
        _ => Listen::Output,
    }
}

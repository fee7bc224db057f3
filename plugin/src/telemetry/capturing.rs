//! What the editor asks to be captured, on its way to the audio thread.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tandem_dsp::captured::Source;

/// The last capture that was asked for.
#[derive(Debug, Default)]
pub struct Capturing(AtomicU32);

/// The source's bits; the others count the captures.
const SOURCE: u32 = 3;

impl Capturing {
    /// Editor: begins a new capture from `source`.
    pub fn begin(&self, source: Source) {
        let code = match source {
            Source::Input => 1,
            Source::SideChain => 2,
        };
        let count = self.0.load(Relaxed) | SOURCE;
        self.0.store(count.wrapping_add(1) | code, Relaxed);
    }

    /// Editor: ends it; what it has come to stays to be read.
    pub fn end(&self) {
        self.0.fetch_and(!SOURCE, Relaxed);
    }

    /// What is captured now.
    pub fn source(&self) -> Option<Source> {
        match self.0.load(Relaxed) & SOURCE {
            1 => Some(Source::Input),
            2 => Some(Source::SideChain),
            _ => None,
        }
    }

    /// Changes with every begin and end.
    pub fn version(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

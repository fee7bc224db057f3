//! What has come in lately, to be gone through once more.

use crate::{CONTROL_INTERVAL, Frame, Processor};

/// The last frames and keys, on the control grid.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    frames: Box<[Frame]>,
    keys: Box<[Frame]>,
    at: usize,
}

impl Recent {
    /// Readies for at least so many frames. Allocates, and clears the past.
    pub fn prepare(&mut self, frames: usize) {
        let frames = frames.next_multiple_of(CONTROL_INTERVAL);
        self.frames = vec![[0.0; 2]; frames].into_boxed_slice();
        self.keys = self.frames.clone();
        self.at = 0;
    }

    /// Forgets the past; the next frame is the first after a control tick.
    pub fn reset(&mut self) {
        self.frames.fill([0.0; 2]);
        self.keys.fill([0.0; 2]);
        self.at = 0;
    }

    /// Takes frames and their keys, up to the next control tick.
    pub fn push(&mut self, frames: &[Frame], keys: &[Frame]) {
        let here = self.at..self.at + frames.len();
        if let (Some(old), Some(old_keys)) = (self.frames.get_mut(here.clone()), self.keys.get_mut(here)) {
            old.copy_from_slice(frames);
            old_keys.copy_from_slice(keys);
        }
        self.pass(frames.len());
    }

    /// Lets so many frames go by, and keeps what was there.
    pub fn pass(&mut self, frames: usize) {
        self.at = (self.at + frames).checked_rem(self.frames.len()).unwrap_or(0);
    }

    /// At a control tick: runs all of it through `processor`, oldest first; what comes out is not heard.
    pub fn replay(&self, processor: &mut impl Processor) {
        debug_assert!(self.at.is_multiple_of(CONTROL_INTERVAL));
        let (late, early) = (0..self.at, self.at..self.frames.len());
        for start in early.chain(late).step_by(CONTROL_INTERVAL) {
            let here = start..start + CONTROL_INTERVAL;
            let mut frames = [[0.0; 2]; CONTROL_INTERVAL];
            frames.copy_from_slice(&self.frames[here.clone()]);
            processor.control();
            processor.run(&mut frames, &self.keys[here]);
        }
    }
}

//! The last frames, by their number.

use crate::Frame;

/// Frames by their number since the start, as far back as it is long.
#[derive(Clone, Debug, Default)]
pub struct Past {
    ring: Box<[Frame]>,
    mask: usize,
}

impl Past {
    /// Readies for at least `frames`. Allocates.
    pub fn prepare(&mut self, frames: usize) {
        let size = frames.next_power_of_two();
        (self.ring, self.mask) = (vec![[0.0; 2]; size].into(), size - 1);
    }

    /// All silence.
    pub fn reset(&mut self) {
        self.ring.fill([0.0; 2]);
    }

    /// The frame of that number.
    #[inline(always)]
    pub fn at(&self, number: usize) -> Frame {
        self.ring[number & self.mask]
    }

    /// The frame of that number, to be written.
    #[inline(always)]
    pub fn at_mut(&mut self, number: usize) -> &mut Frame {
        &mut self.ring[number & self.mask]
    }
}

//! A delay of whole frames.

use crate::Frame;

/// Delays by a fixed number of frames.
#[derive(Clone, Debug, Default)]
pub struct Delay {
    ring: Box<[Frame]>,
    at: usize,
}

impl Delay {
    /// Readies for a delay of `frames`; allocates, and clears the past.
    pub fn prepare(&mut self, frames: usize) {
        self.ring = vec![[0.0; 2]; frames].into_boxed_slice();
        self.at = 0;
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.ring.fill([0.0; 2]);
    }

    /// The delay in frames.
    pub fn frames(&self) -> usize {
        self.ring.len()
    }

    /// Takes a frame in and gives the one from [`frames`](Self::frames) ago.
    #[inline(always)]
    pub fn tick(&mut self, input: Frame) -> Frame {
        let Some(slot) = self.ring.get_mut(self.at) else { return input };
        let output = std::mem::replace(slot, input);
        self.at += 1;
        if self.at == self.ring.len() {
            self.at = 0;
        }
        output
    }

    /// Delays a run in place.
    #[inline(always)]
    pub fn run(&mut self, frames: &mut [Frame]) {
        if !self.ring.is_empty() {
            for frame in frames {
                *frame = self.tick(*frame);
            }
        }
    }
}

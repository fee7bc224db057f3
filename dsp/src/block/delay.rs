//! A delay of whole frames.

use crate::Frame;

/// Delays frames, or values that belong to frames, by a fixed number.
#[derive(Clone, Debug, Default)]
pub struct Delay<T = Frame> {
    ring: Box<[T]>,
    at: usize,
}

impl<T: Copy + Default> Delay<T> {
    /// Readies for a delay of `frames`; allocates, and clears the past.
    pub fn prepare(&mut self, frames: usize) {
        self.ring = vec![T::default(); frames].into_boxed_slice();
        self.at = 0;
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.ring.fill(T::default());
    }

    /// The delay in frames.
    pub fn frames(&self) -> usize {
        self.ring.len()
    }

    /// Takes a frame in and gives the one from [`frames`](Self::frames) ago.
    #[inline(always)]
    pub fn tick(&mut self, input: T) -> T {
        let Some(slot) = self.ring.get_mut(self.at) else { return input };
        let output = std::mem::replace(slot, input);
        self.advance(1);
        output
    }

    /// Takes a run in and gives the frames from [`frames`](Self::frames) ago in `delayed`, equally long.
    pub fn run_into(&mut self, frames: &[T], delayed: &mut [T]) {
        delayed.copy_from_slice(frames);
        self.run(delayed);
    }

    /// Takes a run in without looking at what comes out.
    pub fn push(&mut self, frames: &[T]) {
        let mut rest = frames;
        while !rest.is_empty() && !self.ring.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.ring.len() - self.at));
            self.ring[self.at..self.at + now.len()].copy_from_slice(now);
            self.advance(now.len());
            rest = later;
        }
    }

    /// Delays a run in place.
    pub fn run(&mut self, frames: &mut [T]) {
        let mut rest = frames;
        while !rest.is_empty() && !self.ring.is_empty() {
            let (now, later) = rest.split_at_mut(rest.len().min(self.ring.len() - self.at));
            self.ring[self.at..self.at + now.len()].swap_with_slice(now);
            self.advance(now.len());
            rest = later;
        }
    }

    fn advance(&mut self, frames: usize) {
        self.at += frames;
        if self.at == self.ring.len() {
            self.at = 0;
        }
    }
}

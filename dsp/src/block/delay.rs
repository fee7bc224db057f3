//! A delay of whole frames.

use crate::Frame;

/// Frames that may come at once: as long as these are not overwritten, what comes can be stored before what goes is read.
const ROOM: usize = 256;

/// Delays frames, or values that belong to frames, by a fixed number.
#[derive(Clone, Debug, Default)]
pub struct Delay<T = Frame> {
    ring: Box<[T]>,
    frames: usize,
    /// Where the next frame goes.
    at: usize,
}

impl<T: Copy + Default> Delay<T> {
    /// Readies for a delay of `frames`; allocates, and clears the past.
    pub fn prepare(&mut self, frames: usize) {
        self.ring = vec![T::default(); if frames > 0 { frames + ROOM } else { 0 }].into_boxed_slice();
        (self.frames, self.at) = (frames, 0);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.ring.fill(T::default());
    }

    /// The delay in frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Takes a run in and gives the frames from [`frames`](Self::frames) ago in `delayed`, equally long.
    pub fn run_into(&mut self, frames: &[T], delayed: &mut [T]) {
        delayed.copy_from_slice(frames);
        self.run(delayed);
    }

    /// Takes frames in without looking at what comes out.
    pub fn push(&mut self, frames: &[T]) {
        if self.frames == 0 {
            return;
        }
        for frames in frames.chunks(ROOM) {
            let (first, second) = frames.split_at(frames.len().min(self.ring.len() - self.at));
            copy(first, &mut self.ring[self.at..self.at + first.len()]);
            copy(second, &mut self.ring[..second.len()]);
            self.at = self.wrapped(self.at + frames.len());
        }
    }

    /// Delays frames in place.
    pub fn run(&mut self, frames: &mut [T]) {
        if self.frames == 0 {
            return;
        }
        for frames in frames.chunks_mut(ROOM) {
            let from = self.wrapped(self.at + ROOM);
            self.push(frames);
            let (first, second) = frames.split_at_mut(frames.len().min(self.ring.len() - from));
            copy(&self.ring[from..from + first.len()], first);
            copy(&self.ring[..second.len()], second);
        }
    }

    /// A place less than two rings along, in the ring.
    fn wrapped(&self, place: usize) -> usize {
        if place < self.ring.len() { place } else { place - self.ring.len() }
    }
}

/// Copies values; those of a control interval, and none, without a call.
#[inline(always)]
fn copy<T: Copy>(from: &[T], to: &mut [T]) {
    match (from.as_chunks::<4>(), to.as_chunks_mut::<4>()) {
        (([a, b, c, d], []), ([to_a, to_b, to_c, to_d], [])) => {
            *to_a = *a;
            *to_b = *b;
            *to_c = *c;
            *to_d = *d;
        }
        (([], []), _) => {}
        _ => to.copy_from_slice(from),
    }
}

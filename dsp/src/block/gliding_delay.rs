//! A delay whose length glides: for gains, which may arrive earlier or later than the sound that they belong to.

use crate::CONTROL_INTERVAL;
use crate::smooth::Glide;

/// Delays a control signal by 0 to a fixed number of frames; between two lengths it reads between frames.
#[derive(Clone, Debug, Default)]
pub struct GlidingDelay {
    ring: Box<[f32]>,
    /// The longest delay in frames.
    longest: usize,
    /// Where the next value goes.
    at: usize,
    length: Glide,
    /// Delay in frames at the last control tick and at the next.
    from: f64,
    to: f64,
    /// Frames since the last control tick.
    phase: usize,
    /// Whether the next aim jumps.
    fresh: bool,
}

impl GlidingDelay {
    /// Readies for delays up to `longest` frames at `rate` Hz. Allocates, and clears the past.
    pub fn prepare(&mut self, longest: usize, rate: f64) {
        // A whole run is written before its first value is read, and reading between frames takes one more.
        // In whole runs, so that none that begins at a control tick has to be cut in two.
        let size = (longest + CONTROL_INTERVAL + 1).next_multiple_of(CONTROL_INTERVAL);
        (self.ring, self.longest) = (vec![0.0; size].into_boxed_slice(), longest);
        self.length.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        self.ring.fill(0.0);
        self.length.reset();
        (self.at, self.phase, self.fresh) = (0, 0, true);
    }

    /// Sets the delay to go to, in frames, rounded to whole ones.
    pub fn aim(&mut self, frames: f64) {
        self.length.aim(frames.round().clamp(0.0, self.longest as f64));
        if std::mem::take(&mut self.fresh) {
            (self.from, self.to) = (self.length.now(), self.length.now());
        }
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.from = self.to;
        self.to = self.length.step();
        self.phase = 0;
    }

    /// The same past as `other`, which was prepared alike.
    pub fn copy_past(&mut self, other: &Self) {
        self.ring.copy_from_slice(&other.ring);
        self.at = other.at;
    }

    /// Whether the delay is on its way.
    pub fn is_moving(&self) -> bool {
        self.from != self.to || self.length.moving()
    }

    /// Delays a run in place.
    #[inline(always)]
    pub fn run(&mut self, values: &mut [f32]) {
        if self.longest == 0 {
            return;
        }
        let size = self.ring.len();
        let start = self.at;
        put(&mut self.ring, start, values);
        self.at = wrapped(start + values.len(), size);
        if self.from == self.to {
            take(&self.ring, wrapped(start + size - self.to as usize, size), values);
        } else {
            for (i, value) in values.iter_mut().enumerate() {
                let part = (self.phase + i + 1) as f64 * (1.0 / CONTROL_INTERVAL as f64);
                let back = self.from + part * (self.to - self.from);
                let late = (start + i + size - back as usize) % size;
                let later = (late + size - 1) % size;
                *value = self.ring[late] + back.fract() as f32 * (self.ring[later] - self.ring[late]);
            }
        }
        self.phase += values.len();
    }
}

/// A place less than two rings along, in the ring.
fn wrapped(place: usize, size: usize) -> usize {
    if place < size { place } else { place - size }
}

/// Writes values into a ring from a place on.
#[inline(always)]
fn put(ring: &mut [f32], start: usize, values: &[f32]) {
    // A whole run in registers: a copy of any length would be a call that waits for the values to be in memory.
    let whole = ring.get_mut(start..).and_then(|ring| ring.first_chunk_mut());
    if let (Some(whole), Ok(values)) = (whole, <&[f32; CONTROL_INTERVAL]>::try_from(values)) {
        *whole = *values;
    } else {
        let (first, second) = values.split_at(values.len().min(ring.len() - start));
        ring[start..start + first.len()].copy_from_slice(first);
        ring[..second.len()].copy_from_slice(second);
    }
}

/// Reads values out of a ring from a place on.
#[inline(always)]
fn take(ring: &[f32], start: usize, values: &mut [f32]) {
    let whole = ring.get(start..).and_then(|ring| ring.first_chunk());
    if let (Some(whole), Ok(values)) = (whole, <&mut [f32; CONTROL_INTERVAL]>::try_from(&mut *values)) {
        *values = *whole;
    } else {
        let (first, second) = values.split_at_mut(values.len().min(ring.len() - start));
        first.copy_from_slice(&ring[start..start + first.len()]);
        second.copy_from_slice(&ring[..second.len()]);
    }
}

//! A delay line that is written and read a whole control interval at a time, at any distance.

use crate::CONTROL_INTERVAL;

/// A control interval of one channel. Eight packed registers; loops over it have no remainder.
pub type Run = [f32; CONTROL_INTERVAL];

/// Places before the shortest distance that reading between samples looks at as well.
const BETWEEN: usize = 2;

/// A line of past samples in f32. Runs are written one after the other; a read gives a run that begins so many samples
/// before the one to be written next.
///
/// What was never written since the last [`reset`](Self::reset) is silence, and memory that was never written is never
/// touched.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The line, and after it its first run again, so that a read never wraps.
    ring: Box<[f32]>,
    /// Size of the line: whole runs.
    size: usize,
    /// Where the next run goes.
    at: usize,
    /// Places written since the last reset, up to `size`.
    used: usize,
}

impl Line {
    /// The shortest distance at which a whole run is known.
    pub const SHORTEST: usize = CONTROL_INTERVAL;

    /// Readies for distances up to `longest`. Allocates, and clears the past.
    pub fn prepare(&mut self, longest: usize) {
        let runs = longest.div_ceil(CONTROL_INTERVAL) + 1;
        self.size = runs * CONTROL_INTERVAL;
        self.ring = vec![0.0; self.size + 2 * CONTROL_INTERVAL].into_boxed_slice();
        (self.at, self.used) = (0, 0);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        if self.used > 0 {
            self.ring[..self.used].fill(0.0);
            self.ring[self.size..].fill(0.0);
        }
        (self.at, self.used) = (0, 0);
    }

    /// The longest distance.
    pub fn longest(&self) -> usize {
        self.size.saturating_sub(CONTROL_INTERVAL)
    }

    /// Takes the next run in.
    #[inline(always)]
    pub fn write(&mut self, run: &Run) {
        if self.size == 0 {
            return;
        }
        self.ring[self.at..self.at + CONTROL_INTERVAL].copy_from_slice(run);
        // A read may begin in the last run and goes on, with what lies around it, into the first two.
        if self.at < 2 * CONTROL_INTERVAL {
            let mirror = self.size + self.at;
            self.ring[mirror..mirror + CONTROL_INTERVAL].copy_from_slice(run);
        }
        self.at += CONTROL_INTERVAL;
        self.used = self.used.max(self.at);
        if self.at == self.size {
            self.at = 0;
        }
    }

    /// The run that begins `distance` before the next one to be written; `distance` from [`SHORTEST`](Self::SHORTEST) to
    /// [`longest`](Self::longest).
    #[inline(always)]
    pub fn read(&self, distance: usize) -> Run {
        let mut run = [0.0; CONTROL_INTERVAL];
        let from = self.place(distance.clamp(Self::SHORTEST, self.longest().max(Self::SHORTEST)));
        if let Some(past) = self.ring.get(from..from + CONTROL_INTERVAL) {
            run.copy_from_slice(past);
        }
        run
    }

    /// Adds what [`read`](Self::read) gives, times `gain`.
    #[inline(always)]
    pub fn add(&self, distance: usize, gain: f32, to: &mut Run) {
        let from = self.place(distance.clamp(Self::SHORTEST, self.longest().max(Self::SHORTEST)));
        if let Some(past) = self.ring.get(from..from + CONTROL_INTERVAL) {
            to.iter_mut().zip(past).for_each(|(to, x)| *to += gain * x);
        }
    }

    /// As [`read`](Self::read), between samples: the i-th value lies `distances[i]` before the i-th place of the run to be
    /// written next. By the cubic through four samples (Lagrange).
    #[inline(always)]
    pub fn read_between(&self, distances: &Run) -> Run {
        let shortest = (Self::SHORTEST + BETWEEN) as f32;
        let longest = (self.longest().max(Self::SHORTEST + 2 * BETWEEN) - BETWEEN) as f32;
        let mut run = [0.0; CONTROL_INTERVAL];
        for (i, (value, distance)) in run.iter_mut().zip(distances).enumerate() {
            let distance = distance.clamp(shortest, longest);
            let whole = distance.ceil();
            let part = whole - distance;
            let from = self.place(whole as usize + 1) + i;
            if let Some(&[a, b, c, d]) = self.ring.get(from..from + 4) {
                // Between b (part = 0) and c (part = 1).
                let (x, y) = (part + 1.0, part - 1.0);
                let z = part - 2.0;
                *value =
                    -part * y * z / 6.0 * a + x * y * z * 0.5 * b - x * part * z * 0.5 * c + x * part * y / 6.0 * d;
            }
        }
        run
    }

    #[inline(always)]
    fn place(&self, distance: usize) -> usize {
        if distance <= self.at { self.at - distance } else { self.at + self.size - distance }
    }
}

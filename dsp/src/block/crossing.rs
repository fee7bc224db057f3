//! From one reading place of a line to another: what is read fades over, so that nothing changes pitch.

use super::line::Run;
use crate::CONTROL_INTERVAL;
use crate::smooth::Gain;

/// How much longer than a control's glide the fade is: in a loop it is heard again and again.
const SLOWER: f64 = 2.0;

/// `N` distances that change together.
#[derive(Clone, Copy, Debug)]
pub struct Crossing<const N: usize> {
    wanted: [usize; N],
    now: [usize; N],
    before: [usize; N],
    /// 1 where the first of them is heard.
    fade: Gain,
    /// The fade until the next control tick.
    part: Run,
    moves: bool,
    /// Whether the wanted distances are other ones.
    pending: bool,
}

impl<const N: usize> Default for Crossing<N> {
    fn default() -> Self {
        let none = [0; N];
        Self {
            wanted: none,
            now: none,
            before: none,
            fade: Gain::default(),
            part: [1.0; CONTROL_INTERVAL],
            moves: false,
            pending: false,
        }
    }
}

impl<const N: usize> Crossing<N> {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.fade.prepare(SLOWER * rate);
        self.moves = false;
    }

    /// Sets the distances to go to.
    pub fn aim(&mut self, distances: [usize; N]) {
        self.wanted = distances;
        self.pending = distances != self.now;
    }

    /// A control tick. A fade to other distances begins once the last one is over; at once they are there where `jumps`.
    /// Returns whether [`length`](Self::length) is another one.
    pub fn control(&mut self, jumps: bool) -> bool {
        if jumps {
            let changed = std::mem::take(&mut self.pending) || self.moves;
            (self.before, self.now, self.moves) = (self.wanted, self.wanted, false);
            return changed;
        }
        if !self.moves && std::mem::take(&mut self.pending) {
            (self.before, self.now, self.moves) = (self.now, self.wanted, true);
            self.fade.reset();
            self.fade.aim(0.0);
            self.fade.aim(1.0);
        }
        if self.moves {
            self.fade.control();
            self.moves = self.fade.steady() != Some(1.0);
            self.part.iter_mut().for_each(|part| *part = self.fade.advance() as f32);
            return true;
        }
        false
    }

    /// The i-th length at the next control tick, in frames, as far as the fade has come: for what goes with it.
    pub fn length(&self, i: usize) -> f64 {
        let (now, before) = (self.now[i] as f64, self.before[i] as f64);
        if self.moves { before + f64::from(self.part[CONTROL_INTERVAL - 1]) * (now - before) } else { now }
    }

    /// Whether a fade is under way.
    pub fn moves(&self) -> bool {
        self.moves
    }

    /// The distances that are heard, or faded to.
    pub fn distances(&self) -> &[usize; N] {
        &self.now
    }

    /// What `read` gives at the i-th distance, faded over from what it gives at the one before.
    #[inline(always)]
    pub fn read(&self, i: usize, read: impl Fn(usize) -> Run) -> Run {
        let mut now = read(self.now[i]);
        if self.moves {
            let before = read(self.before[i]);
            for ((now, before), part) in now.iter_mut().zip(&before).zip(&self.part) {
                *now = before + part * (*now - before);
            }
        }
        now
    }
}

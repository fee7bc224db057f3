//! The side-chain for modules behind others: it comes as late as the sound does.

use crate::Frame;

/// Frames that may come at once.
const ROOM: usize = 256;

/// Remembers as much of the side-chain as the modules delay the sound by.
#[derive(Clone, Debug)]
pub struct KeyLine {
    ring: Box<[Frame]>,
    /// Where the next frame goes.
    at: usize,
    /// Frames for which nothing has come, as far as that matters.
    silent: usize,
    /// How late the sound is by now, in frames, and the frames of that time.
    behind: usize,
    late: [Frame; ROOM],
    length: usize,
}

impl Default for KeyLine {
    fn default() -> Self {
        Self { ring: Box::default(), at: 0, silent: 0, behind: 0, late: [[0.0; 2]; ROOM], length: 0 }
    }
}

impl KeyLine {
    /// Readies for delays of up to `frames`; allocates, and clears the past.
    pub fn prepare(&mut self, frames: usize) {
        self.ring = vec![[0.0; 2]; frames + ROOM].into_boxed_slice();
        (self.at, self.silent) = (0, self.ring.len());
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        if !self.is_silent() {
            self.ring.fill([0.0; 2]);
            self.silent = self.ring.len();
        }
    }

    /// Takes in up to [`ROOM`] frames, for a module at the beginning.
    pub fn begin(&mut self, keys: &[Frame]) {
        debug_assert!(keys.len() <= ROOM);
        (self.behind, self.length) = (0, keys.len());
        let silent = is_zero(keys);
        if silent && self.is_silent() {
            return;
        }
        self.silent = if silent { self.silent + keys.len() } else { 0 };
        let (first, second) = keys.split_at(keys.len().min(self.ring.len() - self.at));
        self.ring[self.at..self.at + first.len()].copy_from_slice(first);
        self.ring[..second.len()].copy_from_slice(second);
        self.at = (self.at + keys.len()) % self.ring.len();
    }

    /// Behind a module with this latency in frames.
    pub fn fall_behind(&mut self, latency: impl FnOnce() -> usize) {
        if self.is_silent() {
            return;
        }
        let latency = latency();
        if latency > 0 {
            self.behind += latency;
            let (ring, length) = (self.ring.len(), self.length);
            let from = (self.at + 2 * ring - length - self.behind) % ring;
            let (first, second) = self.late[..length].split_at_mut(length.min(ring - from));
            first.copy_from_slice(&self.ring[from..from + first.len()]);
            second.copy_from_slice(&self.ring[..second.len()]);
        }
    }

    /// What the next module gets, of the `keys` that it [began](Self::begin) with.
    pub fn now<'a>(&'a self, keys: &'a [Frame]) -> &'a [Frame] {
        if self.behind > 0 { &self.late[..self.length] } else { keys }
    }

    /// Whether nothing is in it.
    fn is_silent(&self) -> bool {
        self.silent >= self.ring.len()
    }
}

/// Whether all are zero, of either sign: by their bits, without a branch for each.
fn is_zero(frames: &[Frame]) -> bool {
    let (fours, last) = frames.as_chunks::<4>();
    let bits = |any: Bits, frame: &Frame| [any[0] | frame[0].to_bits(), any[1] | frame[1].to_bits()];
    let any = fours.iter().fold([[0; 2]; 4], |any: [Bits; 4], four| std::array::from_fn(|i| bits(any[i], &four[i])));
    let any = last.iter().fold([0; 2], bits).into_iter().chain(any.into_iter().flatten()).fold(0, |all, any| all | any);
    any << 1 == 0
}

type Bits = [u64; 2];

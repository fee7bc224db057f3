//! Convolution with long impulse responses: uniformly partitioned overlap-save (T. G. Stockham, "High-speed convolution
//! and correlation", 1966; W. G. Gardner, "Efficient convolution without input-output delay", JAES 1995).
//!
//! The work of a block is spread over its control intervals: in the first of them what needs the newest block (two
//! transforms forth, the newest products, two transforms back for each kernel), one piece in each; in the rest the
//! products of all older blocks, for the next one. The output therefore comes [`LEAD`] frames after a block is complete.

mod kernel;
mod transform;

pub use kernel::{Kernel, Layout};

use crate::smooth::raised_cosine;
use crate::{CONTROL_INTERVAL, Frame};
use kernel::{LANES, Lanes, NONE, Spectra, add_product};
use transform::Transform;

/// Control intervals in which the newest block is dealt with.
const LEAD_TICKS: usize = 8;

/// Frames from the end of a block to its output.
pub const LEAD: usize = LEAD_TICKS * CONTROL_INTERVAL;

/// Blocks that the change from one kernel to another takes: with the blocks of 512 frames of 48 kHz, 43 ms.
pub const FADE_BLOCKS: usize = 4;

/// What becomes of one kernel's share: sums over the older blocks, and the output, being made and being heard.
#[derive(Debug, Default)]
struct Slot {
    kernel: Option<Kernel>,
    sums: [Box<[Lanes]>; 2],
    made: [Box<[f64]>; 2],
    heard: [Box<[f64]>; 2],
}

/// The slots that an output block is made of: one, or one that fades to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mix {
    from: usize,
    to: Option<usize>,
}

/// Convolves frames with a [`Kernel`], and fades from one to the next.
#[derive(Debug, Default)]
pub struct Convolver {
    layout: Layout,
    transform: Option<Transform>,
    /// The last block and the current one, in turn.
    input: [Box<[f64]>; 2],
    /// Which half of them is the current one's.
    half: usize,
    /// Both in their order, once the current one is complete.
    windows: [Box<[f64]>; 2],
    /// Frames of the current block so far.
    filled: usize,
    /// Spectra of the windows of the last blocks: for each group of bins, block by block.
    past: [Spectra; 2],
    /// The newest of them.
    newest: usize,
    slots: [Slot; 2],
    /// The slot whose kernel counts.
    main: usize,
    /// Blocks still to be made of the fade to the other slot.
    fade_left: usize,
    /// What the block that is being made is of, and the one that is being heard.
    made: Mix,
    heard: Mix,
    /// Frames of the fade that have been heard.
    faded: usize,
    /// A kernel that is done with.
    spent: Option<Kernel>,
}

impl Convolver {
    /// Readies for kernels of `layout`. The only method that may allocate or free.
    pub fn prepare(&mut self, layout: Layout) {
        let block = layout.block;
        let lane = |frames: usize| -> [Box<[f64]>; 2] { std::array::from_fn(|_| vec![0.0; frames].into_boxed_slice()) };
        let groups =
            |length: usize| -> [Box<[Lanes]>; 2] { std::array::from_fn(|_| vec![NONE; length].into_boxed_slice()) };
        *self = Self {
            layout,
            transform: Some(Transform::new(2 * block)),
            input: lane(2 * block),
            windows: lane(2 * block),
            past: groups(layout.groups() * layout.partitions),
            slots: std::array::from_fn(|_| Slot {
                kernel: None,
                sums: groups(layout.groups()),
                made: lane(2 * block),
                heard: lane(2 * block),
            }),
            ..Self::default()
        };
    }

    /// Forgets the past; a fade is over at once. Keeps the kernel that counts, or would have at the end of the fade.
    pub fn reset(&mut self) {
        if self.fade_left > 0 {
            self.end_fade();
        }
        let silence = |lanes: &mut [Box<[f64]>; 2]| lanes.iter_mut().for_each(|lane| lane.fill(0.0));
        silence(&mut self.input);
        for slot in &mut self.slots {
            silence(&mut slot.made);
            silence(&mut slot.heard);
            slot.sums.iter_mut().for_each(|sums| sums.fill(NONE));
        }
        self.past.iter_mut().for_each(|spectra| spectra.fill(NONE));
        (self.half, self.filled, self.newest, self.faded) = (0, 0, 0, 0);
        self.heard = Mix { from: self.main, to: None };
        self.made = self.heard;
    }

    /// Frames from a frame to its output through a kernel whose first tap alone is not zero.
    pub fn latency(&self) -> usize {
        self.layout.block + LEAD
    }

    /// Frames until the current block is complete: at least one.
    pub fn frames_left(&self) -> usize {
        self.layout.block - self.filled
    }

    /// Whether a fade is under way, heard or still being made.
    pub fn fades(&self) -> bool {
        self.fade_left > 0 || self.made.to.is_some() || self.heard.to.is_some()
    }

    /// Whether it takes another kernel: at the start of a block, once the last fade has been made and its old kernel is
    /// out of use.
    pub fn takes(&self) -> bool {
        self.filled == 0 && self.fade_left == 0 && self.slots[1 - self.main].kernel.is_none()
    }

    /// From the current block on, which is to be at its start, fades to `kernel`; the first kernel of all is there at
    /// once. Gives back a kernel that it does not [take](Self::takes) now, or that is of another layout.
    pub fn swap(&mut self, kernel: Kernel) -> Option<Kernel> {
        if !self.takes() || kernel.layout() != self.layout {
            return Some(kernel);
        }
        if self.slots[self.main].kernel.is_none() {
            self.slots[self.main].kernel = Some(kernel);
            return None;
        }
        self.fade_left = FADE_BLOCKS;
        self.slots[1 - self.main].kernel.replace(kernel)
    }

    /// Has `kernel` at once, and gives back the last one: for when nothing has been heard since a
    /// [`reset`](Self::reset).
    pub fn jump(&mut self, kernel: Kernel) -> Option<Kernel> {
        if kernel.layout() != self.layout {
            return Some(kernel);
        }
        debug_assert!(self.fade_left == 0);
        self.slots[self.main].kernel.replace(kernel)
    }

    /// A kernel that is done with, to be freed elsewhere. While it is here no other one is [taken](Self::takes).
    pub fn spent(&mut self) -> Option<Kernel> {
        self.spent.take()
    }

    /// Convolves frames in place, at most [`frames_left`](Self::frames_left). Silence without a kernel.
    pub fn run(&mut self, frames: &mut [Frame]) {
        debug_assert!(frames.len() <= self.frames_left());
        let mut rest = frames;
        while !rest.is_empty() && self.filled < self.layout.block {
            if self.filled.is_multiple_of(CONTROL_INTERVAL) {
                self.work(self.filled / CONTROL_INTERVAL);
            }
            let left = CONTROL_INTERVAL - self.filled % CONTROL_INTERVAL;
            let (now, later) = rest.split_at_mut(left.min(rest.len()));
            self.exchange(now);
            self.filled += now.len();
            rest = later;
        }
        if self.filled == self.layout.block {
            self.complete();
        }
    }

    /// Takes frames in and gives those that are heard.
    fn exchange(&mut self, frames: &mut [Frame]) {
        let block = self.layout.block;
        let (to, n) = (self.half * block + self.filled, frames.len());
        // The second half of a circular convolution is free of what wraps round.
        let from = block + (self.filled + block - LEAD) % block;
        for lane in 0..2 {
            for (slot, frame) in self.input[lane][to..to + n].iter_mut().zip(&*frames) {
                *slot = frame[lane];
            }
            let heard = &self.slots[self.heard.from].heard[lane][from..from + n];
            for (frame, x) in frames.iter_mut().zip(heard) {
                frame[lane] = *x;
            }
        }
        if let Some(next) = self.heard.to {
            let [left, right] = self.slots[next].heard.each_ref().map(|lane| &lane[from..from + n]);
            let part = 1.0 / (FADE_BLOCKS * block) as f64;
            for (frame, (left, right)) in frames.iter_mut().zip(left.iter().zip(right)) {
                self.faded += 1;
                let amount = raised_cosine(self.faded as f64 * part);
                *frame = [frame[0] + amount * (left - frame[0]), frame[1] + amount * (right - frame[1])];
            }
        }
    }

    /// A block is complete.
    fn complete(&mut self) {
        let block = self.layout.block;
        for (window, input) in self.windows.iter_mut().zip(&self.input) {
            let (first, second) = window.split_at_mut(block);
            first.copy_from_slice(&input[(1 - self.half) * block..][..block]);
            second.copy_from_slice(&input[self.half * block..][..block]);
        }
        self.half = 1 - self.half;
        self.filled = 0;
        self.newest = (self.newest + 1) % self.layout.partitions;
        self.made = Mix { from: self.main, to: (self.fade_left > 0).then_some(1 - self.main) };
        if self.fade_left > 0 {
            self.fade_left -= 1;
            if self.fade_left == 0 {
                // This block is the last one that needs it; it is made before the sums of the next begin.
                self.main = 1 - self.main;
            }
        }
    }

    fn end_fade(&mut self) {
        self.fade_left = 0;
        self.main = 1 - self.main;
        self.retire();
    }

    /// Lays the kernel that no longer counts aside.
    fn retire(&mut self) {
        if self.fade_left == 0
            && self.spent.is_none()
            && let Some(kernel) = self.slots[1 - self.main].kernel.take()
        {
            self.spent = Some(kernel);
        }
    }

    /// The work of a control interval of the current block.
    fn work(&mut self, tick: usize) {
        match tick {
            0 | 1 => self.forth(tick),
            2 | 3 => self.finish_sums(tick - 2),
            4..LEAD_TICKS => self.back((tick - 4) / 2, tick % 2),
            _ => {
                if tick == LEAD_TICKS {
                    self.let_hear();
                    self.retire();
                }
                let (ticks, groups) = (self.layout.block / CONTROL_INTERVAL - LEAD_TICKS, self.layout.groups());
                let done = tick - LEAD_TICKS;
                self.add_older(done * groups / ticks, (done + 1) * groups / ticks);
            }
        }
    }

    /// The slot of what is being made: 0 the one faded from, or the only one; 1 the one faded to, if any.
    fn making(&self, which: usize) -> Option<usize> {
        let slot = if which == 0 { Some(self.made.from) } else { self.made.to };
        slot.filter(|slot| self.slots[*slot].kernel.is_some())
    }

    /// The spectrum of a lane's window.
    fn forth(&mut self, lane: usize) {
        let Some(transform) = &mut self.transform else { return };
        let bins = transform.forth(&mut self.windows[lane]);
        for (group, bins) in bins.chunks(LANES).enumerate() {
            let lanes = &mut self.past[lane][group * self.layout.partitions + self.newest];
            for (i, bin) in bins.iter().enumerate() {
                (lanes[0][i], lanes[1][i]) = (bin.re, bin.im);
            }
        }
    }

    /// Adds the newest block's products.
    fn finish_sums(&mut self, which: usize) {
        let Some(slot) = self.making(which) else { return };
        let (partitions, newest) = (self.layout.partitions, self.newest);
        let Slot { kernel: Some(kernel), sums: [left, right], .. } = &mut self.slots[slot] else { return };
        for (group, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let at = group * partitions;
            let [from_left, from_right] = self.past.each_ref().map(|past| &past[at + newest]);
            let [to_left, to_right] = &kernel.straight;
            add_product(left, from_left, &to_left[at]);
            add_product(right, from_right, &to_right[at]);
            if let Some([to_left, to_right]) = &kernel.crossed {
                add_product(left, from_right, &to_left[at]);
                add_product(right, from_left, &to_right[at]);
            }
        }
    }

    /// The output of a lane.
    fn back(&mut self, which: usize, lane: usize) {
        let (Some(slot), Some(transform)) = (self.making(which), &mut self.transform) else { return };
        let Slot { sums, made, .. } = &mut self.slots[slot];
        for (bins, lanes) in transform.bins().chunks_mut(LANES).zip(&sums[lane]) {
            for (i, bin) in bins.iter_mut().enumerate() {
                (bin.re, bin.im) = (lanes[0][i], lanes[1][i]);
            }
        }
        transform.back(&mut made[lane]);
    }

    /// What has been made is heard from now on.
    fn let_hear(&mut self) {
        for slot in &mut self.slots {
            std::mem::swap(&mut slot.made, &mut slot.heard);
        }
        if self.made.to.is_none() || self.heard.to.is_none() {
            self.faded = 0;
        }
        self.heard = self.made;
    }

    /// The products of all blocks but the next one, for groups of bins.
    fn add_older(&mut self, first: usize, end: usize) {
        let others = (self.fade_left > 0).then_some(1 - self.main);
        for slot in std::iter::once(self.main).chain(others) {
            let Slot { kernel: Some(kernel), sums: [left, right], .. } = &mut self.slots[slot] else { continue };
            for group in first..end {
                let sums = kernel.sums(self.past.each_ref().map(|past| &**past), group, self.newest);
                [left[group], right[group]] = sums;
            }
        }
    }
}

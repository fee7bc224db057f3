//! What a [`Convolver`](super::Convolver) convolves with.

use super::transform::Transform;

/// Bins that are computed together.
pub const LANES: usize = 4;

/// Real and imaginary parts of so many bins.
pub type Lanes = [[f64; LANES]; 2];

/// A spectrum of nothing.
pub const NONE: Lanes = [[0.0; LANES]; 2];

/// Spectra of partitions: for each group of bins, partition by partition, so that sums over those run along memory.
pub type Spectra = Box<[Lanes]>;

/// How an impulse response is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Frames of a partition: a power of two, at least 256.
    pub block: usize,
    /// Partitions of the longest response.
    pub partitions: usize,
}

impl Layout {
    /// Taps of the longest response.
    pub fn taps(self) -> usize {
        self.block * self.partitions
    }

    /// Groups of bins.
    pub(super) fn groups(self) -> usize {
        (self.block + 1).div_ceil(LANES)
    }
}

/// Impulse responses from both inputs to both outputs, as spectra.
#[derive(Debug)]
pub struct Kernel {
    layout: Layout,
    /// From left to left and from right to right.
    pub(super) straight: [Spectra; 2],
    /// From right to left and from left to right; `None` where both are silent.
    pub(super) crossed: Option<[Spectra; 2]>,
}

impl Kernel {
    /// From the taps of the responses, at most [`Layout::taps`] each: those to the left, from left and right, then those to
    /// the right. Allocates, and takes transforms of the length of the whole: not for the audio thread.
    pub fn new(layout: Layout, [[ll, rl], [lr, rr]]: [[&[f64]; 2]; 2]) -> Self {
        let mut transform = Transform::new(2 * layout.block);
        let silent = |taps: &[f64]| taps.iter().all(|tap| *tap == 0.0);
        let mut spectra = |taps| spectra(layout, taps, &mut transform);
        let straight = [spectra(ll), spectra(rr)];
        let crossed = (!silent(rl) || !silent(lr)).then(|| [spectra(rl), spectra(lr)]);
        Self { layout, straight, crossed }
    }

    /// How it is cut.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Of a group of bins, the sums for both outputs over all partitions but the first: the second belongs to the block at
    /// `newest`, the next to the one before it, round about.
    #[inline(always)]
    pub(super) fn sums(&self, past: [&[Lanes]; 2], group: usize, newest: usize) -> [Lanes; 2] {
        let partitions = self.layout.partitions;
        let of = |spectra: &[Lanes]| -> std::ops::Range<usize> {
            let at = group * partitions;
            at..(at + partitions).min(spectra.len())
        };
        let [from_left, from_right] = past.map(|past| &past[of(past)]);
        let [to_left, to_right] = self.straight.each_ref().map(|spectra| &spectra[of(spectra)]);
        let mut sums = [NONE; 2];
        match &self.crossed {
            None => {
                for (partition, block) in older(partitions, newest) {
                    add_product(&mut sums[0], &from_left[block], &to_left[partition]);
                    add_product(&mut sums[1], &from_right[block], &to_right[partition]);
                }
            }
            Some(crossed) => {
                let [over_left, over_right] = crossed.each_ref().map(|spectra| &spectra[of(spectra)]);
                for (partition, block) in older(partitions, newest) {
                    let (left, right) = (&from_left[block], &from_right[block]);
                    add_product(&mut sums[0], left, &to_left[partition]);
                    add_product(&mut sums[1], right, &to_right[partition]);
                    add_product(&mut sums[0], right, &over_left[partition]);
                    add_product(&mut sums[1], left, &over_right[partition]);
                }
            }
        }
        sums
    }
}

/// The partitions from the second on, each with the place of its block.
#[inline(always)]
fn older(partitions: usize, newest: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..partitions).zip((0..=newest).rev().chain((newest + 1..partitions).rev()))
}

/// Adds x h.
#[inline(always)]
pub fn add_product(sum: &mut Lanes, x: &Lanes, h: &Lanes) {
    for i in 0..LANES {
        sum[0][i] += x[0][i] * h[0][i] - x[1][i] * h[1][i];
        sum[1][i] += x[0][i] * h[1][i] + x[1][i] * h[0][i];
    }
}

fn spectra(layout: Layout, taps: &[f64], transform: &mut Transform) -> Spectra {
    debug_assert!(taps.len() <= layout.taps());
    let Layout { block, partitions } = layout;
    let mut spectra = vec![NONE; layout.groups() * partitions].into_boxed_slice();
    // What going back multiplies with.
    let scale = 1.0 / (2 * block) as f64;
    let mut samples = vec![0.0; 2 * block];
    for (partition, taps) in taps.chunks(block).take(partitions).enumerate() {
        samples.fill(0.0);
        for (sample, tap) in samples.iter_mut().zip(taps) {
            *sample = scale * tap;
        }
        for (group, bins) in transform.forth(&mut samples).chunks(LANES).enumerate() {
            let lanes = &mut spectra[group * partitions + partition];
            for (i, bin) in bins.iter().enumerate() {
                (lanes[0][i], lanes[1][i]) = (bin.re, bin.im);
            }
        }
    }
    spectra
}

//! A run of frames as the meters that work in f32 want it.

use crate::{CONTROL_INTERVAL, Frame};

/// Samples of each channel in one run.
pub(super) const RUN: usize = CONTROL_INTERVAL;

/// Part of a run, or all of it, channel by channel in f32: four samples to a register instead of one.
///
/// Runs follow each other on a grid from the last reset, however a host cuts its blocks, and a sample has the same
/// place in `samples` whether its run came in one part or in many. So sums over a place are the same to the bit.
#[derive(Clone, Debug, Default)]
pub(super) struct Planar {
    /// Both channels; zero outside of `from..to`.
    pub samples: [[f32; RUN]; 2],
    /// First place of this part in its run.
    pub from: usize,
    /// First place after it.
    pub to: usize,
}

impl Planar {
    /// The part that starts at place `from` of its run, which holds it: `from + frames.len()` ≤ [`RUN`].
    #[inline(always)]
    pub fn new(from: usize, frames: &[Frame]) -> Self {
        let mut samples = [[0.0; RUN]; 2];
        let to = from + frames.len();
        if let Ok(frames) = <&[Frame; RUN]>::try_from(frames) {
            for (i, frame) in frames.iter().enumerate() {
                samples[0][i] = frame[0] as f32;
                samples[1][i] = frame[1] as f32;
            }
        } else {
            for (i, frame) in (from..RUN).zip(frames) {
                samples[0][i] = frame[0] as f32;
                samples[1][i] = frame[1] as f32;
            }
        }
        Self { samples, from, to }
    }

    /// Whether the run is all here.
    #[inline(always)]
    pub fn whole(&self) -> bool {
        self.to - self.from == RUN
    }

    /// Whether the run ends with this part.
    #[inline(always)]
    pub fn ends(&self) -> bool {
        self.to == RUN
    }
}

//! What takes large transforms or allocation, and is therefore built off the audio thread: asked for with a [`Plan`],
//! which says everything that it depends on, and handed over when it is there. This crate starts no thread: who runs a chain
//! asks it for its plans, builds them elsewhere, and frees elsewhere what the chain is done with.

use crate::Processor;
use crate::block::convolver;
use crate::module::eq::{EqSettings, linear};

/// What a kernel depends on; equal plans give equal kernels, bit for bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The filters that it does with linear phase.
    pub filters: EqSettings,
    /// Sample rate in Hz.
    pub rate: f64,
}

/// What has been built.
#[derive(Debug)]
pub struct Kernel {
    /// What it was built from.
    pub plan: Plan,
    /// To convolve with.
    pub matrix: convolver::Kernel,
}

impl Plan {
    /// Builds it: some milliseconds of work and some allocations, so not for the audio thread.
    pub fn build(&self) -> Kernel {
        Kernel { plan: *self, matrix: linear::kernel(&self.filters, self.rate) }
    }
}

/// Builds everything that `processor` has planned and hands it over, on this thread: for where there is the time.
pub fn supply(processor: &mut impl Processor) {
    while let Some(plan) = processor.next_plan() {
        drop(processor.take_kernel(plan.build()));
    }
    while processor.spent_kernel().is_some() {}
}

//! The Fourier transform of real samples, there and back, without allocation.

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::fmt;
use std::sync::Arc;

/// Transforms of one length, with the memory that they need.
pub struct Transform {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    bins: Box<[Complex<f64>]>,
    scratch: Box<[Complex<f64>]>,
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transform").field("length", &self.forward.len()).finish_non_exhaustive()
    }
}

impl Transform {
    /// For `length` samples, an even number. Allocates.
    pub fn new(length: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let none = Complex::new(0.0, 0.0);
        Self {
            forward,
            inverse,
            bins: vec![none; length / 2 + 1].into_boxed_slice(),
            scratch: vec![none; scratch].into_boxed_slice(),
        }
    }

    /// From samples, which are lost, to bins from 0 to half the rate.
    pub fn forth(&mut self, samples: &mut [f64]) -> &[Complex<f64>] {
        let scratch = &mut self.scratch[..self.forward.get_scratch_len()];
        let done = self.forward.process_with_scratch(samples, &mut self.bins, scratch);
        debug_assert!(done.is_ok(), "lengths are the plan's own");
        &self.bins
    }

    /// The bins to go [`back`](Self::back) from: the first and the last have no imaginary part.
    pub fn bins(&mut self) -> &mut [Complex<f64>] {
        &mut self.bins
    }

    /// From the bins, which are lost, to samples, times their number.
    pub fn back(&mut self, samples: &mut [f64]) {
        let scratch = &mut self.scratch[..self.inverse.get_scratch_len()];
        let done = self.inverse.process_with_scratch(&mut self.bins, samples, scratch);
        debug_assert!(done.is_ok(), "lengths are the plan's own, and the ends real");
    }
}

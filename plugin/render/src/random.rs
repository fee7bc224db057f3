//! Reproducible random numbers.

/// A stream of random numbers (xorshift64*, Vigna 2016): equal seeds give equal streams.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A stream. Any seed will do; zero, of which the generator makes nothing but zeros, counts as one.
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// Uniform in 0..1.
    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in -1..1: white noise of -4.8 dBFS RMS.
    pub fn bipolar(&mut self) -> f64 {
        2.0 * self.uniform() - 1.0
    }
}

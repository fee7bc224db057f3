//! Random numbers for dither.

/// A stream of random numbers: xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators,
/// scrambled", 2016).
#[derive(Clone, Debug)]
pub(super) struct Noise(u64);

impl Default for Noise {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Noise {
    /// One of several independent streams: far apart on the generator's one long way.
    pub fn new(stream: u64) -> Self {
        let mut noise = Self(0x9e37_79b9_7f4a_7c15 ^ (stream.wrapping_mul(0xd1b5_4a32_d192_ed03)));
        // Seeds that differ in few bits give numbers that do too, at first.
        for _ in 0..16 {
            noise.next();
        }
        noise
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From -1 to 1, of triangular density: the sum of two even ones.
    #[inline(always)]
    pub fn triangular(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 32) as f64;
        let bits = self.next();
        (f64::from((bits >> 32) as u32) - f64::from(bits as u32)) * SCALE
    }
}

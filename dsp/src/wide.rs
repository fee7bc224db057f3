//! Registers as wide as the processor has them.
//!
//! What is compiled for all x86-64 processors has registers for two f64 or four f32; nearly all that are in use have them for
//! twice as many. A kernel that gains by it is compiled for those too, and which one runs is decided where it is called. It
//! has to come to the same bits: the same operations in the same order, none of them contracted.

use std::sync::LazyLock;

pub(crate) use fearless_simd::{Level, Simd, SimdBase, f64x2, f64x4};

/// What the processor has, looked up once.
pub(crate) static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);

/// Looks up what the processor has, so that the audio thread only has to read it.
pub(crate) fn prepare() {
    LazyLock::force(&LEVEL);
}

/// Runs an expression with the token of registers for four f64 where there are any, another one elsewhere.
macro_rules! wide {
    ($simd:ident => $wide:expr, else $narrow:expr) => {{
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        match $crate::wide::LEVEL.as_avx2() {
            Some($simd) => $crate::wide::Simd::vectorize(
                $simd,
                #[inline(always)]
                || $wide,
            ),
            None => $narrow,
        }
        #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
        $narrow
    }};
}
pub(crate) use wide;

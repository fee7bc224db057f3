//! Highest values over runs, without the care for NaN that keeps `f32::max` from being one instruction.

use crate::CONTROL_INTERVAL;

/// The larger one; the first if the second is NaN.
#[inline(always)]
pub fn higher(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The highest of magnitudes, as many as fill registers of four; zero where all are below.
#[inline(always)]
pub fn highest<const N: usize>(values: &[f32; N]) -> f32 {
    // Four at a time: one register, and no chain as long as the run.
    const LANES: usize = 4;
    let mut highest = [0.0; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for i in 0..LANES {
            highest[i] = higher(highest[i], values[i]);
        }
    }
    higher(higher(highest[0], highest[1]), higher(highest[2], highest[3]))
}

/// Place by place the larger one.
#[inline(always)]
pub fn higher_of(a: &[f32; CONTROL_INTERVAL], b: &[f32; CONTROL_INTERVAL]) -> [f32; CONTROL_INTERVAL] {
    std::array::from_fn(|i| higher(a[i], b[i]))
}

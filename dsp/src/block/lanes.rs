//! Arithmetic on both lanes of a frame: each of these is one packed instruction.

use crate::Frame;

#[inline(always)]
pub(super) fn add(a: Frame, b: Frame) -> Frame {
    [a[0] + b[0], a[1] + b[1]]
}

#[inline(always)]
pub(super) fn sub(a: Frame, b: Frame) -> Frame {
    [a[0] - b[0], a[1] - b[1]]
}

#[inline(always)]
pub(super) fn mul(a: Frame, b: Frame) -> Frame {
    [a[0] * b[0], a[1] * b[1]]
}

#[inline(always)]
pub(super) fn scale(a: f64, b: Frame) -> Frame {
    [a * b[0], a * b[1]]
}

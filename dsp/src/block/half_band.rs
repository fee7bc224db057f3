//! Halving the rate, for what is measured and not heard.

use crate::Frame;

/// Coefficients of two pairs of allpass filters, an elliptic half-band filter whose pass band ends at 0.2 of the higher
/// rate: 54 dB from 0.3 on, 0.00002 dB below 0.2 (R. A. Valenzuela and A. G. Constantinides, 1983, by the closed form of
/// hiir's designer).
const FIRST: [f64; 2] = [0.120_732_117_516_754_5, 0.663_202_022_419_399_7];
const SECOND: [f64; 2] = [0.390_362_187_234_500_6, 0.890_786_832_653_497];

/// Takes every other frame of what it has rid of what would alias below 0.2 of the rate that comes in. Its phase is not
/// linear.
#[derive(Clone, Copy, Debug, Default)]
pub struct HalfRate {
    /// The frame of an odd place, until the next one comes.
    held: Option<Frame>,
    /// Last input and output of each allpass.
    first: [[Frame; 2]; 2],
    second: [[Frame; 2]; 2],
}

impl HalfRate {
    /// Halves `frames` into the front of `halved`, and gives how many came out.
    pub fn run(&mut self, frames: &[Frame], halved: &mut [Frame]) -> usize {
        let mut count = 0;
        for frame in frames {
            let Some(held) = self.held.take() else {
                self.held = Some(*frame);
                continue;
            };
            let a = allpass(&mut self.first, FIRST, *frame);
            let b = allpass(&mut self.second, SECOND, held);
            if let Some(to) = halved.get_mut(count) {
                *to = [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
                count += 1;
            }
        }
        count
    }
}

#[inline(always)]
fn allpass(states: &mut [[Frame; 2]; 2], coefs: [f64; 2], input: Frame) -> Frame {
    let mut x = input;
    for ([x1, y1], a) in states.iter_mut().zip(coefs) {
        let y = [a * (x[0] - y1[0]) + x1[0], a * (x[1] - y1[1]) + x1[1]];
        *x1 = x;
        *y1 = y;
        x = y;
    }
    x
}

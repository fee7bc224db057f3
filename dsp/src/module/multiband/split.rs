//! The bands as their detectors hear them.

use super::settings::BANDS;
use crate::block::analog::Analog;
use crate::block::band_gains::BUTTERWORTH;
use crate::block::svf::{self, Design, Section};
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::FRAC_1_SQRT_2;

/// A run of frames.
pub(super) type Run = [Frame; CONTROL_INTERVAL];

/// High-passes of 24 dB/oct at the lower crossovers, so that a loud bass does not move its neighbour, and low-passes of
/// 12 dB/oct at the upper ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    bands: [[Section; 3]; BANDS],
    count: usize,
}

impl Split {
    /// Forgets the past.
    pub fn clear(&mut self) {
        self.bands.as_flattened_mut().iter_mut().for_each(Section::clear);
    }

    /// Now and then: silences what has all but died away.
    pub fn flush(&mut self) {
        self.bands.as_flattened_mut().iter_mut().for_each(Section::flush);
    }

    /// `count` bands at crossovers with tan(π f / rate) = `tangents`.
    pub fn set(&mut self, count: usize, tangents: &[f64]) {
        if count != self.count {
            self.count = count;
            self.clear();
        }
        let steep = BUTTERWORTH.map(|k| Analog::high_pass(1.0 / k));
        let soft = Analog::low_pass(FRAC_1_SQRT_2);
        let jump = |section: &mut Section, analog: &Analog, g: f64| {
            section.jump(Design::bilinear(analog, g).coefs().map(|c| [c; 2]));
        };
        for (i, [first, second, third]) in self.bands.iter_mut().enumerate().take(count) {
            if i > 0 {
                jump(first, &steep[0], tangents[i - 1]);
                jump(second, &steep[1], tangents[i - 1]);
            }
            if i + 1 < count {
                jump(third, &soft, tangents[i]);
            }
        }
    }

    /// What of `frames` is in band `i`, in place.
    pub fn run(&mut self, i: usize, frames: &mut [Frame]) {
        let [first, second, third] = &mut self.bands[i];
        match (i > 0, i + 1 < self.count) {
            (false, _) => svf::run(third, frames),
            (true, false) => svf::run_two([first, second], frames),
            (true, true) => svf::run_three([first, second, third], frames),
        }
    }
}

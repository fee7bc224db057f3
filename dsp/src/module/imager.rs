//! Imager: how wide each of four bands is, and below where a mix is mono.

mod fold;
mod settings;
mod side;

pub use settings::{BANDS, CROSSOVER, GROUP, ImagerSettings, MONO, WIDTH};
pub use side::side_db;

use crate::readout::{Keep, Readout, Report};
use crate::{Frame, LatencyMode, Processor};
use fold::MonoFold;
use side::Side;

/// What summing its output to mono costs.
pub static FOLD_READOUT: Readout = Readout {
    id: "fold",
    help: "Loudness of left and right folded to mono against both, LU: 0 for mono, -3 for unrelated sides.",
    keep: Keep::Latest,
};

/// Filters the side signal and leaves the middle alone.
#[derive(Clone, Debug, Default)]
pub struct Imager {
    side: Side,
    fold: MonoFold,
}

impl Processor for Imager {
    type Settings = ImagerSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.side.prepare(rate);
        self.fold.prepare(rate);
    }

    fn reset(&mut self) {
        self.side.reset();
        self.fold.reset();
    }

    fn set(&mut self, settings: &ImagerSettings) {
        self.side.set(settings);
    }

    fn control(&mut self) {
        self.side.control();
        self.fold.control();
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        if let Some(change) = self.side.run(frames) {
            for (frame, change) in frames.iter_mut().zip(change) {
                *frame = [frame[0] + change, frame[1] - change];
            }
        }
        self.fold.run(frames);
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        self.side.ring()
    }

    fn is_settled(&self) -> bool {
        self.side.is_settled()
    }

    fn report(&mut self, report: &mut impl Report) {
        report.value(&FOLD_READOUT, self.fold.loss_db().unwrap_or(f64::NEG_INFINITY));
    }
}

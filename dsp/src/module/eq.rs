//! Equaliser: a high-pass, a low-pass and eight bands, minimum phase.
//!
//! [`EqSettings`] say what can be set, [`Response`] what they do, [`struct@Eq`] does it. The bands work in their order: high-pass,
//! low-pass, 1 to 8.

mod filter;
mod response;
mod settings;
mod unit;

pub use response::Response;
pub use settings::*;

use crate::{Frame, LatencyMode, Processor};
use filter::UNITS;
use unit::{Run, Unit};

/// The equaliser.
#[derive(Clone, Debug, Default)]
pub struct Eq {
    units: [Unit; UNITS],
    tail: usize,
}

impl Processor for Eq {
    type Settings = EqSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.units.iter_mut().for_each(|unit| unit.prepare(rate));
    }

    fn reset(&mut self) {
        self.units.iter_mut().for_each(Unit::reset);
    }

    fn set(&mut self, settings: &EqSettings) {
        for (unit, filter) in self.units.iter_mut().zip(settings.filters()) {
            unit.set(filter);
        }
        self.tail = self.units.iter().map(Unit::tail).sum();
    }

    fn control(&mut self) {
        self.units.iter_mut().for_each(Unit::control);
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        let mut run = Run::new(frames);
        for unit in &mut self.units {
            unit.run(&mut run);
        }
        run.finish();
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        self.tail
    }
}

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

/// Control ticks between two looks at what has died away.
const FLUSH_TICKS: u32 = 16;

/// The equaliser.
#[derive(Clone, Debug, Default)]
pub struct Eq {
    units: [Unit; UNITS],
    /// Of each whether it runs, and whether it needs its control ticks: beside one another, as most do neither.
    active: [bool; UNITS],
    moving: [bool; UNITS],
    /// Control ticks since the last flush.
    ticks: u32,
    tail: usize,
}

impl Eq {
    /// Looks again at what a unit does.
    fn note(&mut self, unit: usize) {
        self.active[unit] = self.units[unit].is_active();
        let moving = self.units[unit].is_moving();
        if std::mem::replace(&mut self.moving[unit], moving) == moving && moving {
            return;
        }
        self.tail = self.units.iter().map(Unit::tail).sum();
    }
}

impl Processor for Eq {
    type Settings = EqSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.units.iter_mut().for_each(|unit| unit.prepare(rate));
        self.reset();
    }

    fn reset(&mut self) {
        self.units.iter_mut().for_each(Unit::reset);
        (self.active, self.moving, self.ticks) = ([false; UNITS], [false; UNITS], 0);
    }

    fn set(&mut self, settings: &EqSettings) {
        for (unit, filter) in settings.filters().into_iter().enumerate() {
            self.units[unit].set(filter);
            self.note(unit);
        }
    }

    fn control(&mut self) {
        for unit in 0..UNITS {
            if self.moving[unit] {
                self.units[unit].control();
                self.note(unit);
            }
        }
        self.ticks += 1;
        if self.ticks == FLUSH_TICKS {
            self.ticks = 0;
            self.units.iter_mut().for_each(Unit::flush);
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        let mut run = Run::new(frames);
        for (unit, _) in self.units.iter_mut().zip(&self.active).filter(|(_, active)| **active) {
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

    fn is_settled(&self) -> bool {
        !self.moving.contains(&true)
    }
}

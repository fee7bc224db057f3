//! Equaliser: a high-pass, a low-pass and eight bands, minimum phase; [`linear`] phase for those who can wait.
//!
//! [`EqSettings`] say what can be set, [`Response`] what they do, [`struct@Eq`] does it; [`DynamicsSettings`] say how a
//! band's gain follows the level. The bands work in their order: high-pass, low-pass, 1 to 8.

mod dynamics;
mod filter;
mod focus;
pub mod linear;
mod listener;
mod response;
mod run;
mod settings;
mod unit;
mod voice;

pub use dynamics::{DynamicReading, dynamic_part};
pub use linear::{LinearEq, LinearEqSettings, LinearResponse, PHASE, Phase};
pub use response::Response;
pub use settings::*;

use crate::module::key::{KeyState, NO_KEY_READOUT, Silence};
use crate::readout::{Keep, Readout, Report};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use filter::UNITS;
use listener::Listener;
use run::Run;
use unit::Unit;

/// [`DynamicReading::gain_db`], in the band's group.
pub static GAIN_READOUT: Readout =
    Readout { id: "gain_now", help: "Gain of a dynamic band now, dB.", keep: Keep::Latest };

/// [`DynamicReading::level_db`], in the band's group.
pub static LEVEL_READOUT: Readout =
    Readout { id: "level", help: "What a dynamic band compares with its threshold, dB.", keep: Keep::Latest };

/// Place of the first band among the units.
const FIRST_BAND: usize = UNITS - BANDS;

/// Control ticks between two looks at what has died away.
const FLUSH_TICKS: u32 = 16;

/// The equaliser.
#[derive(Clone, Debug, Default)]
pub struct Eq {
    units: [Unit; UNITS],
    /// Of each whether it runs, needs its control ticks, and listens: beside one another, as most do none of that.
    active: [bool; UNITS],
    moving: [bool; UNITS],
    listening: [bool; UNITS],
    listener: Listener,
    /// The side-chain's, while a band listens to it.
    silence: Silence,
    rate: f64,
    /// Control ticks since the last flush.
    ticks: u32,
    /// Of each unit, and of all together.
    tails: [usize; UNITS],
    tail: usize,
}

impl Eq {
    /// What each dynamic band is doing; `None` for the others.
    pub fn read(&self) -> [Option<DynamicReading>; BANDS] {
        std::array::from_fn(|band| self.units[FIRST_BAND + band].read())
    }

    /// What the key of the bands that listen to the side-chain is doing, if any do.
    pub fn key(&self) -> KeyState {
        match self.units.iter().any(Unit::listens_to_side_chain) {
            false => KeyState::Internal,
            true if self.silence.is_no_key(self.rate) => KeyState::Silent,
            true => KeyState::External,
        }
    }

    fn filter(&mut self, frames: &mut [Frame]) {
        let mut run = Run::new(frames);
        for (unit, _) in self.units.iter_mut().zip(&self.active).filter(|(_, active)| **active) {
            unit.run(&mut run);
        }
        run.finish();
    }

    /// Control ticks from now on in which nothing happens but that coefficients go on and that flushes are counted.
    fn ticks_between(&self) -> usize {
        if self.listening.contains(&true) || self.listener.is_on() {
            return 0;
        }
        let moving = self.units.iter().zip(&self.moving).filter(|(_, moves)| **moves);
        moving
            .map(|(unit, _)| unit.ticks_between())
            .min()
            .unwrap_or(usize::MAX)
            .min((FLUSH_TICKS - 1 - self.ticks) as usize)
    }

    /// So many of them done, as the filters do them by themselves while they run.
    fn skip(&mut self, ticks: usize) {
        if ticks > 0 {
            let moving = self.units.iter_mut().zip(&self.moving).filter(|(_, moves)| **moves);
            moving.for_each(|(unit, _)| unit.skip(ticks));
            self.ticks += ticks as u32;
        }
    }

    /// Looks again at what a unit does.
    fn note(&mut self, unit: usize) {
        let of = &self.units[unit];
        self.active[unit] = of.is_active();
        self.moving[unit] = of.is_moving();
        self.listening[unit] = of.listens();
        let before = std::mem::replace(&mut self.tails[unit], of.tail());
        self.tail = self.tail - before + self.tails[unit];
    }
}

impl Processor for Eq {
    type Settings = EqSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.units.iter_mut().enumerate().for_each(|(place, unit)| unit.prepare(rate, place));
        self.listener.prepare(rate);
        self.rate = rate;
        self.reset();
    }

    fn reset(&mut self) {
        self.units.iter_mut().for_each(Unit::reset);
        self.listener.reset();
        self.silence = Silence::default();
        (self.listening, self.tails, self.tail) = ([false; UNITS], [0; UNITS], 0);
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
            if self.moving[unit] && !self.units[unit].go_on() {
                self.units[unit].control();
                self.note(unit);
            }
        }
        if let Some(filter) = self.listener.band().and_then(|band| self.units[FIRST_BAND + band].aim()) {
            self.listener.follow(filter);
        }
        self.ticks += 1;
        if self.ticks == FLUSH_TICKS {
            self.ticks = 0;
            self.units.iter_mut().zip(&self.active).filter(|(_, active)| **active).for_each(|(unit, _)| unit.flush());
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        if !self.listening.contains(&true) && !self.listener.is_on() {
            return self.filter(frames);
        }
        let mut input = [[0.0; 2]; CONTROL_INTERVAL];
        let input = &mut input[..frames.len()];
        input.copy_from_slice(frames);
        self.filter(frames);
        for (unit, _) in self.units.iter_mut().zip(&self.listening).filter(|(_, listens)| **listens) {
            unit.listen(input, keys);
        }
        if self.key() == KeyState::Internal {
            self.silence = Silence::default();
        } else {
            self.silence.listen(keys);
        }
        self.listener.run(input, keys, frames);
    }

    fn run_intervals(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        let mut at = 0;
        while at < frames.len() {
            self.control();
            let ticks = self.ticks_between().min((frames.len() - at) / CONTROL_INTERVAL - 1);
            self.skip(ticks);
            let length = (ticks + 1) * CONTROL_INTERVAL;
            let (frames, keys) = (&mut frames[at..at + length], &keys[at..at + length]);
            self.run(frames, keys);
            at += length;
        }
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        self.tail
    }

    fn is_settled(&self) -> bool {
        self.units.iter().all(Unit::is_settled) && !self.listener.is_on()
    }

    fn report(&mut self, report: &mut impl Report) {
        report.value(&NO_KEY_READOUT, f64::from(u8::from(self.key() == KeyState::Silent)));
        for (reading, group) in self.read().into_iter().zip(&BAND) {
            let [gain_db, level_db] = reading.map_or([f64::NEG_INFINITY; 2], |band| [band.gain_db, band.level_db]);
            report.group(group, |report| {
                report.value(&GAIN_READOUT, gain_db);
                report.value(&LEVEL_READOUT, level_db);
            });
        }
    }

    /// Lets hear only what a band works on: its range by a band-pass or, for shelves and tilts, everything on their side;
    /// of the side-chain where a dynamic band listens to that. Whether the band is on or not.
    fn listen(&mut self, to: Listen) {
        self.listener.listen_to(match to {
            Listen::Band(band) => Some(usize::from(band)).filter(|band| *band < BANDS),
            _ => None,
        });
    }
}

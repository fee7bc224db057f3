//! A graphic equaliser in thirds of an octave that follows a curve: bells in series, without latency.

mod bells;

pub use bells::Bells;

use crate::block::spline::{DESIGN_TICKS, Knots};
use crate::block::svf::series::Series;
use crate::block::svf::{Coefs, Section};
use crate::smooth::Glide;
use crate::{CONTROL_INTERVAL, Frame};

/// Thirds from 20 Hz to 20 kHz.
pub const BANDS: usize = 31;

/// A value for each third, mostly in dB.
pub type Curve = [f64; BANDS];

/// Their exact centres, 1000 · 10^(n/10) Hz (IEC 61260-1, base ten).
pub static CENTRES_HZ: Curve = [
    19.952_623_149_688_8,
    25.118_864_315_095_8,
    31.622_776_601_683_8,
    39.810_717_055_349_7,
    50.118_723_362_727_2,
    63.095_734_448_019_3,
    79.432_823_472_428_1,
    100.0,
    125.892_541_179_417,
    158.489_319_246_111,
    199.526_231_496_888,
    251.188_643_150_958,
    316.227_766_016_838,
    398.107_170_553_497,
    501.187_233_627_272,
    630.957_344_480_193,
    794.328_234_724_282,
    1_000.0,
    1_258.925_411_794_17,
    1_584.893_192_461_11,
    1_995.262_314_968_88,
    2_511.886_431_509_58,
    3_162.277_660_168_38,
    3_981.071_705_534_97,
    5_011.872_336_272_72,
    6_309.573_444_801_93,
    7_943.282_347_242_82,
    10_000.0,
    12_589.254_117_941_7,
    15_848.931_924_611_1,
    19_952.623_149_688_8,
];

/// How deep the tail has died away, dB below its start: 120, and room for what resonance and gain add.
const TAIL_DB: f64 = 150.0;

/// Control ticks between two looks for states that have all but died away.
const FLUSH_TICKS: u32 = 16;

/// The equaliser.
#[derive(Clone, Debug)]
pub struct Graphic {
    bells: Bells,
    aim: Curve,
    gains_db: Curve,
    /// Whether the next aim jumps.
    fresh: bool,
    bands: Box<[Bell; BANDS]>,
    /// Whether any of them moves.
    moves: bool,
    ticks: u32,
    tail: usize,
}

impl Graphic {
    /// For `rate` Hz, flat; the first [`aim`](Self::aim) jumps. Allocates.
    pub fn new(rate: f64) -> Self {
        let mut bands: Box<[Bell; BANDS]> = Box::default();
        for (place, bell) in bands.iter_mut().enumerate() {
            bell.gain.prepare(rate);
            // Not all design in the same control tick.
            bell.turn = place % DESIGN_TICKS;
        }
        Self {
            bells: Bells::new(rate),
            aim: [0.0; BANDS],
            gains_db: [0.0; BANDS],
            fresh: true,
            bands,
            moves: false,
            ticks: 0,
            tail: 0,
        }
    }

    /// Readies for `rate` Hz; the next [`aim`](Self::aim) jumps. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        *self = Self::new(rate);
    }

    /// Forgets the past; the next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        self.fresh = true;
        self.bands.iter_mut().for_each(|bell| bell.section.clear());
    }

    /// Aims at what the thirds are to get, dB; those whose centre is above 0.45 of the rate count for nothing. Solves
    /// for the bells where the curve is a new one, which takes some microseconds, and glides there.
    pub fn aim(&mut self, curve_db: &Curve) {
        if *curve_db != self.aim {
            self.aim = *curve_db;
            self.gains_db = self.bells.solve(curve_db);
        }
        let jumps = std::mem::take(&mut self.fresh);
        self.tail = 0;
        for (place, bell) in self.bands.iter_mut().enumerate() {
            if jumps {
                bell.gain.reset();
            }
            bell.gain.aim(self.gains_db[place]);
            if jumps {
                bell.rest(self.bells.coefs(place, self.gains_db[place]));
            } else {
                bell.set_out();
            }
            if self.gains_db[place] != 0.0 {
                let design = self.bells.design(place, self.gains_db[place]);
                self.tail = self.tail.max(design.ring_frames(TAIL_DB) as usize);
            }
            self.moves |= bell.moves;
        }
    }

    /// A control tick.
    pub fn control(&mut self) {
        if self.moves {
            self.moves = false;
            for (place, bell) in self.bands.iter_mut().enumerate() {
                bell.control(&self.bells, place);
                self.moves |= bell.moves;
            }
        }
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(FLUSH_TICKS) {
            self.bands.iter_mut().for_each(|bell| bell.section.flush());
        }
    }

    /// Up to [`CONTROL_INTERVAL`] frames, in place; any number while it rests.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let mut series = Series::new(frames);
        for bell in self.bands.iter_mut().filter(|bell| bell.runs) {
            series.run(&mut bell.section);
        }
    }

    /// Whole control intervals, a control tick before each.
    pub fn run_intervals(&mut self, frames: &mut [Frame]) {
        let mut at = 0;
        while at < frames.len() {
            self.control();
            // While it rests a control tick does nothing but count to the next flush.
            let others = (frames.len() - at) / CONTROL_INTERVAL - 1;
            let ticks = if self.moves { 0 } else { others.min((FLUSH_TICKS - 1 - self.ticks % FLUSH_TICKS) as usize) };
            self.ticks = self.ticks.wrapping_add(ticks as u32);
            let length = (ticks + 1) * CONTROL_INTERVAL;
            self.run(&mut frames[at..at + length]);
            at += length;
        }
    }

    /// What it does at `freq_hz` where it is going, dB.
    pub fn magnitude_db(&self, freq_hz: f64) -> f64 {
        self.bells.magnitude_db(&self.gains_db, freq_hz)
    }

    /// Whether everything passes as it is, bit for bit.
    pub fn is_neutral(&self) -> bool {
        !self.bands.iter().any(|bell| bell.runs)
    }

    /// Whether it has arrived where it is going.
    pub fn is_settled(&self) -> bool {
        !self.moves
    }

    /// How long it can still sound, in frames: its longest bell's ring.
    pub fn tail(&self) -> usize {
        self.tail
    }
}

/// One of them, which glides along a [spline](crate::block::spline).
#[derive(Clone, Copy, Debug, Default)]
struct Bell {
    /// In dB.
    gain: Glide,
    knots: Knots,
    section: Section,
    /// Whether it does anything.
    runs: bool,
    moves: bool,
    /// Control ticks that it waits before its first design.
    turn: usize,
    /// How many of them are left.
    waits: usize,
    /// Control ticks since the last design.
    phase: usize,
    /// Whether the last design was of where it is going already.
    last: bool,
}

impl Bell {
    fn rest(&mut self, coefs: Coefs) {
        self.knots = Knots::resting(coefs);
        self.section.jump(coefs.map(|c| [c; 2]));
        self.moves = false;
        self.runs = !self.knots.pass();
        if !self.runs {
            self.section.clear();
        }
    }

    fn set_out(&mut self) {
        if !self.moves && self.gain.moving() {
            (self.moves, self.waits, self.phase, self.last) = (true, self.turn, 0, false);
        }
    }

    fn control(&mut self, bells: &Bells, place: usize) {
        if !self.moves {
            return;
        }
        if self.waits > 0 {
            self.waits -= 1;
            return;
        }
        if self.phase > 0 {
            self.section.go_on();
            self.phase = (self.phase + 1) % DESIGN_TICKS;
            return;
        }
        let glides = self.gain.moving();
        let coefs = bells.coefs(place, self.gain.advance(DESIGN_TICKS as u32));
        if !glides && self.last {
            return self.rest(coefs);
        }
        self.last = !glides;
        self.knots.push(coefs);
        let (step, bend) = self.knots.steps();
        self.section.bend(step.map(|c| [c; 2]), bend.map(|c| [c; 2]));
        self.runs = !self.knots.pass();
        self.phase = 1;
    }
}

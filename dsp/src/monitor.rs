//! What is heard instead of the output, after every meter: mono, side, one channel, a softer one, a playback device, a
//! reference. None of it is a setting: nothing saves it, and whoever runs it switches it off offline and when no one looks.
//!
//! A [`Player`] comes before a [`Monitor`], so that a reference is heard through the same device. Both take blocks of any
//! length, and hand on the very same bits while nothing is asked of them.

mod device;
mod player;

pub use device::{Device, Piece, Shape};
pub use player::{Player, Recording};

use crate::smooth::Gain;
use crate::units::db_to_gain;
use crate::{CONTROL_INTERVAL, Frame};
use device::Bank;

/// What [`Heard::dim`] takes, dB.
pub const DIM_DB: f64 = -20.0;

/// Which part of the sound is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Left and right as they are.
    #[default]
    Stereo,
    /// (left + right) / 2 on both sides.
    Mono,
    /// (left - right) / 2 on both sides.
    Side,
    /// Left on both sides.
    Left,
    /// Right on both sides.
    Right,
}

impl Part {
    /// All parts, in the order of their declaration.
    pub const ALL: [Self; 5] = [Self::Stereo, Self::Mono, Self::Side, Self::Left, Self::Right];

    /// How much of left and right is in left, and in right.
    fn matrix(self) -> [[f64; 2]; 2] {
        match self {
            Self::Stereo => [[1.0, 0.0], [0.0, 1.0]],
            Self::Mono => [[0.5, 0.5]; 2],
            Self::Side => [[0.5, -0.5]; 2],
            Self::Left => [[1.0, 0.0]; 2],
            Self::Right => [[0.0, 1.0]; 2],
        }
    }
}

/// What is to be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// Which part of the sound.
    pub part: Part,
    /// Whether it is softer by [`DIM_DB`].
    pub dim: bool,
    /// What it is played back on, if not on what the listener has.
    pub device: Option<&'static Device>,
}

/// Lets hear what is asked for; goes from one to the other in 24 ms.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    rate: f64,
    heard: Heard,
    matrix: [[Gain; 2]; 2],
    /// The device that is heard, and the one before or after it.
    banks: [Bank; 2],
    /// 0 where the first bank is heard, 1 where the second is.
    way: Gain,
    /// Frames since the last control tick.
    phase: usize,
}

impl Monitor {
    /// Readies for `rate` in Hz, with nothing asked for.
    pub fn prepare(&mut self, rate: f64) {
        *self = Self { rate, ..Self::default() };
        for gain in self.matrix.as_flattened_mut() {
            gain.prepare(rate);
        }
        self.way.prepare(rate);
        self.way.aim(0.0);
        self.aim();
    }

    /// Asks for something else.
    pub fn set(&mut self, heard: &Heard) {
        if *heard != self.heard {
            self.heard = *heard;
            self.aim();
        }
    }

    fn aim(&mut self) {
        let level = if self.heard.dim { db_to_gain(DIM_DB) } else { 1.0 };
        let matrix = self.heard.part.matrix();
        for (gain, part) in self.matrix.as_flattened_mut().iter_mut().zip(matrix.as_flattened()) {
            gain.aim(level * part);
        }
    }

    /// Whether what goes in comes out, bit for bit.
    pub fn is_off(&self) -> bool {
        self.is_straight() && self.way.steady().is_some_and(|way| self.banks[place(way)].is_empty()) && !self.is_due()
    }

    /// Whether left and right stay what they are.
    fn is_straight(&self) -> bool {
        let straight = Part::Stereo.matrix();
        let is = |(gain, part): (&Gain, &f64)| gain.steady() == Some(*part) && gain.target() == *part;
        self.matrix.as_flattened().iter().zip(straight.as_flattened()).all(is)
    }

    /// Whether another device than the one that is heard, or on its way, is asked for.
    fn is_due(&self) -> bool {
        self.banks[place(self.way.target())].device() != self.heard.device
    }

    /// Processes frames in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let mut at = 0;
        while at < frames.len() {
            if self.phase == 0 {
                if self.is_off() {
                    return;
                }
                self.control();
            }
            let length = (CONTROL_INTERVAL - self.phase).min(frames.len() - at);
            self.run_between_ticks(&mut frames[at..at + length]);
            at += length;
            self.phase = (self.phase + length) % CONTROL_INTERVAL;
        }
    }

    fn control(&mut self) {
        if self.is_due() && self.way.steady() == Some(self.way.target()) {
            let next = 1 - place(self.way.target());
            self.banks[next].load(self.heard.device, self.rate);
            self.way.aim(next as f64);
        }
        self.way.control();
        for gain in self.matrix.as_flattened_mut() {
            gain.control();
        }
        for bank in &mut self.banks {
            bank.flush();
        }
    }

    fn run_between_ticks(&mut self, frames: &mut [Frame]) {
        match self.way.steady() {
            Some(way) => self.banks[place(way)].run(frames),
            None => {
                let mut other = [[0.0; 2]; CONTROL_INTERVAL];
                let other = &mut other[..frames.len()];
                other.copy_from_slice(frames);
                let [first, second] = &mut self.banks;
                first.run(frames);
                second.run(other);
                for (frame, other) in frames.iter_mut().zip(&*other) {
                    let way = self.way.advance();
                    *frame = [0, 1].map(|lane| frame[lane] + way * (other[lane] - frame[lane]));
                }
            }
        }
        if self.is_straight() {
            return;
        }
        let [[ll, lr], [rl, rr]] = &mut self.matrix;
        for frame in frames {
            let [left, right] = *frame;
            let from = |gain: &mut Gain, x: f64| gain.advance() * x;
            *frame = [from(ll, left) + from(lr, right), from(rl, left) + from(rr, right)];
        }
    }
}

/// Which bank is heard where the way ends.
fn place(way: f64) -> usize {
    usize::from(way >= 0.5)
}

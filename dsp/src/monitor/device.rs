//! A playback device: a chain of filters that has its response, and one channel where it has one.

use crate::Frame;
use crate::block::analog::Analog;
use crate::block::matched::{self, Matched};
use crate::block::svf::series::Series;
use crate::block::svf::{Design, Section};
use crate::units::{db_to_gain, gain_to_db};

/// The most filters that a device is made of.
pub const PIECES: usize = 12;

/// What a filter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// 12 dB per octave below its frequency.
    HighPass,
    /// 12 dB per octave above its frequency.
    LowPass,
    /// Its gain about its frequency.
    Bell,
    /// Its gain below its frequency.
    LowShelf,
    /// Its gain above its frequency.
    HighShelf,
}

/// One filter of a device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// What it does.
    pub shape: Shape,
    /// Where, Hz.
    pub freq_hz: f64,
    /// By how much, dB; of no meaning for high-pass and low-pass.
    pub gain_db: f64,
    /// How narrow.
    pub q: f64,
}

impl Piece {
    fn analog(&self) -> Analog {
        match self.shape {
            Shape::HighPass => Analog::high_pass(self.q),
            Shape::LowPass => Analog::low_pass(self.q),
            Shape::Bell => Analog::bell(self.gain_db, self.q),
            Shape::LowShelf => Analog::low_shelf(self.gain_db, self.q),
            Shape::HighShelf => Analog::high_shelf(self.gain_db, self.q),
        }
    }

    fn design(&self, rate: f64) -> Matched {
        matched::design(&self.analog(), self.freq_hz.min(HIGHEST * rate), rate)
    }

    fn response_db(&self, freq_hz: f64) -> f64 {
        let [re, im] = self.analog().response(freq_hz / self.freq_hz);
        gain_to_db(re.hypot(im))
    }
}

/// Filters lie below this part of the rate.
const HIGHEST: f64 = 0.49;

/// A playback device.
#[derive(Debug)]
pub struct Device {
    pieces: Box<[Piece]>,
    mono: bool,
    /// Brings the highest point of the response to 0 dB.
    gain_db: f64,
}

impl PartialEq for Device {
    /// A device is the same as itself only.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Device {
    /// Of the first [`PIECES`] of `pieces`, with one channel if `mono`. Allocates.
    pub fn new(pieces: &[Piece], mono: bool) -> Self {
        let pieces: Box<[Piece]> = pieces.iter().take(PIECES).copied().collect();
        let at = |freq_hz: f64| pieces.iter().map(|piece| piece.response_db(freq_hz)).sum::<f64>();
        // Ten octaves from 20 Hz in steps of a 24th.
        let highest_db = (0..=240).map(|step| at(20.0 * (f64::from(step) / 24.0).exp2())).fold(f64::MIN, f64::max);
        Self { mono, gain_db: -highest_db, pieces }
    }

    /// Whether it has one channel.
    pub fn is_mono(&self) -> bool {
        self.mono
    }

    /// Its response at `freq_hz` in dB, 0 at its highest.
    pub fn response_db(&self, freq_hz: f64) -> f64 {
        self.gain_db + self.pieces.iter().map(|piece| piece.response_db(freq_hz)).sum::<f64>()
    }
}

/// Runs a device, or none: all passes.
#[derive(Clone, Debug)]
pub struct Bank {
    device: Option<&'static Device>,
    sections: [Section; 2 * PIECES],
    used: usize,
    gain: f64,
}

impl Default for Bank {
    fn default() -> Self {
        Self { device: None, sections: [Section::default(); 2 * PIECES], used: 0, gain: 1.0 }
    }
}

impl Bank {
    /// What it runs.
    pub fn device(&self) -> Option<&'static Device> {
        self.device
    }

    /// Whether all passes.
    pub fn is_empty(&self) -> bool {
        self.device.is_none()
    }

    /// Runs `device` at `rate` Hz from now on, from silence.
    pub fn load(&mut self, device: Option<&'static Device>, rate: f64) {
        (self.device, self.used, self.gain) = (device, 0, 1.0);
        let Some(device) = device else { return };
        self.gain = db_to_gain(device.gain_db);
        for piece in &device.pieces {
            let Matched { main, correction } = piece.design(rate);
            for design in [main, correction].into_iter().filter(|design| *design != Design::NEUTRAL) {
                let section = &mut self.sections[self.used];
                section.clear();
                section.jump(design.coefs().map(|coef| [coef; 2]));
                self.used += 1;
            }
        }
    }

    /// At a control tick: silences what has all but died away.
    pub fn flush(&mut self) {
        self.sections[..self.used].iter_mut().for_each(Section::flush);
    }

    /// Runs over frames in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let Some(device) = self.device else { return };
        for frame in &mut *frames {
            let [left, right] = frame.map(|x| self.gain * x);
            *frame = if device.mono { [0.5 * (left + right); 2] } else { [left, right] };
        }
        let mut series = Series::new(frames);
        for section in &mut self.sections[..self.used] {
            series.run(section);
        }
    }
}

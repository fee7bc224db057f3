//! Dither: the step to fewer bits, made once and last, with noise in place of distortion.
//!
//! Noise of a triangular density, two steps wide from peak to peak, makes mean and power of the error independent of the
//! signal (S. Lipshitz, R. Wannamaker, J. Vanderkooy, "Quantization and Dither", JAES 1992). Feeding past errors back
//! moves the noise to where it is heard less.

mod noise;
mod settings;

pub use settings::{BITS, BLANK, Bits, DitherSettings, GROUP, SHAPE, Shape};

use crate::readout::{Keep, Readout, Report};
use crate::units::ms_to_frames;
use crate::{Frame, LatencyMode, Processor};
use noise::Noise;

/// Whether the noise is shaped as set.
pub static SHAPED_READOUT: Readout = Readout {
    id: "shaped",
    help: "1 where the noise has the shape that is set: shapes are made for 44.1 and 48 kHz, elsewhere it is flat.",
    keep: Keep::Latest,
};

/// How long the input has to be silent, bit for bit, until the noise stops.
const BLANK_MS: f64 = 100.0;

/// Rates in Hz that the shapes are made for, and how far off a host's may be.
const SHAPED_RATES: [f64; 2] = [44_100.0, 48_000.0];
const NEAR: f64 = 0.01;

/// Errors that are fed back, at most.
const ORDER: usize = 9;

/// Added to a number below 2^51 and taken away again, it leaves the nearest whole number.
const TO_WHOLE: f64 = 1.5 * (1u64 << 52) as f64;

/// Rounds to whole steps.
#[derive(Clone, Debug, Default)]
pub struct Dither {
    settings: DitherSettings,
    /// Whether the shapes fit the rate.
    shapes: bool,
    noise: [Noise; 2],
    /// The last errors in steps, latest first.
    errors: [[f64; ORDER]; 2],
    coefficients: [f64; ORDER],
    /// Steps of a full-scale signal.
    steps: f64,
    /// Frames that the input has been silent for, and after which nothing is left to hear.
    silent: usize,
    blank_after: usize,
}

impl Dither {
    fn quantize(&mut self, input: Frame) -> Frame {
        let (limit, step) = (self.steps, 1.0 / self.steps);
        std::array::from_fn(|lane| {
            let errors = &mut self.errors[lane];
            let fed_back: f64 = self.coefficients.iter().zip(&*errors).map(|(c, e)| c * e).sum();
            let wanted = input[lane] * limit - fed_back;
            let whole = (wanted + self.noise[lane].triangular() + TO_WHOLE) - TO_WHOLE;
            // A word of so many bits reaches one step less above than below.
            let whole = whole.clamp(-limit, limit - 1.0);
            errors.copy_within(..ORDER - 1, 1);
            // At the ends of the range the error would grow without an end.
            errors[0] = (whole - wanted).clamp(-2.0, 2.0);
            whole * step
        })
    }
}

impl Processor for Dither {
    type Settings = DitherSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.shapes = SHAPED_RATES.iter().any(|made_for| (rate / made_for - 1.0).abs() < NEAR);
        self.blank_after = ms_to_frames(BLANK_MS, rate).ceil() as usize;
        self.reset();
    }

    fn reset(&mut self) {
        self.noise = [Noise::new(0), Noise::new(1)];
        self.errors = [[0.0; ORDER]; 2];
        self.silent = self.blank_after;
    }

    fn set(&mut self, settings: &DitherSettings) {
        self.settings = *settings;
        self.steps = settings.bits.steps();
        self.coefficients = [0.0; ORDER];
        if self.shapes {
            let shape = settings.shape.coefficients();
            self.coefficients[..shape.len()].copy_from_slice(shape);
        }
    }

    fn control(&mut self) {}

    fn tick(&mut self, input: Frame, _key: Frame) -> Frame {
        self.silent = if input == [0.0; 2] { self.silent.saturating_add(1) } else { 0 };
        if self.settings.blank && self.silent > self.blank_after {
            self.errors = [[0.0; ORDER]; 2];
            return [0.0; 2];
        }
        self.quantize(input)
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        self.blank_after
    }

    fn is_settled(&self) -> bool {
        self.settings.blank
    }

    fn report(&mut self, report: &mut impl Report) {
        let as_set = self.shapes || self.settings.shape == Shape::Flat;
        report.value(&SHAPED_READOUT, f64::from(u8::from(as_set)));
    }
}

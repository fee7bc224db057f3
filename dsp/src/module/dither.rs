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
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
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
    /// The last errors in steps, latest last, and what of them is fed back, of the latest first.
    errors: [Frame; ORDER],
    coefficients: [f64; ORDER],
    /// Steps of a full-scale signal.
    steps: f64,
    /// Frames that the input has been silent for, and after which nothing is left to hear.
    silent: usize,
    blank_after: usize,
}

impl Dither {
    /// Up to [`CONTROL_INTERVAL`] frames, in place.
    fn quantize(&mut self, frames: &mut [Frame]) {
        let (limit, step) = (self.steps, 1.0 / self.steps);
        // A word of so many bits reaches one step less above than below.
        let rounded = |dithered: f64| within((dithered + TO_WHOLE) - TO_WHOLE, -limit, limit - 1.0);
        if self.coefficients == [0.0; ORDER] {
            for frame in frames {
                let noise = self.noise.each_mut().map(Noise::triangular);
                *frame = [0, 1].map(|lane| rounded(frame[lane] * limit + noise[lane]) * step);
            }
            return;
        }
        let mut errors = [[0.0; 2]; ORDER + CONTROL_INTERVAL];
        errors[..ORDER].copy_from_slice(&self.errors);
        for (i, frame) in frames.iter_mut().enumerate() {
            let noise = self.noise.each_mut().map(Noise::triangular);
            let mut dithered = [0, 1].map(|lane| frame[lane] * limit + noise[lane]);
            // The latest error last: it is what all this waits for.
            for (coefficient, error) in self.coefficients.iter().rev().zip(&errors[i..i + ORDER]) {
                dithered = [0, 1].map(|lane| dithered[lane] - coefficient * error[lane]);
            }
            let whole = dithered.map(rounded);
            // At the ends of the range the error would grow without an end.
            errors[i + ORDER] = [0, 1].map(|lane| within(whole[lane] - (dithered[lane] - noise[lane]), -2.0, 2.0));
            *frame = whole.map(|whole| whole * step);
        }
        self.errors.copy_from_slice(&errors[frames.len()..frames.len() + ORDER]);
    }
}

/// `x`, but no lower than `low` and no higher than `high`.
#[inline(always)]
fn within(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > low { x } else { low };
    if x < high { x } else { high }
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
        self.errors = [[0.0; 2]; ORDER];
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

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _: &[Frame]) {
        let mut from = 0;
        // Each stretch of silence that is long enough is left out of the noise.
        for i in 0..frames.len() {
            self.silent = if frames[i] == [0.0; 2] { self.silent.saturating_add(1) } else { 0 };
            if self.settings.blank && self.silent > self.blank_after {
                self.quantize(&mut frames[from..i]);
                self.errors = [[0.0; 2]; ORDER];
                from = i + 1;
            }
        }
        self.quantize(&mut frames[from..]);
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

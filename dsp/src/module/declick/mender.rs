//! Takes a click out of a sound that goes on beneath it.
//!
//! A mouth click is a resonance that is struck: an exponentially damped sine. Interpolating over it would have to guess
//! milliseconds of voice; the click itself is found much more exactly, because the prediction of the voice around it says
//! how little of the voice is unforeseen. So the voice's prediction, made from what lies before and after, whitens the
//! sound; a matched filter in that domain (S. Godsill and P. Rayner, "Digital Audio Restoration", 1998, 5.3) says where a
//! damped sine begins and about which it is; least squares refine it (K. Steiglitz and L. McBride, 1965), and it is
//! subtracted. What is left is looked at once more: a click may have two resonances.
//!
//! The work is cut into steps of about equal size, so that no block is late.

mod equations;
mod fit;
mod prediction;
mod search;
mod sine;

use super::detector::ORDER;
use super::past::Past;
use super::settings::{DeclickSettings, LONGEST};
use crate::Frame;
use crate::units::ms_to_frames;
use search::{Match, TRIED_DECAYS};
use sine::Sine;

/// Frames of the window before the run in which a click begins.
const LEAD: usize = 32;

/// Frames from the start of the window in which the first resonance begins.
const FIRST: usize = 112;

/// What of the voice the prediction is made from, on each side, in ms.
const CONTEXT_MS: f64 = 16.0;

/// Mean square below which there is nothing to do: -160 dBFS.
const SILENCE: f64 = 1e-16;

/// Resonances of a click.
const PARTS: usize = 2;

/// What a resonance holds at least, over the power of a frame that is unforeseen; and what of a click has to be left for a
/// second one.
const LEAST: f64 = 60.0;
const LEAST_OF_FIRST: f64 = 0.02;

/// Frames over which what is subtracted ends where it has not yet died away.
const END: usize = 24;

/// What is left of something that lasts too long, over what is unforeseen.
const GOES_ON: f64 = 3.0;

/// What is next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Rest,
    Gather,
    Correlate(usize),
    Predict,
    Whiten,
    Back,
    Search(usize),
    Try(usize),
    Refine(usize, usize),
    Weigh,
    Subtract,
}

/// A click that is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    /// Number of its window's first frame.
    pub start: usize,
    /// The highest magnitude of what is subtracted.
    pub peak: f64,
}

/// Takes one click after the other.
#[derive(Clone, Debug, Default)]
pub struct Mender {
    rate: f64,
    longest_ms: f64,
    band_hz: (f64, f64),
    stage: Stage,
    /// The window, and the click that comes after it.
    start: usize,
    length: usize,
    next: Option<usize>,
    channel: usize,
    part: usize,
    context: Box<[f64]>,
    lags: [f64; ORDER + 1],
    filter: [f64; ORDER + 1],
    /// Mean power that is unforeseen, and that over the mean power of the sound: what power of a click costs, as it is not
    /// likely to be louder than the sound.
    unforeseen: f64,
    cost: f64,
    /// The window's whitened sound, and that through the prediction backwards.
    white: Box<[f64]>,
    back: Box<[f32]>,
    /// Where it begins.
    found: Match,
    /// The best damped sine of each time constant that begins there.
    tried: [Match; TRIED_DECAYS],
    held: f64,
    /// What the best damped sine leaves of it.
    left: f64,
    trial: Sine,
    best: Sine,
    /// How much each frame of the window counts.
    weights: Box<[f64]>,
    /// One of its resonances.
    own: Box<[f64]>,
    click: Box<[Frame]>,
}

impl Mender {
    /// Readies for `rate` in Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        let longest = self.frames(LONGEST.range.1);
        let context = (ms_to_frames(CONTEXT_MS, rate) as usize).max(2 * ORDER);
        self.context = vec![0.0; 2 * context].into();
        for buffer in [&mut self.white, &mut self.own, &mut self.weights] {
            *buffer = vec![0.0; longest + ORDER].into();
        }
        self.back = vec![0.0; longest].into();
        self.click = vec![[0.0; 2]; longest].into();
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        (self.stage, self.next) = (Stage::Rest, None);
    }

    /// Follows the settings from the next click on.
    pub fn set(&mut self, settings: &DeclickSettings) {
        self.longest_ms = settings.longest_ms;
        self.band_hz = settings.band_hz();
    }

    /// Frames of a window for clicks of up to `longest_ms`.
    fn frames(&self, longest_ms: f64) -> usize {
        ms_to_frames(longest_ms, self.rate).ceil() as usize + FIRST + ORDER
    }

    /// Frames after the beginning of a click that it has to know.
    pub fn needs(&self) -> usize {
        self.frames(LONGEST.range.1) + self.context.len() / 2 + ORDER
    }

    /// Takes on the click that begins at frame number `at` or within the run after it.
    pub fn begin(&mut self, at: usize) {
        self.next = Some(at.saturating_sub(LEAD));
        if self.stage == Stage::Rest {
            self.start_next();
        }
    }

    fn start_next(&mut self) {
        if let Some(start) = self.next.take() {
            (self.start, self.channel, self.stage) = (start, 0, Stage::Gather);
            self.length = self.frames(self.longest_ms).min(self.click.len());
            self.click.fill([0.0; 2]);
        }
    }

    /// What is subtracted from the `i`-th frame of the click that is done.
    pub fn click(&self) -> &[Frame] {
        &self.click[..self.length]
    }

    /// A step of the work; tells when a click is done.
    pub fn step(&mut self, past: &Past) -> Option<Done> {
        match self.stage {
            Stage::Rest => {}
            Stage::Gather => self.gather(past),
            Stage::Correlate(lag) => self.correlate(lag),
            Stage::Predict => {
                self.predict();
                (self.part, self.stage) = (0, Stage::Whiten);
            }
            Stage::Whiten => self.whiten(past),
            Stage::Back => self.go_back(),
            Stage::Search(pass) => self.search(pass),
            Stage::Try(pass) => self.attempt(pass),
            Stage::Refine(start, round) => self.refine(start, round),
            Stage::Weigh => self.weigh(),
            Stage::Subtract => self.subtract(),
        }
        if self.stage != Stage::Rest || self.channel < 2 {
            return None;
        }
        self.channel = 0;
        let peak = self.click().as_flattened().iter().fold(0.0f64, |peak, x| peak.max(x.abs()));
        Some(Done { start: self.start, peak })
    }

    /// After a click is done with: the next one.
    pub fn go_on(&mut self) {
        self.start_next();
    }

    fn next_channel(&mut self) {
        self.channel += 1;
        self.stage = if self.channel < 2 { Stage::Gather } else { Stage::Rest };
    }

    fn subtract(&mut self) {
        let [_, b2] = self.best.poles;
        let left = self.left;
        let holds = self.held - left;
        // A tone that sets in would like to go on for longer than a click may.
        let longest = b2 > 0.999 * self.radius().powi(2) && left > GOES_ON * self.length as f64 * self.unforeseen;
        if longest {
            return self.next_channel();
        }
        if holds < LEAST * self.unforeseen || !holds.is_finite() {
            return self.next_channel();
        }
        self.sound();
        for (click, own) in self.click.iter_mut().zip(&self.own[..self.length]) {
            click[self.channel] += own;
        }
        self.part += 1;
        if self.part == PARTS || left < LEAST_OF_FIRST * self.held {
            return self.next_channel();
        }
        for i in 0..self.length + ORDER {
            self.white[i] -= self.whitened(i);
        }
        self.stage = Stage::Back;
    }
}

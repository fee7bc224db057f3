//! Takes a click out of a sound that goes on beneath it.
//!
//! A mouth click is a resonance that is struck: an exponentially damped sine. Interpolating over it would have to guess
//! milliseconds of voice; the click itself is found much more exactly, because the prediction of the voice around it says
//! how little of the voice is unforeseen. So the voice's prediction, made from what lies before and after, whitens the
//! sound, and what of it comes again, period after period, is taken out; a matched filter in that domain (S. Godsill and P. Rayner, "Digital Audio Restoration", 1998, 5.3) says where a
//! damped sine begins and about which it is; least squares refine it (K. Steiglitz and L. McBride, 1965), and it is
//! subtracted. What is left is looked at once more: a click may have two resonances.
//!
//! The work is cut into steps, which have a price, so that every run does as much and no block is late.

mod equations;
mod fit;
mod periods;
mod prediction;
mod search;
mod sine;

use super::detector::ORDER;
use super::past::Past;
use super::settings::{DeclickSettings, LONGEST};
use crate::Frame;
use crate::units::ms_to_frames;
use equations::Equations;
use periods::Periods;
use search::{Match, TRIED_DECAYS};
use sine::Sine;

/// Frames of the window before the run in which a click begins.
const LEAD: usize = 32;

/// Frames from the start of the window in which the first resonance begins.
const FIRST: usize = 112;

/// What of the voice the prediction is made from, on each side, in ms.
const CONTEXT_MS: f64 = 16.0;

/// Order of the prediction of what does not repeat, and of both in a row.
const SECOND: usize = 16;
const ALL: usize = ORDER + SECOND;

/// The channels: the side, which seldom has a click, comes first, so that it is known early how much there is to do.
const MIDDLE: usize = 0;
const SIDE: usize = 1;

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

/// What is left of something that lasts too long, over what is unforeseen; and before it is known what repeats.
const GOES_ON: f64 = 3.0;
const GOES_ON_AT_FIRST: f64 = 30.0;

/// What is next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Rest,
    Gather,
    Correlate(usize),
    Predict,
    Solve,
    Whiten,
    Back,
    Search(usize),
    Try(usize),
    Refine(usize, usize),
    Surround(usize),
    Smooth,
    SmoothBack,
    Compare(usize),
    Explain,
    WhitenAgain,
    Weigh,
    Subtract,
}

/// What the steps take, in ns at 48 kHz on the machine that the README measures with, and what a run may take: twice as much
/// where there is more to do than for one resonance in one channel.
mod price {
    pub const GATHER: usize = 1_500;
    pub const CORRELATE: usize = 1_300;
    pub const PREDICT: usize = 3_000;
    pub const SOLVE: usize = 3_000;
    pub const WHITEN: usize = 2_200;
    pub const BACK: usize = 2_800;
    pub const SEARCH: usize = 3_000;
    pub const TRY: usize = 2_200;
    pub const REFINE: usize = 3_000;
    pub const SURROUND: usize = 1_400;
    pub const SMOOTH: usize = 4_500;
    pub const SMOOTH_BACK: usize = 3_000;
    pub const COMPARE: usize = 1_600;
    pub const EXPLAIN: usize = 2_700;
    pub const WHITEN_AGAIN: usize = 3_000;
    pub const WEIGH: usize = 4_300;
    pub const SUBTRACT: usize = 3_000;
    /// No step is dearer.
    pub const RUN: usize = 4_500;
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
#[derive(Clone, Debug)]
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
    /// Whether there is one on the side.
    both: bool,
    part: usize,
    context: Box<[f64]>,
    lags: [f64; ORDER + 1],
    equations: Equations<ORDER, { ORDER + 1 }>,
    /// The prediction of the voice around the click; and with that of what does not repeat, once that is known.
    first: [f64; ORDER + 1],
    filter: [f64; ALL + 1],
    periods: Periods,
    /// Whether what repeats has been taken out of the window.
    periods_out: bool,
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
    /// One of its resonances, after and before as many frames of silence as the predictions are long; and whitened.
    own: Box<[f64]>,
    own_white: Box<[f64]>,
    click: Box<[Frame]>,
}

impl Default for Mender {
    fn default() -> Self {
        Self {
            rate: Default::default(),
            longest_ms: Default::default(),
            band_hz: Default::default(),
            stage: Default::default(),
            start: Default::default(),
            length: Default::default(),
            next: Default::default(),
            channel: Default::default(),
            both: Default::default(),
            part: Default::default(),
            context: Default::default(),
            lags: Default::default(),
            equations: Equations::new([[0.0; ORDER + 1]; ORDER]),
            first: Default::default(),
            filter: [0.0; ALL + 1],
            periods: Default::default(),
            periods_out: Default::default(),
            unforeseen: Default::default(),
            cost: Default::default(),
            white: Default::default(),
            back: Default::default(),
            found: Default::default(),
            tried: Default::default(),
            held: Default::default(),
            left: Default::default(),
            trial: Default::default(),
            best: Default::default(),
            weights: Default::default(),
            own: Default::default(),
            own_white: Default::default(),
            click: Default::default(),
        }
    }
}

impl Mender {
    /// Readies for `rate` in Hz, and clicks after whose beginning `known` frames have come when they are begun with. Allocates.
    pub fn prepare(&mut self, rate: f64, known: usize) {
        self.rate = rate;
        let longest = self.frames(LONGEST.range.1);
        let context = (ms_to_frames(CONTEXT_MS, rate) as usize).max(2 * ORDER);
        self.context = vec![0.0; 2 * context].into();
        for buffer in [&mut self.white, &mut self.own_white, &mut self.weights] {
            *buffer = vec![0.0; longest + ALL].into();
        }
        self.own = vec![0.0; longest + 2 * ALL].into();
        self.periods.prepare(rate, longest + ALL, known);
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
            (self.start, self.channel, self.both, self.stage) = (start, SIDE, false, Stage::Gather);
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
            Stage::Rest => return None,
            Stage::Gather => self.gather(past),
            Stage::Correlate(lag) => self.correlate(lag),
            Stage::Predict => self.predict(),
            Stage::Solve => self.solve(),
            Stage::Whiten => self.whiten(past),
            Stage::Back => self.go_back(),
            Stage::Search(pass) => self.search(pass),
            Stage::Try(pass) => self.attempt(pass),
            Stage::Refine(start, round) => self.refine(start, round),
            Stage::Surround(first) => self.surround(past, first),
            Stage::Smooth => self.smooth(),
            Stage::SmoothBack => self.smooth_back(),
            Stage::Compare(first) => self.compare(first),
            Stage::Explain => self.explain(),
            Stage::WhitenAgain => self.whiten_again(),
            Stage::Weigh => self.weigh(),
            Stage::Subtract => self.subtract(),
        }
        (self.stage == Stage::Rest).then(|| self.end())
    }

    /// What the next step takes; none if there is nothing to do.
    pub fn price(&self) -> Option<usize> {
        let price = match self.stage {
            Stage::Rest => return None,
            Stage::Gather => price::GATHER,
            Stage::Correlate(_) => price::CORRELATE,
            Stage::Predict => price::PREDICT,
            Stage::Solve => price::SOLVE,
            Stage::Whiten => price::WHITEN,
            Stage::Back => price::BACK,
            Stage::Search(_) => price::SEARCH,
            Stage::Try(_) => price::TRY,
            Stage::Refine(..) => price::REFINE,
            Stage::Surround(_) => price::SURROUND,
            Stage::Smooth => price::SMOOTH,
            Stage::SmoothBack => price::SMOOTH_BACK,
            Stage::Compare(_) => price::COMPARE,
            Stage::Explain => price::EXPLAIN,
            Stage::WhitenAgain => price::WHITEN_AGAIN,
            Stage::Weigh => price::WEIGH,
            Stage::Subtract => price::SUBTRACT,
        };
        Some(price)
    }

    /// What a run may take.
    pub fn pace(&self) -> usize {
        let second =
            self.part > 0 && matches!(self.stage, Stage::Try(_) | Stage::Refine(..) | Stage::Weigh | Stage::Subtract);
        if self.both || second { 2 * price::RUN } else { price::RUN }
    }

    /// The first frame of the click that is at work, if one is.
    pub fn at_work(&self) -> Option<usize> {
        (self.stage != Stage::Rest).then_some(self.start)
    }

    /// Ends the work on a click: what is known of it.
    pub fn end(&mut self) -> Done {
        self.stage = Stage::Rest;
        let peak = self.click().as_flattened().iter().fold(0.0f64, |peak, x| peak.max(x.abs()));
        Done { start: self.start, peak }
    }

    /// After a click is done with: the next one.
    pub fn go_on(&mut self) {
        self.start_next();
    }

    fn next_channel(&mut self) {
        self.stage = if self.channel == SIDE { Stage::Gather } else { Stage::Rest };
        self.channel = MIDDLE;
    }

    /// Whether a resonance that holds so much of the whitened sound is a click's.
    fn is_strong(&self, holds: f64) -> bool {
        holds.is_finite() && holds >= LEAST * self.unforeseen
    }

    /// A tone that sets in would like to go on for longer than a click may.
    fn goes_on(&self, left: f64, over: f64) -> bool {
        let [_, b2] = self.best.poles;
        b2 > 0.999 * self.radius().powi(2) && left > over * self.length as f64 * self.unforeseen
    }

    fn subtract(&mut self) {
        let left = self.left;
        let holds = self.held - left;
        if self.goes_on(left, GOES_ON) {
            return self.next_channel();
        }
        if !self.is_strong(holds) {
            return self.next_channel();
        }
        self.sound();
        for (click, own) in self.click.iter_mut().zip(&self.own[ALL..ALL + self.length]) {
            click[self.channel] += own;
        }
        self.part += 1;
        if self.part == PARTS || left < LEAST_OF_FIRST * self.held {
            return self.next_channel();
        }
        self.whiten_own();
        for (white, own) in self.white.iter_mut().zip(&self.own_white[..self.length + ALL]) {
            *white -= own;
        }
        self.stage = Stage::Back;
    }
}

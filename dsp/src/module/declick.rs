//! De-click: takes mouth clicks out of a voice.
//!
//! [`DeclickSettings`] say what can be set. A [detector] finds where a click begins, a [mender] says which of the sound is
//! the click, and that is subtracted; everything else passes bit for bit. It looks ahead by about 75 ms, and so works in
//! Full alone: in Live and Mix it is not there at all.

mod detector;
mod mender;
mod past;
mod settings;

pub use settings::*;

use crate::block::delay::Delay;
use crate::control::Settings;
use crate::readout::{Keep, Readout, Report};
use crate::units::gain_to_db;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use detector::Detector;
use mender::{Done, Mender};
use past::Past;

/// Runs in which a click's work is done.
const WORK: usize = 116;

/// Runs by which the window begins before the click, and some to spare.
const MARGIN: usize = 4;

/// Below this rate in Hz a voice has no clicks to find.
const LEAST_RATE: f64 = 22_000.0;

/// Beyond this the mender does not follow.
const HIGHEST: f64 = 1e4;

/// Clicks taken since the start.
pub static COUNT_READOUT: Readout = Readout { id: "count", help: "Clicks taken since the start.", keep: Keep::Latest };

/// Level of a click.
pub static CLICK_READOUT: Readout =
    Readout { id: "click", help: "Peak of the click taken last, dBFS, while it passes.", keep: Keep::Highest };

/// The de-click.
#[derive(Clone, Debug, Default)]
pub struct Declick {
    works: bool,
    latency: usize,
    /// Frames that have come.
    frames: usize,
    sound: Delay,
    /// Mid and side, and what is to be subtracted of it.
    heard: Past,
    clicks: Past,
    /// The first of the frames of which something is subtracted, and the one after the last.
    from: usize,
    to: usize,
    run: [Frame; CONTROL_INTERVAL],
    filled: usize,
    detector: Detector,
    mender: Mender,
    count: usize,
    peak_db: f64,
    settings: DeclickSettings,
}

impl Declick {
    /// Clicks taken since the start.
    pub fn count(&self) -> usize {
        self.count
    }

    /// A frame of the sound has come.
    #[inline(always)]
    fn hear(&mut self, [left, right]: Frame) {
        let middle_and_side = [0.5 * (left + right), 0.5 * (left - right)].map(|x| x.clamp(-HIGHEST, HIGHEST));
        *self.heard.at_mut(self.frames) = middle_and_side;
        self.run[self.filled] = middle_and_side;
        self.filled += 1;
        self.frames += 1;
        if self.filled == CONTROL_INTERVAL {
            self.filled = 0;
            self.work();
        }
    }

    /// Once a run.
    fn work(&mut self) {
        if let Some(run) = self.detector.run(&self.run) {
            self.mender.begin(run * CONTROL_INTERVAL);
        }
        // The next run is the last at which its first frame has not left. What is not done by then stays.
        let soon = self.frames + CONTROL_INTERVAL;
        if self.mender.at_work().is_some_and(|start| start + self.latency <= soon) {
            let done = self.mender.end();
            self.take(done);
            self.mender.go_on();
        }
        let mut left = self.mender.pace();
        while let Some(rest) = self.mender.price().and_then(|price| left.checked_sub(price)) {
            left = rest;
            if let Some(done) = self.mender.step(&self.heard) {
                self.take(done);
                self.mender.go_on();
            }
        }
        // What has left is not subtracted again when its place comes round.
        let left = self.frames.saturating_sub(self.latency + CONTROL_INTERVAL);
        while self.from < self.to && self.from < left {
            *self.clicks.at_mut(self.from) = [0.0; 2];
            self.from += 1;
        }
    }

    fn take(&mut self, done: Done) {
        let late = done.start + self.latency <= self.frames;
        if late || done.peak == 0.0 {
            return;
        }
        for (i, click) in self.mender.click().iter().enumerate() {
            let to = self.clicks.at_mut(done.start + i);
            *to = [to[0] + click[0], to[1] + click[1]];
        }
        let end = done.start + self.mender.click().len();
        if self.from >= self.to {
            self.from = done.start;
        }
        self.to = self.to.max(end);
        self.count += 1;
        self.peak_db = self.peak_db.max(gain_to_db(done.peak));
    }

    /// Subtracts the clicks from a run that leaves and begins with frame `number` of the sound.
    fn subtract(&self, frames: &mut [Frame], number: usize) {
        for (i, frame) in frames.iter_mut().enumerate() {
            let number = number.wrapping_add(i);
            if number >= self.from && number < self.to {
                let [mid, side] = self.clicks.at(number);
                if [mid, side] != [0.0; 2] {
                    *frame = [frame[0] - (mid + side), frame[1] - (mid - side)];
                }
            }
        }
    }
}

impl Processor for Declick {
    type Settings = DeclickSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.works = mode == DeclickSettings::NEEDS && rate >= LEAST_RATE;
        if self.works {
            self.detector.prepare(rate);
            self.mender.prepare(rate, self.detector.delay() * CONTROL_INTERVAL);
            debug_assert!(self.mender.needs() <= self.detector.delay() * CONTROL_INTERVAL);
            self.latency = (self.detector.delay() + WORK + MARGIN) * CONTROL_INTERVAL;
            for past in [&mut self.heard, &mut self.clicks] {
                past.prepare(2 * self.latency + self.mender.needs());
            }
        } else {
            self.latency = 0;
        }
        self.sound.prepare(self.latency);
        self.reset();
    }

    fn reset(&mut self) {
        if !self.works {
            return;
        }
        (self.frames, self.filled, self.from, self.to) = (0, 0, 0, 0);
        (self.count, self.peak_db) = (0, f64::NEG_INFINITY);
        self.sound.reset();
        self.heard.reset();
        self.clicks.reset();
        self.detector.reset();
        self.mender.reset();
        self.set(&{ self.settings });
    }

    fn set(&mut self, settings: &DeclickSettings) {
        self.settings = *settings;
        if self.works {
            self.detector.set(settings);
            self.mender.set(settings);
        }
    }

    fn control(&mut self) {}

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _: &[Frame]) {
        if !self.works {
            return;
        }
        let number = self.frames.wrapping_sub(self.latency);
        for frame in &*frames {
            self.hear(*frame);
        }
        self.sound.run(frames);
        if self.from < self.to {
            self.subtract(frames, number);
        }
    }

    fn latency(&self) -> usize {
        self.latency
    }

    fn pass(&mut self, frames: usize) {
        // Its runs stay on the grid.
        self.run(&mut [[0.0; 2]; CONTROL_INTERVAL][..frames % CONTROL_INTERVAL], &[]);
    }

    fn report(&mut self, report: &mut impl Report) {
        report.value(&COUNT_READOUT, self.count as f64);
        report.value(&CLICK_READOUT, self.peak_db);
        self.peak_db = f64::NEG_INFINITY;
    }
}

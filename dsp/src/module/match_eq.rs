//! Match EQ: brings the long-term spectrum of a song to the shape of a target's.
//!
//! Song and references are [captured](crate::captured) in thirds of an octave and stay as they are: the [`mod@correction`]
//! is a static filter, made of them and of the settings, and without either everything passes. It captures only while
//! it is asked to.

mod correction;
mod settings;
mod shipped;

pub use correction::{at_mean, correction, mix, target};
pub use settings::{AMOUNT, CAP, GROUP, MatchEqSettings, SMOOTHING, TARGET, Target};
pub use shipped::{number_ones_2013, popular_2017};

use crate::block::graphic::{BANDS, Graphic};
use crate::captured::{Captured, Source};
use crate::meter::thirds::Thirds;
use crate::readout::{Keep, Readout, Report};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};

/// Seconds of programme captured since it was asked for.
pub static HEARD_READOUT: Readout = Readout { id: "heard", help: "Programme captured so far, s.", keep: Keep::Latest };

/// Captures that have begun: what else is reported is of the last one.
pub static BEGUN_READOUT: Readout = Readout { id: "begun", help: "Captures begun so far.", keep: Keep::Latest };

/// Level of each third in what has been captured, from 20 Hz up.
pub static LEVEL_READOUT: [Readout; BANDS] = [
    level("third_20"),
    level("third_25"),
    level("third_31"),
    level("third_40"),
    level("third_50"),
    level("third_63"),
    level("third_80"),
    level("third_100"),
    level("third_125"),
    level("third_160"),
    level("third_200"),
    level("third_250"),
    level("third_315"),
    level("third_400"),
    level("third_500"),
    level("third_630"),
    level("third_800"),
    level("third_1000"),
    level("third_1250"),
    level("third_1600"),
    level("third_2000"),
    level("third_2500"),
    level("third_3150"),
    level("third_4000"),
    level("third_5000"),
    level("third_6300"),
    level("third_8000"),
    level("third_10000"),
    level("third_12500"),
    level("third_16000"),
    level("third_20000"),
];

const fn level(id: &'static str) -> Readout {
    Readout { id, help: "Level of the third in what has been captured, dB.", keep: Keep::Latest }
}

/// The module.
#[derive(Clone, Debug, Default)]
pub struct MatchEq {
    /// Made by `prepare`.
    eq: Option<Graphic>,
    settings: MatchEqSettings,
    captured: Option<Captured>,
    source: Option<Source>,
    meter: Thirds,
    /// Captures so far.
    begun: f64,
    /// Whether there are settings since the last reset: before, nothing is aimed at, so that the first aim jumps.
    started: bool,
}

impl MatchEq {
    fn aim(&mut self) {
        let curve = self.captured.as_ref().map_or([0.0; BANDS], |captured| correction(&self.settings, captured));
        if let Some(eq) = &mut self.eq {
            eq.aim(&curve);
        }
    }

    /// Gain at `freq_hz` where it is going, dB.
    pub fn magnitude_db(&self, freq_hz: f64) -> f64 {
        self.eq.as_ref().map_or(0.0, |eq| eq.magnitude_db(freq_hz))
    }
}

impl Processor for MatchEq {
    type Settings = MatchEqSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.eq = Some(Graphic::new(rate));
        self.meter.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        if let Some(eq) = &mut self.eq {
            eq.reset();
        }
        self.meter.interrupt();
        self.started = false;
    }

    fn set(&mut self, settings: &MatchEqSettings) {
        self.settings = *settings;
        self.started = true;
        self.aim();
    }

    fn control(&mut self) {
        if let Some(eq) = &mut self.eq {
            eq.control();
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        match self.source {
            None => {}
            Some(Source::Input) => self.meter.run(frames),
            Some(Source::SideChain) => self.meter.run(keys),
        }
        if let Some(eq) = &mut self.eq {
            eq.run(frames);
        }
    }

    fn run_intervals(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        if self.source.is_none() {
            if let Some(eq) = &mut self.eq {
                eq.run_intervals(frames);
            }
            return;
        }
        for (frames, keys) in frames.chunks_mut(CONTROL_INTERVAL).zip(keys.chunks(CONTROL_INTERVAL)) {
            self.control();
            self.run(frames, keys);
        }
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        self.eq.as_ref().map_or(0, Graphic::tail)
    }

    fn is_settled(&self) -> bool {
        self.source != Some(Source::SideChain) && self.eq.as_ref().is_none_or(Graphic::is_settled)
    }

    fn report(&mut self, report: &mut impl Report) {
        report.value(&BEGUN_READOUT, self.begun);
        report.value(&HEARD_READOUT, self.meter.heard_s());
        let levels_db = self.meter.levels_db();
        for (third, readout) in LEVEL_READOUT.iter().enumerate() {
            report.value(readout, levels_db.map_or(f64::NEG_INFINITY, |levels_db| levels_db[third]));
        }
    }

    fn capture(&mut self, source: Option<Source>) {
        self.source = source;
        self.meter.interrupt();
        if source.is_some() {
            self.meter.reset();
            self.begun += 1.0;
        }
    }

    fn match_to(&mut self, captured: Option<&Captured>) {
        self.captured = captured.copied();
        if self.started {
            self.aim();
        }
    }
}

//! Finds clicks: where for a moment more power than in the surroundings does not follow from what came before.
//!
//! Each run's residual of a linear prediction is filtered to the band and squared. A vowel's residual has a peak a period;
//! so the power of a run is compared with the highest ones of blocks, each longer than a period: three before it, of which
//! the middle one counts, and two behind the longest click after it, of which the lower one counts. What sticks out on one
//! side only is an onset or an end, and stays.

use crate::block::analog::Analog;
use crate::block::linear_prediction::error_filter;
use crate::block::svf::{self, Design, Section};
use crate::units::{db_to_gain, ms_to_frames};
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

use super::settings::{DeclickSettings, LONGEST};

/// Order of the prediction: two for each formant and some for the folds.
pub const ORDER: usize = 30;

/// Frames that a prediction is made from, and runs from one prediction to the next, below 64 kHz; above twice, four times,
/// … as many.
const WINDOW: usize = 1_024;
const HOP: usize = 16;
const WINDOW_RATE: f64 = 32_000.0;

/// Lags a run, so that all are there before the hop ends.
const LAGS_A_RUN: usize = 3;

/// Length of a block in ms: a period of 80 Hz.
const BLOCK_MS: f64 = 12.5;

/// Share of a white noise that is added, so that a prediction of tones has an end.
const WHITE: f64 = 1e-6;

/// Difference to the last frame, before the prediction: most of the fall of a voice's spectrum.
const EMPHASIS: f64 = 0.9;

/// Residual power of a run below which nothing is a click: about -110 dBFS.
const SILENCE: f32 = 1e-10;

/// Beyond this the detector does not follow.
const HIGHEST: f64 = 1e4;

/// The detector. It works on runs of mid and side.
#[derive(Clone, Debug)]
pub struct Detector {
    rate: f64,
    /// In runs.
    block: usize,
    longest: usize,
    gap: usize,
    threshold: f32,
    band: [Section; 2],
    /// The last frames, with emphasis, one channel after the other.
    heard: [Box<[f32]>; 2],
    at: usize,
    last: Frame,
    taper: Box<[f32]>,
    /// What the next prediction is made from.
    frozen: [Box<[f32]>; 2],
    lags: [[f64; ORDER + 1]; 2],
    filters: [[f64; ORDER + 1]; 2],
    hop: usize,
    hop_runs: usize,
    /// The last frames with emphasis and the run after them.
    recent: [Frame; ORDER + CONTROL_INTERVAL],
    /// Powers of so many last runs as make up one below 64 kHz.
    latest: Box<[f32]>,
    /// Of each run: its power with those before it that are latest, and the highest one of the block that ends with it.
    powers: Box<[f32]>,
    highest: Box<[f32]>,
    /// Runs so far.
    runs: usize,
    /// The first run that may be another click.
    free: usize,
}

impl Default for Detector {
    fn default() -> Self {
        let none = || Box::<[f32]>::default();
        Self {
            rate: 0.0,
            block: 1,
            longest: 1,
            gap: 1,
            threshold: 1.0,
            band: Default::default(),
            heard: [none(), none()],
            at: 0,
            last: [0.0; 2],
            taper: none(),
            frozen: [none(), none()],
            lags: [[0.0; ORDER + 1]; 2],
            filters: [[0.0; ORDER + 1]; 2],
            hop: 0,
            hop_runs: HOP,
            recent: [[0.0; 2]; ORDER + CONTROL_INTERVAL],
            latest: none(),
            powers: none(),
            highest: none(),
            runs: 0,
            free: 0,
        }
    }
}

impl Detector {
    /// Readies for `rate` in Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.block = to_runs(BLOCK_MS, rate);
        self.longest = to_runs(LONGEST.range.1, rate);
        let times = 1 << (rate / WINDOW_RATE).max(1.0).log2() as usize;
        let window = times * WINDOW;
        self.hop_runs = times * HOP;
        let hann = |i: usize| (0.5 - 0.5 * (TAU * (i as f64 + 0.5) / window as f64).cos()) as f32;
        self.taper = (0..window).map(hann).collect();
        // The blocks before a run and all that it waits for.
        let kept = 3 * self.block + self.delay() + 4;
        self.latest = vec![0.0; times].into();
        (self.powers, self.highest) = (vec![0.0; kept].into(), vec![0.0; kept].into());
        for buffer in self.heard.iter_mut().chain(&mut self.frozen) {
            *buffer = vec![0.0; window].into();
        }
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.band.iter_mut().for_each(Section::clear);
        for buffer in self.heard.iter_mut().chain(&mut self.frozen) {
            buffer.fill(0.0);
        }
        (self.at, self.last, self.hop, self.runs, self.free) = (0, [0.0; 2], 0, 0, 0);
        self.lags = [[0.0; ORDER + 1]; 2];
        self.filters = [[0.0; ORDER + 1]; 2];
        self.filters.iter_mut().for_each(|filter| filter[0] = 1.0);
        self.recent.fill([0.0; 2]);
        self.latest.fill(0.0);
        self.powers.fill(0.0);
        self.highest.fill(0.0);
    }

    /// Follows the settings from the next run on.
    pub fn set(&mut self, settings: &DeclickSettings) {
        self.threshold = db_to_gain(settings.threshold_db()).powi(2) as f32;
        self.gap = to_runs(settings.longest_ms, self.rate).min(self.longest);
        let (low_hz, high_hz) = settings.band_hz();
        let filters = [Analog::high_pass(FRAC_1_SQRT_2), Analog::low_pass(FRAC_1_SQRT_2)];
        for ((section, analog), freq_hz) in self.band.iter_mut().zip(filters).zip([low_hz, high_hz]) {
            let g = (PI * (freq_hz / self.rate).min(0.49)).tan();
            section.jump(Design::bilinear(&analog, g).coefs().map(|c| [c; 2]));
        }
    }

    /// Runs between a click and when it is found.
    pub fn delay(&self) -> usize {
        self.longest + 2 * self.block + 1
    }

    /// Hears a run of mid and side; the number of a run in which a click begins, if one is found.
    pub fn run(&mut self, frames: &[Frame; CONTROL_INTERVAL]) -> Option<usize> {
        self.predict();
        let (now, kept, latest) = (self.runs, self.powers.len(), self.latest.len());
        self.latest[now % latest] = self.residual_power(frames);
        self.powers[now % kept] = self.latest.iter().sum();
        let block = (now + 1).min(self.block);
        self.highest[now % kept] = (0..block).map(|i| self.powers[(now - i) % kept]).fold(0.0, f32::max);
        self.runs += 1;
        // What is compared with lies within the past.
        let run = now.checked_sub(self.delay()).filter(|run| *run > 3 * self.block && *run >= self.free)?;
        let highest = |run: usize| self.highest[run % kept];
        let before = |blocks: usize| highest(run - 2 - blocks * self.block);
        let after = |blocks: usize| highest(run + self.gap + blocks * self.block);
        let surroundings = middle([before(0), before(1), before(2)]).max(after(1).min(after(2)));
        if self.powers[run % kept] <= self.threshold * surroundings.max(SILENCE) {
            return None;
        }
        self.free = run + self.gap + 1;
        Some(run + 1 - latest)
    }

    /// A part of the next prediction.
    fn predict(&mut self) {
        let first = self.hop * LAGS_A_RUN;
        for channel in 0..2 {
            for lag in first..(first + LAGS_A_RUN).min(ORDER + 1) {
                self.lags[channel][lag] = f64::from(correlate(&self.frozen[channel], lag));
            }
        }
        match self.hop_runs - self.hop {
            3 => self.filter(0),
            2 => self.filter(1),
            1 => self.freeze(),
            _ => {}
        }
        self.hop = (self.hop + 1) % self.hop_runs;
    }

    fn filter(&mut self, channel: usize) {
        self.lags[channel][0] *= 1.0 + WHITE;
        self.filters[channel] = error_filter(&self.lags[channel]).0;
    }

    fn freeze(&mut self) {
        for (frozen, heard) in self.frozen.iter_mut().zip(&self.heard) {
            let (newer, older) = heard.split_at(self.at);
            let (first, second) = frozen.split_at_mut(older.len());
            let (begin, end) = self.taper.split_at(older.len());
            for ((to, from), gain) in first.iter_mut().zip(older).zip(begin) {
                *to = from * gain;
            }
            for ((to, from), gain) in second.iter_mut().zip(newer).zip(end) {
                *to = from * gain;
            }
        }
    }

    fn residual_power(&mut self, frames: &[Frame; CONTROL_INTERVAL]) -> f32 {
        self.recent.copy_within(CONTROL_INTERVAL.., 0);
        for (i, frame) in frames.iter().enumerate() {
            let x = frame.map(|x| x.clamp(-HIGHEST, HIGHEST));
            let raised = [x[0] - EMPHASIS * self.last[0], x[1] - EMPHASIS * self.last[1]];
            self.last = x;
            self.recent[ORDER + i] = raised;
            self.heard[0][self.at + i] = raised[0] as f32;
            self.heard[1][self.at + i] = raised[1] as f32;
        }
        self.at = (self.at + CONTROL_INTERVAL) % self.taper.len();
        let mut residual = [[0.0; 2]; CONTROL_INTERVAL];
        for k in 0..=ORDER {
            let coef = [self.filters[0][k], self.filters[1][k]];
            for (i, to) in residual.iter_mut().enumerate() {
                let x = self.recent[ORDER + i - k];
                *to = [to[0] + coef[0] * x[0], to[1] + coef[1] * x[1]];
            }
        }
        let [high_pass, low_pass] = &mut self.band;
        svf::run_two([high_pass, low_pass], &mut residual);
        high_pass.flush();
        low_pass.flush();
        residual.as_flattened().iter().map(|x| x * x).sum::<f64>() as f32
    }
}

fn to_runs(ms: f64, rate: f64) -> usize {
    (ms_to_frames(ms, rate) / CONTROL_INTERVAL as f64).ceil().max(1.0) as usize
}

fn middle([a, b, c]: [f32; 3]) -> f32 {
    a.max(b).min(a.min(b).max(c))
}

fn correlate(samples: &[f32], lag: usize) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (late, early) = (&samples[lag.min(samples.len())..], samples);
    for (late, early) in late.as_chunks::<LANES>().0.iter().zip(early.as_chunks::<LANES>().0) {
        for i in 0..LANES {
            sums[i] += late[i] * early[i];
        }
    }
    // Fewer than a chunk are left out, at the end of the taper.
    sums.iter().sum()
}

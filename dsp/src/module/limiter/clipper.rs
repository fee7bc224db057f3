//! The soft clipper before the limiter: takes the tips off peaks, so that less is left to turn down.
//!
//! In Mix and Full at eight times the rate: what the curve takes away is worked out between the samples too, in f32,
//! freed of what lies beyond half the rate and added to the sound, which itself is only delayed. So what stays below
//! the curve's bend is untouched to the bit. In Live it works on the samples alone.
//!
//! Worst alias of a 5 kHz sine driven 12 dB into it at 44.1 kHz, over the fundamental: -60 dB with a hard corner, -74 dB
//! with half the bend, -84 dB with all of it; in Live -16 dB.

use super::law::Run;
use super::settings::LimiterSettings;
use crate::CONTROL_INTERVAL;
use crate::block::kaiser::windowed_sinc;
use crate::smooth::{Gain, Glide};
use crate::units::db_to_gain;

/// Samples on each side under both filters.
const SIDE: usize = 12;

/// Frames by which [`Clipper::run`] is late.
pub(super) const DELAY: usize = 2 * SIDE;

/// Points for each sample.
const TIMES: usize = 8;

/// Shape of the Kaiser windows: 63 dB of attenuation.
const SHAPE: f64 = 6.0;

/// Corner of the filter after the curve, over half the rate: its stop band begins at 0.53 of the rate, so that what
/// folds back lies above 0.47 of it or 63 dB down.
const CORNER: f64 = 0.88;

/// Taps a phase.
const TAPS: usize = 2 * SIDE;

/// How far below its level the curve begins to bend when its shape is softest: half, 6 dB.
const SOFTEST: f64 = 0.5;

/// The narrowest bend, over the level: a corner that is still a curve.
const NARROWEST: f64 = 1e-3;

/// Where the curve bends and where it ends, as magnitudes over the ceiling.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bend {
    start: f64,
    level: f64,
}

impl Bend {
    /// Of a level in dB over the ceiling and a shape from 0 to 1.
    fn new(level_db: f64, shape: f64) -> Self {
        let level = db_to_gain(level_db);
        Self { start: level * (1.0 - (SOFTEST * shape).max(NARROWEST)), level }
    }

    fn between(self, to: Self, part: f64) -> Self {
        Self { start: self.start + part * (to.start - self.start), level: self.level + part * (to.level - self.level) }
    }
}

/// What the curve leaves of a magnitude over the ceiling, linear: the same below the bend, then a parabola that is flat
/// where it reaches the level.
pub(super) fn clipped(settings: &LimiterSettings, magnitude: f64) -> f64 {
    let Bend { start, level } = Bend::new(settings.clip_level_db, settings.clip_shape_percent / 100.0);
    let width = level - start;
    let over = ((magnitude - start) / width).clamp(0.0, 2.0);
    magnitude.min(start) + width * (over - 0.25 * over * over)
}

/// Bends of a run, frame by frame.
struct Bends {
    start: Run<f32>,
    width: Run<f32>,
}

impl Bends {
    /// What the curve takes away: zero below the bend, else of the other sign.
    #[inline(always)]
    fn residue(&self, values: &Run<f32>) -> Run<f32> {
        std::array::from_fn(|i| {
            let width = self.width[i];
            let above = values[i].abs() - self.start[i];
            let above = if above > 0.0 { above } else { 0.0 };
            let bent = if above < 2.0 * width { above - above * above / (4.0 * width) } else { width };
            (above - bent).copysign(-values[i])
        })
    }
}

/// The clipper of two channels.
#[derive(Clone, Debug, Default)]
pub(super) struct Clipper {
    /// 1 where it is on.
    on: Gain,
    level_db: Glide,
    shape: Glide,
    from: Bend,
    to: Bend,
    /// Whether the next bend is the first.
    fresh: bool,
    /// Frames since the last control.
    phase: usize,
    lanes: [Lane; 2],
    /// Frames for which it has been off.
    off: usize,
}

#[derive(Clone, Debug)]
struct Lane {
    /// From one sample to the points before the next, and back: see [`up_taps`] and [`down_taps`].
    up: [[f32; TAPS]; TIMES],
    down: [[f32; TAPS]; TIMES],
    samples: [f32; TAPS + CONTROL_INTERVAL],
    residues: [[f32; TAPS + CONTROL_INTERVAL]; TIMES],
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            up: up_taps(),
            down: down_taps(),
            samples: [0.0; TAPS + CONTROL_INTERVAL],
            residues: [[0.0; TAPS + CONTROL_INTERVAL]; TIMES],
        }
    }
}

impl Clipper {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.on.prepare(rate);
        self.level_db.prepare(rate);
        self.shape.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next [`set`](Self::set) jumps.
    pub fn reset(&mut self) {
        self.on.reset();
        self.level_db.reset();
        self.shape.reset();
        for lane in &mut self.lanes {
            lane.samples.fill(0.0);
            lane.residues = [[0.0; TAPS + CONTROL_INTERVAL]; TIMES];
        }
        (self.fresh, self.phase, self.off) = (true, 0, usize::MAX / 2);
    }

    /// Aims at `settings`.
    pub fn set(&mut self, settings: &LimiterSettings) {
        self.on.aim(if settings.clip { 1.0 } else { 0.0 });
        self.level_db.aim(settings.clip_level_db);
        self.shape.aim(settings.clip_shape_percent / 100.0);
    }

    /// Between two runs.
    pub fn control(&mut self) {
        self.on.control();
        self.from = self.to;
        if self.fresh || self.level_db.moving() || self.shape.moving() {
            self.to = Bend::new(self.level_db.step(), self.shape.step());
        }
        if std::mem::take(&mut self.fresh) {
            self.from = self.to;
        }
        self.phase = 0;
        let off = self.on.steady() == Some(0.0);
        self.off = if off { self.off.saturating_add(CONTROL_INTERVAL) } else { 0 };
    }

    fn bends(&self) -> Bends {
        let bends: Run<Bend> = if self.from == self.to {
            [self.to; CONTROL_INTERVAL]
        } else {
            std::array::from_fn(|i| {
                self.from.between(self.to, (self.phase + i + 1) as f64 * (1.0 / CONTROL_INTERVAL as f64))
            })
        };
        Bends { start: bends.map(|bend| bend.start as f32), width: bends.map(|bend| (bend.level - bend.start) as f32) }
    }

    /// Takes a whole run in, sound over the ceiling; `levels` becomes that from [`DELAY`] frames ago, and what is to be
    /// added to it is given, None where that is nothing.
    #[inline(always)]
    pub fn run(&mut self, levels: &mut [Run<f32>; 2]) -> Option<[Run<f32>; 2]> {
        for (lane, levels) in self.lanes.iter_mut().zip(levels.iter_mut()) {
            lane.samples[TAPS..].copy_from_slice(levels);
            levels.copy_from_slice(&lane.samples[..CONTROL_INTERVAL]);
        }
        // One run more than the filters reach back.
        let works = self.off <= 2 * TAPS + CONTROL_INTERVAL;
        let residues = works.then(|| self.work());
        for lane in &mut self.lanes {
            lane.samples.copy_within(CONTROL_INTERVAL.., 0);
        }
        residues
    }

    #[inline(never)]
    fn work(&mut self) -> [Run<f32>; 2] {
        let bends = self.bends();
        let mut amounts = [0.0; CONTROL_INTERVAL];
        for amount in &mut amounts {
            *amount = self.on.advance() as f32;
        }
        [0, 1].map(|lane| self.lanes[lane].run(&bends, &amounts))
    }

    /// Without delay, on the first `frames` samples of a run: what is to be added.
    #[inline(always)]
    pub fn run_now(&mut self, levels: &[Run<f32>; 2], frames: usize) -> Option<[Run<f32>; 2]> {
        if self.on.steady() == Some(0.0) {
            return None;
        }
        let bends = self.bends();
        self.phase += frames;
        let mut residues = [0, 1].map(|lane| bends.residue(&levels[lane]));
        let mut amounts = [0.0; CONTROL_INTERVAL];
        for amount in &mut amounts[..frames] {
            *amount = self.on.advance() as f32;
        }
        for residues in &mut residues {
            *residues = std::array::from_fn(|i| residues[i] * amounts[i]);
        }
        Some(residues)
    }
}

impl Lane {
    fn run(&mut self, bends: &Bends, amounts: &Run<f32>) -> Run<f32> {
        for (phase, residues) in self.residues.iter_mut().enumerate() {
            let points: Run<f32> = if phase == 0 {
                std::array::from_fn(|i| self.samples[TAPS - SIDE + i])
            } else {
                filtered(&self.up[phase], &self.samples, 1)
            };
            let residue = bends.residue(&points);
            let new: Run<f32> = std::array::from_fn(|i| residue[i] * amounts[i]);
            residues[TAPS..].copy_from_slice(&new);
        }
        let mut sum = [0.0; CONTROL_INTERVAL];
        for (taps, residues) in self.down.iter().zip(&mut self.residues) {
            let part = filtered(taps, residues, 0);
            for i in 0..CONTROL_INTERVAL {
                sum[i] += part[i];
            }
            residues.copy_within(CONTROL_INTERVAL.., 0);
        }
        sum
    }
}

/// Sums of [`TAPS`] values, the first of them from place `from` on.
#[inline(always)]
fn filtered(taps: &[f32; TAPS], values: &[f32; TAPS + CONTROL_INTERVAL], from: usize) -> Run<f32> {
    let mut sum = [0.0; CONTROL_INTERVAL];
    for (k, tap) in taps.iter().enumerate() {
        let values = &values[from + k..from + k + CONTROL_INTERVAL];
        for i in 0..CONTROL_INTERVAL {
            sum[i] += tap * values[i];
        }
    }
    sum
}

/// For the point `phase` eighths after sample n: weights of the samples from n - [`SIDE`] + 1 on.
fn up_taps() -> [[f32; TAPS]; TIMES] {
    std::array::from_fn(|phase| {
        let place = phase as f64 / TIMES as f64 + (SIDE - 1) as f64;
        normalised(std::array::from_fn(|k| windowed_sinc(place - k as f64, SIDE as f64, SHAPE)), 1.0)
    })
}

/// For sample n: weights of the points `phase` eighths after the samples from n - [`SIDE`] on.
fn down_taps() -> [[f32; TAPS]; TIMES] {
    std::array::from_fn(|phase| {
        let place = SIDE as f64 - phase as f64 / TIMES as f64;
        let tap = |k: usize| windowed_sinc(CORNER * (place - k as f64), CORNER * SIDE as f64, SHAPE);
        normalised(std::array::from_fn(tap), 1.0 / TIMES as f64)
    })
}

fn normalised(taps: [f64; TAPS], sum: f64) -> [f32; TAPS] {
    let scale = sum / taps.iter().sum::<f64>();
    taps.map(|tap| (tap * scale) as f32)
}

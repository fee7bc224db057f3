//! Reverb: three spaces of different build.
//!
//! - **Plate**: [diffusers](diffuser) into a [ring](tank) of allpasses and delays, heard all around it.
//! - **Room**: the [first reflections](early) of a shoebox, and a [network] of short lines behind them.
//! - **Hall**: long diffusers into a network of long lines.
//!
//! Every delay in them has its share of the [decay], so everything falls at the set pace whatever its way was; what
//! [moves](motion) are rotations, which change neither energy nor pitch. Sent in and mixed by [`wet`](super::wet).

mod decay;
mod diffuser;
mod early;
mod motion;
mod network;
mod settings;
mod spaces;
mod tank;

pub use decay::Decay;
pub use settings::*;

use super::key::{Filter, Kind};
use super::wet::{DUCK_READOUT, WET_READOUT, Wet};
use crate::block::crossing::Crossing;
use crate::block::line::{Line, Run};
use crate::readout::Report;
use crate::smooth::{Gain, Glide};
use crate::units::ms_to_frames;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use decay::GLIDING;
use spaces::{Shape, Spaces, path_frames, scale};
use std::f64::consts::FRAC_1_SQRT_2;

/// Below this nothing is left: -130 dBFS.
const SILENCE: f32 = 3e-7;

/// So long nothing has left before nothing is left inside either: longer than any way through the lines.
const SILENT_MS: f64 = 1_000.0;

/// What a tail has fallen by at its end, in decay times: 120 dB.
const TAIL_DECAYS: f64 = 2.0;

/// The reverb.
#[derive(Clone, Debug, Default)]
pub struct Reverb {
    settings: ReverbSettings,
    rate: f64,
    wet: Wet,
    filters: [Filter; 2],
    decay: [Glide; GLIDING],
    motion: Glide,
    /// Where the sound waits.
    lines: [Line; 2],
    wait: Crossing<1>,
    spaces: Spaces,
    shape: Shape,
    /// Whether settings have come since the last control tick.
    set: bool,
    /// The one that sounds.
    space: Space,
    /// 1, and 0 for a moment where one space gives way to another.
    level: Gain,
    /// From 0 to 1 where a space begins in the middle of a sound.
    entry: Gain,
    /// What makes all spaces and decays equally loud.
    loudness: Gain,
    /// Control ticks since what moves last moved.
    rested: usize,
    /// Frames for which nothing has gone in, nor come out.
    quiet: usize,
    /// Whether nothing has run since the last reset, or the space is another one.
    fresh: bool,
}

impl Reverb {
    /// Time in s in which `freq_hz` falls by 60 dB with `settings`, at `rate` Hz.
    pub fn seconds_at(settings: &ReverbSettings, freq_hz: f64, rate: f64) -> f64 {
        let (path, around) = path_frames(settings, rate);
        Decay::of(settings).seconds_at(freq_hz, path, around, rate)
    }

    fn rings(&self) -> bool {
        (self.quiet as f64) < ms_to_frames(SILENT_MS, self.rate)
    }

    /// At a control tick: what the space is to be.
    fn follow_settings(&mut self) {
        let shape = &mut self.shape;
        shape.changed = self.fresh || self.decay.iter().any(Glide::moving);
        if shape.changed {
            for glide in &mut self.decay {
                glide.step();
            }
            shape.decay = Decay::from_gliding(self.decay.map(|glide| glide.now()));
        }
        shape.resized = self.fresh || std::mem::take(&mut self.set);
        if shape.resized {
            shape.scale = scale(&ReverbSettings { space: self.space, ..self.settings });
            let wait = ms_to_frames(self.settings.pre_delay_ms, self.rate).round() as usize;
            self.wait.aim([wait.max(Line::SHORTEST)]);
        }
        shape.jumps = self.fresh;
        self.wait.control(self.fresh);
    }

    /// At a control tick: which space sounds.
    fn follow_space(&mut self) {
        let wanted = self.settings.space;
        if self.fresh || (self.space != wanted && (self.level.steady() == Some(0.0) || !self.rings())) {
            let follows = self.space != wanted && self.rings();
            if self.space != wanted {
                self.space = wanted;
                self.spaces.reset();
            }
            self.spaces.become_one_of(wanted);
            self.fresh = true;
            self.level.reset();
            self.entry.reset();
            self.entry.aim(if follows { 0.0 } else { 1.0 });
        }
        self.entry.aim(1.0);
        self.entry.control();
        self.level.aim(if self.space == wanted { 1.0 } else { 0.0 });
        self.level.control();
    }

    /// Filters what is sent in.
    fn filter(&mut self, sent: &mut [Run; 2]) {
        if self.filters.iter().any(Filter::runs) {
            let mut frames: [Frame; CONTROL_INTERVAL] =
                std::array::from_fn(|i| [sent[0][i], sent[1][i]].map(f64::from));
            for filter in &mut self.filters {
                filter.run(&mut frames);
            }
            *sent = [0, 1].map(|lane| std::array::from_fn(|i| frames[i][lane] as f32));
        }
    }

    /// A run through the space.
    fn sound(&mut self, motion: f64) -> [Run; 2] {
        let wait = self.wait.distances()[0];
        if let Some(gain) = self.spaces.control(self.space, &self.shape, wait) {
            self.loudness.aim(gain);
        }
        self.loudness.control();
        let enters = self.entry.steady() != Some(1.0);
        let entry: Run = std::array::from_fn(|_| if enters { self.entry.advance() as f32 } else { 1.0 });
        let waited = [0, 1].map(|lane| self.wait.read(0, |distance| self.lines[lane].read(distance)));
        let mut out = self.spaces.run(self.space, &waited, &self.lines, enters.then_some(&entry), motion);
        let gains: Run = match (self.level.steady(), self.loudness.steady()) {
            (Some(level), Some(loudness)) => [(level * loudness) as f32; CONTROL_INTERVAL],
            _ => std::array::from_fn(|_| (self.level.advance() * self.loudness.advance()) as f32),
        };
        for run in &mut out {
            run.iter_mut().zip(&gains).for_each(|(x, gain)| *x *= gain);
        }
        out
    }
}

impl Processor for Reverb {
    type Settings = ReverbSettings;

    fn prepare(&mut self, rate: f64, _: LatencyMode) {
        self.rate = rate;
        self.wet.prepare(rate);
        self.filters = [Kind::HighPass, Kind::LowPass].map(|kind| Filter::new(kind, rate));
        self.decay.iter_mut().for_each(|glide| glide.prepare(rate));
        self.motion.prepare(rate);
        self.wait.prepare(rate);
        self.level.prepare(rate);
        self.entry.prepare(rate);
        self.loudness.prepare(rate);
        self.spaces.prepare(rate);
        let longest_ms = PRE_DELAY.range.1 + self.spaces.longest_wait_ms();
        let longest = ms_to_frames(longest_ms, rate).ceil() as usize + 2 * Line::SHORTEST;
        self.lines.iter_mut().for_each(|line| line.prepare(longest));
        self.reset();
    }

    fn reset(&mut self) {
        self.wet.reset();
        self.filters.iter_mut().for_each(Filter::reset);
        self.decay.iter_mut().for_each(Glide::reset);
        self.motion.reset();
        self.level.reset();
        self.entry.reset();
        self.loudness.reset();
        self.lines.iter_mut().for_each(Line::reset);
        self.spaces.reset();
        (self.quiet, self.rested, self.fresh) = (usize::MAX / 2, 0, true);
    }

    fn set(&mut self, settings: &ReverbSettings) {
        (self.settings, self.set) = (*settings, true);
        self.wet.set(&settings.wet);
        for (glide, target) in self.decay.iter_mut().zip(Decay::of(settings).gliding()) {
            glide.aim(target);
        }
        self.motion.aim(settings.motion_percent / 100.0);
        let [high_pass, low_pass] = &mut self.filters;
        high_pass.aim(settings.low_cut_hz > LOW_CUT.range.0, settings.low_cut_hz, 0.0, FRAC_1_SQRT_2);
        low_pass.aim(settings.high_cut_hz < HIGH_CUT.range.1, settings.high_cut_hz, 0.0, FRAC_1_SQRT_2);
    }

    fn control(&mut self) {
        self.filters.iter_mut().for_each(|filter| filter.control(self.rate));
        let motion = self.motion.step();
        let mut sent = self.wet.control();
        let comes_in = sent.as_flattened().iter().any(|x| x.abs() > SILENCE);
        if !comes_in && !self.rings() {
            self.quiet = self.quiet.saturating_add(CONTROL_INTERVAL);
            self.rested = self.rested.saturating_add(1);
            // What is set meanwhile holds from the next sound on.
            self.fresh = true;
            return self.wet.give_silence();
        }
        self.follow_space();
        self.spaces.pass(self.space, std::mem::take(&mut self.rested));
        self.follow_settings();
        self.filter(&mut sent);
        for (line, run) in self.lines.iter_mut().zip(&sent) {
            line.write(run);
        }
        let out = self.sound(motion);
        self.fresh = false;
        let loud = comes_in || out.as_flattened().iter().any(|x| x.abs() > SILENCE);
        self.quiet = if loud { 0 } else { self.quiet.saturating_add(CONTROL_INTERVAL) };
        self.wet.give(&out);
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _: &[Frame]) {
        self.wet.run(frames);
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        let seconds = Decay::of(&self.settings).seconds.into_iter().fold(0.0, f64::max);
        let ms = self.settings.pre_delay_ms + TAIL_DECAYS * 1e3 * seconds + SILENT_MS;
        ms_to_frames(ms, self.rate) as usize
    }

    fn is_settled(&self) -> bool {
        !self.rings() && self.wet.is_settled()
    }

    fn pass(&mut self, frames: usize) {
        self.rested = self.rested.saturating_add(frames / CONTROL_INTERVAL);
        self.quiet = self.quiet.saturating_add(frames);
        self.fresh |= frames >= CONTROL_INTERVAL;
        self.wet.pass(frames);
    }

    fn report(&mut self, report: &mut impl Report) {
        report.value(&WET_READOUT, self.wet.peak_db());
        report.value(&DUCK_READOUT, self.wet.duck_db());
    }
}

//! Delay: echoes, a note or a time apart, that become softer and duller.
//!
//! Each channel has a line; what leaves a line goes through the filters and back in, into its own or, in ping-pong, into
//! the other one. Another time is faded to from one reading place to the next, so nothing changes pitch. Sent in and
//! mixed by [`wet`](super::wet).

mod settings;

pub use settings::*;

use super::key::{Filter, Kind};
use super::wet::{DUCK_READOUT, WET_READOUT, Wet};
use crate::block::crossing::Crossing;
use crate::block::line::{Line, Run};
use crate::processor::TEMPO_BPM;
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide};
use crate::units::{frames_to_ms, ms_to_frames};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// What the time has become.
pub static TIME_READOUT: Readout =
    Readout { id: "time", help: "How far the echoes are apart, ms.", keep: Keep::Latest };

/// Whether the note was too long.
pub static HALVED_READOUT: Readout =
    Readout { id: "halved", help: "1 while the note is halved to fit the line.", keep: Keep::Latest };

/// Below this nothing is left of the echoes: -130 dBFS, so that what is dropped lies below the least that counts.
const SILENCE: f32 = 3e-7;

/// Samples below this are zero (-400 dBFS): none decays into denormals.
const SMALLEST: f32 = 1e-20;

/// The tail ends when the echoes have fallen by this much.
const TAIL_DB: f64 = 120.0;

/// Tempos outside of this are a host's mistakes.
const TEMPOS_BPM: (f64, f64) = (10.0, 1_000.0);

/// The delay.
#[derive(Clone, Debug)]
pub struct Echo {
    settings: EchoSettings,
    rate: f64,
    tempo_bpm: f64,
    wet: Wet,
    lines: [Line; 2],
    filters: [Filter; 2],
    feedback: Gain,
    /// 0 in stereo, 1 in ping-pong.
    crossing: Gain,
    depth_frames: Glide,
    /// Of the modulation, in turns.
    turn: f64,
    /// How far the modulation took the reading places at the last control tick, in frames.
    wander: f64,
    /// The distance that is read.
    place: Crossing<1>,
    /// What left the lines and the filters until now.
    echoes: [Run; 2],
    /// Frames since anything audible went into the lines.
    quiet: usize,
    /// Whether nothing has run since the last reset.
    fresh: bool,
}

impl Default for Echo {
    fn default() -> Self {
        Self {
            settings: EchoSettings::default(),
            rate: 0.0,
            tempo_bpm: TEMPO_BPM,
            wet: Wet::default(),
            lines: Default::default(),
            filters: Default::default(),
            feedback: Gain::default(),
            crossing: Gain::default(),
            depth_frames: Glide::default(),
            turn: 0.0,
            wander: 0.0,
            place: Crossing::default(),
            echoes: [[0.0; CONTROL_INTERVAL]; 2],
            quiet: usize::MAX / 2,
            fresh: true,
        }
    }
}

impl Echo {
    /// How far the echoes are apart, ms.
    pub fn spacing_ms(&self) -> f64 {
        frames_to_ms(self.place.distances()[0] as f64, self.rate.max(1.0))
    }

    fn distance(&self) -> usize {
        let frames = ms_to_frames(self.settings.spacing_ms(self.tempo_bpm), self.rate).round() as usize;
        frames.clamp(Line::SHORTEST, self.lines[0].longest().max(Line::SHORTEST))
    }

    /// The modulation swings on for `ticks` control ticks. Gives how far it takes the reading places then, in frames.
    fn swing(&mut self, ticks: usize, depth_frames: f64) -> f64 {
        let turns = self.settings.mod_rate_hz * (ticks * CONTROL_INTERVAL) as f64 / self.rate;
        self.turn = (self.turn + turns).fract();
        if depth_frames == 0.0 { 0.0 } else { 0.5 * depth_frames * (1.0 - (TAU * self.turn).cos()) }
    }

    /// Whether there is something in the lines to be heard.
    fn rings(&self) -> bool {
        self.quiet <= self.lines[0].longest() + CONTROL_INTERVAL
    }

    /// Both lines, as far as the modulation takes the reading place now and by the next control tick.
    #[inline(always)]
    fn read(&self, wander: (f64, f64)) -> [Run; 2] {
        let step = (wander.1 - wander.0) * (1.0 / CONTROL_INTERVAL as f64);
        let read = |line: &Line, distance: usize| {
            if wander == (0.0, 0.0) {
                return line.read(distance);
            }
            let at = |i: usize| (distance as f64 + wander.0 + step * (i + 1) as f64) as f32;
            line.read_between(&std::array::from_fn(at))
        };
        [0, 1].map(|lane| self.place.read(0, |distance| read(&self.lines[lane], distance)))
    }

    /// Filters what was read.
    fn filter(&mut self) {
        if self.filters.iter().any(Filter::runs) {
            let mut frames: [Frame; CONTROL_INTERVAL] =
                std::array::from_fn(|i| self.echoes.map(|run| f64::from(run[i])));
            for filter in &mut self.filters {
                filter.run(&mut frames);
            }
            self.echoes = [0, 1].map(|lane| std::array::from_fn(|i| frames[i][lane] as f32));
        }
    }

    /// The run that goes into the lines: what was sent in, and what comes back of the last echoes.
    fn feed(&mut self, sent: &[Run; 2]) -> [Run; 2] {
        let mut runs = [[0.0; CONTROL_INTERVAL]; 2];
        for i in 0..CONTROL_INTERVAL {
            let (feedback, cross) = (self.feedback.advance(), self.crossing.advance());
            let (left, right) = (f64::from(sent[0][i]), f64::from(sent[1][i]));
            let [a, b] = [0, 1].map(|lane| f64::from(self.echoes[lane][i]));
            let ping = [0.5 * (left + right) + feedback * b, feedback * a];
            let own = [left + feedback * a, right + feedback * b];
            for lane in 0..2 {
                let x = (own[lane] + cross * (ping[lane] - own[lane])) as f32;
                runs[lane][i] = if x.abs() < SMALLEST { 0.0 } else { x };
            }
        }
        runs
    }
}

impl Processor for Echo {
    type Settings = EchoSettings;

    fn prepare(&mut self, rate: f64, _: LatencyMode) {
        self.rate = rate;
        self.wet.prepare(rate);
        let longest = ms_to_frames(TIME.range.1 + DEPTH.range.1, rate).ceil() as usize;
        self.lines.iter_mut().for_each(|line| line.prepare(longest + CONTROL_INTERVAL));
        self.filters = [Kind::HighPass, Kind::LowPass].map(|kind| Filter::new(kind, rate));
        for gain in [&mut self.feedback, &mut self.crossing] {
            gain.prepare(rate);
        }
        self.place.prepare(rate);
        self.depth_frames.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.wet.reset();
        self.lines.iter_mut().for_each(Line::reset);
        self.filters.iter_mut().for_each(Filter::reset);
        for gain in [&mut self.feedback, &mut self.crossing] {
            gain.reset();
        }
        self.depth_frames.reset();
        (self.turn, self.wander) = (0.0, 0.0);
        self.echoes = [[0.0; CONTROL_INTERVAL]; 2];
        (self.quiet, self.fresh) = (usize::MAX / 2, true);
    }

    fn set(&mut self, settings: &EchoSettings) {
        self.settings = *settings;
        self.wet.set(&settings.wet);
        self.feedback.aim(settings.feedback_percent / 100.0);
        self.crossing.aim(if settings.pattern == Pattern::PingPong { 1.0 } else { 0.0 });
        self.depth_frames.aim(ms_to_frames(settings.mod_depth_ms, self.rate));
        let [high_pass, low_pass] = &mut self.filters;
        high_pass.aim(settings.low_cut_hz > LOW_CUT.range.0, settings.low_cut_hz, 0.0, FRAC_1_SQRT_2);
        low_pass.aim(settings.high_cut_hz < HIGH_CUT.range.1, settings.high_cut_hz, 0.0, FRAC_1_SQRT_2);
    }

    fn control(&mut self) {
        self.place.aim([self.distance()]);
        self.place.control(self.fresh || !self.rings());
        for gain in [&mut self.feedback, &mut self.crossing] {
            gain.control();
        }
        self.filters.iter_mut().for_each(|filter| filter.control(self.rate));
        let depth = self.depth_frames.step();
        let wander = self.swing(1, depth);
        let from = std::mem::replace(&mut self.wander, wander);
        self.fresh = false;

        let sent = self.wet.control();
        let comes_in = sent.as_flattened().iter().any(|x| x.abs() >= SMALLEST);
        if !comes_in && !self.rings() {
            self.quiet = self.quiet.saturating_add(CONTROL_INTERVAL);
            return self.wet.give_silence();
        }
        let runs = self.feed(&sent);
        let loud = runs.as_flattened().iter().any(|x| x.abs() > SILENCE);
        self.quiet = if loud { 0 } else { self.quiet.saturating_add(CONTROL_INTERVAL) };
        for (line, run) in self.lines.iter_mut().zip(&runs) {
            line.write(run);
        }
        self.echoes = self.read((from, wander));
        self.filter();
        self.wet.give(&self.echoes);
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
        let longest = self.place.distances()[0] + self.depth_frames.target() as usize + CONTROL_INTERVAL;
        let feedback = self.feedback.target();
        let echoes = if feedback > 0.0 { TAIL_DB / (-20.0 * feedback.log10()) } else { 0.0 };
        longest.saturating_mul(echoes.ceil() as usize + 1)
    }

    fn is_settled(&self) -> bool {
        !self.rings() && self.wet.is_settled()
    }

    fn pass(&mut self, frames: usize) {
        self.wander = self.swing(frames / CONTROL_INTERVAL, self.depth_frames.target());
        self.quiet = self.quiet.saturating_add(frames);
        self.wet.pass(frames);
    }

    fn tempo(&mut self, bpm: f64) {
        self.tempo_bpm = if bpm.is_finite() { bpm.clamp(TEMPOS_BPM.0, TEMPOS_BPM.1) } else { TEMPO_BPM };
    }

    fn report(&mut self, report: &mut impl Report) {
        report.value(&TIME_READOUT, self.spacing_ms());
        let too_long = self.settings.sync && self.settings.note_ms(self.tempo_bpm) > TIME.range.1;
        report.value(&HALVED_READOUT, f64::from(u8::from(too_long)));
        report.value(&WET_READOUT, self.wet.peak_db());
        report.value(&DUCK_READOUT, self.wet.duck_db());
    }
}

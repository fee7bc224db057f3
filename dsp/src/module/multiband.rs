//! Multiband dynamics: each band compressed or expanded by itself, upwards or downwards.
//!
//! The sound is not split: bands are detected, and their gains are low shelves in series
//! ([`band_gains`](crate::block::band_gains)), so that idle bands change no bit and there is no latency. Levels and gains
//! move once a control interval, a third of a millisecond, and run linearly in between.

mod law;
mod settings;
mod split;

pub use law::Law;
pub use settings::{
    ABOVE, ATTACK, BAND, BANDS, BELOW, BandSettings, CHANNELS, COUNT, CROSSOVER, Channels, Count, GAIN, GROUP,
    MultibandSettings, RANGE, RELEASE, THRESHOLD,
};

use crate::block::band_gains::{BandGains, ordered, shelf, tangent};
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide};
use crate::units::{db_to_gain, fast_db_to_gain, fast_power_to_db, hz_to_octaves, ms_to_frames, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use split::{Run, Split};
use std::f64::consts::FRAC_1_SQRT_2;

/// What each band's dynamics do now.
pub static GAIN_READOUT: [Readout; BANDS] = [
    gain_readout("gain_1", "Gain of band 1 now, dB."),
    gain_readout("gain_2", "Gain of band 2 now, dB."),
    gain_readout("gain_3", "Gain of band 3 now, dB."),
    gain_readout("gain_4", "Gain of band 4 now, dB."),
    gain_readout("gain_5", "Gain of band 5 now, dB."),
];

/// How loud each band is.
pub static LEVEL_READOUT: [Readout; BANDS] = [
    level_readout("level_1", "Level of band 1, dB."),
    level_readout("level_2", "Level of band 2, dB."),
    level_readout("level_3", "Level of band 3, dB."),
    level_readout("level_4", "Level of band 4, dB."),
    level_readout("level_5", "Level of band 5, dB."),
];

const fn gain_readout(id: &'static str, help: &'static str) -> Readout {
    Readout { id, help, keep: Keep::Latest }
}

const fn level_readout(id: &'static str, help: &'static str) -> Readout {
    Readout { id, help, keep: Keep::Highest }
}

/// Time constant of the mean power that is a band's level.
const LEVEL_MS: f64 = 5.0;

/// Power below which a band is silent, -140 dB.
const SILENCE: f64 = 1e-14;

/// A gain this close to where it is going is there, dB.
const CLOSE_DB: f64 = 0.001;

/// One band's detector and gain.
#[derive(Clone, Copy, Debug, Default)]
struct Band {
    law: Law,
    /// What is left of a way after a control interval.
    keep_attack: f64,
    keep_release: f64,
    /// Mean power, and sum of squares in this control interval.
    power: f64,
    sum: f64,
    level_db: f64,
    highest_db: f64,
    /// What the dynamics do now, dB.
    gain_db: f64,
    own_db: Glide,
    arrived: bool,
}

impl Band {
    fn control(&mut self, frames: usize, keep_level: f64) {
        if frames > 0 {
            let now = self.sum / frames as f64;
            self.power = now + keep_level * (self.power - now);
            self.power = if self.power > SILENCE { self.power } else { 0.0 };
            self.sum = 0.0;
        }
        self.level_db = f64::from(fast_power_to_db(self.power.max(SILENCE) as f32));
        self.highest_db = self.highest_db.max(self.level_db);
        let to = self.law.gain_db(self.level_db);
        let keep = if self.law.rises(self.level_db, self.gain_db, to) { self.keep_attack } else { self.keep_release };
        let next = to + keep * (self.gain_db - to);
        self.arrived = (next - to).abs() < CLOSE_DB;
        self.gain_db = if self.arrived { to } else { next };
        self.own_db.step();
    }

    fn reset(&mut self) {
        self.own_db.reset();
        *self = Self { law: self.law, own_db: self.own_db, highest_db: f64::NEG_INFINITY, ..Self::default() };
    }
}

/// Which band is listened to instead of the output.
#[derive(Clone, Debug, Default)]
struct Listener {
    wanted: Option<usize>,
    heard: usize,
    /// 1 where the band is heard.
    fade: Gain,
}

impl Listener {
    fn control(&mut self) {
        if self.fade.steady() == Some(0.0) {
            self.heard = self.wanted.unwrap_or(self.heard);
        }
        self.fade.aim(if self.wanted == Some(self.heard) { 1.0 } else { 0.0 });
        self.fade.control();
    }
}

/// Moves each band by its level.
#[derive(Clone, Debug, Default)]
pub struct Multiband {
    rate: f64,
    settings: MultibandSettings,
    count: usize,
    bands: [Band; BANDS],
    split: Split,
    gains: BandGains<BANDS>,
    crossovers: [Glide; BANDS - 1],
    tangents: [f64; BANDS],
    /// 1 where mid and side are moved.
    mid: Glide,
    side: Glide,
    keep_level: f64,
    /// Frames since the last control tick.
    frames: usize,
    ticks: u32,
    moving: bool,
    listener: Listener,
    ring: usize,
}

impl Multiband {
    fn follow_crossovers(&mut self) {
        for (tangent_of, glide) in self.tangents.iter_mut().zip(&mut self.crossovers) {
            *tangent_of = tangent(octaves_to_hz(glide.step()), self.rate);
        }
        self.split.set(self.count, &self.tangents);
        self.moving = self.crossovers.iter().any(Glide::moving);
    }

    /// Power of what is measured, of a frame of mid and side.
    fn weights(&self) -> Frame {
        match self.settings.channels {
            Channels::Stereo => [1.0, 1.0],
            Channels::Mid => [1.0, 0.0],
            Channels::Side => [0.0, 1.0],
        }
    }
}

/// To mid and side, and back: it is its own inverse.
#[inline(always)]
fn turn(frames: &mut [Frame]) {
    for frame in frames {
        *frame = [FRAC_1_SQRT_2 * (frame[0] + frame[1]), FRAC_1_SQRT_2 * (frame[0] - frame[1])];
    }
}

impl Processor for Multiband {
    type Settings = MultibandSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.rate = rate;
        self.keep_level = (-(CONTROL_INTERVAL as f64) / ms_to_frames(LEVEL_MS, rate)).exp();
        self.crossovers.iter_mut().for_each(|glide| glide.prepare(rate));
        self.bands.iter_mut().for_each(|band| band.own_db.prepare(rate));
        self.mid.prepare(rate);
        self.side.prepare(rate);
        self.listener.fade.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.crossovers.iter_mut().for_each(Glide::reset);
        self.bands.iter_mut().for_each(Band::reset);
        self.mid.reset();
        self.side.reset();
        self.split.clear();
        self.gains.reset();
        self.listener.fade.reset();
        self.listener.fade.aim(0.0);
        (self.frames, self.ticks, self.moving) = (0, 0, true);
    }

    fn set(&mut self, settings: &MultibandSettings) {
        self.settings = *settings;
        self.count = settings.count.bands();
        let keep = |ms: f64| (-(CONTROL_INTERVAL as f64) / ms_to_frames(ms, self.rate)).exp();
        for (band, settings) in self.bands.iter_mut().zip(&settings.bands) {
            band.law = Law::new(settings, self.settings.range_db);
            (band.keep_attack, band.keep_release) = (keep(settings.attack_ms), keep(settings.release_ms));
            band.own_db.aim(settings.gain_db);
        }
        let ordered = ordered(settings.crossover_hz);
        for (glide, hz) in self.crossovers.iter_mut().zip(ordered) {
            glide.aim(hz_to_octaves(hz));
        }
        let [mid, side] = self.weights();
        self.mid.aim(mid);
        self.side.aim(side);
        self.moving = true;
        let extreme = db_to_gain(RANGE.range.1 + GAIN.range.1);
        let slowest = shelf(extreme, tangent(ordered[0], self.rate)).map(|design| design.ring_frames(120.0));
        self.ring = slowest.into_iter().fold(0.0, f64::max).min(10.0 * self.rate) as usize;
    }

    fn control(&mut self) {
        if self.moving {
            self.follow_crossovers();
        }
        let frames = std::mem::take(&mut self.frames);
        self.ticks += 1;
        if self.ticks.is_multiple_of(1_024) {
            self.split.flush();
        }
        let (mid, side) = (self.mid.step(), self.side.step());
        let mut gains = [[1.0; 2]; BANDS];
        let last = self.count - 1;
        for (i, gain) in gains.iter_mut().enumerate() {
            if i <= last {
                self.bands[i].control(frames, self.keep_level);
            }
            // Bands beyond the last one belong to it.
            let band = &self.bands[i.min(last)];
            let db = (band.gain_db + band.own_db.now()) as f32;
            *gain = [mid, side].map(|part| f64::from(fast_db_to_gain(part as f32 * db)));
        }
        self.gains.control(&gains, &self.tangents);
        self.listener.control();
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        let length = frames.len();
        self.frames += length;
        let mut turned: Run = [[0.0; 2]; CONTROL_INTERVAL];
        let turned = &mut turned[..length];
        turned.copy_from_slice(frames);
        turn(turned);
        let weights = self.weights();
        let mut solo: Run = [[0.0; 2]; CONTROL_INTERVAL];
        for i in 0..self.count {
            let mut part: Run = [[0.0; 2]; CONTROL_INTERVAL];
            let part = &mut part[..length];
            part.copy_from_slice(turned);
            self.split.run(i, part);
            let [mid, side] = part.iter().fold([0.0; 2], |[m, s], [x, y]| [m + x * x, s + y * y]);
            self.bands[i].sum += weights[0] * mid + weights[1] * side;
            if i == self.listener.heard {
                for (solo, part) in solo.iter_mut().zip(&*part) {
                    *solo = [weights[0] * part[0], weights[1] * part[1]];
                }
            }
        }
        let listens = self.listener.fade.steady() != Some(0.0);
        if self.gains.is_neutral() && !listens {
            return;
        }
        self.gains.run(turned);
        if listens {
            for (turned, solo) in turned.iter_mut().zip(solo) {
                let part = self.listener.fade.advance();
                *turned = [turned[0] + part * (solo[0] - turned[0]), turned[1] + part * (solo[1] - turned[1])];
            }
        }
        turn(turned);
        frames.copy_from_slice(turned);
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        if self.gains.is_neutral() { 0 } else { self.ring }
    }

    fn is_settled(&self) -> bool {
        !self.moving
            && !self.mid.moving()
            && !self.side.moving()
            && self.bands[..self.count].iter().all(|band| band.arrived && band.power == 0.0 && !band.own_db.moving())
    }

    fn report(&mut self, report: &mut impl Report) {
        for ((band, gain), level) in self.bands.iter_mut().zip(&GAIN_READOUT).zip(&LEVEL_READOUT) {
            report.value(gain, band.gain_db);
            report.value(level, std::mem::replace(&mut band.highest_db, f64::NEG_INFINITY));
        }
    }

    fn listen(&mut self, to: Listen) {
        self.listener.wanted = match to {
            Listen::Band(band) => Some(usize::from(band).min(BANDS - 1)),
            _ => None,
        };
    }
}

//! Multiband dynamics: each band compressed or expanded by itself, upwards or downwards.
//!
//! The sound is not split: bands are detected, and their gains are low shelves in series
//! ([`band_gains`](crate::block::band_gains)), so that idle bands change no bit and there is no latency. Levels and gains
//! move once a control interval, a third of a millisecond, and run linearly in between.

mod dynamics;
mod law;
mod settings;
mod split;

pub use law::Law;
pub use settings::{
    ABOVE, ATTACK, BAND, BANDS, BELOW, BandSettings, CHANNELS, COUNT, CROSSOVER, Channels, Count, GAIN, GROUP,
    MultibandSettings, RANGE, RELEASE, THRESHOLD,
};

use crate::block::band_gains::{BandGains, ordered, shelf, tangent, turn};
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide};
use crate::units::{db_to_gain, fast_db_to_gain, hz_to_octaves, octaves_to_hz};
use crate::{Frame, LatencyMode, Listen, Processor};
use dynamics::Dynamics;
use split::Split;

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
    dynamics: Dynamics,
    split: Split,
    gains: BandGains<BANDS>,
    crossovers: [Glide; BANDS - 1],
    tangents: [f64; BANDS],
    /// 1 where mid and side are moved.
    mid: Glide,
    side: Glide,
    /// What they were at the last control tick.
    parts: Frame,
    /// Whether the gains are those of mid and side, or else of left and right: where both parts are moved alike.
    apart: bool,
    /// Frames since the last control tick.
    frames: usize,
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

impl Processor for Multiband {
    type Settings = MultibandSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.rate = rate;
        self.crossovers.iter_mut().for_each(|glide| glide.prepare(rate));
        self.dynamics.prepare(rate);
        self.mid.prepare(rate);
        self.side.prepare(rate);
        self.listener.fade.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.crossovers.iter_mut().for_each(Glide::reset);
        self.dynamics.reset();
        self.mid.reset();
        self.side.reset();
        self.split.clear();
        self.gains.reset();
        self.listener.fade.reset();
        self.listener.fade.aim(0.0);
        (self.frames, self.moving, self.apart) = (0, true, false);
        self.parts = [1.0; 2];
    }

    fn set(&mut self, settings: &MultibandSettings) {
        self.settings = *settings;
        self.count = settings.count.bands();
        self.dynamics.set(settings, self.rate);
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
        let sums = self.split.take_sums();
        let parts = [self.mid.step(), self.side.step()];
        let before = std::mem::replace(&mut self.parts, parts);
        let apart = [parts, before].iter().any(|[mid, side]| mid != side);
        if std::mem::replace(&mut self.apart, apart) != apart {
            self.gains.turn();
        }
        let gains_db = self.dynamics.control(&sums, frames);
        self.listener.control();
        // With all at unity already nothing would come of it.
        if self.gains.is_neutral() && gains_db.iter().all(|db| *db == 0.0) {
            return;
        }
        let gains = |part: f64| gains_db.map(|db| fast_db_to_gain(part as f32 * db));
        let [mid, side] = parts;
        let of_mid = gains(mid);
        let of_side = if side == mid { of_mid } else { gains(side) };
        let gains = std::array::from_fn(|i| [of_mid[i], of_side[i]].map(f64::from));
        self.gains.control(&gains, &self.tangents);
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        let length = frames.len();
        self.frames += length;
        let listens = self.listener.fade.steady() != Some(0.0);
        let solo = self.split.run(frames, self.weights(), listens.then_some(self.listener.heard));
        if self.gains.is_neutral() && !listens {
            return;
        }
        if !self.apart {
            self.gains.run(frames);
        }
        if self.apart || listens {
            turn(frames);
            if self.apart {
                self.gains.run(frames);
            }
            for (frame, solo) in frames.iter_mut().zip(solo.iter().flatten()) {
                let part = self.listener.fade.advance();
                *frame = [frame[0] + part * (solo[0] - frame[0]), frame[1] + part * (solo[1] - frame[1])];
            }
            turn(frames);
        }
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        if self.gains.is_neutral() { 0 } else { self.ring }
    }

    fn is_settled(&self) -> bool {
        !self.moving && !self.mid.moving() && !self.side.moving() && self.dynamics.is_settled()
    }

    fn report(&mut self, report: &mut impl Report) {
        for (band, (gain, level)) in GAIN_READOUT.iter().zip(&LEVEL_READOUT).enumerate() {
            let (gain_db, level_db) = self.dynamics.read(band);
            report.value(gain, gain_db);
            report.value(level, level_db);
        }
    }

    fn listen(&mut self, to: Listen) {
        self.listener.wanted = match to {
            Listen::Band(band) => Some(usize::from(band).min(BANDS - 1)),
            _ => None,
        };
    }
}

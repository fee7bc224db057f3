//! Rider: a hand on the fader. Holds the loudness of a voice to a target, or at a distance from the side-chain's.
//!
//! Both are K-weighted in hops of about 10 ms. A [follower] says how loud the voice is at this moment, and holds that
//! through pauses and breaths; the gain goes to what is missing, and makes up for what the short-term loudness would else
//! miss in a moment: the [outlook] says how much.

mod follower;
mod outlook;
mod settings;

pub use settings::*;

use crate::block::ballistics::share;
use crate::meter::k_weighting::KWeighting;
use crate::meter::loudness::{HOP_S, HOPS_A_STEP, SHORT_TERM_STEPS, Window};
use crate::module::key::{NO_KEY_MS, SILENCE};
use crate::readout::{Keep, Readout, Report};
use crate::smooth::Ramp;
use crate::units::{db_to_gain, db_to_power, lufs_to_power, ms_to_frames, power_to_db, power_to_lufs};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use follower::Follower;
use outlook::{Hop, Outlook, Recent};

/// The gain.
pub static GAIN_READOUT: Readout = Readout { id: "gain", help: "Gain now, dB.", keep: Keep::Latest };

/// Loudness of the channel as it leaves the rider.
pub static LOUDNESS_READOUT: Readout =
    Readout { id: "loudness", help: "Short-term loudness of the ridden sound, LUFS.", keep: Keep::Latest };

/// Loudness of the side-chain.
pub static KEY_READOUT: Readout =
    Readout { id: "key", help: "Short-term loudness of the side-chain, LUFS.", keep: Keep::Latest };

/// The target now.
pub static TARGET_READOUT: Readout =
    Readout { id: "target", help: "Loudness that is ridden to, LUFS.", keep: Keep::Latest };

/// Whether the gain holds.
pub static HOLD_READOUT: Readout =
    Readout { id: "hold", help: "1 while the gain holds: a pause or a breath.", keep: Keep::Latest };

/// Whether the side-chain is silent.
pub static NO_KEY_READOUT: Readout = Readout {
    id: "no_key",
    help: "1 while the side-chain is the reference and has been silent for 2 s.",
    keep: Keep::Latest,
};

/// Time in which the gain goes 63 % of a short way: long enough to smooth the steps of the hops and to leave syllables
/// alone.
const HAND_MS: f64 = 70.0;

/// A loud note after soft ones meets a gain that is far too high, and a tenth of a second of that is heard, and stays in the
/// short-term loudness for 3 s. So what is this far below the gain, dB, is gone to twice as quickly, and what is further
/// below by more so, ...
const DOWN_DB: f64 = 2.5;

/// ... up to so many times.
const DOWN_QUICKEST: f64 = 5.0;

/// The voice's level is taken so far ahead: what the gain lags behind one that changes by a few dB.
const AHEAD_MS: f64 = 50.0;

/// Shortest time over which the side-chain's loudness is taken: the band's, not its drummer's.
const KEY_MS: f64 = 400.0;

/// Where it is another one over this time...
const KEY_JUMP_MS: f64 = 120.0;

/// ... by this much, LU, that counts instead: a section begins.
const KEY_JUMP_LU: f64 = 3.0;

/// In a pause of the side-chain holds what was so long before: its end dies away.
const KEY_BACK_MS: f64 = 250.0;

/// What lies further below the loud moments of the side-chain is a pause of the band.
const KEY_PAUSE_LU: f64 = -20.0;

/// Steps of the gain below this are not worth going, dB.
const STILL_DB: f64 = 1e-4;

/// K-weighted power of one stereo signal, hop by hop.
#[derive(Clone, Debug, Default)]
struct Ear {
    filter: KWeighting,
    energy: Frame,
    follower: Follower,
    short_term: Window<SHORT_TERM_STEPS>,
}

/// Hops of 10 ms in 3 s.
const SHORT_TERM_HOPS: usize = SHORT_TERM_STEPS * HOPS_A_STEP;

impl Ear {
    fn prepare(&mut self, rate: f64, hops_a_second: f64) {
        self.filter.prepare(rate);
        self.follower.prepare(hops_a_second);
        self.reset_meters();
    }

    fn reset_meters(&mut self) {
        self.filter.reset();
        self.energy = [0.0; 2];
        self.short_term = Window::default();
    }

    /// Ends a hop of `frames`, which left the module with `gain`. Gives its mean power as it came and as it left.
    fn hop(&mut self, frames: f64, gain: f64) -> [f64; 2] {
        let [left, right] = std::mem::take(&mut self.energy);
        let mut power = (left + right) / frames;
        if !power.is_finite() {
            // After a broken number; or the filter does not exist at this rate.
            self.filter.reset();
            power = 0.0;
        }
        self.filter.flush();
        self.follower.push(power);
        let left = power * gain * gain;
        self.short_term.push(left);
        [power, left]
    }

    /// Loudness in LUFS over the last `ms`, or over a shorter time where that is clearly another one.
    fn now_lufs(&self, ms: f64) -> f64 {
        let mean = |ms: f64| {
            let hops = ((ms * 1e-3 / HOP_S) as usize).clamp(1, SHORT_TERM_HOPS);
            self.short_term.newest(hops) / hops as f64
        };
        let (long, short) = (mean(ms), mean(KEY_JUMP_MS));
        let jump_lu = power_to_db(short / long);
        if !jump_lu.is_finite() {
            return power_to_lufs(long);
        }
        power_to_lufs(long) + jump_lu * (jump_lu / KEY_JUMP_LU).powi(2).min(1.0)
    }

    fn short_term_lufs(&self) -> f64 {
        power_to_lufs(self.short_term.sum / SHORT_TERM_HOPS as f64)
    }
}

/// The rider.
#[derive(Clone, Debug, Default)]
pub struct Rider {
    settings: RiderSettings,
    rate: f64,
    voice: Ear,
    band: Ear,
    /// Control ticks in a hop, and those left of it.
    hop: u32,
    left: u32,
    hand: f64,
    gain_db: f64,
    goal_db: f64,
    target_lufs: Option<f64>,
    /// Those of the last hops in which the side-chain sounded, and whether it did in the last one.
    recent_lufs: Recent<f64>,
    key_sounds: bool,
    outlook: Outlook,
    gain: Ramp,
    /// Frames for which the side-chain has been silent.
    quiet: usize,
}

impl Rider {
    /// Gain now, dB.
    pub fn gain_db(&self) -> f64 {
        self.gain_db
    }

    fn hops_a_second(&self) -> f64 {
        self.rate / f64::from(self.hop * CONTROL_INTERVAL as u32)
    }

    fn follows_key(&self) -> bool {
        self.settings.reference == Reference::SideChain
    }

    fn no_key(&self) -> bool {
        self.follows_key() && self.quiet as f64 >= ms_to_frames(NO_KEY_MS, self.rate)
    }

    /// At the end of a hop: where the gain is to go.
    fn decide(&mut self) {
        let RiderSettings { reference, target_lufs, above_lu, range_db, speed_ms, .. } = self.settings;
        let frames = f64::from(self.hop * CONTROL_INTERVAL as u32);
        let [came, left] = self.voice.hop(frames, self.gain.now());
        let [key, _] = self.band.hop(frames, 1.0);
        let aim = match reference {
            Reference::Absolute => {
                self.target_lufs = Some(target_lufs);
                Some(lufs_to_power(target_lufs))
            }
            Reference::SideChain => {
                let sounded = std::mem::replace(&mut self.key_sounds, self.band.follower.sounds());
                if self.key_sounds {
                    let now_lufs = self.band.now_lufs(speed_ms.max(KEY_MS));
                    self.recent_lufs.push(now_lufs);
                    self.target_lufs = Some(now_lufs + above_lu);
                } else if sounded {
                    let back = (KEY_BACK_MS * 1e-3 / HOP_S) as usize;
                    self.target_lufs = Some(self.recent_lufs.before(back) + above_lu);
                    self.outlook.hold(KEY_BACK_MS);
                }
                self.key_sounds.then_some(key * db_to_power(above_lu))
            }
        };
        let Some(target_lufs) = self.target_lufs else { return };
        if let Some(aim) = aim {
            self.outlook.push(Hop { came, left, aim }, lufs_to_power(target_lufs), self.voice.follower.sounds());
        }
        if let Some(level) = self.voice.follower.level_lufs(AHEAD_MS) {
            let wanted_db = (target_lufs + self.outlook.made_up_db() - level).min(self.outlook.most_gain_db());
            self.goal_db = wanted_db.clamp(-range_db, range_db);
            self.outlook.out_of_reach_db = wanted_db - self.goal_db;
        }
    }
}

impl Processor for Rider {
    type Settings = RiderSettings;

    fn prepare(&mut self, rate: f64, _: LatencyMode) {
        self.rate = rate;
        self.hop = (HOP_S * rate / CONTROL_INTERVAL as f64).round().max(1.0) as u32;
        self.hand = share(HAND_MS, rate / CONTROL_INTERVAL as f64);
        self.reset();
    }

    fn reset(&mut self) {
        let hops_a_second = self.hops_a_second();
        for ear in [&mut self.voice, &mut self.band] {
            ear.prepare(self.rate, hops_a_second);
        }
        self.left = self.hop;
        (self.gain_db, self.goal_db, self.target_lufs) = (0.0, 0.0, None);
        self.outlook.prepare(hops_a_second);
        (self.recent_lufs, self.key_sounds) = (Recent::default(), false);
        self.gain.jump(1.0);
        self.quiet = 0;
    }

    fn set(&mut self, settings: &RiderSettings) {
        if settings.reference != self.settings.reference {
            (self.target_lufs, self.key_sounds) = (None, false);
            self.outlook.prepare(self.hops_a_second());
        }
        self.settings = *settings;
        self.outlook.set(settings.speed_ms);
        self.voice.follower.set(settings.speed_ms, settings.pause_lu);
        self.band.follower.set(settings.speed_ms.max(KEY_MS), KEY_PAUSE_LU);
        self.goal_db = self.goal_db.clamp(-settings.range_db, settings.range_db);
    }

    fn control(&mut self) {
        if self.left == 0 {
            self.left = self.hop;
            self.decide();
        }
        self.left -= 1;
        let way = self.goal_db - self.gain_db;
        let quicker = if way < 0.0 { (1.0 + (way / DOWN_DB).powi(2)).min(DOWN_QUICKEST) } else { 1.0 };
        self.gain_db =
            if way.abs() < STILL_DB { self.goal_db } else { self.gain_db + (quicker * self.hand).min(1.0) * way };
        self.gain.aim(if self.gain_db == 0.0 { 1.0 } else { db_to_gain(self.gain_db) });
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        self.voice.filter.run(frames, &mut self.voice.energy);
        if self.follows_key() {
            self.band.filter.run(keys, &mut self.band.energy);
            self.quiet = match keys.iter().rposition(|key| key.iter().any(|x| x.abs() > SILENCE)) {
                Some(last) => keys.len() - 1 - last,
                None => self.quiet.saturating_add(keys.len()),
            };
        }
        for frame in frames {
            let gain = self.gain.advance();
            *frame = frame.map(|x| x * gain);
        }
    }

    fn latency(&self) -> usize {
        0
    }

    fn is_settled(&self) -> bool {
        // While the band plays there is something to follow.
        self.gain_db == self.goal_db && (!self.follows_key() || self.no_key())
    }

    fn pass(&mut self, frames: usize) {
        let ticks = frames / CONTROL_INTERVAL;
        let (left, hop) = (self.left as usize, self.hop.max(1) as usize);
        let hops = (ticks + hop - 1).saturating_sub(left) / hop;
        for _ in 0..hops.min(SHORT_TERM_HOPS) {
            self.decide();
        }
        self.left = (left + hops * hop - ticks) as u32;
        self.quiet = self.quiet.saturating_add(frames);
    }

    fn report(&mut self, report: &mut impl Report) {
        let as_flag = |on: bool| f64::from(u8::from(on));
        report.value(&GAIN_READOUT, self.gain_db);
        report.value(&LOUDNESS_READOUT, self.voice.short_term_lufs());
        report.value(&KEY_READOUT, self.band.short_term_lufs());
        report.value(&TARGET_READOUT, self.target_lufs.unwrap_or(f64::NEG_INFINITY));
        report.value(&HOLD_READOUT, as_flag(!self.voice.follower.sounds()));
        report.value(&NO_KEY_READOUT, as_flag(self.no_key()));
    }
}

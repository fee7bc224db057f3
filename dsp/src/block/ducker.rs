//! Ducking: turns an effect down while the sound that it belongs to plays.

use crate::block::ballistics::share;
use crate::smooth::{Glide, Ramp};
use crate::units::{db_to_gain, power_to_db};
use crate::{CONTROL_INTERVAL, Frame};

/// Time in which the effect gives way: quick enough for a consonant, slow enough not to click.
const ATTACK_MS: f64 = 8.0;

/// The programme's own level follows its loudest moments up at once and falls by this much a second: the pauses of a
/// phrase change it little, a softer passage is known as one after some seconds.
const FALL_DB_A_SECOND: f64 = 3.0;

/// So far below the programme's level the sound plays fully, and so far below it not at all.
const PLAYS_DB: (f64, f64) = (12.0, 30.0);

/// The programme's level is never taken to be below this, dBFS.
const LOWEST_DB: f64 = -60.0;

/// Gain for an effect: lower the more the dry sound plays. Level means nothing to it: what counts is how loud the sound
/// is beside its own loudest moments of the last seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ducker {
    rate: f64,
    depth_db: Glide,
    attack: f64,
    release: f64,
    fall_db: f64,
    programme_db: f64,
    /// How much the dry sound plays, 0 to 1.
    playing: f64,
    gain: Ramp,
}

impl Ducker {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        let ticks = rate / CONTROL_INTERVAL as f64;
        self.rate = rate;
        self.attack = share(ATTACK_MS, ticks);
        self.fall_db = FALL_DB_A_SECOND / ticks;
        self.depth_db.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next [`set`](Self::set) jumps.
    pub fn reset(&mut self) {
        self.depth_db.reset();
        (self.programme_db, self.playing) = (LOWEST_DB, 0.0);
        self.gain.jump(1.0);
    }

    /// Aims at taking up to `depth_db`, and giving 63 % of it back in `release_ms`.
    pub fn set(&mut self, depth_db: f64, release_ms: f64) {
        self.depth_db.aim(depth_db);
        self.release = share(release_ms, self.rate / CONTROL_INTERVAL as f64);
    }

    /// A control tick, with the dry frames since the last one.
    pub fn control(&mut self, dry: &[Frame; CONTROL_INTERVAL]) {
        let depth_db = self.depth_db.step();
        if depth_db == 0.0 && !self.depth_db.moving() {
            self.playing = 0.0;
            return self.gain.jump(1.0);
        }
        let power = dry.iter().fold([0.0; 2], |sum, [left, right]| [sum[0] + left * left, sum[1] + right * right]);
        let level_db = power_to_db(power[0].max(power[1]) * (1.0 / CONTROL_INTERVAL as f64)).min(300.0);
        self.programme_db = level_db.max(self.programme_db - self.fall_db).max(LOWEST_DB);
        let (full, none) = PLAYS_DB;
        let plays = ((level_db - self.programme_db + none) / (none - full)).clamp(0.0, 1.0);
        let share = if plays > self.playing { self.attack } else { self.release };
        self.playing += share * (plays - self.playing);
        self.gain.aim(db_to_gain(-depth_db * self.playing));
    }

    /// So many control ticks of silence have passed without [`control`](Self::control), while it is settled.
    pub fn pass(&mut self, ticks: usize) {
        if self.depth_db.now() != 0.0 {
            self.programme_db = (self.programme_db - self.fall_db * ticks as f64).max(LOWEST_DB);
            self.playing *= (1.0 - self.release).powf(ticks as f64);
            self.gain.jump(db_to_gain(-self.depth_db.now() * self.playing));
        }
    }

    /// The gain at the next frame.
    #[inline(always)]
    pub fn advance(&mut self) -> f64 {
        self.gain.advance()
    }

    /// What is taken now, dB, zero or more.
    pub fn reduction_db(&self) -> f64 {
        self.depth_db.now() * self.playing
    }

    /// Whether it is where it stays while the dry sound is silent.
    pub fn is_settled(&self) -> bool {
        !self.depth_db.moving() && (self.playing < 1e-3 || self.depth_db.now() == 0.0)
    }
}

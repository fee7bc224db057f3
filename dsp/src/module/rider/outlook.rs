//! What the short-term loudness will be in a moment, and what the hand has to make up for so that it is right then.
//!
//! A gain that follows the level of the moment is always a little late, and what was late stays in the short-term loudness
//! for 3 s: a band that falls by 10 LU leaves a voice that followed it within 0.3 s 3 LU too loud at the end of them. So
//! what is known of the window a moment from now, and what is aimed at, say how loud the moment itself must be.

use crate::block::ballistics::share;
use crate::meter::loudness::{HOP_S, HOPS_A_STEP, SHORT_TERM_STEPS, Window};
use crate::units::power_to_db;

/// The moment in ms, for a speed of as much.
const MOMENT_MS: (f64, f64) = (500.0, 3_000.0);

/// What is made up for counts in full where the short-term loudness would else be off by this much, LU.
const MISS_LU: f64 = 0.4;

/// What the moment does not reach, as the voice pauses in it, is made up for in this time of singing...
const LASTING_MS: f64 = 1_500.0;

/// ... up to this much, dB, at a miss of up to so many LU.
const LASTING_MOST_DB: f64 = 3.0;
const LASTING_MISS_LU: f64 = 2.0;

/// The most that is made up for, dB.
const MOST_DB: f64 = 6.0;

/// Where the range keeps the gain this far from what is asked for, dB, lasting misses are not made up for: it would not help
/// now, and would be too much once the gain comes back into its range.
const OUT_OF_REACH_DB: f64 = 3.0;

/// Where the short-term loudness is going to be too high by more, LU, nothing is turned up any more.
const OVER_LU: f64 = 0.3;

/// A pause longer than this is not sung over.
const LONGEST_PAUSE_MS: f64 = 1_000.0;

/// Nothing is made up for before so much is known.
const LEAST_MS: f64 = 500.0;

/// What was made up for so long before a pause is held through it, in ms: the end of a note dies away.
const BACK_MS: f64 = 150.0;

/// The last values of something.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recent<T> {
    values: [T; 32],
    at: usize,
    count: usize,
}

impl<T: Copy> Recent<T> {
    /// The next value.
    pub fn push(&mut self, value: T) {
        self.values[self.at] = value;
        self.at = (self.at + 1) % self.values.len();
        self.count = (self.count + 1).min(self.values.len());
    }

    /// The value so many before the next one, up to 32, or the first; the default where there is none.
    pub fn before(&self, count: usize) -> T {
        let count = count.clamp(1, self.count.max(1));
        self.values[(self.at + self.values.len() - count) % self.values.len()]
    }
}

/// Mean powers of a hop: of the voice as it came and as it left, and of what was aimed at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop {
    pub came: f64,
    pub left: f64,
    pub aim: f64,
}

/// What the short-term windows ask for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// Besides what the level of the moment asks for, dB.
    more_db: f64,
    /// The gain is to be no higher than this, dB.
    most_gain_db: f64,
}

impl Default for Asked {
    fn default() -> Self {
        Self { more_db: 0.0, most_gain_db: f64::INFINITY }
    }
}

/// The short-term windows of a voice and of what it is ridden to, but for pauses.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlook {
    hops_a_second: f64,
    moment: usize,
    came: Window<SHORT_TERM_STEPS>,
    left: Window<SHORT_TERM_STEPS>,
    aim: Window<SHORT_TERM_STEPS>,
    /// Hops in the windows.
    known: usize,
    /// Hops since the voice sounded.
    pause: usize,
    lasting_db: f64,
    now: Asked,
    /// That in the last hops in which the voice sounded.
    recent: Recent<Asked>,
    /// By how much the gain that was asked for is above its range, or below it (negative), dB.
    pub out_of_reach_db: f64,
}

impl Outlook {
    /// Forgets the past.
    pub fn prepare(&mut self, hops_a_second: f64) {
        *self = Self { hops_a_second, moment: self.moment, ..Self::default() };
    }

    /// Follows at a speed in ms. At 3 s and more the level alone is followed.
    pub fn set(&mut self, speed_ms: f64) {
        self.moment = self.hops(speed_ms.clamp(MOMENT_MS.0, MOMENT_MS.1));
    }

    fn hops(&self, ms: f64) -> usize {
        (ms * 1e-3 / HOP_S).round() as usize
    }

    /// The next hop; `now` is the power that is aimed at from here on, and `sounds` says whether the voice does.
    pub fn push(&mut self, hop: Hop, now: f64, sounds: bool) {
        if sounds {
            self.pause = 0;
        } else if self.pause == 0 {
            self.hold(BACK_MS);
            self.pause = 1;
        } else {
            self.pause += 1;
        }
        if self.pause > self.hops(LONGEST_PAUSE_MS) {
            return;
        }
        self.came.push(hop.came);
        self.left.push(hop.left);
        self.aim.push(hop.aim);
        self.known = (self.known + 1).min(SHORT_TERM_STEPS * HOPS_A_STEP);
        if sounds && self.known >= self.hops(LEAST_MS) {
            self.make_up(now);
        }
    }

    /// A pause has begun, of the voice or of what it is ridden to: what was asked for `back_ms` before holds.
    pub fn hold(&mut self, back_ms: f64) {
        self.now = self.recent.before(self.hops(back_ms));
    }

    fn make_up(&mut self, now: f64) {
        let stays = SHORT_TERM_STEPS * HOPS_A_STEP - self.moment;
        let (left, aim, moment) = (self.left.newest(stays), self.aim.newest(stays), now * self.moment as f64);
        let needed = power_to_db(((aim + moment - left) / moment).max(1e-9));
        let miss = power_to_db((aim + moment) / (left + moment));
        let missed = power_to_db(self.aim.sum / self.left.sum);
        if !needed.is_finite() || !miss.is_finite() || !missed.is_finite() {
            return;
        }
        let out_of_reach = self.out_of_reach_db.abs() > OUT_OF_REACH_DB && missed * self.out_of_reach_db > 0.0;
        if !out_of_reach {
            let missed = missed.clamp(-LASTING_MISS_LU, LASTING_MISS_LU);
            let lasting_db = self.lasting_db + share(LASTING_MS, self.hops_a_second) * missed;
            self.lasting_db = lasting_db.clamp(-LASTING_MOST_DB, LASTING_MOST_DB);
        }
        let gain_db = power_to_db(self.left.sum / self.came.sum);
        let over = miss < -OVER_LU && gain_db.is_finite();
        self.now = Asked {
            more_db: needed * (miss.abs() / MISS_LU).min(1.0),
            most_gain_db: if over { gain_db } else { f64::INFINITY },
        };
        self.recent.push(self.now);
    }

    /// What to add to the gain that the level alone asks for, dB.
    pub fn made_up_db(&self) -> f64 {
        (self.now.more_db + self.lasting_db).clamp(-MOST_DB, MOST_DB)
    }

    /// The gain is to be no higher than this, dB: where the voice is going to have been too loud, a soft end of a note is no
    /// reason to turn up what was right for the rest of it.
    pub fn most_gain_db(&self) -> f64 {
        self.now.most_gain_db
    }
}

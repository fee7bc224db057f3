//! How loud a voice is right now: its mean power while it sounds, without the delay of the mean.

use crate::block::ballistics::share;
use crate::units::{power_to_db, power_to_lufs};

/// Quieter than this nothing sounds, LUFS (the absolute gate of BS.1770).
const SILENCE_LUFS: f64 = -70.0;

/// Time over which it is decided whether the voice sounds.
const QUICK_MS: f64 = 40.0;

/// The loud moments are taken over this time: a syllable.
const LOUD_MS: f64 = 120.0;

/// The level of the loud moments falls by so much a second while the voice sounds, so that what becomes softer is
/// followed and not taken for a pause...
const FALL_LU_A_SECOND: f64 = 3.5;

/// ... and by so much in a pause with some sound in it: a voice that has become much softer at once is one in the end.
const PAUSE_FALL_LU_A_SECOND: f64 = 1.0;

/// What was measured this long before a pause holds through it: the end of a note dies away.
const BACK_MS: f64 = 150.0;

/// Where a syllable is this much louder or softer than the mean, LU, the mean follows twice as quickly, and by so much more
/// quickly the further it is, ...
const QUICKER_LU: f64 = 2.0;

/// ... up to so many times...
const QUICKEST: f64 = 6.0;

/// ... at this time and below; over a longer one, so much less.
const QUICK_TIME_MS: f64 = 400.0;

/// Places for what was measured so long ago.
const BACK: usize = 32;

/// Mean power over an exponential window while a voice sounds, and where it is going.
///
/// A mean over a time lags behind a level that changes steadily by what it changes in that time. The mean of the mean lags
/// twice as far, so twice the first less the second, in dB, lags not at all behind a level that rises or falls at an even
/// pace (double exponential smoothing; P. Mulloy, 1994). Where a level has clearly become another one, the time is shorter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Follower {
    hops_a_second: f64,
    time_ms: f64,
    pause_lu: f64,
    /// The time now, shorter where the level has become another one.
    now_ms: f64,
    means: Means,
    /// The means of the last hops in which it sounded.
    past: [Means; BACK],
    at: usize,
    quick: f64,
    loud: f64,
    loud_lufs: f64,
    sounds: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Means {
    once: f64,
    twice: f64,
    /// Hops that are in them, as far as it matters.
    hops: f64,
}

impl Follower {
    /// Forgets the past.
    pub fn prepare(&mut self, hops_a_second: f64) {
        *self = Self { time_ms: self.time_ms, pause_lu: self.pause_lu, ..Self::default() };
        self.hops_a_second = hops_a_second;
        self.loud_lufs = f64::NEG_INFINITY;
    }

    /// Takes the mean over `time_ms`, of what lies no further than `pause_lu` (negative) below the loud moments.
    pub fn set(&mut self, time_ms: f64, pause_lu: f64) {
        (self.time_ms, self.pause_lu) = (time_ms, pause_lu);
    }

    /// The next hop's mean power.
    pub fn push(&mut self, power: f64) {
        self.quick += share(QUICK_MS, self.hops_a_second) * (power - self.quick);
        self.loud += share(LOUD_MS, self.hops_a_second) * (power - self.loud);
        let fall = if self.sounds { FALL_LU_A_SECOND } else { PAUSE_FALL_LU_A_SECOND };
        let quick_lufs = power_to_lufs(self.quick);
        if quick_lufs > SILENCE_LUFS {
            self.loud_lufs = power_to_lufs(self.loud).max(self.loud_lufs - fall / self.hops_a_second);
        }
        let sounded = self.sounds;
        self.sounds = quick_lufs > SILENCE_LUFS.max(self.loud_lufs + self.pause_lu);
        if self.sounds {
            self.follow(power);
        } else if sounded {
            let back = (BACK_MS * 1e-3 * self.hops_a_second) as usize;
            let back = back.clamp(1, BACK).min(self.means.hops as usize);
            self.means = self.past[(self.at + BACK - back.max(1)) % BACK];
        }
    }

    fn follow(&mut self, power: f64) {
        self.past[self.at] = self.means;
        self.at = (self.at + 1) % BACK;
        let means = &mut self.means;
        let off_lu = if means.hops > 0.0 { power_to_db(self.loud / means.once) } else { 0.0 };
        let quicker = if off_lu.is_finite() { (off_lu / QUICKER_LU).powi(2).min(QUICKEST - 1.0) } else { 0.0 };
        self.now_ms = self.time_ms / (1.0 + quicker * (QUICK_TIME_MS / self.time_ms).min(1.0));
        let share = share(self.now_ms, self.hops_a_second);
        means.hops = (means.hops + 1.0).min(1e6);
        // Until there is enough of it, the plain mean of all.
        let share = share.max(1.0 / means.hops);
        means.once += share * (power - means.once);
        means.twice += share * (means.once - means.twice);
    }

    /// Whether the voice sounds: no pause, no breath.
    pub fn sounds(&self) -> bool {
        self.sounds
    }

    /// Its loudness in LUFS, `ahead_ms` from now if it goes on as it does; in a pause, what it was before. `None` before
    /// the first sound.
    pub fn level_lufs(&self, ahead_ms: f64) -> Option<f64> {
        let Means { once, twice, hops } = self.means;
        (hops > 0.0 && twice > 0.0).then(|| {
            let lag_lu = power_to_db(once / twice);
            power_to_lufs(once) + lag_lu * (1.0 + ahead_ms / self.now_ms.max(1.0))
        })
    }
}

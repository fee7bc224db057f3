//! From the reduction that is needed to the one that is done: what each style does after a peak.
//!
//! Whatever is needed is done at once; the smoothing after this spreads it over the look-ahead.

use super::style::Style;
use crate::CONTROL_INTERVAL;
use crate::block::ballistics::{discharge_db, share};
use crate::units::ms_to_frames;

/// The values of a run, whole or not: what is beyond its frames has no meaning.
pub(super) type Run<T> = [T; CONTROL_INTERVAL];

/// Below this a reduction is none: far under what a gain in f32 can show.
const NOTHING_DB: f64 = 1e-6;

/// A reduction that is as good as none.
const SETTLED_DB: f64 = 1e-4;

/// How much faster Punch lets go of what was short.
const PUNCH_FAST: f64 = 0.1;

/// How long a level takes to count as long in Punch.
const PUNCH_RISE_MS: f64 = 40.0;

/// How long Smooth waits, in releases.
const SMOOTH_HOLD: f64 = 0.5;

/// How much of a reduction Steady remembers.
const STEADY_PART: f64 = 0.6;

/// How long it takes to remember.
const STEADY_RISE_MS: f64 = 500.0;

/// How long it takes to forget, in releases.
const STEADY_SLOW: f64 = 8.0;

/// The reduction at which Loud lets go as fast as Transparent with the same release does; at half of it, about half as
/// fast.
const LOUD_LIKE_DB: f64 = 4.0;

/// How much slower Loud's last dB are than [`LOUD_LIKE_DB`].
const LOUD_SLOW: f64 = 4.0;

/// What a law remembers of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct State {
    /// Reduction in dB that is on its way back.
    reduction_db: f64,
    /// The second part: Punch's long one, Smooth's first pole, Steady's memory.
    slow_db: f64,
    hold_left: u32,
}

impl State {
    /// Between two runs: what has all but come back is back.
    pub fn flush(&mut self) {
        for db in [&mut self.reduction_db, &mut self.slow_db] {
            if *db < NOTHING_DB {
                *db = 0.0;
            }
        }
    }

    /// Whether nothing is left to come back.
    pub fn is_zero(&self) -> bool {
        self.reduction_db == 0.0 && self.slow_db == 0.0
    }

    /// Whether so little is left that nobody hears whether it comes back.
    pub fn is_settled(&self) -> bool {
        self.reduction_db < SETTLED_DB && self.slow_db < SETTLED_DB
    }

    /// Whether it stands as `other` does, but for less than anything can show.
    pub fn is_near(&self, other: &Self) -> bool {
        (self.reduction_db - other.reduction_db).abs() < NOTHING_DB
            && (self.slow_db - other.slow_db).abs() < NOTHING_DB
            && self.hold_left == other.hold_left
    }

    /// The state of `to` that begins where `from` stands in this one.
    pub fn taken_over(&self, from: Style, to: Style) -> Self {
        let total_db = match from {
            Style::Punch => self.reduction_db + self.slow_db,
            _ => self.reduction_db,
        };
        match to {
            Style::Punch => Self { reduction_db: 0.0, slow_db: total_db, hold_left: 0 },
            Style::Smooth => Self { reduction_db: total_db, slow_db: total_db, hold_left: 0 },
            _ => Self { reduction_db: total_db, ..Self::default() },
        }
    }
}

/// How fast a law moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Times {
    /// What is kept from frame to frame with the release's time constant.
    keep: f64,
    /// The same of the faster or slower second part.
    other_keep: f64,
    /// Share of the way up of the slow part.
    rise: f64,
    /// dB a frame.
    fall_db: f64,
    /// Loud: what is lost for each dB.
    steep: f64,
    hold: u32,
}

impl Times {
    /// The times of `style` for a release of `release_ms` at `rate` Hz.
    pub fn new(style: Style, release_ms: f64, rate: f64) -> Self {
        let keep = |time_ms: f64| 1.0 - share(time_ms, rate);
        let (other_ms, rise_ms) = match style {
            Style::Punch => (release_ms * PUNCH_FAST, PUNCH_RISE_MS),
            Style::Steady => (release_ms * STEADY_SLOW, STEADY_RISE_MS),
            Style::Loud => (release_ms * LOUD_SLOW, release_ms),
            _ => (release_ms, release_ms),
        };
        Self {
            keep: keep(release_ms),
            other_keep: keep(other_ms),
            rise: share(rise_ms, rate),
            fall_db: discharge_db(release_ms, rate),
            steep: share(release_ms, rate) / LOUD_LIKE_DB,
            hold: ms_to_frames(release_ms * SMOOTH_HOLD, rate).round() as u32,
        }
    }
}

/// Turns the needed reductions in dB, the first `frames` of a run, into those that are done.
#[inline(always)]
pub(super) fn run(style: Style, times: &Times, state: &mut State, values_db: &mut Run<f32>, frames: usize) {
    match style {
        Style::Transparent => each(state, values_db, frames, |state, needed_db| {
            state.reduction_db = higher(needed_db, state.reduction_db * times.keep);
            state.reduction_db
        }),
        Style::Even => each(state, values_db, frames, |state, needed_db| {
            state.reduction_db = higher(needed_db, state.reduction_db - times.fall_db);
            state.reduction_db
        }),
        Style::Loud => each(state, values_db, frames, |state, needed_db| {
            // For reductions beyond all reason, no more than half a frame.
            let keep = higher(times.other_keep - times.steep * state.reduction_db, 0.5);
            state.reduction_db = higher(needed_db, state.reduction_db * keep);
            state.reduction_db
        }),
        Style::Punch => each(state, values_db, frames, |state, needed_db| {
            let above_db = needed_db - state.slow_db;
            state.slow_db =
                if above_db > 0.0 { state.slow_db + times.rise * above_db } else { state.slow_db * times.keep };
            state.reduction_db = higher(needed_db - state.slow_db, state.reduction_db * times.other_keep);
            state.slow_db + state.reduction_db
        }),
        Style::Smooth => each(state, values_db, frames, |state, needed_db| {
            if needed_db >= state.slow_db {
                (state.slow_db, state.hold_left) = (needed_db, times.hold);
            } else if state.hold_left > 0 {
                state.hold_left -= 1;
            } else {
                state.slow_db = higher(needed_db, state.slow_db * times.keep);
            }
            let second_db = state.slow_db + (state.reduction_db - state.slow_db) * times.keep;
            state.reduction_db = higher(needed_db, second_db);
            state.reduction_db
        }),
        Style::Steady => each(state, values_db, frames, |state, needed_db| {
            let above_db = STEADY_PART * needed_db - state.slow_db;
            state.slow_db =
                if above_db > 0.0 { state.slow_db + times.rise * above_db } else { state.slow_db * times.other_keep };
            let rest_db = state.slow_db + (state.reduction_db - state.slow_db) * times.keep;
            state.reduction_db = higher(needed_db, rest_db);
            state.reduction_db
        }),
    }
}

#[inline(always)]
fn each(state: &mut State, values_db: &mut Run<f32>, frames: usize, mut law: impl FnMut(&mut State, f64) -> f64) {
    let mut now = *state;
    for value_db in &mut values_db[..frames] {
        *value_db = law(&mut now, f64::from(*value_db)) as f32;
    }
    *state = now;
}

#[inline(always)]
fn higher(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

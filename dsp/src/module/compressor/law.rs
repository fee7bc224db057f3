//! From levels to gain reduction over time: one law a character.

mod bus;
mod clean;
mod fet;
mod loops;
mod opto;
mod rms;

use super::character::Character;
use super::curve::Course;
use super::settings::CompressorSettings;
use crate::CONTROL_INTERVAL;
use crate::block::ballistics::{discharge_db, share};
use crate::units::ms_to_frames;

/// The values of a run, whole or not: what is beyond its frames has no meaning.
pub(super) type Run<T> = [T; CONTROL_INTERVAL];

/// What a law remembers of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct State {
    /// Gain reduction in dB, zero or more.
    pub reduction_db: f64,
    /// Reduction in dB of what lets go slowly: the opto's memory, the bus's second time constant.
    pub slow_db: f64,
    /// Frames until the release may begin.
    hold_left: u32,
}

/// Below this a reduction is none: far under what a gain in f32 can show, and no decay ends in denormals.
const NOTHING_DB: f64 = 1e-9;

/// A reduction that is as good as none.
const SETTLED_DB: f64 = 1e-4;

impl State {
    /// At a control tick: what has all but come back is back.
    pub fn flush(&mut self) {
        if self.reduction_db < NOTHING_DB {
            self.reduction_db = 0.0;
        }
        if self.slow_db < NOTHING_DB {
            self.slow_db = 0.0;
        }
    }

    /// The state of another law that begins with the reduction at which `character` stands in this one.
    pub fn taken_over_from(&self, character: Character) -> Self {
        let slow_db = if character == Character::Bus { self.slow_db } else { 0.0 };
        Self { reduction_db: self.reduction_db.max(slow_db), ..Self::default() }
    }

    /// Whether so little is left to come back that nobody hears whether it does.
    pub fn is_settled(&self) -> bool {
        self.reduction_db < SETTLED_DB && self.slow_db < SETTLED_DB
    }

    /// Whether it stands as `other` does, but for less than anything can show.
    pub fn is_near(&self, other: &Self) -> bool {
        (self.reduction_db - other.reduction_db).abs() < 1e-6
            && (self.slow_db - other.slow_db).abs() < 1e-6
            && self.hold_left == other.hold_left
    }

    /// A frame in which it would come back: whether it may.
    #[inline(always)]
    fn lets_go(&mut self) -> bool {
        let held = self.hold_left > 0;
        self.hold_left -= u32::from(held);
        !held
    }
}

/// How fast a law moves: shares of the way a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Times {
    /// Down.
    rise: f64,
    /// Back.
    fall: f64,
    /// Back, for the law that comes back evenly: dB a frame.
    fall_db: f64,
    /// Down, of the slow one of two.
    slow_rise: f64,
    /// Back, of the slow one of two.
    slow_fall: f64,
    /// Frames before it comes back.
    hold: u32,
    /// Level in dB below which the RMS character keeps its gain.
    pause_db: f64,
}

/// Auto release of the bus: 0.1 s after a hit, 1.2 s after a passage, as the bus compressors that made it known.
const BUS_AUTO_MS: (f64, f64) = (100.0, 1_200.0);

/// The bus's slow release is this many times the dialled one.
const BUS_SLOW: f64 = 10.0;

/// How long a passage takes to reach the bus's slow release.
const BUS_SLOW_RISE_MS: f64 = 300.0;

/// Auto release of the opto: half comes back in 60 ms, the rest takes seconds, as of the cell it is named for.
const OPTO_AUTO_MS: (f64, f64) = (60.0, 3_000.0);

/// The opto's slow release is this many times the dialled one.
const OPTO_SLOW: f64 = 25.0;

/// How long the opto's cell takes to remember.
const OPTO_SLOW_RISE_MS: f64 = 1_500.0;

/// How far below 0 VU the RMS character takes the programme for paused.
const PAUSE_BELOW_VU_DB: f64 = 32.0;

impl Times {
    /// The times of `settings` at `rate` Hz, with the release that auto release has arrived at where there is one.
    pub fn new(settings: &CompressorSettings, auto_release_ms: Option<f64>, zero_vu_db: f64, rate: f64) -> Self {
        let character = settings.character;
        let dialled_ms = auto_release_ms.unwrap_or(settings.release_ms);
        let (fast_ms, slow_ms, slow_rise_ms) = match (character, settings.auto_release) {
            (Character::Opto, true) => (OPTO_AUTO_MS.0, OPTO_AUTO_MS.1, OPTO_SLOW_RISE_MS),
            (Character::Opto, false) => (dialled_ms, dialled_ms * OPTO_SLOW, OPTO_SLOW_RISE_MS),
            (Character::Bus, true) => (BUS_AUTO_MS.0, BUS_AUTO_MS.1, BUS_SLOW_RISE_MS),
            (Character::Bus, false) => (dialled_ms, dialled_ms * BUS_SLOW, BUS_SLOW_RISE_MS),
            _ => (dialled_ms, dialled_ms, dialled_ms),
        };
        Self {
            rise: share(settings.attack_ms, rate),
            fall: share(fast_ms, rate),
            fall_db: discharge_db(fast_ms, rate),
            slow_rise: share(slow_rise_ms, rate),
            slow_fall: share(slow_ms, rate),
            hold: ms_to_frames(settings.hold_ms, rate).round() as u32,
            pause_db: zero_vu_db - PAUSE_BELOW_VU_DB,
        }
    }
}

/// Follows `levels_db`, the first `frames` of a run, and gives the reductions in dB.
#[inline(always)]
pub(super) fn run(
    character: Character,
    course: &Course,
    times: &Times,
    state: &mut State,
    levels_db: &Run<f32>,
    frames: usize,
    reductions_db: &mut Run<f32>,
) {
    match character {
        Character::Clean => clean::run(times, state, &forward(course, levels_db), frames, reductions_db),
        Character::Bus => bus::run(times, state, &forward(course, levels_db), frames, reductions_db),
        Character::Rms => rms::run(times, state, &forward(course, levels_db), levels_db, frames, reductions_db),
        Character::Opto => opto::run(course, times, state, levels_db, frames, reductions_db),
        Character::Fet => fet::run(course, times, state, levels_db, frames, reductions_db),
        Character::VariMu => loops::vari_mu(course, times, state, levels_db, frames, reductions_db),
    }
}

/// The reductions that a feed-forward curve asks for.
#[inline(always)]
fn forward(course: &Course, levels_db: &Run<f32>) -> Run<f64> {
    let steady = course.steady();
    if course.moves {
        std::array::from_fn(|i| course.at(i).forward_db(f64::from(levels_db[i])))
    } else {
        levels_db.map(|level_db| steady.forward_db(f64::from(level_db)))
    }
}

//! The style's own stage: from levels over the ceiling to a gain that looks ahead.

use super::law::{self, Run, State, Times};
use super::settings::{LOOK_AHEAD, LimiterSettings, RELEASE};
use super::style::Style;
use crate::block::box_cascade::BoxCascade;
use crate::block::crest::Crest;
use crate::block::gliding_delay::GlidingDelay;
use crate::block::magnitude::{higher, highest};
use crate::block::sliding_max::SlidingMax;
use crate::smooth::Glide;
use crate::units::{fast_db_to_gain, fast_gain_to_db, ms_to_frames};
use crate::{CONTROL_INTERVAL, Frame};

/// Follows the sample peaks of two channels by the law of a style.
#[derive(Clone, Debug, Default)]
pub(super) struct Follower {
    style: Style,
    /// Release as it is dialled.
    release_ms: f64,
    times: Times,
    lanes: [Lane; 2],
    look_ahead: Glide,
    /// The longest look-ahead in frames; 0 in Live.
    longest: usize,
    crest: Crest,
    /// Whether the release follows the crest factor.
    auto: bool,
    rate: f64,
}

#[derive(Clone, Debug, Default)]
struct Lane {
    window: SlidingMax,
    state: State,
    averages: BoxCascade<2>,
    early: GlidingDelay,
    /// Frames for which nothing has been needed or done.
    idle: usize,
}

impl Follower {
    /// Readies for `rate` Hz and look-aheads of up to `longest` frames, 0 for none at all. Allocates.
    pub fn prepare(&mut self, rate: f64, longest: usize) {
        (self.rate, self.longest) = (rate, longest);
        self.look_ahead.prepare(rate);
        for lane in &mut self.lanes {
            lane.window.prepare(longest + 1);
            lane.averages.prepare(longest);
            lane.early.prepare(longest, rate);
        }
        self.reset();
    }

    /// Forgets the past; the next [`set`](Self::set) jumps.
    pub fn reset(&mut self) {
        self.look_ahead.reset();
        self.crest.prepare(self.rate);
        for lane in &mut self.lanes {
            lane.window.reset();
            lane.averages.reset();
            lane.early.reset();
            (lane.state, lane.idle) = (State::default(), usize::MAX / 2);
        }
    }

    /// Frames of the past on which the gain depends, but for what a law remembers.
    pub fn memory(&self) -> usize {
        3 * (self.longest + CONTROL_INTERVAL)
    }

    /// Aims at `settings`.
    pub fn set(&mut self, settings: &LimiterSettings) {
        if settings.style != self.style {
            for lane in &mut self.lanes {
                lane.state = lane.state.taken_over(self.style, settings.style);
            }
        }
        self.style = settings.style;
        if settings.auto_release && !self.auto {
            self.crest.begin();
        }
        self.auto = settings.auto_release;
        self.release_ms = settings.release_ms;
        self.set_times();
        let frames = ms_to_frames(settings.look_ahead_ms, self.rate).round();
        let frames = frames.clamp(1.0, ms_to_frames(LOOK_AHEAD.range.1, self.rate).max(1.0));
        self.look_ahead.aim(frames);
        for lane in &mut self.lanes {
            lane.early.aim(self.longest as f64 - frames);
        }
    }

    /// The release that it has now.
    pub fn release_ms(&self) -> f64 {
        if self.auto {
            self.crest.release_ms(self.style.longest_auto_release_ms(), RELEASE.range.0, 0.0)
        } else {
            self.release_ms
        }
    }

    fn set_times(&mut self) {
        self.times = Times::new(self.style, self.release_ms(), self.rate);
    }

    /// Whether both channels are held down alike.
    pub fn is_near(&self) -> bool {
        self.lanes[0].state.is_near(&self.lanes[1].state)
    }

    /// From one gain for both channels to one for each: the second begins as the first.
    pub fn unlink(&mut self) {
        let [left, right] = &mut self.lanes;
        right.window.copy_past(&left.window);
        right.averages.copy_past(&left.averages);
        right.early.copy_past(&left.early);
        (right.state, right.idle) = (left.state, left.idle);
    }

    /// Whether nothing is on its way back any more.
    pub fn is_settled(&self) -> bool {
        self.lanes.iter().all(|lane| lane.state.is_settled())
    }

    /// Between two runs.
    pub fn control(&mut self) {
        if self.auto {
            self.crest.control();
            self.set_times();
        }
        if self.look_ahead.moving() {
            self.look_ahead.step();
        }
        for lane in &mut self.lanes {
            lane.state.flush();
            if self.longest > 0 {
                lane.averages.aim(self.look_ahead.now() as usize);
                lane.early.control();
            }
        }
    }

    /// Looks at the sound whose crest factor auto release follows.
    #[inline(always)]
    pub fn hear(&mut self, sound: &[Frame]) {
        if self.auto {
            self.crest.run(sound);
        }
    }

    /// The gains of one channel, for the frames as long as the longest look-ahead before those of `levels`, magnitudes over the
    /// ceiling, of which the first `frames` count and the others are zero; None where all gains are 1. A whole run unless in Live.
    #[inline(always)]
    pub fn run(&mut self, lane: usize, levels: &Run<f32>, frames: usize) -> Option<Run<f32>> {
        let lane = &mut self.lanes[lane];
        let mut values_db = [0.0; CONTROL_INTERVAL];
        if highest(levels) > 1.0 {
            values_db = levels.map(|level| fast_gain_to_db(higher(1.0, level)));
            lane.idle = 0;
        } else if lane.state.is_zero() {
            if lane.idle > 3 * (self.longest + CONTROL_INTERVAL) {
                return None;
            }
            lane.idle += frames;
        }
        if self.longest > 0 {
            lane.window.run(&mut values_db, self.look_ahead.now() as usize + 1);
        }
        law::run(self.style, &self.times, &mut lane.state, &mut values_db, frames);
        if self.longest > 0 {
            let mut smooth = values_db.map(f64::from);
            lane.averages.run(&mut smooth);
            values_db = smooth.map(|db| db as f32);
            lane.early.run(&mut values_db);
        }
        Some(values_db.map(|db| fast_db_to_gain(-db)))
    }
}

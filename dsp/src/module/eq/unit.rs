//! A band or a cut at work: what glides, and the fade from what it was to what it is.

use super::dynamics::{DynamicReading, Dynamics};
use super::filter::Filter;
use super::run::Run;
use super::voice::{Voice, work};
use crate::smooth::Gain;
use crate::{CONTROL_INTERVAL, Frame};

/// A band or a cut: what it is now, and while it changes what it was.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    rate: f64,
    /// Its place among the units.
    place: usize,
    /// Where it is going.
    aim: Option<Filter>,
    now: Voice,
    before: Voice,
    /// From `before` (0) to `now` (1).
    fade: Gain,
    dynamics: Dynamics,
}

impl Unit {
    /// Readies for `rate` Hz, as the unit at `place`.
    pub fn prepare(&mut self, rate: f64, place: usize) {
        (self.rate, self.place) = (rate, place);
        self.fade.prepare(rate);
        self.dynamics.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next `set` jumps.
    pub fn reset(&mut self) {
        self.aim = None;
        self.now = Voice::default();
        self.before = Voice::default();
        self.fade.reset();
        self.dynamics.reset();
    }

    /// Aims at `filter`.
    pub fn set(&mut self, filter: Filter) {
        if self.aim == Some(filter) {
            return;
        }
        let starts = self.aim.is_none();
        self.aim = Some(filter);
        self.dynamics.set(&filter);
        if starts {
            self.now = Voice::new(&filter, self.rate, self.place);
            self.fade.aim(1.0);
        } else {
            self.follow(&filter);
        }
    }

    /// Goes to `filter`, by a glide or by a fade; while a fade is under way another one waits.
    fn follow(&mut self, filter: &Filter) {
        if self.now.work == work(filter) {
            self.now.aim(&filter.point, self.rate);
        } else if !self.fades() {
            self.before = std::mem::replace(&mut self.now, Voice::new(filter, self.rate, self.place));
            if self.before.active || self.now.active {
                self.fade.reset();
                self.fade.aim(0.0);
                self.fade.aim(1.0);
            }
        }
    }

    /// How long it can still sound once it has come to rest, in frames.
    pub fn tail(&self) -> usize {
        self.now.tail.max(self.before.tail)
    }

    /// Whether it does anything to the sound.
    pub fn is_active(&self) -> bool {
        self.now.active || self.fades()
    }

    /// Whether it needs its control ticks.
    pub fn is_moving(&self) -> bool {
        self.now.moves || self.fades() || self.dynamics.is_on()
    }

    /// Whether nothing moves any more while the input and the key are silent.
    pub fn is_settled(&self) -> bool {
        !self.now.moves && !self.fades() && self.dynamics.is_settled()
    }

    /// What it aims at.
    pub fn aim(&self) -> Option<&Filter> {
        self.aim.as_ref()
    }

    /// What its dynamics are doing, where they are on.
    pub fn read(&self) -> Option<DynamicReading> {
        self.dynamics.is_on().then(|| DynamicReading {
            gain_db: self.now.static_gain_db() + self.dynamics.offset_db(),
            level_db: self.dynamics.level_db(),
        })
    }

    /// Whether it listens.
    pub fn listens(&self) -> bool {
        self.dynamics.is_on()
    }

    /// Whether it listens to the side-chain.
    pub fn listens_to_side_chain(&self) -> bool {
        self.dynamics.is_on() && self.dynamics.is_external()
    }

    /// Listens to what goes into the equaliser, or to the side-chain.
    pub fn listen(&mut self, frames: &[Frame], keys: &[Frame]) {
        self.dynamics.listen(frames, keys);
    }

    /// Now and then at a control tick: silences what has all but died away.
    pub fn flush(&mut self) {
        self.now.flush();
        if self.fades() {
            self.before.flush();
        }
    }

    /// A control tick in which nothing happens but that coefficients go on, if this is one.
    #[inline(always)]
    pub fn go_on(&mut self) -> bool {
        !self.dynamics.is_on() && !self.fades() && self.now.go_on()
    }

    /// Control ticks from now on in which nothing happens but that coefficients go on.
    pub fn ticks_between(&self) -> usize {
        if self.dynamics.is_on() || self.fades() { 0 } else { self.now.ticks_between() }
    }

    /// So many of them done, as the filter does them by itself while it runs.
    pub fn skip(&mut self, ticks: usize) {
        self.now.skip(ticks);
    }

    /// A control tick.
    pub fn control(&mut self) {
        let offset_db = self.dynamics.control();
        self.now.control(self.rate, offset_db);
        if self.fades() {
            self.before.control(self.rate, offset_db);
            self.fade.control();
            if !self.fades() {
                self.before = Voice::default();
                if let Some(filter) = self.aim {
                    self.follow(&filter);
                }
            }
        }
    }

    /// Filters up to the next control tick.
    #[inline(always)]
    pub fn run<'s>(&'s mut self, run: &mut Run<'_, 's>) {
        if self.fades() {
            self.run_both(run.left_and_right());
        } else if self.now.active {
            self.now.run(run);
        }
    }

    /// Fades from one to the other.
    fn run_both(&mut self, frames: &mut [Frame]) {
        let mut old = [[0.0; 2]; CONTROL_INTERVAL];
        let old = &mut old[..frames.len()];
        old.copy_from_slice(frames);
        self.before.run_alone(old);
        self.now.run_alone(frames);
        for (frame, old) in frames.iter_mut().zip(&*old) {
            let amount = self.fade.advance();
            *frame = [old[0] + amount * (frame[0] - old[0]), old[1] + amount * (frame[1] - old[1])];
        }
    }

    fn fades(&self) -> bool {
        self.fade.steady() != Some(1.0)
    }
}

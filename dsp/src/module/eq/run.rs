//! A run of frames on its way through filters.

use super::Placement;
use crate::Frame;
use crate::block::svf::{self, Section};

/// What the two lanes of a frame mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Left and right.
    LeftRight,
    /// Half the sum and half the difference.
    MidSide,
}

impl Domain {
    /// Where a placement's lanes are.
    pub fn of(placement: Placement) -> Self {
        match placement {
            Placement::Stereo | Placement::Left | Placement::Right => Self::LeftRight,
            Placement::Mid | Placement::Side => Self::MidSide,
        }
    }
}

/// A run of frames on its way through the filters: gathers those that rest three or four at a time, and turns left and right into mid and
/// side where needed.
#[derive(Debug)]
pub struct Run<'f, 's> {
    frames: &'f mut [Frame],
    domain: Domain,
    held: Held<'s>,
}

impl<'f, 's> Run<'f, 's> {
    /// Frames, left and right: up to a [`CONTROL_INTERVAL`](crate::CONTROL_INTERVAL), or any number where nothing moves.
    pub fn new(frames: &'f mut [Frame]) -> Self {
        Self { frames, domain: Domain::LeftRight, held: Held::None }
    }

    /// The same, lanes of `domain`.
    pub fn within(frames: &'f mut [Frame], domain: Domain) -> Self {
        Self { frames, domain, held: Held::None }
    }

    /// Leaves the frames as lanes of `domain`.
    pub fn turn(mut self, domain: Domain) {
        self.enter(domain);
    }

    /// Done: all filters have run, and the frames are left and right again.
    pub fn finish(mut self) {
        self.left_and_right();
    }

    /// The frames as left and right, after all filters so far.
    pub fn left_and_right(&mut self) -> &mut [Frame] {
        self.drain();
        self.enter(Domain::LeftRight);
        self.frames
    }

    /// From now on filters get lanes of `domain`.
    #[inline(always)]
    pub fn enter(&mut self, domain: Domain) {
        if self.domain != domain {
            self.change(domain);
        }
    }

    fn change(&mut self, domain: Domain) {
        self.drain();
        self.domain = domain;
        let scale = match domain {
            Domain::MidSide => 0.5,
            Domain::LeftRight => 1.0,
        };
        for frame in &mut *self.frames {
            let [a, b] = *frame;
            *frame = [scale * (a + b), scale * (a - b)];
        }
    }

    /// Runs another filter, now or together with the next ones.
    #[inline(always)]
    pub fn filter(&mut self, section: &'s mut Section) {
        if section.is_moving() {
            self.drain();
            return svf::run(section, self.frames);
        }
        self.held = match std::mem::take(&mut self.held) {
            Held::None => Held::One(section),
            Held::One(a) => Held::Two(a, section),
            Held::Two(a, b) => Held::Three(a, b, section),
            Held::Three(a, b, c) => Held::Four(a, b, c, section),
            // Not four: two are left to run together.
            Held::Four(a, b, c, d) => {
                svf::run_three([a, b, c], self.frames);
                Held::Two(d, section)
            }
        };
    }

    fn drain(&mut self) {
        match std::mem::take(&mut self.held) {
            Held::None => {}
            Held::One(section) => svf::run(section, self.frames),
            Held::Two(a, b) => svf::run_two([a, b], self.frames),
            Held::Three(a, b, c) => svf::run_three([a, b, c], self.frames),
            Held::Four(a, b, c, d) => svf::run_four([a, b, c, d], self.frames),
        }
    }
}

/// Filters that wait for others to run with; none of them moves.
#[derive(Debug, Default)]
enum Held<'s> {
    #[default]
    None,
    One(&'s mut Section),
    Two(&'s mut Section, &'s mut Section),
    Three(&'s mut Section, &'s mut Section, &'s mut Section),
    Four(&'s mut Section, &'s mut Section, &'s mut Section, &'s mut Section),
}

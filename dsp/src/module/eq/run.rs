//! A run of frames on its way through filters.

use super::Placement;
use crate::Frame;
use crate::block::svf::Section;
use crate::block::svf::series::Series;

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

/// A run of frames on its way through the filters: turns left and right into mid and side where needed.
#[derive(Debug)]
pub struct Run<'f, 's> {
    series: Series<'f, 's>,
    domain: Domain,
}

impl<'f, 's> Run<'f, 's> {
    /// Frames, left and right: up to a [`CONTROL_INTERVAL`](crate::CONTROL_INTERVAL), or any number where nothing moves.
    pub fn new(frames: &'f mut [Frame]) -> Self {
        Self::within(frames, Domain::LeftRight)
    }

    /// The same, lanes of `domain`.
    pub fn within(frames: &'f mut [Frame], domain: Domain) -> Self {
        Self { series: Series::new(frames), domain }
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
        self.enter(Domain::LeftRight);
        self.series.frames()
    }

    /// From now on filters get lanes of `domain`.
    #[inline(always)]
    pub fn enter(&mut self, domain: Domain) {
        if self.domain != domain {
            self.change(domain);
        }
    }

    fn change(&mut self, domain: Domain) {
        self.domain = domain;
        let scale = match domain {
            Domain::MidSide => 0.5,
            Domain::LeftRight => 1.0,
        };
        for frame in self.series.frames() {
            let [a, b] = *frame;
            *frame = [scale * (a + b), scale * (a - b)];
        }
    }

    /// Runs another filter, now or together with the next ones.
    #[inline(always)]
    pub fn filter(&mut self, section: &'s mut Section) {
        self.series.run(section);
    }
}

//! A band or a cut at work: what glides, and the fade from what it was to what it is.

use super::Placement;
use super::filter::{Filter, HIGHEST, Kind, Point, Row, SECTIONS};
use crate::block::svf::{self, Coefs, Design, LaneCoefs, Section};
use crate::smooth::{Gain, Glide};
use crate::units::{hz_to_octaves, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame};

/// How deep the tail has died away, dB below its start: 120, and room for what resonance and gain add.
const TAIL_DB: f64 = 180.0;

/// A band or a cut: what it is now, and while it changes what it was.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    rate: f64,
    /// Where it is going.
    aim: Option<Filter>,
    now: Voice,
    before: Voice,
    /// From `before` (0) to `now` (1).
    fade: Gain,
}

impl Unit {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.fade.prepare(rate);
        self.reset();
    }

    /// Forgets the past; the next `set` jumps.
    pub fn reset(&mut self) {
        self.aim = None;
        self.now = Voice::default();
        self.before = Voice::default();
        self.fade.reset();
    }

    /// Aims at `filter`.
    pub fn set(&mut self, filter: Filter) {
        if self.aim == Some(filter) {
            return;
        }
        let starts = self.aim.is_none();
        self.aim = Some(filter);
        if starts {
            self.now = Voice::new(&filter, self.rate);
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
            self.before = std::mem::replace(&mut self.now, Voice::new(filter, self.rate));
            if self.before.active || self.now.active {
                self.fade.reset();
                self.fade.aim(0.0);
                self.fade.aim(1.0);
            }
        }
    }

    /// How long it can still sound, in frames.
    pub fn tail(&self) -> usize {
        self.now.tail.max(self.before.tail)
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.now.control(self.rate);
        if self.fades() {
            self.before.control(self.rate);
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
    pub fn run<'s>(&'s mut self, run: &mut Run<'_, 's>) {
        if self.fades() {
            let frames = run.left_and_right();
            let mut old = [[0.0; 2]; CONTROL_INTERVAL];
            let old = &mut old[..frames.len()];
            old.copy_from_slice(frames);
            self.before.run_alone(old);
            self.now.run_alone(frames);
            for (frame, old) in frames.iter_mut().zip(&*old) {
                let amount = self.fade.advance();
                *frame = [old[0] + amount * (frame[0] - old[0]), old[1] + amount * (frame[1] - old[1])];
            }
        } else if self.now.active {
            self.now.run(run);
        }
    }

    fn fades(&self) -> bool {
        self.fade.steady() != Some(1.0)
    }
}

/// What of a filter cannot glide; nothing where it is off.
fn work(filter: &Filter) -> Option<(Kind, Placement)> {
    filter.on.then_some((filter.kind, filter.placement))
}

/// Control ticks between two designs of a moving filter.
const DESIGN_TICKS: usize = 8;

/// A filter that glides. Its designs, one each [`DESIGN_TICKS`], are the control points of a quadratic B-spline: as
/// smooth as designing at every control tick, and always a convex combination of stable filters.
#[derive(Clone, Debug, Default)]
struct Voice {
    work: Option<(Kind, Placement)>,
    /// Whether it does anything to the sound.
    active: bool,
    /// In octaves.
    freq: Glide,
    /// In dB.
    gain: Glide,
    /// Its binary logarithm.
    q: Glide,
    sections: [Section; SECTIONS],
    length: usize,
    /// The last three designs of each section.
    knots: [[Coefs; 3]; SECTIONS],
    /// Whether the coefficients are on their way.
    moves: bool,
    /// Control ticks since the last design.
    phase: usize,
    /// Whether the last design is the final one for two knots already.
    last: bool,
    tail: usize,
}

impl Voice {
    /// A filter from silence, at its point at once.
    fn new(filter: &Filter, rate: f64) -> Self {
        let mut voice = Self { work: work(filter), ..Self::default() };
        if voice.work.is_some() {
            for glide in [&mut voice.freq, &mut voice.gain, &mut voice.q] {
                glide.prepare(rate);
            }
            voice.aim_glides(&filter.point, rate);
            voice.settle(rate);
        }
        voice
    }

    /// Glides to `point`.
    fn aim(&mut self, point: &Point, rate: f64) {
        let Some((kind, _)) = self.work else { return };
        self.aim_glides(point, rate);
        self.tail = self.tail.max(tail(&kind.design(point, rate)));
        if !self.moves && [self.freq, self.gain, self.q].iter().any(Glide::moving) {
            self.moves = true;
            self.active = true;
            self.phase = 0;
            self.last = false;
        }
    }

    fn aim_glides(&mut self, point: &Point, rate: f64) {
        self.freq.aim(hz_to_octaves(point.freq_hz.min(HIGHEST * rate)));
        self.gain.aim(point.gain_db);
        self.q.aim(point.q.log2());
    }

    /// Stands where the glides are now.
    fn settle(&mut self, rate: f64) {
        let Some((kind, placement)) = self.work else { return };
        let designs = kind.design(&self.point(), rate);
        self.tail = tail(&designs);
        self.length = designs.as_slice().len();
        self.moves = false;
        self.active = !kind.is_neutral_at(self.gain.now());
        for ((section, knots), design) in self.sections.iter_mut().zip(&mut self.knots).zip(designs.as_slice()) {
            let coefs = design.coefs();
            *knots = [coefs; 3];
            section.jump(lanes(&coefs, placement));
            if !self.active {
                section.clear();
            }
        }
    }

    fn point(&self) -> Point {
        Point { freq_hz: octaves_to_hz(self.freq.now()), gain_db: self.gain.now(), q: self.q.now().exp2() }
    }

    /// A control tick.
    fn control(&mut self, rate: f64) {
        if !self.active {
            return;
        }
        self.sections[..self.length].iter_mut().for_each(Section::flush);
        if !self.moves {
            return;
        }
        let Some((kind, placement)) = self.work else { return };
        if self.phase == 0 {
            let glides = [self.freq, self.gain, self.q].iter().any(Glide::moving);
            if !glides && self.last {
                return self.settle(rate);
            }
            self.last = !glides;
            for glide in [&mut self.freq, &mut self.gain, &mut self.q] {
                glide.advance(DESIGN_TICKS as u32);
            }
            let designs = kind.design(&self.point(), rate);
            for (knots, design) in self.knots.iter_mut().zip(designs.as_slice()) {
                *knots = [knots[1], knots[2], design.coefs()];
            }
        }
        self.phase += 1;
        let way = self.phase as f64 / DESIGN_TICKS as f64;
        let (leaving, coming) = (0.5 * (1.0 - way) * (1.0 - way), 0.5 * way * way);
        self.phase %= DESIGN_TICKS;
        for (section, [a, b, c]) in self.sections.iter_mut().zip(&self.knots).take(self.length) {
            let coefs = std::array::from_fn(|i| b[i] + (leaving * (a[i] - b[i]) + coming * (c[i] - b[i])));
            section.aim(lanes(&coefs, placement));
        }
    }

    /// Joins the other filters of the run.
    fn run<'s>(&'s mut self, run: &mut Run<'_, 's>) {
        let Some((_, placement)) = self.work else { return };
        run.enter(Domain::of(placement));
        for section in &mut self.sections[..self.length] {
            run.filter(section);
        }
    }

    /// Filters by itself.
    fn run_alone(&mut self, frames: &mut [Frame]) {
        if self.active {
            let mut run = Run::new(frames);
            self.run(&mut run);
            run.finish();
        }
    }
}

/// A bound on the ring of sections in series, in frames.
fn tail(designs: &Row<Design>) -> usize {
    designs.as_slice().iter().map(|design| design.ring_frames(TAIL_DB)).sum::<f64>().ceil() as usize
}

/// On the lane where the filter works its coefficients, on the other what lets everything pass.
fn lanes(coefs: &Coefs, placement: Placement) -> LaneCoefs {
    let [works_0, works_1] = match placement {
        Placement::Stereo => [true, true],
        Placement::Left | Placement::Mid => [true, false],
        Placement::Right | Placement::Side => [false, true],
    };
    let [p, q, r, c1, c2, d] = *coefs;
    let lane = |works| if works { [p, q, r, c1, c2, d] } else { [p, q, r, 0.0, 0.0, 1.0] };
    let (lane_0, lane_1) = (lane(works_0), lane(works_1));
    std::array::from_fn(|i| [lane_0[i], lane_1[i]])
}

/// What the two lanes of a frame mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Domain {
    LeftRight,
    MidSide,
}

impl Domain {
    fn of(placement: Placement) -> Self {
        match placement {
            Placement::Stereo | Placement::Left | Placement::Right => Self::LeftRight,
            Placement::Mid | Placement::Side => Self::MidSide,
        }
    }
}

/// A run of frames on its way through the filters: gathers them two at a time, and turns left and right into mid and
/// side where needed.
#[derive(Debug)]
pub struct Run<'f, 's> {
    frames: &'f mut [Frame],
    domain: Domain,
    held: Option<&'s mut Section>,
}

impl<'f, 's> Run<'f, 's> {
    /// Up to [`CONTROL_INTERVAL`] frames, left and right.
    pub fn new(frames: &'f mut [Frame]) -> Self {
        Self { frames, domain: Domain::LeftRight, held: None }
    }

    /// Done: all filters have run, and the frames are left and right again.
    pub fn finish(mut self) {
        self.left_and_right();
    }

    /// The frames as left and right, after all filters so far.
    fn left_and_right(&mut self) -> &mut [Frame] {
        self.drain();
        self.enter(Domain::LeftRight);
        self.frames
    }

    fn enter(&mut self, domain: Domain) {
        if self.domain == domain {
            return;
        }
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

    fn filter(&mut self, section: &'s mut Section) {
        match self.held.take() {
            None => self.held = Some(section),
            Some(first) => svf::run(first, Some(section), self.frames),
        }
    }

    fn drain(&mut self) {
        if let Some(section) = self.held.take() {
            svf::run(section, None, self.frames);
        }
    }
}

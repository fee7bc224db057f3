//! A band or a cut at work: what glides, and the fade from what it was to what it is.

use super::Placement;
use super::filter::{Designs, Filter, HIGHEST, Kind, Point, SECTIONS};
use crate::block::svf::{self, Coefs, LaneCoefs, Section};
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
        self.now.moves || self.fades()
    }

    /// Now and then at a control tick: silences what has all but died away.
    pub fn flush(&mut self) {
        self.now.flush();
        self.before.flush();
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
const DESIGN_TICKS: usize = 12;

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
    /// Whether each has to run: not one that lets everything pass.
    runs: [bool; SECTIONS],
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
        if self.work.is_none() {
            return;
        }
        self.aim_glides(point, rate);
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
        for (i, design) in designs.as_slice().iter().enumerate() {
            let coefs = design.coefs();
            self.knots[i] = [coefs; 3];
            self.sections[i].jump(lanes(&coefs, placement, 1.0));
            self.runs[i] = self.active && !svf::passes(&coefs);
            if !self.runs[i] {
                self.sections[i].clear();
            }
        }
    }

    fn point(&self) -> Point {
        Point { freq_hz: octaves_to_hz(self.freq.now()), gain_db: self.gain.now(), q: self.q.now().exp2() }
    }

    /// A control tick.
    fn control(&mut self, rate: f64) {
        let Some((kind, placement)) = self.work else { return };
        if !self.moves {
            return;
        }
        if self.phase > 0 {
            self.running().for_each(Section::go_on);
        } else {
            let glides = [self.freq, self.gain, self.q].iter().any(Glide::moving);
            if !glides && self.last {
                return self.settle(rate);
            }
            self.last = !glides;
            for glide in [&mut self.freq, &mut self.gain, &mut self.q] {
                glide.advance(DESIGN_TICKS as u32);
            }
            let designs = kind.design(&self.point(), rate);
            for (i, design) in designs.as_slice().iter().enumerate() {
                let [_, a, b] = self.knots[i];
                self.knots[i] = [a, b, design.coefs()];
                self.bend(i, placement);
            }
        }
        self.phase = (self.phase + 1) % DESIGN_TICKS;
    }

    /// Sets a section on its way from one design to the next.
    fn bend(&mut self, section: usize, placement: Placement) {
        let (knots, section, runs) = (&self.knots[section], &mut self.sections[section], &mut self.runs[section]);
        *runs = !knots.iter().all(svf::passes);
        if !*runs {
            // It has arrived there, and what its state holds is not heard.
            section.jump(lanes(&knots[2], placement, 1.0));
            section.clear();
            return;
        }
        // From (a + b) / 2 to (b + c) / 2: at a part w of the way b + (1 - w)² (a - b) / 2 + w² (c - b) / 2.
        const TICKS: f64 = DESIGN_TICKS as f64;
        const SCALE: f64 = 1.0 / (TICKS * TICKS * CONTROL_INTERVAL as f64);
        let [a, b, c] = knots;
        let (from, to): (Coefs, Coefs) =
            (std::array::from_fn(|i| SCALE * (b[i] - a[i])), std::array::from_fn(|i| SCALE * (c[i] - b[i])));
        let step: Coefs = std::array::from_fn(|i| (TICKS - 0.5) * from[i] + 0.5 * to[i]);
        let bend: Coefs = std::array::from_fn(|i| to[i] - from[i]);
        section.bend(lanes(&step, placement, 0.0), lanes(&bend, placement, 0.0));
    }

    /// Silences what has all but died away.
    fn flush(&mut self) {
        self.running().for_each(Section::flush);
    }

    /// The sections that have to run.
    fn running(&mut self) -> impl Iterator<Item = &mut Section> {
        let sections = self.sections[..self.length].iter_mut();
        sections.zip(&self.runs).filter_map(|(section, runs)| runs.then_some(section))
    }

    /// Joins the other filters of the run.
    fn run<'s>(&'s mut self, run: &mut Run<'_, 's>) {
        let Some((_, placement)) = self.work else { return };
        run.enter(Domain::of(placement));
        self.running().for_each(|section| run.filter(section));
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
fn tail(designs: &Designs) -> usize {
    designs.as_slice().iter().map(|design| design.ring_frames(TAIL_DB)).sum::<f64>().ceil() as usize
}

/// On the lane where the filter works its coefficients or their steps, on the other what lets everything pass: there the
/// input comes out times `passes`, or that changes by as much.
fn lanes(coefs: &Coefs, placement: Placement, passes: f64) -> LaneCoefs {
    let [works_0, works_1] = match placement {
        Placement::Stereo => [true, true],
        Placement::Left | Placement::Mid => [true, false],
        Placement::Right | Placement::Side => [false, true],
    };
    let [p, q, r, c1, c2, d] = *coefs;
    let lane = |works| if works { [p, q, r, c1, c2, d] } else { [p, q, r, 0.0, 0.0, passes] };
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

/// A run of frames on its way through the filters: gathers them two or three at a time, and turns left and right into mid and
/// side where needed.
#[derive(Debug)]
pub struct Run<'f, 's> {
    frames: &'f mut [Frame],
    domain: Domain,
    held: Held<'s>,
}

impl<'f, 's> Run<'f, 's> {
    /// Up to [`CONTROL_INTERVAL`] frames, left and right.
    pub fn new(frames: &'f mut [Frame]) -> Self {
        Self { frames, domain: Domain::LeftRight, held: Held::None }
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
        match std::mem::take(&mut self.held) {
            Held::None => self.held = Held::One(section),
            Held::One(first) if first.is_moving() || section.is_moving() => {
                svf::run(first, Some(section), self.frames);
            }
            Held::One(first) => self.held = Held::Two(first, section),
            Held::Two(first, second) if section.is_moving() => {
                svf::run(first, Some(second), self.frames);
                self.held = Held::One(section);
            }
            Held::Two(first, second) => svf::run_three([first, second, section], self.frames),
        }
    }

    fn drain(&mut self) {
        match std::mem::take(&mut self.held) {
            Held::None => {}
            Held::One(section) => svf::run(section, None, self.frames),
            Held::Two(first, second) => svf::run(first, Some(second), self.frames),
        }
    }
}

/// Filters that wait for another one to run with.
#[derive(Debug, Default)]
enum Held<'s> {
    #[default]
    None,
    One(&'s mut Section),
    /// Neither of which moves.
    Two(&'s mut Section, &'s mut Section),
}

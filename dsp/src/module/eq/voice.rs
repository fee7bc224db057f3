//! A filter that glides.

use super::Placement;
use super::filter::{Designs, Filter, HIGHEST, Kind, Point, SECTIONS};
use super::run::{Domain, Run};
use crate::block::svf::{self, Coefs, LaneCoefs, Section};
use crate::smooth::{Glide, raised_cosine};
use crate::units::{hz_to_octaves, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame};

/// How deep the tail has died away, dB below its start: 120, and room for what resonance and gain add.
const TAIL_DB: f64 = 180.0;

/// What of a filter cannot glide; nothing where it is off.
pub fn work(filter: &Filter) -> Option<(Kind, Placement)> {
    filter.on.then_some((filter.kind, filter.placement))
}

/// Control ticks between two designs of a moving filter.
const DESIGN_TICKS: usize = 24;

/// Control ticks in which a filter that begins to follow a level takes to leave the spline that it is on, which is behind.
const LEAVING_TICKS: u32 = 2 * DESIGN_TICKS as u32;

/// A filter that glides. Its designs, one each [`DESIGN_TICKS`], are the control points of a quadratic B-spline: as
/// smooth as designing at every control tick, and always a convex combination of stable filters.
#[derive(Clone, Debug, Default)]
pub struct Voice {
    /// What of it cannot glide; nothing where it is off.
    pub work: Option<(Kind, Placement)>,
    /// Whether it does anything to the sound.
    pub active: bool,
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
    pub moves: bool,
    /// Whether they are designed anew at every control tick, as the gain follows a level.
    follows: bool,
    /// How far the gain is from where it glides, in dB.
    offset_db: f64,
    /// For how many control ticks it still leaves its spline, to follow.
    leaving: u32,
    /// Control ticks since the last design.
    phase: usize,
    /// Control ticks that it waits before its first design, so that not all filters design in the same one.
    turn: usize,
    /// How many of them are left.
    waits: usize,
    /// Whether the last design is the final one for two knots already.
    last: bool,
    /// How long it can still sound once it has come to rest, in frames.
    pub tail: usize,
}

impl Voice {
    /// A filter from silence, at its point at once; it begins to glide `turn` control ticks after it is asked to.
    pub fn new(filter: &Filter, rate: f64, turn: usize) -> Self {
        let mut voice = Self { work: work(filter), turn, ..Self::default() };
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
    pub fn aim(&mut self, point: &Point, rate: f64) {
        if self.work.is_none() {
            return;
        }
        self.aim_glides(point, rate);
        if !self.moves && self.glides() {
            self.moves = true;
            self.active = true;
            (self.phase, self.waits, self.last) = (0, self.turn, false);
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
        (self.moves, self.follows, self.leaving) = (false, false, 0);
        self.active = !kind.is_neutral_at(self.gain.now() + self.offset_db);
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
        let gain_db = self.gain.now() + self.offset_db;
        Point { freq_hz: octaves_to_hz(self.freq.now()), gain_db, q: self.q.now().exp2() }
    }

    /// Gain in dB but for what follows the level.
    pub fn static_gain_db(&self) -> f64 {
        self.gain.now()
    }

    /// A control tick between two designs of a moving filter, if this is one.
    #[inline(always)]
    pub fn go_on(&mut self) -> bool {
        let between = self.moves && !self.follows && self.phase > 0;
        if between {
            self.running().for_each(Section::go_on);
            self.phase = (self.phase + 1) % DESIGN_TICKS;
        }
        between
    }

    /// A control tick; `offset_db` is how far the gain is to be from where it glides, where it follows a level.
    pub fn control(&mut self, rate: f64, offset_db: Option<f64>) {
        let Some((kind, placement)) = self.work else { return };
        if offset_db.is_some() || self.follows {
            return self.follow(rate, offset_db.unwrap_or(0.0));
        }
        if !self.moves || self.go_on() {
            return;
        }
        if self.waits > 0 {
            self.waits -= 1;
            return;
        }
        let glides = self.glides();
        if !glides && self.last {
            return self.settle(rate);
        }
        self.last = !glides;
        for glide in [&mut self.freq, &mut self.gain, &mut self.q] {
            glide.advance(DESIGN_TICKS as u32);
        }
        kind.each_design(&self.point(), rate, |i, design| {
            let [_, a, b] = self.knots[i];
            self.knots[i] = [a, b, design.coefs()];
            self.bend(i, placement);
        });
        self.phase = 1;
    }

    /// A control tick of a band that follows a level: the next design is the one that it arrives at.
    fn follow(&mut self, rate: f64, offset_db: f64) {
        let Some((kind, placement)) = self.work else { return };
        if self.moves && !self.follows {
            self.leaving = LEAVING_TICKS;
        }
        if offset_db == self.offset_db && !self.glides() && self.leaving == 0 {
            if self.moves {
                self.settle(rate);
            }
            return;
        }
        let leaves = self.leaving > 0;
        self.leaving = self.leaving.saturating_sub(1);
        let gone = raised_cosine(1.0 - f64::from(self.leaving) / f64::from(LEAVING_TICKS));
        self.offset_db = offset_db;
        for glide in [&mut self.freq, &mut self.gain, &mut self.q] {
            glide.step();
        }
        kind.each_design(&self.point(), rate, |i, design| {
            let coefs = design.coefs();
            let (knots, section) = (&mut self.knots[i], &mut self.sections[i]);
            self.runs[i] = leaves || !svf::passes(&knots[2]) || !svf::passes(&coefs);
            if self.leaving > 0 {
                if self.phase == 0 {
                    *knots = [knots[1], knots[2], coefs];
                }
                let on_spline = spline(knots, (self.phase + 1) as f64 / DESIGN_TICKS as f64);
                let to = std::array::from_fn(|i| on_spline[i] + gone * (coefs[i] - on_spline[i]));
                section.aim(lanes(&to, placement, 1.0));
                return;
            }
            *knots = [coefs; 3];
            if self.runs[i] {
                section.aim(lanes(&coefs, placement, 1.0));
            } else {
                section.jump(lanes(&coefs, placement, 1.0));
                section.clear();
            }
        });
        self.phase = if self.leaving > 0 { (self.phase + 1) % DESIGN_TICKS } else { 0 };
        (self.moves, self.follows, self.active) = (true, true, true);
    }

    fn glides(&self) -> bool {
        [self.freq, self.gain, self.q].iter().any(Glide::moving)
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
        // The first step along `spline` and how much more each next one is.
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
    pub fn flush(&mut self) {
        self.running().for_each(Section::flush);
    }

    /// The sections that have to run.
    #[inline(always)]
    fn running(&mut self) -> impl Iterator<Item = &mut Section> {
        let sections = self.sections[..self.length].iter_mut();
        sections.zip(&self.runs).filter_map(|(section, runs)| runs.then_some(section))
    }

    /// Joins the other filters of the run.
    #[inline(always)]
    pub fn run<'s>(&'s mut self, run: &mut Run<'_, 's>) {
        let Some((_, placement)) = self.work else { return };
        run.enter(Domain::of(placement));
        self.running().for_each(|section| run.filter(section));
    }

    /// Filters by itself.
    pub fn run_alone(&mut self, frames: &mut [Frame]) {
        if self.active {
            let mut run = Run::new(frames);
            self.run(&mut run);
            run.finish();
        }
    }
}

/// Where a spline is at a part of its way from (a + b) / 2 to (b + c) / 2.
fn spline([a, b, c]: &[Coefs; 3], way: f64) -> Coefs {
    let (leaving, coming) = (0.5 * (1.0 - way) * (1.0 - way), 0.5 * way * way);
    std::array::from_fn(|i| b[i] + (leaving * (a[i] - b[i]) + coming * (c[i] - b[i])))
}

/// A bound on the ring of sections in series, in frames.
fn tail(designs: &Designs) -> usize {
    designs.as_slice().iter().map(|design| design.ring_frames(TAIL_DB)).sum::<f64>().ceil() as usize
}

/// On the lane where the filter works its coefficients or their steps, on the other what lets everything pass: there the
/// input comes out times `passes`, or that changes by as much.
fn lanes(coefs: &Coefs, placement: Placement, passes: f64) -> LaneCoefs {
    let [works_0, works_1] = placement.lanes();
    let [p, q, r, c1, c2, d] = *coefs;
    let lane = |works| if works { [p, q, r, c1, c2, d] } else { [p, q, r, 0.0, 0.0, passes] };
    let (lane_0, lane_1) = (lane(works_0), lane(works_1));
    std::array::from_fn(|i| [lane_0[i], lane_1[i]])
}

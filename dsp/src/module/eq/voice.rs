//! A filter that glides.

use super::Placement;
use super::filter::{BAND_SECTIONS, Designs, Filter, HIGHEST, Kind, Point, SECTIONS};
use super::run::{Domain, Run};
use crate::Frame;
use crate::block::spline::{DESIGN_TICKS, Knots};
use crate::block::svf::{self, Coefs, LaneCoefs, Section};
use crate::smooth::{Glide, raised_cosine};
use crate::units::{hz_to_octaves, octaves_to_hz};

/// How deep the tail has died away, dB below its start: 120, and room for what resonance and gain add.
const TAIL_DB: f64 = 180.0;

/// What of a filter cannot glide; nothing where it is off.
pub fn work(filter: &Filter) -> Option<(Kind, Placement)> {
    filter.on.then_some((filter.kind, filter.placement))
}

/// Control ticks in which a filter that begins to follow a level takes to leave the spline that it is on, which is behind.
const LEAVING_TICKS: u32 = 2 * DESIGN_TICKS as u32;

/// How far beyond the present gain, in dB, a filter that follows a level is designed; on the way there it needs no other
/// design. Half way a bell's gain is off by 0.001 dB at most.
const AHEAD_DB: f64 = 0.25;

/// A gain that moves further than this from one control tick to the next is designed for, dB.
const FAR_DB: f64 = 0.25;

/// The way of a band's coefficients from one gain to another: straight, and so always a stable filter.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// Where it begins and where it ends, if there is one, and where it has come to, in dB.
    ends_db: Option<[f64; 2]>,
    now_db: f64,
    ends: [[Coefs; BAND_SECTIONS]; 2],
    now: [Coefs; BAND_SECTIONS],
}

impl Way {
    /// The coefficients at `gain_db`, by one design at most.
    fn at(&mut self, gain_db: f64, design: impl Fn(f64) -> [Coefs; BAND_SECTIONS]) -> [Coefs; BAND_SECTIONS] {
        let [from_db, to_db] = match self.ends_db {
            Some([from_db, to_db]) if (gain_db - from_db) * (gain_db - to_db) <= 0.0 => [from_db, to_db],
            Some(_) if (gain_db - self.now_db).abs() <= FAR_DB => {
                let to_db = gain_db + AHEAD_DB.copysign(gain_db - self.now_db);
                self.ends = [self.now, design(to_db)];
                [self.now_db, to_db]
            }
            _ => {
                self.ends = [design(gain_db); 2];
                [gain_db; 2]
            }
        };
        let part = if to_db == from_db { 0.0 } else { (gain_db - from_db) / (to_db - from_db) };
        let [from, to] = &self.ends;
        self.now = std::array::from_fn(|i| std::array::from_fn(|k| from[i][k] + part * (to[i][k] - from[i][k])));
        (self.ends_db, self.now_db) = (Some([from_db, to_db]), gain_db);
        self.now
    }
}

/// A filter that glides, along a [spline](crate::block::spline).
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
    /// Of each section.
    knots: [Knots; SECTIONS],
    /// Whether the coefficients are on their way.
    pub moves: bool,
    /// Whether they are designed anew at every control tick, as the gain follows a level.
    follows: bool,
    /// How far the gain is from where it glides, in dB.
    offset_db: f64,
    /// Where it follows a level and nothing else glides.
    way: Way,
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
            self.knots[i] = Knots::resting(coefs);
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

    /// Control ticks from now on in which nothing happens but that coefficients go on.
    pub fn ticks_between(&self) -> usize {
        match self.phase {
            _ if !self.moves => usize::MAX,
            _ if self.follows => 0,
            0 => self.waits,
            phase => DESIGN_TICKS - phase,
        }
    }

    /// So many of them done, as its sections do theirs by themselves.
    pub fn skip(&mut self, ticks: usize) {
        if self.moves && self.phase > 0 {
            self.phase = (self.phase + ticks) % DESIGN_TICKS;
        } else {
            self.waits = self.waits.saturating_sub(ticks);
        }
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
            self.knots[i].push(design.coefs());
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
            if self.way.ends_db.take().is_some() {
                // Arrived but for what the way is off.
                self.follow_by(kind.coefs(&self.point(), rate), placement);
            } else if self.moves {
                self.settle(rate);
            }
            return;
        }
        if !self.freq.moving() && !self.q.moving() && self.leaving == 0 {
            self.offset_db = offset_db;
            self.gain.step();
            let point = self.point();
            let coefs = self.way.at(point.gain_db, |gain_db| kind.coefs(&Point { gain_db, ..point }, rate));
            return self.follow_by(coefs, placement);
        }
        self.way.ends_db = None;
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
            self.runs[i] = leaves || !svf::passes(&knots.last()) || !svf::passes(&coefs);
            if self.leaving > 0 {
                if self.phase == 0 {
                    knots.push(coefs);
                }
                let on_spline = knots.at((self.phase + 1) as f64 / DESIGN_TICKS as f64);
                let to = std::array::from_fn(|i| on_spline[i] + gone * (coefs[i] - on_spline[i]));
                section.aim(lanes(&to, placement, 1.0));
                return;
            }
            *knots = Knots::resting(coefs);
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

    /// A band's sections go to these coefficients.
    fn follow_by(&mut self, coefs: [Coefs; BAND_SECTIONS], placement: Placement) {
        for (i, coefs) in coefs.iter().enumerate() {
            let (knots, section) = (&mut self.knots[i], &mut self.sections[i]);
            self.runs[i] = !svf::passes(&knots.last()) || !svf::passes(coefs);
            *knots = Knots::resting(*coefs);
            if self.runs[i] {
                section.aim(lanes(coefs, placement, 1.0));
            } else {
                section.jump(lanes(coefs, placement, 1.0));
                section.clear();
            }
        }
        (self.moves, self.follows, self.active, self.phase) = (true, true, true, 0);
    }

    fn glides(&self) -> bool {
        [self.freq, self.gain, self.q].iter().any(Glide::moving)
    }

    /// Sets a section on its way from one design to the next.
    fn bend(&mut self, section: usize, placement: Placement) {
        let (knots, section, runs) = (&self.knots[section], &mut self.sections[section], &mut self.runs[section]);
        *runs = !knots.pass();
        if !*runs {
            // It has arrived there, and what its state holds is not heard.
            section.jump(lanes(&knots.last(), placement, 1.0));
            section.clear();
            return;
        }
        let (step, bend) = knots.steps();
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

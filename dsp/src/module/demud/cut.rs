//! The bells that take what sticks out: each follows one resonance.

use super::MOST_DB;
use super::bank::place_to_hz;
use super::finder::{PEAKS, Peak};
use crate::block::analog::Analog;
use crate::block::svf::series::Series;
use crate::block::svf::{self, Coefs, Design, Section};
use crate::{CONTROL_INTERVAL, Frame};

/// Control intervals between two looks for resonances. In each of them one bell gets new coefficients, on which it
/// spends all of them.
pub const INTERVALS: usize = PEAKS;

/// A bell and a resonance that are no farther apart belong together, in bands.
const NEAR: f64 = 1.5;

/// dB that are as good as none.
const NOTHING_DB: f64 = 0.01;

/// How long a bell takes to follow a resonance to another frequency, as part of the time over which is listened.
const MOVE: f64 = 0.3;

/// A bell that cuts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cut {
    /// Its centre in Hz.
    pub freq_hz: f64,
    /// What it takes at its centre, dB, zero or more.
    pub cut_db: f64,
    /// Its Q.
    pub q: f64,
}

impl Cut {
    /// As the filter that does it; `None` where it takes nothing.
    pub fn design(&self, rate: f64) -> Option<Design> {
        let g = (std::f64::consts::PI * (self.freq_hz / rate).min(0.49)).tan();
        (self.cut_db > 0.0).then(|| Design::bilinear(&Analog::bell(-self.cut_db, self.q), g))
    }
}

/// Q of the bell that is `octaves` wide where half of its dB are taken.
pub fn q_of_octaves(octaves: f64) -> f64 {
    let half = 0.5 * octaves;
    1.0 / (half.exp2() - (-half).exp2())
}

/// A bell and what it follows.
#[derive(Clone, Copy, Debug, Default)]
struct Bell {
    peak: Peak,
    /// Between what it follows and where it is: two poles in a row set off without a corner.
    behind_db: f64,
    /// Where it is going.
    aim: Peak,
    cut: Cut,
    section: Section,
    /// The last two that the section was aimed at, if it does anything: between two turns it goes from the middle of two to
    /// the middle of the next two, along a parabola that starts and ends in their directions (a quadratic B-spline).
    aims: Option<[Coefs; 2]>,
}

/// The bells.
#[derive(Clone, Debug, Default)]
pub struct Bells {
    bells: [Bell; PEAKS],
    rate: f64,
}

impl Bells {
    /// Readies for `rate` in Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.bells = Default::default();
    }

    /// Once in [`INTERVALS`] control ticks: what there is to follow, and how far a bell goes on its way to it until the
    /// next time.
    pub fn follow(&mut self, peaks: &[Peak; PEAKS], bands: f64, share: f64) {
        for bell in &mut self.bells {
            bell.aim.excess_db = 0.0;
        }
        for peak in peaks.iter().filter(|peak| peak.excess_db > 0.0) {
            let free = self.bells.iter().filter(|bell| bell.aim.excess_db == 0.0);
            let distance = |bell: &Bell| (bell.peak.place - peak.place).abs();
            let nearest = free.filter(|bell| bell.follows()).map(distance).fold(f64::MAX, f64::min);
            let near = nearest <= NEAR.max(bands);
            let bell = self.bells.iter_mut().find(|bell| {
                if near {
                    bell.follows() && bell.aim.excess_db == 0.0 && (bell.peak.place - peak.place).abs() <= nearest
                } else {
                    !bell.follows() && bell.aim.excess_db == 0.0
                }
            });
            let Some(bell) = bell else { continue };
            bell.aim = *peak;
            if !near {
                bell.peak.place = peak.place;
            }
        }
        self.go_on(share);
    }

    /// Once in [`INTERVALS`] control ticks: the bells go on to what they follow.
    pub fn go_on(&mut self, share: f64) {
        for Bell { peak, behind_db, aim, .. } in &mut self.bells {
            approach(behind_db, aim.excess_db, share);
            approach(&mut peak.excess_db, *behind_db, share);
            if aim.excess_db > 0.0 {
                peak.place += (share / MOVE).min(1.0) * (aim.place - peak.place);
            }
        }
    }

    /// A control tick, the `place`-th of [`INTERVALS`]: its bell sets out for what `part` of what sticks out of its
    /// frequency in Hz is, with Q `q`.
    pub fn control(&mut self, place: usize, q: f64, part: impl Fn(f64) -> f64) {
        for (i, bell) in self.bells.iter_mut().enumerate() {
            if i != place && bell.section.is_moving() {
                bell.section.go_on();
            }
        }
        let Some(bell) = self.bells.get_mut(place) else { return };
        bell.section.flush();
        if bell.peak.excess_db == 0.0 && bell.aims.is_none() {
            return;
        }
        let freq_hz = place_to_hz(bell.peak.place);
        bell.cut = Cut { freq_hz, cut_db: (part(freq_hz) * bell.peak.excess_db).min(MOST_DB), q };
        let next = bell.cut.design(self.rate).map(|design| design.coefs());
        let Some([before, last]) = bell.aims.or(next.map(|next| [passing(&next); 2])) else { return };
        let next = next.unwrap_or(passing(&last));
        if next == last && last == before && svf::passes(&last) {
            // Nothing comes out of it any more but the sound itself.
            bell.aims = None;
            bell.section.clear();
            return;
        }
        let frames = (INTERVALS * CONTROL_INTERVAL) as f64;
        bell.section.jump(both(std::array::from_fn(|i| 0.5 * (before[i] + last[i]))));
        if next != last || last != before {
            let [from, to]: [Coefs; 2] =
                [(before, last), (last, next)].map(|(from, to)| std::array::from_fn(|i| (to[i] - from[i]) / frames));
            let bend: Coefs = std::array::from_fn(|i| (to[i] - from[i]) / INTERVALS as f64);
            bell.section.bend(both(std::array::from_fn(|i| from[i] + 0.5 * bend[i])), both(bend));
        }
        bell.aims = Some([last, next]);
    }

    /// A run, in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let mut series = Series::new(frames);
        for bell in self.bells.iter_mut().filter(|bell| bell.aims.is_some()) {
            series.run(&mut bell.section);
        }
    }

    /// Whether no bell is on its way.
    pub fn is_settled(&self) -> bool {
        self.bells.iter().all(|bell| {
            bell.peak.excess_db == bell.aim.excess_db
                && bell.behind_db == bell.aim.excess_db
                && !bell.section.is_moving()
        })
    }

    /// What each takes.
    pub fn cuts(&self) -> [Cut; PEAKS] {
        self.bells.map(|bell| bell.cut)
    }

    /// A bound on the frames in which what rings in them falls by 120 dB.
    pub fn ring_frames(&self) -> usize {
        let ring = |bell: &Bell| bell.cut.design(self.rate).map_or(0.0, |design| design.ring_frames(120.0));
        self.bells.iter().map(ring).sum::<f64>() as usize
    }
}

impl Bell {
    fn follows(&self) -> bool {
        self.peak.excess_db > 0.0 || self.aims.is_some()
    }
}

/// Goes a share of the way, and all of it where hardly any is left.
fn approach(now_db: &mut f64, to_db: f64, share: f64) {
    *now_db += share * (to_db - *now_db);
    if (to_db - *now_db).abs() < NOTHING_DB {
        *now_db = to_db;
    }
}

/// The coefficients with the same poles that let everything pass.
fn passing([p, q, r, ..]: &Coefs) -> Coefs {
    [*p, *q, *r, 0.0, 0.0, 1.0]
}

fn both(coefs: Coefs) -> [Frame; 6] {
    coefs.map(|c| [c; 2])
}

//! What each module of a chain does right now to loudness, true peak, width and tilt: the difference of what is measured
//! behind and before it, over the last 3 s, at the same places of the sound.

use super::histogram::ABSOLUTE_GATE_LUFS;
use super::k_weighting::KWeighting;
use super::planar::{Planar, RUN};
use super::true_peak::TruePeak;
use crate::Frame;
use crate::control::Group;
use crate::readout::{Keep, Readout, Report};
use crate::units::{gain_to_db, lufs_to_power, power_to_db, power_to_lufs};

/// Loudness behind less loudness before.
pub static LOUDNESS: Readout = readout("by_loudness", "What it adds to the loudness of the last 3 s, LU.");
/// The same of the highest true peak.
pub static TRUE_PEAK: Readout = readout("by_true_peak", "What it adds to the true peak of the last 3 s, dB.");
/// The same of the true peak less the loudness.
pub static PLR: Readout = readout("by_plr", "What it adds to the peak-to-loudness ratio of the last 3 s, LU.");
/// The same of the power of the side signal over that of the mid signal.
pub static WIDTH: Readout = readout("by_width", "What it adds to the side signal's level against the mid's, dB.");
/// The same of the power above [`TILT_HZ`] over that below.
pub static TILT: Readout = readout("by_tilt", "What it adds to the level above 1 kHz against that below, dB.");

const fn readout(id: &'static str, help: &'static str) -> Readout {
    Readout { id, help, keep: Keep::Latest }
}

/// Where highs begin.
pub const TILT_HZ: f64 = 1_000.0;

/// Hops of the window: 3 s, as that of short-term loudness.
const WINDOW: usize = 30;

/// Duration of a hop, to whole runs.
const HOP_S: f64 = 0.1;

/// Hops that are kept: the points behind lag by the chain's latency, so those before are up to 0.6 s ahead.
const KEPT: usize = WINDOW + 6;

/// Where two powers are compared, neither counts as less than this part of the other: -60 dB.
const LEAST_PART: f64 = 1e-6;

/// Loudness and peak of what is silent: that a module takes everything is a large number, not infinity.
const FLOOR_DB: f64 = -100.0;

/// Measures before and behind each module of a chain, while that is asked for. For latency, each point begins later by
/// what the modules before it delay: so all have the same frames in a hop.
#[derive(Clone, Debug, Default)]
pub struct Contribution {
    asked: bool,
    /// Measures in the order of processing: what comes in, and what leaves each module.
    points: Box<[Point]>,
    /// The module behind which each of `points` is, from the second on.
    modules: Box<[Option<&'static Group>]>,
    /// What each of these adds, as last looked at; the first is of all of them.
    added: Box<[Option<Difference>]>,
    /// Hops that every point had measured then.
    hops: usize,
    /// Points passed in this run.
    passed: usize,
    /// Frames that the modules passed in this run delay.
    lag: usize,
    /// Whether the points have yet to be placed.
    fresh: bool,
}

impl Contribution {
    /// Readies for `modules` modules at `rate` Hz. The only method that allocates.
    pub fn prepare(&mut self, rate: f64, modules: usize) {
        self.points = vec![Point::default(); modules + 1].into();
        self.modules = vec![None; modules + 1].into();
        self.added = vec![None; modules + 1].into();
        self.points.iter_mut().for_each(|point| point.prepare(rate));
        self.restart();
    }

    /// Forgets the past.
    pub fn restart(&mut self) {
        self.fresh = true;
        self.modules.fill(None);
        self.added.fill(None);
        self.hops = 0;
        self.points.iter_mut().for_each(Point::reset);
    }

    /// Begins to measure, or ends it.
    pub fn ask(&mut self, asked: bool) {
        if asked != self.asked {
            self.asked = asked;
            self.restart();
        }
    }

    /// Whether it measures: only then are [`begin`](Self::begin) and [`behind`](Self::behind) due in each run.
    #[inline(always)]
    pub fn is_asked(&self) -> bool {
        self.asked
    }

    /// A run begins with what comes in.
    pub fn begin(&mut self, frames: &[Frame]) {
        (self.passed, self.lag) = (0, 0);
        self.pass(None, frames);
    }

    /// `frames` is what leaves `module`, which delays by `latency` frames. Modules come in the order of processing, the
    /// same in each run until a [`restart`](Self::restart).
    pub fn behind(&mut self, module: &'static Group, latency: usize, frames: &[Frame]) {
        self.lag += latency;
        self.pass(Some(module), frames);
    }

    /// A run is done: looks at what the points have measured, each time they are through with a hop.
    pub fn end(&mut self) {
        self.fresh = false;
        let points = &self.points[..self.passed];
        let hops = points.iter().map(|point| point.hops).min().unwrap_or(0);
        if hops > self.hops {
            self.hops = hops;
            for i in 1..points.len() {
                self.added[i] = between(&points[0], &points[i - 1], &points[i], hops);
            }
            self.added[0] = between(&points[0], &points[0], &points[points.len() - 1], hops);
        }
    }

    fn pass(&mut self, module: Option<&'static Group>, frames: &[Frame]) {
        let Some(point) = self.points.get_mut(self.passed) else { return };
        if self.fresh {
            point.skip = self.lag;
            self.modules[self.passed] = module;
        }
        point.run(frames);
        self.passed += 1;
    }

    /// Tells what `module` adds.
    pub fn report(&self, module: &Group, report: &mut impl Report) {
        let is_it = |behind: &Option<&Group>| behind.is_some_and(|group| group.id == module.id);
        let place = self.modules.iter().position(is_it);
        tell(place.and_then(|place| self.added[place]), report);
    }

    /// Tells what all modules add together.
    pub fn report_total(&self, report: &mut impl Report) {
        tell(self.added.first().copied().flatten(), report);
    }
}

/// What lies between two points in the last hops up to `hops`, as far as there is programme at the first point.
fn between(first: &Point, before: &Point, behind: &Point, hops: usize) -> Option<Difference> {
    let gate = lufs_to_power(ABSOLUTE_GATE_LUFS);
    let mut sums = [Hop::default(); 2];
    for hop in (hops.saturating_sub(WINDOW)..hops).map(|hop| hop % KEPT) {
        if first.kept[hop].power() > gate {
            sums[0].add(&before.kept[hop]);
            sums[1].add(&behind.kept[hop]);
        }
    }
    let [before, behind] = sums;
    (before.frames > 0).then(|| Difference {
        loudness_lu: behind.lufs() - before.lufs(),
        true_peak_db: behind.peak_db() - before.peak_db(),
        width_db: ratio_db(behind.side, behind.mid) - ratio_db(before.side, before.mid),
        tilt_db: ratio_db(behind.high, behind.low) - ratio_db(before.high, before.low),
    })
}

/// What a module, or all of them, add.
#[derive(Clone, Copy, Debug)]
struct Difference {
    loudness_lu: f64,
    true_peak_db: f64,
    width_db: f64,
    tilt_db: f64,
}

fn tell(difference: Option<Difference>, report: &mut impl Report) {
    let value = |of: fn(Difference) -> f64| difference.map_or(f64::NEG_INFINITY, of);
    report.value(&LOUDNESS, value(|d| d.loudness_lu));
    report.value(&TRUE_PEAK, value(|d| d.true_peak_db));
    report.value(&PLR, value(|d| d.true_peak_db - d.loudness_lu));
    report.value(&WIDTH, value(|d| d.width_db));
    report.value(&TILT, value(|d| d.tilt_db));
}

/// What is measured of a hop, or of several.
#[derive(Clone, Copy, Debug, Default)]
struct Hop {
    frames: usize,
    /// Sums of squares: K-weighted, of mid and side, above and below [`TILT_HZ`].
    weighted: f64,
    mid: f64,
    side: f64,
    high: f64,
    low: f64,
    /// Highest true peak, linear.
    peak: f64,
}

impl Hop {
    fn add(&mut self, hop: &Hop) {
        self.frames += hop.frames;
        self.weighted += hop.weighted;
        self.mid += hop.mid;
        self.side += hop.side;
        self.high += hop.high;
        self.low += hop.low;
        self.peak = if hop.peak > self.peak { hop.peak } else { self.peak };
    }

    /// Mean K-weighted power.
    fn power(&self) -> f64 {
        self.weighted / self.frames.max(1) as f64
    }

    fn lufs(&self) -> f64 {
        let lufs = power_to_lufs(self.power());
        if lufs > FLOOR_DB { lufs } else { FLOOR_DB }
    }

    fn peak_db(&self) -> f64 {
        gain_to_db(self.peak).max(FLOOR_DB)
    }
}

/// One power over another, dB, within ±60 dB; 0 dB for silence.
fn ratio_db(one: f64, other: f64) -> f64 {
    let least = LEAST_PART * (one + other);
    if least > 0.0 { power_to_db((one + least) / (other + least)) } else { 0.0 }
}

/// A place between two modules.
#[derive(Clone, Debug)]
struct Point {
    weighting: KWeighting,
    split: Split,
    true_peak: TruePeak,
    /// Frames to leave out before the first hop.
    skip: usize,
    /// Place in the run, counted from the first hop.
    place: usize,
    now: Hop,
    hop_frames: usize,
    /// Hops measured.
    hops: usize,
    /// The last of them, hop number modulo their count.
    kept: [Hop; KEPT],
}

impl Default for Point {
    fn default() -> Self {
        Self {
            weighting: KWeighting::default(),
            split: Split::default(),
            true_peak: TruePeak::default(),
            skip: 0,
            place: 0,
            now: Hop::default(),
            hop_frames: RUN,
            hops: 0,
            kept: [Hop::default(); KEPT],
        }
    }
}

impl Point {
    fn prepare(&mut self, rate: f64) {
        self.weighting.prepare(rate);
        self.split = Split::at(TILT_HZ, rate);
        self.true_peak.prepare(rate);
        self.hop_frames = ((rate * HOP_S / RUN as f64).round() as usize).max(1) * RUN;
    }

    fn reset(&mut self) {
        self.weighting.reset();
        self.split.reset();
        self.true_peak.reset();
        (self.skip, self.place, self.hops, self.now) = (0, 0, 0, Hop::default());
    }

    fn run(&mut self, frames: &[Frame]) {
        let skipped = self.skip.min(frames.len());
        self.skip -= skipped;
        let mut rest = &frames[skipped..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(RUN - self.place));
            self.run_part(now);
            rest = later;
        }
    }

    /// Up to the end of a run on the grid of the hops.
    fn run_part(&mut self, frames: &[Frame]) {
        let part = Planar::new(self.place, frames);
        self.true_peak.run(&part);
        self.place = part.to % RUN;
        let mut weighted = [0.0; 2];
        self.weighting.run(frames, &mut weighted);
        self.now.weighted += weighted[0] + weighted[1];
        for frame in frames {
            let (mid, side) = (frame[0] + frame[1], frame[0] - frame[1]);
            self.now.mid += mid * mid;
            self.now.side += side * side;
        }
        let [low, high] = self.split.run(frames);
        (self.now.low, self.now.high) = (self.now.low + low, self.now.high + high);
        self.now.frames += frames.len();
        if self.now.frames >= self.hop_frames {
            self.end_hop();
        }
    }

    fn end_hop(&mut self) {
        self.now.peak = self.true_peak.last_step();
        self.kept[self.hops % KEPT] = std::mem::take(&mut self.now);
        self.hops += 1;
        self.weighting.flush();
        self.split.flush();
    }
}

/// Two-pole Butterworth low-pass and high-pass at once (A. Simper's state-variable form).
#[derive(Clone, Copy, Debug, Default)]
struct Split {
    /// a1, a2, a3 of the form, and 1/Q.
    coefs: [f64; 4],
    states: [Frame; 2],
}

/// States below this are silence, far above the denormals.
const SMALLEST: f64 = 1e-30;

impl Split {
    fn at(freq_hz: f64, rate: f64) -> Self {
        // Beyond a rate's half there are no highs.
        let g = (std::f64::consts::PI * (freq_hz / rate).min(0.49)).tan();
        let k = std::f64::consts::SQRT_2;
        let a1 = 1.0 / (1.0 + g * (g + k));
        Self { coefs: [a1, g * a1, g * g * a1, k], states: Default::default() }
    }

    fn reset(&mut self) {
        self.states = Default::default();
    }

    fn flush(&mut self) {
        for state in self.states.as_flattened_mut() {
            *state = if state.abs() < SMALLEST { 0.0 } else { *state };
        }
    }

    /// The energy below and above, of both channels.
    fn run(&mut self, frames: &[Frame]) -> [f64; 2] {
        let Self { coefs: [a1, a2, a3, k], states: [mut s1, mut s2] } = *self;
        let (mut low_sum, mut high_sum) = (0.0, 0.0);
        for frame in frames {
            for lane in 0..2 {
                let x = frame[lane] - s2[lane];
                let band = a1 * s1[lane] + a2 * x;
                let low = s2[lane] + a2 * s1[lane] + a3 * x;
                s1[lane] = 2.0 * band - s1[lane];
                s2[lane] = 2.0 * low - s2[lane];
                let high = frame[lane] - k * band - low;
                low_sum += low * low;
                high_sum += high * high;
            }
        }
        self.states = [s1, s2];
        [low_sum, high_sum]
    }
}

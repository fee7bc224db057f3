//! Learn: which gain brings a programme to a loudness, from hearing it once.
//!
//! While the programme plays at whatever gain is set, the style's law runs for every gain from 0 to 24 dB at once, on
//! the peaks of control intervals instead of frames, and turns down the K-weighted power of those intervals: 25
//! estimates of the integrated loudness that would leave. What they leave out (peaks between samples, the clipper's
//! loss) shows at the gain that is set, where the output itself is measured; it is taken into account in proportion to
//! what is turned down. So a second pass, at the proposed gain, knows what the first could only estimate.

use super::clipper::clipped;
use super::law::{self, Run, State, Times};
use super::settings::{GAIN, LimiterSettings};
use crate::block::sliding_max::SlidingMax;
use crate::meter::gated::Gated;
use crate::meter::k_weighting::KWeighting;
use crate::units::{db_to_gain, fast_db_to_gain, gain_to_db, ms_to_frames};
use crate::{CONTROL_INTERVAL, Frame};

/// Gains that are tried: every whole dB.
const GAINS: usize = 25;

/// Gating works in steps of so long.
const STEP_S: f64 = 0.1;

/// Before this much has been heard, nothing is proposed.
const ENOUGH_S: f64 = 3.0;

/// What is turned down on average up to which one pass is trusted, in dB.
const TRUSTED_DB: f64 = 3.0;

/// A pass at a gain this near to the proposed one, in dB, is trusted whatever is turned down: it has been measured.
const NEAR_DB: f64 = 1.0;

/// With less turned down at the set gain, in dB, nothing can be told from what the estimate leaves out there.
const TELLING_DB: f64 = 0.2;

/// How far under the ceiling the clipper may begin: its lowest level and its softest bend, in dB.
const CLIP_BEND_DB: f64 = 12.1;

/// As [`TRUSTED_DB`], of what the clipper takes off the peaks: how much power that is depends on what lies around them.
const CLIPPED_TRUSTED_DB: f64 = 0.25;

/// Whether a proposal can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It lands within 0.3 LU.
    Lands,
    /// So much is turned down there that it should be learned again with the proposed gain.
    LearnAgain,
    /// No gain from 0 to 24 dB lands there; the nearest is proposed.
    OutOfReach,
}

/// A gain that is proposed. Nothing is set until it is applied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proposal {
    /// For [`GAIN`], dB.
    pub gain_db: f64,
    /// The integrated loudness that it is expected to give, LUFS.
    pub loudness_lufs: f64,
    /// What will be turned down on average, dB.
    pub reduction_db: f64,
    /// How far to trust it.
    pub verdict: Verdict,
}

/// Hears a programme and what leaves the limiter. Costs nothing while it is off.
#[derive(Clone, Debug, Default)]
pub(super) struct Learn {
    on: bool,
    settings: LimiterSettings,
    rate: f64,
    input: KWeighting,
    output: KWeighting,
    /// Peak and energy of the control interval that is coming in, and its frames.
    peak: f64,
    energy: Frame,
    frames: usize,
    /// Peaks and energies of the intervals since the last estimate; the energies as much later as the gain looks ahead.
    peaks: Run<f32>,
    energies: Run<f64>,
    intervals: usize,
    late: Box<[f64]>,
    /// Intervals that the gain looks ahead on average, and where in `late` the next energy goes.
    ahead: usize,
    at: usize,
    window: SlidingMax,
    estimates: Box<[Estimate]>,
    /// What they look at now, and how many of them have done so.
    batch: Batch,
    estimated: usize,
    /// Of each, in turn one a control interval: its loudness, LUFS, what is turned down on average and the clipper's part
    /// of that, dB.
    figures: [[f64; 3]; GAINS],
    turn: usize,
    /// Intervals in the step so far, and in a whole one.
    step: usize,
    step_intervals: usize,
    /// Intervals heard in all, and those among them with programme.
    heard: u64,
    programme: u64,
    /// Energy of the output since its step began, its frames, and its loudness.
    left: Frame,
    left_frames: usize,
    leaves: Gated,
}

/// Sixteen control intervals that every gain is tried with, a few gains in each of the next sixteen.
#[derive(Clone, Debug, Default)]
struct Batch {
    times: Times,
    /// Peaks over the ceiling, dB, before the gain.
    peaks_db: [f64; CONTROL_INTERVAL],
    energies: Run<f64>,
    is_programme: Run<bool>,
    /// Intervals of the step that ends with it, if one does.
    step_ends: Option<usize>,
}

/// Gains that are tried in a control interval, so that all are done before the next sixteen are over.
const GAINS_AT_ONCE: usize = GAINS.div_ceil(CONTROL_INTERVAL);

#[derive(Clone, Debug, Default)]
struct Estimate {
    state: State,
    energy: f64,
    /// Sum of what is turned down while there is programme, dB.
    reduction_db: f64,
    /// The clipper's part of it.
    clipped_db: f64,
    loudness: Gated,
}

impl Learn {
    /// Readies for `rate` Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.input.prepare(rate);
        self.output.prepare(rate);
        let longest = ahead(super::settings::LOOK_AHEAD.range.1, rate);
        self.late = vec![0.0; longest.max(1)].into_boxed_slice();
        self.window.prepare(longest + 1);
        self.estimates = (0..GAINS).map(|_| Estimate::default()).collect();
        self.estimates.iter_mut().for_each(|estimate| estimate.loudness.prepare());
        self.leaves.prepare();
        self.step_intervals = ((rate * STEP_S / CONTROL_INTERVAL as f64).round() as usize).max(1);
        self.restart();
    }

    /// Begins a pass with `settings`, or ends it; what has been heard stays until the next begins.
    pub fn turn(&mut self, on: bool, settings: &LimiterSettings) {
        if on && !self.on {
            self.settings = *settings;
            self.restart();
        }
        self.on = on;
    }

    /// During a pass, other settings make it begin anew.
    pub fn set(&mut self, settings: &LimiterSettings) {
        if self.on && *settings != self.settings {
            self.settings = *settings;
            self.restart();
        }
    }

    /// The programme begins anew, and with it a pass that is on.
    pub fn reset(&mut self) {
        if self.on {
            self.restart();
        }
    }

    /// Whether a pass is on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Seconds heard in this pass.
    pub fn heard_s(&self) -> f64 {
        (self.heard * CONTROL_INTERVAL as u64) as f64 / self.rate.max(1.0)
    }

    fn restart(&mut self) {
        self.input.reset();
        self.output.reset();
        (self.peak, self.energy, self.frames, self.intervals) = (0.0, [0.0; 2], 0, 0);
        self.late.fill(0.0);
        self.window.reset();
        (self.at, self.step, self.heard, self.programme) = (0, 0, 0, 0);
        self.ahead = ahead(self.settings.look_ahead_ms, self.rate).min(self.late.len());
        for estimate in &mut self.estimates {
            estimate.state = State::default();
            (estimate.energy, estimate.reduction_db, estimate.clipped_db) = (0.0, 0.0, 0.0);
            estimate.loudness.reset();
        }
        (self.estimated, self.turn) = (GAINS, 0);
        self.figures = [[f64::NEG_INFINITY, 0.0, 0.0]; GAINS];
        (self.left, self.left_frames) = ([0.0; 2], 0);
        self.leaves.reset();
    }

    /// Takes in what comes to the limiter, before its gain; `release_ms` is the one that the style has now.
    pub fn hear_input(&mut self, frames: &[Frame], release_ms: f64) {
        let mut rest = frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(CONTROL_INTERVAL - self.frames));
            self.input.run(now, &mut self.energy);
            self.peak =
                now.as_flattened().iter().fold(self.peak, |peak, x| if x.abs() > peak { x.abs() } else { peak });
            self.frames += now.len();
            if self.frames == CONTROL_INTERVAL {
                self.end_interval(release_ms);
            }
            rest = later;
        }
    }

    /// Takes in what leaves.
    pub fn hear_output(&mut self, frames: &[Frame]) {
        self.output.run(frames, &mut self.left);
        self.left_frames += frames.len();
        if self.left_frames >= self.step_intervals * CONTROL_INTERVAL {
            self.leaves.push((self.left[0] + self.left[1]) / self.left_frames as f64);
            self.output.flush();
            (self.left, self.left_frames) = ([0.0; 2], 0);
        }
    }

    fn end_interval(&mut self, release_ms: f64) {
        let energy = self.energy[0] + self.energy[1];
        let energy = match self.late.get_mut(self.at).filter(|_| self.ahead > 0) {
            Some(slot) => std::mem::replace(slot, energy),
            None => energy,
        };
        self.at = if self.at + 1 < self.ahead { self.at + 1 } else { 0 };
        self.peaks[self.intervals] = (self.peak.min(super::HIGHEST)) as f32;
        self.energies[self.intervals] = energy;
        (self.peak, self.energy, self.frames) = (0.0, [0.0; 2], 0);
        self.intervals += 1;
        self.heard += 1;
        if self.intervals == CONTROL_INTERVAL {
            self.intervals = 0;
            self.input.flush();
            self.begin_batch(release_ms);
        }
        for _ in 0..GAINS_AT_ONCE {
            self.estimate_next();
        }
        self.tell_next();
    }

    /// Sixteen intervals are there to be tried.
    fn begin_batch(&mut self, release_ms: f64) {
        /// Mean power of an interval above which it is programme: -70 LUFS.
        const PROGRAMME: f64 = 1.2e-7;
        let mut peaks = self.peaks;
        self.window.run(&mut peaks, self.ahead + 1);
        let is_programme = self.energies.map(|energy| energy > PROGRAMME * CONTROL_INTERVAL as f64);
        self.programme += is_programme.iter().filter(|is| **is).count() as u64;
        // A step ends where the intervals reach it: to a sixteenth of it.
        self.step += CONTROL_INTERVAL;
        let step_ends = (self.step >= self.step_intervals).then_some(self.step);
        if step_ends.is_some() {
            self.step = 0;
        }
        self.batch = Batch {
            times: Times::new(self.settings.style, release_ms, self.rate / CONTROL_INTERVAL as f64),
            peaks_db: peaks.map(|peak| gain_to_db(f64::from(peak)) - self.settings.ceiling_db),
            energies: self.energies,
            is_programme,
            step_ends,
        };
        self.estimated = 0;
    }

    /// Tries the batch with the next gain.
    #[inline(never)]
    fn estimate_next(&mut self) {
        let Some(estimate) = self.estimates.get_mut(self.estimated) else { return };
        let (settings, batch) = (&self.settings, &self.batch);
        let gain_db = self.estimated as f64;
        let mut clips_db = [0.0; CONTROL_INTERVAL];
        let mut reductions_db = [0.0; CONTROL_INTERVAL];
        for i in 0..CONTROL_INTERVAL {
            let over_db = batch.peaks_db[i] + gain_db;
            if over_db > -CLIP_BEND_DB && settings.clip {
                clips_db[i] = over_db - gain_to_db(clipped(settings, db_to_gain(over_db)));
            }
            reductions_db[i] = (over_db - clips_db[i]).max(0.0) as f32;
        }
        law::run(settings.style, &batch.times, &mut estimate.state, &mut reductions_db, CONTROL_INTERVAL);
        estimate.state.flush();
        for i in 0..CONTROL_INTERVAL {
            let lost_db = reductions_db[i] + clips_db[i] as f32;
            let gain = f64::from(fast_db_to_gain(gain_db as f32 - lost_db));
            estimate.energy += batch.energies[i] * gain * gain;
            if batch.is_programme[i] {
                estimate.reduction_db += f64::from(lost_db);
                estimate.clipped_db += clips_db[i];
            }
        }
        if let Some(intervals) = batch.step_ends {
            estimate.loudness.push(estimate.energy / (intervals * CONTROL_INTERVAL) as f64);
            estimate.energy = 0.0;
        }
        self.estimated += 1;
    }

    /// Brings the figures of the next gain up to date.
    fn tell_next(&mut self) {
        let Some(estimate) = self.estimates.get(self.turn) else { return };
        let Estimate { reduction_db, clipped_db, loudness, .. } = estimate;
        let per_interval = 1.0 / self.programme.max(1) as f64;
        self.figures[self.turn] = [loudness.lufs(), reduction_db * per_interval, clipped_db * per_interval];
        self.turn = (self.turn + 1) % GAINS;
    }

    /// The gain with which the programme heard so far has `target_lufs`; None before three seconds of programme.
    pub fn proposal(&self, target_lufs: f64) -> Option<Proposal> {
        let seconds = (self.programme * CONTROL_INTERVAL as u64) as f64 / self.rate.max(1.0);
        if seconds < ENOUGH_S || self.estimates.is_empty() {
            return None;
        }
        let set_db = self.settings.gain_db;
        let estimates = &self.figures;
        let [set_lufs, set_reduction_db, _] = between(estimates, set_db);
        let missed_lu = self.leaves.lufs() - set_lufs;
        if !set_lufs.is_finite() || !missed_lu.is_finite() {
            return None;
        }
        let expected = |gain_db: f64| {
            let [lufs, reduction_db, clipped_db] = between(estimates, gain_db);
            let part = if set_reduction_db > TELLING_DB { reduction_db / set_reduction_db } else { 0.0 };
            (lufs + missed_lu * part.min(2.0), reduction_db, clipped_db)
        };
        let (mut low, mut high) = GAIN.range;
        let in_reach = (expected(low).0..=expected(high).0).contains(&target_lufs);
        // Loudness rises with the gain, if ever more slowly.
        for _ in 0..24 {
            let middle = 0.5 * (low + high);
            if expected(middle).0 < target_lufs { low = middle } else { high = middle }
        }
        let gain_db = 0.5 * (low + high);
        let (loudness_lufs, reduction_db, clipped_db) = expected(gain_db);
        let is_much = reduction_db > TRUSTED_DB || clipped_db > CLIPPED_TRUSTED_DB;
        let verdict = if !in_reach {
            Verdict::OutOfReach
        } else if is_much && (gain_db - set_db).abs() > NEAR_DB {
            Verdict::LearnAgain
        } else {
            Verdict::Lands
        };
        Some(Proposal { gain_db, loudness_lufs, reduction_db, verdict })
    }
}

/// Intervals that the gain is early on average: it goes down evenly over the look-ahead, so half of that.
fn ahead(look_ahead_ms: f64, rate: f64) -> usize {
    (0.5 * ms_to_frames(look_ahead_ms, rate) / CONTROL_INTERVAL as f64).round() as usize
}

/// Straight between the estimates of whole dB.
fn between(estimates: &[[f64; 3]; GAINS], gain_db: f64) -> [f64; 3] {
    let gain_db = gain_db.clamp(0.0, (GAINS - 1) as f64);
    let below = (gain_db as usize).min(GAINS - 2);
    let part = gain_db - below as f64;
    std::array::from_fn(|i| estimates[below][i] + part * (estimates[below + 1][i] - estimates[below][i]))
}

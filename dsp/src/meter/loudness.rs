//! Loudness of a programme after ITU-R BS.1770-5, EBU Tech 3341 (EBU mode) and Tech 3342 (loudness range).

use super::histogram::Histogram;
use super::k_weighting::KWeighting;
use crate::units::power_to_lufs;
use crate::{CONTROL_INTERVAL, Frame};

/// Momentary and short-term loudness are renewed this often: a 100 ms grid would miss 0.4 LU of a 0.4 s tone that
/// starts between its points (Tech 3341, cases 13 and 14).
pub(crate) const HOP_S: f64 = 0.01;

/// Hops between two gating blocks: 100 ms, 75 % overlap of 400 ms.
pub(crate) const HOPS_A_STEP: usize = 10;

/// Steps in a gating block and in the momentary window: 400 ms.
const MOMENTARY_STEPS: usize = 4;

/// Steps in the short-term window: 3 s.
pub(crate) const SHORT_TERM_STEPS: usize = 30;

/// Integrated loudness: the relative gate lies this far below the mean of what passes the absolute one (BS.1770).
const INTEGRATED_GATE_LU: f64 = 10.0;

/// Loudness range: the same (Tech 3342).
const RANGE_GATE_LU: f64 = 20.0;

/// Loudness range: from this to that percentile of the short-term loudness (Tech 3342).
const RANGE_PERCENTILES: (f64, f64) = (10.0, 95.0);

/// Loudness range is flagged unstable until this much has been measured (Tech 3341).
const RANGE_STABLE_S: f64 = 60.0;

/// Loudness of a stereo programme of any duration.
///
/// Readings are `f64::NEG_INFINITY` while there is nothing to tell: no sound in the window, no complete block yet.
#[derive(Clone, Debug, Default)]
pub struct Loudness {
    rate: f64,
    filter: KWeighting,
    /// Energy of each channel in the hop so far.
    energy: Frame,
    /// Frames left in the hop.
    left: usize,
    /// Fraction of a frame by which hops so far were too short.
    short: f64,
    momentary: Window<MOMENTARY_STEPS>,
    short_term: Window<SHORT_TERM_STEPS>,
    paused: bool,
    /// Hops measured in all.
    hops: u64,
    /// Hops measured without a pause.
    unbroken: u64,
    /// Power of every gating block.
    blocks: Histogram,
    /// Short-term power at every step.
    range: Histogram,
    max_momentary: f64,
    max_short_term: f64,
}

impl Loudness {
    /// Readies for `rate` Hz. The only method that allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.filter.prepare(rate);
        self.blocks.prepare();
        self.range.prepare();
        self.reset();
    }

    /// Forgets the past and measures anew, unless [paused](Self::pause).
    pub fn reset(&mut self) {
        self.filter.reset();
        self.energy = [0.0; 2];
        self.short = 0.0;
        self.momentary = Window::default();
        self.short_term = Window::default();
        self.hops = 0;
        self.unbroken = 0;
        self.blocks.reset();
        self.range.reset();
        self.max_momentary = 0.0;
        self.max_short_term = 0.0;
        self.start_hop();
    }

    /// Pauses integrated loudness, range and maxima together, or lets them go on. Blocks that reach into a pause do
    /// not count. Momentary and short-term loudness never pause.
    pub fn pause(&mut self, paused: bool) {
        self.paused = paused;
        self.unbroken = 0;
    }

    /// Looks at frames, any number of them.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame]) {
        let mut rest = frames;
        while rest.len() >= self.left {
            let (last, later) = rest.split_at(self.left);
            self.filter.run(last, &mut self.energy);
            self.end_hop();
            rest = later;
        }
        self.left -= rest.len();
        self.filter.run(rest, &mut self.energy);
    }

    /// As [`run`](Self::run) with `frames` frames of silence, up to [`CONTROL_INTERVAL`].
    #[inline(always)]
    pub fn run_silence(&mut self, frames: usize) {
        if frames < self.left && self.filter.at_rest() {
            self.left -= frames;
        } else {
            self.run(&[[0.0; 2]; CONTROL_INTERVAL][..frames]);
        }
    }

    /// Loudness of the last 0.4 s, LUFS.
    pub fn momentary_lufs(&self) -> f64 {
        power_to_lufs(self.momentary.sum * self.power_scale(MOMENTARY_STEPS))
    }

    /// Loudness of the last 3 s, LUFS.
    pub fn short_term_lufs(&self) -> f64 {
        power_to_lufs(self.short_term.sum * self.power_scale(SHORT_TERM_STEPS))
    }

    /// Integrated loudness since the reset, LUFS.
    pub fn integrated_lufs(&self) -> f64 {
        let Some(gate) = self.blocks.gate(INTEGRATED_GATE_LU) else { return f64::NEG_INFINITY };
        let [count, power] = self.blocks.above(gate);
        power_to_lufs(power / count)
    }

    /// Loudness range since the reset, LU.
    pub fn range_lu(&self) -> f64 {
        let Some(gate) = self.range.gate(RANGE_GATE_LU) else { return f64::NEG_INFINITY };
        let [count, _] = self.range.above(gate);
        // Tech 3342 counts from the softest, the histogram from the loudest.
        let value = |percent: f64| self.range.ranked(count - ((count - 1.0) * percent * 0.01).round());
        value(RANGE_PERCENTILES.1) - value(RANGE_PERCENTILES.0)
    }

    /// Whether enough has been measured for the loudness range to be trusted: a minute.
    pub fn range_is_stable(&self) -> bool {
        self.hops as f64 * HOP_S >= RANGE_STABLE_S
    }

    /// Whether the short-term window has been filled since the reset.
    pub fn short_term_is_full(&self) -> bool {
        self.hops >= (SHORT_TERM_STEPS * HOPS_A_STEP) as u64
    }

    /// Highest momentary loudness since the reset, LUFS.
    pub fn max_momentary_lufs(&self) -> f64 {
        power_to_lufs(self.max_momentary * self.power_scale(MOMENTARY_STEPS))
    }

    /// Highest short-term loudness since the reset, LUFS.
    pub fn max_short_term_lufs(&self) -> f64 {
        power_to_lufs(self.max_short_term * self.power_scale(SHORT_TERM_STEPS))
    }

    /// Turns the energy of a window into its mean power.
    fn power_scale(&self, steps: usize) -> f64 {
        1.0 / (self.rate * HOP_S * (steps * HOPS_A_STEP) as f64)
    }

    /// A hop is a whole number of frames; what it falls short of 10 ms goes to the next.
    fn start_hop(&mut self) {
        let frames = self.rate * HOP_S + self.short;
        self.left = (frames as usize).max(1);
        self.short = frames - self.left as f64;
    }

    #[inline(never)]
    fn end_hop(&mut self) {
        let [left, right] = std::mem::take(&mut self.energy);
        self.momentary.push(left + right);
        self.short_term.push(left + right);
        self.filter.flush();
        self.start_hop();
        if self.paused {
            return;
        }
        self.hops += 1;
        self.unbroken += 1;
        let step = self.hops.is_multiple_of(HOPS_A_STEP as u64);
        if self.unbroken >= (MOMENTARY_STEPS * HOPS_A_STEP) as u64 {
            self.max_momentary = self.max_momentary.max(self.momentary.sum);
            if step {
                self.blocks.add(self.momentary.sum * self.power_scale(MOMENTARY_STEPS));
            }
        }
        if self.unbroken >= (SHORT_TERM_STEPS * HOPS_A_STEP) as u64 {
            self.max_short_term = self.max_short_term.max(self.short_term.sum);
            if step {
                self.range.add(self.short_term.sum * self.power_scale(SHORT_TERM_STEPS));
            }
        }
    }
}

/// Sum over the last `STEPS` steps, renewed at each hop and summed anew, by steps, so that no error stays.
#[derive(Clone, Debug)]
pub(crate) struct Window<const STEPS: usize> {
    hops: [[f64; HOPS_A_STEP]; STEPS],
    steps: [f64; STEPS],
    at: usize,
    /// Of the energies of the last hops.
    pub sum: f64,
}

impl<const STEPS: usize> Default for Window<STEPS> {
    fn default() -> Self {
        Self { hops: [[0.0; HOPS_A_STEP]; STEPS], steps: [0.0; STEPS], at: 0, sum: 0.0 }
    }
}

impl<const STEPS: usize> Window<STEPS> {
    /// The newest hop's energy takes the oldest's place.
    pub fn push(&mut self, energy: f64) {
        let (step, hop) = (self.at / HOPS_A_STEP, self.at % HOPS_A_STEP);
        self.hops[step][hop] = energy;
        self.steps[step] = self.hops[step].iter().sum();
        self.sum = self.steps.iter().sum();
        self.at = (self.at + 1) % (STEPS * HOPS_A_STEP);
    }

    /// Sum of the energies of the newest `hops`, at most all.
    pub fn newest(&self, hops: usize) -> f64 {
        let (all, mut at, mut sum) = (STEPS * HOPS_A_STEP, self.at, 0.0);
        let mut left = hops.min(all);
        while left > 0 {
            at = (at + all - 1) % all;
            let (step, hop) = (at / HOPS_A_STEP, at % HOPS_A_STEP);
            if left >= HOPS_A_STEP && hop == HOPS_A_STEP - 1 {
                sum += self.steps[step];
                (at, left) = (step * HOPS_A_STEP, left - HOPS_A_STEP);
            } else {
                sum += self.hops[step][hop];
                left -= 1;
            }
        }
        sum
    }
}

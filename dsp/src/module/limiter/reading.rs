//! What a limiter tells: what it is doing, what went through it and what it has learned.

use super::feed::Slice;
use super::learn::{Proposal, Verdict};
use super::settings::LimiterSettings;
use super::{Limiter, clipper};
use crate::readout::{Keep, Readout, Report};
use crate::units::{db_to_gain, gain_to_db};

/// What a limiter is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimiterReading {
    /// Peak of what came in, after the gain, in the last control interval, dBFS.
    pub input_peak_db: f64,
    /// Peak of what left, dBFS.
    pub output_peak_db: f64,
    /// What is taken now, left and right, dB, zero or more.
    pub reduction_db: [f64; 2],
    /// Whether the ceiling is held between the samples too; in Live it is not.
    pub holds_true_peak: bool,
}

/// Peak of what came in, after the gain.
pub static INPUT_READOUT: Readout = Readout { id: "input", help: "Peak after the gain, dBFS.", keep: Keep::Highest };

/// Peak of what left.
pub static OUTPUT_READOUT: Readout = Readout { id: "output", help: "Peak of the output, dBFS.", keep: Keep::Highest };

/// What was taken of the channel of which more was taken.
pub static REDUCTION_READOUT: Readout = Readout { id: "reduction", help: "What is taken, dB.", keep: Keep::Highest };

/// [`LimiterReading::holds_true_peak`].
pub static TRUE_PEAK_READOUT: Readout =
    Readout { id: "true_peak", help: "1 where the ceiling holds between the samples too.", keep: Keep::Latest };

/// [`Limiter::learned_s`]; nothing while it does not learn.
pub static LEARNED_READOUT: Readout =
    Readout { id: "learned", help: "Seconds that have been learned.", keep: Keep::Latest };

/// [`Proposal::gain_db`].
pub static PROPOSED_READOUT: Readout =
    Readout { id: "proposed", help: "Gain that would bring what was learned to the target, dB.", keep: Keep::Latest };

/// [`Proposal::loudness_lufs`].
pub static EXPECTED_READOUT: Readout =
    Readout { id: "expected", help: "Integrated loudness that the proposal would give, LUFS.", keep: Keep::Latest };

/// [`Proposal::reduction_db`].
pub static PROPOSED_REDUCTION_READOUT: Readout =
    Readout { id: "proposed_reduction", help: "What would be taken on average, dB.", keep: Keep::Latest };

/// [`Proposal::verdict`]: 0 lands, 1 learn again, 2 out of reach.
pub static VERDICT_READOUT: Readout =
    Readout { id: "verdict", help: "0: lands, 1: learn again, 2: out of reach.", keep: Keep::Latest };

/// Seconds of programme between two proposals.
const PROPOSE_EVERY_S: f64 = 1.0;

/// What is learned for, and what came of it last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course {
    target_lufs: Option<f64>,
    proposal: Option<Proposal>,
    proposed_at_s: f64,
}

impl Limiter {
    /// Learns for `target_lufs` from now on, or ends it, which ends its proposal too. Other targets are looked up in what was
    /// learned.
    pub(super) fn learn_for(&mut self, target_lufs: Option<f64>) {
        if target_lufs.is_some() != self.course.target_lufs.is_some() {
            self.turn_learning(target_lufs.is_some());
            self.course = Course::default();
        }
        self.course.target_lufs = target_lufs;
        // Another target is looked up at once.
        self.course.proposed_at_s = 0.0;
    }

    /// Tells all of it.
    pub(super) fn tell(&mut self, report: &mut impl Report) {
        let (mut input_peak, mut output_peak, mut least_gain) = (0.0f32, 0.0f32, 1.0f32);
        for slice in self.feed.since(self.reported) {
            input_peak = input_peak.max(slice.input_peak);
            output_peak = output_peak.max(slice.output_peak);
            least_gain = least_gain.min(slice.gain[0]).min(slice.gain[1]);
        }
        self.reported = self.feed.count();
        report.value(&INPUT_READOUT, gain_to_db(f64::from(input_peak)));
        report.value(&OUTPUT_READOUT, gain_to_db(f64::from(output_peak)));
        report.value(&REDUCTION_READOUT, -gain_to_db(f64::from(least_gain)));
        report.value(&TRUE_PEAK_READOUT, f64::from(u8::from(self.read().holds_true_peak)));

        let learned_s = self.learned_s();
        if learned_s < self.course.proposed_at_s {
            // Other settings have made it begin anew; what was proposed stays until there is something new to say.
            self.course.proposed_at_s = 0.0;
        }
        if let Some(target_lufs) = self.course.target_lufs
            && learned_s >= self.course.proposed_at_s + PROPOSE_EVERY_S
        {
            self.course.proposal = self.proposal(target_lufs);
            self.course.proposed_at_s = learned_s;
        }
        let learns = self.course.target_lufs.is_some();
        report.value(&LEARNED_READOUT, if learns { learned_s } else { f64::NEG_INFINITY });
        let proposed = |figure: fn(&Proposal) -> f64| self.course.proposal.as_ref().map_or(f64::NEG_INFINITY, figure);
        report.value(&PROPOSED_READOUT, proposed(|proposal| proposal.gain_db));
        report.value(&EXPECTED_READOUT, proposed(|proposal| proposal.loudness_lufs));
        report.value(&PROPOSED_REDUCTION_READOUT, proposed(|proposal| proposal.reduction_db));
        let code = |verdict| match verdict {
            Verdict::Lands => 0.0,
            Verdict::LearnAgain => 1.0,
            Verdict::OutOfReach => 2.0,
        };
        report.value(&VERDICT_READOUT, self.course.proposal.map_or(f64::NEG_INFINITY, |p| code(p.verdict)));
    }

    /// Begins to learn the programme that plays, or ends it. Other settings make it begin anew.
    pub fn turn_learning(&mut self, on: bool) {
        self.learn.turn(on, &self.settings);
    }

    /// Seconds that have been learned since it began.
    pub fn learned_s(&self) -> f64 {
        self.learn.heard_s()
    }

    /// The gain that would bring what has been learned to `target_lufs`, with the other settings as they were; None
    /// before three seconds of programme. Nothing is set by it.
    pub fn proposal(&self, target_lufs: f64) -> Option<Proposal> {
        self.learn.proposal(target_lufs)
    }

    /// What it is doing.
    pub fn read(&self) -> LimiterReading {
        let slice = self.feed.last();
        LimiterReading {
            input_peak_db: gain_to_db(f64::from(slice.input_peak)),
            output_peak_db: gain_to_db(f64::from(slice.output_peak)),
            reduction_db: slice.gain.map(|gain| -gain_to_db(f64::from(gain))),
            holds_true_peak: !self.live,
        }
    }

    /// Control intervals that have left so far: the number of the next [slice](Self::slices).
    pub fn slice_count(&self) -> u64 {
        self.feed.count()
    }

    /// What has left since the slice of that number, oldest first; the last 1024 are kept. With what came in, both at
    /// the time when it leaves.
    pub fn slices(&self, since: u64) -> impl Iterator<Item = Slice> + '_ {
        self.feed.since(since)
    }

    /// What the soft clipper of `settings` leaves of a level in dBFS that comes in, the gain included, in dBFS: its curve
    /// for a picture.
    pub fn clipped_db(settings: &LimiterSettings, input_db: f64) -> f64 {
        let over_db = input_db + settings.gain_db - settings.ceiling_db;
        settings.ceiling_db + gain_to_db(clipper::clipped(settings, db_to_gain(over_db)))
    }
}

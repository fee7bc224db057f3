//! The programme meter: loudness, true peak and correlation of what leaves a master.

use super::correlation::Correlation;
use super::loudness::Loudness;
use super::planar::{Planar, RUN};
use super::true_peak::TruePeak;
use crate::Frame;
use crate::chain::Observer;
use crate::control::Group;
use crate::readout::{Keep, Readout, Report};
use crate::units::gain_to_db;

/// Loudness, true peak and correlation together, over any duration. Takes any number of frames; fastest in runs of 16
/// on the grid that started with the reset, as a chain does it.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    loudness: Loudness,
    true_peak: TruePeak,
    correlation: Correlation,
    /// Place in the run, counted from the reset.
    place: usize,
    /// Frames of silence that the last ones were, up to [`FORGOTTEN`].
    silent: usize,
}

/// After so many frames of silence true peak holds nothing else: two whole runs, wherever it began.
const FORGOTTEN: usize = 3 * RUN;

/// What a [`Meter`] has read. Where there is nothing to tell yet, or only silence, levels, ranges and ratios are
/// `f64::NEG_INFINITY` and `correlation` is 0. No field is ever NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeterReading {
    /// Loudness of the last 0.4 s, LUFS.
    pub momentary_lufs: f64,
    /// Loudness of the last 3 s, LUFS.
    pub short_term_lufs: f64,
    /// Gated loudness since the reset, LUFS.
    pub integrated_lufs: f64,
    /// Loudness range since the reset, LU.
    pub lra_lu: f64,
    /// Whether a minute has been measured; before that, show `lra_lu` as provisional.
    pub lra_stable: bool,
    /// Highest momentary loudness since the reset, LUFS.
    pub max_momentary_lufs: f64,
    /// Highest short-term loudness since the reset, LUFS.
    pub max_short_term_lufs: f64,
    /// Highest true peak since the reset, left and right, dBTP.
    pub true_peak_db: [f64; 2],
    /// The higher one of `true_peak_db`.
    pub max_true_peak_db: f64,
    /// Peak-to-loudness ratio: highest true peak less integrated loudness, LU.
    pub plr_lu: f64,
    /// Peak-to-short-term-loudness ratio: highest true peak of the last 3 s less their loudness, LU.
    pub psr_lu: f64,
    /// Correlation of left and right, -1…+1; see [`Correlation`].
    pub correlation: f64,
}

/// The group of what the meter reads.
pub static GROUP: Group = Group { id: "meter", name: "Meter" };

/// [`MeterReading::momentary_lufs`].
pub static MOMENTARY: Readout = readout("momentary", "Loudness of the last 0.4 s, LUFS.");
/// [`MeterReading::short_term_lufs`].
pub static SHORT_TERM: Readout = readout("short_term", "Loudness of the last 3 s, LUFS.");
/// [`MeterReading::integrated_lufs`].
pub static INTEGRATED: Readout = readout("integrated", "Gated loudness since the start of the measurement, LUFS.");
/// [`MeterReading::lra_lu`].
pub static LRA: Readout = readout("lra", "Loudness range since the start of the measurement, LU.");
/// [`MeterReading::lra_stable`], as 1 or 0.
pub static LRA_STABLE: Readout = readout("lra_stable", "1 once a minute has been measured.");
/// [`MeterReading::max_momentary_lufs`].
pub static MAX_MOMENTARY: Readout = readout("max_momentary", "Highest momentary loudness, LUFS.");
/// [`MeterReading::max_short_term_lufs`].
pub static MAX_SHORT_TERM: Readout = readout("max_short_term", "Highest short-term loudness, LUFS.");
/// [`MeterReading::true_peak_db`], left and right.
pub static TRUE_PEAK: [Readout; 2] = [
    readout("true_peak_left", "Highest true peak of the left channel, dBTP."),
    readout("true_peak_right", "Highest true peak of the right channel, dBTP."),
];
/// [`MeterReading::plr_lu`].
pub static PLR: Readout = readout("plr", "Highest true peak less integrated loudness, LU.");
/// [`MeterReading::psr_lu`].
pub static PSR: Readout = readout("psr", "Highest true peak of the last 3 s less their loudness, LU.");
/// [`MeterReading::correlation`].
pub static CORRELATION: Readout = readout("correlation", "Correlation of left and right, -1 to +1.");

const fn readout(id: &'static str, help: &'static str) -> Readout {
    Readout { id, help, keep: Keep::Latest }
}

impl Observer for Meter {
    fn prepare(&mut self, rate: f64) {
        self.loudness.prepare(rate);
        self.true_peak.prepare(rate);
        self.correlation.prepare(rate);
        self.place = 0;
        self.silent = 0;
    }

    fn reset(&mut self) {
        self.loudness.reset();
        self.true_peak.reset();
        self.correlation.reset();
        self.place = 0;
        self.silent = 0;
    }

    #[inline(always)]
    fn run(&mut self, frames: &[Frame]) {
        self.silent = 0;
        self.loudness.run(frames);
        self.run_parts(frames);
    }

    #[inline(always)]
    fn run_silence(&mut self, frames: usize) {
        self.loudness.run_silence(frames);
        if self.silent < FORGOTTEN {
            self.silent += frames;
            self.run_parts(&[[0.0; 2]; RUN][..frames]);
            return;
        }
        self.place += frames;
        if self.place >= RUN {
            self.place -= RUN;
            self.true_peak.end_run();
            self.correlation.end_run();
        }
    }

    fn report(&self, report: &mut impl Report) {
        let reading = self.read();
        report.group(&GROUP, |report| {
            report.value(&MOMENTARY, reading.momentary_lufs);
            report.value(&SHORT_TERM, reading.short_term_lufs);
            report.value(&INTEGRATED, reading.integrated_lufs);
            report.value(&LRA, reading.lra_lu);
            report.value(&LRA_STABLE, f64::from(u8::from(reading.lra_stable)));
            report.value(&MAX_MOMENTARY, reading.max_momentary_lufs);
            report.value(&MAX_SHORT_TERM, reading.max_short_term_lufs);
            for (readout, peak_db) in TRUE_PEAK.iter().zip(reading.true_peak_db) {
                report.value(readout, peak_db);
            }
            report.value(&PLR, reading.plr_lu);
            report.value(&PSR, reading.psr_lu);
            report.value(&CORRELATION, reading.correlation);
        });
    }
}

impl Meter {
    /// Pauses integrated loudness, range and maximum loudness together, or lets them go on; see [`Loudness::pause`].
    pub fn pause(&mut self, paused: bool) {
        self.loudness.pause(paused);
    }

    #[inline(always)]
    fn run_parts(&mut self, frames: &[Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(RUN - self.place));
            let part = Planar::new(self.place, now);
            self.true_peak.run(&part);
            self.correlation.run(&part);
            self.place = part.to % RUN;
            rest = later;
        }
    }

    /// Reads everything: about a dozen logarithms and a few short searches, whatever has been measured so far.
    pub fn read(&self) -> MeterReading {
        let Self { loudness, true_peak, correlation, .. } = self;
        let true_peak_db = true_peak.held().map(level_db);
        let max_true_peak_db = true_peak_db[0].max(true_peak_db[1]);
        let integrated_lufs = loudness.integrated_lufs();
        let short_term_lufs = loudness.short_term_lufs();
        let recent = if loudness.short_term_is_full() { short_term_lufs } else { f64::NEG_INFINITY };
        MeterReading {
            momentary_lufs: loudness.momentary_lufs(),
            short_term_lufs,
            integrated_lufs,
            lra_lu: loudness.range_lu(),
            lra_stable: loudness.range_is_stable(),
            max_momentary_lufs: loudness.max_momentary_lufs(),
            max_short_term_lufs: loudness.max_short_term_lufs(),
            true_peak_db,
            max_true_peak_db,
            plr_lu: ratio_lu(max_true_peak_db, integrated_lufs),
            psr_lu: ratio_lu(level_db(true_peak.recent()), recent),
            correlation: correlation.read(),
        }
    }
}

/// A peak in dB, negative infinity for none.
fn level_db(peak: f64) -> f64 {
    if peak > 0.0 { gain_to_db(peak) } else { f64::NEG_INFINITY }
}

/// Peak over loudness; nothing unless there is programme: loudness above the absolute gate.
fn ratio_lu(peak_db: f64, lufs: f64) -> f64 {
    if lufs > super::histogram::ABSOLUTE_GATE_LUFS { peak_db - lufs } else { f64::NEG_INFINITY }
}

//! Leveler: holds the balance of four bands to the song's own, so that verse and chorus hit alike.
//!
//! Every band's level, against what all have in common, is compared with the middle of what it has been in the song so
//! far. What all bands do together is dynamics and stays; what one does alone is balance and is taken back, slowly and
//! within a range. It looks back only: the first section is what the second is compared with.

mod balance;
mod settings;
mod song;

pub use settings::{BANDS, CROSSOVER, GROUP, LIFT, LevelerSettings, RANGE, TIME};

use crate::block::band_gains::{BandGains, ordered, shelf, tangent};
use crate::readout::{Keep, Readout, Report};
use crate::smooth::Glide;
use crate::units::{db_to_gain, fast_db_to_gain, hz_to_octaves, ms_to_frames, octaves_to_hz, power_to_db};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use balance::Balance;
use song::Song;

/// What each band is turned up by now.
pub static GAIN_READOUT: [Readout; BANDS] = [
    gain_readout("gain_1", "Gain of the bass now, dB."),
    gain_readout("gain_2", "Gain of the low mids now, dB."),
    gain_readout("gain_3", "Gain of the high mids now, dB."),
    gain_readout("gain_4", "Gain of the treble now, dB."),
];

const fn gain_readout(id: &'static str, help: &'static str) -> Readout {
    Readout { id, help, keep: Keep::Latest }
}

/// Between two looks at the balance.
const STEP_MS: f64 = 100.0;

/// Steps whose mean power over both channels is less (-57 dBFS RMS) are pauses and count for nothing.
const GATE: f64 = 4e-6;

/// So much quieter than the loud passages is a pause or a fade as well, dB.
const GATE_BELOW_DB: f64 = 25.0;

/// Per step, how the level of the loud passages falls: 1 dB in ten seconds.
const LOUD_FALL: f64 = 0.997_7;

/// A balance that is off by this much is half taken back, less of it hardly and more of it wholly: so much music does
/// anyway.
const LEAVE_DB: f64 = 1.0;

/// How far above a crossover the gains' own is, so that what lies below it gets all of its gain.
const BEYOND: f64 = 1.3;

/// How far below its crossover the bass is heard, so that what lies above does not hide what it does.
const WITHIN: f64 = 0.85;

/// The gains' time constant as a part of [`TIME`].
const FOLLOW: f64 = 1.0 / 5.0;

/// A gain this close to where it is going is there, dB.
const CLOSE_DB: f64 = 0.002;

/// Holds the balance.
#[derive(Clone, Debug, Default)]
pub struct Leveler {
    rate: f64,
    settings: LevelerSettings,
    balance: Balance,
    songs: [Song; BANDS],
    /// Power of the loud passages.
    loud: f64,
    step_frames: usize,
    frames: usize,
    /// Where the gains are going, where they are, in dB, and how much of the way is left after a control tick.
    aims_db: [f64; BANDS],
    gains_db: [f64; BANDS],
    keep: f64,
    crossovers: [Glide; BANDS - 1],
    moving: bool,
    tangents: [f64; BANDS],
    bands: BandGains<BANDS>,
    ring: usize,
}

impl Leveler {
    /// What of a balance that is off by `off_db` is taken back.
    fn taken_db(&self, band: usize, off_db: f64) -> f64 {
        let part = (off_db / LEAVE_DB).powi(4);
        let whole = off_db.abs() * part / (part + 1.0);
        let left = if band == 0 { 0.5 * self.settings.lift_db } else { 0.0 };
        let taken = off_db.signum() * (whole - left).max(0.0);
        (-taken).clamp(-self.settings.range_db, self.settings.range_db)
    }

    /// Compares the balance now with the song's.
    fn compare(&mut self) {
        let steps = (self.settings.time_ms / STEP_MS).round() as usize;
        let Some(levels_db) = self.balance.powers(steps).map(|powers| powers.map(power_to_db)) else { return };
        let middle = |songs: &[Song; BANDS], band: usize| songs[band].middle_db().unwrap_or(levels_db[band]);
        let common_db = between(std::array::from_fn(|band| levels_db[band] - middle(&self.songs, band)));
        for (band, level_db) in levels_db.into_iter().enumerate() {
            self.songs[band].add(level_db - common_db);
            let off_db = level_db - common_db - middle(&self.songs, band);
            self.aims_db[band] = self.taken_db(band, off_db);
        }
    }

    fn follow(&mut self) {
        for (gain, aim) in self.gains_db.iter_mut().zip(self.aims_db) {
            let next = aim + self.keep * (*gain - aim);
            *gain = if (next - aim).abs() < CLOSE_DB { aim } else { next };
        }
    }

    fn set_crossovers(&mut self, hz: [f64; BANDS - 1]) {
        for (of_gains, hz) in self.tangents.iter_mut().zip(hz) {
            *of_gains = tangent(hz * BEYOND, self.rate);
        }
        let [first, second, third] = hz;
        let heard = [first * WITHIN, second, third];
        self.balance.set(heard.map(|hz| tangent(hz, self.rate)), self.rate);
    }
}

/// The mean of the two in the middle.
fn between(mut values: [f64; BANDS]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    0.5 * (values[1] + values[2])
}

impl Processor for Leveler {
    type Settings = LevelerSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.rate = rate;
        self.step_frames = (ms_to_frames(STEP_MS, rate) as usize).next_multiple_of(CONTROL_INTERVAL);
        self.crossovers.iter_mut().for_each(|glide| glide.prepare(rate));
        self.reset();
    }

    fn reset(&mut self) {
        self.balance.reset();
        self.songs = Default::default();
        (self.loud, self.frames) = (0.0, 0);
        (self.aims_db, self.gains_db) = ([0.0; BANDS], [0.0; BANDS]);
        self.crossovers.iter_mut().for_each(Glide::reset);
        self.bands.reset();
        self.moving = true;
    }

    fn set(&mut self, settings: &LevelerSettings) {
        self.settings = *settings;
        let time = ms_to_frames(settings.time_ms * FOLLOW, self.rate);
        self.keep = (-(CONTROL_INTERVAL as f64) / time).exp();
        let ordered = ordered(settings.crossover_hz);
        for (glide, hz) in self.crossovers.iter_mut().zip(ordered) {
            glide.aim(hz_to_octaves(hz));
        }
        self.moving = true;
        let extreme = db_to_gain(2.0 * RANGE.range.1);
        let slowest = shelf(extreme, tangent(ordered[0], self.rate)).map(|design| design.ring_frames(120.0));
        self.ring = slowest.into_iter().fold(0.0, f64::max).min(10.0 * self.rate) as usize;
    }

    fn control(&mut self) {
        if self.moving {
            self.moving = self.crossovers.iter().any(Glide::moving);
            let hz = self.crossovers.each_mut().map(|glide| octaves_to_hz(glide.step()));
            self.set_crossovers(hz);
        }
        if self.frames >= self.step_frames {
            self.loud *= LOUD_FALL;
            let gate = GATE.max(self.loud * crate::units::db_to_power(-GATE_BELOW_DB));
            if self.balance.end_step(self.frames, gate) {
                self.compare();
                let now = self.balance.powers(1).map_or(0.0, |powers| powers.iter().sum());
                self.loud = self.loud.max(now);
            }
            self.frames = 0;
        }
        self.follow();
        let gains = self.gains_db.map(|db| [f64::from(fast_db_to_gain(db as f32)); 2]);
        self.bands.control(&gains, &self.tangents);
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        self.frames += frames.len();
        self.balance.run(frames);
        self.bands.run(frames);
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        if self.bands.is_neutral() { 0 } else { self.ring }
    }

    fn is_settled(&self) -> bool {
        !self.moving
    }

    fn report(&mut self, report: &mut impl Report) {
        for (readout, gain_db) in GAIN_READOUT.iter().zip(self.gains_db) {
            report.value(readout, gain_db);
        }
    }
}

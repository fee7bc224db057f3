//! De-mud: turns down what sticks out of its surroundings in the spectrum, for as long as it does.
//!
//! [`DemudSettings`] say what can be set. A [bank] of filters measures how much power there is in each twelfth of an
//! octave, [`finder`] says what of it sticks out by more than chance, and [bells](cut) follow the strongest of that and
//! take it. The sound passes through nothing but the bells: there is no latency, and where nothing sticks out, no change.

mod bank;
mod cut;
mod finder;
mod settings;
mod weight;

pub use cut::Cut;
pub use finder::PEAKS;
pub use settings::*;
pub use weight::WeightCurve;

use crate::block::ballistics::share;
use crate::readout::{Keep, Readout, Report};
use crate::smooth::Glide;
use crate::units::{gain_to_db, hz_to_octaves, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use bank::{Bank, PER_OCTAVE};
use cut::{Bells, INTERVALS, q_of_octaves};
use finder::{Finder, Look};

/// The most that is taken in one place, dB.
pub const MOST_DB: f64 = 24.0;

/// The widest that is looked for, in bands: half an octave.
const WIDEST: f64 = 6.0;

/// What is taken at full depth over what is measured to stick out: a twelfth of an octave measures less than there is in
/// the middle of a narrow resonance.
const FULL_DEPTH: f64 = 1.4;

/// Time constant of each of the two poles by which the bells follow, over the time that is listened over.
const FOLLOW: f64 = 0.5;

/// [`Cut::freq_hz`] of each bell.
pub static FREQUENCY_READOUTS: [Readout; PEAKS] = each(
    ["freq_1", "freq_2", "freq_3", "freq_4", "freq_5", "freq_6", "freq_7", "freq_8"],
    "Where a bell cuts, Hz.",
    Keep::Latest,
);

/// [`Cut::cut_db`] of each bell.
pub static CUT_READOUTS: [Readout; PEAKS] = each(
    ["cut_1", "cut_2", "cut_3", "cut_4", "cut_5", "cut_6", "cut_7", "cut_8"],
    "What a bell takes at its centre, dB.",
    Keep::Latest,
);

/// The most that any bell takes.
pub static TAKEN_READOUT: Readout =
    Readout { id: "taken", help: "The most that is taken anywhere, dB.", keep: Keep::Highest };

const fn each(ids: [&'static str; PEAKS], help: &'static str, keep: Keep) -> [Readout; PEAKS] {
    const NONE: Readout = Readout { id: "", help: "", keep: Keep::Latest };
    let mut readouts = [NONE; PEAKS];
    let mut i = 0;
    while i < PEAKS {
        readouts[i] = Readout { id: ids[i], help, keep };
        i += 1;
    }
    readouts
}

/// Q of the bells at a [`DETAIL`].
pub fn bell_q(detail_percent: f64) -> f64 {
    q_of_octaves(width_bands(detail_percent) / PER_OCTAVE as f64)
}

/// Gain in dB, zero or less, of `cuts` together at `freq_hz`.
pub fn magnitude_db(cuts: &[Cut], rate: f64, freq_hz: f64) -> f64 {
    let gain_db = |cut: &Cut| {
        cut.design(rate).map_or(0.0, |design| {
            let [re, im] = design.response(rate, freq_hz);
            gain_to_db(re.hypot(im))
        })
    };
    cuts.iter().map(gain_db).sum()
}

fn width_bands(detail_percent: f64) -> f64 {
    WIDEST.powf(1.0 - detail_percent / 100.0)
}

/// What glides: depth and detail, the range, and the nodes' frequencies and weights.
const GLIDING: usize = 4 + 2 * NODES;

/// The de-mud.
#[derive(Clone, Debug)]
pub struct Demud {
    settings: DemudSettings,
    rate: f64,
    glides: [Glide; GLIDING],
    look: Look,
    depth: f64,
    curve: WeightCurve,
    bank: Bank,
    finder: Finder,
    bells: Bells,
    heard: [Frame; CONTROL_INTERVAL],
    /// Frames of `heard` that have come.
    filled: usize,
    /// Which of [`INTERVALS`] is next.
    interval: usize,
}

impl Default for Demud {
    fn default() -> Self {
        Self {
            settings: DemudSettings::default(),
            rate: 0.0,
            glides: Default::default(),
            look: Look::default(),
            depth: 0.0,
            curve: WeightCurve::default(),
            bank: Bank::default(),
            finder: Finder::default(),
            bells: Bells::default(),
            heard: [[0.0; 2]; CONTROL_INTERVAL],
            filled: 0,
            interval: 0,
        }
    }
}

impl Demud {
    /// What each bell takes now.
    pub fn cuts(&self) -> [Cut; PEAKS] {
        self.bells.cuts()
    }

    /// Gain in dB at `freq_hz` now.
    pub fn magnitude_db(&self, freq_hz: f64) -> f64 {
        magnitude_db(&self.cuts(), self.rate, freq_hz)
    }

    /// Where the glides are.
    fn follow_settings(&mut self) {
        let now = self.glides.map(|glide| glide.now());
        self.depth = now[0];
        let [low, high] = [now[2], now[3]];
        self.look = Look {
            low_hz: octaves_to_hz(low.min(high)),
            high_hz: octaves_to_hz(high.max(low)),
            bands: width_bands(now[1]),
        };
        self.curve = WeightCurve::of(std::array::from_fn(|i| (now[4 + 2 * i], now[5 + 2 * i])));
        let (from, to) = self.look.places();
        self.bank.listen(from, to);
    }

    /// What is heard becomes the spectrum that the next look is over.
    fn hear(&mut self) {
        if self.glides.iter().any(Glide::moving) {
            for glide in &mut self.glides {
                glide.advance(INTERVALS as u32);
            }
            self.follow_settings();
        }
        self.bank.look(self.settings.speed_ms);
    }

    /// The bells follow what was found.
    fn follow(&mut self) {
        let share = share(self.settings.speed_ms * FOLLOW, self.rate / (INTERVALS * CONTROL_INTERVAL) as f64);
        match self.finder.peaks(&self.bank) {
            Some(peaks) => self.bells.follow(&peaks, self.look.bands, share),
            // What was found stays for when the sound comes back.
            None => self.bells.go_on(share),
        }
    }

    /// A control tick's part of the way from what is heard to what the bells follow: a part an interval, so that no block
    /// has all of the work.
    fn look(&mut self) {
        match self.interval.checked_sub(1) {
            None => self.hear(),
            Some(step) if step < finder::STEPS => self.finder.step(step, &self.bank, &self.look),
            Some(finder::STEPS) => self.follow(),
            Some(_) => {}
        }
    }
}

impl Processor for Demud {
    type Settings = DemudSettings;

    fn prepare(&mut self, rate: f64, _: LatencyMode) {
        self.rate = rate;
        self.glides.iter_mut().for_each(|glide| glide.prepare(rate));
        self.bank.prepare(rate);
        self.bells.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.glides.iter_mut().for_each(Glide::reset);
        self.bank.reset();
        self.finder = Finder::default();
        self.bells.reset();
        (self.filled, self.interval) = (0, 0);
        self.set(&{ self.settings });
        self.glides.iter_mut().for_each(Glide::reset);
    }

    fn set(&mut self, settings: &DemudSettings) {
        self.settings = *settings;
        self.glides[0].aim(settings.depth_percent / 100.0);
        self.glides[1].aim(settings.detail_percent);
        self.glides[2].aim(hz_to_octaves(settings.low_hz));
        self.glides[3].aim(hz_to_octaves(settings.high_hz));
        for (i, (freq_hz, percent)) in settings.nodes.all().into_iter().enumerate() {
            self.glides[4 + 2 * i].aim(hz_to_octaves(freq_hz));
            self.glides[5 + 2 * i].aim(percent / 100.0);
        }
        if !self.glides.iter().any(Glide::moving) {
            self.follow_settings();
        }
    }

    fn control(&mut self) {
        self.look();
        let (depth, curve) = (FULL_DEPTH * self.depth, &self.curve);
        let q = q_of_octaves(self.look.bands / PER_OCTAVE as f64);
        self.bells.control(self.interval, q, |freq_hz| depth * curve.at(freq_hz));
        self.interval = (self.interval + 1) % INTERVALS;
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _: &[Frame]) {
        let mut rest = &*frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(CONTROL_INTERVAL - self.filled));
            self.heard[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            if self.filled == CONTROL_INTERVAL {
                self.filled = 0;
                self.bank.run(&self.heard);
            }
            rest = later;
        }
        self.bells.run(frames);
    }

    fn latency(&self) -> usize {
        0
    }

    fn tail(&self) -> usize {
        self.bells.ring_frames()
    }

    fn is_settled(&self) -> bool {
        self.bells.is_settled() && !self.glides.iter().any(Glide::moving)
    }

    fn pass(&mut self, frames: usize) {
        self.heard = [[0.0; 2]; CONTROL_INTERVAL];
        self.filled = frames % CONTROL_INTERVAL;
        self.interval = (self.interval + frames / CONTROL_INTERVAL) % INTERVALS;
    }

    fn report(&mut self, report: &mut impl Report) {
        let cuts = self.cuts();
        for (i, cut) in cuts.iter().enumerate() {
            report.value(&FREQUENCY_READOUTS[i], cut.freq_hz);
            report.value(&CUT_READOUTS[i], cut.cut_db);
        }
        report.value(&TAKEN_READOUT, cuts.iter().fold(0.0, |most, cut| cut.cut_db.max(most)));
    }
}

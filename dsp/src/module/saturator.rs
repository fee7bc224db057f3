//! Saturator: bends the sound by one of six [curves](Curve).
//!
//! Only what a curve adds, f(u) - u, is worked out between the samples and at most 14 frames late, in f32; the sound itself
//! is delayed by whole frames and stays f64. So dry and saturated sound arrive together at every frequency, and without
//! drive the module is a pure delay.
//!
//! Worst alias of a full-scale 5 kHz sine at 44.1 kHz driven by 12 dB, over the fundamental: Soft, Tape, Triode and
//! Transformer -100 dB, Hard and Fold -90 dB. In Live there is no room for that: the curve's mean over the way between two
//! samples is half a sample late, the sound is brought to that by an all-pass, and the alias is at -25 dB (Hard: -23 dB).
//!
//! The curves' ceiling, ±1, stands 18 dB above 0 VU: at 0 dBFS unless said otherwise.

mod bend;
mod curve;
mod law;
mod settings;
mod shift;
mod targets;

pub use curve::Curve;
pub use settings::*;
pub use targets::{emphasis, output};

use crate::block::compensation::Compensation;
use crate::block::delay::Delay;
use crate::block::quadruple::DELAY;
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide, Ramp};
use crate::units::{db_to_gain, gain_to_db, ms_to_frames};
use crate::wide::wide;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use bend::{Bend, HIGHEST};
use law::Run;
use targets::{GLIDING, HEADROOM_DB, SHIFT, ZERO_VU_DB, shelves, targets};

/// What rings of that has fallen by 120 dB: 14 time constants.
const TAIL_MS: f64 = 1_100.0;

/// Control ticks of which one is measured for the level.
const TICKS: u32 = 8;

/// Half a sample of delay at low frequencies: (1 - ½) / (1 + ½) (J.-P. Thiran, 1971).
const HALF_SAMPLE: f64 = 1.0 / 3.0;

/// Below this a state is silence.
const SMALLEST: f64 = 1e-30;

/// [`SaturatorReading::driven_db`].
pub static DRIVEN_READOUT: Readout =
    Readout { id: "driven", help: "Highest peak that drives the curve, dB over its ceiling.", keep: Keep::Highest };

/// [`SaturatorReading::level_db`].
pub static LEVEL_READOUT: Readout = Readout {
    id: "level",
    help: "Level in dB that would give back what the curve took in the last three seconds of programme.",
    keep: Keep::Latest,
};

/// What a saturator is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaturatorReading {
    /// Highest peak of the last control interval that drives the curve, dB over its ceiling.
    pub driven_db: f64,
    /// The level in dB that would give back what the curve took of the power in the last three seconds of programme, if
    /// there were any.
    pub level_db: Option<f64>,
}

/// The saturator.
#[derive(Clone, Debug)]
pub struct Saturator {
    settings: SaturatorSettings,
    zero_vu_db: f64,
    rate: f64,
    mode: LatencyMode,
    glides: [Glide; GLIDING],
    changed: bool,
    /// Whether anything is on its way.
    moves: bool,
    /// Whether nothing has run since the last reset.
    fresh: bool,
    /// Whether the curve does anything until the next control tick.
    works: bool,
    bend: Bend,
    /// How much of the sound is heard; how much of what the curve adds.
    dry: Ramp,
    added: Ramp,
    /// Live: 1 where the sound is brought to the curve's half sample.
    aligned: Gain,
    all_pass: [Frame; 2],
    sound: Delay,
    level: Compensation,
    ticks: u32,
    powers: [f64; 2],
}

impl Default for Saturator {
    fn default() -> Self {
        Self {
            settings: SaturatorSettings::default(),
            zero_vu_db: ZERO_VU_DB,
            rate: 0.0,
            mode: LatencyMode::Live,
            glides: Default::default(),
            changed: false,
            moves: false,
            fresh: true,
            works: false,
            bend: Bend::default(),
            dry: Ramp::default(),
            added: Ramp::default(),
            aligned: Gain::default(),
            all_pass: [[0.0; 2]; 2],
            sound: Delay::default(),
            level: Compensation::default(),
            ticks: 0,
            powers: [0.0; 2],
        }
    }
}

impl Saturator {
    /// What it is doing.
    pub fn read(&self) -> SaturatorReading {
        SaturatorReading { driven_db: gain_to_db(f64::from(self.bend.peak())), level_db: self.level.gain_db() }
    }

    fn aim(&mut self) {
        for (glide, target) in self.glides.iter_mut().zip(targets(&self.settings, self.zero_vu_db)) {
            glide.aim(target);
        }
        self.changed = true;
    }

    /// At a control tick: what holds at the next.
    fn follow_settings(&mut self) {
        let moves = self.changed || self.glides.iter().any(Glide::moving);
        for glide in &mut self.glides {
            glide.step();
        }
        let now = self.glides.map(|glide| glide.now());
        let [drive_db, bias, _, level_db, mix, zero_vu_db, .., amount] = now;
        let ceiling = db_to_gain(zero_vu_db + HEADROOM_DB);
        let driven = db_to_gain(drive_db) / ceiling;
        let dry = 1.0 + mix * (db_to_gain(level_db) - 1.0);
        let added = mix * amount * db_to_gain(level_db) / driven;
        let jumps = std::mem::take(&mut self.fresh) || !moves;
        for (ramp, to) in [(&mut self.dry, dry), (&mut self.added, added)] {
            // Arrived: no rounding of the ramps is left.
            if jumps { ramp.jump(to) } else { ramp.aim(to) }
        }
        let law = self.settings.curve.law();
        let bends = self.bend.follow(law, driven, bias, &shelves(&now, self.rate), moves);
        let wanted = if self.settings.drive_db > 0.0 || amount > 0.0 { 1.0 } else { 0.0 };
        self.aligned.aim(if self.mode == LatencyMode::Live { wanted } else { 0.0 });
        self.moves = moves || bends || self.aligned.steady() != Some(self.aligned.target());
        self.changed = false;
        let works = amount > 0.0 || self.settings.drive_db > 0.0 || self.aligned.steady() != Some(0.0);
        if works && !self.works {
            self.bend.forget();
            self.all_pass = [[0.0; 2]; 2];
        }
        self.works = works;
    }

    /// Live: half a sample late, as what the curve adds.
    fn align(&mut self, sound: &mut [Frame]) {
        if self.aligned.steady() == Some(0.0) {
            return;
        }
        let [mut input, mut output] = self.all_pass;
        for frame in sound {
            let part = self.aligned.advance();
            for lane in 0..2 {
                let x = frame[lane];
                output[lane] = HALF_SAMPLE * (x - output[lane]) + input[lane];
                input[lane] = x;
                frame[lane] = x + part * (output[lane] - x);
            }
        }
        self.all_pass = [input, output];
    }

    /// The first `frames` of a run, in place.
    #[inline(always)]
    fn process(&mut self, sound: &mut Run<Frame>, frames: usize) {
        let added =
            if self.works { Some(self.bend.run(sound, frames, self.glides[SHIFT].target() > 0.0)) } else { None };
        self.sound.run(&mut sound[..frames]);
        self.align(&mut sound[..frames]);
        if let Some(added) = added {
            if self.ticks == 0 {
                self.measure(&sound[..frames], &added[..frames]);
            }
            let (mut dry, mut gain) = (self.dry, self.added);
            let moves = dry.is_moving() || gain.is_moving();
            for (frame, added) in sound[..frames].iter_mut().zip(&added) {
                let (dry, gain) = if moves { (dry.advance(), gain.advance()) } else { (dry.now(), gain.now()) };
                *frame = [dry * frame[0] + gain * added[0], dry * frame[1] + gain * added[1]];
            }
            (self.dry, self.added) = (dry, gain);
        } else if self.dry.now() != 1.0 || self.moves {
            for frame in &mut sound[..frames] {
                let dry = self.dry.advance();
                *frame = [dry * frame[0], dry * frame[1]];
            }
        }
    }

    /// Powers before and after the curve.
    fn measure(&mut self, sound: &[Frame], added: &[Frame]) {
        let limit = f64::from(HIGHEST);
        let [drive_db, _, _, _, _, zero_vu_db, .., amount] = self.glides.map(|glide| glide.now());
        let part = amount * db_to_gain(zero_vu_db + HEADROOM_DB - drive_db);
        for (x, r) in sound.iter().zip(added) {
            for lane in 0..2 {
                let (before, after) = (x[lane].clamp(-limit, limit), (x[lane] + part * r[lane]).clamp(-limit, limit));
                self.powers[0] += before * before;
                self.powers[1] += after * after;
            }
        }
    }
}

impl Processor for Saturator {
    type Settings = SaturatorSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        (self.rate, self.mode) = (rate, mode);
        self.glides.iter_mut().for_each(|glide| glide.prepare(rate));
        self.bend.prepare(rate, mode);
        self.aligned.prepare(rate);
        let latency = if mode == LatencyMode::Live { 0 } else { DELAY };
        self.sound.prepare(latency);
        self.reset();
    }

    fn reset(&mut self) {
        self.glides.iter_mut().for_each(Glide::reset);
        self.bend.reset();
        self.aligned.reset();
        self.sound.reset();
        self.all_pass = [[0.0; 2]; 2];
        (self.changed, self.moves, self.fresh, self.works) = (true, true, true, false);
        (self.ticks, self.powers) = (0, [0.0; 2]);
        self.level.prepare(self.rate / f64::from(TICKS * CONTROL_INTERVAL as u32));
    }

    fn set(&mut self, settings: &SaturatorSettings) {
        self.settings = *settings;
        self.aim();
    }

    /// The curves' ceiling is 18 dB above 0 VU.
    fn calibrate(&mut self, zero_vu_db: f64) {
        if zero_vu_db != self.zero_vu_db {
            self.zero_vu_db = zero_vu_db;
            self.aim();
        }
    }

    fn control(&mut self) {
        if self.changed || self.moves {
            self.follow_settings();
            self.aligned.control();
        }
        self.bend.control(self.works, self.glides[SHIFT].now());
        if !self.works {
            return;
        }
        if self.ticks == 0 {
            let [before, after] = std::mem::take(&mut self.powers).map(|power| power * (0.5 / CONTROL_INTERVAL as f64));
            self.level.look(before, after);
        }
        self.ticks = (self.ticks + 1) % TICKS;
        if self.all_pass.as_flattened().iter().all(|x| x.abs() < SMALLEST) {
            self.all_pass = [[0.0; 2]; 2];
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _: &[Frame]) {
        if let Ok(frames) = <&mut Run<Frame>>::try_from(&mut *frames) {
            wide!(_simd => self.process(frames, CONTROL_INTERVAL), else self.process(frames, CONTROL_INTERVAL));
        } else {
            let length = frames.len().min(CONTROL_INTERVAL);
            let mut sound = [[0.0; 2]; CONTROL_INTERVAL];
            sound[..length].copy_from_slice(frames);
            self.process(&mut sound, length);
            frames.copy_from_slice(&sound[..length]);
        }
    }

    fn latency(&self) -> usize {
        self.sound.frames()
    }

    /// What rings of the shelves and of the direct voltage.
    fn tail(&self) -> usize {
        if self.works { ms_to_frames(TAIL_MS, self.rate) as usize } else { 0 }
    }

    fn is_settled(&self) -> bool {
        !self.works || self.bend.is_settled()
    }

    fn report(&mut self, report: &mut impl Report) {
        let SaturatorReading { driven_db, level_db } = self.read();
        report.value(&DRIVEN_READOUT, driven_db);
        report.value(&LEVEL_READOUT, level_db.unwrap_or(f64::NEG_INFINITY));
    }
}

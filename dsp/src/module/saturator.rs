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

mod curve;
mod law;
mod settings;
mod shift;

pub use curve::Curve;
pub use settings::*;

use crate::block::compensation::Compensation;
use crate::block::delay::Delay;
use crate::block::magnitude::{higher, highest};
use crate::block::quadruple::{DELAY, Quadruple};
use crate::block::shelf::{RunningShelf, Shelf};
use crate::readout::{Keep, Readout, Report};
use crate::smooth::{Gain, Glide, Ramp};
use crate::units::{db_to_gain, gain_to_db, hz_to_octaves, ms_to_frames, octaves_to_hz};
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use law::{Law, Run};
use shift::Shift;

/// The level in dBFS that is 0 VU unless said otherwise.
const ZERO_VU_DB: f64 = -18.0;

/// How far the curves' ceiling is above 0 VU.
const HEADROOM_DB: f64 = 18.0;

/// How far the whole of [`BIAS`] moves the sound along the curve, over its ceiling.
const MOST_BIAS: f64 = 0.5;

/// How far the whole of [`TONE`] lifts one end and lowers the other, dB, and around which frequency.
const TONE_DB: f64 = 6.0;
const TONE_HZ: f64 = 1_000.0;

/// Below this drive the curve fades in: at 0 dB nothing is left of it.
const WHOLE_AT_DB: f64 = 3.0;

/// Uneven curves make a direct voltage; below this frequency what they add is taken off.
const DIRECT_HZ: f64 = 2.0;

/// What rings of that has fallen by 120 dB: 14 time constants.
const TAIL_MS: f64 = 1_100.0;

/// The highest magnitude that is bent: +600 dBFS, so that no number is infinite.
const HIGHEST: f32 = 1e30;

/// How much of the reported peak is left after each control interval.
const PEAK_KEEP: f32 = 0.995;

/// Control ticks of which one is measured for the level.
const TICKS: u32 = 8;

/// Half a sample of delay at low frequencies: (1 - ½) / (1 + ½) (J.-P. Thiran, 1971).
const HALF_SAMPLE: f64 = 1.0 / 3.0;

/// Filters stay this far below half the rate.
const HIGHEST_OF_RATE: f64 = 0.49;

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

/// What glides: drive, bias, tone, level, mix, and what lies around the curve.
const GLIDING: usize = 11;

/// Which of them is how far loud passages shift the bias.
const SHIFT: usize = 9;

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
    /// The one that is heard and the one before it.
    laws: [Law; 2],
    /// 1 where the first of them is heard, 0 where the second.
    fade: Gain,
    /// Onto the curve; how much of the sound is heard; how much of what the curve adds.
    driven: Ramp,
    dry: Ramp,
    added: Ramp,
    /// Live: 1 where the sound is brought to the curve's half sample.
    aligned: Gain,
    all_pass: [Frame; 2],
    /// Before the curve and, turned over, after it: the curve's own and the tone.
    before: [RunningShelf; 2],
    after: [RunningShelf; 2],
    /// Direct voltage of what is added.
    direct: Frame,
    direct_share: f64,
    /// The curve's bias at the last control tick and at the next; what loud passages add to that, for each channel.
    bias: [f64; 2],
    shifted: [[f64; 2]; 2],
    /// For each law 1 / its slope at either bias.
    scales: [[f64; 2]; 2],
    shifts: [Shift; 2],
    phase: usize,
    /// None in Live.
    quadruple: Option<Box<Quadruple>>,
    /// Live: the last driven sample of each channel.
    last: [f32; 2],
    sound: Delay,
    driven_peak: f32,
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
            laws: [Law::default(); 2],
            fade: Gain::default(),
            driven: Ramp::default(),
            dry: Ramp::default(),
            added: Ramp::default(),
            aligned: Gain::default(),
            all_pass: [[0.0; 2]; 2],
            before: Default::default(),
            after: Default::default(),
            direct: [0.0; 2],
            direct_share: 0.0,
            bias: [0.0; 2],
            shifted: [[0.0; 2]; 2],
            scales: [[1.0; 2]; 2],
            shifts: Default::default(),
            phase: 0,
            quadruple: None,
            last: [0.0; 2],
            sound: Delay::default(),
            driven_peak: 0.0,
            level: Compensation::default(),
            ticks: 0,
            powers: [0.0; 2],
        }
    }
}

/// What comes out, settled, where `input` goes in, both linear and over the ceiling, of a frequency that the curve's own
/// emphasis drives by `emphasis` (see [`emphasis`]); without mix and level.
pub fn output(settings: &SaturatorSettings, emphasis: f64, input: f64) -> f64 {
    let law = settings.curve.law();
    let bias = bias(settings);
    let driven = db_to_gain(settings.drive_db) * emphasis;
    let bent = (law.value(driven * input + bias) - law.value(bias)) / law.slope(bias) / driven;
    input + amount(settings.drive_db) * (bent - input)
}

/// How much a frequency is driven more than another, linear: by the curve itself and by the tone.
pub fn emphasis(settings: &SaturatorSettings, rate: f64, freq_hz: f64) -> f64 {
    let targets = targets(settings, ZERO_VU_DB);
    let t = tan_of(freq_hz, rate);
    shelves(&targets, rate).iter().map(|shelf| shelf.gain(t)).product()
}

fn bias(settings: &SaturatorSettings) -> f64 {
    settings.curve.surroundings().bias + MOST_BIAS * settings.bias_percent / 100.0
}

/// How much of what the curve adds is heard at a drive.
fn amount(drive_db: f64) -> f64 {
    (drive_db / WHOLE_AT_DB).clamp(0.0, 1.0)
}

fn tan_of(freq_hz: f64, rate: f64) -> f64 {
    (std::f64::consts::PI * (freq_hz / rate).min(HIGHEST_OF_RATE)).tan()
}

/// Where the glides go.
fn targets(settings: &SaturatorSettings, zero_vu_db: f64) -> [f64; GLIDING] {
    let around = settings.curve.surroundings();
    [
        settings.drive_db,
        bias(settings),
        settings.tone_percent / 100.0 * TONE_DB,
        settings.level_db,
        settings.mix_percent / 100.0,
        zero_vu_db,
        around.low_db,
        around.high_db,
        hz_to_octaves(around.centre_hz),
        around.shift,
        amount(settings.drive_db),
    ]
}

/// The curve's own shelf and the tone's.
fn shelves(&[_, _, tone_db, _, _, _, low_db, high_db, centre_octaves, ..]: &[f64; GLIDING], rate: f64) -> [Shelf; 2] {
    // Half way between pole and zero, in dB, is where the gain is half way between its ends.
    let shelf = |low_db: f64, high_db: f64, centre_hz: f64| Shelf {
        low: db_to_gain(low_db),
        high: db_to_gain(high_db),
        g: tan_of(centre_hz, rate) * db_to_gain(0.5 * (high_db - low_db)),
    };
    [shelf(low_db, high_db, octaves_to_hz(centre_octaves)), shelf(-tone_db, tone_db, TONE_HZ)]
}

impl Saturator {
    /// What it is doing.
    pub fn read(&self) -> SaturatorReading {
        SaturatorReading { driven_db: gain_to_db(f64::from(self.driven_peak)), level_db: self.level.gain_db() }
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
        let shelves = shelves(&now, self.rate);
        if std::mem::take(&mut self.fresh) {
            self.laws = [self.settings.curve.law(); 2];
            self.bias = [bias; 2];
            self.driven.jump(driven);
            self.dry.jump(dry);
            self.added.jump(added);
            for (i, shelf) in shelves.iter().enumerate() {
                self.before[i].jump(shelf);
                self.after[i].jump(&shelf.inverse());
            }
        } else {
            self.bias = [self.bias[1], bias];
            for (ramp, to) in [(&mut self.driven, driven), (&mut self.dry, dry), (&mut self.added, added)] {
                // Arrived: no rounding of the ramps is left.
                if moves { ramp.aim(to) } else { ramp.jump(to) }
            }
            for (i, shelf) in shelves.iter().enumerate() {
                self.before[i].aim(shelf, moves);
                self.after[i].aim(&shelf.inverse(), moves);
            }
        }
        let law = self.settings.curve.law();
        if self.fade.steady() == Some(1.0) && law != self.laws[0] {
            self.laws = [law, self.laws[0]];
            self.fade.reset();
            self.fade.aim(0.0);
            self.fade.aim(1.0);
        }
        self.scales = self.laws.map(|law| self.bias.map(|bias| 1.0 / law.slope(bias)));
        let wanted = if self.settings.drive_db > 0.0 || amount > 0.0 { 1.0 } else { 0.0 };
        self.aligned.aim(if self.mode == LatencyMode::Live { wanted } else { 0.0 });
        self.moves = moves
            || self.bias[0] != self.bias[1]
            || self.fade.steady() != Some(1.0)
            || self.aligned.steady() != Some(self.aligned.target())
            || law != self.laws[0];
        self.changed = false;
        let works = amount > 0.0 || self.settings.drive_db > 0.0 || self.aligned.steady() != Some(0.0);
        if works && !self.works {
            self.forget();
        }
        self.works = works;
    }

    /// What the curve has heard.
    fn forget(&mut self) {
        if let Some(quadruple) = &mut self.quadruple {
            quadruple.reset();
        }
        self.before.iter_mut().chain(&mut self.after).for_each(RunningShelf::clear);
        self.shifts.iter_mut().for_each(Shift::reset);
        (self.shifted, self.last, self.direct) = ([[0.0; 2]; 2], [0.0; 2], [0.0; 2]);
        self.all_pass = [[0.0; 2]; 2];
    }

    /// What the curve adds to the first `frames` of a run, by the way through it.
    #[inline(always)]
    fn bent(&mut self, sound: &Run<Frame>, frames: usize) -> Run<Frame> {
        let mut driven = *sound;
        let gains = self.driven.run(frames);
        for (frame, gain) in driven.iter_mut().zip(&gains) {
            *frame = [frame[0] * gain, frame[1] * gain];
        }
        for shelf in &mut self.before {
            shelf.run(&mut driven[..frames]);
        }
        let mut fade = [1.0; CONTROL_INTERVAL];
        let fades = self.fade.steady() != Some(1.0);
        if fades {
            for part in &mut fade[..frames] {
                *part = self.fade.advance() as f32;
            }
        }
        let fade = fades.then_some(&fade);
        let inputs = [0, 1].map(|lane: usize| {
            let mut u = driven.map(|frame| frame[lane] as f32);
            for u in &mut u {
                let x = if *u > HIGHEST { HIGHEST } else { *u };
                *u = higher(x, -HIGHEST);
            }
            u
        });
        let mut heights = [0.0; CONTROL_INTERVAL];
        for (i, height) in heights[..frames].iter_mut().enumerate() {
            *height = higher(inputs[0][i].abs(), inputs[1][i].abs());
        }
        self.driven_peak = higher(self.driven_peak, highest(&heights));
        if self.glides[SHIFT].target() > 0.0 {
            for (shift, u) in self.shifts.iter_mut().zip(&inputs) {
                shift.look(u, frames);
            }
        }
        let mut residues = [[0.0; CONTROL_INTERVAL]; 2];
        if let Some(mut quadruple) = self.quadruple.take() {
            residues = quadruple.run(&inputs, frames, |lane, around, made| {
                self.by_laws(lane, fade, made, |law, bias, made| law.residue(around, bias, made));
            });
            self.quadruple = Some(quadruple);
        } else {
            for (lane, u) in inputs.iter().enumerate() {
                let mut before = [self.last[lane]; CONTROL_INTERVAL];
                before[1..].copy_from_slice(&u[..CONTROL_INTERVAL - 1]);
                self.last[lane] = u[frames - 1];
                let mut mean = [[0.0; CONTROL_INTERVAL]];
                self.by_laws(lane, fade, &mut mean, |law, bias, mean| mean[0] = law.mean_residue(&before, u, bias));
                [residues[lane]] = mean;
            }
        }
        let mut added: Run<Frame> = std::array::from_fn(|i| [f64::from(residues[0][i]), f64::from(residues[1][i])]);
        for shelf in self.after.iter_mut().rev() {
            shelf.run(&mut added[..frames]);
        }
        let (mut direct, share) = (self.direct, self.direct_share);
        let keep = 1.0 - share;
        for frame in &mut added[..frames] {
            for lane in 0..2 {
                direct[lane] = keep * direct[lane] + share * frame[lane];
                frame[lane] -= direct[lane];
            }
        }
        self.direct = direct;
        added
    }

    /// Where on the `which`th law a channel's run stands.
    fn bias_of(&self, which: usize, lane: usize) -> Option<law::Bias> {
        let [from, to] = self.bias;
        let ends = [[from, self.shifted[lane][0]], [to, self.shifted[lane][1]]];
        self.laws[which].bias(ends, self.scales[which], self.phase)
    }

    /// One law, or two that fade.
    #[inline(always)]
    fn by_laws<const RUNS: usize>(
        &self,
        lane: usize,
        fade: Option<&Run<f32>>,
        added: &mut [Run<f32>; RUNS],
        residue: impl Fn(Law, Option<&law::Bias>, &mut [Run<f32>; RUNS]),
    ) {
        let bias = self.bias_of(0, lane);
        // A branch for each law outside its loops.
        match self.laws[0] {
            Law::Round => residue(Law::Round, bias.as_ref(), added),
            Law::Clip => residue(Law::Clip, bias.as_ref(), added),
            Law::Fold => residue(Law::Fold, bias.as_ref(), added),
        }
        if let Some(fade) = fade {
            let mut others = [[0.0; CONTROL_INTERVAL]; RUNS];
            residue(self.laws[1], self.bias_of(1, lane).as_ref(), &mut others);
            for (added, other) in added.iter_mut().zip(&others) {
                for i in 0..CONTROL_INTERVAL {
                    added[i] = other[i] + fade[i] * (added[i] - other[i]);
                }
            }
        }
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
        let added = if self.works { Some(self.bent(sound, frames)) } else { None };
        self.phase += frames;
        self.sound.run(&mut sound[..frames]);
        self.align(&mut sound[..frames]);
        if let Some(added) = added {
            if self.ticks == 0 {
                self.measure(&sound[..frames], &added[..frames]);
            }
            let (dry, gain) = (self.dry.run(frames), self.added.run(frames));
            for (i, frame) in sound[..frames].iter_mut().enumerate() {
                let (dry, gain, added) = (dry[i], gain[i], &added[i]);
                *frame = [dry * frame[0] + gain * added[0], dry * frame[1] + gain * added[1]];
            }
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
        self.fade.prepare(rate);
        self.aligned.prepare(rate);
        let latency = if mode == LatencyMode::Live { 0 } else { DELAY };
        self.sound.prepare(latency);
        self.quadruple = (mode != LatencyMode::Live).then(Box::default);
        self.shifts.iter_mut().for_each(|shift| shift.prepare(rate));
        self.direct_share = crate::block::ballistics::share(1e3 / (std::f64::consts::TAU * DIRECT_HZ), rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.glides.iter_mut().for_each(Glide::reset);
        self.fade.reset();
        self.fade.aim(1.0);
        self.aligned.reset();
        self.sound.reset();
        self.forget();
        (self.changed, self.moves, self.fresh, self.works) = (true, true, true, false);
        (self.phase, self.ticks, self.driven_peak, self.powers) = (0, 0, 0.0, [0.0; 2]);
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
        self.phase = 0;
        if self.changed || self.moves {
            self.fade.control();
            self.follow_settings();
            self.aligned.control();
        }
        self.driven_peak *= PEAK_KEEP;
        if !self.works {
            return;
        }
        let shift = self.glides[SHIFT].now();
        for (shifts, shifted) in self.shifts.iter_mut().zip(&mut self.shifted) {
            *shifted = [shifted[1], shift * shifts.control()];
        }
        if self.ticks == 0 {
            let [before, after] = std::mem::take(&mut self.powers).map(|power| power * (0.5 / CONTROL_INTERVAL as f64));
            self.level.look(before, after);
        }
        self.ticks = (self.ticks + 1) % TICKS;
        for shelf in self.before.iter_mut().chain(&mut self.after) {
            shelf.flush();
        }
        let quiet = |frame: &Frame| frame[0].abs().max(frame[1].abs()) < SMALLEST;
        if quiet(&self.direct) {
            self.direct = [0.0; 2];
        }
        if self.all_pass.iter().all(quiet) {
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
            self.process(frames, CONTROL_INTERVAL);
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
        !self.works || self.shifts.iter().all(Shift::is_settled)
    }

    fn report(&mut self, report: &mut impl Report) {
        let SaturatorReading { driven_db, level_db } = self.read();
        report.value(&DRIVEN_READOUT, driven_db);
        report.value(&LEVEL_READOUT, level_db.unwrap_or(f64::NEG_INFINITY));
    }
}

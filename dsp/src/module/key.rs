//! Key: what a dynamics module listens to. The sound itself or the external side-chain, through filters of its own.

use crate::Frame;
use crate::block::analog::Analog;
use crate::block::svf::{self, Coefs, Design, Section};
use crate::control::{Choice, Dial, Enumerated, Named, Scale, Settings, Unit, Visit, defaults};
use crate::readout::{Keep, Readout};
use crate::smooth::{Gain, Glide};
use crate::units::{hz_to_octaves, ms_to_frames, octaves_to_hz};

/// Where the key comes from.
pub static SOURCE: Choice = Choice {
    id: "key",
    name: "Key",
    options: &[
        Named { id: "internal", name: "Internal", help: Some("The sound that is treated.") },
        Named { id: "external", name: "External", help: Some("The side-chain input.") },
    ],
    default: 0,
    automatable: true,
    help: "What the detector listens to: the sound itself, or the side-chain input.",
};

/// See [`SOURCE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The sound that is treated.
    #[default]
    Internal,
    /// The side-chain input.
    External,
}

impl Enumerated for Source {
    const ALL: &'static [Self] = &[Self::Internal, Self::External];
}

/// High-pass of the key.
pub static HIGH_PASS: Dial = Dial {
    id: "key_hp",
    name: "Key HP",
    range: (20.0, 5_000.0),
    default: 20.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: Some("Off"),
    highest: None,
    help: "The detector hears less of what is below (12 dB/oct): keeps the bass from moving everything else.",
};

/// Low-pass of the key.
pub static LOW_PASS: Dial = Dial {
    id: "key_lp",
    name: "Key LP",
    range: (100.0, 20_000.0),
    default: 20_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: Some("Off"),
    help: "The detector hears less of what is above (12 dB/oct).",
};

/// Frequency of the key's bell.
pub static BELL_FREQUENCY: Dial = Dial {
    id: "key_freq",
    name: "Key Freq",
    range: (20.0, 20_000.0),
    default: 3_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "What the detector hears more or less of, by Key Gain.",
};

/// Gain of the key's bell.
pub static BELL_GAIN: Dial = Dial {
    id: "key_gain",
    name: "Key Gain",
    range: (-24.0, 24.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much more or less the detector hears around Key Freq. The sound itself is not filtered.",
};

/// Quality of the key's bell.
pub static BELL_Q: Dial = Dial {
    id: "key_q",
    name: "Key Q",
    range: (0.3, 10.0),
    default: 1.0,
    unit: Unit::Plain,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How narrow the range around Key Freq is.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeySettings {
    /// [`SOURCE`].
    pub source: Source,
    /// [`HIGH_PASS`] in Hz.
    pub high_pass_hz: f64,
    /// [`LOW_PASS`] in Hz.
    pub low_pass_hz: f64,
    /// [`BELL_FREQUENCY`] in Hz.
    pub bell_hz: f64,
    /// [`BELL_GAIN`] in dB.
    pub bell_db: f64,
    /// [`BELL_Q`].
    pub bell_q: f64,
}

impl Default for KeySettings {
    fn default() -> Self {
        defaults(Self {
            source: Source::Internal,
            high_pass_hz: 0.0,
            low_pass_hz: 0.0,
            bell_hz: 0.0,
            bell_db: 0.0,
            bell_q: 0.0,
        })
    }
}

impl Settings for KeySettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { source, high_pass_hz, low_pass_hz, bell_hz, bell_db, bell_q } = self;
        visitor.choice(source, &SOURCE);
        visitor.dial(high_pass_hz, &HIGH_PASS);
        visitor.dial(low_pass_hz, &LOW_PASS);
        visitor.dial(bell_hz, &BELL_FREQUENCY);
        visitor.dial(bell_db, &BELL_GAIN);
        visitor.dial(bell_q, &BELL_Q);
    }
}

/// What the key is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyState {
    /// The sound itself is the key.
    #[default]
    Internal,
    /// The side-chain is the key.
    External,
    /// The side-chain is the key, and has been silent for [`NO_KEY_MS`] or since the start: "no key".
    Silent,
}

/// Silence on the external key after which there is no key.
pub const NO_KEY_MS: f64 = 2_000.0;

/// Whether the key of a module is silent; see [`KeyState::Silent`].
pub static NO_KEY_READOUT: Readout = Readout {
    id: "no_key",
    help: "1 while the side-chain is the key and has been silent for 2 s.",
    keep: Keep::Latest,
};

/// Highest sample that still is silence: -120 dBFS.
pub(super) const SILENCE: f64 = 1e-6;

/// For how long the side-chain has been silent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silence {
    frames: usize,
}

impl Silence {
    /// Silent for as long as anyone knows.
    pub fn ever() -> Self {
        Self { frames: usize::MAX / 2 }
    }

    /// Listens to a run.
    pub fn listen(&mut self, keys: &[Frame]) {
        let loud = |frame: &Frame| frame[0].abs() > SILENCE || frame[1].abs() > SILENCE;
        self.frames = match keys.iter().rposition(loud) {
            Some(last) => keys.len() - 1 - last,
            None => self.frames.saturating_add(keys.len()),
        };
    }

    /// Whether that is so long that there is no key.
    pub fn is_no_key(&self, rate: f64) -> bool {
        self.frames as f64 >= ms_to_frames(NO_KEY_MS, rate)
    }
}

/// Quality of the key's high-pass and low-pass: Butterworth, no bump at the corner.
const CUT_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Filters stay this far below half the rate.
const HIGHEST_OF_RATE: f64 = 0.49;

/// Makes the key out of the sound and the side-chain.
#[derive(Clone, Debug, Default)]
pub struct Key {
    filters: [Filter; 3],
    /// 0 where the sound is the key, 1 where the side-chain is.
    external: Gain,
    rate: f64,
    silence: Silence,
}

impl Key {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.external.prepare(rate);
        self.filters = [Kind::HighPass, Kind::LowPass, Kind::Bell].map(|kind| Filter::new(kind, rate));
        self.reset();
    }

    /// Forgets the past; the next [`set`](Self::set) jumps.
    pub fn reset(&mut self) {
        self.external.reset();
        self.filters.iter_mut().for_each(Filter::reset);
        // Before anything has come there is no key.
        self.silence = Silence::ever();
    }

    /// Aims at `settings`.
    pub fn set(&mut self, settings: &KeySettings) {
        let KeySettings { source, high_pass_hz, low_pass_hz, bell_hz, bell_db, bell_q } = *settings;
        self.external.aim(if source == Source::External { 1.0 } else { 0.0 });
        let [high_pass, low_pass, bell] = &mut self.filters;
        high_pass.aim(high_pass_hz > HIGH_PASS.range.0, high_pass_hz, 0.0, CUT_Q);
        low_pass.aim(low_pass_hz < LOW_PASS.range.1, low_pass_hz, 0.0, CUT_Q);
        bell.aim(bell_db != 0.0, bell_hz, bell_db, bell_q);
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.external.control();
        for filter in &mut self.filters {
            filter.control(self.rate);
        }
    }

    /// Whether the key is the sound as it is.
    pub fn is_plain(&self) -> bool {
        self.external.steady() == Some(0.0) && self.filters.iter().all(|filter| !filter.runs())
    }

    /// Whether it needs its control ticks: not where it is plain and nothing was set since the last one.
    pub fn is_moving(&self) -> bool {
        self.external.steady().is_none() || self.filters.iter().any(|filter| filter.runs() || filter.amount.moving())
    }

    /// The key of a run: from the sound in `frames` and the side-chain in `keys` into `key`, all equally long.
    pub fn run(&mut self, frames: &[Frame], keys: &[Frame], key: &mut [Frame]) {
        match self.external.steady() {
            Some(0.0) => key.copy_from_slice(frames),
            Some(1.0) => key.copy_from_slice(keys),
            _ => {
                for ((to, own), other) in key.iter_mut().zip(frames).zip(keys) {
                    let part = self.external.advance();
                    *to = [own[0] + part * (other[0] - own[0]), own[1] + part * (other[1] - own[1])];
                }
            }
        }
        if self.external.target() == 1.0 {
            self.silence.listen(keys);
        } else {
            self.silence = Silence::default();
        }
        for filter in &mut self.filters {
            filter.run(key);
        }
    }

    /// What the key is doing.
    pub fn state(&self) -> KeyState {
        match self.external.target() == 1.0 {
            false => KeyState::Internal,
            true if self.silence.is_no_key(self.rate) => KeyState::Silent,
            true => KeyState::External,
        }
    }
}

/// Listen state of a dynamics module: its key instead of its output, faded.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyListener {
    /// 1 where the key is heard.
    heard: Gain,
    listens: bool,
}

impl KeyListener {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.heard.prepare(rate);
        self.reset();
    }

    /// Forgets the past, but not whether it listens.
    pub fn reset(&mut self) {
        self.heard.reset();
        self.aim();
    }

    /// Listens to the key or no longer; whether that is new.
    pub fn listen(&mut self, to_key: bool) -> bool {
        let new = to_key != self.listens;
        self.listens = to_key;
        self.aim();
        new
    }

    fn aim(&mut self) {
        self.heard.aim(if self.listens { 1.0 } else { 0.0 });
    }

    /// A control tick.
    pub fn control(&mut self) {
        self.heard.control();
    }

    /// Whether the output is heard as it is until the next control tick.
    pub fn is_off(&self) -> bool {
        self.heard.steady() == Some(0.0)
    }

    /// Whether it has arrived where it goes.
    pub fn is_steady(&self) -> bool {
        self.heard.steady() == Some(self.heard.target())
    }

    /// Puts as much of `key` in the place of the output in `frames`, equally long, as is heard of it.
    #[inline(always)]
    pub fn run(&mut self, frames: &mut [Frame], key: &[Frame]) {
        if self.is_off() {
            return;
        }
        for (frame, key) in frames.iter_mut().zip(key) {
            let part = self.heard.advance();
            *frame = [frame[0] + part * (key[0] - frame[0]), frame[1] + part * (key[1] - frame[1])];
        }
    }
}

/// What a [`Filter`] does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Kind {
    /// 12 dB/oct.
    #[default]
    HighPass,
    /// 12 dB/oct.
    LowPass,
    /// By its gain.
    Bell,
}

/// A filter that glides, and fades in and out by blending its coefficients with those of one that lets everything pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    kind: Kind,
    /// 0 = off, 1 = on.
    amount: Glide,
    octaves: Glide,
    gain_db: Glide,
    q: Glide,
    section: Section,
    /// Whether it has been set since the last reset.
    set: bool,
}

impl Filter {
    /// One for `rate` Hz that does nothing yet.
    pub fn new(kind: Kind, rate: f64) -> Self {
        let mut glide = Glide::default();
        glide.prepare(rate);
        Self { kind, amount: glide, octaves: glide, gain_db: glide, q: glide, section: Section::default(), set: false }
    }

    /// Forgets the past; the next [`aim`](Self::aim) jumps.
    pub fn reset(&mut self) {
        for glide in [&mut self.amount, &mut self.octaves, &mut self.gain_db, &mut self.q] {
            glide.reset();
        }
        self.section.clear();
        self.set = false;
    }

    /// Sets where to go.
    pub fn aim(&mut self, on: bool, freq_hz: f64, gain_db: f64, q: f64) {
        self.amount.aim(if on { 1.0 } else { 0.0 });
        self.octaves.aim(hz_to_octaves(freq_hz));
        self.gain_db.aim(gain_db);
        self.q.aim(q);
    }

    /// Whether it does anything until the next control tick.
    pub fn runs(&self) -> bool {
        self.section.is_moving() || self.amount.now() > 0.0
    }

    /// A control tick.
    pub fn control(&mut self, rate: f64) {
        let moves = [&self.amount, &self.octaves, &self.gain_db, &self.q].iter().any(|glide| glide.moving());
        let starts = !std::mem::replace(&mut self.set, true);
        if moves || starts {
            for glide in [&mut self.amount, &mut self.octaves, &mut self.gain_db, &mut self.q] {
                glide.step();
            }
            let coefs = self.coefs(rate).map(|c| [c; 2]);
            if starts {
                self.section.jump(coefs);
            } else {
                self.section.aim(coefs);
            }
        } else if self.section.is_moving() {
            let coefs = self.coefs(rate).map(|c| [c; 2]);
            self.section.jump(coefs);
        }
        if !self.runs() {
            self.section.clear();
        }
        self.section.flush();
    }

    /// Filters a run in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        if self.runs() {
            svf::run(&mut self.section, frames);
        }
    }

    fn coefs(&self, rate: f64) -> Coefs {
        let neutral = Design::NEUTRAL.coefs();
        let amount = self.amount.now();
        let design = self.design(rate).coefs();
        std::array::from_fn(|i| neutral[i] + amount * (design[i] - neutral[i]))
    }

    fn design(&self, rate: f64) -> Design {
        let (gain_db, q) = (self.gain_db.now(), self.q.now());
        let analog = match self.kind {
            Kind::HighPass => Analog::high_pass(q),
            Kind::LowPass => Analog::low_pass(q),
            Kind::Bell => Analog::bell(gain_db, q),
        };
        let ratio = (octaves_to_hz(self.octaves.now()) / rate).min(HIGHEST_OF_RATE);
        Design::bilinear(&analog, (std::f64::consts::PI * ratio).tan())
    }
}

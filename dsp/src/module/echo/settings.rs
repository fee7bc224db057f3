//! What can be set on the delay.

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Switch, Unit, Visit, defaults};
use crate::module::wet::WetSettings;

/// The group of the delay's controls.
pub static GROUP: Group = Group { id: "delay", name: "Delay" };

/// Whether the time follows the tempo.
pub static SYNC: Switch = Switch {
    id: "sync",
    name: "Sync",
    default: true,
    help: "The time is a note of the host's tempo; off, it is the Time dial's. Without a tempo, 120 bpm.",
};

/// Note.
pub static NOTE: Choice = Choice {
    id: "note",
    name: "Note",
    options: &[
        Named { id: "1_32", name: "1/32", help: None },
        Named { id: "1_16", name: "1/16", help: None },
        Named { id: "1_8", name: "1/8", help: None },
        Named { id: "1_4", name: "1/4", help: None },
        Named { id: "1_2", name: "1/2", help: None },
        Named { id: "1_1", name: "1/1", help: None },
    ],
    default: 3,
    automatable: true,
    help: "How far the echoes are apart, as a note. More than 2 s is halved until it fits; the picture shows what is heard.",
};

/// See [`NOTE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Note {
    /// 1/32.
    ThirtySecond,
    /// 1/16.
    Sixteenth,
    /// 1/8.
    Eighth,
    /// 1/4.
    #[default]
    Quarter,
    /// 1/2.
    Half,
    /// 1/1.
    Whole,
}

impl Enumerated for Note {
    const ALL: &'static [Self] =
        &[Self::ThirtySecond, Self::Sixteenth, Self::Eighth, Self::Quarter, Self::Half, Self::Whole];
}

/// Feel.
pub static FEEL: Choice = Choice {
    id: "feel",
    name: "Feel",
    options: &[
        Named { id: "straight", name: "Straight", help: None },
        Named { id: "dotted", name: "Dotted", help: Some("Half as long again.") },
        Named { id: "triplet", name: "Triplet", help: Some("Two thirds as long.") },
    ],
    default: 0,
    automatable: true,
    help: "The note as it is, dotted or as a triplet.",
};

/// See [`FEEL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Feel {
    /// As it is.
    #[default]
    Straight,
    /// Times 3/2.
    Dotted,
    /// Times 2/3.
    Triplet,
}

impl Enumerated for Feel {
    const ALL: &'static [Self] = &[Self::Straight, Self::Dotted, Self::Triplet];
}

/// Time.
pub static TIME: Dial = Dial {
    id: "time",
    name: "Time",
    range: (1.0, 2_000.0),
    default: 350.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How far the echoes are apart while Sync is off. A new time fades in: nothing changes pitch.",
};

/// Feedback.
pub static FEEDBACK: Dial = Dial {
    id: "feedback",
    name: "Feedback",
    range: (0.0, 98.0),
    default: 30.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How loud each echo is beside the one before. 0 % is a single echo.",
};

/// Pattern.
pub static PATTERN: Choice = Choice {
    id: "pattern",
    name: "Pattern",
    options: &[
        Named { id: "stereo", name: "Stereo", help: Some("Left echoes left, right echoes right.") },
        Named { id: "ping_pong", name: "Ping-pong", help: Some("The mono sum echoes left, right, left, right.") },
    ],
    default: 0,
    automatable: true,
    help: "Where the echoes are.",
};

/// See [`PATTERN`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pattern {
    /// Each channel by itself.
    #[default]
    Stereo,
    /// From side to side.
    PingPong,
}

impl Enumerated for Pattern {
    const ALL: &'static [Self] = &[Self::Stereo, Self::PingPong];
}

/// Low cut.
pub static LOW_CUT: Dial = Dial {
    id: "low_cut",
    name: "Low Cut",
    range: (20.0, 2_000.0),
    default: 150.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: Some("Off"),
    highest: None,
    help: "Each echo loses what is below (12 dB/oct), the later ones more: keeps the low end of the mix clear.",
};

/// High cut.
pub static HIGH_CUT: Dial = Dial {
    id: "high_cut",
    name: "High Cut",
    range: (500.0, 20_000.0),
    default: 6_000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: Some("Off"),
    help: "Each echo loses what is above (12 dB/oct), the later ones more: moves the echoes behind the sound.",
};

/// Modulation depth.
pub static DEPTH: Dial = Dial {
    id: "mod_depth",
    name: "Mod Depth",
    range: (0.0, 10.0),
    default: 0.0,
    unit: Unit::Millis,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far the time wanders: a little makes the echoes unsteady as tape does, more makes a chorus.",
};

/// Modulation rate.
pub static RATE: Dial = Dial {
    id: "mod_rate",
    name: "Mod Rate",
    range: (0.05, 10.0),
    default: 0.6,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How often it wanders there and back.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EchoSettings {
    /// [`SYNC`].
    pub sync: bool,
    /// [`NOTE`].
    pub note: Note,
    /// [`FEEL`].
    pub feel: Feel,
    /// [`TIME`] in ms.
    pub time_ms: f64,
    /// [`FEEDBACK`] in per cent.
    pub feedback_percent: f64,
    /// [`PATTERN`].
    pub pattern: Pattern,
    /// [`LOW_CUT`] in Hz.
    pub low_cut_hz: f64,
    /// [`HIGH_CUT`] in Hz.
    pub high_cut_hz: f64,
    /// [`DEPTH`] in ms.
    pub mod_depth_ms: f64,
    /// [`RATE`] in Hz.
    pub mod_rate_hz: f64,
    /// What becomes of the echoes.
    pub wet: WetSettings,
}

impl Default for EchoSettings {
    fn default() -> Self {
        defaults(Self {
            sync: false,
            note: Note::Quarter,
            feel: Feel::Straight,
            time_ms: 0.0,
            feedback_percent: 0.0,
            pattern: Pattern::Stereo,
            low_cut_hz: 0.0,
            high_cut_hz: 0.0,
            mod_depth_ms: 0.0,
            mod_rate_hz: 0.0,
            wet: WetSettings::default(),
        })
    }
}

impl Settings for EchoSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self {
            sync,
            note,
            feel,
            time_ms,
            feedback_percent,
            pattern,
            low_cut_hz,
            high_cut_hz,
            mod_depth_ms,
            mod_rate_hz,
            wet,
        } = self;
        visitor.switch(sync, &SYNC);
        visitor.choice(note, &NOTE);
        visitor.choice(feel, &FEEL);
        visitor.dial(time_ms, &TIME);
        visitor.dial(feedback_percent, &FEEDBACK);
        visitor.choice(pattern, &PATTERN);
        visitor.dial(low_cut_hz, &LOW_CUT);
        visitor.dial(high_cut_hz, &HIGH_CUT);
        visitor.dial(mod_depth_ms, &DEPTH);
        visitor.dial(mod_rate_hz, &RATE);
        wet.visit(visitor);
    }
}

impl EchoSettings {
    /// Left and right gain of the k-th echo (from 1) of a sound in the middle, but for the filters.
    pub fn echo(&self, k: u32) -> [f64; 2] {
        let gain = self.wet.send() * (self.feedback_percent / 100.0).powi(k.saturating_sub(1) as i32);
        let side = 0.5 * self.wet.width_percent / 100.0;
        match self.pattern {
            Pattern::Stereo => [gain; 2],
            Pattern::PingPong if k % 2 == 1 => [(0.5 + side) * gain, (0.5 - side) * gain],
            Pattern::PingPong => [(0.5 - side) * gain, (0.5 + side) * gain],
        }
    }

    /// How far the echoes are apart in ms at `tempo_bpm`. A note that is longer than the line is halved until it fits.
    pub fn spacing_ms(&self, tempo_bpm: f64) -> f64 {
        if !self.sync {
            return self.time_ms;
        }
        let mut ms = self.note_ms(tempo_bpm);
        while ms > TIME.range.1 {
            ms *= 0.5;
        }
        ms
    }

    /// Length of the note in ms at `tempo_bpm`, whether or not it fits.
    pub fn note_ms(&self, tempo_bpm: f64) -> f64 {
        let note = match self.note {
            Note::ThirtySecond => 1.0 / 32.0,
            Note::Sixteenth => 1.0 / 16.0,
            Note::Eighth => 1.0 / 8.0,
            Note::Quarter => 1.0 / 4.0,
            Note::Half => 1.0 / 2.0,
            Note::Whole => 1.0,
        };
        let feel = match self.feel {
            Feel::Straight => 1.0,
            Feel::Dotted => 1.5,
            Feel::Triplet => 2.0 / 3.0,
        };
        // A beat is a quarter.
        note * feel * 4.0 * 60_000.0 / tempo_bpm
    }
}

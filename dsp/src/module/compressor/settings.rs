//! What can be set on a compressor.

use super::character::Character;
use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Staged, Switch, Unit, Visit, defaults};
use crate::module::key::KeySettings;

/// The module's group on a channel.
pub static GROUP: Group = Group { id: "comp", name: "Comp" };

/// The module's group on a master, where it holds a mix together.
pub static GLUE: Group = Group { id: "glue", name: "Glue" };

/// What the glue of a fresh master is set to: the bus character, slow enough to let transients pass.
pub fn glue() -> Staged<CompressorSettings> {
    let module = CompressorSettings {
        character: Character::Bus,
        ratio: 2.0,
        attack_ms: 30.0,
        auto_release: true,
        ..CompressorSettings::default()
    };
    Staged { module, ..Staged::default() }
}

/// Which compressor it is; see [`Character`] for what is inside each.
pub static CHARACTER: Choice = Choice {
    id: "char",
    name: "Character",
    options: &[
        Named {
            id: "clean",
            name: "Clean",
            help: Some(
                "Does exactly what the curve and the times say. For any source whose level should change and nothing \
                 else: voice, acoustic instruments, busses.",
            ),
        },
        Named {
            id: "opto",
            name: "Opto",
            help: Some(
                "Lets go at once of what was short and slowly of what was long, as a lamp and a photo-resistor do. For \
                 vocals, bass and anything sung or bowed.",
            ),
        },
        Named {
            id: "fet",
            name: "FET",
            help: Some(
                "Grabs peaks within a fraction of a millisecond and lets go at an even pace. For drums, room \
                 microphones and voices that should stand in front.",
            ),
        },
        Named {
            id: "vari_mu",
            name: "Vari-Mu",
            help: Some(
                "Turns harder the louder it gets: the ratio grows with the level, and is the one set where the output \
                 stands at 0 VU. For groups and whole mixes.",
            ),
        },
        Named {
            id: "bus",
            name: "Bus",
            help: Some(
                "Two releases side by side: single hits recover quickly, a loud passage slowly, so the mix moves as \
                 one and does not pump. For drum groups and the mix.",
            ),
        },
        Named {
            id: "rms",
            name: "RMS",
            help: Some(
                "Follows the true mean level over its window and keeps its gain where the programme pauses, so \
                 breaths and rooms do not come up. For dialogue, lead vocals and uneven takes.",
            ),
        },
    ],
    default: 0,
    automatable: true,
    help: "Which compressor it is: how it measures, how its curve comes about and how it lets go.",
};

/// Threshold.
pub static THRESHOLD: Dial = Dial {
    id: "thresh",
    name: "Threshold",
    range: (-60.0, 0.0),
    default: -20.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level above which it turns down.",
};

/// Ratio.
pub static RATIO: Dial = Dial {
    id: "ratio",
    name: "Ratio",
    range: (1.0, 100.0),
    default: 3.0,
    unit: Unit::Ratio,
    scale: Scale::Log,
    lowest: None,
    highest: Some("inf:1"),
    help: "How many dB above the threshold come out as one. 1:1 leaves everything as it is.",
};

/// Knee.
pub static KNEE: Dial = Dial {
    id: "knee",
    name: "Knee",
    range: (0.0, 24.0),
    default: 6.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Width of the bend around the threshold. 0 dB is a hard corner.",
};

/// Attack.
pub static ATTACK: Dial = Dial {
    id: "attack",
    name: "Attack",
    range: (0.02, 250.0),
    default: 10.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of a turn down is done. Opto, FET and Vari-Mu listen to their own output, which makes them \
           quicker the higher the ratio.",
};

/// Release.
pub static RELEASE: Dial = Dial {
    id: "release",
    name: "Release",
    range: (5.0, 3_000.0),
    default: 120.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the gain comes back; the quicker of the two in Opto and Bus, and the time for 8.7 dB \
           in FET.",
};

/// Auto release.
pub static AUTO_RELEASE: Switch = Switch {
    id: "auto_rel",
    name: "Auto Release",
    default: false,
    help: "The character's own release that follows the programme; the Release dial then rests.",
};

/// Hold.
pub static HOLD: Dial = Dial {
    id: "hold",
    name: "Hold",
    range: (0.0, 500.0),
    default: 0.0,
    unit: Unit::Millis,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How long the gain stays down before the release begins.",
};

/// Range.
pub static RANGE: Dial = Dial {
    id: "range",
    name: "Range",
    range: (0.0, 60.0),
    default: 60.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The most that it turns down.",
};

/// Look-ahead.
pub static LOOK_AHEAD: Dial = Dial {
    id: "look",
    name: "Look-ahead",
    range: (0.0, 1.8),
    default: 0.0,
    unit: Unit::Millis,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much earlier the gain moves than the sound. Latency is the same at any setting; in Live there is neither.",
};

/// What the detector measures.
pub static SENSE: Choice = Choice {
    id: "sense",
    name: "Detector",
    options: &[
        Named { id: "peak", name: "Peak", help: Some("Every sample: for transients.") },
        Named { id: "rms", name: "RMS", help: Some("The mean power over about the window: nearer to loudness.") },
    ],
    default: 0,
    automatable: true,
    help: "What the detector measures. FET is always peak, RMS always its window's mean.",
};

/// See [`SENSE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sense {
    /// The magnitude of every sample.
    #[default]
    Peak,
    /// The mean power; a sine reads its peak level.
    Rms,
}

impl Enumerated for Sense {
    const ALL: &'static [Self] = &[Self::Peak, Self::Rms];
}

/// Window of the RMS detector.
pub static WINDOW: Dial = Dial {
    id: "window",
    name: "RMS Window",
    range: (1.0, 500.0),
    default: 30.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time over which the RMS detector measures.",
};

/// Stereo link.
pub static LINK: Dial = Dial {
    id: "link",
    name: "Link",
    range: (0.0, 100.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far both channels follow the louder one. At 100 % the stereo picture does not move.",
};

/// Make-up gain.
pub static MAKE_UP: Dial = Dial {
    id: "makeup",
    name: "Make-up",
    range: (-12.0, 36.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level of the compressed sound. Auto measures what was taken and sets it once.",
};

/// Mix.
pub static MIX: Dial = Dial {
    id: "mix",
    name: "Mix",
    range: (0.0, 100.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Compressed sound against dry: less than 100 % is parallel compression.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompressorSettings {
    /// [`CHARACTER`].
    pub character: Character,
    /// [`THRESHOLD`] in dBFS.
    pub threshold_db: f64,
    /// [`RATIO`]; at the top of its range it is infinite.
    pub ratio: f64,
    /// [`KNEE`] in dB.
    pub knee_db: f64,
    /// [`ATTACK`] in ms.
    pub attack_ms: f64,
    /// [`RELEASE`] in ms.
    pub release_ms: f64,
    /// [`AUTO_RELEASE`].
    pub auto_release: bool,
    /// [`HOLD`] in ms.
    pub hold_ms: f64,
    /// [`RANGE`] in dB.
    pub range_db: f64,
    /// [`LOOK_AHEAD`] in ms.
    pub look_ahead_ms: f64,
    /// [`SENSE`].
    pub sense: Sense,
    /// [`WINDOW`] in ms.
    pub window_ms: f64,
    /// [`LINK`] in per cent.
    pub link_percent: f64,
    /// What the detector listens to.
    pub key: KeySettings,
    /// [`MAKE_UP`] in dB.
    pub make_up_db: f64,
    /// [`MIX`] in per cent.
    pub mix_percent: f64,
}

impl Default for CompressorSettings {
    fn default() -> Self {
        defaults(Self {
            character: Character::Clean,
            threshold_db: 0.0,
            ratio: 1.0,
            knee_db: 0.0,
            attack_ms: 0.0,
            release_ms: 0.0,
            auto_release: false,
            hold_ms: 0.0,
            range_db: 0.0,
            look_ahead_ms: 0.0,
            sense: Sense::Peak,
            window_ms: 0.0,
            link_percent: 0.0,
            key: KeySettings::default(),
            make_up_db: 0.0,
            mix_percent: 0.0,
        })
    }
}

impl Settings for CompressorSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self {
            character,
            threshold_db,
            ratio,
            knee_db,
            attack_ms,
            release_ms,
            auto_release,
            hold_ms,
            range_db,
            look_ahead_ms,
            sense,
            window_ms,
            link_percent,
            key,
            make_up_db,
            mix_percent,
        } = self;
        visitor.choice(character, &CHARACTER);
        visitor.dial(threshold_db, &THRESHOLD);
        visitor.dial(ratio, &RATIO);
        visitor.dial(knee_db, &KNEE);
        visitor.dial(attack_ms, &ATTACK);
        visitor.dial(release_ms, &RELEASE);
        visitor.switch(auto_release, &AUTO_RELEASE);
        visitor.dial(hold_ms, &HOLD);
        visitor.dial(range_db, &RANGE);
        visitor.dial(look_ahead_ms, &LOOK_AHEAD);
        visitor.choice(sense, &SENSE);
        visitor.dial(window_ms, &WINDOW);
        visitor.dial(link_percent, &LINK);
        key.visit(visitor);
        visitor.dial(make_up_db, &MAKE_UP);
        visitor.dial(mix_percent, &MIX);
    }
}

impl CompressorSettings {
    /// 1 - 1 / ratio: 0 where nothing happens, 1 for a limiter.
    pub fn slope(&self) -> f64 {
        if self.ratio >= RATIO.range.1 { 1.0 } else { 1.0 - 1.0 / self.ratio.max(1.0) }
    }
}

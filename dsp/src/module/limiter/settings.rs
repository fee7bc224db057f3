//! What can be set on a limiter.

use super::style::Style;
use crate::control::{Choice, Dial, Group, Named, Scale, Settings, Switch, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "limiter", name: "Limiter" };

/// Which limiter it is; see [`Style`] for what is inside each.
pub static STYLE: Choice = Choice {
    id: "style",
    name: "Style",
    options: &[
        Named {
            id: "transparent",
            name: "Transparent",
            help: Some("Lets go evenly, in its release and no other way. For a master that should only be louder."),
        },
        Named {
            id: "punch",
            name: "Punch",
            help: Some(
                "Lets go of a hit ten times as fast as of a passage, so that drums stand out of what is held down. For \
                 rock, pop and anything with a beat.",
            ),
        },
        Named {
            id: "even",
            name: "Even",
            help: Some(
                "Comes back at a constant pace and is then done: shallow cuts are over at once, deep ones move \
                 audibly. For dense, rhythmic masters that may breathe.",
            ),
        },
        Named {
            id: "smooth",
            name: "Smooth",
            help: Some(
                "Waits half a release before it lets go, and then begins gently, so that low notes are not bent. For \
                 bass, piano, strings and voices.",
            ),
        },
        Named {
            id: "steady",
            name: "Steady",
            help: Some(
                "Remembers how far a passage was held down and comes back only to there, so that its level does not \
                 wander from beat to beat. For acoustic music and long crescendos.",
            ),
        },
        Named {
            id: "loud",
            name: "Loud",
            help: Some(
                "The deeper the cut, the faster it comes back; the last dB take their time. For loud electronic and \
                 heavy masters.",
            ),
        },
    ],
    default: 0,
    automatable: true,
    help: "Which limiter it is: how it lets go of what it held down. All hold the same ceiling.",
};

/// Gain.
pub static GAIN: Dial = Dial {
    id: "gain",
    name: "Gain",
    range: (0.0, 24.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far the sound is lifted into the ceiling.",
};

/// Ceiling.
pub static CEILING: Dial = Dial {
    id: "ceiling",
    name: "Ceiling",
    range: (-12.0, 0.0),
    default: -1.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "The highest true peak that leaves, in dBTP. In Live it is the highest sample, and peaks between samples can lie \
           above it.",
};

/// Look-ahead.
pub static LOOK_AHEAD: Dial = Dial {
    id: "look",
    name: "Look-ahead",
    range: (0.1, 5.0),
    default: 2.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How long before a peak the gain begins to move. Short is louder and rougher. Latency is the same at any \
           setting; in Live there is neither.",
};

/// Release.
pub static RELEASE: Dial = Dial {
    id: "release",
    name: "Release",
    range: (1.0, 1_000.0),
    default: 80.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time in which 63 % of the gain comes back; in Even the time for 8.7 dB, in Punch that of what was long, in \
           Loud that of about 4 dB.",
};

/// Auto release.
pub static AUTO_RELEASE: Switch = Switch {
    id: "auto_rel",
    name: "Auto Release",
    default: false,
    help: "The release follows the programme: short where peaks stand out, long where it is dense. The Release dial then \
           rests.",
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

/// The soft clipper.
pub static CLIP: Switch = Switch {
    id: "clip",
    name: "Clip",
    default: false,
    help: "A soft clipper before the limiter: takes the tips off short peaks, so that less has to be turned down. It cannot \
           push anything over the ceiling.",
};

/// Level of the soft clipper.
pub static CLIP_LEVEL: Dial = Dial {
    id: "clip_level",
    name: "Clip Level",
    range: (-6.0, 12.0),
    default: 2.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Where the clipper ends, over the ceiling. What is between the two is the limiter's work; at 0 dB or below little \
           is left to it.",
};

/// Shape of the soft clipper.
pub static CLIP_SHAPE: Dial = Dial {
    id: "clip_shape",
    name: "Clip Shape",
    range: (0.0, 100.0),
    default: 50.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: Some("hard"),
    highest: Some("soft"),
    help: "From a hard corner to a bend that begins 6 dB below the clip level. What is below the bend is untouched.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimiterSettings {
    /// [`STYLE`].
    pub style: Style,
    /// [`GAIN`] in dB.
    pub gain_db: f64,
    /// [`CEILING`] in dBTP.
    pub ceiling_db: f64,
    /// [`LOOK_AHEAD`] in ms.
    pub look_ahead_ms: f64,
    /// [`RELEASE`] in ms.
    pub release_ms: f64,
    /// [`AUTO_RELEASE`].
    pub auto_release: bool,
    /// [`LINK`] in per cent.
    pub link_percent: f64,
    /// [`CLIP`].
    pub clip: bool,
    /// [`CLIP_LEVEL`] in dB over the ceiling.
    pub clip_level_db: f64,
    /// [`CLIP_SHAPE`] in per cent.
    pub clip_shape_percent: f64,
}

impl Default for LimiterSettings {
    fn default() -> Self {
        defaults(Self {
            style: Style::Transparent,
            gain_db: 0.0,
            ceiling_db: 0.0,
            look_ahead_ms: 0.0,
            release_ms: 0.0,
            auto_release: false,
            link_percent: 0.0,
            clip: false,
            clip_level_db: 0.0,
            clip_shape_percent: 0.0,
        })
    }
}

impl Settings for LimiterSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self {
            style,
            gain_db,
            ceiling_db,
            look_ahead_ms,
            release_ms,
            auto_release,
            link_percent,
            clip,
            clip_level_db,
            clip_shape_percent,
        } = self;
        visitor.choice(style, &STYLE);
        visitor.dial(gain_db, &GAIN);
        visitor.dial(ceiling_db, &CEILING);
        visitor.dial(look_ahead_ms, &LOOK_AHEAD);
        visitor.dial(release_ms, &RELEASE);
        visitor.switch(auto_release, &AUTO_RELEASE);
        visitor.dial(link_percent, &LINK);
        visitor.switch(clip, &CLIP);
        visitor.dial(clip_level_db, &CLIP_LEVEL);
        visitor.dial(clip_shape_percent, &CLIP_SHAPE);
    }
}

//! What can be set on the equaliser.

pub mod dynamic;

pub use dynamic::{DynamicsSettings, Mode};

use crate::control::{Choice, Dial, Enumerated, Group, Named, Scale, Settings, Switch, Unit, Visit, defaults};

/// Bands besides the two cuts.
pub const BANDS: usize = 8;

/// The module's group.
pub static GROUP: Group = Group { id: "eq", name: "EQ" };

/// The high-pass's group.
pub static HIGH_PASS: Group = Group { id: "eq_hp", name: "EQ HP" };

/// The low-pass's group.
pub static LOW_PASS: Group = Group { id: "eq_lp", name: "EQ LP" };

/// The bands' groups.
pub static BAND: [Group; BANDS] = [
    Group { id: "eq_1", name: "EQ 1" },
    Group { id: "eq_2", name: "EQ 2" },
    Group { id: "eq_3", name: "EQ 3" },
    Group { id: "eq_4", name: "EQ 4" },
    Group { id: "eq_5", name: "EQ 5" },
    Group { id: "eq_6", name: "EQ 6" },
    Group { id: "eq_7", name: "EQ 7" },
    Group { id: "eq_8", name: "EQ 8" },
];

/// A band's or cut's own switch.
pub static BAND_ON: Switch = Switch { id: "on", name: "On", default: false, help: "Switches this band on and off." };

/// A band's shape.
pub static SHAPE: Choice = Choice {
    id: "shape",
    name: "Shape",
    options: &[
        Named { id: "bell", name: "Bell", help: None },
        Named { id: "low_shelf", name: "Low Shelf", help: None },
        Named { id: "high_shelf", name: "High Shelf", help: None },
        Named { id: "tilt", name: "Tilt", help: None },
        Named { id: "notch", name: "Notch", help: None },
        Named { id: "band_pass", name: "Band-pass", help: None },
    ],
    default: 0,
    automatable: true,
    help: "Bell and shelves raise or lower, tilt turns the balance about its frequency, notch takes out, band-pass keeps only its range.",
};

/// See [`SHAPE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Raises or lowers around its frequency.
    #[default]
    Bell,
    /// Raises or lowers everything below.
    LowShelf,
    /// Raises or lowers everything above.
    HighShelf,
    /// Lowers below by half the gain and raises above by half the gain.
    Tilt,
    /// Takes its frequency out.
    Notch,
    /// Keeps only what is around its frequency.
    BandPass,
}

impl Enumerated for Shape {
    const ALL: &'static [Self] =
        &[Self::Bell, Self::LowShelf, Self::HighShelf, Self::Tilt, Self::Notch, Self::BandPass];
}

impl Shape {
    /// Whether the gain control has an effect on this shape.
    pub fn has_gain(self) -> bool {
        !matches!(self, Self::Notch | Self::BandPass)
    }
}

/// Any frequency of this module; above 0.49 of the sample rate it stays there.
const ANY_FREQUENCY: Dial = Dial {
    id: "freq",
    name: "Frequency",
    range: (10.0, 30_000.0),
    default: 1000.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Where the band works. Type 240, 1.2k or 1k2.",
};

/// Centre or corner frequency of a band.
pub static FREQUENCY: Dial = ANY_FREQUENCY;

/// Gain of a band.
pub static GAIN: Dial = Dial {
    id: "gain",
    name: "Gain",
    range: (-24.0, 24.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How far the band raises or lowers. Notch and band-pass have none.",
};

/// Quality of a band.
pub static Q: Dial = Dial {
    id: "q",
    name: "Q",
    range: (0.1, 40.0),
    default: std::f64::consts::FRAC_1_SQRT_2,
    unit: Unit::Plain,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "How narrow the band is: 0.7 is wide, 4 narrow, 20 surgical.",
};

/// What a band works on.
pub static PLACEMENT: Choice = Choice {
    id: "place",
    name: "Placement",
    options: &[
        Named { id: "stereo", name: "Stereo", help: None },
        Named { id: "left", name: "Left", help: None },
        Named { id: "right", name: "Right", help: None },
        Named { id: "mid", name: "Mid", help: None },
        Named { id: "side", name: "Side", help: None },
    ],
    default: 0,
    automatable: true,
    help: "Which part of the sound the band works on: both channels, one of them, their sum or their difference.",
};

/// See [`PLACEMENT`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Both channels.
    #[default]
    Stereo,
    /// The left channel.
    Left,
    /// The right channel.
    Right,
    /// Half the sum.
    Mid,
    /// Half the difference.
    Side,
}

impl Placement {
    /// Whether it works on left or mid, and whether on right or side.
    pub fn lanes(self) -> [bool; 2] {
        match self {
            Self::Stereo => [true, true],
            Self::Left | Self::Mid => [true, false],
            Self::Right | Self::Side => [false, true],
        }
    }
}

impl Enumerated for Placement {
    const ALL: &'static [Self] = &[Self::Stereo, Self::Left, Self::Right, Self::Mid, Self::Side];
}

/// What the user can set of a band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSettings {
    /// [`BAND_ON`].
    pub on: bool,
    /// [`SHAPE`].
    pub shape: Shape,
    /// [`FREQUENCY`] in Hz.
    pub freq_hz: f64,
    /// [`GAIN`] in dB.
    pub gain_db: f64,
    /// [`Q`].
    pub q: f64,
    /// [`PLACEMENT`].
    pub placement: Placement,
    /// How its gain follows the level.
    pub dynamics: DynamicsSettings,
}

impl Default for BandSettings {
    fn default() -> Self {
        defaults(Self {
            on: false,
            shape: Shape::Bell,
            freq_hz: 0.0,
            gain_db: 0.0,
            q: 0.0,
            placement: Placement::Stereo,
            dynamics: DynamicsSettings::default(),
        })
    }
}

impl Settings for BandSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { on, shape, freq_hz, gain_db, q, placement, dynamics } = self;
        visitor.switch(on, &BAND_ON);
        visitor.choice(shape, &SHAPE);
        visitor.dial(freq_hz, &FREQUENCY);
        visitor.dial(gain_db, &GAIN);
        visitor.dial(q, &Q);
        visitor.choice(placement, &PLACEMENT);
        dynamics.visit(visitor);
    }
}

/// Corner frequency of the high-pass.
pub static HIGH_PASS_FREQUENCY: Dial =
    Dial { default: 80.0, help: "What is below fades away. Type 80 or 1.2k.", ..ANY_FREQUENCY };

/// Corner frequency of the low-pass.
pub static LOW_PASS_FREQUENCY: Dial =
    Dial { default: 16_000.0, help: "What is above fades away. Type 12k or 800.", ..ANY_FREQUENCY };

/// Steepness of a cut.
pub static SLOPE: Choice = Choice {
    id: "slope",
    name: "Slope",
    options: &[
        Named { id: "6", name: "6 dB/oct", help: None },
        Named { id: "12", name: "12 dB/oct", help: None },
        Named { id: "18", name: "18 dB/oct", help: None },
        Named { id: "24", name: "24 dB/oct", help: None },
        Named { id: "36", name: "36 dB/oct", help: None },
        Named { id: "48", name: "48 dB/oct", help: None },
    ],
    default: 1,
    automatable: true,
    help: "How steeply the cut falls (Butterworth).",
};

/// See [`SLOPE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slope {
    /// One pole.
    Db6,
    /// Two poles.
    #[default]
    Db12,
    /// Three poles.
    Db18,
    /// Four poles.
    Db24,
    /// Six poles.
    Db36,
    /// Eight poles.
    Db48,
}

impl Enumerated for Slope {
    const ALL: &'static [Self] = &[Self::Db6, Self::Db12, Self::Db18, Self::Db24, Self::Db36, Self::Db48];
}

/// What the user can set of the high-pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HighPassSettings {
    /// [`BAND_ON`].
    pub on: bool,
    /// [`HIGH_PASS_FREQUENCY`] in Hz.
    pub freq_hz: f64,
    /// [`SLOPE`].
    pub slope: Slope,
}

/// What the user can set of the low-pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowPassSettings {
    /// [`BAND_ON`].
    pub on: bool,
    /// [`LOW_PASS_FREQUENCY`] in Hz.
    pub freq_hz: f64,
    /// [`SLOPE`].
    pub slope: Slope,
}

impl Default for HighPassSettings {
    fn default() -> Self {
        defaults(Self { on: false, freq_hz: 0.0, slope: Slope::Db12 })
    }
}

impl Default for LowPassSettings {
    fn default() -> Self {
        defaults(Self { on: false, freq_hz: 0.0, slope: Slope::Db12 })
    }
}

impl Settings for HighPassSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { on, freq_hz, slope } = self;
        visitor.switch(on, &BAND_ON);
        visitor.dial(freq_hz, &HIGH_PASS_FREQUENCY);
        visitor.choice(slope, &SLOPE);
    }
}

impl Settings for LowPassSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { on, freq_hz, slope } = self;
        visitor.switch(on, &BAND_ON);
        visitor.dial(freq_hz, &LOW_PASS_FREQUENCY);
        visitor.choice(slope, &SLOPE);
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EqSettings {
    /// The high-pass.
    pub high_pass: HighPassSettings,
    /// The low-pass.
    pub low_pass: LowPassSettings,
    /// The bands.
    pub bands: [BandSettings; BANDS],
}

impl Settings for EqSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { high_pass, low_pass, bands } = self;
        visitor.group(high_pass, &HIGH_PASS);
        visitor.group(low_pass, &LOW_PASS);
        for (band, group) in bands.iter_mut().zip(&BAND) {
            visitor.group(band, group);
        }
    }
}

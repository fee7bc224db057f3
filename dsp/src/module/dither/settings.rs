//! What can be set on a dither.

use crate::control::{Choice, Enumerated, Group, Named, Settings, Switch, Visit, defaults};
use crate::units::power_to_db;

/// The module's group.
pub static GROUP: Group = Group { id: "dither", name: "Dither" };

/// Bits of the file that is made.
pub static BITS: Choice = Choice {
    id: "bits",
    name: "Bits",
    options: &[
        Named { id: "16", name: "16 bit", help: Some("CD, and whatever becomes one.") },
        Named { id: "20", name: "20 bit", help: Some("Recorders and converters of 20 bits.") },
        Named { id: "24", name: "24 bit", help: Some("Files for streaming, broadcast and archives.") },
    ],
    default: 2,
    automatable: false,
    help: "Bits of the file that the host writes: set both the same. Floating-point files need no dither.",
};

/// See [`BITS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bits {
    /// CD.
    Sixteen,
    /// Older recorders.
    Twenty,
    /// Files.
    #[default]
    TwentyFour,
}

impl Enumerated for Bits {
    const ALL: &'static [Self] = &[Self::Sixteen, Self::Twenty, Self::TwentyFour];
}

impl Bits {
    /// Steps from silence to full scale.
    pub fn steps(self) -> f64 {
        f64::from(match self {
            Self::Sixteen => 1u32 << 15,
            Self::Twenty => 1 << 19,
            Self::TwentyFour => 1 << 23,
        })
    }
}

/// Shape of the noise.
pub static SHAPE: Choice = Choice {
    id: "shape",
    name: "Noise Shape",
    options: &[
        Named {
            id: "flat",
            name: "Flat",
            help: Some("The least noise in sum. For 24 bits, and for what is worked on again."),
        },
        Named {
            id: "light",
            name: "Light",
            help: Some("Three taps: 19 dB less where hearing is keenest, 7 dB more in sum."),
        },
        Named {
            id: "medium",
            name: "Medium",
            help: Some("Five taps: 27 dB less where hearing is keenest, 12 dB more in sum."),
        },
        Named {
            id: "strong",
            name: "Strong",
            help: Some(
                "Nine taps: 25 dB less over a wider range, 18 dB more in sum, most of it near 20 kHz. For a last 16-bit file.",
            ),
        },
    ],
    default: 0,
    automatable: false,
    help: "Where the noise lies. Shapes are for 44.1 and 48 kHz; at other rates it is flat.",
};

/// See [`SHAPE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// White.
    #[default]
    Flat,
    /// Three taps.
    Light,
    /// Five taps.
    Medium,
    /// Nine taps.
    Strong,
}

impl Enumerated for Shape {
    const ALL: &'static [Self] = &[Self::Flat, Self::Light, Self::Medium, Self::Strong];
}

impl Shape {
    /// The noise is filtered by 1 - Σ c z^-k. Coefficients for 44.1 and 48 kHz of R. Wannamaker, "Psychoacoustically
    /// Optimal Noise Shaping", JAES 1992 (three taps and nine, F-weighted) and of S. Lipshitz, J. Vanderkooy,
    /// R. Wannamaker, "Minimally Audible Noise Shaping", JAES 1991 (five).
    pub fn coefficients(self) -> &'static [f64] {
        match self {
            Self::Flat => &[],
            Self::Light => &[1.623, -0.982, 0.109],
            Self::Medium => &[2.033, -2.165, 1.959, -1.590, 0.6149],
            Self::Strong => &[2.412, -3.370, 3.937, -4.174, 3.353, -2.205, 1.281, -0.569, 0.0847],
        }
    }
}

/// Silence stays silence.
pub static BLANK: Switch = Switch {
    id: "blank",
    name: "Auto Blank",
    default: true,
    help: "No noise where the input is silent, bit for bit, for a tenth of a second: between songs and after the end.",
};

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DitherSettings {
    /// [`BITS`].
    pub bits: Bits,
    /// [`SHAPE`].
    pub shape: Shape,
    /// [`BLANK`].
    pub blank: bool,
}

impl Default for DitherSettings {
    fn default() -> Self {
        defaults(Self { bits: Bits::default(), shape: Shape::default(), blank: false })
    }
}

impl Settings for DitherSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { bits, shape, blank } = self;
        visitor.choice(bits, &BITS);
        visitor.choice(shape, &SHAPE);
        visitor.switch(blank, &BLANK);
    }
}

impl DitherSettings {
    /// Power density of the noise at `freq_hz`, dB re full scale in a band of 1 Hz; `shaped` where the rate lets the shape
    /// work.
    pub fn noise_db(&self, rate: f64, freq_hz: f64, shaped: bool) -> f64 {
        let coefficients = if shaped { self.shape.coefficients() } else { &[] };
        let w = std::f64::consts::TAU * freq_hz / rate;
        let (re, im) = coefficients.iter().zip(1..).fold((1.0, 0.0), |(re, im), (c, k)| {
            let phase = w * f64::from(k);
            (re - c * phase.cos(), im + c * phase.sin())
        });
        let step = 1.0 / self.bits.steps();
        // A quarter of a step squared (Lipshitz, Wannamaker and Vanderkooy 1992) over half the rate.
        power_to_db(0.25 * step * step * (re * re + im * im) * 2.0 / rate)
    }
}

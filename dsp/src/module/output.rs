//! Output: where the sound sits between left and right, and how loud it leaves.

use crate::block::matrix::Matrix;
use crate::control::{Choice, Dial, Enumerated, Named, Scale, Settings, Unit, Visit, defaults};
use crate::module::fader::{LOWEST_DB, fader_gain};
use crate::{Frame, LatencyMode, Processor};

pub use crate::module::fader::GROUP;

/// Fader.
pub static FADER: Dial = Dial {
    id: "fader",
    name: "Fader",
    range: (LOWEST_DB, 12.0),
    default: 0.0,
    unit: Unit::Decibels,
    scale: Scale::Linear,
    lowest: Some("-inf dB"),
    highest: None,
    help: "Level after everything else. All the way down is silence.",
};

/// Width.
pub static WIDTH: Dial = Dial {
    id: "width",
    name: "Width",
    range: (0.0, 200.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Level of the side signal: 0 % is mono, 100 % as it came.",
};

/// Pan.
pub static PAN: Dial = Dial {
    id: "pan",
    name: "Pan",
    range: (-100.0, 100.0),
    default: 0.0,
    unit: Unit::Pan,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "Position between left and right. Type 30L, 30R or C.",
};

/// Pan law.
pub static PAN_LAW: Choice = Choice {
    id: "pan_law",
    name: "Pan Law",
    options: &[
        Named { id: "balance", name: "Balance", help: None },
        Named { id: "3db", name: "-3 dB", help: None },
        Named { id: "4_5db", name: "-4.5 dB", help: None },
        Named { id: "6db", name: "-6 dB", help: None },
    ],
    default: 0,
    automatable: true,
    help: "Balance turns the far side down and leaves the centre alone; the others lower the centre by that much.",
};

/// See [`PAN_LAW`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PanLaw {
    /// The centre at unity, the far side linearly down.
    #[default]
    Balance,
    /// Constant power: sine and cosine.
    Minus3,
    /// Between constant power and constant voltage.
    Minus4_5,
    /// Constant voltage: linear.
    Minus6,
}

impl Enumerated for PanLaw {
    const ALL: &'static [Self] = &[Self::Balance, Self::Minus3, Self::Minus4_5, Self::Minus6];
}

impl PanLaw {
    /// Gains of left and right for `pan` from -1 (left) to 1 (right).
    pub fn gains(self, pan: f64) -> Frame {
        let pan = pan.clamp(-1.0, 1.0);
        // How far along from left to right; the exponent gives 0.5^exponent at the centre.
        let along = 0.5 * (1.0 + pan);
        match self {
            PanLaw::Balance => [(1.0 - pan).min(1.0), (1.0 + pan).min(1.0)],
            PanLaw::Minus3 => {
                let angle = along * std::f64::consts::FRAC_PI_2;
                [angle.cos(), angle.sin()]
            }
            PanLaw::Minus4_5 => [(1.0 - along).powf(0.75), along.powf(0.75)],
            PanLaw::Minus6 => [1.0 - along, along],
        }
    }
}

/// What the user can set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutputSettings {
    /// [`WIDTH`] in per cent.
    pub width_percent: f64,
    /// [`PAN`] from -100 to 100.
    pub pan: f64,
    /// [`PAN_LAW`].
    pub pan_law: PanLaw,
    /// [`FADER`] in dB.
    pub fader_db: f64,
}

impl Default for OutputSettings {
    fn default() -> Self {
        defaults(Self { width_percent: 0.0, pan: 0.0, pan_law: PanLaw::Balance, fader_db: 0.0 })
    }
}

impl Settings for OutputSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { width_percent, pan, pan_law, fader_db } = self;
        visitor.dial(fader_db, &FADER);
        visitor.dial(pan, &PAN);
        visitor.dial(width_percent, &WIDTH);
        visitor.choice(pan_law, &PAN_LAW);
    }
}

/// Width, pan and fader as one matrix.
#[derive(Clone, Debug, Default)]
pub struct Output {
    matrix: Matrix,
}

impl Processor for Output {
    type Settings = OutputSettings;

    fn prepare(&mut self, rate: f64, _mode: LatencyMode) {
        self.matrix.prepare(rate);
    }

    fn reset(&mut self) {
        self.matrix.reset();
    }

    fn set(&mut self, settings: &OutputSettings) {
        // left = mid + width * side, with mid and side half the sum and half the difference
        let width = settings.width_percent / 100.0;
        let (same, other) = (0.5 * (1.0 + width), 0.5 * (1.0 - width));
        let fader = fader_gain(settings.fader_db);
        let [left, right] = settings.pan_law.gains(settings.pan / 100.0).map(|gain| gain * fader);
        self.matrix.aim([[left * same, left * other], [right * other, right * same]]);
    }

    fn control(&mut self) {
        self.matrix.control();
    }

    fn tick(&mut self, input: Frame, _key: Frame) -> Frame {
        self.matrix.tick(input)
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        self.matrix.run(frames);
    }

    fn latency(&self) -> usize {
        0
    }
}

//! A band or a cut, as the processor and the reports see it.

use super::{BANDS, DynamicsSettings, EqSettings, Placement, Shape, Slope};
use crate::block::analog::Analog;
use crate::block::matched::{self, Matched};
use crate::block::svf::{Coefs, Design};

/// The two cuts and the bands.
pub const UNITS: usize = 2 + BANDS;

/// Most two-pole sections in a row that a prototype needs: 48 dB/oct.
pub const POLE_PAIRS: usize = 4;

/// Most digital sections in a row: each pair of poles may need a correction.
pub const SECTIONS: usize = 2 * POLE_PAIRS;

/// Most sections of a band: the main one and its correction.
pub const BAND_SECTIONS: usize = 2;

/// Highest frequency, as a part of the sample rate.
pub const HIGHEST: f64 = 0.49;

/// What cannot glide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A high-pass.
    HighPass(Slope),
    /// A low-pass.
    LowPass(Slope),
    /// A band.
    Band(Shape),
}

/// What glides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Centre or corner frequency in Hz.
    pub freq_hz: f64,
    /// Gain in dB, where the kind has one.
    pub gain_db: f64,
    /// Quality, where the kind has one.
    pub q: f64,
}

/// A band or a cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// Whether it is switched on.
    pub on: bool,
    /// What it is.
    pub kind: Kind,
    /// What it works on.
    pub placement: Placement,
    /// Where it is.
    pub point: Point,
    /// How its gain follows the level.
    pub dynamics: DynamicsSettings,
}

/// Up to `N` of something in a row.
#[derive(Clone, Copy, Debug)]
pub struct Row<T, const N: usize> {
    list: [T; N],
    length: usize,
}

/// The analogue prototype's sections.
pub type Prototype = Row<Analog, POLE_PAIRS>;

/// The digital filter's sections.
pub type Designs = Row<Design, SECTIONS>;

impl<T: Copy, const N: usize> Row<T, N> {
    /// None yet; `filler` is never seen.
    fn none(filler: T) -> Self {
        Self { list: [filler; N], length: 0 }
    }

    /// These, at least one.
    fn of<const LENGTH: usize>(items: [T; LENGTH]) -> Self {
        let mut row = Self::none(items[0]);
        items.into_iter().for_each(|item| row.add(item));
        row
    }

    /// One more; there is room for `N`.
    fn add(&mut self, item: T) {
        debug_assert!(self.length < N);
        if let Some(slot) = self.list.get_mut(self.length) {
            *slot = item;
            self.length += 1;
        }
    }

    /// As a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.list[..self.length]
    }
}

impl Kind {
    /// The analogue prototype, as sections of one or two poles at the point's frequency.
    pub fn prototype(self, point: &Point) -> Prototype {
        match self {
            Self::HighPass(slope) => butterworth(slope, Analog::high_pass, Analog::high_pass_1),
            Self::LowPass(slope) => butterworth(slope, Analog::low_pass, Analog::low_pass_1),
            Self::Band(shape) => Row::of([shape.prototype(point)]),
        }
    }

    /// The digital sections that follow the prototype: as many at every point.
    pub fn design(self, point: &Point, rate: f64) -> Designs {
        let mut designs = Row::none(Design::NEUTRAL);
        self.each_design(point, rate, |_, design| designs.add(design));
        designs
    }

    /// Gives them to `take` one by one, with their place.
    #[inline(always)]
    pub fn each_design(self, point: &Point, rate: f64, mut take: impl FnMut(usize, Design)) {
        let freq_hz = point.freq_hz.min(HIGHEST * rate);
        let mut place = 0;
        let mut add = |analog: &Analog| {
            let Matched { main, correction } = matched::design(analog, freq_hz, rate);
            take(place, main);
            place += 1;
            if !analog.is_one_pole() {
                take(place, correction);
                place += 1;
            }
        };
        match self {
            Self::Band(shape) => add(&shape.prototype(point)),
            _ => self.prototype(point).as_slice().iter().for_each(add),
        }
    }

    /// The coefficients of a band's sections.
    pub fn coefs(self, point: &Point, rate: f64) -> [Coefs; BAND_SECTIONS] {
        let mut coefs = [Design::NEUTRAL.coefs(); BAND_SECTIONS];
        self.each_design(point, rate, |i, design| {
            if let Some(coefs) = coefs.get_mut(i) {
                *coefs = design.coefs();
            }
        });
        coefs
    }

    /// Whether at this gain nothing is left of it.
    pub fn is_neutral_at(self, gain_db: f64) -> bool {
        matches!(self, Self::Band(shape) if shape.has_gain()) && gain_db == 0.0
    }
}

impl Shape {
    /// A band's analogue prototype.
    fn prototype(self, &Point { gain_db, q, .. }: &Point) -> Analog {
        match self {
            Self::Bell => Analog::bell(gain_db, q),
            Self::LowShelf => Analog::low_shelf(gain_db, q),
            Self::HighShelf => Analog::high_shelf(gain_db, q),
            Self::Tilt => Analog::tilt(gain_db, q),
            Self::Notch => Analog::notch(q),
            Self::BandPass => Analog::band_pass(q),
        }
    }
}

impl Filter {
    /// Whether it does nothing.
    pub fn is_neutral(&self) -> bool {
        !self.on || self.kind.is_neutral_at(self.point.gain_db)
    }
}

impl EqSettings {
    /// The cuts and bands, in the order in which they work.
    pub(super) fn filters(&self) -> [Filter; UNITS] {
        let Self { high_pass, low_pass, bands } = self;
        let cut = |on, kind, freq_hz| Filter {
            on,
            kind,
            placement: Placement::Stereo,
            point: Point { freq_hz, gain_db: 0.0, q: 1.0 },
            dynamics: DynamicsSettings::default(),
        };
        std::array::from_fn(|unit| match unit {
            0 => cut(high_pass.on, Kind::HighPass(high_pass.slope), high_pass.freq_hz),
            1 => cut(low_pass.on, Kind::LowPass(low_pass.slope), low_pass.freq_hz),
            _ => {
                let band = &bands[unit - 2];
                Filter {
                    on: band.on,
                    kind: Kind::Band(band.shape),
                    placement: band.placement,
                    point: Point { freq_hz: band.freq_hz, gain_db: band.gain_db, q: band.q },
                    dynamics: band.dynamics,
                }
            }
        })
    }
}

/// A Butterworth cut out of sections of two poles with their Q, and one of one pole.
fn butterworth(slope: Slope, two: fn(f64) -> Analog, one: fn() -> Analog) -> Prototype {
    // Q = 1 / (2 cos θ), θ the angles of the poles to the negative real axis: odd multiples of 90° / order for even
    // orders, multiples of 180° / order for odd ones.
    match slope {
        Slope::Db6 => Row::of([one()]),
        Slope::Db12 => Row::of([two(std::f64::consts::FRAC_1_SQRT_2)]),
        Slope::Db18 => Row::of([one(), two(1.0)]),
        Slope::Db24 => Row::of([0.541_196_100_146_197, 1.306_562_964_876_376_6].map(two)),
        Slope::Db36 => {
            Row::of([0.517_638_090_205_041_5, std::f64::consts::FRAC_1_SQRT_2, 1.931_851_652_578_136_8].map(two))
        }
        Slope::Db48 => Row::of(
            [0.509_795_579_104_159_2, 0.601_344_886_935_045_3, 0.899_976_223_136_415_6, 2.562_915_447_741_506_3]
                .map(two),
        ),
    }
}

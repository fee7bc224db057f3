//! What the equaliser's settings do, without a signal: the editor draws it, the tests measure against it.

use super::filter::{Designs, Filter, UNITS};
use super::{BANDS, EqSettings, Placement};
use crate::block::complex::{Complex, add, mul, power, scale};
use crate::units::{gain_to_db, power_to_db};

/// A band or cut by its place: 0 the high-pass, 1 the low-pass, 2 to 9 the bands 1 to 8.
pub type Place = usize;

/// The settled processor's response at one sample rate.
#[derive(Clone, Debug)]
pub struct Response {
    rate: f64,
    units: [(Filter, Designs); UNITS],
}

impl EqSettings {
    /// What these settings do at `rate` Hz.
    pub fn response(&self, rate: f64) -> Response {
        Response { rate, units: self.filters().map(|filter| (filter, filter.kind.design(&filter.point, rate))) }
    }

    /// As [`response`](Self::response) with the gains that dynamic bands have at a moment: see
    /// [`Eq::read`](super::Eq::read).
    pub fn response_with(&self, gains_db: [Option<f64>; BANDS], rate: f64) -> Response {
        let mut settings = *self;
        for (band, gain_db) in settings.bands.iter_mut().zip(gains_db) {
            band.gain_db = gain_db.unwrap_or(band.gain_db);
        }
        settings.response(rate)
    }

    /// [`Response::magnitude_db`] for a single frequency.
    pub fn magnitude_db(&self, rate: f64, freq_hz: f64, part: Placement) -> f64 {
        self.response(rate).magnitude_db(freq_hz, part)
    }

    /// What the analogue prototypes do: the aim of the digital filters. See [`Response::magnitude_db`] for `part`.
    pub fn prototype_db(&self, rate: f64, freq_hz: f64, part: Placement) -> f64 {
        let highest = super::filter::HIGHEST * rate;
        let transfer = transfer(self.filters().iter().filter(|filter| !filter.is_neutral()).map(|filter| {
            let ratio = freq_hz / filter.point.freq_hz.min(highest);
            let sections = filter.kind.prototype(&filter.point);
            (filter.placement, product(sections.as_slice().iter().map(|section| section.response(ratio))))
        }));
        part_db(&transfer, part)
    }
}

impl Response {
    /// How much of `part` comes out again in `part`, dB: 10 Hz to half the sample rate.
    ///
    /// For one of left, right, mid and side: of a signal in that part alone. For stereo: the power of both channels
    /// together, for channels that have nothing in common; with stereo bands only, that is simply their curve.
    pub fn magnitude_db(&self, freq_hz: f64, part: Placement) -> f64 {
        part_db(&self.transfer(freq_hz), part)
    }

    /// From both channels to both channels.
    pub(super) fn transfer(&self, freq_hz: f64) -> Transfer {
        let working = self.units.iter().filter(|(filter, _)| !filter.is_neutral());
        transfer(working.map(|(filter, row)| (filter.placement, self.of(row, freq_hz))))
    }

    /// What the high-pass does by itself where it works, in dB, switched on or not.
    pub fn high_pass_db(&self, freq_hz: f64) -> f64 {
        self.unit_db(0, freq_hz)
    }

    /// What the low-pass does by itself where it works, in dB, switched on or not.
    pub fn low_pass_db(&self, freq_hz: f64) -> f64 {
        self.unit_db(1, freq_hz)
    }

    /// What a band (from 0) does by itself where it works, in dB, switched on or not.
    pub fn band_db(&self, band: usize, freq_hz: f64) -> f64 {
        self.unit_db(2 + band, freq_hz)
    }

    fn unit_db(&self, place: Place, freq_hz: f64) -> f64 {
        let Some((_, row)) = self.units.get(place) else { return 0.0 };
        let [re, im] = self.of(row, freq_hz);
        gain_to_db(f64::hypot(re, im))
    }

    fn of(&self, row: &Designs, freq_hz: f64) -> Complex {
        product(row.as_slice().iter().map(|design| design.response(self.rate, freq_hz)))
    }
}

/// From left and right input (inner index) to left and right output (outer index).
pub(super) type Transfer = [[Complex; 2]; 2];

/// That of all filters in series.
fn transfer(filters: impl Iterator<Item = (Placement, Complex)>) -> Transfer {
    const ZERO: Complex = [0.0, 0.0];
    const ONE: Complex = [1.0, 0.0];
    let half = |sum| scale(0.5, sum);
    filters.fold([[ONE, ZERO], [ZERO, ONE]], |before, (placement, h)| {
        // Half of 1 + h and of 1 - h, up to sign: how mid or side alone mixes left and right.
        let (sum, difference) = (half(add(ONE, h)), half(add(h, [-1.0, 0.0])));
        let [to_left, to_right] = match placement {
            Placement::Stereo => [[h, ZERO], [ZERO, h]],
            Placement::Left => [[h, ZERO], [ZERO, ONE]],
            Placement::Right => [[ONE, ZERO], [ZERO, h]],
            Placement::Mid => [[sum, difference], [difference, sum]],
            Placement::Side => {
                let other = difference.map(|x| -x);
                [[sum, other], [other, sum]]
            }
        };
        let row = |[from_left, from_right]: [Complex; 2]| {
            std::array::from_fn(|input| add(mul(from_left, before[0][input]), mul(from_right, before[1][input])))
        };
        [row(to_left), row(to_right)]
    })
}

/// How much of `part` comes out again in `part`, dB; see [`Response::magnitude_db`].
pub(super) fn part_db(&[[ll, rl], [lr, rr]]: &Transfer, part: Placement) -> f64 {
    let quarter_power = |sum: Complex| 0.25 * power(sum);
    let cross = add(rl, lr);
    power_to_db(match part {
        Placement::Stereo => 0.5 * (power(ll) + power(rl) + power(lr) + power(rr)),
        Placement::Left => power(ll),
        Placement::Right => power(rr),
        Placement::Mid => quarter_power(add(add(ll, rr), cross)),
        Placement::Side => quarter_power(add(add(ll, rr), cross.map(|x| -x))),
    })
}

fn product(factors: impl Iterator<Item = Complex>) -> Complex {
    factors.fold([1.0, 0.0], mul)
}

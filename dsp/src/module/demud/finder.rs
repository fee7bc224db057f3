//! What sticks out of a spectrum, and how far.
//!
//! The power of a few bands is compared with that of the octave below and the octave above. Noise sticks out by chance,
//! the further the fewer independent values a mean is of: a band counts only when it is over what chance reaches.

use super::bank::{BANDS, Bank, PER_OCTAVE, hz_to_place, noise_bandwidth_hz, place_to_hz};
use crate::units::fast_power_to_db;
use std::ops::Range;

/// Places to either side that a band is compared with: far enough for the next tone of a harmonic sound to be among them.
const AROUND: usize = PER_OCTAVE + 2;

/// How sure it must be: chance goes beyond this many standard deviations once in about 400 times.
const SURE: f64 = 2.8;

/// What sticks out by less is left alone even where it is certain: music is no noise.
const LEAST_DB: f64 = 2.0;

/// From the least to so much over it the whole of what sticks out comes to count.
const FADE_DB: f64 = 1.0;

/// Mean power below which nothing is compared: -120 dBFS.
const SILENCE: f32 = 1e-12;

/// What is compared at the usual detail, in bands. How far a resonance sticks out is measured as much finer than whether
/// it does.
const USUAL: f64 = 1.565_084_58;

/// Resonances that are followed at a time.
pub const PEAKS: usize = 8;

/// A resonance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Peak {
    /// Its place among the bands; between two of them, too.
    pub place: f64,
    /// How far it sticks out, dB; 0 where there is none.
    pub excess_db: f64,
}

/// Over what, and how finely.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Range in Hz in which resonances count.
    pub low_hz: f64,
    /// See `low_hz`.
    pub high_hz: f64,
    /// How many bands wide what is compared is, 1 or more.
    pub bands: f64,
}

impl Look {
    /// The places of the bands that it needs to know.
    pub fn places(&self) -> (f64, f64) {
        let margin = AROUND as f64 + self.bands;
        (hz_to_place(self.low_hz) - margin, hz_to_place(self.high_hz) + margin)
    }
}

/// Steps in which it looks, of about equal cost.
pub const STEPS: usize = 3;

/// Finds the resonances, in steps that may lie some control ticks apart.
#[derive(Clone, Debug)]
pub struct Finder {
    look: Look,
    /// The bands that are compared with, and those that are compared and their neighbours.
    around: Range<usize>,
    compared: Range<usize>,
    /// Sums of the powers from the lowest band on.
    sums: [f64; BANDS + 1],
    /// How far each place sticks out, as a ratio of powers.
    ratios: [f32; BANDS],
}

impl Default for Finder {
    fn default() -> Self {
        Self { look: Look::default(), around: 0..0, compared: 0..0, sums: [0.0; BANDS + 1], ratios: [0.0; BANDS] }
    }
}

impl Finder {
    /// The first step, or another one up to [`STEPS`] (exclusive): the next look's powers are taken in the first.
    pub fn step(&mut self, step: usize, bank: &Bank, look: &Look) {
        if step == 0 {
            self.take(bank, look);
        }
        let Range { start, end } = self.compared;
        let to = |step: usize| start + (end - start) * step / STEPS;
        if !self.is_silent() {
            (to(step)..to(step + 1)).for_each(|place| self.compare(place));
        }
    }

    fn take(&mut self, bank: &Bank, look: &Look) {
        self.look = *look;
        let places = bank.places();
        for (i, power) in bank.powers().iter().enumerate() {
            self.sums[i + 1] = self.sums[i] + f64::from(*power);
        }
        let (from, to) = look.places();
        self.around = from.max(0.0) as usize..(to.max(0.0) as usize + 1).min(places);
        let (first, last) = (hz_to_place(look.low_hz), hz_to_place(look.high_hz));
        let begin = (first.ceil().max(1.0) as usize).min(places);
        let end = ((last.floor() + 1.0).max(0.0) as usize).min(places.saturating_sub(1));
        self.compared = begin.saturating_sub(1)..(end + 1).min(places).max(begin.saturating_sub(1));
    }

    fn is_silent(&self) -> bool {
        let Range { start, end } = self.around;
        end <= start || ((self.sums[end] - self.sums[start]) as f32) < SILENCE
    }

    fn compare(&mut self, place: usize) {
        self.ratios[place] = self.ratio(place, self.look.bands);
    }

    /// How far `bands` bands about `place` stick out, as a ratio of powers.
    fn ratio(&self, place: usize, bands: f64) -> f32 {
        let beside = surroundings(&self.sums, place, self.look.bands, self.around.clone());
        (own(&self.sums, place, bands, self.around.end) / beside).clamp(1e-6, 1e6) as f32
    }

    /// After the last step: the resonances, the strongest first. In silence there are none: `None`.
    pub fn peaks(&self, bank: &Bank) -> Option<[Peak; PEAKS]> {
        if self.is_silent() {
            return None;
        }
        let mut peaks = [Peak::default(); PEAKS];
        let Range { start, end } = self.compared;
        for place in start + 1..end.saturating_sub(1) {
            let ratios = [place - 1, place, place + 1].map(|i| self.ratios[i]);
            let [before, here, after] = ratios;
            if here < 1.0 || here < before || here <= after {
                continue;
            }
            // In dB where it comes to matter only: most places are no peaks.
            let [before, here, after] = ratios.map(|ratio| f64::from(fast_power_to_db(ratio)));
            if here < LEAST_DB {
                continue;
            }
            let least_db = chance_db(bank.span_s(place), place, self.look.bands).max(LEAST_DB);
            let part = ((here - least_db) / FADE_DB).clamp(0.0, 1.0);
            if part == 0.0 {
                continue;
            }
            let bend = before - 2.0 * here + after;
            let shift = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
            let amount_db = fast_power_to_db(self.ratio(place, (self.look.bands / USUAL).max(1.0)));
            let excess_db = part * f64::from(amount_db).max(0.0);
            insert(&mut peaks, Peak { place: place as f64 + shift, excess_db });
        }
        Some(peaks)
    }
}

/// Mean power of the `bands` bands about `place`.
fn own(sums: &[f64; BANDS + 1], place: usize, bands: f64, end: usize) -> f64 {
    let (from, to) = window(place, bands);
    between(sums, from, to, end) / bands
}

/// Mean power of the octaves below and above, with what lies between them; or of the louder of both without it, so that
/// the lowest tone of a sound does not stick out of the nothing below it.
fn surroundings(sums: &[f64; BANDS + 1], place: usize, bands: f64, all: Range<usize>) -> f64 {
    let (low, high) = (place.saturating_sub(AROUND).max(all.start), (place + AROUND + 1).min(all.end));
    let mean = |from: f64, to: f64| between(sums, from, to, all.end) / (to - from).max(1.0);
    let (from, to) = window(place, bands + 1.0);
    let sides = mean(low as f64, from).max(mean(to, high as f64));
    mean(low as f64, high as f64).max(sides).max(f64::from(f32::MIN_POSITIVE))
}

fn window(place: usize, bands: f64) -> (f64, f64) {
    let middle = place as f64 + 0.5;
    (middle - 0.5 * bands, middle + 0.5 * bands)
}

/// Sum of the powers between two places that need not be whole.
fn between(sums: &[f64; BANDS + 1], from: f64, to: f64, end: usize) -> f64 {
    let at = |place: f64| {
        let place = place.clamp(0.0, end as f64);
        let i = (place as usize).min(BANDS - 1);
        sums[i] + (place - i as f64) * (sums[i + 1] - sums[i])
    };
    at(to) - at(from)
}

/// How far chance lets the mean power of noise stick out, in dB, of `bands` bands at `place` over `span_s`: the mean of so
/// many independent squares is gamma distributed (cube root by E. B. Wilson and M. M. Hilferty, 1931).
fn chance_db(span_s: f64, place: usize, bands: f64) -> f64 {
    let values = (2.0 * span_s * bands * noise_bandwidth_hz(place_to_hz(place as f64))).max(0.3);
    let root = 1.0 - 1.0 / (9.0 * values) + SURE / (3.0 * values.sqrt());
    3.0 * f64::from(fast_power_to_db(root as f32))
}

/// Keeps the strongest, in their order.
fn insert(peaks: &mut [Peak; PEAKS], mut peak: Peak) {
    for place in peaks {
        if peak.excess_db > place.excess_db {
            std::mem::swap(place, &mut peak);
        }
    }
}

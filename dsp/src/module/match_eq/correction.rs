//! From spectra to a correction: what the song lacks of the target's shape, smoothed, held to a range, and only where
//! both have energy.

use super::settings::{MatchEqSettings, Target};
use super::shipped::{held, thirds};
use crate::block::graphic::{BANDS, CENTRES_HZ, Curve};
use crate::captured::{Captured, NOTHING_DB};

/// A spectrum's mean level, and the mean difference of two, are those of the thirds between these.
const MIDDLE_HZ: (f64, f64) = (99.0, 10_001.0);

/// So far below the mean level of a spectrum, in thirds, energy counts in full, and so far below it is none, dB.
const ENERGY_DB: (f64, f64) = (35.0, 45.0);

/// The target's spectrum in thirds, dB, where `settings` have one, and how much it is worth in each, 0 to 1.
pub fn target(settings: &MatchEqSettings, captured: &Captured) -> Option<(Curve, Curve)> {
    match settings.target {
        Target::References => captured.reference_db.map(|levels| (levels, energy(&levels))),
        Target::Popular => Some(held(&thirds(super::shipped::popular_2017))),
        Target::NumberOnes => Some(held(&thirds(super::shipped::number_ones_2013))),
    }
}

/// What each third gets, dB.
pub fn correction(settings: &MatchEqSettings, captured: &Captured) -> Curve {
    let flat = [0.0; BANDS];
    let Some((target_db, target_worth)) = target(settings, captured) else { return flat };
    let song_worth = energy(&captured.song_db);
    let worth: Curve = std::array::from_fn(|third| song_worth[third].min(target_worth[third]));
    let lacks: Curve = std::array::from_fn(|third| target_db[third] - captured.song_db[third]);
    let Some(mean) = middle(&lacks, &worth) else { return flat };
    // The window's standard deviation in thirds, of one that is as wide at half its height.
    let deviation = 3.0 * settings.smoothing_octaves / (8.0 * std::f64::consts::LN_2).sqrt();
    std::array::from_fn(|third| {
        let weight = |other: usize| {
            let apart = third.abs_diff(other) as f64 / deviation;
            worth[other] * (-0.5 * apart * apart).exp()
        };
        let (sum, weights) =
            (0..BANDS).filter(|other| worth[*other] > 0.0).fold((0.0, 0.0), |(sum, weights), other| {
                (sum + weight(other) * (lacks[other] - mean), weights + weight(other))
            });
        if worth[third] == 0.0 {
            return 0.0;
        }
        let held = (sum / weights).clamp(-settings.cap_db, settings.cap_db);
        0.01 * settings.amount_percent * worth[third] * held
    })
}

/// The weighted mean of spectra, each at the same mean level; `None` where no weight or no energy is. Where some have no
/// energy the others count.
pub fn mix<'a>(spectra: impl Iterator<Item = (&'a Curve, f64)> + Clone) -> Option<Curve> {
    let shaped = spectra.filter_map(|(levels, weight)| {
        let worth = energy(levels);
        let mean = middle(levels, &worth)?;
        (weight > 0.0).then_some((levels, worth, mean, weight))
    });
    let mut any = false;
    let mixed = std::array::from_fn(|third| {
        let (sum, weights) = shaped.clone().fold((0.0, 0.0), |(sum, weights), (levels, worth, mean, weight)| {
            let weight = weight * worth[third];
            (sum + weight * (levels[third] - mean), weights + weight)
        });
        any |= weights > 0.0;
        if weights > 0.0 { sum / weights } else { NOTHING_DB }
    });
    any.then_some(mixed)
}

/// So shifted that its mean level is 0 dB, to be drawn beside others; as it is where it has no energy.
pub fn at_mean(levels: &Curve) -> Curve {
    let mean = middle(levels, &energy(levels)).unwrap_or(0.0);
    levels.map(|level| level - mean)
}

/// How much of a spectrum's energy is in each third: 0 where there is none to speak of, 1 where it counts in full.
fn energy(levels: &Curve) -> Curve {
    let there: Curve = levels.map(|level| f64::from(u8::from(level > NOTHING_DB + 1.0)));
    let mean = middle(levels, &there).unwrap_or(0.0);
    let (full, none) = ENERGY_DB;
    std::array::from_fn(|third| there[third] * ((levels[third] - mean + none) / (none - full)).clamp(0.0, 1.0))
}

/// The mean over the middle of the spectrum; over all of it where nothing is worth anything there.
fn middle(levels: &Curve, worth: &Curve) -> Option<f64> {
    let mean = |range: (f64, f64)| {
        let inside = (0..BANDS).filter(|third| (range.0..range.1).contains(&CENTRES_HZ[*third]));
        let (sum, weights) = inside
            .fold((0.0, 0.0), |(sum, weights), third| (sum + worth[third] * levels[third], weights + worth[third]));
        (weights > 0.0).then(|| sum / weights)
    };
    mean(MIDDLE_HZ).or_else(|| mean((0.0, f64::INFINITY)))
}

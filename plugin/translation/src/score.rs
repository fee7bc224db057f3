//! The translation score: what a device leaves of a sound, from the powers of its bands, in figures and in words.

use super::bands::{BANDS, Powers, centre_hz};
use super::{Playback, Surroundings};
use std::ops::Range;
use std::sync::LazyLock;
use tandem_dsp::meter::k_weighting::KWeighting;

/// A part of the spectrum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// As shown.
    pub name: &'static str,
    /// In a sentence.
    pub word: &'static str,
    /// Its thirds of an octave.
    pub bands: Range<usize>,
}

/// The parts of the spectrum that are told apart.
pub static REGIONS: [Region; 4] = [
    Region { name: "Bass", word: "bass line", bands: 0..10 },
    Region { name: "Body", word: "body", bands: 10..17 },
    Region { name: "Presence", word: "presence", bands: 17..24 },
    Region { name: "Air", word: "air", bands: 24..31 },
];

/// Changes from here on are told.
const TOLD_DB: f64 = 3.0;

/// A region or a device that has less than this part of the sound has none.
const NONE: f64 = 1e-6;

/// What stands out has at least this part of the loudness.
const NOTABLE: f64 = 0.01;

/// How far a driver sets the song as a whole above the noise, LU.
pub const ABOVE_NOISE_LU: f64 = 8.0;

/// How the noise of a road falls, dB an octave in thirds of an octave.
const ROAD_DB_PER_OCTAVE: f64 = -6.0;

/// What a device leaves of a sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// How much louder it is than with a flat device of the same level at 1 kHz, LU.
    pub loudness_lu: f64,
    /// What is lost of the loudness by one channel, LU, 0 or less.
    pub fold_lu: f64,
    /// By how much each of [`REGIONS`] has changed beside the whole, dB; `None` where the sound has nothing there.
    pub regions_db: [Option<f64>; 4],
    /// The band that stands out: Hz and dB beside the whole.
    pub stands_out: Option<(f64, f64)>,
    /// How far the passage, and each region, is above the noise around, LU; `None` in silence.
    pub above_noise_lu: Option<(f64, [f64; 4])>,
}

/// Loudness of `powers`, LUFS (BS.1770 without gates).
pub fn loudness_lufs(powers: &Powers) -> f64 {
    let weights = k_weights();
    let sum = (0..BANDS).map(|band| 2.0 * weights[band] * powers.both(band)).sum::<f64>();
    -0.691 + lg(sum)
}

/// What `device` leaves of the mean of both channels' powers, at the same level at 1 kHz.
pub fn heard(powers: &Powers, device: &Playback) -> [f64; BANDS] {
    std::array::from_fn(|band| folded(powers, device, band) * response(device, band))
}

/// What of a band reaches the device's one channel or two.
fn folded(powers: &Powers, device: &Playback, band: usize) -> f64 {
    if device.filter.is_mono() { powers.mid[band] } else { powers.both(band) }
}

/// The device's gain in a band as a power, 1 at 1 kHz.
fn response(device: &Playback, band: usize) -> f64 {
    10f64.powf(0.1 * device.response_db(centre_hz(band)))
}

/// Scores `device` with what plays now, or with a whole song. `integrated_lufs` is the song's loudness so far, which the
/// listener has set the volume for; `None` while it is not known.
pub fn score(powers: &Powers, device: &Playback, integrated_lufs: Option<f64>) -> Score {
    let weights = k_weights();
    let before: [f64; BANDS] = std::array::from_fn(|band| powers.both(band));
    let folded: [f64; BANDS] = std::array::from_fn(|band| folded(powers, device, band));
    let response: [f64; BANDS] = std::array::from_fn(|band| response(device, band));
    let after = heard(powers, device);
    let weighted =
        |powers: &[f64; BANDS], bands: Range<usize>| bands.map(|band| weights[band] * powers[band]).sum::<f64>();
    let all = 0..BANDS;
    let loudness_lu = lg(weighted(&after, all.clone()) / weighted(&before, all.clone()));
    let total: f64 = before.iter().sum();
    let regions_db = REGIONS.each_ref().map(|region| {
        let sum = |powers: &[f64; BANDS]| powers[region.bands.clone()].iter().sum::<f64>();
        (sum(&before) > NONE * total).then(|| (lg(sum(&after) / sum(&before)) - loudness_lu).max(LEAST_DB))
    });
    let played = weighted(&after, all.clone());
    let notable = (0..BANDS).filter(|band| weights[*band] * after[*band] > NOTABLE * played);
    let stands_out = notable
        .max_by(|a, b| response[*a].total_cmp(&response[*b]))
        .map(|band| (centre_hz(band), lg(response[band]) - loudness_lu));
    let above_noise_lu = (device.surroundings == Surroundings::Road)
        .then_some(integrated_lufs)
        .flatten()
        .filter(|lufs| lufs.is_finite())
        .map(|integrated_lufs| {
            let passage_lu = loudness_lufs(powers) - integrated_lufs + ABOVE_NOISE_LU;
            let noise: [f64; BANDS] =
                std::array::from_fn(|band| 10f64.powf(0.1 * ROAD_DB_PER_OCTAVE * (band as f64 - 17.0) / 3.0));
            let of_noise = |bands| weighted(&noise, bands) / weighted(&noise, all.clone());
            let of_sound = |bands| weighted(&after, bands) / weighted(&after, all.clone());
            let region = |region: &Region| {
                (passage_lu + lg(of_sound(region.bands.clone()) / of_noise(region.bands.clone()))).max(LEAST_DB)
            };
            (passage_lu, REGIONS.each_ref().map(region))
        });
    let fold_lu = lg(weighted(&folded, all.clone()) / weighted(&before, all.clone())).max(LEAST_DB);
    Score { loudness_lu: loudness_lu.max(LEAST_DB), fold_lu, regions_db, stands_out, above_noise_lu }
}

/// What is gone altogether prints as this, dB.
pub const LEAST_DB: f64 = -60.0;

impl Score {
    /// In words: "bass line -14 dB, 1.6 kHz +5 dB"; "as it is" where nothing is to be told.
    pub fn words(&self) -> String {
        let mut told = Vec::new();
        let out = self.stands_out.filter(|(_, db)| *db >= TOLD_DB);
        for (region, db) in REGIONS.iter().zip(self.regions_db) {
            let holds = out.is_some_and(|(freq_hz, _)| region.bands.clone().any(|band| centre_hz(band) == freq_hz));
            match db {
                Some(db) if db <= LEAST_DB + 20.0 => told.push(format!("no {}", region.word)),
                Some(db) if db <= -TOLD_DB || (db >= TOLD_DB && !holds) => {
                    told.push(format!("{} {db:+.0} dB", region.word));
                }
                _ => {}
            }
        }
        if let Some((freq_hz, db)) = out {
            told.push(format!("{} {db:+.0} dB", frequency(freq_hz)));
        }
        if self.fold_lu <= -1.0 {
            told.push(format!("{:.0} LU lost in mono", -self.fold_lu));
        }
        told.extend(self.noise_words());
        if told.is_empty() { "as it is".to_string() } else { told.join(", ") }
    }

    /// What is under the noise around: the whole passage, or parts of it; empty where nothing is.
    pub fn noise_words(&self) -> Vec<String> {
        match self.above_noise_lu {
            Some((passage, _)) if passage < 0.0 => vec![format!("this passage {:.0} dB under road noise", -passage)],
            Some((_, regions)) => REGIONS
                .iter()
                .zip(regions)
                .filter(|(_, db)| *db < 0.0)
                .map(|(region, db)| {
                    let below = if db < LEAST_DB + 20.0 { "lost".to_string() } else { format!("{:.0} dB", -db) };
                    format!("{} {below} under road noise", region.word)
                })
                .collect(),
            None => Vec::new(),
        }
    }
}

/// "63 Hz", "1.6 kHz": as the bands are called.
fn frequency(freq_hz: f64) -> String {
    /// The numbers that ten bands go by.
    const NAMES: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0];
    let step = (10.0 * freq_hz.log10()).round() as i32;
    let name = NAMES[step.rem_euclid(10) as usize] * 10f64.powi(step.div_euclid(10));
    if name < 1_000.0 { format!("{name} Hz") } else { format!("{} kHz", name / 1_000.0) }
}

/// The K-weighting's power in the middle of each band.
fn k_weights() -> &'static [f64; BANDS] {
    static WEIGHTS: LazyLock<[f64; BANDS]> = LazyLock::new(|| {
        let mut filter = KWeighting::default();
        filter.prepare(REFERENCE_RATE);
        std::array::from_fn(|band| 10f64.powf(0.1 * filter.magnitude_db(centre_hz(band))))
    });
    &WEIGHTS
}

/// The rate that the weighting is taken at, Hz: high enough to have all bands.
const REFERENCE_RATE: f64 = 48_000.0;

fn lg(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

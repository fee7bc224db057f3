//! Shipped target curves: what is published of the long-term spectra of popular music, as thirds of an octave.
//!
//! Sources and status are in `assets/curves/README.md`.

use crate::block::graphic::{BANDS, CENTRES_HZ, Curve};

/// Level in thirds re 1 kHz over octaves above 30 Hz, of the mean of 12,345 tracks (A. Elowsson, A. Friberg, "Long-term
/// Average Spectrum in Popular Music and its Relation to the Level of the Percussion", AES 142, 2017): two quadratics
/// in x = 60 octaves, of power density, that meet at 94 Hz. Not above 12.5 kHz nor below 31.5 Hz, where they were not
/// fitted.
pub fn popular_2017(freq_hz: f64) -> Option<f64> {
    const JOIN_HZ: f64 = 94.0;
    let density_db = |hz: f64| {
        let x = 60.0 * (hz / 30.0).log2();
        if hz < JOIN_HZ { -0.000_907 * x * x + 0.256 * x - 32.942 } else { -0.000_183 * x * x + 0.0213 * x - 16.735 }
    };
    (30.0..=13_000.0)
        .contains(&freq_hz)
        .then(|| density_db(freq_hz) - density_db(1_000.0) + 10.0 * (freq_hz / 1_000.0).log10())
}

/// Level in thirds re 1 kHz of 772 number-one singles from 1950 to 2010: a straight line of -5 dB an octave in power
/// density from 100 Hz to 4 kHz (P. D. Pestana et al., "Spectral Characteristics of Popular Commercial Recordings
/// 1950-2010", AES 135, 2013). Nothing is published beyond.
pub fn number_ones_2013(freq_hz: f64) -> Option<f64> {
    (99.0..=4_000.0).contains(&freq_hz).then(|| {
        let octaves = (freq_hz / 1_000.0).log2();
        -5.0 * octaves + 10.0 * (freq_hz / 1_000.0).log10()
    })
}

/// Each third of a curve; `None` where nothing is known.
pub fn thirds(curve: fn(f64) -> Option<f64>) -> [Option<f64>; BANDS] {
    CENTRES_HZ.map(curve)
}

/// Thirds beyond which nothing is left of the last difference that is known: an octave.
const FADES_IN: f64 = 3.0;

/// The curve with its ends held, and how much it is worth there: 1 where it is known, less and less beside it.
pub fn held(known: &[Option<f64>; BANDS]) -> (Curve, Curve) {
    let nearest = |third: usize| {
        let with_place = known.iter().enumerate().filter_map(|(place, level)| level.map(|level| (place, level)));
        with_place.min_by_key(|(place, _)| place.abs_diff(third))
    };
    let (mut levels, mut worth) = ([0.0; BANDS], [0.0; BANDS]);
    for third in 0..BANDS {
        if let Some((place, level)) = nearest(third) {
            levels[third] = level;
            worth[third] = (1.0 - place.abs_diff(third) as f64 / FADES_IN).max(0.0);
        }
    }
    (levels, worth)
}

//! Where a saturator's settings lead: its static curve, and what lies around that.

use super::settings::SaturatorSettings;
use crate::block::shelf::Shelf;
use crate::units::{db_to_gain, hz_to_octaves, octaves_to_hz};

/// The level in dBFS that is 0 VU unless said otherwise.
pub(super) const ZERO_VU_DB: f64 = -18.0;

/// How far the curves' ceiling is above 0 VU.
pub(super) const HEADROOM_DB: f64 = 18.0;

/// How far the whole of [`BIAS`](super::BIAS) moves the sound along the curve, over its ceiling.
const MOST_BIAS: f64 = 0.5;

/// How far the whole of [`TONE`](super::TONE) lifts one end and lowers the other, dB, and around which frequency.
const TONE_DB: f64 = 6.0;
const TONE_HZ: f64 = 1_000.0;

/// Below this drive the curve fades in: at 0 dB nothing is left of it.
const WHOLE_AT_DB: f64 = 3.0;

/// Filters stay this far below half the rate.
const HIGHEST_OF_RATE: f64 = 0.49;

/// What glides: drive, bias, tone, level, mix, and what lies around the curve.
pub(super) const GLIDING: usize = 11;

/// Which of them is how far loud passages shift the bias.
pub(super) const SHIFT: usize = 9;

/// What comes out, settled, where `input` goes in, both linear and over the ceiling, of a frequency that the curve's own
/// emphasis drives by `emphasis` (see [`emphasis`]); without mix and level.
pub fn output(settings: &SaturatorSettings, emphasis: f64, input: f64) -> f64 {
    let law = settings.curve.law();
    let bias = bias(settings);
    let driven = db_to_gain(settings.drive_db) * emphasis;
    let bent = (law.value(driven * input + bias) - law.value(bias)) / law.slope(bias) / driven;
    input + amount(settings.drive_db) * (bent - input)
}

/// How much a frequency is driven more than another, linear: by the curve itself and by the tone.
pub fn emphasis(settings: &SaturatorSettings, rate: f64, freq_hz: f64) -> f64 {
    let targets = targets(settings, ZERO_VU_DB);
    let t = tan_of(freq_hz, rate);
    shelves(&targets, rate).iter().map(|shelf| shelf.gain(t)).product()
}

fn bias(settings: &SaturatorSettings) -> f64 {
    settings.curve.surroundings().bias + MOST_BIAS * settings.bias_percent / 100.0
}

/// How much of what the curve adds is heard at a drive.
pub(super) fn amount(drive_db: f64) -> f64 {
    (drive_db / WHOLE_AT_DB).clamp(0.0, 1.0)
}

fn tan_of(freq_hz: f64, rate: f64) -> f64 {
    (std::f64::consts::PI * (freq_hz / rate).min(HIGHEST_OF_RATE)).tan()
}

/// Where the glides go.
pub(super) fn targets(settings: &SaturatorSettings, zero_vu_db: f64) -> [f64; GLIDING] {
    let around = settings.curve.surroundings();
    [
        settings.drive_db,
        bias(settings),
        settings.tone_percent / 100.0 * TONE_DB,
        settings.level_db,
        settings.mix_percent / 100.0,
        zero_vu_db,
        around.low_db,
        around.high_db,
        hz_to_octaves(around.centre_hz),
        around.shift,
        amount(settings.drive_db),
    ]
}

/// The curve's own shelf and the tone's.
pub(super) fn shelves(
    &[_, _, tone_db, _, _, _, low_db, high_db, centre_octaves, ..]: &[f64; GLIDING],
    rate: f64,
) -> [Shelf; 2] {
    // Half way between pole and zero, in dB, is where the gain is half way between its ends.
    let shelf = |low_db: f64, high_db: f64, centre_hz: f64| Shelf {
        low: db_to_gain(low_db),
        high: db_to_gain(high_db),
        g: tan_of(centre_hz, rate) * db_to_gain(0.5 * (high_db - low_db)),
    };
    [shelf(low_db, high_db, octaves_to_hz(centre_octaves)), shelf(-tone_db, tone_db, TONE_HZ)]
}

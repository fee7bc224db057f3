//! What Master does to a mix of the user's own stems besides its loudness, chosen by measuring the mix.

use super::part::Part;
use super::{Mastering, Mix, Setting};
use crate::audio::Sound;
use crate::measure::{Measured, band_db, part};

/// The range in which a bass line lies, Hz.
const BASS_HZ: (f64, f64) = (40.0, 160.0);

/// What counts as one passage, seconds.
const PASSAGE_S: f64 = 5.0;

/// Bass whose balance differs by less from passage to passage, dB, needs no levelling.
const UNEVEN_DB: f64 = 3.0;

/// A side signal so far below the middle at the bass, dB, is mono enough.
const SIDE_HEARD_DB: f64 = -30.0;

/// The loudest passages stand over the glue's threshold by this much, dB: it then takes 1 to 2 dB of them.
const OVER_GLUE_DB: f64 = 2.0;

/// The settings for `mix`.
pub fn mastering(mix: &Mix) -> Mastering {
    let plays = |wanted: Part| mix.channels.iter().any(|channel| Part::of(&channel.track.name) == wanted);
    let mut settings = Setting::group(
        "Takes out rumble that no one hears but that costs headroom.",
        &[("EQ HP On", "On"), ("EQ HP Frequency", "20 Hz"), ("EQ HP Slope", "12 dB/oct")],
    );
    let groove = plays(Part::Drums) && plays(Part::Bass);
    if groove {
        settings.extend(leveler(&mix.sound));
    }
    if plays(Part::Drums) {
        settings.extend(glue(&mix.sound));
    }
    settings.extend(mono(&mix.sound, groove));
    Mastering { settings, fader_moves: Vec::new(), saturator: if plays(Part::Drums) { tape() } else { Vec::new() } }
}

/// A saturator before a limiter that works hard.
pub(super) fn tape() -> Vec<Setting> {
    Setting::group(
        "Tried and kept, as it spares the limiter: rounds the highest peaks before they get there.",
        &[("Saturator On", "On"), ("Saturator Curve", "Tape"), ("Saturator Drive", "8 dB")],
    )
}

fn leveler(mix: &Sound) -> Vec<Setting> {
    let passages = (mix.seconds() / PASSAGE_S) as usize;
    let mut balance_db: Vec<f64> = (0..passages)
        .map(|passage| {
            let sound = part(mix, passage as f64 * PASSAGE_S, (passage + 1) as f64 * PASSAGE_S);
            band_db(&sound, BASS_HZ.0, BASS_HZ.1) - band_db(&sound, BASS_HZ.1, 5_000.0)
        })
        .filter(|balance| balance.is_finite())
        .collect();
    balance_db.sort_by(f64::total_cmp);
    let at = |part: f64| balance_db[((balance_db.len() - 1) as f64 * part).round() as usize];
    if balance_db.len() < 4 || at(0.9) - at(0.1) < UNEVEN_DB {
        return Vec::new();
    }
    Setting::group(
        &format!(
            "From passage to passage the bass differs by {:.1} dB beside the rest: holds it to the song's mean.",
            at(0.9) - at(0.1)
        ),
        &[("Leveler On", "On"), ("Leveler Range", "3 dB")],
    )
}

fn glue(mix: &Sound) -> Vec<Setting> {
    let loudest_lufs = Measured::of(mix).reading.max_short_term_lufs;
    if !loudest_lufs.is_finite() {
        return Vec::new();
    }
    Setting::group(
        "Holds the mix together: 1 to 2 dB where it is loudest; kick and bass do not move the rest.",
        &[
            ("Glue On", "On"),
            ("Glue Character", "Bus"),
            ("Glue Threshold", &format!("{:.1} dB", (loudest_lufs - OVER_GLUE_DB).clamp(-60.0, 0.0))),
            ("Glue Ratio", "2:1"),
            ("Glue Attack", "30 ms"),
            ("Glue Auto Release", "On"),
            ("Glue Key HP", "90 Hz"),
        ],
    )
}

/// Bass in the middle, where there is something beside it.
fn mono(mix: &Sound, groove: bool) -> Vec<Setting> {
    let below_hz = if groove { 110.0 } else { 70.0 };
    let level = |sign: f64| {
        let frames: Vec<_> = mix.to_frames().iter().map(|[left, right]| [0.5 * (left + sign * right); 2]).collect();
        band_db(&Sound::from_frames(&frames, mix.rate), 20.0, below_hz)
    };
    let side_db = level(-1.0) - level(1.0);
    if !side_db.is_finite() || side_db < SIDE_HEARD_DB {
        return Vec::new();
    }
    Setting::group(
        &format!(
            "Below {below_hz:.0} Hz the sides are {side_db:.0} dB re the middle: puts the lows in the middle, for small rooms and vinyl."
        ),
        &[("Imager On", "On"), ("Imager Mono Below", &format!("{below_hz:.0} Hz"))],
    )
}

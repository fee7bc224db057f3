//! The chain of a lead: cleaned, held, and given a space. Its place over the band is the mix's business.

use super::Setting;
use super::sibilance::Sibilants;
use crate::audio::Sound;
use crate::measure::{Band, third_octaves};

/// In a voice esses take at least this part of the time; an instrument has none.
const VOICE_HAS_ESSES: f64 = 0.01;

/// Where mud lies, Hz.
const MUD_HZ: (f64, f64) = (140.0, 480.0);

/// What stands out of the octave about it by less, dB, is timbre.
const MUD_FROM_DB: f64 = 3.0;

/// Whether it is a voice: a mouth has esses.
pub(super) fn is_voice(sound: &Sound) -> bool {
    Sibilants::of(sound).share >= VOICE_HAS_ESSES
}

/// Takes mouth clicks out.
pub(super) fn clicks() -> Vec<Setting> {
    Setting::group(
        "Takes mouth clicks out between and within words; they would be lifted by all that follows.",
        &[("Latency", "Full"), ("De-click On", "On"), ("De-click Sensitivity", "92 %")],
    )
}

/// Softens sharp esses.
pub(super) fn esses(sound: &Sound) -> Vec<Setting> {
    let percent = 100.0 * Sibilants::of(sound).share;
    Setting::group(
        &format!("Esses take {percent:.0} % of the time: softens the sharp ones before the compressor lifts them."),
        &[("De-ess On", "On"), ("De-ess Freq", "5 kHz"), ("De-ess Threshold", "-12 dB"), ("De-ess Range", "6 dB")],
    )
}

/// Takes what clouds the sound, if something does.
pub(super) fn mud(sound: &Sound) -> Vec<Setting> {
    let (freq_hz, out_db) = stands_out(&third_octaves(sound));
    if out_db < MUD_FROM_DB {
        return Vec::new();
    }
    Setting::group(
        &format!(
            "About {freq_hz:.0} Hz it stands {out_db:.0} dB out of its surroundings: takes that while it does, and leaves single tones."
        ),
        &[("De-mud On", "On"), ("De-mud Depth", "80 %"), ("De-mud Detail", "50 %"), ("De-mud Speed", "200 ms")],
    )
}

/// The band in the mud's range that stands out most of its neighbours two thirds of an octave away: its frequency in Hz,
/// and by how much in dB.
fn stands_out(bands: &[Band]) -> (f64, f64) {
    let inside = |band: &Band| (MUD_HZ.0..MUD_HZ.1).contains(&band.freq_hz);
    let out = bands.windows(5).filter(|five| inside(&five[2])).map(|five| {
        let around = 0.5 * (five[0].level_db + five[4].level_db);
        (five[2].freq_hz, five[2].level_db - around)
    });
    out.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0.0, f64::NEG_INFINITY))
}

/// Holds words together.
pub(super) fn compressor() -> Vec<Setting> {
    Setting::group(
        "Holds syllables and words together, slowly enough to leave the consonants their edge.",
        &[
            ("Comp On", "On"),
            ("Comp Character", "Opto"),
            ("Comp Threshold", "-20 dB"),
            ("Comp Ratio", "3:1"),
            ("Comp Attack", "10 ms"),
            ("Comp Release", "200 ms"),
        ],
    )
}

/// Echoes in time and a plate, both out of the words' way.
pub(super) fn space(tempo_bpm: Option<f64>) -> Vec<Setting> {
    let mut settings = Vec::new();
    if let Some(bpm) = tempo_bpm {
        settings.extend(Setting::group(
            &format!(
                "Answers at the ends of lines, in time ({bpm:.1} beats a minute), and gives way while there are words."
            ),
            &[
                ("Delay On", "On"),
                ("Delay Sync", "On"),
                ("Delay Note", "1/4"),
                ("Delay Feedback", "28 %"),
                ("Delay Pattern", "Ping-pong"),
                ("Delay Low Cut", "300 Hz"),
                ("Delay High Cut", "4.5 kHz"),
                ("Delay Send", "-15 dB"),
                ("Delay Duck", "12 dB"),
                ("Delay Duck Release", "250 ms"),
            ],
        ));
    }
    // A sixty-fourth sets the plate apart from the words; without a tempo, what that is at 120.
    let pre_delay_ms = 60_000.0 / tempo_bpm.unwrap_or(120.0) / 16.0;
    settings.extend(Setting::group(
        "A plate behind the words: after them by a sixty-fourth, without lows to cloud and highs to hiss.",
        &[
            ("Reverb On", "On"),
            ("Reverb Space", "Plate"),
            ("Reverb Pre-delay", &format!("{pre_delay_ms:.0} ms")),
            ("Reverb Decay", "1.3 s"),
            ("Reverb Low Cut", "250 Hz"),
            ("Reverb High Cut", "9 kHz"),
            ("Reverb Send", "-13 dB"),
            ("Reverb Duck", "3 dB"),
        ],
    ));
    settings
}

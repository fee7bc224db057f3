//! How the demo song is mixed and mastered.

use super::mastering::tape;
use super::{Mastering, Setting, Track, lead};
use crate::automation::Row;
use crate::measure::Measured;
use crate::song::{Kind, LENGTH_S, Song, TEMPO_BPM};

/// How far the lead stands over the band, LU.
const LEAD_ABOVE_LU: f64 = 1.5;

/// How much the faders lift drums and keys in the verses, which are played softer, dB; the lead follows them. The bass
/// stays: what it lacks there is the leveler's.
const DRUMS_VERSE_DB: f64 = 2.0;
const KEYS_VERSE_DB: f64 = 6.0;

/// Loudness of each stem in the balance, LUFS, by its name; only the differences count.
fn place_lufs(stem: &str) -> f64 {
    match stem {
        "lead" => -17.0,
        "drums" => -17.5,
        "bass" => -15.5,
        _ => -22.5,
    }
}

/// The song's stems with what their Channels do.
pub fn tracks(song: &Song) -> Vec<Track> {
    song.stems
        .iter()
        .map(|stem| {
            let mut track = Track::new(stem.name, stem.sound.clone());
            track.balance_db = place_lufs(stem.name) - Measured::of(&stem.sound).reading.integrated_lufs;
            match stem.name {
                "drums" => drums(&mut track, song),
                "bass" => bass(&mut track),
                "keys" => keys(&mut track, song),
                _ => sung(&mut track, song),
            }
            track
        })
        .collect()
}

fn drums(track: &mut Track, song: &Song) {
    track.settings = [
        Setting::group(
            "Takes the boxiness out of kick and snare.",
            &[("EQ 1 On", "On"), ("EQ 1 Frequency", "330 Hz"), ("EQ 1 Gain", "-3 dB"), ("EQ 1 Q", "1.1")],
        ),
        Setting::group(
            "Lets the beater be heard on small loudspeakers.",
            &[("EQ 2 On", "On"), ("EQ 2 Frequency", "2.8 kHz"), ("EQ 2 Gain", "2 dB"), ("EQ 2 Q", "0.9")],
        ),
        Setting::group(
            "Leaves the bottom to the bass.",
            &[("EQ 3 On", "On"), ("EQ 3 Shape", "Low Shelf"), ("EQ 3 Frequency", "100 Hz"), ("EQ 3 Gain", "-6 dB")],
        ),
        Setting::group(
            "Holds the hi-hat back in the verses, where the faders lift the kit; automation lets it go in the choruses.",
            &[("EQ 4 On", "On"), ("EQ 4 Shape", "High Shelf"), ("EQ 4 Frequency", "5 kHz"), ("EQ 4 Gain", "-4 dB")],
        ),
        Setting::group(
            "Makes one kit of its pieces: lets the strokes through and holds what follows them.",
            &[
                ("Comp On", "On"),
                ("Comp Character", "Bus"),
                ("Comp Threshold", "-20 dB"),
                ("Comp Ratio", "2:1"),
                ("Comp Attack", "30 ms"),
                ("Comp Auto Release", "On"),
                ("Comp Key HP", "90 Hz"),
            ],
        ),
        Setting::group(
            "Rounds the highest strokes, which the master's limiter would otherwise have to take.",
            &[("Latency", "Mix"), ("Saturator On", "On"), ("Saturator Curve", "Tape"), ("Saturator Drive", "6 dB")],
        ),
        Setting::group("Keeps the kit narrow in the verses; automation opens it.", &[("Output Width", "80 %")]),
    ]
    .concat();
    track.make_up = true;
    track.automation = by_section(song, "Output Width", "80 %", "130 %");
    track.automation.extend(by_section(song, "EQ 4 Gain", "-4 dB", "0 dB"));
    track.fader_moves = verses_lifted(song, DRUMS_VERSE_DB);
}

fn bass(track: &mut Track) {
    track.settings = [
        Setting::group(
            "Leaves the lowest octave to the kick.",
            &[("EQ HP On", "On"), ("EQ HP Frequency", "35 Hz"), ("EQ HP Slope", "18 dB/oct")],
        ),
        Setting::group(
            "Clears the range where kick, bass and keys meet.",
            &[("EQ 1 On", "On"), ("EQ 1 Frequency", "210 Hz"), ("EQ 1 Gain", "-2.5 dB"), ("EQ 1 Q", "1")],
        ),
        Setting::group(
            "Raises the string's growl, by which a phone's loudspeaker tells the bass line.",
            &[("EQ 2 On", "On"), ("EQ 2 Frequency", "850 Hz"), ("EQ 2 Gain", "4 dB"), ("EQ 2 Q", "0.8")],
        ),
        Setting::group(
            "Evens the notes out, mostly those of the choruses.",
            &[
                ("Comp On", "On"),
                ("Comp Character", "Clean"),
                ("Comp Threshold", "-14 dB"),
                ("Comp Ratio", "3:1"),
                ("Comp Attack", "12 ms"),
                ("Comp Release", "120 ms"),
            ],
        ),
        Setting::group(
            "Gives each note harmonics that small loudspeakers can play; the lowest octave stays clean.",
            &[
                ("Latency", "Mix"),
                ("Saturator On", "On"),
                ("Saturator Curve", "Triode"),
                ("Saturator Drive", "9 dB"),
                ("Saturator Tone", "20 %"),
            ],
        ),
    ]
    .concat();
    track.make_up = true;
}

fn keys(track: &mut Track, song: &Song) {
    track.settings = [
        Setting::group(
            "Makes room for the bass.",
            &[("EQ HP On", "On"), ("EQ HP Frequency", "110 Hz"), ("EQ HP Slope", "12 dB/oct")],
        ),
        Setting::group(
            "Steps back where the lead sings.",
            &[("EQ 1 On", "On"), ("EQ 1 Frequency", "320 Hz"), ("EQ 1 Gain", "-2 dB"), ("EQ 1 Q", "0.9")],
        ),
        Setting::group(
            "Brings out the bell of the tines.",
            &[("EQ 2 On", "On"), ("EQ 2 Shape", "High Shelf"), ("EQ 2 Frequency", "2.2 kHz"), ("EQ 2 Gain", "5 dB")],
        ),
        Setting::group(
            "Ready for the sweep that opens the second chorus.",
            &[("EQ LP On", "On"), ("EQ LP Frequency", "18 kHz"), ("EQ LP Slope", "12 dB/oct")],
        ),
        Setting::group(
            "Stands to the right of the lead, wide.",
            &[("Output Pan", "18R"), ("Output Pan Law", "Balance"), ("Output Width", "135 %")],
        ),
    ]
    .concat();
    track.fader_moves = verses_lifted(song, KEYS_VERSE_DB);
    // The second verse starts behind a curtain, which its second half draws back.
    if let [_, _, verse, _, _] = song.sections[..] {
        const CLOSED_HZ: f64 = 900.0;
        const OPEN_HZ: f64 = 18_000.0;
        const STEP_S: f64 = 0.05;
        let from_s = 0.5 * (verse.from_s + verse.to_s);
        track.automation.push(Row::new(verse.from_s, "EQ LP Frequency", format!("{CLOSED_HZ} Hz")));
        let steps = ((verse.to_s - from_s) / STEP_S) as usize;
        track.automation.extend((1..=steps).map(|step| {
            let freq_hz = CLOSED_HZ * (OPEN_HZ / CLOSED_HZ).powf(step as f64 / steps as f64);
            Row::new(from_s + step as f64 * STEP_S, "EQ LP Frequency", format!("{freq_hz:.1} Hz"))
        }));
    }
}

fn sung(track: &mut Track, song: &Song) {
    track.settings = [
        lead::clicks(),
        Setting::group(
            "Takes the mud while it sounds; more about 235 Hz, where the voice is close to the microphone, less above, where the high notes have their fundamental.",
            &[
                ("De-mud On", "On"),
                ("De-mud Depth", "100 %"),
                ("De-mud Detail", "50 %"),
                ("De-mud Speed", "150 ms"),
                ("De-mud 1 Weight", "150 %"),
                ("De-mud 2 Weight", "150 %"),
                ("De-mud 3 Weight", "150 %"),
                ("De-mud 4 Weight", "70 %"),
                ("De-mud 5 Weight", "50 %"),
                ("De-mud 6 Weight", "50 %"),
            ],
        ),
        Setting::group(
            "There is nothing of the voice below.",
            &[("EQ HP On", "On"), ("EQ HP Frequency", "110 Hz"), ("EQ HP Slope", "18 dB/oct")],
        ),
        Setting::group(
            "Cuts what the verses, sung close, have too much of throughout; automation leaves the choruses alone.",
            &[("EQ 1 On", "On"), ("EQ 1 Frequency", "235 Hz"), ("EQ 1 Gain", "-3 dB"), ("EQ 1 Q", "2")],
        ),
        Setting::group(
            "Brings the words forward.",
            &[("EQ 2 On", "On"), ("EQ 2 Frequency", "3.2 kHz"), ("EQ 2 Gain", "2.5 dB"), ("EQ 2 Q", "0.8")],
        ),
        Setting::group(
            "Adds air.",
            &[("EQ 3 On", "On"), ("EQ 3 Shape", "High Shelf"), ("EQ 3 Frequency", "9 kHz"), ("EQ 3 Gain", "3 dB")],
        ),
        lead::esses(&track.sound),
        lead::compressor(),
        lead::space(Some(TEMPO_BPM)),
    ]
    .concat();
    track.make_up = true;
    track.above_lu = Some(LEAD_ABOVE_LU);
    track.automation = by_section(song, "EQ 1 Gain", "-3 dB", "0 dB");
}

/// Moves of a fader that lift the verses by `lift_db`.
fn verses_lifted(song: &Song, lift_db: f64) -> Vec<(f64, f64)> {
    let lift = |kind| if kind == Kind::Verse { lift_db } else { 0.0 };
    song.sections.iter().map(|section| (section.from_s, lift(section.kind))).collect()
}

/// One value in the verses, another in the choruses and at the end.
fn by_section(song: &Song, parameter: &str, verse: &str, chorus: &str) -> Vec<Row> {
    let value = |kind| if kind == Kind::Verse { verse } else { chorus };
    song.sections.iter().map(|section| Row::new(section.from_s, parameter, value(section.kind))).collect()
}

/// What Master does to the song besides its loudness, and what moves: the last chord fades.
pub fn mastering() -> Mastering {
    let settings = [
        Setting::group(
            "Takes out rumble that no one hears but that costs headroom.",
            &[("EQ HP On", "On"), ("EQ HP Frequency", "24 Hz"), ("EQ HP Slope", "12 dB/oct")],
        ),
        Setting::group(
            "A little less fundament of voice and keys together.",
            &[("EQ 2 On", "On"), ("EQ 2 Frequency", "280 Hz"), ("EQ 2 Gain", "-1 dB"), ("EQ 2 Q", "0.7")],
        ),
        Setting::group(
            "Opens the top.",
            &[("EQ 3 On", "On"), ("EQ 3 Shape", "High Shelf"), ("EQ 3 Frequency", "11 kHz"), ("EQ 3 Gain", "1 dB")],
        ),
        Setting::group(
            "Holds the mix together: about 1 dB at most in the choruses, less in the verses.",
            &[
                ("Glue On", "On"),
                ("Glue Character", "Bus"),
                ("Glue Threshold", "-20 dB"),
                ("Glue Ratio", "2:1"),
                ("Glue Attack", "30 ms"),
                ("Glue Auto Release", "On"),
            ],
        ),
        Setting::group("Keeps kick and bass from moving everything else.", &[("Glue Key HP", "90 Hz")]),
        Setting::group(
            "Holds the bass beside the rest from section to section: in the verses it is played softer than all else.",
            &[("Leveler On", "On"), ("Leveler Range", "3 dB")],
        ),
        Setting::group(
            "Keeps the lows in the middle, and lets the air stand a little wider.",
            &[("Imager On", "On"), ("Imager Mono Below", "110 Hz"), ("Imager High Width", "115 %")],
        ),
    ]
    .concat();
    const FADE_S: f64 = 2.0;
    const STEPS: usize = 40;
    let mut fader_moves: Vec<(f64, f64)> = (0..STEPS)
        .map(|step| {
            let along = step as f64 / STEPS as f64;
            (LENGTH_S - FADE_S * (1.0 - along), 20.0 * (1.0 - along).powi(2).log10())
        })
        .collect();
    fader_moves.push((LENGTH_S - 0.02, f64::NEG_INFINITY));
    Mastering { settings, fader_moves, saturator: tape() }
}

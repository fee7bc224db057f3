//! The user's own stems.

use super::distance::Distance;
use super::part::Part;
use super::staging::to_zero_vu_db;
use super::tempo::tempo_bpm;
use super::{Setting, Track, lead};
use crate::audio::{self, Sound};
use crate::automation;
use crate::measure::{Band, Measured, band_db, third_octaves};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use tandem_dsp::module::output::FADER;
use tandem_dsp::units::power_to_db;

/// A stem as it was read.
#[derive(Clone, Debug)]
pub struct Stem {
    path: PathBuf,
    track: Track,
}

/// A band so far below the strongest one holds nothing of the instrument, dB.
const NOTHING_DB: f64 = 36.0;

/// Below an instrument's lowest band by this factor, a high-pass leaves it alone.
const LEAVE_ALONE: f64 = 0.6;

/// Below this, in Hz, a high-pass is not worth its phase.
const LOWEST_HIGH_PASS_HZ: f64 = 30.0;

/// Reads stems: WAV or FLAC, mono or stereo, all at one rate, of any lengths.
///
/// A file of the same name that ends in `.csv` is a stem's automation, with rows as [`automation`] reads them; its
/// `Output Fader` counts from where the session puts the fader.
pub fn open(paths: &[PathBuf]) -> Result<Vec<Stem>> {
    let mut stems: Vec<Stem> = Vec::with_capacity(paths.len());
    for path in paths {
        let sound = audio::read(path)?;
        if let Some(first) = stems.first().filter(|first| first.track.sound.rate != sound.rate) {
            bail!(
                "The stems' rates differ: {} has {} Hz, {} has {} Hz. Convert them to one rate.",
                first.path.display(),
                first.track.sound.rate,
                path.display(),
                sound.rate
            );
        }
        let (fader_moves, automation) = moves(&path.with_extension("csv"))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let track = Track { automation, fader_moves, ..Track::new(name, sound) };
        stems.push(Stem { path: path.clone(), track });
    }
    Ok(stems)
}

/// What a session makes of stems by their names and by measuring them; their balance stays, but for the lead's. `lead` names
/// the file that leads, where its name does not say so; without a tempo there are no echoes.
pub fn tracks(stems: Vec<Stem>, lead: Option<&str>, tempo_bpm: Option<f64>) -> Result<Vec<Track>> {
    let leads = match lead {
        None => stems.iter().position(|stem| Part::of(&stem.track.name) == Part::Lead),
        Some(lead) => {
            let found = stems.iter().position(|stem| stem.is_called(lead));
            Some(found.with_context(|| format!("No stem is called \"{lead}\". Name one of the files."))?)
        }
    };
    let above_lu = leads.map(|leads| stands_above_lu(&stems, leads));
    let mut tracks: Vec<Track> = Vec::with_capacity(stems.len());
    for (number, Stem { mut track, .. }) in stems.into_iter().enumerate() {
        track.settings = high_pass(&third_octaves(&track.sound));
        track.settings.extend(quiet_pauses(&track.sound));
        match Part::of(&track.name) {
            _ if leads == Some(number) => leading(&mut track, above_lu, tempo_bpm),
            Part::Bass => bass(&mut track),
            Part::Drums => drums(&mut track),
            _ => {}
        }
        tracks.push(track);
    }
    Ok(tracks)
}

/// The tempo of what stems play together, if they keep one.
pub fn tempo(stems: &[Stem]) -> Option<f64> {
    tempo_bpm(&stems.iter().map(|stem| &stem.track.sound).collect::<Vec<_>>())
}

impl Stem {
    fn is_called(&self, name: &str) -> bool {
        self.track.name == name || self.path == Path::new(name) || self.path.file_name() == Some(name.as_ref())
    }
}

/// Where leads stand over the rest of a mix, LU: one standard deviation about the mean of B. De Man, B. Leonard, R. King,
/// J. D. Reiss, "An Analysis and Evaluation of Audio Features for Multitrack Music Mixtures", ISMIR 2014 (-2.7 ± 1.6 LU re
/// the whole mix).
const LEADS_STAND_LU: (f64, f64) = (-2.3, 5.4);

/// How far over the others the lead stands in the stems' own balance, kept to where leads stand.
fn stands_above_lu(stems: &[Stem], lead: usize) -> f64 {
    let others = stems.iter().enumerate().filter(|(number, _)| *number != lead);
    let mut band: Vec<[f64; 2]> = Vec::new();
    for (_, stem) in others {
        let frames = stem.track.sound.to_frames();
        band.resize(band.len().max(frames.len()), [0.0; 2]);
        band.iter_mut().zip(frames).for_each(|(to, frame)| *to = [to[0] + frame[0], to[1] + frame[1]]);
    }
    let lead = &stems[lead].track.sound;
    let own_lu = Distance::of(lead, &Sound::from_frames(&band, lead.rate)).below_lu(0.5);
    // To the tenth, so that text says all of it.
    let own_lu = (10.0 * own_lu).round() / 10.0;
    if own_lu.is_finite() { own_lu.clamp(LEADS_STAND_LU.0, LEADS_STAND_LU.1) } else { 0.0 }
}

fn leading(track: &mut Track, above_lu: Option<f64>, tempo_bpm: Option<f64>) {
    if lead::is_voice(&track.sound) {
        track.settings.extend([lead::clicks(), lead::mud(&track.sound), lead::esses(&track.sound)].concat());
    }
    track.settings.extend(lead::compressor());
    track.settings.extend(lead::space(tempo_bpm));
    track.make_up = true;
    track.above_lu = above_lu;
}

/// What is softer than the loud moments of a bass line by more, dB, is a fading note and no soft one.
const SOFT_NOTES_WITHIN_DB: f64 = 20.0;

/// Notes that differ by less, dB, are even.
const EVEN_DB: f64 = 5.0;

/// A bass line that has so little of its power in the range of small loudspeakers, dB re its fundamentals, is not heard there.
const UNHEARD_DB: f64 = -18.0;

fn bass(track: &mut Track) {
    let mut levels = levels_db(&track.sound);
    levels.sort_by(f64::total_cmp);
    let loudest = part_of(&levels, 0.95);
    levels.retain(|level| *level > loudest - SOFT_NOTES_WITHIN_DB);
    let differ_db = part_of(&levels, 0.9) - part_of(&levels, 0.1);
    if differ_db > EVEN_DB {
        track.settings.extend(Setting::group(
            &format!("The line's level wanders by {differ_db:.0} dB: evens the notes out, and leaves their attack."),
            &[
                ("Comp On", "On"),
                ("Comp Character", "Clean"),
                ("Comp Threshold", "-20 dB"),
                ("Comp Ratio", "3:1"),
                ("Comp Attack", "15 ms"),
                ("Comp Release", "150 ms"),
            ],
        ));
        track.make_up = true;
    }
    let heard_db = band_db(&track.sound, 300.0, 1_200.0) - band_db(&track.sound, 40.0, 160.0);
    if heard_db < UNHEARD_DB {
        track.settings.extend(Setting::group(
            &format!("From 300 Hz up there is {heard_db:.0} dB of it: gives the notes harmonics that small loudspeakers can play."),
            &[("Latency", "Mix"), ("Saturator On", "On"), ("Saturator Curve", "Triode"), ("Saturator Drive", "9 dB")],
        ));
    }
}

/// Drums whose peaks stand further over their loudness, LU, take some holding.
const PEAKY_LU: f64 = 15.0;

fn drums(track: &mut Track) {
    let plr_lu = Measured::of(&track.sound).reading.plr_lu;
    if plr_lu > PEAKY_LU {
        track.settings.extend(Setting::group(
            &format!(
                "Peaks stand {plr_lu:.0} LU over the kit's loudness: makes one kit of its pieces, behind the strokes."
            ),
            &[
                ("Comp On", "On"),
                ("Comp Character", "Bus"),
                ("Comp Threshold", "-18 dB"),
                ("Comp Ratio", "2:1"),
                ("Comp Attack", "30 ms"),
                ("Comp Auto Release", "On"),
                ("Comp Key HP", "90 Hz"),
            ],
        ));
        track.make_up = true;
    }
}

/// Noise keeps its level within so many dB; a tail falls.
const NOISE_KEEPS_DB: f64 = 3.0;

/// What lies so far below the loud moments, dB, is between the notes.
const PAUSE_BELOW_DB: f64 = 30.0;

/// How far the peaks of noise stand over its mean, and a little more, dB: that is where the expander begins.
const NOISE_PEAKS_DB: f64 = 18.0;

/// Noise below this, dBFS as recorded, is left alone.
const UNHEARD_NOISE_DB: f64 = -85.0;

/// An expander, where a steady noise fills the pauses.
fn quiet_pauses(sound: &Sound) -> Vec<Setting> {
    let mut levels = levels_db(sound);
    levels.sort_by(f64::total_cmp);
    let [lowest, floor, loud] = [0.05, 0.15, 0.9].map(|part| part_of(&levels, part));
    let noise = floor - lowest < NOISE_KEEPS_DB && lowest > UNHEARD_NOISE_DB && loud - floor > PAUSE_BELOW_DB;
    if !noise {
        return Vec::new();
    }
    let threshold_db = (floor + to_zero_vu_db(sound) + NOISE_PEAKS_DB).clamp(-80.0, 0.0);
    Setting::group(
        &format!("Between the notes there is a steady noise of {floor:.0} dBFS: turns it down, gently."),
        &[
            ("Gate On", "On"),
            ("Gate Threshold", &format!("{threshold_db:.0} dB")),
            ("Gate Ratio", "3:1"),
            ("Gate Range", "12 dB"),
            ("Gate Hold", "60 ms"),
            ("Gate Release", "200 ms"),
        ],
    )
}

/// Level of both channels together in each 50 ms, dBFS; at least -120.
fn levels_db(sound: &Sound) -> Vec<f64> {
    let length = ((0.05 * f64::from(sound.rate)) as usize).max(1);
    let frames = sound.to_frames();
    let power = |part: &[[f64; 2]]| part.iter().flatten().map(|x| x * x).sum::<f64>() / (2 * part.len()) as f64;
    frames.chunks(length).map(|part| power_to_db(power(part)).max(-120.0)).collect()
}

/// The value that `part` (0 to 1) of the sorted `values` stay below.
fn part_of(values: &[f64], part: f64) -> f64 {
    values.get(((values.len() as f64 - 1.0) * part).round() as usize).copied().unwrap_or(f64::NAN)
}

/// A high-pass well below what the instrument plays, if there is room for one.
fn high_pass(bands: &[Band]) -> Vec<Setting> {
    let strongest = bands.iter().map(|band| band.level_db).fold(f64::NEG_INFINITY, f64::max);
    let lowest = bands.iter().find(|band| band.level_db > strongest - NOTHING_DB);
    let Some(freq_hz) = lowest.map(|band| band.freq_hz * LEAVE_ALONE).filter(|hz| *hz >= LOWEST_HIGH_PASS_HZ) else {
        return Vec::new();
    };
    let freq = format!("{freq_hz:.0} Hz");
    Setting::group(
        "The stem holds next to nothing below: rumble and spill go, the instrument stays.",
        &[("EQ HP On", "On"), ("EQ HP Frequency", &freq), ("EQ HP Slope", "12 dB/oct")],
    )
}

/// Moves of the fader, and what else moves.
type Moves = (Vec<(f64, f64)>, Vec<automation::Row>);

/// The automation in that file, if there is one.
fn moves(path: &Path) -> Result<Moves> {
    if !path.is_file() {
        return Ok(Moves::default());
    }
    let (fader, rest): (Vec<_>, Vec<_>) =
        automation::read(path)?.into_iter().partition(|row| row.parameter.eq_ignore_ascii_case("Output Fader"));
    let fader = fader.into_iter().map(|row| {
        let db = FADER.parse(&row.value).with_context(|| {
            format!("{}, line {}: \"{}\" is no value of \"Output Fader\"", path.display(), row.line, row.value)
        })?;
        Ok((row.seconds, db))
    });
    Ok((fader.collect::<Result<_>>()?, rest))
}

//! The mix: one Channel a stem, and their sum.

use super::distance::Distance;
use super::staging::{Stage, stage};
use super::strip::{Step, Strip};
use super::{Progress, Setting, Track};
use crate::audio::Sound;
use crate::automation::Row;
use crate::host::Bundle;
use crate::measure::Measured;
use anyhow::{Context, Result, bail};
use tandem_dsp::module::output::FADER;
use tandem_dsp::module::rider::{ABOVE, RANGE};

/// A mix and what it was made of.
#[derive(Clone, Debug)]
pub struct Mix {
    /// The bus: stereo, as long as the longest stem with its tail.
    pub sound: Sound,
    /// The stems, in the order of the tracks.
    pub channels: Vec<Channelled>,
    /// What the lead stands over, if there is a lead: all other stems together.
    pub band: Option<Sound>,
}

impl Mix {
    /// The lead's Channel.
    pub fn lead(&self) -> Option<&Channelled> {
        self.channels.iter().find(|channel| channel.track.above_lu.is_some())
    }
}

/// A stem that went through its Channel.
#[derive(Clone, Debug)]
pub struct Channelled {
    /// What went in.
    pub track: Track,
    /// What came out: stereo.
    pub sound: Sound,
    /// All that was set, in the plug-in's own words.
    pub settings: Vec<Setting>,
    /// All that moved.
    pub automation: Vec<Row>,
    /// The Channel's settings as a preset, for its picture.
    pub preset: String,
    /// Of the lead: what leaves each of its modules, the first what enters them, the last what came out.
    pub steps: Vec<Step>,
}

/// The rider may reach so much further than it would have had to, dB.
const REACH_DB: f64 = 1.0;

/// Mixes `tracks`, which share one rate, through the bundle's Channel, at a tempo in beats a minute if there is one.
///
/// The lead comes last, as it is ridden over what the others sound like in the mix.
pub fn mix(bundle: &Bundle, mut tracks: Vec<Track>, tempo_bpm: Option<f64>, progress: &mut Progress) -> Result<Mix> {
    let Some(rate) = tracks.first().map(|track| track.sound.rate) else { bail!("There are no stems to mix.") };
    if tracks.len() == 1 {
        // There is nothing to stand over.
        tracks[0].above_lu = None;
    }
    progress("Levels", 0.0);
    let stages = stage(&tracks)?;
    let mut places: Vec<usize> = (0..tracks.len()).collect();
    places.sort_by_key(|place| tracks[*place].above_lu.is_some());
    let mut channels: Vec<Option<Channelled>> = tracks.iter().map(|_| None).collect();
    let mut band = None;
    for place in places {
        let track = &tracks[place];
        if track.above_lu.is_some() {
            band = Some(sum(channels.iter().flatten(), rate));
        }
        let channelled = through_channel(bundle, track, stages[place], band.as_ref(), tempo_bpm, progress);
        channels[place] = Some(channelled.with_context(|| format!("the stem {}", track.name))?);
    }
    let channels: Vec<_> = channels.into_iter().flatten().collect();
    Ok(Mix { sound: sum(channels.iter(), rate), channels, band })
}

/// What the channels are together, as long as the longest.
fn sum<'a>(channels: impl Iterator<Item = &'a Channelled>, rate: u32) -> Sound {
    let mut sum: Vec<[f64; 2]> = Vec::new();
    for channel in channels {
        let frames = channel.sound.to_frames();
        sum.resize(sum.len().max(frames.len()), [0.0; 2]);
        for (to, frame) in sum.iter_mut().zip(frames) {
            *to = [to[0] + frame[0], to[1] + frame[1]];
        }
    }
    Sound::from_frames(&sum, rate)
}

fn through_channel(
    bundle: &Bundle,
    track: &Track,
    stage: Stage,
    band: Option<&Sound>,
    tempo_bpm: Option<f64>,
    progress: &mut Progress,
) -> Result<Channelled> {
    let mut strip = Strip::new(bundle, track, tempo_bpm);
    let mut settings = Setting::group(
        "Brings the stem to 0 VU, where a Channel works.",
        &[("Input Trim", &format!("{:.2} dB", stage.trim_db))],
    );
    settings.extend(track.settings.iter().cloned());
    if track.make_up {
        settings.extend(make_up(&strip, &settings, track, progress)?);
    }
    let mut fader_db = stage.fader_db;
    let mut why = "Puts the stem at its place in the balance.";
    if let (Some(band), Some(above_lu)) = (band, track.above_lu)
        && let Some(place) = place_lead(&strip, &settings, track, band, above_lu, progress)?
    {
        why = "Measured: puts the lead, on average, where it is to stand over the band.";
        fader_db = place.fader_db;
        settings.extend(place.settings);
        strip.key = Some(band);
    }
    settings.extend(Setting::group(why, &[("Output Fader", &format!("{fader_db:.3} dB"))]));
    settings.sort_by_key(Strip::place);
    let mut automation = track.automation.clone();
    automation.extend(track.fader_moves.iter().map(|(seconds, move_db)| {
        let fader_db = (fader_db + move_db).clamp(FADER.range.0, FADER.range.1);
        Row::new(*seconds, "Output Fader", format!("{fader_db:.3} dB"))
    }));
    automation.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let mut steps = Vec::new();
    if band.is_some() {
        steps = strip.steps(&settings, &automation, progress)?;
    }
    let (sound, preset) = strip.play(&mut settings, &automation, progress)?;
    if band.is_some() {
        steps.push(Step { module: Strip::last_module(&settings), sound: sound.clone() });
    }
    Ok(Channelled { track: track.clone(), sound, settings, automation, preset, steps })
}

/// What comes after the compressor has no part in what that is measured by.
const BEHIND_DYNAMICS: [&str; 2] = ["Delay", "Reverb"];

/// What the compressor takes of the loudness.
fn make_up(strip: &Strip, settings: &[Setting], track: &Track, progress: &mut Progress) -> Result<Vec<Setting>> {
    let mut loudness = |leave_out: &[&str]| -> Result<f64> {
        let sound = strip.play_without(leave_out, settings, &track.automation, progress)?;
        Ok(Measured::of(&sound).reading.integrated_lufs)
    };
    let without = loudness(&[&BEHIND_DYNAMICS[..], &["Comp"]].concat())?;
    let with = loudness(&BEHIND_DYNAMICS)?;
    if !(without - with).is_finite() {
        return Ok(Vec::new());
    }
    Ok(Setting::group(
        "Measured: gives back what the compressor takes of the loudness.",
        &[("Comp Make-up", &format!("{:.2} dB", without - with))],
    ))
}

/// Where a lead stands: its fader, and what its rider is set to.
struct Place {
    fader_db: f64,
    settings: Vec<Setting>,
}

/// Finds the fader that puts the lead `above_lu` over the band on average, and how far the rider has to reach; nothing for
/// a lead that never sounds for as long as short-term loudness takes.
fn place_lead(
    strip: &Strip,
    settings: &[Setting],
    track: &Track,
    band: &Sound,
    above_lu: f64,
    progress: &mut Progress,
) -> Result<Option<Place>> {
    let sound = strip.play_without(&BEHIND_DYNAMICS, settings, &track.automation, progress)?;
    let distance = Distance::of(&sound, band);
    let [low, middle, high] = [0.05, 0.5, 0.95].map(|part| distance.below_lu(part));
    if !middle.is_finite() {
        return Ok(None);
    }
    // To the tenth, so that text says all of it.
    let fader_db = ((10.0 * (above_lu - middle)).round() / 10.0).clamp(FADER.range.0, FADER.range.1);
    if !(ABOVE.range.0..=ABOVE.range.1).contains(&(above_lu - fader_db)) {
        // Too far apart for the rider's own dial: the fader alone.
        return Ok(Some(Place { fader_db, settings: Vec::new() }));
    }
    let reach_db = (high - middle).max(middle - low) + REACH_DB;
    let why = format!(
        "Rides the lead {above_lu:.1} LU over the band, which its side-chain hears; the fader comes after it. Measured without it: {:.1} to {:.1} LU.",
        low + fader_db,
        high + fader_db
    );
    let settings = Setting::group(
        &why,
        &[
            ("Rider On", "On"),
            ("Rider Reference", "Side-chain"),
            ("Rider Above", &format!("{:.1} LU", above_lu - fader_db)),
            ("Rider Range", &format!("{:.0} dB", reach_db.ceil().clamp(3.0, RANGE.range.1))),
        ],
    );
    Ok(Some(Place { fader_db, settings }))
}

/// Refuses samples that are not numbers.
pub(super) fn finite(sound: &Sound, plugin: &str) -> Result<()> {
    if sound.channels.iter().flatten().any(|x| !x.is_finite()) {
        bail!("{plugin} gave samples that are not numbers. Nothing is written.");
    }
    Ok(())
}

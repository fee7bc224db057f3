//! What became of the faults that the demo song's lead was recorded with: they are at known places.

use super::Channelled;
use crate::audio::Sound;
use crate::measure::{band_db, part};
use crate::song::{self, Click, Faults, Song};
use std::thread;
use tandem_dsp::units::power_to_db;

/// A click and what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct ClickLeft {
    /// As it was put in.
    pub click: Click,
    /// Energy of the difference to the lead without it, dB re its own.
    pub left_db: f64,
}

/// Mud in one of its spans, as the level about its centre beside that of 700 Hz to 3 kHz, dB over that of the same lead
/// without any.
#[derive(Clone, Copy, Debug)]
pub struct MudLeft {
    /// Its centre, Hz.
    pub freq_hz: f64,
    /// The span, seconds.
    pub span_s: (f64, f64),
    /// As recorded.
    pub recorded_db: f64,
    /// Behind the de-mud.
    pub demudded_db: f64,
    /// Behind the equaliser.
    pub equalised_db: f64,
}

/// What became of the lead's faults.
#[derive(Clone, Debug)]
pub struct Mended {
    /// In the order of their times.
    pub clicks: Vec<ClickLeft>,
    /// Span by span.
    pub mud: Vec<MudLeft>,
}

/// What is left of the faults of `song`'s lead, which `lead` went through; nothing where it has no such modules.
pub fn mended(song: &Song, lead: &Channelled) -> Option<Mended> {
    let step = |module: &str| Some(&lead.steps.iter().find(|step| step.module == module)?.sound);
    let [input, declicked, demudded, equalised] = [step("Input")?, step("De-click")?, step("De-mud")?, step("EQ")?];
    let (unclicked, clean) = thread::scope(|scope| {
        let clean = scope.spawn(|| song::lead(Faults::NONE).0);
        let unclicked = song::lead(Faults { clicks: false, mud: true }).0;
        (unclicked, clean.join().expect("the song's code does not panic"))
    });
    let recorded = &lead.track.sound;
    // Trim and fader alone lie between the two.
    let gain = (power(input, 0..input.frames()) / power(recorded, 0..recorded.frames())).sqrt();
    let clicks = song.clicks.iter().map(|click| {
        let from = (click.at_s * f64::from(recorded.rate)).round() as usize;
        let extent = from..from + (click.length_s * f64::from(recorded.rate)).round() as usize;
        let was: f64 =
            extent.clone().map(|i| gain * (sample(recorded, i) - sample(&unclicked, i))).map(|x| x * x).sum();
        let about = extent.start.saturating_sub(ABOUT)..extent.end + ABOUT;
        let is: f64 = about.map(|i| sample(declicked, i) - gain * sample(&unclicked, i)).map(|x| x * x).sum();
        ClickLeft { click: *click, left_db: power_to_db(is / was) }
    });
    let clean = &clean;
    let mud = song.mud.iter().flat_map(|mud| {
        let freq_hz = mud.freq_hz;
        let over = move |sound: &Sound, (from_s, to_s): (f64, f64)| {
            let [sound, clean] = [sound, clean].map(|sound| part(sound, from_s, to_s));
            let level = |sound: &Sound| {
                band_db(sound, freq_hz / FIFTH_OCTAVE, freq_hz * FIFTH_OCTAVE) - band_db(sound, 700.0, 3_000.0)
            };
            level(&sound) - level(&clean)
        };
        mud.spans.iter().map(move |span| MudLeft {
            freq_hz,
            span_s: *span,
            recorded_db: over(input, *span),
            demudded_db: over(demudded, *span),
            equalised_db: over(equalised, *span),
        })
    });
    Some(Mended { clicks: clicks.collect(), mud: mud.collect::<Vec<_>>() })
}

/// Frames about a click in which it counts what else was changed.
const ABOUT: usize = 16;

/// A fifth of an octave either way: about as wide as the mud's own bell.
const FIFTH_OCTAVE: f64 = 1.15;

fn sample(sound: &Sound, frame: usize) -> f64 {
    f64::from(sound.channels[0].get(frame).copied().unwrap_or(0.0))
}

fn power(sound: &Sound, frames: std::ops::Range<usize>) -> f64 {
    frames.map(|i| sample(sound, i)).map(|x| x * x).sum()
}

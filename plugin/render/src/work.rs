//! What settings of a plug-in do to a sound: loudness, tone, and what its dynamics take.

use crate::audio::Sound;
use crate::host::Plugin;
use crate::measure::{Measured, part, third_octaves};
use crate::render::{Options, render};
use anyhow::Result;
use tandem_dsp::Frame;
use tandem_dsp::units::{gain_to_db, power_to_db};

/// Seconds over which the reduction of a module is averaged: about what an eye reads off a meter.
const WINDOW_S: f64 = 0.1;

/// How far below the loudest window one may lie to count as loud, dB.
const LOUD_DB: f64 = 10.0;

/// What a plug-in did to a sound.
#[derive(Clone, Debug)]
pub struct Work {
    /// What went in.
    pub before: Measured,
    /// What came out.
    pub after: Measured,
    /// Levels of what went in, and of what came out.
    pub levels: [Levels; 2],
    /// What came out, as long as it sounds.
    pub sound: Sound,
    /// Frequency in Hz of third-octave bands, and how much louder each is in dB beside the whole.
    pub tone: Vec<(f64, f64)>,
    /// Modules that take, with how much.
    pub taken: Vec<Taken>,
}

/// Mean levels, dB re a full-scale square wave.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// A tenth of the windows that hold anything is softer: what lies in the pauses.
    pub soft_db: f64,
    /// A tenth is louder.
    pub loud_db: f64,
    /// Side signal against mid signal over the whole, dB.
    pub side_db: f64,
}

/// What a module takes of the loud parts, dB: of the mean level, a limiter of the peaks; windows in the order of what is
/// taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// "Comp".
    pub module: &'static str,
    /// A tenth of the loud windows lose less.
    pub least_db: f64,
    /// Half of them lose more.
    pub median_db: f64,
    /// A tenth of them lose more.
    pub most_db: f64,
    /// None of them loses more.
    pub highest_db: f64,
}

/// Modules whose work is gain alone, and what turns up what they have turned down.
const GAIN_MODULES: [(&str, &str); 3] =
    [("Comp", "Comp Make-up"), ("Glue", "Glue Make-up"), ("Limiter", "Limiter Gain")];

/// What comes after those and answers to level, so that it would be counted with them.
const ANSWERING: [&str; 5] = ["Saturator On", "Rider On", "Delay On", "Reverb On", "Limiter On"];

/// Measures what `plugin` does to `sound` as its parameters stand, in the `span` of seconds. They stand as they did
/// afterwards.
pub fn work(plugin: &mut Plugin, sound: &Sound, key: Option<&Sound>, span: (f64, f64)) -> Result<Work> {
    let options = Options { key, ..Options::default() };
    let rendered = render(plugin, sound, &options, |_| {})?.sound;
    let to_s = span.1.min(sound.seconds());
    let heard = |sound: &Sound| part(sound, span.0, to_s);
    let (before, after) = (heard(sound), heard(&rendered));
    let (before_bands, after_bands) = (third_octaves(&before), third_octaves(&after));
    let levels = [levels(&before), levels(&after)];
    let (before, after) = (Measured::of(&before), Measured::of(&after));
    let change_db = after.reading.integrated_lufs - before.reading.integrated_lufs;
    // Bands with next to nothing in them say nothing of the tone.
    let loudest_db = before_bands.iter().map(|band| band.level_db).fold(f64::NEG_INFINITY, f64::max);
    let pairs = before_bands.iter().zip(&after_bands).filter(|(before, _)| before.level_db > loudest_db - 50.0);
    let tone = pairs.map(|(before, after)| (before.freq_hz, after.level_db - before.level_db - change_db)).collect();
    let mut taken = Vec::new();
    for (module, lift) in GAIN_MODULES {
        taken.extend(taken_by(plugin, sound, &options, module, lift, &heard)?);
    }
    Ok(Work { before, after, levels, sound: rendered, tone, taken })
}

/// What the module takes, if the plug-in has it and it is on.
fn taken_by(
    plugin: &mut Plugin,
    sound: &Sound,
    options: &Options,
    module: &'static str,
    lift: &str,
    heard: &dyn Fn(&Sound) -> Sound,
) -> Result<Option<Taken>> {
    let switch = format!("{module} On");
    if plugin.params().find(&switch).is_err() || plugin.get(&switch)? != "On" {
        return Ok(None);
    }
    let lifted = plugin.get(lift)?;
    let answering = ANSWERING.iter().filter(|later| **later != switch);
    let answering: Vec<_> = answering.filter(|later| plugin.get(later).is_ok_and(|value| value == "On")).collect();
    // The limiter takes what its gain pushes over the ceiling: its gain stays, and is counted off.
    let limits = module == "Limiter";
    if !limits {
        plugin.set(lift, "0 dB")?;
        answering.iter().try_for_each(|later| plugin.set(later, "Off").map(drop))?;
    }
    let with = render(plugin, sound, options, |_| {})?.sound;
    plugin.set(&switch, "Off")?;
    let without = render(plugin, sound, options, |_| {})?.sound;
    plugin.set(&switch, "On")?;
    plugin.set(lift, &lifted)?;
    answering.iter().try_for_each(|later| plugin.set(later, "On").map(drop))?;
    let gain_db = if limits { number(&lifted) } else { 0.0 };
    let of_window = if limits { peak_gain } else { mean_gain };
    Ok(of_loud_windows(&heard(&without), &heard(&with), gain_db, of_window)
        .map(|[least_db, median_db, most_db, highest_db]| Taken { module, least_db, median_db, most_db, highest_db }))
}

/// Windows with less than this hold nothing, dB.
const NOTHING_DB: f64 = -80.0;

fn levels(sound: &Sound) -> Levels {
    let window = ((WINDOW_S * f64::from(sound.rate)).round() as usize).max(1);
    let frames = sound.to_frames();
    let level_db = |frames: &[Frame]| power_to_db(power(frames) / (2 * frames.len()) as f64);
    let mut windows: Vec<f64> = frames.chunks_exact(window).map(level_db).filter(|db| *db > NOTHING_DB).collect();
    windows.sort_by(f64::total_cmp);
    let at = |part: f64| windows.get((windows.len().saturating_sub(1) as f64 * part).round() as usize);
    let at = |part: f64| at(part).copied().unwrap_or(f64::NEG_INFINITY);
    let sum = |sign: f64| frames.iter().map(|[left, right]| (left + sign * right).powi(2)).sum::<f64>();
    Levels { soft_db: at(0.1), loud_db: at(0.9), side_db: power_to_db(sum(-1.0) / sum(1.0)) }
}

/// "+3.0 dB" as 3.
fn number(text: &str) -> f64 {
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// How much softer `with` is than `without` turned up by `gain_db`, in the loud windows: a tenth, half, nine tenths and
/// all of them lose no more. `gain` tells it of a window's frames before and after, linear.
fn of_loud_windows(
    without: &Sound,
    with: &Sound,
    gain_db: f64,
    gain: fn(&[Frame], &[Frame]) -> f64,
) -> Option<[f64; 4]> {
    let window = ((WINDOW_S * f64::from(without.rate)).round() as usize).max(1);
    let (without, with) = (without.to_frames(), with.to_frames());
    let windows: Vec<_> = without.chunks(window).zip(with.chunks(window)).collect();
    let loudest = windows.iter().map(|(before, _)| power(before)).fold(0.0, f64::max);
    let loud = windows.into_iter().filter(|(before, _)| power_to_db(power(before) / loudest) > -LOUD_DB);
    let mut taken: Vec<f64> = loud.map(|(before, after)| gain_db - gain_to_db(gain(before, after))).collect();
    taken.sort_by(f64::total_cmp);
    let at = |part: f64| taken.get(((taken.len() as f64 - 1.0) * part).round() as usize).copied();
    Some([at(0.1)?, at(0.5)?, at(0.9)?, at(1.0)?])
}

fn power(frames: &[Frame]) -> f64 {
    frames.iter().flatten().map(|x| x * x).sum()
}

/// Gain of the mean level: what a compressor does to a passage.
fn mean_gain(before: &[Frame], after: &[Frame]) -> f64 {
    (power(after) / power(before)).sqrt()
}

/// Gain of the highest sample: what a limiter does to a peak.
fn peak_gain(before: &[Frame], after: &[Frame]) -> f64 {
    let peak = |frames: &[Frame]| frames.iter().flatten().fold(0.0, |peak: f64, x| peak.max(x.abs()));
    peak(after) / peak(before)
}

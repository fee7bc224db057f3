//! The report's part on the leveler: the tone of each section before and behind it, and in the master.

use super::chart;
use super::page::{legend, signed};
use super::report::{BASS_HZ, Report};
use anyhow::Result;
use tandem_render::audio::Sound;
use tandem_render::measure::{Measured, band_db, part};
use tandem_render::song::{Kind, Section};

/// What the bass stands beside, Hz.
const REST_HZ: (f64, f64) = (160.0, 5_000.0);

/// The leveler's other bands, Hz.
const OTHERS_HZ: [(f64, f64); 3] = [(160.0, 1_000.0), (1_000.0, 5_000.0), (5_000.0, 20_000.0)];

/// A section has found its place after that, seconds.
const SETTLES_S: f64 = 5.0;

/// The chart's points: how far apart, and what each looks back on, seconds.
const STEP_S: f64 = 0.5;
const WINDOW_S: f64 = 3.0;

/// The tone before and behind the leveler; nothing without one.
pub fn section(report: &Report) -> Result<String> {
    let works = &report.master.modules;
    let Some(at) = works.iter().position(|work| work.name == "Leveler") else { return Ok(String::new()) };
    let before = if at == 0 { &report.mix.sound } else { &works[at - 1].sound };
    let after = &works[at].sound;
    let played = played(report);
    let until_s = played.last().map_or(after.seconds(), |section| section.to_s);
    let [was, is] = [before, after].map(|sound| over_time(sound, until_s));
    let chart = chart::tone::balance(&was, &is, (WINDOW_S, STEP_S), &played)?;
    let legend = legend(&[("in", "before the leveler"), ("out", "behind it")]);
    let [low, high] = [BASS_HZ.0, BASS_HZ.1];
    let caption = format!(
        "{low:.0}\u{2013}{high:.0} Hz beside {:.0}\u{2013}{:.0} Hz, of the last {WINDOW_S:.0} s.",
        REST_HZ.0, REST_HZ.1
    );
    let table = table(report, &played, before, after);
    Ok(format!(
        "<h3>Tone by section</h3><figure>{chart}{legend}<figcaption>{caption}</figcaption></figure>{table}<p class=\"note\">The leveler holds the balance, not the level: that a verse is softer as a whole stays. It learns from what has been, so that the first section stays as it is.</p>"
    ))
}

/// The sections besides the last chord, which has no balance to hold.
fn played<'a>(report: &'a Report) -> Vec<&'a Section> {
    report.sections.iter().filter(|section| section.kind != Kind::End).collect()
}

fn table(report: &Report, played: &[&Section], before: &Sound, after: &Sound) -> String {
    if played.is_empty() {
        return String::new();
    }
    let rows: String = played
        .iter()
        .map(|section| {
            let settled = |sound: &Sound| part(sound, section.from_s + SETTLES_S, section.to_s);
            let [before, after, master] = [before, after, &report.master.sound].map(settled);
            let moved = OTHERS_HZ.map(|(from, to)| band_db(&after, from, to) - band_db(&before, from, to));
            let most = moved.into_iter().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or_default();
            let bass = band_db(&after, BASS_HZ.0, BASS_HZ.1) - band_db(&before, BASS_HZ.0, BASS_HZ.1);
            let beside_loudness =
                band_db(&master, BASS_HZ.0, BASS_HZ.1) - Measured::of(&master).reading.integrated_lufs;
            let cells = [balance_db(&before), balance_db(&after), bass, most, beside_loudness];
            let cells = cells.map(|value| format!("<td>{}</td>", signed(value))).concat();
            format!("<tr><th>{}</th>{cells}</tr>", section.name)
        })
        .collect();
    format!(
        "<table class=\"numbers\"><thead><tr><th rowspan=\"2\">section, from {SETTLES_S:.0} s on</th><th colspan=\"2\">bass beside the rest, dB</th><th colspan=\"2\">moved by, dB</th><th>in the master, dB</th></tr><tr><th>before</th><th>behind</th><th>bass</th><th>other bands, most</th><th>bass beside loudness</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

/// The bass beside the rest, dB.
fn balance_db(sound: &Sound) -> f64 {
    band_db(sound, BASS_HZ.0, BASS_HZ.1) - band_db(sound, REST_HZ.0, REST_HZ.1)
}

/// The same over time, a point every [`STEP_S`] from the first full window on.
fn over_time(sound: &Sound, until_s: f64) -> Vec<f64> {
    let steps = ((until_s - WINDOW_S) / STEP_S).max(0.0) as usize;
    let from = (0..=steps).map(|step| step as f64 * STEP_S);
    from.map(|from_s| balance_db(&part(sound, from_s, from_s + WINDOW_S))).collect()
}

//! The report's part on the master: what each of Master's modules did.

use super::chart;
use super::page::{automation, number, settings, signed, spectra, waveforms};
use super::report::{BASS_HZ, Report};
use anyhow::Result;
use tandem_render::audio::Sound;
use tandem_render::measure::{Measured, band_db, part};
use tandem_render::session::Added;

/// What the bass stands beside, Hz.
const REST_HZ: (f64, f64) = (160.0, 5_000.0);

/// The section on the master.
pub fn section(report: &Report) -> Result<String> {
    let (mix, master) = (&report.mix.sound, &report.master.sound);
    Ok(format!(
        "<h2>The master</h2><section>{}{}{}{}{}{}</section>",
        waveforms(mix, master, "mix", "master")?,
        spectra(mix, master, "mix", "master")?,
        modules(report)?,
        tone(report),
        settings(&report.master.settings),
        automation(&report.master.automation),
    ))
}

/// What each of Master's modules adds, and what it turns down.
fn modules(report: &Report) -> Result<String> {
    let row = |name: &str, adds: &Added, measured: &Measured, taken_db: Option<&[f64]>| {
        let most = taken_db.map_or_else(String::new, |taken| number(taken.iter().copied().fold(0.0, f64::max)));
        let adds = [adds.loudness_lu, adds.true_peak_db, adds.plr_lu, adds.width_db, adds.tilt_db];
        let cells = adds.map(|value| format!("<td>{}</td>", signed(value))).concat();
        let lufs = number(measured.reading.integrated_lufs);
        format!("<tr><th>{name}</th>{cells}<td>{most}</td><td>{lufs}</td></tr>")
    };
    let works = &report.master.modules;
    let mut rows: String =
        works.iter().map(|work| row(work.name, &work.adds, &work.measured, work.taken_db.as_deref())).collect();
    let (mix, master) = (&report.mix.sound, &report.master);
    let all = Added::between((mix, &Measured::of(mix)), (&master.sound, &master.measured));
    rows += &row("All, with the fader", &all, &master.measured, None);
    let mut charts = String::new();
    for (work, taken_db) in works.iter().filter_map(|work| Some((work, work.taken_db.as_ref()?))) {
        charts += &format!(
            "<figure>{}<figcaption>What {} turns down, at most in each tenth of a second.</figcaption></figure>",
            chart::taken(taken_db)?,
            work.name
        );
    }
    Ok(format!(
        "<h3>What each module adds</h3><table class=\"numbers\"><thead><tr><th>module</th><th>loudness, LU</th><th>true peak, dB</th><th>PLR, LU</th><th>width, dB</th><th>tilt, dB</th><th>turns down at most, dB</th><th>loudness behind it, LUFS</th></tr></thead><tbody>{rows}</tbody></table><p class=\"note\">Over the whole song, each module put in after those above it. Width: level of the side signal against the mid's. Tilt: level above 1 kHz against that below.</p>{charts}"
    ))
}

/// Bass by section before and behind the leveler.
fn tone(report: &Report) -> String {
    let works = &report.master.modules;
    let Some(at) = works.iter().position(|work| work.name == "Leveler") else { return String::new() };
    if report.sections.is_empty() {
        return String::new();
    }
    let before = if at == 0 { &report.mix.sound } else { &works[at - 1].sound };
    let sounds = [before, &works[at].sound];
    let rows: String = report
        .sections
        .iter()
        .map(|section| {
            let parts = sounds.map(|sound| part(sound, section.from_s, section.to_s));
            let bass = |sound: &Sound| band_db(sound, BASS_HZ.0, BASS_HZ.1);
            let beside = |sound: &Sound| bass(sound) - band_db(sound, REST_HZ.0, REST_HZ.1);
            format!(
                "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                section.name,
                number(bass(&parts[0])),
                number(bass(&parts[1])),
                signed(beside(&parts[0])),
                signed(beside(&parts[1]))
            )
        })
        .collect();
    format!(
        "<h3>Tone by section, before and behind the leveler</h3><table class=\"numbers\"><thead><tr><th rowspan=\"2\">section</th><th colspan=\"2\">bass {:.0}–{:.0} Hz, dBFS</th><th colspan=\"2\">the same beside {:.0}–{:.0} Hz, dB</th></tr><tr><th>before</th><th>behind</th><th>before</th><th>behind</th></tr></thead><tbody>{rows}</tbody></table><p class=\"note\">It holds the balance, not the level: that a verse is softer as a whole stays. The first section is what it learns from.</p>",
        BASS_HZ.0, BASS_HZ.1, REST_HZ.0, REST_HZ.1
    )
}

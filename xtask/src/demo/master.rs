//! The report's part on the master: what each of Master's modules did.

use super::page::{automation, number, settings, signed, spectra, waveforms};
use super::report::Report;
use super::{chart, tone};
use anyhow::Result;
use tandem_render::measure::Measured;
use tandem_render::session::Added;

/// The section on the master.
pub fn section(report: &Report) -> Result<String> {
    let (mix, master) = (&report.mix.sound, &report.master.sound);
    Ok(format!(
        "<h2>The master</h2><section>{}{}{}{}{}{}</section>",
        waveforms(mix, master, "mix", "master")?,
        spectra(mix, master, "mix", "master")?,
        modules(report)?,
        tone::section(report)?,
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

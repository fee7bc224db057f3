//! The report as one HTML page that needs nothing else: no script, no font, no network; dark or light as the reader is.

use super::pictures::Picture;
use super::report::{Report, SectionFigures, by_reason, in_words, movements, stem_readings};
use super::{chart, lead, master, translation};
use anyhow::Result;
use tandem_render::automation::Row;
use tandem_render::measure::{Measured, outline, third_octaves};
use tandem_render::session::{Channelled, Setting, Verdict};

/// The page's style, in the editors' colours.
const STYLE: &str = include_str!("page.css");

/// The whole page.
pub fn page(report: &Report) -> Result<String> {
    let mix = Measured::of(&report.mix.sound);
    let sections = report.section_figures();
    let mut body = String::new();
    body += &head(report, &mix, &sections);
    body += &loudness(report, &mix)?;
    body += &section_table(&sections);
    body += &lead::section(report)?;
    body += &master::section(report)?;
    body += &translation::section(&report.translated)?;
    body += "<h2>The stems</h2>";
    for channel in &report.mix.channels {
        body += &stem(channel)?;
    }
    body += &pictures(&report.pictures);
    body += "<footer>Everything above went through the built CLAP plug-ins. Loudness after ITU-R BS.1770-5 and EBU Tech 3341/3342, true peak by interpolation as BS.1770-5 asks, both by Tandem Master's own meter.</footer>";
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"dark light\"><title>Tandem: {}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n",
        escape(&report.title)
    ))
}

fn head(report: &Report, mix: &Measured, sections: &[SectionFigures]) -> String {
    let reading = &report.master.measured.reading;
    let passes = report.master.verdict == Verdict::OnTarget;
    format!(
        "<header><p class=\"brand\">Tandem</p><h1>Mix and master of {title}</h1><div class=\"figures\">{lufs}{peak}{range}{plr}</div><p class=\"verdict {class}\">{verdict}</p></header>",
        title = escape(&report.title),
        lufs = figure(
            "integrated loudness",
            &number(reading.integrated_lufs),
            "LUFS",
            &format!("target {}", number(report.goal.target_lufs))
        ),
        peak = figure(
            "true peak",
            &number(reading.max_true_peak_db),
            "dBTP",
            &format!("ceiling {}", number(report.goal.ceiling_dbtp))
        ),
        range = figure(
            "loudness range",
            &number(reading.lra_lu),
            "LU",
            if reading.lra_stable { "" } else { "provisional: under a minute" }
        ),
        plr = figure("peak to loudness", &number(reading.plr_lu), "LU", ""),
        class = if passes { "pass" } else { "short" },
        verdict = escape(&report.verdict(mix, sections)),
    )
}

pub(super) fn figure(name: &str, value: &str, unit: &str, note: &str) -> String {
    format!(
        "<div><span class=\"name\">{name}</span><span class=\"value\">{value}<small> {unit}</small></span><span class=\"note\">{note}</span></div>"
    )
}

fn loudness(report: &Report, mix: &Measured) -> Result<String> {
    let master = &report.master.measured;
    let chart = chart::loudness(&mix.history, &master.history, report.goal.target_lufs, report.sections)?;
    let legend = legend(&[("in", "mix"), ("out", "master"), ("yours dashed", "target")]);
    let row = |name: &str, value: fn(&Measured) -> f64, unit: &str| {
        format!(
            "<tr><th>{name}</th><td>{}</td><td>{}</td><td class=\"unit\">{unit}</td></tr>",
            number(value(mix)),
            number(value(master))
        )
    };
    let rows = [
        row("Integrated loudness", |m| m.reading.integrated_lufs, "LUFS"),
        row("Loudest 3 s (short-term)", |m| m.reading.max_short_term_lufs, "LUFS"),
        row("Loudest 0.4 s (momentary)", |m| m.reading.max_momentary_lufs, "LUFS"),
        row("Loudness range", |m| m.reading.lra_lu, "LU"),
        row("True peak", |m| m.reading.max_true_peak_db, "dBTP"),
        row("Peak to loudness (PLR)", |m| m.reading.plr_lu, "LU"),
    ];
    Ok(format!(
        "<h2>Loudness</h2><section><figure>{chart}{legend}<figcaption>Thick: short-term, the last 3 s. Thin: momentary, the last 0.4 s.</figcaption></figure><table class=\"numbers\"><thead><tr><th></th><th>mix</th><th>master</th><th></th></tr></thead><tbody>{}</tbody></table></section>",
        rows.concat()
    ))
}

fn section_table(sections: &[SectionFigures]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let highest = sections.iter().flat_map(|s| s.bass_db).fold(f64::NEG_INFINITY, f64::max);
    let bar = |db: f64, class: &str| {
        // 24 dB is the bar's whole length.
        let percent = (100.0 * (1.0 - (highest - db) / 24.0)).clamp(0.0, 100.0);
        format!("<span class=\"bar {class}\"><i style=\"width:{percent:.0}%\"></i></span>")
    };
    let rows: String = sections
        .iter()
        .map(|s| {
            format!(
                "<tr><th>{}</th><td class=\"unit\">{:.1}–{:.1} s</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"bars\">{}{}</td></tr>",
                s.name,
                s.span_s.0,
                s.span_s.1,
                number(s.loudness_lufs[0]),
                number(s.loudness_lufs[1]),
                number(s.bass_db[0]),
                number(s.bass_db[1]),
                bar(s.bass_db[0], "in"),
                bar(s.bass_db[1], "out"),
            )
        })
        .collect();
    format!(
        "<h2>Sections</h2><section><table class=\"numbers\"><thead><tr><th rowspan=\"2\">section</th><th rowspan=\"2\"></th><th colspan=\"2\">loudness, LUFS</th><th colspan=\"2\">bass 40–160 Hz, dBFS</th><th rowspan=\"2\">bass, bars span 24 dB</th></tr><tr><th>mix</th><th>master</th><th>mix</th><th>master</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )
}

fn stem(channel: &Channelled) -> Result<String> {
    let [before, after] = stem_readings(channel);
    let name = escape(&channel.track.name);
    let line = |m: &Measured| {
        format!("{} LUFS, {} dBTP", number(m.reading.integrated_lufs), number(m.reading.max_true_peak_db))
    };
    Ok(format!(
        "<section><h3>{name}</h3><p class=\"levels\"><span class=\"in\">as recorded</span> {} <span class=\"out\">in the mix</span> {}</p>{}{}{}{}</section>",
        line(&before),
        line(&after),
        waveforms(&channel.track.sound, &channel.sound, "as recorded", "in the mix")?,
        spectra(&channel.track.sound, &channel.sound, "as recorded", "in the mix")?,
        settings(&channel.settings),
        automation(&channel.automation),
    ))
}

pub(super) fn waveforms(
    before: &tandem_render::audio::Sound,
    after: &tandem_render::audio::Sound,
    was: &str,
    is: &str,
) -> Result<String> {
    let chart = chart::waveforms(
        &outline(before, chart::COLUMNS),
        &outline(after, chart::COLUMNS),
        before.seconds().max(after.seconds()),
    )?;
    Ok(format!("<figure>{chart}{}</figure>", legend(&[("in", was), ("out", is)])))
}

pub(super) fn spectra(
    before: &tandem_render::audio::Sound,
    after: &tandem_render::audio::Sound,
    was: &str,
    is: &str,
) -> Result<String> {
    let chart = chart::spectra(&third_octaves(before), &third_octaves(after))?;
    Ok(format!("<figure>{chart}{}</figure>", legend(&[("in", was), ("out", is)])))
}

pub(super) fn legend(entries: &[(&str, &str)]) -> String {
    let entries: String =
        entries.iter().map(|(class, name)| format!("<span><i class=\"{class}\"></i>{name}</span>")).collect();
    format!("<div class=\"legend\">{entries}</div>")
}

pub(super) fn settings(settings: &[Setting]) -> String {
    let rows: String = by_reason(settings)
        .into_iter()
        .map(|(why, group)| {
            let values: Vec<_> = in_words(&group)
                .iter()
                .map(|(name, values)| format!("{} <b>{}</b>", escape(name), escape(values)))
                .collect();
            format!("<tr><td>{}</td><td>{}</td></tr>", values.join("<br>"), escape(why))
        })
        .collect();
    format!("<table class=\"settings\"><thead><tr><th>set</th><th>why</th></tr></thead><tbody>{rows}</tbody></table>")
}

pub(super) fn automation(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let lines: String = movements(rows).iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
    format!("<p class=\"moves\">Automation</p><ul>{lines}</ul>")
}

fn pictures(pictures: &[Picture]) -> String {
    let shown: String = pictures
        .iter()
        .map(|picture| match &picture.png {
            Ok(url) => format!(
                "<figure><img src=\"{url}\" alt=\"{0}\"><figcaption>{0}</figcaption></figure>",
                escape(&picture.caption)
            ),
            Err(reason) => {
                format!("<p class=\"note\">No picture of {}: {}.</p>", escape(&picture.caption), escape(reason))
            }
        })
        .collect();
    format!("<h2>The editors</h2><section>{shown}</section>")
}

/// To a tenth, with a proper minus; a dash for what is not there.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_string();
    }
    let text = format!("{value:.1}");
    if text == "-0.0" { "0.0".to_string() } else { text.replace('-', "\u{2212}") }
}

/// A change, to a tenth, with its sign.
pub(super) fn signed(value: f64) -> String {
    let text = number(value);
    if value >= 0.05 { format!("+{text}") } else { text }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

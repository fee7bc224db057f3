//! The report's part on playback devices: what each leaves of the master.

use super::chart;
use super::page::{escape, legend, number, signed};
use anyhow::Result;
use tandem_render::session::Translated;
use tandem_translation::score::{LEAST_DB, REGIONS};

/// The section on translation; nothing where there is nothing to hear.
pub fn section(translated: &[Translated]) -> Result<String> {
    if translated.is_empty() {
        return Ok(String::new());
    }
    let range = chart::translation::range(translated.iter().map(|device| &device.levels_db));
    let mut devices = String::new();
    for on in translated {
        devices += &device(on, &chart::translation::bars(&on.levels_db, range.clone())?);
    }
    let legend = legend(&[("out", "what the device leaves"), ("taken", "what it loses"), ("in", "the master")]);
    Ok(format!(
        "<h2>Translation</h2><section><p class=\"lead\">What playback devices leave of the master, once the listener has turned the volume to where it was. Calculated from its third-octave bands, dB, and the device's curve: measured, derived from what has been published, or a model. Words tell changes from 3 dB on; the figures below each picture are the change of each region, beside the whole, and that of the loudness.</p>{legend}<div class=\"devices\">{devices}</div></section>"
    ))
}

fn device(on: &Translated, chart: &str) -> String {
    let (device, score) = (on.device, &on.score);
    let mut words = capital(&score.words());
    if let Some((name, score)) = &on.softest {
        let told = score.noise_words();
        words += &match score.above_noise_lu {
            Some((above, _)) if told.is_empty() => {
                format!(". {}, the softest, stays {above:.0} dB above road noise", capital(name))
            }
            _ => format!(". In {name}, the softest: {}", told.join(", ")),
        };
    }
    let regions = REGIONS.iter().zip(score.regions_db).map(|(region, db)| match db {
        Some(db) if db <= LEAST_DB => format!("{} gone", region.name.to_lowercase()),
        db => format!("{} {}", region.name.to_lowercase(), db.map_or_else(|| number(f64::NAN), signed)),
    });
    let figures: Vec<_> = regions.collect();
    format!(
        "<figure><h3>{name}</h3><details><summary>{kind}{channels}</summary>{source}.</details><p>{words}.</p>{chart}<figcaption>{figures} dB · {loudness} LU</figcaption></figure>",
        name = escape(&device.name),
        kind = device.kind.name(),
        channels = if device.filter.is_mono() { ", one channel" } else { "" },
        source = escape(&capital(&device.source)),
        words = escape(&words).replace(" -", " \u{2212}"),
        figures = figures.join(" · "),
        loudness = signed(score.loudness_lu),
    )
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_render::audio::Sound;
    use tandem_render::session::translated;

    #[test]
    fn every_device_is_there_with_its_status_its_words_and_its_bars() {
        // Two sweeps, which have all bands.
        let sweep = |i: i32, speed: f64| 0.1 * (1e-5 * speed * f64::from(i).powi(2)).sin();
        let frames: Vec<_> = (0..96_000).map(|i| [sweep(i, 1.0), sweep(i, 1.3)]).collect();
        let devices = translated(&Sound::from_frames(&frames, 48_000), -20.0, &[]);
        let page = section(&devices).expect("draws");
        assert_eq!(devices.len(), tandem_translation::all().len(), "devices");
        for on in &devices {
            let start = page.find(&format!("<h3>{}</h3>", escape(&on.device.name)));
            let start = start.unwrap_or_else(|| panic!("{} is missing", on.device.name));
            let card = &page[start..start + page[start..].find("</figure>").expect("ends")];
            assert!(card.contains(on.device.kind.name()), "{}: no status", on.device.name);
            let words = capital(&on.score.words()).replace(" -", " \u{2212}");
            assert!(card.contains(&words), "{}: no words", on.device.name);
            let bars = card.matches("var(--out)").count();
            assert_eq!(bars, 30, "{}: bars of the bands from 25 Hz to 20 kHz", on.device.name);
        }
        assert_eq!(section(&[]).expect("silence"), "", "silence has no translation");
    }
}

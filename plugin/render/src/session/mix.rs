//! The mix: one Channel a stem, and their sum.

use super::staging::stage;
use super::{Progress, Setting, Track};
use crate::audio::Sound;
use crate::automation::Row;
use crate::host::Bundle;
use crate::measure::Measured;
use crate::render::{Options, render};
use anyhow::{Context, Result, bail};
use tandem_dsp::module::output::FADER;

/// A mix and what it was made of.
#[derive(Clone, Debug)]
pub struct Mix {
    /// The bus: stereo, as long as the longest stem with its tail.
    pub sound: Sound,
    /// The stems, in the order of the tracks.
    pub channels: Vec<Channelled>,
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
}

/// Mixes `tracks`, which share one rate, through the bundle's Channel.
pub fn mix(bundle: &Bundle, tracks: Vec<Track>, progress: &mut Progress) -> Result<Mix> {
    let Some(rate) = tracks.first().map(|track| track.sound.rate) else { bail!("There are no stems to mix.") };
    progress("Levels", 0.0);
    let stages = stage(&tracks)?;
    let mut channels = Vec::with_capacity(tracks.len());
    for (track, stage) in tracks.into_iter().zip(stages) {
        let name = track.name.clone();
        let mut settings = Setting::group(
            "Brings the stem to 0 VU, where a Channel works.",
            &[("Input Trim", &format!("{:.2} dB", stage.trim_db))],
        );
        settings.extend(track.settings.iter().cloned());
        settings.extend(Setting::group(
            "Puts the stem at its place in the balance, with headroom on the bus.",
            &[("Output Fader", &format!("{:.3} dB", stage.fader_db))],
        ));
        let mut automation = track.automation.clone();
        automation.extend(track.fader_moves.iter().map(|(seconds, move_db)| {
            let fader_db = (stage.fader_db + move_db).clamp(FADER.range.0, FADER.range.1);
            Row::new(*seconds, "Output Fader", format!("{fader_db:.3} dB"))
        }));
        automation.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let channelled = through_channel(bundle, track, settings, automation, progress);
        channels.push(channelled.with_context(|| format!("the stem {name}"))?);
    }
    let length = channels.iter().map(|channel| channel.sound.frames()).max().unwrap_or(0);
    let mut sum = vec![[0.0; 2]; length];
    for channel in &channels {
        for (to, frame) in sum.iter_mut().zip(channel.sound.to_frames()) {
            *to = [to[0] + frame[0], to[1] + frame[1]];
        }
    }
    Ok(Mix { sound: Sound::from_frames(&sum, rate), channels })
}

fn through_channel(
    bundle: &Bundle,
    track: Track,
    mut settings: Vec<Setting>,
    automation: Vec<Row>,
    progress: &mut Progress,
) -> Result<Channelled> {
    // A mono stem stands on both sides, so that it can be placed.
    let stereo = Sound::from_frames(&track.sound.to_frames(), track.sound.rate);
    let mut play = |settings: &mut [Setting], more: &[(&str, &str)]| -> Result<(Sound, String)> {
        // A fresh instance each time, as a host makes it.
        let mut plugin = bundle.open("channel")?;
        for setting in settings {
            setting.value = plugin.set(&setting.parameter, &setting.value)?;
        }
        for (parameter, value) in more {
            plugin.set(parameter, value)?;
        }
        let preset = crate::preset::write(&mut plugin)?;
        let options =
            Options { automation: &automation, automation_source: "the session's automation", ..Options::default() };
        let sound = render(&mut plugin, &stereo, &options, |done| progress(&track.name, done))?.sound;
        finite(&sound, "Channel")?;
        Ok((sound, preset))
    };
    if track.make_up {
        let without = play(&mut settings, &[("Comp On", "Off")])?.0;
        let with = play(&mut settings, &[])?.0;
        let [without, with] = [&without, &with].map(|sound| Measured::of(sound).reading.integrated_lufs);
        if (without - with).is_finite() {
            settings.extend(Setting::group(
                "Measured: gives back what the compressor takes of the loudness.",
                &[("Comp Make-up", &format!("{:.2} dB", without - with))],
            ));
        }
    }
    let (sound, preset) = play(&mut settings, &[])?;
    Ok(Channelled { track, sound, settings, automation, preset })
}

/// Refuses samples that are not numbers.
pub(super) fn finite(sound: &Sound, plugin: &str) -> Result<()> {
    if sound.channels.iter().flatten().any(|x| !x.is_finite()) {
        bail!("{plugin} gave samples that are not numbers. Nothing is written.");
    }
    Ok(())
}

//! A track's Channel: what it is fed, and what leaves it, whole or module by module.

use super::mix::finite;
use super::{Progress, Setting, Track, module_of};
use crate::audio::Sound;
use crate::automation::Row;
use crate::host::Bundle;
use crate::render::{Options, render};
use anyhow::Result;

/// Channel's modules in their order, as their parameters' names begin.
const MODULES: [&str; 10] =
    ["De-click", "De-mud", "Gate", "EQ", "De-ess", "Comp", "Saturator", "Rider", "Delay", "Reverb"];

/// What leaves one of Channel's modules, as the fader puts it into the mix.
#[derive(Clone, Debug)]
pub struct Step {
    /// "De-click"; "Input" for what enters the first one.
    pub module: &'static str,
    /// Stereo.
    pub sound: Sound,
}

/// A Channel with what it is fed.
pub(super) struct Strip<'a> {
    bundle: &'a Bundle,
    name: &'a str,
    input: Sound,
    /// What the side-chain hears.
    pub key: Option<&'a Sound>,
    tempo_bpm: Option<f64>,
}

impl<'a> Strip<'a> {
    /// The Channel of `track`. A mono stem stands on both sides, so that it can be placed.
    pub fn new(bundle: &'a Bundle, track: &'a Track, tempo_bpm: Option<f64>) -> Self {
        let input = Sound::from_frames(&track.sound.to_frames(), track.sound.rate);
        Self { bundle, name: &track.name, input, key: None, tempo_bpm }
    }

    /// What leaves a fresh instance, as a host makes it, with `settings`, whose values become the plug-in's own words;
    /// and the settings as a preset.
    pub fn play(
        &self,
        settings: &mut [Setting],
        automation: &[Row],
        progress: &mut Progress,
    ) -> Result<(Sound, String)> {
        let mut plugin = self.bundle.open("channel")?;
        for setting in settings {
            setting.value = plugin.set(&setting.parameter, &setting.value)?;
        }
        let preset = crate::preset::write(&mut plugin)?;
        let options = Options {
            key: self.key,
            automation,
            automation_source: "the session's automation",
            tempo_bpm: self.tempo_bpm,
            ..Options::default()
        };
        let sound = render(&mut plugin, &self.input, &options, |done| progress(self.name, done))?.sound;
        finite(&sound, "Channel")?;
        Ok((sound, preset))
    }

    /// As [`play`](Self::play), without what `leave_out` names of the modules.
    pub fn play_without(
        &self,
        leave_out: &[&str],
        settings: &[Setting],
        automation: &[Row],
        progress: &mut Progress,
    ) -> Result<Sound> {
        let mut settings: Vec<_> =
            settings.iter().filter(|setting| !leave_out.contains(&setting.module())).cloned().collect();
        let automation: Vec<_> =
            automation.iter().filter(|row| !leave_out.contains(&module_of(&row.parameter))).cloned().collect();
        Ok(self.play(&mut settings, &automation, progress)?.0)
    }

    /// What leaves each of the modules that `settings` use but the last, whose is the whole; first what enters them.
    pub fn steps(&self, settings: &[Setting], automation: &[Row], progress: &mut Progress) -> Result<Vec<Step>> {
        let used: Vec<_> = MODULES.into_iter().filter(|name| settings.iter().any(|s| s.module() == *name)).collect();
        (0..used.len())
            .map(|heard| {
                let sound = self.play_without(&used[heard..], settings, automation, progress)?;
                Ok(Step { module: if heard == 0 { "Input" } else { used[heard - 1] }, sound })
            })
            .collect()
    }

    /// The place of a setting in the signal's way, for sorting.
    pub fn place(setting: &Setting) -> usize {
        match MODULES.iter().position(|module| *module == setting.module()) {
            Some(at) => at + 1,
            None if setting.module() == "Output" => MODULES.len() + 1,
            None => 0,
        }
    }

    /// The last of the modules that `settings` use.
    pub fn last_module(settings: &[Setting]) -> &'static str {
        let used = |name: &&&str| settings.iter().any(|s| s.module() == **name);
        MODULES.iter().rev().find(used).copied().unwrap_or("Input")
    }
}

//! What each of Master's modules does to a mix: the same master, module by module.

use super::master::through_master;
use super::{Progress, Setting};
use crate::audio::Sound;
use crate::host::Bundle;
use crate::measure::{HISTORY_STEP_S, Measured, tilt_db, width_db};
use anyhow::Result;
use tandem_dsp::units::{db_to_gain, gain_to_db};

/// The work of one of Master's modules.
#[derive(Clone, Debug)]
pub struct ModuleWork {
    /// "Glue".
    pub name: &'static str,
    /// What leaves it, the fader all the way up.
    pub sound: Sound,
    /// The same, measured.
    pub measured: Measured,
    /// What it adds to what it gets.
    pub adds: Added,
    /// Where it is one that turns down: by how much at most in each [`HISTORY_STEP_S`], dB.
    pub taken_db: Option<Vec<f64>>,
}

/// What a module adds over the whole of a mix: the difference of what is measured behind and before it, as Master's own
/// contribution shows it for the last seconds.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    /// Integrated loudness, LU.
    pub loudness_lu: f64,
    /// True peak, dB.
    pub true_peak_db: f64,
    /// Peak to loudness, LU.
    pub plr_lu: f64,
    /// Level of the side signal against the mid's, dB.
    pub width_db: f64,
    /// Level above 1 kHz against that below, dB.
    pub tilt_db: f64,
}

impl Added {
    /// What lies between two sounds and their measures.
    pub fn between(before: (&Sound, &Measured), after: (&Sound, &Measured)) -> Self {
        let difference = |value: fn(&Measured) -> f64| value(after.1) - value(before.1);
        Self {
            loudness_lu: difference(|m| m.reading.integrated_lufs),
            true_peak_db: difference(|m| m.reading.max_true_peak_db),
            plr_lu: difference(|m| m.reading.plr_lu),
            width_db: width_db(after.0) - width_db(before.0),
            tilt_db: tilt_db(after.0) - tilt_db(before.0),
        }
    }
}

/// Master's modules with settings, in their order: the name, which parameters begin with, and whether it only turns
/// the sound up and down. What comes before and after them is gain alone.
const MODULES: [(&str, bool); 6] =
    [("EQ", false), ("Leveler", false), ("Glue", true), ("Imager", false), ("Saturator", false), ("Limiter", true)];

/// The place of a setting in the signal's way, for sorting.
pub(super) fn place(setting: &Setting) -> usize {
    match MODULES.iter().position(|(module, _)| *module == setting.module()) {
        Some(at) => at + 1,
        None if ["Output", "Dither"].contains(&setting.module()) => MODULES.len() + 1,
        None => 0,
    }
}

/// Softer samples tell nothing of the gain, linear.
const TELLING: f32 = 1e-3;

/// Renders `mix` with more and more of the modules that `settings` use, the fader all the way up. The limiter lifts by
/// `lift_db`.
pub(super) fn taken_apart(
    bundle: &Bundle,
    mix: &Sound,
    settings: Vec<Setting>,
    lift_db: f64,
    progress: &mut Progress,
) -> Result<Vec<ModuleWork>> {
    let mut heard: Vec<Setting> = Vec::new();
    let (mut before, mut measured_before) = (mix.clone(), Measured::of(mix));
    let mut works = Vec::new();
    for (name, only_gain) in MODULES {
        let own: Vec<Setting> = settings.iter().filter(|setting| setting.module() == name).cloned().collect();
        if own.is_empty() {
            continue;
        }
        let lift_db = if name == "Limiter" { lift_db } else { 0.0 };
        // The plug-in's own words are rounded: it is told the exact ones each time.
        heard.extend(own);
        let label = format!("Master, {name}");
        let after = through_master(bundle, mix, &mut heard.clone(), &[], &mut |done| progress(&label, done))?.0;
        let taken_db = only_gain.then(|| taken_db(&before, &after, lift_db));
        let measured = Measured::of(&after);
        let adds = Added::between((&before, &measured_before), (&after, &measured));
        (before, measured_before) = (after.clone(), measured.clone());
        works.push(ModuleWork { name, sound: after, measured, adds, taken_db });
    }
    Ok(works)
}

/// By how much `after` is turned down at most in each step, where it would be `before` turned up by `gain_db`.
pub(super) fn taken_db(before: &Sound, after: &Sound, gain_db: f64) -> Vec<f64> {
    let gain = db_to_gain(gain_db);
    let step = ((HISTORY_STEP_S * f64::from(before.rate)).round() as usize).max(1);
    let lowest = |from: usize| {
        let gains = before.channels.iter().zip(&after.channels).flat_map(|(before, after)| {
            let to = (from + step).min(before.len()).min(after.len());
            let pairs = before[from.min(to)..to].iter().zip(&after[from.min(to)..to]);
            pairs.filter(|(x, _)| x.abs() > TELLING).map(|(x, y)| f64::from(*y) / (gain * f64::from(*x)))
        });
        gains.fold(1.0, f64::min)
    };
    (0..before.frames()).step_by(step).map(|from| -gain_to_db(lowest(from))).collect()
}

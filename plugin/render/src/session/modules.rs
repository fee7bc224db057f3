//! What each of Master's modules does to a mix: the same master, module by module.

use super::master::through_master;
use super::{Progress, Setting};
use crate::audio::Sound;
use crate::host::Bundle;
use crate::measure::{HISTORY_STEP_S, Measured};
use anyhow::Result;
use tandem_dsp::units::{db_to_gain, gain_to_db};

/// The work of one of Master's modules.
#[derive(Clone, Debug)]
pub struct ModuleWork {
    /// "Glue".
    pub name: &'static str,
    /// What leaves it.
    pub measured: Measured,
    /// Where it is one that turns down: by how much at most in each [`HISTORY_STEP_S`], dB.
    pub taken_db: Option<Vec<f64>>,
}

/// Master's modules with settings, in their order: the name, which parameters begin with, and whether it only turns
/// the sound up and down. What comes before and after them is gain alone.
const MODULES: [(&str, bool); 3] = [("EQ", false), ("Glue", true), ("Limiter", true)];

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
    let of = |setting: &Setting, module: &str| setting.parameter.split(' ').next() == Some(module);
    let mut heard: Vec<Setting> = Vec::new();
    let mut before = mix.clone();
    let mut works = Vec::new();
    for (name, only_gain) in MODULES {
        let own: Vec<Setting> = settings.iter().filter(|setting| of(setting, name)).cloned().collect();
        if own.is_empty() {
            continue;
        }
        let lift_db = if name == "Limiter" { lift_db } else { 0.0 };
        // The plug-in's own words are rounded: it is told the exact ones each time.
        heard.extend(own);
        let label = format!("Master, {name}");
        let after = through_master(bundle, mix, &mut heard.clone(), &[], &mut |done| progress(&label, done))?.0;
        let taken_db = only_gain.then(|| taken_db(&before, &after, lift_db));
        works.push(ModuleWork { name, measured: Measured::of(&after), taken_db });
        before = after;
    }
    Ok(works)
}

/// By how much `after` is turned down at most in each step, where it would be `before` turned up by `gain_db`.
fn taken_db(before: &Sound, after: &Sound, gain_db: f64) -> Vec<f64> {
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

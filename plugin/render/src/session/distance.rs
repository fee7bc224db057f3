//! How far a lead stands over its band.

use crate::audio::Sound;
use crate::measure::Measured;

/// Softer than its loudest moment by more, LU, a lead is breathing or silent.
const RESTS_BELOW_LU: f64 = 20.0;

/// The window of short-term loudness, in steps of a history.
const WINDOW: usize = 30;

/// In so many steps of that window the lead has to sing for its loudness to be that of the voice, and not of its pauses.
const SINGS_AT_LEAST: usize = 15;

/// The distance of a lead from its band over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distance {
    /// Short-term loudness of the lead less that of the band, LU, a point every
    /// [`HISTORY_STEP_S`](crate::measure::HISTORY_STEP_S); none where the lead rests.
    pub over_time: Vec<Option<f64>>,
}

impl Distance {
    /// Of two sounds that start together.
    pub fn of(lead: &Sound, band: &Sound) -> Self {
        let [lead, band] = [lead, band].map(Measured::of);
        let sings_from = lead.reading.max_momentary_lufs - RESTS_BELOW_LU;
        let sings: Vec<bool> = lead.history.momentary_lufs.iter().map(|lufs| *lufs > sings_from).collect();
        let pairs = lead.history.short_term_lufs.iter().zip(&band.history.short_term_lufs).enumerate();
        let over_time = pairs
            .map(|(step, (lead, band))| {
                // Until the window is full it tells of the silence before the song.
                let from = (step + 1).checked_sub(WINDOW)?;
                let singing = sings[from..=step].iter().filter(|sings| **sings).count();
                let distance = lead - band;
                (singing >= SINGS_AT_LEAST && distance.is_finite()).then_some(distance)
            })
            .collect();
        Self { over_time }
    }

    /// The distance that `part` (0 to 1) of the time stays below, LU; NaN where the lead never sings.
    pub fn below_lu(&self, part: f64) -> f64 {
        let mut all: Vec<f64> = self.over_time.iter().flatten().copied().collect();
        all.sort_by(f64::total_cmp);
        all.get(((all.len() as f64 - 1.0) * part).round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// The part of the time, 0 to 1, for which the lead is at most `by_lu` from `aim_lu`.
    pub fn within(&self, aim_lu: f64, by_lu: f64) -> f64 {
        let near = self.over_time.iter().flatten().filter(|lu| (**lu - aim_lu).abs() <= by_lu).count();
        near as f64 / self.over_time.iter().flatten().count().max(1) as f64
    }
}

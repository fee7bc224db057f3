//! What playback devices leave of a master.

use crate::audio::Sound;
use crate::measure::part;
use crate::song::{Kind, Section};
use tandem_dsp::units::power_to_db;
use tandem_translation::bands::{BANDS, Powers, WINDOW_S};
use tandem_translation::score::{Score, heard, loudness_lufs, score};
use tandem_translation::{Playback, all};

/// A passage so far below the song's loudness, LU, is an ending or a pause: the loudness range leaves it out as well (EBU
/// Tech 3342).
const PAUSE_LU: f64 = -20.0;

/// What a device leaves of a master.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The device.
    pub device: &'static Playback,
    /// Of the whole.
    pub score: Score,
    /// Level of each band in dB: the master's, and what the device leaves of it, turned up to the same loudness.
    pub levels_db: [[f64; BANDS]; 2],
    /// Where it is heard in noise: the softest passage's name, and its score.
    pub softest: Option<(String, Score)>,
}

/// `master`, which has `integrated_lufs`, on every device. Its passages are its `sections`; where there are none, those of
/// a few seconds. Empty for silence.
pub fn translated(master: &Sound, integrated_lufs: f64, sections: &[Section]) -> Vec<Translated> {
    let rate = f64::from(master.rate);
    let Some(whole) = Powers::of(&master.to_frames(), rate) else { return Vec::new() };
    let softest = passages(master, sections)
        .into_iter()
        .filter_map(|(name, sound)| Some((name, Powers::of(&sound.to_frames(), rate)?)))
        .map(|(name, powers)| (name, powers, loudness_lufs(&powers)))
        .filter(|(.., lufs)| *lufs > integrated_lufs + PAUSE_LU)
        .min_by(|a, b| a.2.total_cmp(&b.2));
    let levels = |powers: [f64; BANDS], gain_db: f64| powers.map(|power| power_to_db(power) + gain_db);
    all()
        .iter()
        .map(|device| {
            let scored = |powers: &Powers| score(powers, device, Some(integrated_lufs));
            let score = scored(&whole);
            let before = std::array::from_fn(|band| whole.both(band));
            let levels_db = [levels(before, 0.0), levels(heard(&whole, device), -score.loudness_lu)];
            let softest = softest.as_ref().map(|(name, powers, _)| (name.clone(), scored(powers)));
            let softest = softest.filter(|(_, score)| score.above_noise_lu.is_some());
            Translated { device, score, levels_db, softest }
        })
        .collect()
}

fn passages(master: &Sound, sections: &[Section]) -> Vec<(String, Sound)> {
    if !sections.is_empty() {
        let played = sections.iter().filter(|section| section.kind != Kind::End);
        return played
            .map(|section| (section.name.to_lowercase(), part(master, section.from_s, section.to_s)))
            .collect();
    }
    let clock = |s: f64| format!("{}:{:02}", s as u64 / 60, s as u64 % 60);
    (0..(master.seconds() / WINDOW_S) as usize)
        .map(|passage| [passage, passage + 1].map(|edge| edge as f64 * WINDOW_S))
        .map(|[from_s, to_s]| (format!("{} to {}", clock(from_s), clock(to_s)), part(master, from_s, to_s)))
        .collect()
}

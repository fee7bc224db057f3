//! The lyrics as curves over time: pitch, levels and the mouth, a value a millisecond.

use super::lyrics::Phrase;
use super::phonemes::{FORMANTS, Mouth, Noise, consonant, vowel};
use crate::random::Random;
use crate::song::parts::{box_mean, gain};
use crate::song::score::{LENGTH_S, time_s};
use std::f64::consts::TAU;

/// Values a second.
pub const TRACK_RATE: f64 = 1_000.0;

/// Before a phrase the lead draws breath for so long, seconds.
const BREATH_S: f64 = 0.33;

/// Behind the beat, seconds.
const LATE_S: f64 = 0.012;

/// The curves, all of one length.
pub struct Tracks {
    /// MIDI note numbers.
    pub note: Vec<f64>,
    /// Of the vocal folds, linear.
    pub voice: Vec<f64>,
    /// Of air through open folds, linear.
    pub breath: Vec<f64>,
    /// Of noise at a narrow place, linear.
    pub noise: Vec<f64>,
    /// Where that noise lies, Hz, and how narrow it is.
    pub noise_freq_hz: Vec<f64>,
    /// See `noise_freq_hz`.
    pub noise_q: Vec<f64>,
    /// How hard the voice is pressed, 0 to 1.
    pub effort: Vec<f64>,
    /// Frequencies in Hz, levels in dB and bandwidths in Hz of the formants.
    pub formants: [[Vec<f64>; 3]; FORMANTS],
    /// Where phrases start and end, seconds.
    pub phrases: Vec<(f64, f64)>,
    /// Where stops burst, seconds.
    pub bursts: Vec<f64>,
}

/// Seconds to track values.
fn index(seconds: f64) -> usize {
    (seconds.max(0.0) * TRACK_RATE) as usize
}

impl Tracks {
    /// The curves of `phrases`.
    pub fn new(phrases: &[Phrase]) -> Self {
        let length = index(LENGTH_S) + 1;
        let flat = |value: f64| vec![value; length];
        let rest = vowel('x');
        let mut tracks = Self {
            note: flat(57.0),
            voice: flat(0.0),
            breath: flat(0.0),
            noise: flat(0.0),
            noise_freq_hz: flat(5_000.0),
            noise_q: flat(0.7),
            effort: flat(0.3),
            formants: std::array::from_fn(|k| [flat(rest.freq_hz[k]), flat(rest.level_db[k]), flat(rest.width_hz[k])]),
            phrases: Vec::new(),
            bursts: Vec::new(),
        };
        let mut random = Random::new(0x766f_6963);
        for phrase in phrases {
            tracks.sing(phrase, &mut random);
        }
        tracks.soften();
        tracks.humanise(&mut random);
        tracks
    }

    /// Writes a phrase's targets, step by step.
    fn sing(&mut self, phrase: &Phrase, random: &mut Random) {
        let level = gain(phrase.level_db);
        let syllables = &phrase.syllables;
        let onsets: Vec<f64> = syllables.iter().map(|s| time_s(s.at) + LATE_S + 0.006 * random.bipolar()).collect();
        let length_of = |sounds: &str| sounds.chars().map(|c| consonant(c).length_s).sum::<f64>();
        let start = onsets[0] - length_of(syllables[0].sung[0]);
        self.draw_breath(start, level);
        let mut end = start;
        for (number, syllable) in syllables.iter().enumerate() {
            let [before, vowels, after] = syllable.sung;
            let on = onsets[number];
            let own_end = time_s(syllable.at + syllable.length) - 0.01;
            let limit = match syllables.get(number + 1) {
                Some(next) => own_end.min(onsets[number + 1] - length_of(next.sung[0])),
                None => own_end,
            };
            let goes_on = syllables.get(number + 1).is_some_and(|next| next.sung[0].is_empty() && after.is_empty());
            let limit = if goes_on { onsets[number + 1] } else { limit };
            let sung_until = (limit - length_of(after)).max(on + 0.06);
            // Quick syllables weigh less, the high ones more.
            let stress = 0.72 + 0.28 * (syllable.length as f64 / 4.0).min(1.0);
            let voice = level * stress;

            let mouths: Vec<Mouth> = vowels.chars().map(vowel).collect();
            let (first, last) = (mouths[0], mouths[mouths.len() - 1]);
            let mut at = on - length_of(before);
            for sound in before.chars() {
                at = self.consonant(sound, at, first, voice);
            }
            // The second vowel of two takes the last third.
            let turn = if mouths.len() > 1 { on + 0.62 * (sung_until - on) } else { sung_until };
            self.hold(on, turn, first);
            self.hold(turn, sung_until, last);
            let last_of_phrase = number + 1 == syllables.len();
            self.swell(on, sung_until, voice, last_of_phrase);
            let mut at = sung_until;
            for sound in after.chars() {
                at = self.consonant(sound, at, last, voice);
            }
            let scoop = if number == 0 { 1.1 } else { 0.25 * random.uniform() };
            self.pitch(on - length_of(before), on, at.max(limit), syllable.note, scoop);
            self.effort[index(start)..index(at)].fill(0.0);
            end = at;
        }
        let strain = phrase.effort;
        self.effort[index(start)..index(end)].fill(strain);
        self.phrases.push((start, end));
    }

    /// The level of a vowel: opens, swells towards its middle and gives way; the last one of a phrase is let go.
    fn swell(&mut self, from_s: f64, to_s: f64, voice: f64, last: bool) {
        const OPENS_S: f64 = 0.06;
        const LETS_GO_S: f64 = 0.35;
        let range = index(from_s)..index(to_s);
        let length_s = range.len() as f64 / TRACK_RATE;
        // Short notes have no time for it.
        let depth = 0.3 * (length_s / 0.6).min(1.0);
        for (place, value) in self.voice[range].iter_mut().enumerate() {
            let t = place as f64 / TRACK_RATE;
            let arc = 1.0 - depth * (2.0 * (t / length_s).powf(0.8) - 0.9).powi(2);
            let opening = 0.55 + 0.45 * (t / OPENS_S).min(1.0);
            let end = if last { ((length_s - t) / LETS_GO_S.min(0.5 * length_s)).min(1.0).powf(1.2) } else { 1.0 };
            *value = voice * arc * opening * end;
        }
    }

    /// A consonant from `at_s` on; says when it is over.
    fn consonant(&mut self, sound: char, at_s: f64, beside: Mouth, voice: f64) -> f64 {
        let consonant = consonant(sound);
        let end = at_s + consonant.length_s;
        self.hold(at_s, end, consonant.mouth.unwrap_or(beside));
        self.voice[index(at_s)..index(end)].fill(consonant.voice_db.map_or(0.0, |db| voice * gain(db)));
        if let Some(noise) = consonant.noise {
            if consonant.stop {
                const BURST_S: f64 = 0.011;
                self.hiss(end - BURST_S, end, noise, 0.5 + 0.5 * voice);
                self.bursts.push(end - BURST_S);
                if consonant.voice_db.is_none() {
                    // Air rushes out until the folds close.
                    self.breath[index(end)..index(end + 0.028)].fill(gain(-24.0) * (0.5 + 0.5 * voice));
                }
            } else {
                self.hiss(at_s, end, noise, 0.35 + 0.65 * voice);
            }
        }
        end
    }

    fn hiss(&mut self, from_s: f64, to_s: f64, noise: Noise, level: f64) {
        let range = index(from_s)..index(to_s);
        self.noise[range.clone()].fill(level * gain(noise.level_db));
        self.noise_freq_hz[range.clone()].fill(noise.freq_hz);
        self.noise_q[range].fill(noise.q);
    }

    /// The mouth stands still, until the phrase's end if nothing else comes.
    fn hold(&mut self, from_s: f64, to_s: f64, mouth: Mouth) {
        let range = index(from_s)..index(to_s + 0.1).min(self.note.len());
        for (k, formant) in self.formants.iter_mut().enumerate() {
            for (track, value) in formant.iter_mut().zip([mouth.freq_hz[k], mouth.level_db[k], mouth.width_hz[k]]) {
                track[range.clone()].fill(value);
            }
        }
    }

    /// The pitch of a note, which it enters from `scoop` semitones below and which trembles once it has stood a while.
    fn pitch(&mut self, from_s: f64, on_s: f64, to_s: f64, note: f64, scoop: f64) {
        const SCOOP_S: f64 = 0.07;
        const TREMBLES_AFTER_S: f64 = 0.22;
        let range = index(from_s)..index(to_s + 0.12).min(self.note.len());
        let first = range.start;
        for (place, value) in self.note[range].iter_mut().enumerate() {
            let t = (first + place) as f64 / TRACK_RATE - on_s;
            let depth = 0.33 * ((t - TREMBLES_AFTER_S) / 0.35).clamp(0.0, 1.0);
            // The vibrato hurries a little towards the end of a note.
            let vibrato = depth * (TAU * (5.2 * t + 0.12 * t * t)).sin();
            *value = note - scoop * (-(t.max(0.0)) / SCOOP_S).exp() + vibrato;
        }
    }

    /// Air drawn in before `start_s`.
    fn draw_breath(&mut self, start_s: f64, level: f64) {
        let from = start_s - BREATH_S - 0.05;
        if from < 0.0 {
            return;
        }
        let range = index(from)..index(start_s - 0.05);
        let length = range.len() as f64;
        for (place, value) in self.breath[range].iter_mut().enumerate() {
            let along = place as f64 / length;
            *value += gain(-30.0) * (0.6 + 0.4 * level) * (along * (1.0 - along) * 4.0).powf(0.7) * (0.5 + along);
        }
    }

    /// Muscles are slower than targets.
    fn soften(&mut self) {
        let twice = |track: &mut Vec<f64>, ms: usize| *track = box_mean(&box_mean(track, ms), ms);
        twice(&mut self.note, 34);
        twice(&mut self.voice, 16);
        twice(&mut self.breath, 12);
        twice(&mut self.noise, 5);
        twice(&mut self.effort, 120);
        for track in self.formants.iter_mut().flatten() {
            twice(track, 34);
        }
    }

    /// What no one sings twice the same: slow drifts of pitch and level.
    fn humanise(&mut self, random: &mut Random) {
        let mut drift = |depth: f64, ms: usize| -> Vec<f64> {
            let raw: Vec<f64> = (0..self.note.len()).map(|_| random.bipolar()).collect();
            let smooth = box_mean(&box_mean(&raw, ms), ms);
            let rms = crate::song::parts::rms(&smooth);
            smooth.into_iter().map(|x| x / rms * depth).collect()
        };
        let (pitch, flutter, level) = (drift(0.07, 400), drift(0.035, 18), drift(0.05, 60));
        for i in 0..self.note.len() {
            self.note[i] += pitch[i] + flutter[i];
            self.voice[i] *= 1.0 + level[i];
        }
    }
}

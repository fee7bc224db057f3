//! The lead: a sung voice. Harmonics of the vocal folds and noise of the breath go through five moving resonances;
//! noise of teeth and tongue goes past them. Then come the faults of the recording, which a mix has to mend.

pub mod faults;
mod lyrics;
mod phonemes;
mod tracks;

use super::parts::{FRAME_S, Filter, RATE, frames, gain, peak, pitch_hz};
use super::score::LENGTH_S;
use super::{Click, Faults, Mud};
use crate::random::Random;
use phonemes::FORMANTS;
use std::f64::consts::TAU;
use tracks::{TRACK_RATE, Tracks};

/// Highest peak of the clean lead, dBFS.
const PEAK_DB: f64 = -10.0;

/// Harmonics above this are left to the noise, Hz.
const HIGHEST_HARMONIC_HZ: f64 = 12_000.0;

/// Frames between two settings of the filters.
const STEP: usize = 16;

/// The lead with what is wrong with it.
pub struct Lead {
    /// Mono.
    pub samples: Vec<f64>,
    /// Mouth clicks in it.
    pub clicks: Vec<Click>,
    /// Resonances of the room and of a microphone too close.
    pub mud: Vec<Mud>,
}

/// Sings.
pub fn render(with: Faults) -> Lead {
    let tracks = Tracks::new(&lyrics::phrases());
    let mut samples = clean(&tracks);
    let level = gain(PEAK_DB) / peak(&samples);
    samples.iter_mut().for_each(|x| *x *= level);

    let mud = faults::mud();
    let clicks = faults::clicks(&samples, &tracks.phrases, &tracks.bursts);
    if with.mud {
        mud.iter().for_each(|mud| faults::add_mud(&mut samples, mud));
    }
    if with.clicks {
        clicks.iter().for_each(|click| faults::add_click(&mut samples, click));
    }
    Lead { samples, clicks, mud }
}

/// The voice without faults.
fn clean(tracks: &Tracks) -> Vec<f64> {
    let mut random = Random::new(0x6c65_6164);
    let mut formants = [Filter::default(); FORMANTS];
    let mut levels = [0.0; FORMANTS];
    let mut narrow = Filter::default();
    let mut folds = Filter::default();
    let mut low_cut = Filter::new(85.0, 0.7);
    let mut phase = 0.0;
    let mut samples = Vec::with_capacity(frames(LENGTH_S));
    for n in 0..frames(LENGTH_S) {
        let at = n as f64 * TRACK_RATE / f64::from(RATE);
        let track = |values: &[f64]| {
            let (i, part) = (at as usize, at.fract());
            values[i] + part * (values[(i + 1).min(values.len() - 1)] - values[i])
        };
        let freq_hz = pitch_hz(track(&tracks.note));
        if n.is_multiple_of(STEP) {
            let effort = track(&tracks.effort);
            for (k, [freq, level, width]) in tracks.formants.iter().enumerate() {
                let centre_hz = track(freq);
                // Below its pitch a mouth's first resonance gives nothing: singers open it (Sundberg 1975).
                let centre_hz = if k == 0 { centre_hz.max((1.02 + 0.3 * effort) * freq_hz) } else { centre_hz };
                formants[k].set(centre_hz, centre_hz / track(width));
                // Neighbours are of opposite sign, so that there is no zero between them.
                levels[k] = gain(track(level)) * if k % 2 == 0 { 1.0 } else { -1.0 };
            }
            narrow.set(track(&tracks.noise_freq_hz), track(&tracks.noise_q));
            folds.set(1_500.0 + 3_800.0 * effort, 0.6);
        }
        phase = (phase + freq_hz * FRAME_S).fract();
        let voice = track(&tracks.voice);
        let source = if voice > 1e-6 { voice * folds.next(pulses(phase, freq_hz)).low } else { folds.next(0.0).low };

        // Air flows with the opening of the folds.
        let white = random.bipolar();
        let air = white * (track(&tracks.breath) + 0.022 * voice * (1.0 + (TAU * phase).cos()));
        let excitation = source + air;
        let tract: f64 = formants.iter_mut().zip(levels).map(|(f, level)| level * f.next(excitation).band).sum();
        let teeth = narrow.next(random.bipolar()).band * track(&tracks.noise);
        // What no resonance takes: the airy top of breath and voice.
        let open = 0.22 * air;
        samples.push(low_cut.next(tract + open + teeth).high);
    }
    samples
}

/// Pulses without anything above the highest harmonic: a sum of cosines, the higher ones a little weaker.
fn pulses(phase: f64, freq_hz: f64) -> f64 {
    let highest = (HIGHEST_HARMONIC_HZ / freq_hz).max(1.0);
    let count = highest as usize;
    let twice_cos = 2.0 * (TAU * phase).cos();
    let (mut before, mut now) = (1.0, 0.5 * twice_cos);
    let mut sum = 0.0;
    for n in 1..=count {
        // The last one fades in and out as the pitch moves.
        let level = if n == count { highest.fract() } else { 1.0 };
        sum += level * now;
        (before, now) = (now, twice_cos * now - before);
    }
    // A pulse a period: the fewer in a second, the taller.
    sum * (freq_hz / 220.0).sqrt() * 0.1
}

//! What is wrong with the lead, at known places: mouth clicks, and mud.

use crate::random::Random;
use crate::song::parts::{Filter, RATE, frames, gain, peak};
use crate::song::score::{Kind, sections};
use crate::song::{Click, Mud};
use std::f64::consts::TAU;

/// Within so many seconds of a click lies the speech that its level is told against.
const LOCAL_S: f64 = 0.2;

/// A click's amplitude falls by this much, dB, within its length.
const FALLS_BY_DB: f64 = 40.0;

/// The mud: in the verses, sung close to the microphone, one resonance; in the choruses, another.
pub fn mud() -> Vec<Mud> {
    let mud = |freq_hz, q, gain_db, kind| {
        let spans = sections().iter().filter(|s| s.kind == kind).map(|s| (s.from_s, s.to_s)).collect();
        Mud { freq_hz, q, gain_db, spans }
    };
    vec![mud(235.0, 4.0, 9.0, Kind::Verse), mud(340.0, 5.0, 7.0, Kind::Chorus)]
}

/// Raises what is about the resonance, as a bell filter does, in its spans, with soft edges.
pub fn add_mud(samples: &mut [f64], mud: &Mud) {
    const EDGE_S: f64 = 0.05;
    let mut filter = Filter::new(mud.freq_hz, mud.q);
    let more = gain(mud.gain_db) - 1.0;
    for (n, x) in samples.iter_mut().enumerate() {
        let t = n as f64 / f64::from(RATE);
        let inside = mud.spans.iter().map(|(from, to)| ((t - from).min(to - t) / EDGE_S).clamp(0.0, 1.0));
        *x += more * inside.fold(0.0, f64::max) * filter.next(*x).band;
    }
}

/// The clicks: one before and after most phrases, where lips part and close, and some within words.
pub fn clicks(clean: &[f64], phrases: &[(f64, f64)], bursts: &[f64]) -> Vec<Click> {
    let mut random = Random::new(0x636c_6963);
    let mut places = Vec::new();
    for (number, (from, to)) in phrases.iter().enumerate() {
        if number % 4 != 3 {
            places.push(from - 0.025 - 0.03 * random.uniform());
        }
        if number % 3 == 1 {
            places.push(to + 0.04 + 0.05 * random.uniform());
        }
    }
    places.extend(bursts.iter().skip(3).step_by(5).map(|burst| burst + 0.06 + 0.09 * random.uniform()));
    places.retain(|at_s| *at_s > 0.0);
    places.sort_by(f64::total_cmp);
    // Two within 50 ms would count as one.
    places.dedup_by(|later, earlier| *later - *earlier < 0.05);
    places
        .into_iter()
        .map(|at_s| {
            let level_db = -16.0 + 9.0 * random.uniform();
            let around = frames(at_s - LOCAL_S)..frames(at_s + LOCAL_S).min(clean.len());
            Click {
                at_s,
                length_s: 0.0008 + 0.0032 * random.uniform(),
                freq_hz: 1_500.0 * (6_500.0f64 / 1_500.0).powf(random.uniform()),
                level_db,
                peak: gain(level_db) * peak(&clean[around]),
            }
        })
        .collect()
}

/// Adds a click: a sine that starts at once and dies away.
pub fn add_click(samples: &mut [f64], click: &Click) {
    let length = frames(click.length_s);
    for (n, x) in samples.iter_mut().skip(frames(click.at_s)).take(length).enumerate() {
        let fall = gain(-FALLS_BY_DB * n as f64 / length as f64);
        *x += click.peak * fall * (TAU * click.freq_hz * n as f64 / f64::from(RATE)).cos();
    }
}

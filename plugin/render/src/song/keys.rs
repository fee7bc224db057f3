//! The keys: an electric piano. A tine swings before a pickup, which bends its sine the more the harder it is struck;
//! the loudspeakers' tremolo wanders from side to side.

use super::parts::{Decay, FRAME_S, Filter, Turn, add, frames, gain, pitch_hz};
use super::score::{BAR, Kind, LENGTH_S, SECTION_BARS, SECTIONS, chord, kind, section_start, time_s};
use crate::random::Random;
use std::f64::consts::TAU;

/// Behind the beat, seconds.
const LATE_S: f64 = 0.009;

/// Between the notes of a chord, seconds: fingers do not fall at once.
const SPREAD_S: f64 = 0.007;

/// The tremolo's frequency and its depth to each side, 0 to 1.
const TREMOLO_HZ: f64 = 4.2;
const TREMOLO_DEPTH: f64 = 0.3;

/// A chord struck: step in its bar, length in sixteenths, velocity, whether all of it or the upper two notes.
type Strike = (usize, usize, f64, bool);

/// Left and right.
pub fn render() -> [Vec<f64>; 2] {
    let mut random = Random::new(0x6b65_7973);
    let mut line = vec![0.0; frames(LENGTH_S)];
    for section in 0..=SECTIONS {
        let kind = if section == SECTIONS { Kind::End } else { kind(section) };
        for bar in 0..if kind == Kind::End { 1 } else { SECTION_BARS } {
            let strikes: &[Strike] = match (kind, bar % 2) {
                (Kind::End, _) => &[(0, 24, 0.62, true)],
                (Kind::Verse, 0) => &[(0, 6, 0.55, true), (7, 3, 0.4, false), (11, 4, 0.46, true)],
                (Kind::Verse, _) => &[(0, 7, 0.55, true), (8, 2, 0.45, true), (14, 2, 0.4, false)],
                (_, 0) => &[(0, 5, 0.8, true), (6, 2, 0.6, true), (8, 5, 0.72, true), (14, 2, 0.55, false)],
                (_, _) => &[(0, 3, 0.8, true), (3, 3, 0.6, false), (8, 4, 0.75, true), (12, 2, 0.6, true)],
            };
            for &(step, length, velocity, all) in strikes {
                let at = section_start(section) + bar * BAR + step;
                let voicing = chord(kind, 2 * bar + step / (BAR / 2)).voicing;
                let notes = if all { voicing } else { &voicing[voicing.len() - 2..] };
                let strike_s = time_s(at) + LATE_S + 0.004 * random.bipolar();
                let length_s = (time_s(at + length) - time_s(at)) * 0.97;
                for (finger, note) in notes.iter().enumerate() {
                    let velocity = velocity * (1.0 + 0.1 * random.bipolar()) * if finger == 0 { 0.85 } else { 1.0 };
                    let at_s = strike_s + SPREAD_S * finger as f64 * random.uniform();
                    let sound = tine(*note, length_s, velocity, &mut random);
                    add(&mut line, frames(at_s), &sound, gain(-24.0) * velocity.powf(0.8));
                }
            }
        }
    }
    speakers(&line)
}

/// A note.
fn tine(note: f64, length_s: f64, velocity: f64, random: &mut Random) -> Vec<f64> {
    const RELEASE_S: f64 = 0.07;
    let freq_hz = pitch_hz(note);
    let mut swing = Turn::new(freq_hz, 0.0, 2.4 * (262.0 / freq_hz).powf(0.6));
    // The tine's own second mode, high and short: the bell in the attack.
    let mut bell = Turn::new((freq_hz * 7.1).min(9_000.0), random.uniform(), 0.12);
    let mut tone_bar = Turn::new(freq_hz, 0.25, 3.0);
    let mut hammer = (Filter::new(420.0, 0.9), Decay::new(0.011));
    let mut click = (Filter::new(2_600.0, 0.7), Decay::new(0.0035));
    let released = frames(length_s);
    let fade = frames(RELEASE_S) as f64;
    let attack = frames(0.0018) as f64;
    let mut last = pickup(0.0);
    (0..released + 6 * frames(RELEASE_S))
        .map(|index| {
            let reach = (0.45 + 1.15 * velocity) * swing.next() + 0.11 * velocity * bell.next();
            let flux = pickup(reach * (index as f64 / attack).min(1.0));
            // A coil hears how the flux changes; scaled by the period, so that all notes are alike.
            let voltage = (flux - last) / (TAU * freq_hz * FRAME_S);
            last = flux;
            let noise = random.bipolar();
            let knock =
                0.22 * hammer.0.next(noise).band * hammer.1.next() + 0.16 * click.0.next(noise).band * click.1.next();
            let held = index.saturating_sub(released) as f64 / fade;
            (voltage + 0.12 * tone_bar.next() * (index as f64 / attack).min(1.0) + velocity * knock) * (-held).exp()
        })
        .collect()
}

/// Flux in a pickup whose pole stands a little off the tine's rest: bends upper and lower halves differently.
fn pickup(reach: f64) -> f64 {
    const OFFSET: f64 = 0.32;
    let distance = reach - OFFSET;
    distance / (1.0 + 5.0 * distance * distance).sqrt()
}

/// The cabinet: no lows, soft highs, and the tremolo that goes from one loudspeaker to the other.
fn speakers(line: &[f64]) -> [Vec<f64>; 2] {
    let mut low_cut = Filter::new(70.0, 0.7);
    let mut high_cut = Filter::new(8_500.0, 0.6);
    let mut sides = [Vec::with_capacity(line.len()), Vec::with_capacity(line.len())];
    for (index, x) in line.iter().enumerate() {
        let voiced = high_cut.next(low_cut.next((1.3 * x).tanh() / 1.3).high).low;
        let wave = TREMOLO_DEPTH * (TAU * TREMOLO_HZ * index as f64 * FRAME_S).sin();
        sides[0].push(voiced * (1.0 + wave));
        sides[1].push(voiced * (1.0 - wave));
    }
    sides
}

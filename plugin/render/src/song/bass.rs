//! The bass: a plucked string, partial by partial, through a warm amplifier. In the verses it lies 6 dB lower
//! beside the others.

use super::parts::{Filter, Turn, add, frames, gain, pitch_hz, rms};
use super::score::{BAR, Kind, LENGTH_S, SECTION_BARS, SECTIONS, chord, kind, section_start, time_s};
use crate::random::Random;

/// How much lower the verses are played beside the others, dB.
pub const VERSE_DB: f64 = -6.0;

/// How much softer drums, keys and lead together are in the verses, dB, as measured.
const OTHERS_VERSE_DB: f64 = -3.3;

/// Level of a chorus, dBFS RMS.
const CHORUS_RMS_DB: f64 = -21.0;

/// Behind the beat, seconds.
const LATE_S: f64 = 0.006;

/// Where along the string it is plucked: partials with a node there are missing.
const PLUCKED_AT: f64 = 0.21;

/// A note: step in its half bar, length in sixteenths, semitones above the root, velocity.
type Note = (usize, usize, f64, f64);

/// Mono.
pub fn render() -> Vec<f64> {
    let mut random = Random::new(0x6261_7373);
    let mut line = vec![0.0; frames(LENGTH_S)];
    // The ending is played as the choruses are.
    let end = part(Kind::End, SECTIONS, &mut random);
    let mut chorus_gain = 1.0;
    for section in (0..SECTIONS).rev() {
        let kind = kind(section);
        let played = part(kind, section, &mut random);
        let (from, to) = (frames(time_s(section_start(section))), frames(time_s(section_start(section + 1))));
        let wanted = gain(CHORUS_RMS_DB + if kind == Kind::Verse { OTHERS_VERSE_DB + VERSE_DB } else { 0.0 });
        let level = wanted / rms(&played[from..to]);
        if kind == Kind::Chorus {
            chorus_gain = level;
        }
        add(&mut line, 0, &played, level);
    }
    add(&mut line, 0, &end, chorus_gain * gain(-1.5));
    line
}

/// A section by itself, on the whole song's time.
fn part(kind: Kind, section: usize, random: &mut Random) -> Vec<f64> {
    let mut line = vec![0.0; frames(LENGTH_S)];
    let half_bars = if kind == Kind::End { 1 } else { 2 * SECTION_BARS };
    for half_bar in 0..half_bars {
        let root = chord(kind, half_bar).root;
        let start = section_start(section) + half_bar * BAR / 2;
        let notes: &[Note] = match (kind, half_bar % 4) {
            (Kind::End, _) => &[(0, 26, 0.0, 0.9)],
            (Kind::Verse, 0) => &[(0, 5, 0.0, 0.9), (7, 1, 0.0, 0.5)],
            (Kind::Verse, 1) => &[(2, 3, 0.0, 0.8), (6, 2, 7.0, 0.65)],
            (Kind::Verse, 2) => &[(0, 5, 0.0, 0.9), (6, 1, 12.0, 0.55)],
            (Kind::Verse, _) => &[(2, 3, 0.0, 0.8), (6, 1, 7.0, 0.6), (7, 1, 10.0, 0.6)],
            (_, 0) => &[(0, 3, 0.0, 1.0), (3, 2, 0.0, 0.7), (6, 2, 7.0, 0.8)],
            (_, 1) => &[(0, 2, 0.0, 0.7), (2, 2, 0.0, 0.9), (4, 2, 12.0, 0.8), (6, 2, 7.0, 0.75)],
            (_, 2) => &[(0, 3, 0.0, 1.0), (3, 1, 12.0, 0.55), (6, 2, 0.0, 0.8)],
            (_, _) => &[(0, 2, 0.0, 0.75), (2, 2, 0.0, 0.9), (4, 1, 7.0, 0.7), (6, 1, 10.0, 0.7), (7, 1, 12.0, 0.7)],
        };
        for &(step, length, above, velocity) in notes {
            let from_s = time_s(start + step);
            // Let go a little before the next one.
            let length_s = (time_s(start + step + length) - from_s) * 0.93;
            let velocity = velocity * (1.0 + 0.06 * random.bipolar());
            let at_s = from_s + LATE_S + 0.003 * random.bipolar();
            add(&mut line, frames(at_s), &pluck(root + above, length_s, velocity, random), velocity);
        }
    }
    amplify(&mut line);
    line
}

/// A note of the string.
fn pluck(note: f64, length_s: f64, velocity: f64, random: &mut Random) -> Vec<f64> {
    const RELEASE_S: f64 = 0.045;
    let freq_hz = pitch_hz(note);
    let frames_in_all = frames(length_s + 5.0 * RELEASE_S);
    let mut samples = vec![0.0; frames_in_all];
    for n in 1..=40 {
        let order = f64::from(n);
        // A stiff string's partials lie a little high (Fletcher 1964).
        let partial_hz = freq_hz * order * (1.0 + 0.00012 * order * order).sqrt();
        if partial_hz > 6_000.0 {
            break;
        }
        let shape = (std::f64::consts::PI * order * PLUCKED_AT).sin() / order.powf(1.35 - 0.35 * velocity);
        let decay_s = 2.2 / (1.0 + 0.28 * order) * (55.0 / freq_hz).powf(0.3);
        let mut turn = Turn::new(partial_hz, 0.0, decay_s);
        for x in &mut samples {
            *x += shape * turn.next();
        }
    }
    let mut finger = Filter::new(1_300.0, 0.8);
    let attack = frames(0.004);
    let release_from = frames(length_s);
    for (index, x) in samples.iter_mut().enumerate() {
        let rise = (index as f64 / attack as f64).min(1.0);
        let touch = finger.next(random.bipolar()).band * (-(index as f64) / frames(0.012) as f64).exp();
        let held = index.saturating_sub(release_from) as f64 / frames(RELEASE_S) as f64;
        *x = (*x * rise + 0.16 * velocity * touch) * (-held).exp();
    }
    samples
}

/// The amplifier: even and odd harmonics from a bent curve, rolled off by the loudspeaker.
fn amplify(samples: &mut [f64]) {
    const DRIVE: f64 = 1.1;
    const BIAS: f64 = 0.22;
    let mut dc = Filter::new(28.0, 0.7);
    let mut speaker = Filter::new(4_200.0, 0.8);
    for x in samples.iter_mut() {
        let bent = (DRIVE * *x + BIAS).tanh() - BIAS.tanh();
        *x = speaker.next(dc.next(bent).high).low;
    }
}

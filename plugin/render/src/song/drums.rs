//! The drums: who hits what, when and how hard. Recorded as a pair over the kit would hear it: kick and snare in the
//! middle, the hi-hat somewhat to one side, the crash to the other, and a small room around it. Single microphones hear the
//! same hits.

mod kit;
mod room;

use super::parts::{FRAME_S, Filter, add, frames, gain};
use super::score::{BAR, Kind, LENGTH_S, SECTION_BARS, SECTIONS, kind, section_start, time_s};
use crate::random::Random;
use kit::Sound;

/// How late the snare and how early the hi-hat are, in seconds: the one lays back, the other pushes.
const SNARE_LATE_S: f64 = 0.007;
const HAT_EARLY_S: f64 = 0.003;

/// Half the width of what a hand is off by, in seconds.
const LOOSE_S: f64 = 0.004;

/// The whole kit's level: leaves about 6 dB above its loudest hit.
const KIT_DB: f64 = -2.0;

/// How soon the recording desk gives in to loud hits.
const DESK: f64 = 1.3;

/// A hit.
struct Hit {
    sound: Sound,
    at_s: f64,
    /// 0 to 1.
    velocity: f64,
}

/// What hears the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Microphone {
    /// A pair over the kit, as the song has it.
    Kit,
    /// One in the bass drum: what else is in it is spill.
    Kick,
    /// One at the snare drum, with the hi-hat beside it.
    Snare,
    /// A pair above the cymbals.
    Overheads,
}

impl Microphone {
    /// How much more of a sound it hears than the pair over the kit does, dB.
    fn hears_db(self, sound: Sound) -> f64 {
        let (drum, cymbal) = match self {
            Microphone::Kit => (0.0, 0.0),
            Microphone::Kick => (if sound == Sound::Kick { 0.0 } else { -18.0 }, -12.0),
            Microphone::Snare => (if matches!(sound, Sound::Snare | Sound::Ghost) { 0.0 } else { -14.0 }, 0.0),
            Microphone::Overheads => (if sound == Sound::Kick { -9.0 } else { -4.0 }, 4.0),
        };
        if sound.is_hat() || sound == Sound::Crash { cymbal } else { drum }
    }

    /// How much more of the room it hears, dB.
    fn room_db(self) -> f64 {
        match self {
            Microphone::Kit => 0.0,
            Microphone::Kick | Microphone::Snare => -12.0,
            Microphone::Overheads => 3.0,
        }
    }
}

/// Left and right.
pub fn render(microphone: Microphone) -> [Vec<f64>; 2] {
    let mut random = Random::new(0x6472_756d);
    let hits = hits(&mut random);
    let mut kit = [vec![0.0; frames(LENGTH_S)], vec![0.0; frames(LENGTH_S)]];
    let mut send = vec![0.0; frames(LENGTH_S)];
    for (index, hit) in hits.iter().enumerate() {
        let mut samples = hit.sound.render(hit.velocity, &mut random);
        // A hi-hat that closes ends what the open one left ringing.
        if hit.sound == Sound::OpenHat
            && let Some(next) = hits[index + 1..].iter().find(|next| next.sound.is_hat())
        {
            choke(&mut samples, next.at_s - hit.at_s);
        }
        let at = frames(hit.at_s);
        let level = hit.velocity.powf(1.3) * gain(hit.sound.level_db() + microphone.hears_db(hit.sound));
        // Constant power about the middle.
        let angle = (1.0 + hit.sound.position()) * std::f64::consts::FRAC_PI_4;
        let sides = [angle.cos(), angle.sin()].map(|side| side * std::f64::consts::SQRT_2);
        for (to, side) in kit.iter_mut().zip(sides) {
            add(to, at, &samples, level * side);
        }
        add(&mut send, at, &samples, level * gain(hit.sound.room_db() + microphone.room_db()));
    }
    for (dry, wet) in kit.iter_mut().zip(room::render(&send)) {
        add(dry, 0, &wet, 1.0);
    }
    for side in &mut kit {
        // Skins push the air one way: what the microphones do not hear.
        let mut low_cut = Filter::new(28.0, 0.7);
        side.iter_mut().for_each(|x| *x = low_cut.next((DESK * *x).tanh() / DESK).high * gain(KIT_DB));
    }
    kit
}

/// Lets `samples` die away within 20 ms from `after_s` on.
fn choke(samples: &mut Vec<f64>, after_s: f64) {
    const RELEASE_S: f64 = 0.02;
    samples.truncate(frames(after_s + RELEASE_S));
    let from = frames(after_s).min(samples.len());
    for (index, x) in samples[from..].iter_mut().enumerate() {
        *x *= 1.0 - (index as f64 * FRAME_S / RELEASE_S).min(1.0);
    }
}

/// All hits, in the order of their times.
fn hits(random: &mut Random) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut hit = |sound: Sound, sixteenth: usize, velocity: f64| {
        let offset = match sound {
            Sound::Snare | Sound::Ghost => SNARE_LATE_S,
            Sound::Hat | Sound::OpenHat => -HAT_EARLY_S,
            _ => 0.0,
        };
        let loose = match sound {
            Sound::Kick => 0.5 * LOOSE_S,
            _ => LOOSE_S,
        };
        hits.push(Hit {
            sound,
            at_s: time_s(sixteenth) + offset + loose * random.bipolar(),
            velocity: (velocity * (1.0 + 0.07 * random.bipolar())).clamp(0.0, 1.0),
        });
    };
    for section in 0..SECTIONS {
        let kind = kind(section);
        let chorus = kind == Kind::Chorus;
        if chorus {
            hit(Sound::Crash, section_start(section), if section == 1 { 0.8 } else { 0.95 });
        }
        for bar in 0..SECTION_BARS {
            let start = section_start(section) + bar * BAR;
            let last = bar == SECTION_BARS - 1;
            let kicks: &[(usize, f64)] = match (kind, bar % 2) {
                (Kind::Chorus, 0) => &[(0, 1.0), (3, 0.6), (6, 0.85), (10, 0.95)],
                (Kind::Chorus, _) => &[(0, 1.0), (6, 0.8), (7, 0.55), (10, 0.9), (14, 0.7)],
                (_, 0) => &[(0, 0.95), (7, 0.6), (10, 0.85)],
                _ => &[(0, 0.95), (6, 0.65), (10, 0.8)],
            };
            for (step, velocity) in kicks {
                hit(Sound::Kick, start + step, *velocity);
            }
            for step in [4, 12] {
                hit(Sound::Snare, start + step, if chorus { 0.97 } else { 0.82 });
            }
            for (step, velocity) in [(7, 0.22), (9, 0.3), (15, 0.26)] {
                if !(last && step == 15) && (chorus || step != 7) {
                    hit(Sound::Ghost, start + step, velocity);
                }
            }
            for step in 0..BAR {
                if last && step >= 14 {
                    continue;
                }
                // Eighths in the verses, sixteenths in the choruses; the beats lean in, the off-beats lean back.
                let velocity = match step % 4 {
                    0 => 0.8,
                    2 => 0.62,
                    _ if chorus => 0.34,
                    _ => continue,
                };
                let open = (!chorus && last && step == 10) || (chorus && bar % 2 == 1 && step == 14);
                hit(if open { Sound::OpenHat } else { Sound::Hat }, start + step, velocity);
            }
            if last {
                for (step, sound, velocity) in
                    [(13, Sound::HighTom, 0.7), (14, Sound::HighTom, 0.85), (15, Sound::LowTom, 0.95)]
                {
                    hit(sound, start + step, if chorus { velocity } else { velocity * 0.8 });
                }
            }
        }
    }
    hit(Sound::Crash, section_start(SECTIONS), 0.7);
    hit(Sound::Kick, section_start(SECTIONS), 0.95);
    hits.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    hits
}

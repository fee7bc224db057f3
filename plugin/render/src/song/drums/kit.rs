//! The kit: each drum as its body (falling sines), its noise (wires, air) and the stick or beater.

use crate::random::Random;
use crate::song::parts::{Decay, FRAME_S, Filter, Turn, frames};
use std::f64::consts::TAU;

/// What can be hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Bass drum.
    Kick,
    /// Snare drum.
    Snare,
    /// Snare drum, barely touched.
    Ghost,
    /// Hi-hat, closed.
    Hat,
    /// Hi-hat, half open.
    OpenHat,
    /// Crash cymbal.
    Crash,
    /// Rack tom.
    HighTom,
    /// Floor tom.
    LowTom,
}

impl Sound {
    /// Whether it is played on the hi-hat.
    pub fn is_hat(self) -> bool {
        matches!(self, Sound::Hat | Sound::OpenHat)
    }

    /// From -1, left, to 1, right.
    pub fn position(self) -> f64 {
        match self {
            Sound::Kick | Sound::Snare | Sound::Ghost => 0.0,
            Sound::Hat | Sound::OpenHat => -0.35,
            Sound::Crash => 0.4,
            Sound::HighTom => -0.2,
            Sound::LowTom => 0.3,
        }
    }

    /// Level within the kit.
    pub fn level_db(self) -> f64 {
        match self {
            Sound::Kick => -10.0,
            Sound::Snare | Sound::Ghost => -10.0,
            Sound::Hat => -24.0,
            Sound::OpenHat => -25.0,
            Sound::Crash => -24.0,
            Sound::HighTom | Sound::LowTom => -12.0,
        }
    }

    /// How much of it the room hears, relative to its own level.
    pub fn room_db(self) -> f64 {
        match self {
            Sound::Kick => -16.0,
            Sound::Snare | Sound::Ghost => -5.0,
            Sound::Hat | Sound::OpenHat => -8.0,
            Sound::Crash => -10.0,
            Sound::HighTom | Sound::LowTom => -8.0,
        }
    }

    /// A hit with `velocity` 0 to 1, which sets its colour; its level is the caller's.
    pub fn render(self, velocity: f64, random: &mut Random) -> Vec<f64> {
        match self {
            Sound::Kick => kick(velocity, random),
            Sound::Snare | Sound::Ghost => snare(velocity, random),
            Sound::Hat => hat(0.045 + 0.03 * velocity, velocity, random),
            Sound::OpenHat => hat(0.4, velocity, random),
            Sound::Crash => crash(random),
            Sound::HighTom => tom(138.0, 0.24, velocity, random),
            Sound::LowTom => tom(92.0, 0.34, velocity, random),
        }
    }
}

/// A sine whose pitch falls from `(1 + drop) * freq_hz` to `freq_hz` within about `drop_s`.
struct Membrane {
    freq_hz: f64,
    drop: f64,
    falling: Decay,
    phase: f64,
    ringing: Decay,
}

impl Membrane {
    fn new(freq_hz: f64, drop: f64, drop_s: f64, decay_s: f64) -> Self {
        Self { freq_hz, drop, falling: Decay::new(drop_s), phase: 0.0, ringing: Decay::new(decay_s) }
    }

    fn next(&mut self) -> f64 {
        self.phase += self.freq_hz * (1.0 + self.drop * self.falling.next()) * FRAME_S;
        (TAU * self.phase).sin() * self.ringing.next()
    }
}

/// Rises within `seconds` from 0 to 1, so that nothing starts with a step.
fn onset(index: usize, seconds: f64) -> f64 {
    (index as f64 * FRAME_S / seconds).min(1.0)
}

fn kick(velocity: f64, random: &mut Random) -> Vec<f64> {
    let mut head = Membrane::new(53.0, 2.6, 0.016, 0.14);
    let mut shell = Membrane::new(98.0, 0.8, 0.01, 0.05);
    let mut beater = (Filter::new(2_700.0 + 900.0 * velocity, 0.9), Decay::new(0.005));
    let mut air = (Filter::new(900.0, 0.7), Decay::new(0.03));
    (0..frames(0.7))
        .map(|index| {
            let noise = random.bipolar();
            let body = head.next() + 0.28 * shell.next();
            let click = beater.0.next(noise).band * beater.1.next() * (0.8 + 1.5 * velocity);
            let puff = air.0.next(noise).low * air.1.next() * 0.1;
            // The head's own limit: loud hits are fuller, not only louder.
            (1.5 * body + puff).tanh() * onset(index, 0.0008) + click * onset(index, 0.0002)
        })
        .collect()
}

fn snare(velocity: f64, random: &mut Random) -> Vec<f64> {
    let mut low = Membrane::new(188.0, 0.45, 0.014, 0.085);
    let mut high = Membrane::new(331.0, 0.25, 0.01, 0.05);
    let mut ring = Turn::new(512.0, 0.0, 0.11);
    let mut wires = (Filter::new(5_200.0 + 1_500.0 * velocity, 0.45), Decay::new(0.075 + 0.05 * velocity));
    let mut hiss = (Filter::new(1_400.0, 0.6), Decay::new(0.035));
    let mut stick = (Filter::new(3_400.0, 0.8), Decay::new(0.0028));
    (0..frames(0.6))
        .map(|index| {
            let noise = random.bipolar();
            let body = 0.75 * low.next() + 0.4 * high.next() + 0.06 * ring.next();
            let rattle =
                1.25 * wires.0.next(noise).band * wires.1.next() + 0.7 * hiss.0.next(noise).band * hiss.1.next();
            let tap = stick.0.next(random.bipolar()).band * stick.1.next() * (0.3 + 1.1 * velocity);
            (1.1 * body).tanh() * onset(index, 0.0006) + rattle * onset(index, 0.0015) + tap
        })
        .collect()
}

/// Six squares at the ratios that sound like struck metal, and noise, above 7 kHz.
fn hat(decay_s: f64, velocity: f64, random: &mut Random) -> Vec<f64> {
    const FREQS_HZ: [f64; 6] = [317.0, 465.0, 553.0, 822.0, 1_120.0, 1_483.0];
    // Only odd partials that lie in the audible cymbal range and below 18 kHz: nothing folds back.
    let mut partials = Vec::new();
    for freq_hz in FREQS_HZ {
        for n in (1..60).step_by(2) {
            let partial_hz = freq_hz * f64::from(n);
            if (5_000.0..18_000.0).contains(&partial_hz) {
                let decay = decay_s * (0.7 + 0.6 * random.uniform());
                partials.push((Turn::new(partial_hz, random.uniform(), decay), 0.3 / f64::from(n).sqrt()));
            }
        }
    }
    let mut noise = [Filter::new(7_200.0, 0.8), Filter::new(8_200.0, 0.8)];
    let mut fade = (Decay::new(decay_s), Decay::new(0.004));
    (0..frames(decay_s * 7.0))
        .map(|index| {
            let metal: f64 = partials.iter_mut().map(|(turn, level)| turn.next() * *level).sum();
            let white = random.bipolar();
            let once = noise[0].next(white).high;
            let air = noise[1].next(once).high;
            let tick = fade.1.next() * (0.4 + velocity);
            (0.35 * metal + air * (fade.0.next() + tick)) * onset(index, 0.0004)
        })
        .collect()
}

/// Many sines without order, each with a decay of its own, under a swell of noise.
fn crash(random: &mut Random) -> Vec<f64> {
    let mut partials: Vec<_> = (0..110)
        .map(|_| {
            let freq_hz = 420.0 * (14_000.0f64 / 420.0).powf(random.uniform().powf(0.7));
            let decay_s = 1.5 * (1_500.0 / freq_hz).powf(0.35).min(1.3) * (0.6 + 0.8 * random.uniform());
            (Turn::new(freq_hz, random.uniform(), decay_s), 0.16 * (0.5 + random.uniform()))
        })
        .collect();
    let mut noise = (Filter::new(5_500.0, 0.5), Decay::new(0.5), Decay::new(0.06));
    (0..frames(4.0))
        .map(|index| {
            let metal: f64 = partials.iter_mut().map(|(turn, level)| turn.next() * *level).sum();
            let air = noise.0.next(random.bipolar()).high * (0.7 * noise.1.next() + 0.9 * noise.2.next());
            (metal + air) * onset(index, 0.003)
        })
        .collect()
}

fn tom(freq_hz: f64, decay_s: f64, velocity: f64, random: &mut Random) -> Vec<f64> {
    let mut head = Membrane::new(freq_hz, 0.5, 0.03, decay_s);
    let mut second = Membrane::new(freq_hz * 1.59, 0.35, 0.02, decay_s * 0.45);
    let mut stick = (Filter::new(2_600.0, 0.8), Decay::new(0.004));
    (0..frames(decay_s * 6.0))
        .map(|index| {
            let tap = stick.0.next(random.bipolar()).band * stick.1.next() * (0.3 + 0.9 * velocity);
            (1.2 * (head.next() + 0.35 * second.next())).tanh() * onset(index, 0.0008) + tap
        })
        .collect()
}

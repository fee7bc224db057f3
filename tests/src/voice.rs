//! A synthetic voice: pulses of the vocal folds, with vibrato and breath, through moving resonances.

use crate::signals::Random;
use std::f64::consts::TAU;

/// Frequency and bandwidth in Hz of each resonance.
pub type Formants = [(f64, f64); 5];

/// Five vowels (after G. Fant, "Acoustic Theory of Speech Production", 1960).
pub const VOWELS: [Formants; 5] = [
    [(700.0, 80.0), (1_200.0, 90.0), (2_600.0, 120.0), (3_400.0, 160.0), (4_500.0, 220.0)],
    [(300.0, 60.0), (2_200.0, 100.0), (2_900.0, 140.0), (3_600.0, 180.0), (4_800.0, 250.0)],
    [(400.0, 60.0), (1_900.0, 90.0), (2_550.0, 120.0), (3_400.0, 170.0), (4_600.0, 230.0)],
    [(450.0, 70.0), (800.0, 80.0), (2_500.0, 120.0), (3_300.0, 160.0), (4_400.0, 230.0)],
    [(330.0, 60.0), (700.0, 80.0), (2_300.0, 120.0), (3_200.0, 160.0), (4_300.0, 230.0)],
];

/// Ten more, of women (G. Peterson and H. Barney, JASA 24, 1952, table II), with the fourth and fifth resonance of a tube as
/// long as their tracts, 14.5 cm.
pub const OTHER_VOWELS: [Formants; 10] = [
    other([310.0, 2_790.0, 3_310.0]),
    other([430.0, 2_480.0, 3_070.0]),
    other([610.0, 2_330.0, 2_990.0]),
    other([860.0, 2_050.0, 2_850.0]),
    other([850.0, 1_220.0, 2_810.0]),
    other([590.0, 920.0, 2_710.0]),
    other([470.0, 1_160.0, 2_680.0]),
    other([370.0, 950.0, 2_670.0]),
    other([760.0, 1_400.0, 2_780.0]),
    other([500.0, 1_640.0, 1_960.0]),
];

const fn other([first, second, third]: [f64; 3]) -> Formants {
    [(first, 70.0), (second, 90.0), (third, 130.0), (4_140.0, 180.0), (5_320.0, 240.0)]
}

/// Noise of the room and the microphone: -72 dBFS.
const ROOM: f64 = 0.000_25;

#[derive(Clone, Copy, Default)]
struct Resonance([f64; 2]);

impl Resonance {
    fn next(&mut self, x: f64, freq_hz: f64, width_hz: f64, rate: f64) -> f64 {
        let r = (-std::f64::consts::PI * width_hz / rate).exp();
        let c = 2.0 * r * (TAU * freq_hz / rate).cos();
        let [y1, y2] = self.0;
        // 0 dB at low frequencies, as a tract's resonances in a row.
        let y = (1.0 - c + r * r) * x + c * y1 - r * r * y2;
        self.0 = [y, y1];
        y
    }
}

/// Sings on from `seconds`: pitch in Hz, loudness from 0 to 1, and formants at a time in seconds. Peak about -6 dBFS.
pub fn sung(
    seconds: f64,
    rate: f64,
    seed: u64,
    pitch_hz: impl Fn(f64) -> f64,
    loudness: impl Fn(f64) -> f64,
    formants: impl Fn(f64) -> Formants,
) -> Vec<f64> {
    let mut random = Random::new(seed);
    let mut resonances = [Resonance::default(); 5];
    let mut lips = 0.0;
    let mut phase = 0.0f64;
    let mut samples: Vec<f64> = (0..(seconds * rate) as usize)
        .map(|n| {
            let t = n as f64 / rate;
            let freq_hz = pitch_hz(t) * (0.5 / 12.0 * (TAU * 5.3 * t).sin()).exp2();
            // Folds open for 60 % of a period and close within 16 % (A. Rosenberg 1971), smoothed over the frame.
            phase = (phase + freq_hz / rate).fract();
            let flow = loudness(t) * opening(phase);
            let air = 0.01 * random.normal() * (0.15 * loudness(t) + flow);
            let pressure = flow + air - lips;
            lips = flow + air;
            let shape = formants(t);
            let pairs = resonances.iter_mut().zip(shape);
            pairs.fold(pressure, |x, (resonance, (freq_hz, width_hz))| resonance.next(x, freq_hz, width_hz, rate))
        })
        .collect();
    let peak = samples.iter().fold(1e-300, |peak: f64, x| peak.max(x.abs()));
    samples.iter_mut().for_each(|x| *x = *x * 0.5 / peak + ROOM * random.normal());
    samples
}

fn opening(phase: f64) -> f64 {
    const OPENS: f64 = 0.44;
    const CLOSES: f64 = 0.16;
    if phase < OPENS {
        0.5 - 0.5 * (std::f64::consts::PI * phase / OPENS).cos()
    } else if phase < OPENS + CLOSES {
        (0.5 * std::f64::consts::PI * (phase - OPENS) / CLOSES).cos()
    } else {
        0.0
    }
}

/// One vowel held.
pub fn vowel(seconds: f64, rate: f64, seed: u64, pitch_hz: f64, formants: Formants) -> Vec<f64> {
    let edges = |t: f64| (t.min(seconds - t) / 0.05).clamp(0.0, 1.0);
    sung(seconds, rate, seed, |_| pitch_hz, edges, |_| formants)
}

/// A line of [`VOWELS`] that run into each other, four a second, with pauses and a melody about `pitch_hz`.
pub fn line(seconds: f64, rate: f64, seed: u64, pitch_hz: f64) -> Vec<f64> {
    line_of(&VOWELS, seconds, rate, seed, pitch_hz)
}

/// As [`line()`], of other vowels.
pub fn line_of(vowels: &[Formants], seconds: f64, rate: f64, seed: u64, pitch_hz: f64) -> Vec<f64> {
    const SYLLABLE_S: f64 = 0.25;
    let mut random = Random::new(seed);
    let notes: Vec<(usize, f64, f64)> = (0..(seconds / SYLLABLE_S) as usize + 2)
        .map(|_| {
            let vowel = random.bits() as usize % vowels.len();
            let step = (random.uniform() * 7.0).floor() - 3.0;
            // One in six is a pause.
            let loudness = if random.uniform() < 1.0 / 6.0 { 0.0 } else { 0.5 + 0.5 * random.uniform() };
            (vowel, step, loudness)
        })
        .collect();
    let between = |t: f64| {
        let at = t / SYLLABLE_S;
        let way = ((at.fract() - 0.7) / 0.3).clamp(0.0, 1.0);
        (at as usize, 0.5 - 0.5 * (std::f64::consts::PI * way).cos())
    };
    let blend = |t: f64, of: &dyn Fn(usize) -> f64| {
        let (i, way) = between(t);
        of(i) + way * (of(i + 1) - of(i))
    };
    sung(
        seconds,
        rate,
        seed + 1,
        |t| pitch_hz * (blend(t, &|i| notes[i].1) / 12.0).exp2(),
        |t| blend(t, &|i| notes[i].2),
        |t| std::array::from_fn(|k| (blend(t, &|i| vowels[notes[i].0][k].0), blend(t, &|i| vowels[notes[i].0][k].1))),
    )
}

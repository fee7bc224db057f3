//! Test signals, deterministic. Levels in dBFS are peak levels unless said otherwise.

use std::f64::consts::TAU;
use tandem_dsp::Frame;
use tandem_dsp::units::db_to_gain;

/// A reproducible stream of random numbers (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A stream; equal seeds give equal streams.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in 0..1.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().max(1e-300).ln()).sqrt() * (TAU * self.uniform()).cos()
    }
}

/// A sine at `freq_hz`, equal on both channels, with peak `level_db`.
pub fn sine(frames: usize, rate: f64, freq_hz: f64, level_db: f64) -> Vec<Frame> {
    let peak = db_to_gain(level_db);
    (0..frames).map(|i| [peak * (TAU * freq_hz * i as f64 / rate).sin(); 2]).collect()
}

/// White Gaussian noise, independent channels, with RMS `rms_db`.
pub fn white(frames: usize, seed: u64, rms_db: f64) -> Vec<Frame> {
    let rms = db_to_gain(rms_db);
    let mut random = Random::new(seed);
    (0..frames).map(|_| [rms * random.normal(), rms * random.normal()]).collect()
}

/// Pink noise (Kellet's filter, within 0.05 dB of -3 dB/oct above 9 Hz at 44.1 kHz), independent channels, with RMS `rms_db`.
pub fn pink(frames: usize, seed: u64, rms_db: f64) -> Vec<Frame> {
    let channel = |seed: u64| {
        const POLES: [(f64, f64); 6] = [
            (0.99886, 0.0555179),
            (0.99332, 0.0750759),
            (0.96900, 0.1538520),
            (0.86650, 0.3104856),
            (0.55, 0.5329522),
            (-0.7616, -0.0168980),
        ];
        let mut random = Random::new(seed);
        let mut states = [0.0; 6];
        let mut last = 0.0;
        let mut samples: Vec<f64> = (0..frames)
            .map(|_| {
                let white = random.normal();
                for (state, (pole, gain)) in states.iter_mut().zip(POLES) {
                    *state = pole * *state + gain * white;
                }
                let sum = states.iter().sum::<f64>() + last + 0.5362 * white;
                last = 0.115926 * white;
                sum
            })
            .collect();
        let rms = (samples.iter().map(|x| x * x).sum::<f64>() / frames.max(1) as f64).sqrt();
        let gain = db_to_gain(rms_db) / rms.max(1e-300);
        samples.iter_mut().for_each(|x| *x *= gain);
        samples
    };
    let (left, right) = (channel(seed), channel(seed ^ 0x5555_5555));
    left.into_iter().zip(right).map(|(l, r)| [l, r]).collect()
}

/// One frame of 1.0 on both channels, then silence.
pub fn impulse(frames: usize) -> Vec<Frame> {
    let mut signal = vec![[0.0; 2]; frames];
    if let Some(first) = signal.first_mut() {
        *first = [1.0; 2];
    }
    signal
}

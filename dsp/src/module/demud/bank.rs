//! How much power there is in each twelfth of an octave from 16 Hz to 16 kHz, of both channels together.
//!
//! A band is two complex resonators in a row. The octaves run at rates that halve with them, so that a band an octave
//! lower costs half as much, and each has the same numbers at its own rate.

use crate::block::half_band::HalfRate;
use crate::{CONTROL_INTERVAL, Frame};
use std::f64::consts::{PI, TAU};

/// Bands an octave.
pub const PER_OCTAVE: usize = 12;

/// Octaves, the highest first.
const OCTAVES: usize = 10;

/// Bands.
pub const BANDS: usize = PER_OCTAVE * OCTAVES;

/// Centre of the highest band.
const HIGHEST_HZ: f64 = 16_000.0;

/// An octave runs at the lowest rate that is at least so many times its highest centre.
const LEAST_RATE: f64 = 2.5;

/// Times the rate can be halved: from 768 kHz to that of the lowest octave.
const HALVINGS: usize = 14;

/// Bandwidth of one resonator over that of two in a row: 1 / √(√2 - 1).
const ONE_OF_TWO: f64 = 1.553_773_974_030_037;

/// Noise bandwidth of two resonators in a row over the -3 dB bandwidth of one.
const NOISE_OF_ONE: f64 = std::f64::consts::FRAC_PI_4;

/// Beyond this the measurement does not follow.
const HIGHEST: f64 = 1e4;

/// Sums of raw power below this are silence: what rings on is cleared before it becomes denormal.
const SILENCE: f32 = 1e-24;

/// A pause is so much softer than what came before: -50 dB.
const PAUSE: f64 = 1e-5;

/// How far the power that pauses are told from follows in each look.
const PAUSE_SHARE: f64 = 0.01;

/// The octave whose means are over the time that is asked for; an octave below, over √2 times as long.
const SPEED_OCTAVE: f64 = 5.0;

/// Lanes that are computed together: four bands of two channels.
const LANES: usize = 8;

/// Frames that are computed together where there are as many. The power of a band is then taken once in so many frames: at
/// the highest one it correlates by 0.7 with the one before, so that a mean of them is as good as one of all.
const STRIDE: usize = 8;

/// Where there are fewer, but so many, these.
const SHORT_STRIDE: usize = 4;

/// Centre of band `place`, counted from the lowest; places between bands are between them.
pub fn place_to_hz(place: f64) -> f64 {
    HIGHEST_HZ * ((place - (BANDS - 1) as f64) / PER_OCTAVE as f64).exp2()
}

/// The inverse of [`place_to_hz`].
pub fn hz_to_place(hz: f64) -> f64 {
    (BANDS - 1) as f64 + PER_OCTAVE as f64 * (hz / HIGHEST_HZ).log2()
}

/// Noise bandwidth of a band in Hz.
pub fn noise_bandwidth_hz(centre_hz: f64) -> f64 {
    NOISE_OF_ONE * one_bandwidth_hz(centre_hz)
}

fn one_bandwidth_hz(centre_hz: f64) -> f64 {
    let half = 0.5 / PER_OCTAVE as f64;
    ONE_OF_TWO * centre_hz * (half.exp2() - (-half).exp2())
}

/// The powers of the poles of a [`Quad`], from the zeroth to that of [`STRIDE`]: real and imaginary parts.
type Powers = [[[f32; LANES]; 2]; STRIDE + 1];

/// Four bands of two channels.
#[derive(Clone, Copy, Debug, Default)]
struct Quad {
    first: [[f32; LANES]; 2],
    second: [[f32; LANES]; 2],
    sums: [f32; LANES],
}

impl Quad {
    /// Hears a run.
    fn run(&mut self, frames: &[[f32; 2]], powers: &Powers) {
        if frames.len().is_multiple_of(STRIDE) {
            self.run_by::<STRIDE>(frames, powers);
        } else if frames.len().is_multiple_of(SHORT_STRIDE) {
            self.run_by::<SHORT_STRIDE>(frames, powers);
        } else {
            self.run_singly(frames, powers);
        }
    }

    /// As [`run_singly`](Self::run_singly), N frames at a time. After N frames x the first resonator, a with pole p, is at
    /// pᴺ a + Σ pᴺ⁻¹⁻ᵏ xₖ; the second, b, which takes what the first gives, at pᴺ (b + N a) + Σ (N - k) pᴺ⁻¹⁻ᵏ xₖ. The
    /// latter sum is that of all beginnings of the former.
    fn run_by<const N: usize>(&mut self, frames: &[[f32; 2]], powers: &Powers) {
        let [zr, zi] = powers[N];
        let mut power = [0.0; LANES];
        for frames in frames.as_chunks::<N>().0 {
            let (mut sr, mut si, mut tr, mut ti) = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
            for ([left, right], [pr, pi]) in frames.iter().zip(powers[..N].iter().rev()) {
                let x = [*left, *left, *left, *left, *right, *right, *right, *right];
                for i in 0..LANES {
                    sr[i] += pr[i] * x[i];
                    si[i] += pi[i] * x[i];
                    tr[i] += sr[i];
                    ti[i] += si[i];
                }
            }
            let Self { first: [ar, ai], second: [br, bi], .. } = self;
            for i in 0..LANES {
                let (r, m) = (br[i] + N as f32 * ar[i], bi[i] + N as f32 * ai[i]);
                br[i] = zr[i] * r - zi[i] * m + tr[i];
                bi[i] = zr[i] * m + zi[i] * r + ti[i];
                let (r, m) = (ar[i], ai[i]);
                ar[i] = zr[i] * r - zi[i] * m + sr[i];
                ai[i] = zr[i] * m + zi[i] * r + si[i];
                power[i] += br[i] * br[i] + bi[i] * bi[i];
            }
        }
        for (sum, power) in self.sums.iter_mut().zip(power) {
            *sum += N as f32 * power;
        }
    }

    /// Frame by frame.
    fn run_singly(&mut self, frames: &[[f32; 2]], powers: &Powers) {
        let Self { first: [mut ar, mut ai], second: [mut br, mut bi], mut sums } = *self;
        let [pr, pi] = powers[1];
        for [left, right] in frames {
            let x = [*left, *left, *left, *left, *right, *right, *right, *right];
            for i in 0..LANES {
                let (r, m) = (ar[i], ai[i]);
                ar[i] = pr[i] * r - pi[i] * m + x[i];
                ai[i] = pr[i] * m + pi[i] * r;
            }
            for i in 0..LANES {
                let (r, m) = (br[i], bi[i]);
                br[i] = pr[i] * r - pi[i] * m + ar[i];
                bi[i] = pr[i] * m + pi[i] * r + ai[i];
                sums[i] += br[i] * br[i] + bi[i] * bi[i];
            }
        }
        (self.first, self.second, self.sums) = ([ar, ai], [br, bi], sums);
    }

    fn clear(&mut self) {
        (self.first, self.second, self.sums) = Default::default();
    }
}

/// An octave of bands.
#[derive(Clone, Copy, Debug, Default)]
struct Octave {
    /// How often the rate is halved before it.
    halvings: usize,
    /// The highest band is at the end.
    quads: [Quad; PER_OCTAVE / 4],
    powers: [Powers; PER_OCTAVE / 4],
    /// Of a band of unit power, over its sum.
    weights: [f32; PER_OCTAVE],
    /// Frames since the last look, and before.
    frames: usize,
    age: f64,
    listens: bool,
}

/// The bands.
#[derive(Clone, Debug)]
pub struct Bank {
    rate: f64,
    halves: [HalfRate; HALVINGS],
    octaves: [Option<Octave>; OCTAVES],
    /// Mean powers, the lowest band first.
    powers: [f32; BANDS],
    /// Seconds over which each octave's are.
    spans_s: [f64; OCTAVES],
    /// Mean power of everything, but for pauses.
    mean: f64,
}

impl Default for Bank {
    fn default() -> Self {
        Self {
            rate: 0.0,
            halves: Default::default(),
            octaves: Default::default(),
            powers: [0.0; BANDS],
            spans_s: [0.0; OCTAVES],
            mean: 0.0,
        }
    }
}

impl Bank {
    /// Readies for `rate` in Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        for (k, octave) in self.octaves.iter_mut().enumerate() {
            let top = place_to_hz((BANDS - 1 - k * PER_OCTAVE) as f64);
            let times = rate / (LEAST_RATE * top);
            *octave = (times >= 1.0).then(|| {
                let halvings = (times.log2() as usize).min(HALVINGS);
                Octave::new(rate / (halvings as f64).exp2(), BANDS - (k + 1) * PER_OCTAVE, halvings)
            });
        }
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.halves = Default::default();
        for octave in self.octaves.iter_mut().flatten() {
            octave.stop();
        }
        self.powers = [0.0; BANDS];
        self.spans_s = [0.0; OCTAVES];
        self.mean = 0.0;
    }

    /// The places of the bands that there are at this rate: those below the first of them are, and no others.
    pub fn places(&self) -> usize {
        BANDS - PER_OCTAVE * self.octaves.iter().take_while(|octave| octave.is_none()).count()
    }

    /// Listens to the octaves of the bands from place `from` to `to`, and no others.
    pub fn listen(&mut self, from: f64, to: f64) {
        for (k, octave) in self.octaves.iter_mut().enumerate() {
            let Some(octave) = octave else { continue };
            let end = BANDS - k * PER_OCTAVE;
            let listens = (end as f64) > from && ((end - PER_OCTAVE) as f64) <= to;
            if octave.listens && !listens {
                octave.stop();
                self.powers[end - PER_OCTAVE..end].fill(0.0);
                self.spans_s[k] = 0.0;
            }
            octave.listens = listens;
        }
    }

    /// Hears a run.
    pub fn run(&mut self, frames: &[Frame; CONTROL_INTERVAL]) {
        let mut runs = [frames.map(|frame| frame.map(|x| x.clamp(-HIGHEST, HIGHEST))), [[0.0; 2]; CONTROL_INTERVAL]];
        let [heard, halved] = &mut runs;
        let (mut heard, mut halved) = (heard, halved);
        let mut count = heard.len();
        let mut halvings = 0;
        let mut plain = [[0.0f32; 2]; CONTROL_INTERVAL];
        for octave in self.octaves.iter_mut().flatten().filter(|octave| octave.listens) {
            while halvings < octave.halvings {
                count = self.halves[halvings].run(&heard[..count], halved);
                std::mem::swap(&mut heard, &mut halved);
                halvings += 1;
            }
            if count == 0 {
                return;
            }
            for (to, from) in plain.iter_mut().zip(&heard[..count]) {
                *to = from.map(|x| x as f32);
            }
            octave.frames += count;
            for (quad, powers) in octave.quads.iter_mut().zip(&octave.powers) {
                quad.run(&plain[..count], powers);
            }
        }
    }

    /// Takes what has been heard since the last time into means over `time_ms` about 350 Hz, over longer ones below. In
    /// pauses they stay as they are.
    pub fn look(&mut self, time_ms: f64) {
        let heard: f64 = self.octaves.iter().flatten().map(Octave::heard).sum();
        let pauses = heard < PAUSE * self.mean;
        if !pauses {
            self.mean += PAUSE_SHARE * (heard - self.mean);
        }
        for (k, octave) in self.octaves.iter_mut().enumerate() {
            let Some(octave) = octave else { continue };
            if octave.frames == 0 {
                continue;
            }
            let rate = self.rate / (octave.halvings as f64).exp2();
            let frames = octave.frames as f64;
            if pauses {
                octave.listen_on();
                continue;
            }
            let time_ms = time_ms * (0.5 * (k as f64 - SPEED_OCTAVE)).exp2();
            // A true mean until there is more than is listened over.
            octave.age = (octave.age + frames).min(time_ms * 1e-3 * rate).max(frames);
            let share = (frames / octave.age) as f32;
            let first = BANDS - (k + 1) * PER_OCTAVE;
            for (band, power) in self.powers[first..first + PER_OCTAVE].iter_mut().enumerate() {
                let (quad, lane) = (&octave.quads[band / 4], band % 4);
                let sum = quad.sums[lane] + quad.sums[lane + 4];
                *power += share * (octave.weights[band] * sum / frames as f32 - *power);
            }
            octave.listen_on();
            self.spans_s[k] = octave.age / rate;
        }
    }

    /// Mean power of each band, the lowest first.
    pub fn powers(&self) -> &[f32; BANDS] {
        &self.powers
    }

    /// Seconds over which the power of the band at `place` is the mean.
    pub fn span_s(&self, place: usize) -> f64 {
        self.spans_s[OCTAVES - 1 - place / PER_OCTAVE]
    }
}

impl Octave {
    fn new(rate: f64, first: usize, halvings: usize) -> Self {
        let mut octave = Self { halvings, ..Self::default() };
        for band in 0..PER_OCTAVE {
            let centre_hz = place_to_hz((first + band) as f64);
            let radius = (-PI * one_bandwidth_hz(centre_hz) / rate).exp();
            for (k, [re, im]) in octave.powers[band / 4].iter_mut().enumerate() {
                let (sin, cos) = (TAU * centre_hz / rate * k as f64).sin_cos();
                let radius = radius.powi(k as i32);
                for lane in [band % 4, band % 4 + 4] {
                    (re[lane], im[lane]) = ((radius * cos) as f32, (radius * sin) as f32);
                }
            }
            octave.weights[band] = (1.0 - radius).powi(4) as f32;
        }
        octave
    }

    /// Power since the last look, over all bands.
    fn heard(&self) -> f64 {
        let sum = |band: usize| {
            self.weights[band] * (self.quads[band / 4].sums[band % 4] + self.quads[band / 4].sums[band % 4 + 4])
        };
        f64::from((0..PER_OCTAVE).map(sum).sum::<f32>()) / self.frames.max(1) as f64
    }

    /// After a look.
    fn listen_on(&mut self) {
        for quad in &mut self.quads {
            if quad.sums.iter().all(|sum| *sum < SILENCE) {
                quad.clear();
            }
            quad.sums = [0.0; LANES];
        }
        self.frames = 0;
    }

    fn stop(&mut self) {
        self.quads.iter_mut().for_each(Quad::clear);
        (self.frames, self.age) = (0, 0.0);
    }
}

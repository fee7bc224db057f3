//! How quickly the frequencies die away, and the gains and filters along the lines that make them.
//!
//! A space whose paths lose nothing would ring for ever. Every delay of m frames in it is given the gain
//! 10^(-3 m / (T rate)): then everything in it decays by 60 dB in T, whatever way it takes (J.-M. Jot and A. Chaigne,
//! AES 90, 1991). Other decays for lows and highs come from a filter that blends three such gains.

use super::ReverbSettings;
use crate::CONTROL_INTERVAL;
use crate::block::line::Run;
use crate::units::gain_to_db;
use std::f64::consts::TAU;

/// The highest corner as a share of the rate: a one-pole low-pass that still is one.
const HIGHEST_OF_RATE: f64 = 0.45;

/// Decay times in s, and the frequencies in Hz where one changes to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decay {
    /// Of lows, middle and highs.
    pub seconds: [f64; 3],
    /// From lows to middle, and from middle to highs.
    pub corners_hz: [f64; 2],
}

/// Numbers of a [`Decay`], each of which glides as its logarithm.
pub(super) const GLIDING: usize = 5;

impl Decay {
    /// What `settings` ask for.
    pub fn of(settings: &ReverbSettings) -> Self {
        let middle = settings.decay_ms * 1e-3;
        let low = middle * settings.low_decay_percent / 100.0;
        let high = middle * settings.high_decay_percent / 100.0;
        Self { seconds: [low, middle, high], corners_hz: [settings.low_freq_hz, settings.high_freq_hz] }
    }

    /// As numbers that glide.
    pub(super) fn gliding(&self) -> [f64; GLIDING] {
        let [low, middle, high] = self.seconds;
        let [from, to] = self.corners_hz;
        [low, middle, high, from, to].map(f64::log2)
    }

    /// The inverse of [`gliding`](Self::gliding).
    pub(super) fn from_gliding(numbers: [f64; GLIDING]) -> Self {
        let [low, middle, high, from, to] = numbers.map(f64::exp2);
        Self { seconds: [low, middle, high], corners_hz: [from, to] }
    }

    /// Gain of a delay of `frames` for the middle.
    pub(super) fn gain(&self, frames: f64, rate: f64) -> f64 {
        gain(frames, self.seconds[1], rate)
    }

    /// Gains of lows, middle and highs along a delay of `frames` that itself has the middle's gain, where `around` more
    /// frames have it without a filter: the filter makes up for them.
    pub(super) fn gains(&self, frames: f64, around: f64, rate: f64) -> [f64; 3] {
        let [low, middle, high] = self.seconds;
        let own = gain(frames, middle, rate);
        let beside = |seconds: f64| own * gain(frames + around, seconds, rate) / gain(frames + around, middle, rate);
        [beside(low), own, beside(high)]
    }

    /// Shares of the two one-pole filters.
    fn shares(&self, rate: f64) -> [f64; 2] {
        self.corners_hz.map(|hz| -(-TAU * (hz / rate).min(HIGHEST_OF_RATE)).exp_m1())
    }

    /// Time in s in which `freq_hz` decays by 60 dB where a filter at the end of `frames` makes up for `around` more.
    pub(super) fn seconds_at(&self, freq_hz: f64, frames: f64, around: f64, rate: f64) -> f64 {
        let [low, middle, high] = self.gains(frames, around, rate);
        let w = TAU * freq_hz / rate;
        // share / (1 - (1 - share) z^-1)
        let pole = |share: f64| {
            let (re, im) = (1.0 - (1.0 - share) * w.cos(), (1.0 - share) * w.sin());
            let scale = share / (re * re + im * im);
            [re * scale, -im * scale]
        };
        let [[low_re, low_im], [high_re, high_im]] = self.shares(rate).map(pole);
        let re = middle + (low - middle) * low_re + (high - middle) * (1.0 - high_re);
        let im = (low - middle) * low_im - (high - middle) * high_im;
        let lost_db = gain_to_db(f64::hypot(re, im) * self.gain(around, rate));
        -60.0 * (frames + around) / (rate * lost_db.min(-1e-12))
    }
}

/// Gain of a delay of `frames` in which everything falls by 60 dB in `seconds`.
fn gain(frames: f64, seconds: f64, rate: f64) -> f64 {
    const LN_60_DB: f64 = 3.0 * std::f64::consts::LN_10;
    (-LN_60_DB * frames / (seconds * rate)).exp()
}

/// The filters at the ends of `N` lines, side by side.
#[derive(Clone, Debug)]
pub(super) struct Absorption<const N: usize> {
    /// Shares of the one-pole filters of lows and highs.
    shares: [f32; 2],
    /// Gains of the middle, of the lows less it and of the highs less it.
    gains: [[f32; N]; 3],
    steps: [[f32; N]; 3],
    moves: bool,
    lows: [f32; N],
    middles: [f32; N],
}

impl<const N: usize> Default for Absorption<N> {
    fn default() -> Self {
        let zero = [0.0; N];
        Self { shares: [1.0; 2], gains: [zero; 3], steps: [zero; 3], moves: false, lows: zero, middles: zero }
    }
}

impl<const N: usize> Absorption<N> {
    /// Forgets the past.
    pub fn reset(&mut self) {
        (self.lows, self.middles) = ([0.0; N], [0.0; N]);
    }

    /// Goes to `decay` until the next control tick, or is there at once where `jumps`; `gains` are those of lows, middle
    /// and highs along each line.
    pub fn aim(&mut self, decay: &Decay, gains: [[f64; 3]; N], rate: f64, jumps: bool) {
        self.shares = decay.shares(rate).map(|share| share as f32);
        for (line, [low, middle, high]) in gains.into_iter().enumerate() {
            let targets = [middle, low - middle, high - middle];
            for ((gain, step), target) in self.gains.iter_mut().zip(&mut self.steps).zip(targets) {
                step[line] = if jumps { 0.0 } else { (target as f32 - gain[line]) / CONTROL_INTERVAL as f32 };
                gain[line] = if jumps { target as f32 } else { gain[line] };
            }
        }
        self.moves = !jumps;
    }

    /// Filters a run of each line in place.
    #[inline(always)]
    pub fn run(&mut self, lines: &mut [Run; N]) {
        if std::mem::take(&mut self.moves) { self.run_each::<true>(lines) } else { self.run_each::<false>(lines) }
    }

    #[inline(always)]
    fn run_each<const MOVES: bool>(&mut self, lines: &mut [Run; N]) {
        let mut frames = [[0.0f32; N]; CONTROL_INTERVAL];
        transpose(lines, &mut frames);
        let [low_share, high_share] = self.shares;
        let (mut lows, mut middles, mut gains) = (self.lows, self.middles, self.gains);
        for frame in &mut frames {
            for i in 0..N {
                if MOVES {
                    for (gain, step) in gains.iter_mut().zip(&self.steps) {
                        gain[i] += step[i];
                    }
                }
                let x = frame[i];
                lows[i] += low_share * (x - lows[i]);
                middles[i] += high_share * (x - middles[i]);
                frame[i] = gains[0][i] * x + gains[1][i] * lows[i] + gains[2][i] * (x - middles[i]);
            }
        }
        for state in [&mut lows, &mut middles] {
            for x in state {
                *x = if x.abs() < SMALLEST { 0.0 } else { *x };
            }
        }
        (self.lows, self.middles, self.gains) = (lows, middles, gains);
        transpose(&frames, lines);
    }
}

/// Rows to columns, four by four: in registers.
#[inline(always)]
fn transpose<const R: usize, const C: usize>(from: &[[f32; C]; R], to: &mut [[f32; R]; C]) {
    const SIDE: usize = 4;
    for row in (0..R).step_by(SIDE) {
        for column in (0..C).step_by(SIDE) {
            let block: [[f32; SIDE]; SIDE] =
                std::array::from_fn(|i| std::array::from_fn(|k| from[row + i][column + k]));
            for k in 0..SIDE {
                let turned: [f32; SIDE] = std::array::from_fn(|i| block[i][k]);
                to[column + k][row..row + SIDE].copy_from_slice(&turned);
            }
        }
    }
}

/// Samples below this are zero (-400 dBFS): none decays into denormals.
pub(super) const SMALLEST: f32 = 1e-20;

/// A gain that runs linearly from one control tick to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slope {
    from: f32,
    to: f32,
}

impl Slope {
    /// A control tick; `gain` is where to go, if that has changed. At once where `jumps`.
    pub fn control(&mut self, gain: Option<f64>, jumps: bool) {
        self.from = self.to;
        if let Some(gain) = gain {
            self.to = gain as f32;
        }
        if jumps {
            self.from = self.to;
        }
    }

    /// The gain, where it does not move.
    pub fn steady(&self) -> Option<f32> {
        (self.from == self.to).then_some(self.to)
    }

    /// Multiplies a run.
    #[inline(always)]
    pub fn apply(&self, run: &mut Run) {
        if self.from == self.to {
            return run.iter_mut().for_each(|x| *x *= self.to);
        }
        let step = (self.to - self.from) * (1.0 / CONTROL_INTERVAL as f32);
        for (i, x) in run.iter_mut().enumerate() {
            *x *= self.from + step * i as f32;
        }
    }
}

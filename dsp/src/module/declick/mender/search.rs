//! Where a damped sine begins in the whitened sound, and about which it is: matched filters of many at each frame, then least
//! squares of more of them at the best one.

use super::equations::{convolve, solve};
use super::sine::{FALL, Sine, correlations, denominator};
use super::{END, FIRST, LEAST, Mender, Stage};
use crate::units::ms_to_frames;
use std::f64::consts::TAU;

/// Time constants, and frequencies, of the damped sines by which a beginning is looked for.
const DECAYS: usize = 3;
const FREQUENCIES: usize = 16;

/// And of those that are tried there.
pub const TRIED_DECAYS: usize = 3;
const TRIED_FREQUENCIES: usize = 32;

/// Each time constant over the one before it.
const NEXT_DECAY: f64 = 0.45;

/// Frequencies are spread evenly where they are far below this, in Hz, and in equal ratios far above.
const EVEN_HZ: f64 = 1_000.0;

/// They are tried so many at a time.
const LANES: usize = 8;

/// What the matched filter likes best.
#[derive(Clone, Copy, Debug, Default)]
pub struct Match {
    /// What it holds of the whitened sound.
    pub holds: f32,
    pub at: usize,
    pub poles: [f64; 2],
}

impl Mender {
    pub(super) fn go_back(&mut self) {
        let mut backwards = self.filter;
        backwards.reverse();
        convolve(&backwards, &self.white, &mut self.own_white[..self.length]);
        for (back, from) in self.back.iter_mut().zip(&self.own_white[..self.length]) {
            *back = *from as f32;
        }
        self.held = self.white[..self.length].iter().map(|x| x * x).sum();
        (self.found, self.tried) = (Match::default(), [Match::default(); TRIED_DECAYS]);
        self.stage = Stage::Search(0);
    }

    /// Poles of the damped sines of a pass, over all of its time constants and frequencies.
    fn poles(&self, pass: usize, frequencies: usize) -> [[f64; 2]; LANES] {
        let groups = frequencies / LANES;
        let tau = ms_to_frames(self.longest_ms, self.rate) / FALL * NEXT_DECAY.powi((pass / groups) as i32);
        let radius = (-1.0 / tau.max(1.0)).exp();
        let (low_hz, high_hz) = (self.band_hz.0, self.band_hz.1.min(0.45 * self.rate));
        let ratio = (high_hz + EVEN_HZ) / (low_hz + EVEN_HZ);
        std::array::from_fn(|lane| {
            let way = (pass % groups * LANES + lane) as f64 / (frequencies - 1) as f64;
            let freq_hz = (low_hz + EVEN_HZ) * ratio.powf(way) - EVEN_HZ;
            let (sin, cos) = (TAU * freq_hz / self.rate).sin_cos();
            [radius * cos, radius * sin]
        })
    }

    /// Matched filters: the sum over a damped sine from each frame on, all in one pass from the end.
    pub(super) fn search(&mut self, pass: usize) {
        let poles = self.poles(pass, FREQUENCIES);
        let scale = poles.map(|[re, im]| {
            // Power of the damped sine once it is whitened: what the prediction begins with, and what goes on from there.
            let (mut power, mut x, mut y) = (0.0, 0.0, 0.0);
            for a in self.filter {
                (x, y) = (x * re - y * im + a, x * im + y * re);
                power += x * x + y * y;
            }
            let squared = re * re + im * im;
            (2.0 / (power + (x * x + y * y) * squared / (1.0 - squared))) as f32
        });
        let (re, im) = (poles.map(|pole| pole[0] as f32), poles.map(|pole| pole[1] as f32));
        let (mut x, mut y) = ([0.0f32; LANES], [0.0f32; LANES]);
        let (mut most, mut place) = ([0.0f32; LANES], [0.0f32; LANES]);
        let last = if self.part == 0 { FIRST } else { self.length.saturating_sub(END) };
        for (i, back) in self.back[..self.length].iter().enumerate().rev() {
            for lane in 0..LANES {
                let (a, b) = (x[lane], y[lane]);
                x[lane] = a * re[lane] - b * im[lane] + back;
                y[lane] = a * im[lane] + b * re[lane];
            }
            if i < last {
                for lane in 0..LANES {
                    let power = x[lane] * x[lane] + y[lane] * y[lane];
                    let higher = power > most[lane];
                    most[lane] = if higher { power } else { most[lane] };
                    place[lane] = if higher { i as f32 } else { place[lane] };
                }
            }
        }
        for lane in 0..LANES {
            let holds = most[lane] * scale[lane];
            if holds > self.found.holds {
                self.found = Match { holds, at: place[lane] as usize, poles: denominator(poles[lane]) };
            }
        }
        self.stage = if pass + 1 < DECAYS * FREQUENCIES / LANES {
            Stage::Search(pass + 1)
        } else if f64::from(self.found.holds) > LEAST * self.unforeseen {
            Stage::Try(0)
        } else {
            self.next_channel();
            self.stage
        };
    }

    /// Least squares of the two taps of each of some damped sines that begin where one was found.
    pub(super) fn attempt(&mut self, pass: usize) {
        let poles = self.poles(pass, TRIED_FREQUENCIES).map(denominator);
        let (b1, b2) = (poles.map(|pole| pole[0] as f32), poles.map(|pole| pole[1] as f32));
        let (mut c1, mut c2) = ([0.0f32; LANES], [0.0f32; LANES]);
        // Of the whitened sine with itself, one and two frames later, and with the whitened sound now, before, and before that.
        let mut sums = [[0.0f32; LANES]; 6];
        for (i, white) in self.white[self.found.at..self.length].iter().enumerate() {
            let (white, start) = (*white as f32, self.filter.get(i).map_or(0.0, |a| *a as f32));
            for lane in 0..LANES {
                let c = start - b1[lane] * c1[lane] - b2[lane] * c2[lane];
                let row = [c * c, c * c1[lane], c * c2[lane], c * white, c1[lane] * white, c2[lane] * white];
                for (sums, value) in sums.iter_mut().zip(row) {
                    sums[lane] += value;
                }
                (c2[lane], c1[lane]) = (c1[lane], c);
            }
        }
        for lane in 0..LANES {
            let [power, next, after, h0, h1, h2] = sums.map(|sums| f64::from(sums[lane]));
            let [r0, r1, r2] = correlations(poles[lane]).map(|r| self.cost * r);
            let (power, next, after) = (power + r0, next + r1, after + r2);
            let rows = [[power, next, after, h0], [next, power, next, h1], [after, next, power, h2]];
            let Some(taps) = solve(rows) else { continue };
            let holds = (taps[0] * h0 + taps[1] * h1 + taps[2] * h2) as f32;
            let tried = Match { holds, at: self.found.at, poles: poles[lane] };
            let best = &mut self.tried[pass * LANES / TRIED_FREQUENCIES];
            if holds > best.holds {
                *best = tried;
            }
        }
        self.stage = if pass + 1 < TRIED_DECAYS * TRIED_FREQUENCIES / LANES {
            Stage::Try(pass + 1)
        } else {
            self.best = Sine { left: self.held, ..Sine::default() };
            self.weights.fill(1.0);
            Stage::Refine(0, 0)
        };
    }
}

//! Least squares refine a damped sine (K. Steiglitz and L. McBride, 1965), from several starts.

use super::equations::{convolve, solve};
use super::search::TRIED_DECAYS;
use super::sine::{FALL, Sine, TAPS, correlations, settled};
use super::{ALL, END, GOES_ON_AT_FIRST, Mender, SIDE, SILENCE, Stage};
use crate::units::ms_to_frames;
use std::f64::consts::TAU;

/// Rounds of refinement of each of the starts that are tried: the best damped sine of each time constant, and at the end the
/// best of all once more, with weights. The whitened sound is mostly the click's first frames; that the ring after them fits
/// as well decides among starts that hold nearly the same.
const REFINEMENTS: usize = 2;

/// From the best of them it is tried to begin so many frames later or earlier, about half a period of the highest clicks:
/// there fits what is not the best.
const SHIFTS: [isize; 5] = [-1, -4, -2, -1, 1];
const SHIFT_REFINEMENTS: usize = 2;

/// Before it is known what of the voice repeats, so much is enough.
const ROUGH_REFINEMENTS: usize = 1;

/// All of the starts before the last.
const STARTS: usize = TRIED_DECAYS + SHIFTS.len();

/// Frames that are summed at a time.
const CHUNK: usize = 8;

/// Unknowns of a refinement: the poles and the taps.
const UNKNOWNS: usize = 2 + TAPS;

/// What is left of a click that is well known, over what is unforeseen.
const VOICE: f64 = 2.0;

/// What a frame's rest is, over the usual one, where it counts half.
const PULSE: f64 = 3.0;

/// The longest time constant over that of the longest click.
const LONGEST_TAU: f64 = 1.3;

/// A resonance may lie outside the band by this factor, and anywhere if the square of its radius is below that: it is an
/// impulse.
const OUTSIDE: f64 = 1.15;
const SHORT: f64 = 0.25;

/// Below this what is subtracted is nothing.
const NOTHING: f64 = 1e-9;

impl Mender {
    fn refinements(&self, start: usize) -> usize {
        match start {
            _ if !self.periods_out => ROUGH_REFINEMENTS,
            TRIED_DECAYS..STARTS => SHIFT_REFINEMENTS,
            _ => REFINEMENTS,
        }
    }

    fn starts(&self) -> usize {
        if self.periods_out { STARTS } else { TRIED_DECAYS }
    }

    /// The largest radius of a pole.
    pub(super) fn radius(&self) -> f64 {
        let tau = LONGEST_TAU * ms_to_frames(self.longest_ms, self.rate) / FALL;
        (-1.0 / tau.max(1.0)).exp()
    }

    /// One round of least squares: of the poles, by what they leave of both sides; of the taps, and so of what is left.
    pub(super) fn refine(&mut self, start: usize, round: usize) {
        if round == 0 {
            self.trial = match self.tried.get(start) {
                Some(tried) => Sine { at: tried.at, poles: tried.poles, ..Sine::default() },
                None => {
                    let shift = SHIFTS.get(start - TRIED_DECAYS).copied().unwrap_or(0);
                    let at = self.best.at.saturating_add_signed(shift).min(self.length - END);
                    Sine { at, ..self.best }
                }
            };
        }
        let Sine { at, poles: [b1, b2], .. } = self.trial;
        let length = self.length - at;
        let white = &self.white[at..at + length];
        // Through the poles: the sound and the click, after the last two frames of the chunk before.
        let (mut sounds, mut clicks) = ([0.0; CHUNK + 2], [0.0; CHUNK + 2]);
        // Products of: the sound before, and before that; the click, before, and before that; with each other, and with the
        // sound filtered and not.
        let mut sums = [[0.0; UNKNOWNS + 2]; UNKNOWNS];
        let mut held = 0.0;
        for first in (0..length).step_by(CHUNK) {
            let chunk = |from: &[f64]| {
                let mut chunk = [0.0; CHUNK];
                chunk.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                chunk
            };
            // There is no weight beyond the window.
            let (now, weights) = (chunk(&white[first..]), chunk(&self.weights[at + first..at + length]));
            let start = chunk(self.filter.get(first..).unwrap_or_default());
            sounds.copy_within(CHUNK.., 0);
            clicks.copy_within(CHUNK.., 0);
            for i in 0..CHUNK {
                sounds[i + 2] = now[i] - b1 * sounds[i + 1] - b2 * sounds[i];
                clicks[i + 2] = start[i] - b1 * clicks[i + 1] - b2 * clicks[i];
            }
            let of = |from: &[f64; CHUNK + 2], late: usize, sign: f64| -> [f64; CHUNK] {
                std::array::from_fn(|i| sign * from[i + 2 - late])
            };
            let rows = [
                of(&sounds, 1, -1.0),
                of(&sounds, 2, -1.0),
                of(&clicks, 0, 1.0),
                of(&clicks, 1, 1.0),
                of(&clicks, 2, 1.0),
                of(&sounds, 0, 1.0),
                now,
            ];
            for i in 0..UNKNOWNS {
                let weighted: [f64; CHUNK] = std::array::from_fn(|lane| weights[lane] * rows[i][lane]);
                for k in i..UNKNOWNS + 2 {
                    sums[i][k] += product_of(&weighted, &rows[k]);
                }
            }
            let weighted: [f64; CHUNK] = std::array::from_fn(|lane| weights[lane] * now[lane]);
            held += product_of(&weighted, &now);
        }
        for i in 0..UNKNOWNS {
            for k in 0..i {
                sums[i][k] = sums[k][i];
            }
        }
        // With these poles.
        let costs = correlations([b1, b2]).map(|r| self.cost * r);
        let rows = std::array::from_fn(|i| {
            let [.., a, b, c, _, right] = sums[2 + i];
            [a + costs[i], b + costs[i.abs_diff(1)], c + costs[2 - i], right]
        });
        let (low_hz, high_hz) = self.band_hz;
        let freq_hz = (-0.5 * b1 / b2.max(f64::MIN_POSITIVE).sqrt()).clamp(-1.0, 1.0).acos() / TAU * self.rate;
        let within = b2 < SHORT || (freq_hz > low_hz / OUTSIDE && freq_hz < high_hz * OUTSIDE);
        if let Some(taps) = solve::<TAPS, { TAPS + 1 }>(rows).filter(|_| within) {
            let before: f64 = self.white[..at].iter().zip(&self.weights).map(|(x, weight)| weight * x * x).sum();
            let left = before + held - (0..TAPS).map(|i| taps[i] * sums[2 + i][UNKNOWNS + 1]).sum::<f64>();
            if left < self.best.left {
                self.best = Sine { at, poles: [b1, b2], taps, left };
            }
        }
        // Better poles.
        let rows = sums.map(|[a, b, c, d, e, right, _]| [a, b, c, d, e, right]);
        let next = solve::<UNKNOWNS, { UNKNOWNS + 1 }>(rows)
            .map(|solution| settled([solution[0], solution[1]], self.radius()));
        self.stage = match next {
            Some(poles) if round < self.refinements(start) => {
                self.trial.poles = poles;
                Stage::Refine(start, round + 1)
            }
            _ if start + 1 < self.starts() => Stage::Refine(start + 1, 0),
            _ if !self.periods_out => self.after_rough(),
            _ if start + 1 == STARTS => {
                self.left = self.best.left;
                // Else what is left is not the voice's but the click's.
                if self.left < VOICE * self.length as f64 * self.unforeseen { Stage::Weigh } else { Stage::Subtract }
            }
            _ => Stage::Subtract,
        };
    }

    /// If there is a click: what of the voice repeats is told from it. The tone of one that goes on would be taken for a voice
    /// that repeats.
    fn after_rough(&mut self) -> Stage {
        let left = self.best.left;
        if self.is_strong(self.held - left) && !self.goes_on(left, GOES_ON_AT_FIRST) {
            self.periods_out = true;
            self.both |= self.channel == SIDE;
            Stage::Surround(0)
        } else {
            self.next_channel();
            self.stage
        }
    }

    /// The best sine in frames.
    pub(super) fn sound(&mut self) {
        let Sine { at, poles: [b1, b2], taps, .. } = self.best;
        let (mut y1, mut y2) = (0.0, 0.0);
        let ends = self.length.saturating_sub(END);
        self.own.fill(0.0);
        let own = &mut self.own[ALL..ALL + self.length];
        for i in at..self.length {
            let y = taps.get(i - at).copied().unwrap_or(0.0) - b1 * y1 - b2 * y2;
            (y2, y1) = (y1, y);
            let fade = if i < ends { 1.0 } else { (self.length - i) as f64 / (END + 1) as f64 };
            own[i] = if y.abs() < NOTHING { 0.0 } else { fade * y };
        }
    }

    /// What the best sine is of the whitened window.
    pub(super) fn whiten_own(&mut self) {
        convolve(&self.filter, &self.own, &mut self.own_white[..self.length + ALL]);
    }

    /// The frames in which the voice has its pulses count less: what is left of them is no measure of the fit.
    pub(super) fn weigh(&mut self) {
        self.sound();
        self.whiten_own();
        let mut usual = 0.0;
        for i in 0..self.length {
            let rest = self.white[i] - self.own_white[i];
            self.weights[i] = rest * rest;
            usual += (rest * rest).min(self.unforeseen);
        }
        let usual = PULSE * usual / self.length as f64 + SILENCE;
        for weight in &mut self.weights[..self.length] {
            *weight = usual / (usual + *weight);
        }
        self.best.left = f64::MAX;
        self.stage = Stage::Refine(STARTS, 0);
    }
}

fn product_of(a: &[f64; CHUNK], b: &[f64; CHUNK]) -> f64 {
    let mut sums = [0.0; 2];
    for (a, b) in a.as_chunks::<2>().0.iter().zip(b.as_chunks::<2>().0) {
        sums = [sums[0] + a[0] * b[0], sums[1] + a[1] * b[1]];
    }
    sums[0] + sums[1]
}

//! A plate's tank: a ring of allpasses and delays through which everything runs again and again.

use super::decay::{Absorption, Slope};
use super::motion::{Motion, turn};
use super::spaces::Shape;
use crate::CONTROL_INTERVAL;
use crate::block::allpass::{Allpass, angle};
use crate::block::crossing::Crossing;
use crate::block::line::{Line, Run};
use crate::units::ms_to_frames;

/// Stretches of the ring.
const BRANCHES: usize = 4;

/// Lines of the ring: two allpasses and two delays a branch.
const LINES: usize = 4 * BRANCHES;

/// Lengths in ms of each branch's first allpass, its first delay, its second allpass and its second delay. No two are in a
/// simple ratio.
const LENGTHS_MS: [[f64; BRANCHES]; 4] = [
    [14.00, 18.92, 16.29, 11.76],
    [32.97, 38.06, 29.58, 35.48],
    [23.02, 26.00, 20.78, 28.13],
    [30.92, 24.67, 34.60, 26.93],
];

/// Mean of the lengths.
pub(super) const MEAN_MS: f64 = 25.8;

/// Where along its line each of the taps is, for left and right.
const TAPS: [[f64; 3]; 2] = [[0.37, 0.81, 0.53], [0.71, 0.29, 0.91]];

/// Taps a side.
const TAPS_A_SIDE: usize = 3 * BRANCHES;

/// Amplitude of a unit of each input in each branch, so that the energy is one.
const IN: f32 = 0.5;

/// How late a sound comes by the taps first, ms, weighed by what that costs.
const FIRST_MS: f64 = 12.0;

/// Sine of the allpasses' angle.
const SINE: f64 = 0.6;

/// Four branches, each into the next (a ring as in J. Dattorro, JAES 45, 1997, here of lossless parts only, whose delays
/// all have their share of the decay), which are slowly turned into one another. Both sides go into every branch; taps all around it give what
/// leaves.
#[derive(Clone, Debug, Default)]
pub(super) struct Tank {
    rate: f64,
    passes: [[Allpass; BRANCHES]; 2],
    delays: [[Line; BRANCHES]; 2],
    distances: Crossing<LINES>,
    taps: Crossing<{ 2 * TAPS_A_SIDE }>,
    /// Of every line but the first delays, which have the absorption.
    gains: [[Slope; BRANCHES]; 4],
    tap_gains: [[[Slope; BRANCHES]; 3]; 2],
    absorption: Absorption<BRANCHES>,
    motion: Motion<BRANCHES>,
}

impl Tank {
    /// Readies for `rate` Hz and up to `largest` times its size.
    pub fn prepare(&mut self, rate: f64, largest: f64) {
        self.rate = rate;
        let longest = |ms: f64| ms_to_frames(ms * largest, rate).ceil() as usize + Line::SHORTEST;
        for b in 0..BRANCHES {
            for k in 0..2 {
                self.passes[k][b].prepare(longest(LENGTHS_MS[2 * k][b]));
                self.delays[k][b].prepare(longest(LENGTHS_MS[2 * k + 1][b]));
            }
        }
        self.distances.prepare(rate);
        self.taps.prepare(rate);
        self.motion.prepare(rate);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.passes.as_flattened_mut().iter_mut().for_each(Allpass::reset);
        self.delays.as_flattened_mut().iter_mut().for_each(Line::reset);
        self.absorption.reset();
        self.motion.reset();
    }

    /// Gain that makes a steady sound leave as loud as it came in.
    pub fn loudness(&self, shape: &Shape) -> f64 {
        // Everything passes the taps at an even pace, after what it takes to come there.
        let kept = |ms: f64| shape.decay.gain(2.0 * ms_to_frames(ms * shape.scale, self.rate), self.rate);
        let round_ms = LENGTHS_MS.as_flattened().iter().sum();
        let lost = -kept(round_ms).max(1e-300).ln();
        (lost / ((2 * TAPS_A_SIDE) as f64 * kept(FIRST_MS))).sqrt()
    }

    /// A control tick. Returns whether [`loudness`](Self::loudness) is another one.
    pub fn control(&mut self, shape: &Shape) -> bool {
        if shape.resized {
            let frames = |ms: f64| shape.frames(ms, self.rate);
            self.distances.aim(std::array::from_fn(|i| frames(LENGTHS_MS[i / BRANCHES][i % BRANCHES])));
            self.taps.aim(std::array::from_fn(|i| {
                let (side, tap, branch) = (i / TAPS_A_SIDE, i % TAPS_A_SIDE / BRANCHES, i % BRANCHES);
                frames(LENGTHS_MS[tap + 1][branch] * TAPS[side][tap])
            }));
        }
        let changed = self.distances.control(shape.jumps) | self.taps.control(shape.jumps);
        let anew = changed || shape.changed;
        let rate = self.rate;
        let (distances, taps) = (&self.distances, &self.taps);
        let lengths = |i: usize, b: usize| distances.length(i * BRANCHES + b);
        for b in 0..BRANCHES {
            for i in 0..4 {
                let gain = anew.then(|| shape.decay.gain(lengths(i, b), rate));
                self.gains[i][b].control(gain, shape.jumps);
            }
            for side in 0..2 {
                for tap in 0..3 {
                    let frames = taps.length((side * 3 + tap) * BRANCHES + b);
                    let gain = anew.then(|| shape.decay.gain(frames, rate));
                    self.tap_gains[side][tap][b].control(gain, shape.jumps);
                }
            }
        }
        if anew {
            let gains = std::array::from_fn(|b| {
                let around = lengths(0, b) + lengths(2, b) + lengths(3, b);
                shape.decay.gains(lengths(1, b), around, rate)
            });
            self.absorption.aim(&shape.decay, gains, rate, shape.jumps);
        }
        anew
    }

    /// What moves swings on for so many control ticks, unheard.
    pub fn pass(&mut self, ticks: usize) {
        self.motion.pass(ticks);
    }

    /// Takes a run in and gives what the taps hear.
    #[inline(always)]
    pub fn run(&mut self, input: &[Run; 2], motion: f64) -> [Run; 2] {
        let out = self.hear();
        let [first, second, third, fourth] = *self.motion.control(motion);
        let angle = angle(SINE);
        let [first_passes, second_passes] = &mut self.passes;
        let [first_delays, second_delays] = &mut self.delays;
        let distances = &self.distances;
        let read = |line: &Line, i: usize, b: usize, gain: Option<&Slope>| {
            let mut run = distances.read(i * BRANCHES + b, |distance| line.read(distance));
            if let Some(gain) = gain {
                gain.apply(&mut run);
            }
            run
        };
        let mut middle: [Run; BRANCHES] = std::array::from_fn(|b| read(&first_delays[b], 1, b, None));
        let mut ends: [Run; BRANCHES] = std::array::from_fn(|b| read(&second_delays[b], 3, b, Some(&self.gains[3][b])));
        self.absorption.run(&mut middle);
        let [a, b, c, d] = &mut middle;
        turn(a, b, &first);
        turn(c, d, &second);
        let [a, b, c, d] = &mut ends;
        turn(a, c, &third);
        turn(b, d, &fourth);
        for b in 0..BRANCHES {
            let mut x = ends[(b + BRANCHES - 1) % BRANCHES];
            // Each side into every branch, the right one with a sign of its own in every other.
            let right = if b % 2 == 0 { IN } else { -IN };
            for ((x, left_in), right_in) in x.iter_mut().zip(&input[0]).zip(&input[1]) {
                *x += IN * left_in + right * right_in;
            }
            let delayed = read(first_passes[b].line(), 0, b, Some(&self.gains[0][b]));
            first_passes[b].run(&mut x, &delayed, angle);
            first_delays[b].write(&x);
            let delayed = read(second_passes[b].line(), 2, b, Some(&self.gains[2][b]));
            second_passes[b].run(&mut middle[b], &delayed, angle);
            second_delays[b].write(&middle[b]);
        }
        out
    }

    #[inline(always)]
    fn hear(&self) -> [Run; 2] {
        let mut out = [[0.0; CONTROL_INTERVAL]; 2];
        for side in 0..2 {
            for tap in 0..3 {
                for b in 0..BRANCHES {
                    let line = match tap {
                        0 => &self.delays[0][b],
                        1 => self.passes[1][b].line(),
                        _ => &self.delays[1][b],
                    };
                    let i = (side * 3 + tap) * BRANCHES + b;
                    let mut run = self.taps.read(i, |distance| line.read(distance));
                    self.tap_gains[side][tap][b].apply(&mut run);
                    // Both sides hear every branch, and half of what they hear with the other sign.
                    let sign = if (b / 2 + tap + side * b) % 2 == 0 { 1.0 } else { -1.0 };
                    for (sum, x) in out[side].iter_mut().zip(&run) {
                        *sum += sign * x;
                    }
                }
            }
        }
        out
    }
}

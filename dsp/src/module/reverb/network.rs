//! A network of lines: what leaves them is mixed, every line with every other, and goes back in.

use super::decay::{Absorption, SMALLEST, Slope};
use super::motion::{Motion, reflect};
use super::spaces::Shape;
use crate::CONTROL_INTERVAL;
use crate::block::allpass::{Allpass, angle};
use crate::block::crossing::Crossing;
use crate::block::line::{Line, Run};
use crate::units::ms_to_frames;

/// Lines of a network.
pub(super) const LINES: usize = 16;

/// Pairs of lines that turn into one another.
const PAIRS: usize = LINES / 2;

/// Amplitude of a unit of each input on each of its lines, so that the energy is one.
const IN: f32 = 0.353_553_4;

/// The allpass after a line is so much shorter than another line.
pub(super) const PASS: f64 = 0.37;

/// Which other line: that many on.
const PASS_OF: usize = 5;

/// Sine of the allpasses' angle.
const PASS_SINE: f64 = 0.55;

/// Scale of three stages of the Hadamard matrix, which so takes no energy and adds none.
const MIX: f32 = 0.353_553_4;

/// A feedback delay network of sixteen lines (Jot and Chaigne 1991), each with an allpass, and a Hadamard matrix. The lines are turned into
/// their neighbours by slowly moving angles (S. Schlecht and E. Habets, JASA 138, 2015): orthogonal at every moment, so
/// what moves changes no decay.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    rate: f64,
    lengths_ms: [f64; LINES],
    lines: [Line; LINES],
    passes: [Allpass; LINES],
    distances: Crossing<LINES>,
    pass_distances: Crossing<LINES>,
    pass_gains: [Slope; LINES],
    absorption: Absorption<LINES>,
    motion: Motion<PAIRS>,
}

impl Network {
    /// Readies for `rate` Hz and lines of up to `longest_ms`.
    pub fn prepare(&mut self, rate: f64, longest_ms: f64) {
        self.rate = rate;
        let frames = |ms: f64| ms_to_frames(ms, rate).ceil() as usize + Line::SHORTEST;
        for (line, pass) in self.lines.iter_mut().zip(&mut self.passes) {
            line.prepare(frames(longest_ms));
            pass.prepare(frames(PASS * longest_ms));
        }
        self.distances.prepare(rate);
        self.pass_distances.prepare(rate);
        self.motion.prepare(rate);
    }

    /// Has lines of `lengths_ms` at 100 %.
    pub fn become_one_of(&mut self, lengths_ms: &[f64; LINES]) {
        self.lengths_ms = *lengths_ms;
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.lines.iter_mut().for_each(Line::reset);
        self.passes.iter_mut().for_each(Allpass::reset);
        self.absorption.reset();
        self.motion.reset();
    }

    fn pass_ms(&self, i: usize) -> f64 {
        PASS * self.lengths_ms[(i + PASS_OF) % LINES]
    }

    /// What a way through a line and its allpass leaves of the energy, on the mean.
    pub fn kept(&self, shape: &Shape) -> f64 {
        let gain = |frames: f64| shape.decay.gain(frames, self.rate);
        let kept = |i: usize| {
            gain(self.distances.length(i)).powi(2) * Allpass::energy(PASS_SINE, gain(self.pass_distances.length(i)))
        };
        (0..LINES).map(kept).sum::<f64>() / LINES as f64
    }

    /// A control tick. Returns whether [`kept`](Self::kept) is another one.
    pub fn control(&mut self, shape: &Shape) -> bool {
        if shape.resized {
            self.distances.aim(self.lengths_ms.map(|ms| shape.frames(ms, self.rate)));
            self.pass_distances.aim(std::array::from_fn(|i| shape.frames(self.pass_ms(i), self.rate)));
        }
        let changed = self.distances.control(shape.jumps) | self.pass_distances.control(shape.jumps);
        let anew = changed || shape.changed;
        for (i, gain) in self.pass_gains.iter_mut().enumerate() {
            gain.control(anew.then(|| shape.decay.gain(self.pass_distances.length(i), self.rate)), shape.jumps);
        }
        if anew {
            let (lines, passes) = (&self.distances, &self.pass_distances);
            let gains = std::array::from_fn(|i| shape.decay.gains(lines.length(i), passes.length(i), self.rate));
            self.absorption.aim(&shape.decay, gains, self.rate, shape.jumps);
        }
        anew
    }

    /// What moves swings on for so many control ticks, unheard.
    pub fn pass(&mut self, ticks: usize) {
        self.motion.pass(ticks);
    }

    /// Takes a run in and gives what leaves the lines.
    #[inline(always)]
    pub fn run(&mut self, [left, right]: &[Run; 2], motion: f64) -> [Run; 2] {
        let mut runs = [[0.0; CONTROL_INTERVAL]; LINES];
        for (i, (run, line)) in runs.iter_mut().zip(&self.lines).enumerate() {
            *run = self.distances.read(i, |distance| line.read(distance));
        }
        let mut out = [[0.0f32; CONTROL_INTERVAL]; 2];
        for (i, run) in runs.iter().enumerate() {
            let sign = if i % 4 < 2 { 1.0 } else { -1.0 };
            for (sum, x) in out[i % 2].iter_mut().zip(run) {
                *sum += sign * x;
            }
        }
        self.absorption.run(&mut runs);
        let angle = angle(PASS_SINE);
        for (i, (pass, run)) in self.passes.iter_mut().zip(&mut runs).enumerate() {
            let mut delayed = self.pass_distances.read(i, |distance| pass.line().read(distance));
            self.pass_gains[i].apply(&mut delayed);
            pass.run(run, &delayed, angle);
        }
        for (pair, angle) in self.motion.control(motion).iter().enumerate() {
            // Neighbours of a pair belong to different sides.
            let (first, second) = runs.split_at_mut(2 * pair + 1);
            reflect(&mut first[2 * pair], &mut second[0], angle);
        }
        mix(&mut runs);
        for (i, (line, run)) in self.lines.iter_mut().zip(&mut runs).enumerate() {
            let input = if i % 2 == 0 { left } else { right };
            let sign = if (i / 2) % 2 == 0 { IN } else { -IN };
            for (x, input) in run.iter_mut().zip(input) {
                let y = MIX * *x + sign * input;
                *x = if y.abs() < SMALLEST { 0.0 } else { y };
            }
            line.write(run);
        }
        out
    }
}

/// The Hadamard matrix of order sixteen, but for its scale and its first stage, which is that of the pairs.
#[inline(always)]
fn mix(runs: &mut [Run; LINES]) {
    let mut step = 2;
    while step < LINES {
        for i in (0..LINES).filter(|i| i & step == 0) {
            let (low, high) = runs.split_at_mut(i + step);
            for (a, b) in low[i].iter_mut().zip(&mut high[0]) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        step *= 2;
    }
}

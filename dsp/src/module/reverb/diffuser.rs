//! Allpasses in a row, on each side: what goes in as a click comes out as a burst.

use super::decay::Slope;
use super::spaces::Shape;
use crate::block::allpass::{Allpass, angle};
use crate::block::crossing::Crossing;
use crate::block::line::{Line, Run};
use crate::units::ms_to_frames;

/// Allpasses a side.
pub(super) const PASSES: usize = 4;

/// Both sides.
const ALL: usize = 2 * PASSES;

/// The right side's lengths are so much longer, that both sides differ.
const RIGHT: f64 = 1.083;

/// Four allpasses a side, whose lines decay as everything else does.
#[derive(Clone, Debug)]
pub(super) struct Diffuser {
    rate: f64,
    lengths_ms: [f64; ALL],
    sine: f64,
    angle: [f32; 2],
    passes: [Allpass; ALL],
    distances: Crossing<ALL>,
    gains: [Slope; ALL],
}

impl Default for Diffuser {
    fn default() -> Self {
        Self {
            rate: 0.0,
            lengths_ms: [0.0; ALL],
            sine: 0.0,
            angle: angle(0.0),
            passes: Default::default(),
            distances: Crossing::default(),
            gains: Default::default(),
        }
    }
}

impl Diffuser {
    /// Readies for `rate` Hz and lines of up to `longest_ms`.
    pub fn prepare(&mut self, rate: f64, longest_ms: f64) {
        self.rate = rate;
        for pass in &mut self.passes {
            pass.prepare(ms_to_frames(RIGHT * longest_ms, rate).ceil() as usize + Line::SHORTEST);
        }
        self.distances.prepare(rate);
    }

    /// Has lines of `lengths_ms` at 100 %; `sine` says how much each pass spreads.
    pub fn become_one_of(&mut self, lengths_ms: &[f64; PASSES], sine: f64) {
        (self.sine, self.angle) = (sine, angle(sine));
        self.lengths_ms = std::array::from_fn(|i| lengths_ms[i % PASSES] * if i < PASSES { 1.0 } else { RIGHT });
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.passes.iter_mut().for_each(Allpass::reset);
    }

    /// Energy that leaves, on the mean of both sides, of noise of unit power.
    pub fn energy(&self, shape: &Shape) -> f64 {
        let of = |i: usize| Allpass::energy(self.sine, shape.decay.gain(self.distances.length(i), self.rate));
        (0..ALL).map(of).product::<f64>().sqrt()
    }

    /// A control tick. Returns whether [`energy`](Self::energy) is another one.
    pub fn control(&mut self, shape: &Shape) -> bool {
        if shape.resized {
            self.distances.aim(self.lengths_ms.map(|ms| shape.frames(ms, self.rate)));
        }
        let anew = self.distances.control(shape.jumps) || shape.changed;
        for (i, gain) in self.gains.iter_mut().enumerate() {
            gain.control(anew.then(|| shape.decay.gain(self.distances.length(i), self.rate)), shape.jumps);
        }
        anew
    }

    /// Diffuses a run of each side in place.
    #[inline(always)]
    pub fn run(&mut self, sides: &mut [Run; 2]) {
        for (i, pass) in self.passes.iter_mut().enumerate() {
            let mut delayed = self.distances.read(i, |distance| pass.line().read(distance));
            self.gains[i].apply(&mut delayed);
            pass.run(&mut sides[i / PASSES], &delayed, self.angle);
        }
    }
}

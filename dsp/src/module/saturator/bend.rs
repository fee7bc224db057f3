//! What a curve adds to the sound: through the shelves around it and the law, four times as often or on the mean.

use super::law::{Bias, Law, Pairs, Run, Stand};
use super::shift::Shift;
use crate::block::ballistics::share;
use crate::block::magnitude::{higher, highest};
use crate::block::quadruple::{PAIR, Pair, Quadruple};
use crate::block::shelf::{RunningShelf, Shelf};
use crate::smooth::{Gain, Ramp};
use crate::wide::wide;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode};

/// The highest magnitude that is bent: +600 dBFS, so that no number is infinite.
pub(super) const HIGHEST: f32 = 1e30;

/// Uneven curves make a direct voltage; below this frequency what they add is taken off.
const DIRECT_HZ: f64 = 2.0;

/// How much of the reported peak is left after each control interval.
const PEAK_KEEP: f32 = 0.995;

/// Below this a state is silence.
const SMALLEST: f64 = 1e-30;

/// From the sound to what the curve adds to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Bend {
    /// Whether nothing was aimed at since the last reset.
    fresh: bool,
    /// The one that is heard and the one before it.
    laws: [Law; 2],
    /// 1 where the first of them is heard, 0 where the second.
    fade: Gain,
    /// Onto the curve.
    driven: Ramp,
    /// Before the curve and, turned over, after it: the curve's own and the tone.
    before: [RunningShelf; 2],
    after: [RunningShelf; 2],
    /// Direct voltage of what is added.
    direct: Frame,
    direct_share: f64,
    /// The curve's bias at the last control tick and at the next; what loud passages add to that, for each channel.
    bias: [f64; 2],
    shifted: [[f64; 2]; 2],
    /// For each law 1 / its slope at either bias.
    scales: [[f64; 2]; 2],
    shifts: [Shift; 2],
    phase: usize,
    /// None in Live.
    quadruple: Option<Box<Quadruple>>,
    /// Live: the last driven frame, twice.
    last: Pair,
    peak: f32,
}

impl Bend {
    /// Readies for `rate` Hz and `mode`. Allocates.
    pub fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.fade.prepare(rate);
        self.quadruple = (mode != LatencyMode::Live).then(Box::default);
        self.shifts.iter_mut().for_each(|shift| shift.prepare(rate));
        self.direct_share = share(1e3 / (std::f64::consts::TAU * DIRECT_HZ), rate);
    }

    /// Forgets the past; what is aimed at next is there at once.
    pub fn reset(&mut self) {
        self.fade.reset();
        self.fade.aim(1.0);
        (self.fresh, self.phase, self.peak) = (true, 0, 0.0);
        self.forget();
    }

    /// Forgets what the curve has heard.
    pub fn forget(&mut self) {
        if let Some(quadruple) = &mut self.quadruple {
            quadruple.reset();
        }
        self.before.iter_mut().chain(&mut self.after).for_each(RunningShelf::clear);
        self.shifts.iter_mut().for_each(Shift::reset);
        (self.shifted, self.last, self.direct) = ([[0.0; 2]; 2], [0.0; PAIR], [0.0; 2]);
    }

    /// Highest magnitude that drove the curve, over its ceiling, falling.
    pub fn peak(&self) -> f32 {
        self.peak
    }

    /// Whether nothing moves by itself.
    pub fn is_settled(&self) -> bool {
        self.shifts.iter().all(Shift::is_settled)
    }

    /// At a control tick while anything is on its way: the law, the gain onto it, its bias and the shelves around it at
    /// the next one; `moves` says whether these are not there yet. Whether it moves itself.
    pub fn follow(&mut self, law: Law, driven: f64, bias: f64, shelves: &[Shelf; 2], moves: bool) -> bool {
        self.fade.control();
        if std::mem::take(&mut self.fresh) {
            self.laws = [law; 2];
            self.bias = [bias; 2];
            self.driven.jump(driven);
            for (i, shelf) in shelves.iter().enumerate() {
                self.before[i].jump(shelf);
                self.after[i].jump(&shelf.inverse());
            }
        } else {
            self.bias = [self.bias[1], bias];
            if moves {
                self.driven.aim(driven)
            } else {
                self.driven.jump(driven)
            }
            for (i, shelf) in shelves.iter().enumerate() {
                self.before[i].aim(shelf, moves);
                self.after[i].aim(&shelf.inverse(), moves);
            }
        }
        if self.fade.steady() == Some(1.0) && law != self.laws[0] {
            self.laws = [law, self.laws[0]];
            self.fade.reset();
            self.fade.aim(0.0);
            self.fade.aim(1.0);
        }
        self.scales = self.laws.map(|law| self.bias.map(|bias| 1.0 / law.slope(bias)));
        self.bias[0] != self.bias[1] || self.fade.steady() != Some(1.0) || law != self.laws[0]
    }

    /// A control tick; `shift` is how far loud passages shift the bias.
    pub fn control(&mut self, works: bool, shift: f64) {
        self.phase = 0;
        self.peak *= PEAK_KEEP;
        if !works {
            return;
        }
        for (shifts, shifted) in self.shifts.iter_mut().zip(&mut self.shifted) {
            let rests = shift == 0.0 && shifts.is_settled();
            *shifted = [shifted[1], if rests { 0.0 } else { shift * shifts.control() }];
        }
        self.before.iter_mut().chain(&mut self.after).for_each(RunningShelf::flush);
        if self.direct[0].abs().max(self.direct[1].abs()) < SMALLEST {
            self.direct = [0.0; 2];
        }
    }

    /// What the curve adds to the first `frames` of a run; `shifts` says whether loud passages are to shift the bias.
    #[inline(always)]
    pub fn run(&mut self, sound: &Run<Frame>, frames: usize, shifts: bool) -> Run<Frame> {
        let mut driven = [[0.0; 2]; CONTROL_INTERVAL];
        if self.driven.is_moving() {
            for (driven, frame) in driven[..frames].iter_mut().zip(sound) {
                let gain = self.driven.advance();
                *driven = [frame[0] * gain, frame[1] * gain];
            }
        } else {
            let gain = self.driven.now();
            driven = sound.map(|frame| [frame[0] * gain, frame[1] * gain]);
        }
        for shelf in &mut self.before {
            shelf.run(&mut driven[..frames]);
        }
        // Loops over plain numbers: four of them fill a register.
        let mut inputs = [0.0f32; 2 * CONTROL_INTERVAL];
        for (input, x) in inputs.iter_mut().zip(driven.as_flattened()) {
            let x = *x as f32;
            let x = if x > HIGHEST { HIGHEST } else { x };
            *input = higher(x, -HIGHEST);
        }
        self.peak = higher(self.peak, highest(&inputs.map(f32::abs)));
        let inputs: Run<[f32; 2]> = std::array::from_fn(|i| [inputs[2 * i], inputs[2 * i + 1]]);
        if shifts {
            for (lane, shift) in self.shifts.iter_mut().enumerate() {
                shift.look(inputs[..frames].iter().map(|frame| frame[lane]));
            }
        }
        let mut fade = [1.0; CONTROL_INTERVAL];
        let fades = self.fade.steady() != Some(1.0);
        if fades {
            for part in &mut fade[..frames] {
                *part = self.fade.advance() as f32;
            }
        }
        let mut added = self.bent(&inputs, frames, fades.then_some(&fade));
        self.phase += frames;
        for shelf in self.after.iter_mut().rev() {
            shelf.run(&mut added[..frames]);
        }
        let (mut direct, share) = (self.direct, self.direct_share);
        let keep = 1.0 - share;
        for frame in &mut added[..frames] {
            for lane in 0..2 {
                direct[lane] = keep * direct[lane] + share * frame[lane];
                frame[lane] -= direct[lane];
            }
        }
        self.direct = direct;
        added
    }

    /// What the laws add to driven frames.
    #[inline(always)]
    fn bent(&mut self, inputs: &Run<[f32; 2]>, frames: usize, fade: Option<&Run<f32>>) -> Run<Frame> {
        let twice = |i: usize| [inputs[i][0], inputs[i][1], inputs[i][0], inputs[i][1]];
        if let Some(mut quadruple) = self.quadruple.take() {
            let added = quadruple.run(twice, frames, |around, made| {
                self.by_laws(
                    fade,
                    made,
                    #[inline(always)]
                    |law, bias, made| law.residue(around, bias, made),
                );
            });
            self.quadruple = Some(quadruple);
            return added;
        }
        let at: Run<Pair> = std::array::from_fn(twice);
        let mut before = [self.last; CONTROL_INTERVAL];
        before[1..].copy_from_slice(&at[..CONTROL_INTERVAL - 1]);
        self.last = at[frames - 1];
        let mut mean = [0.0; PAIR * CONTROL_INTERVAL];
        if let (Ok(before), Ok(at)) = (before.as_flattened().try_into(), at.as_flattened().try_into()) {
            self.by_laws(
                fade,
                [&mut mean],
                #[inline(always)]
                |law, bias, [mean]| law.mean_residue(before, at, bias, mean),
            );
        }
        let mean = mean.as_chunks::<PAIR>().0;
        std::array::from_fn(|i| [f64::from(mean[i][0] + mean[i][2]), f64::from(mean[i][1] + mean[i][3])])
    }

    /// Where on the `which`th law a run stands.
    fn bias_of(&self, which: usize) -> Option<Bias> {
        let stand = |end: usize| Stand {
            bias: self.bias[end],
            shifted: [self.shifted[0][end], self.shifted[1][end]],
            scale: self.scales[which][end],
        };
        self.laws[which].bias([stand(0), stand(1)], self.phase)
    }

    /// One law, or two that fade.
    #[inline(always)]
    fn by_laws<const RUNS: usize>(
        &self,
        fade: Option<&Run<f32>>,
        mut added: [&mut Pairs; RUNS],
        residue: impl Fn(Law, Option<&Bias>, [&mut Pairs; RUNS]),
    ) {
        let bias = self.bias_of(0);
        // A branch for each law outside its loops.
        let (bias, made) = (bias.as_ref(), added.each_mut().map(|added| &mut **added));
        match self.laws[0] {
            Law::Round => wide!(_simd => residue(Law::Round, bias, made), else residue(Law::Round, bias, made)),
            Law::Clip => wide!(_simd => residue(Law::Clip, bias, made), else residue(Law::Clip, bias, made)),
            Law::Fold => wide!(_simd => residue(Law::Fold, bias, made), else residue(Law::Fold, bias, made)),
        }
        if let Some(fade) = fade {
            let mut others = [[0.0; PAIR * CONTROL_INTERVAL]; RUNS];
            residue(self.laws[1], self.bias_of(1).as_ref(), others.each_mut());
            for (added, other) in added.into_iter().zip(&others) {
                for i in 0..PAIR * CONTROL_INTERVAL {
                    added[i] = other[i] + fade[i / PAIR] * (added[i] - other[i]);
                }
            }
        }
    }
}

//! Four points for each frame, and back, in few frames and with linear phase.
//!
//! One filter up and one down, both at four times the rate. They are for what is added to a sound, not for the sound: what
//! they make of it above 15 kHz at 44.1 kHz (-2.6 dB there, -11 dB at 18 kHz) is the price of a delay of [`DELAY`] frames.
//!
//! The four points of a frame are two pairs, the even ones and the odd ones, and a pair of both channels fills a register:
//! so each tap is at the same place in all of them, and nothing is shuffled but what comes out.

use super::kaiser::windowed_sinc;
use crate::wide::wide;
use crate::{CONTROL_INTERVAL, Frame};

const RUN: usize = CONTROL_INTERVAL;

/// Points for each frame.
const TIMES: usize = 4;

/// Points from a point to each end of the filter up, and of the one down.
const UP: usize = 20;
const DOWN: usize = 35;

/// Frames from one in to what is made of it out: up, one point in between for curves that look at both neighbours of a
/// point, and down.
pub const DELAY: usize = (UP + 1 + DOWN) / TIMES;

/// Corners over the rate of the points, and shapes of the Kaiser windows. Up: images of what lies below 10 kHz at
/// 44.1 kHz are 100 dB down. Down: what folds back from above 24.5 kHz is 86 dB down, and harmonics there are below
/// -14 dB.
const UP_CORNER: f64 = 0.11;
const UP_SHAPE: f64 = 10.0;
const DOWN_CORNER: f64 = 0.1;
const DOWN_SHAPE: f64 = 8.5;

/// Values for each frame in a pair of points: left and right of the first, left and right of the second.
pub const PAIR: usize = 4;

/// A pair of points, or a frame twice.
pub type Pair = [f32; PAIR];

/// The even and the odd points of a run.
pub type Points<'a> = [&'a mut [f32; PAIR * RUN]; 2];

/// The points of a run and those around them: the even ones up to those of the frame after it, the odd ones from those of
/// the frame before it on and, so that both hold the same frames, up to the frame after it.
#[derive(Clone, Debug)]
pub struct Around {
    /// First and third points, the run's from the first on.
    pub even: [f32; PAIR * (RUN + 1)],
    /// Second and fourth points, the run's from the second pair on.
    pub odd: [f32; PAIR * (RUN + 2)],
}

/// Pairs of samples at equal distance of a point half way between two, and pairs of points of each kind at equal distance
/// of the point in the filter's middle.
const SIDES: usize = UP / TIMES;
const ARMS: usize = DOWN.div_ceil(TIMES);

/// Frames of before that are needed for a frame.
const PAST: usize = 2 * ARMS - 1;

/// Pairs that are computed at once: few enough for their sums to stay in registers.
const AT_ONCE: usize = 4;
const SPAN: usize = AT_ONCE * PAIR;
type Span = [f32; SPAN];

/// What is kept is moved back only after so many runs.
const RUNS: usize = 3;

/// A register's worth begins where a register may be loaded from.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
struct Aligned<T>(T);

/// The past of a stream and its present run, from `at` on.
type Kept = Aligned<[Pair; PAST + RUNS * RUN]>;

/// The way up and the way down of both channels.
#[derive(Clone, Debug)]
pub struct Quadruple {
    up: Aligned<Up>,
    down: Aligned<Down>,
    at: usize,
    /// Each frame twice.
    samples: Kept,
    /// What was made of the even and of the odd points, each a frame late.
    even: Kept,
    odd: Kept,
    /// The same the other way round in time: the first point and the third of the frame before, the fourth and the second.
    even_turned: Kept,
    odd_turned: Kept,
    around: Around,
}

/// Taps up, from the newest sample on.
#[derive(Clone, Copy, Debug)]
struct Up {
    /// Of the first point, which is at a sample, and the third, half way to the next: from the outermost pair of samples
    /// inwards, and of the sample itself.
    even: [Pair; SIDES],
    own: Pair,
    /// Of the second and the fourth, each other's mirror image.
    odd: [Pair; 2 * SIDES],
}

/// Taps down, from the middle outwards.
#[derive(Clone, Copy, Debug)]
struct Down {
    even: [Pair; ARMS],
    odd: [Pair; ARMS],
}

impl Default for Quadruple {
    fn default() -> Self {
        let kept = Aligned([[0.0; PAIR]; PAST + RUNS * RUN]);
        Self {
            up: Aligned(up()),
            down: Aligned(down()),
            at: 0,
            samples: kept,
            even: kept,
            odd: kept,
            even_turned: kept,
            odd_turned: kept,
            around: Around { even: [0.0; PAIR * (RUN + 1)], odd: [0.0; PAIR * (RUN + 2)] },
        }
    }
}

/// Values from a place on.
#[inline(always)]
fn span(values: &[f32], from: usize) -> Span {
    let span = &values[from..from + SPAN];
    std::array::from_fn(|i| span[i])
}

/// Adds values at equal distance on both sides, weighted.
#[inline(always)]
fn add_folded(sum: &mut Span, taps: &Pair, new: &Span, old: &Span) {
    for i in 0..SPAN {
        sum[i] += taps[i % PAIR] * (new[i] + old[i]);
    }
}

/// The past and the present run of what is kept.
#[inline(always)]
fn window(kept: &mut Kept, at: usize) -> Option<&mut [Pair; PAST + RUN]> {
    kept.0.get_mut(at..)?.first_chunk_mut()
}

impl Quadruple {
    /// Forgets the past.
    pub fn reset(&mut self) {
        let kept = [&mut self.samples, &mut self.even, &mut self.odd, &mut self.even_turned, &mut self.odd_turned];
        kept.into_iter().for_each(|Aligned(kept)| kept.fill([0.0; PAIR]));
        self.around.even.fill(0.0);
        self.around.odd.fill(0.0);
    }

    /// Takes `frames` frames in, each twice. `bend` is given the points around the frames of one frame ago, and makes other
    /// ones of those. What comes of that at the frames' rate, [`DELAY`] frames late.
    ///
    /// Each step writes where the next one reads: a copy of what has just been written waits for it to be in memory.
    #[inline(always)]
    pub fn run(
        &mut self,
        samples: impl Fn(usize) -> Pair,
        frames: usize,
        bend: impl FnOnce(&Around, Points),
    ) -> [Frame; RUN] {
        let at = self.at;
        if let Some(window) = window(&mut self.samples, at) {
            for (i, sample) in window[PAST..].iter_mut().enumerate() {
                *sample = samples(i);
            }
        }
        self.go_up();
        if let (Some(even), Some(odd)) = (window(&mut self.even, at), window(&mut self.odd, at)) {
            let made = [even, odd].map(|window| window[PAST..].as_flattened_mut().first_chunk_mut());
            if let [Some(even), Some(odd)] = made {
                bend(&self.around, [even, odd]);
            }
        }
        let Around { even, odd } = &mut self.around;
        even.copy_within(PAIR * frames..PAIR * (frames + 1), 0);
        odd.copy_within(PAIR * frames..PAIR * (frames + 2), 0);
        let sums = self.go_down();
        self.pass(frames);
        sums
    }

    fn go_up(&mut self) {
        wide!(_simd => self.points(), else self.points());
    }

    /// The points around the frames of one frame ago.
    #[inline(always)]
    fn points(&mut self) {
        let Self { up: Aligned(up), at, samples: kept, around: Around { even, odd }, .. } = self;
        let Some(window) = window(kept, *at) else { return };
        let flat = window.as_flattened();
        // The even and the odd ones at a time: a sum waits for itself, not for the other.
        for first in (0..RUN).step_by(AT_ONCE) {
            let newest = PAIR * (PAST + first);
            let (mut even_sum, mut odd_sum) = ([0.0; SPAN], [0.0; SPAN]);
            let here = span(flat, newest - PAIR * SIDES);
            for i in 0..SPAN {
                even_sum[i] = up.own[i % PAIR] * here[i];
            }
            for (k, taps) in up.even.iter().enumerate() {
                // As far from the first point on the other side, and as far from the third.
                let old = newest - PAIR * (2 * SIDES - 1 - k) - PAIR / 2;
                add_folded(&mut even_sum, taps, &span(flat, newest - PAIR * k), &span(flat, old));
                for k in [2 * k, 2 * k + 1] {
                    let (taps, x) = (&up.odd[k], span(flat, newest - PAIR * k));
                    for i in 0..SPAN {
                        odd_sum[i] += taps[i % PAIR] * x[i];
                    }
                }
            }
            even[PAIR * (first + 1)..][..SPAN].copy_from_slice(&even_sum);
            odd[PAIR * (first + 2)..][..SPAN].copy_from_slice(&odd_sum);
        }
    }

    /// What the filter down makes of the points.
    fn go_down(&mut self) -> [Frame; RUN] {
        wide!(_simd => self.sums(), else self.sums())
    }

    #[inline(always)]
    fn sums(&mut self) -> [Frame; RUN] {
        let at = self.at;
        let mut sums = [[0.0; PAIR]; RUN];
        let (Some(even), Some(odd)) = (window(&mut self.even, at), window(&mut self.odd, at)) else {
            return [[0.0; 2]; RUN];
        };
        let (Some(even_turned), Some(odd_turned)) =
            (window(&mut self.even_turned, at), window(&mut self.odd_turned, at))
        else {
            return [[0.0; 2]; RUN];
        };
        // All of them before any is read: what has just been written in one way is slow to be read in another.
        for i in PAST..PAST + RUN {
            let (pair, before, [second_l, second_r, fourth_l, fourth_r]) = (even[i], even[i - 1], odd[i]);
            even_turned[i] = [pair[0], pair[1], before[2], before[3]];
            odd_turned[i] = [fourth_l, fourth_r, second_l, second_r];
        }
        let Aligned(down) = &self.down;
        let turned = [even_turned, odd_turned].map(|turned| turned.as_flattened());
        let straight = [even, odd].map(|straight| straight.as_flattened());
        // Two spans at a time: a sum waits for itself, not for the other.
        for (sums, first) in sums.as_chunks_mut::<{ 2 * AT_ONCE }>().0.iter_mut().zip((0..RUN).step_by(2 * AT_ONCE)) {
            // The first point there is in the middle.
            let middle = PAIR * (PAST + first + 1 - ARMS);
            let (mut now, mut later) = ([0.0; SPAN], [0.0; SPAN]);
            for k in 0..ARMS {
                let (new, old) = (middle + PAIR * k, middle - PAIR * k);
                let taps = &down.even[k];
                add_folded(&mut now, taps, &span(straight[0], new), &span(turned[0], old));
                add_folded(&mut later, taps, &span(straight[0], new + SPAN), &span(turned[0], old + SPAN));
                let (taps, old) = (&down.odd[k], old - PAIR);
                add_folded(&mut now, taps, &span(straight[1], new), &span(turned[1], old));
                add_folded(&mut later, taps, &span(straight[1], new + SPAN), &span(turned[1], old + SPAN));
            }
            let (to_now, to_later) = sums.as_flattened_mut().split_at_mut(SPAN);
            to_now.copy_from_slice(&now);
            to_later.copy_from_slice(&later);
        }
        sums.map(|[first_l, first_r, second_l, second_r]| {
            [f64::from(first_l + second_l), f64::from(first_r + second_r)]
        })
    }

    /// Makes what `frames` have come the past of the next run.
    fn pass(&mut self, frames: usize) {
        self.at += frames;
        if self.at > (RUNS - 1) * RUN {
            let past = self.at..self.at + PAST;
            let kept = [&mut self.samples, &mut self.even, &mut self.odd, &mut self.even_turned, &mut self.odd_turned];
            for Aligned(kept) in kept {
                kept.copy_within(past.clone(), 0);
            }
            self.at = 0;
        }
    }
}

/// A tap of a low-pass at four times the rate; `distance` in points.
fn tap(distance: f64, reach: usize, corner: f64, shape: f64) -> f64 {
    // The sinc's zeros are a point over twice the corner apart.
    windowed_sinc(2.0 * corner * distance, 2.0 * corner * (reach as f64 + 0.5), shape)
}

/// The same taps for both channels.
fn pair(first: f64, second: f64) -> Pair {
    [first, first, second, second].map(|tap| tap as f32)
}

/// Taps up; each point has a gain of 1 at zero frequency.
fn up() -> Up {
    // From the newest sample on.
    let place = |place: usize| {
        let taps: [f64; 2 * SIDES + 1] = std::array::from_fn(|back| {
            let distance = (TIMES * back + place) as f64 - UP as f64;
            if distance.abs() > UP as f64 { 0.0 } else { tap(distance, UP, UP_CORNER, UP_SHAPE) }
        });
        let sum: f64 = taps.iter().sum();
        taps.map(|tap| tap / sum)
    };
    let [here, quarter, half] = [place(0), place(1), place(2)];
    Up {
        even: std::array::from_fn(|k| pair(here[k], half[k])),
        own: pair(here[SIDES], 0.0),
        odd: std::array::from_fn(|k| pair(quarter[k], quarter[2 * SIDES - 1 - k])),
    }
}

/// Half of the taps down, from the middle to the end, with a gain of 1 at zero frequency.
fn down() -> Down {
    let taps: [f64; DOWN + 1] = std::array::from_fn(|k| tap(k as f64, DOWN, DOWN_CORNER, DOWN_SHAPE));
    let sum = taps[0] + 2.0 * taps[1..].iter().sum::<f64>();
    // The one in the middle is met from both sides; beyond the last one there is none.
    let at = |distance: usize| taps.get(distance).map_or(0.0, |tap| tap / if distance == 0 { 2.0 * sum } else { sum });
    Down {
        even: std::array::from_fn(|k| pair(at(TIMES * k), at(TIMES * k + 2))),
        odd: std::array::from_fn(|k| pair(at(TIMES * k + 1), at(TIMES * k + 3))),
    }
}

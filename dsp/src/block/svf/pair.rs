//! Two filters in one register: left and right of the first, left and right of the second, which works on an earlier frame.
//!
//! Vectors are not put together or taken apart but for what goes in, goes on and comes out; loops are counted, as a closure
//! would not be compiled for the wide registers.

use super::{LaneCoefs, MANY, Section, advance, tick, tick_resting};
use crate::wide::{Simd, SimdBase, f64x2, f64x4};
use crate::{CONTROL_INTERVAL, Frame};
use std::ops::{Add, Mul, Sub};

/// Frames that the second of two moving filters is behind the first: so that what it needs is there.
const BEHIND: usize = 2;

/// Coefficients of a moving filter, or their steps.
type Coefs<V> = [V; 6];

/// [`run`](super::run) for two that move.
#[inline(always)]
pub fn run_moving<S: Simd>(simd: S, a: &mut Section, b: &mut Section, frames: &mut [Frame]) {
    let length = frames.len();
    if length < BEHIND {
        for frame in frames {
            for section in [&mut *a, &mut *b] {
                advance(&mut section.now, &section.step);
                *frame = tick(&section.now, &mut section.state, *frame);
            }
        }
        return;
    }
    let mut now_a = load(simd, &a.now);
    let mut state_a = [simd.load_array_ref_f64x2(&a.state[0]), simd.load_array_ref_f64x2(&a.state[1])];
    let mut step_a = load(simd, &a.step);
    let first = go(&mut now_a, &step_a, &mut state_a, simd.load_array_ref_f64x2(&frames[0]));
    let second = go(&mut now_a, &step_a, &mut state_a, simd.load_array_ref_f64x2(&frames[1]));
    let (bend_a, bend_b) = (load(simd, &a.bend), load(simd, &b.bend));
    let mut step_b = load(simd, &b.step);
    let state_b = [simd.load_array_ref_f64x2(&b.state[0]), simd.load_array_ref_f64x2(&b.state[1])];
    let mut both = Both {
        now: join(simd, &now_a, &load(simd, &b.now)),
        state: [simd.combine_f64x2(state_a[0], state_b[0]), simd.combine_f64x2(state_a[1], state_b[1])],
        passed: [first, second],
    };
    let mut at = BEHIND;
    let mut interval = CONTROL_INTERVAL;
    loop {
        both.run(simd, &join(simd, &step_a, &step_b), frames, at, interval.min(length));
        if interval >= length {
            break;
        }
        // The first is at its next control tick, the second not yet.
        bend(&mut step_a, &bend_a);
        at = (interval + BEHIND).min(length);
        both.run(simd, &join(simd, &step_a, &step_b), frames, interval, at);
        bend(&mut step_b, &bend_b);
        interval += CONTROL_INTERVAL;
    }
    let Both { now, state, passed: [first, second] } = both;
    let (now_a, mut now_b) = part(simd, &now);
    let (s1_a, s1_b) = simd.split_f64x4(state[0]);
    let (s2_a, s2_b) = simd.split_f64x4(state[1]);
    let mut state_b = [s1_b, s2_b];
    let last = go(&mut now_b, &step_b, &mut state_b, first);
    simd.store_array_f64x2(last, &mut frames[length - 2]);
    let last = go(&mut now_b, &step_b, &mut state_b, second);
    simd.store_array_f64x2(last, &mut frames[length - 1]);
    for (section, now, step, state) in [(a, now_a, step_a, [s1_a, s2_a]), (b, now_b, step_b, state_b)] {
        store(simd, &now, &mut section.now);
        store(simd, &step, &mut section.step);
        simd.store_array_f64x2(state[0], &mut section.state[0]);
        simd.store_array_f64x2(state[1], &mut section.state[1]);
    }
}

/// Two moving filters on their way.
struct Both<S: Simd> {
    now: Coefs<f64x4<S>>,
    state: [f64x4<S>; 2],
    /// What has left the first and not yet entered the second, the older one first.
    passed: [f64x2<S>; BEHIND],
}

impl<S: Simd> Both<S> {
    /// The first from frame `from` on, up to the one before `to`.
    #[inline(always)]
    fn run(&mut self, simd: S, step: &Coefs<f64x4<S>>, frames: &mut [Frame], from: usize, to: usize) {
        for i in from..to {
            let x = simd.combine_f64x2(simd.load_array_ref_f64x2(&frames[i]), self.passed[0]);
            let (passed, out) = simd.split_f64x4(go(&mut self.now, step, &mut self.state, x));
            simd.store_array_f64x2(out, &mut frames[i - BEHIND]);
            self.passed = [self.passed[1], passed];
        }
    }
}

/// A frame of a moving filter.
#[inline(always)]
fn go<V: Copy + Add<Output = V> + Sub<Output = V> + Mul<Output = V>>(
    now: &mut Coefs<V>,
    step: &Coefs<V>,
    state: &mut [V; 2],
    x: V,
) -> V {
    bend(now, step);
    let [p, q, r, c1, c2, d] = *now;
    let [s1, s2] = *state;
    let v = x - s2;
    *state = [p * s1 + q * v, (s2 + q * s1) + r * v];
    d * x + (c1 * s1 + c2 * s2)
}

#[inline(always)]
fn bend<V: Copy + Add<Output = V>>(now: &mut Coefs<V>, by: &Coefs<V>) {
    for i in 0..6 {
        now[i] = now[i] + by[i];
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, coefs: &LaneCoefs) -> Coefs<f64x2<S>> {
    let mut loaded = [simd.splat_f64x2(0.0); 6];
    for i in 0..6 {
        loaded[i] = simd.load_array_ref_f64x2(&coefs[i]);
    }
    loaded
}

#[inline(always)]
fn store<S: Simd>(simd: S, coefs: &Coefs<f64x2<S>>, to: &mut LaneCoefs) {
    for i in 0..6 {
        simd.store_array_f64x2(coefs[i], &mut to[i]);
    }
}

#[inline(always)]
fn join<S: Simd>(simd: S, a: &Coefs<f64x2<S>>, b: &Coefs<f64x2<S>>) -> Coefs<f64x4<S>> {
    let mut joined = [simd.splat_f64x4(0.0); 6];
    for i in 0..6 {
        joined[i] = simd.combine_f64x2(a[i], b[i]);
    }
    joined
}

#[inline(always)]
fn part<S: Simd>(simd: S, both: &Coefs<f64x4<S>>) -> (Coefs<f64x2<S>>, Coefs<f64x2<S>>) {
    let mut parted = ([simd.splat_f64x2(0.0); 6], [simd.splat_f64x2(0.0); 6]);
    for i in 0..6 {
        (parted.0[i], parted.1[i]) = simd.split_f64x4(both[i]);
    }
    parted
}

/// [`run_resting`](super::run_resting) for 2 `PAIRS`, or one less: each on the frame before the one that the last one is on.
#[inline(always)]
pub fn run_resting<const PAIRS: usize, S: Simd>(simd: S, sections: &mut [&mut Section], frames: &mut [Frame]) {
    // Where their number is odd a neutral one comes last.
    let neutral = Section::default();
    let ahead = 2 * PAIRS - 1;
    let length = frames.len();
    if length < ahead {
        for frame in frames {
            for section in &mut *sections {
                *frame = tick_resting::<MANY>(&section.rest, &mut section.state, *frame);
            }
        }
        return;
    }
    // Each has done one frame fewer than the one before it.
    for k in 0..ahead {
        let Some(section) = sections.get_mut(k) else { break };
        for frame in &mut frames[..ahead - k] {
            *frame = tick_resting::<MANY>(&section.rest, &mut section.state, *frame);
        }
    }
    let mut coefs = [[simd.splat_f64x4(0.0); 5]; PAIRS];
    let mut state = [[simd.splat_f64x4(0.0); 2]; PAIRS];
    // What enters each of them next.
    let mut x = [simd.splat_f64x4(0.0); PAIRS];
    let mut second = simd.load_array_ref_f64x2(&frames[ahead - 1]);
    for k in 0..PAIRS {
        let a = &*sections[2 * k];
        let b = if 2 * k + 1 < sections.len() { &*sections[2 * k + 1] } else { &neutral };
        for i in 0..5 {
            coefs[k][i] =
                simd.combine_f64x2(simd.load_array_ref_f64x2(&a.rest[i]), simd.load_array_ref_f64x2(&b.rest[i]));
        }
        for i in 0..2 {
            state[k][i] =
                simd.combine_f64x2(simd.load_array_ref_f64x2(&a.state[i]), simd.load_array_ref_f64x2(&b.state[i]));
        }
        if k > 0 {
            let at = ahead - 2 * k;
            x[k] =
                simd.combine_f64x2(simd.load_array_ref_f64x2(&frames[at]), simd.load_array_ref_f64x2(&frames[at - 1]));
        }
    }
    for i in ahead..length {
        x[0] = simd.combine_f64x2(simd.load_array_ref_f64x2(&frames[i]), second);
        let mut y = x;
        for k in 0..PAIRS {
            y[k] = rest(&coefs[k], &mut state[k], x[k]);
        }
        (second, _) = simd.split_f64x4(y[0]);
        let (_, out) = simd.split_f64x4(y[PAIRS - 1]);
        simd.store_array_f64x2(out, &mut frames[i - ahead]);
        for k in 1..PAIRS {
            x[k] = y[k - 1].slide::<2>(y[k]);
        }
    }
    simd.store_array_f64x2(second, &mut frames[length - 1]);
    for k in 0..PAIRS {
        if k > 0 {
            let (first, second) = simd.split_f64x4(x[k]);
            simd.store_array_f64x2(first, &mut frames[length - 2 * k]);
            simd.store_array_f64x2(second, &mut frames[length - 2 * k - 1]);
        }
        for i in 0..2 {
            let (a, b) = simd.split_f64x4(state[k][i]);
            simd.store_array_f64x2(a, &mut sections[2 * k].state[i]);
            if 2 * k + 1 < sections.len() {
                simd.store_array_f64x2(b, &mut sections[2 * k + 1].state[i]);
            }
        }
    }
    // Each does the frames that it is behind.
    for (k, section) in sections.iter_mut().enumerate().skip(1) {
        for frame in &mut frames[length - k..] {
            *frame = tick_resting::<MANY>(&section.rest, &mut section.state, *frame);
        }
    }
}

/// A frame of a resting filter, as [`tick_resting`] for many.
#[inline(always)]
fn rest<V: Copy + Add<Output = V> + Sub<Output = V> + Mul<Output = V>>(
    &[p, r, c1, c2, d]: &[V; 5],
    [z1, s2]: &mut [V; 2],
    x: V,
) -> V {
    let y = d * x + (c1 * *z1 + c2 * *s2);
    let next = p * *z1 + r * (x - *s2);
    *s2 = (*s2 + *z1) + next;
    *z1 = next;
    y
}

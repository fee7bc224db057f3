//! A two-pole filter in the state-variable form with trapezoidal integrators (A. Simper, "Linear Trapezoidal
//! Integrated State Variable Filter", 2013), written with six coefficients and computed over a run of frames.
//!
//! With w = j tan(π f / rate) every filter of this form is
//! H = (b2 w² + b1 w + b0) / (w² + a1 w + a0): a [`Design`]. Its state matrix is [[p, -q], [q, 1 - r]] with norm ≤ 1
//! for every stable design, and is linear in its coefficients, so filters may be blended coefficient by coefficient,
//! frame by frame, without ever growing (J. Laroche, JAES 2007; A. Wishnick, DAFx-14).

mod pair;
pub mod series;

use crate::block::analog::Analog;
use crate::block::lanes::{add, mul, scale, sub};
use crate::wide::wide;
use crate::{CONTROL_INTERVAL, Frame};

/// A two-pole filter as a rational function of w = j tan(π f / rate); stable where `a0` and `a1` are positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// Numerator: w⁰, w¹, w².
    pub b: [f64; 3],
    /// Denominator: w⁰, w¹. That of w² is 1.
    pub a: [f64; 2],
}

/// p, q, r of the state and c1, c2, d of the output:
/// v = x - s2; y = d x + c1 s1 + c2 s2; s2' = s2 + q s1 + r v; s1' = p s1 + q v.
pub type Coefs = [f64; 6];

/// Whether nothing but the input comes out, whatever the state is.
pub fn passes(&[_, _, _, c1, c2, d]: &Coefs) -> bool {
    c1 == 0.0 && c2 == 0.0 && d == 1.0
}

/// [`Coefs`] for the left and the right lane.
pub type LaneCoefs = [Frame; 6];

impl Design {
    /// Lets everything pass.
    pub const NEUTRAL: Self = Self { b: [1.0, 2.0, 1.0], a: [1.0, 2.0] };

    /// A prototype of two poles through the bilinear transform: exact at its frequency fc, with `g` = tan(π fc / rate).
    pub fn bilinear(analog: &Analog, g: f64) -> Self {
        let ([n0, n1, n2], [d0, d1, d2]) = (analog.n, analog.d);
        Self { b: [n0 * g * g / d2, n1 * g / d2, n2 / d2], a: [d0 * g * g / d2, d1 * g / d2] }
    }

    /// The coefficients that run it.
    pub fn coefs(&self) -> Coefs {
        let Self { b: [b0, b1, b2], a: [a0, a1] } = *self;
        // a1 of Simper's paper; g = tan(π fc / rate), k = a1 / g.
        let h = 1.0 / (1.0 + a1 + a0);
        let g = a0.sqrt();
        let over_g = 1.0 / g;
        let (band, low) = (b1 - b2 * a1, b0 - b2 * a0);
        [
            2.0 * h - 1.0,
            2.0 * h * g,
            2.0 * h * a0,
            h * (band + low) * over_g,
            low * (over_g * over_g) * (1.0 - h * a0) - h * band,
            h * (b0 + b1 + b2),
        ]
    }

    /// Complex response (real, imaginary) at `freq_hz`.
    pub fn response(&self, rate: f64, freq_hz: f64) -> [f64; 2] {
        let t = (std::f64::consts::PI * freq_hz / rate).tan();
        let Self { b: [b0, b1, b2], a: [a0, a1] } = *self;
        let (n, d) = ([b0 - b2 * t * t, b1 * t], [a0 - t * t, a1 * t]);
        let scale = 1.0 / (d[0] * d[0] + d[1] * d[1]);
        [(n[0] * d[0] + n[1] * d[1]) * scale, (n[1] * d[0] - n[0] * d[1]) * scale]
    }

    /// A bound on the frames in which what the poles ring with falls by `by_db`.
    pub fn ring_frames(&self, by_db: f64) -> f64 {
        let [a0, a1] = self.a;
        // The magnitude of the slower pole z = (1 + w) / (1 - w): -ln |z| = atanh(a1 / (1 + a0)) for a pair, and
        // 2 atanh of w or 1/w, whichever is less, for a real pole; atanh x ≥ x.
        let root = a1 * a1 - 4.0 * a0;
        let decay = if root < 0.0 {
            a1 / (1.0 + a0)
        } else {
            let fast = 0.5 * (a1 + root.sqrt());
            let slow = a0 / fast;
            2.0 * slow.min(1.0 / slow).min(fast.min(1.0 / fast))
        };
        by_db * (std::f64::consts::LN_10 / 20.0) / decay.max(1e-9)
    }
}

/// As [`LaneCoefs`], for a filter that rests: with z1 = s1 r / q, and as q² / r = p + 1, two multiplications fewer.
/// p, r, c1 q / r, c2, d: z1' = p z1 + r (x - s2); s2' = s2 + z1 + z1'; y = d x + c1 q / r z1 + c2 s2.
type RestCoefs = [Frame; 5];

/// A running filter: its coefficients, on their way, and its state.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    now: LaneCoefs,
    /// The same while it rests.
    rest: RestCoefs,
    /// A frame's.
    step: LaneCoefs,
    /// How much longer the steps become with each control tick.
    bend: LaneCoefs,
    moving: bool,
    /// s1 and s2; while it rests z1 and s2.
    state: [Frame; 2],
}

/// Below this a state is silence (-600 dB): zero, so that none ever decays into denormals.
const SMALLEST: f64 = 1e-30;

impl Default for Section {
    fn default() -> Self {
        let still = [[0.0; 2]; 6];
        let now = Design::NEUTRAL.coefs().map(|c| [c; 2]);
        Self { now, rest: rest(&now), step: still, bend: still, moving: false, state: [[0.0; 2]; 2] }
    }
}

impl Section {
    /// Has these coefficients at once: those of a [`Design`], unless it is set on its way from there before it runs.
    pub fn jump(&mut self, coefs: LaneCoefs) {
        if !self.moving && coefs == self.now {
            return;
        }
        self.leave_rest();
        (self.now, self.rest, self.moving) = (coefs, rest(&coefs), false);
        let [_, q, r, ..] = coefs;
        self.state[0] = [0, 1].map(|lane| self.state[0][lane] * r[lane] / q[lane]);
    }

    /// Has the state of a moving filter.
    fn leave_rest(&mut self) {
        if !self.moving {
            let [_, q, r, ..] = self.now;
            self.state[0] = [0, 1].map(|lane| self.state[0][lane] * q[lane] / r[lane]);
            self.moving = true;
        }
    }

    /// Runs so as to have these coefficients in [`CONTROL_INTERVAL`] frames.
    pub fn aim(&mut self, coefs: LaneCoefs) {
        for ((step, to), now) in self.step.iter_mut().zip(coefs).zip(self.now) {
            *step = scale(1.0 / CONTROL_INTERVAL as f64, sub(to, now));
        }
        self.leave_rest();
    }

    /// Runs by `step` each frame, and by `bend` more after each [`go_on`](Self::go_on): along a parabola.
    pub fn bend(&mut self, step: LaneCoefs, bend: LaneCoefs) {
        (self.step, self.bend) = (step, bend);
        self.leave_rest();
    }

    /// A control tick on the way of [`bend`](Self::bend).
    pub fn go_on(&mut self) {
        advance(&mut self.step, &self.bend);
    }

    /// Whether its coefficients are on their way.
    pub fn is_moving(&self) -> bool {
        self.moving
    }

    /// Forgets the past.
    pub fn clear(&mut self) {
        self.state = [[0.0; 2]; 2];
    }

    /// Now and then at a control tick: silences what has all but died away.
    pub fn flush(&mut self) {
        let loudest = self.state.as_flattened().iter().fold(0.0f64, |loudest, s| loudest.max(s.abs()));
        if loudest < SMALLEST {
            self.clear();
        }
    }
}

/// Runs a filter over frames, in place. One that moves: up to the next control tick or, along a parabola, over whole control
/// intervals, the control tick before the first of them done.
pub fn run(section: &mut Section, frames: &mut [Frame]) {
    if section.moving {
        run_moving([section], frames);
    } else {
        run_in_turn::<1, FEW>([section], frames);
    }
}

/// As [`run`] for two in series that both move.
pub fn run_two_moving([a, b]: [&mut Section; 2], frames: &mut [Frame]) {
    debug_assert!(a.moving && b.moving);
    wide!(simd => pair::run_moving(simd, a, b, frames), else run_moving([a, b], frames));
}

/// As [`run`] for some in series of which none moves, up to eight. They are faster together than one after the other:
/// while one waits for its state the others compute.
pub fn run_resting(sections: &mut [&mut Section], frames: &mut [Frame]) {
    debug_assert!(!sections.iter().any(|section| section.moving));
    match sections {
        [] => {}
        [a] => run_in_turn::<1, FEW>([&mut **a], frames),
        [a, b] => run_in_turn::<2, FEW>([&mut **a, b], frames),
        _ if frames.len() <= BRIEF => run_many(sections, frames),
        [_, _, _] => run_many(sections, frames),
        [_, _, _, _] => {
            wide!(simd => pair::run_resting::<2, _>(simd, sections, frames), else run_many(sections, frames))
        }
        [_, _, _, _, _, ..] if sections.len() <= 6 => {
            wide!(simd => pair::run_resting::<3, _>(simd, sections, frames), else run_many(sections, frames))
        }
        _ => wide!(simd => pair::run_resting::<4, _>(simd, sections, frames), else run_many(sections, frames)),
    }
}

/// Runs so short that what a group costs until all of it works outweighs what wide registers save.
const BRIEF: usize = 2 * CONTROL_INTERVAL;

/// As [`run_resting`] for two.
pub fn run_two([a, b]: [&mut Section; 2], frames: &mut [Frame]) {
    run_in_turn::<2, FEW>([a, b], frames);
}

/// As [`run_resting`] for three: each works on another frame at a time.
pub fn run_three([a, b, c]: [&mut Section; 3], frames: &mut [Frame]) {
    debug_assert!(![&a, &b, &c].iter().any(|section| section.moving));
    let length = frames.len();
    if length < 3 {
        return run_in_turn::<3, MANY>([a, b, c], frames);
    }
    let rest = [a.rest, b.rest, c.rest];
    let mut state = [a.state, b.state, c.state];
    // What has left the first and the second.
    let mut second = tick_resting::<MANY>(&rest[0], &mut state[0], frames[0]);
    second = tick_resting::<MANY>(&rest[1], &mut state[1], second);
    let mut first = tick_resting::<MANY>(&rest[0], &mut state[0], frames[1]);
    for i in 2..length {
        frames[i - 2] = tick_resting::<MANY>(&rest[2], &mut state[2], second);
        second = tick_resting::<MANY>(&rest[1], &mut state[1], first);
        first = tick_resting::<MANY>(&rest[0], &mut state[0], frames[i]);
    }
    frames[length - 2] = tick_resting::<MANY>(&rest[2], &mut state[2], second);
    second = tick_resting::<MANY>(&rest[1], &mut state[1], first);
    frames[length - 1] = tick_resting::<MANY>(&rest[2], &mut state[2], second);
    [a.state, b.state, c.state] = state;
}

/// Three or four at a time.
fn run_many(sections: &mut [&mut Section], frames: &mut [Frame]) {
    match sections {
        [] => {}
        [a] => run_in_turn::<1, MANY>([&mut **a], frames),
        [a, b] => run_in_turn::<2, MANY>([&mut **a, b], frames),
        [a, b, c, d] => run_in_turn::<4, MANY>([&mut **a, b, c, d], frames),
        [a, b, c, others @ ..] => {
            run_three([&mut **a, b, c], frames);
            run_many(others, frames);
        }
    }
}

/// How many run together: whether three at least.
type Together = bool;
const FEW: Together = false;
const MANY: Together = true;

/// All of them on the same frame.
#[inline(always)]
fn run_in_turn<const N: usize, const TOGETHER: Together>(sections: [&mut Section; N], frames: &mut [Frame]) {
    let rest: [RestCoefs; N] = std::array::from_fn(|i| sections[i].rest);
    let mut state: [[Frame; 2]; N] = std::array::from_fn(|i| sections[i].state);
    for frame in frames {
        for i in 0..N {
            *frame = tick_resting::<TOGETHER>(&rest[i], &mut state[i], *frame);
        }
    }
    for (section, state) in sections.into_iter().zip(state) {
        section.state = state;
    }
}

/// One after the other, interval by interval: two together would take 38 additions and multiplications a frame and more
/// registers than there are, and an interval of one is short enough for the processor to begin with the other's meanwhile.
fn run_moving<const N: usize>(mut sections: [&mut Section; N], frames: &mut [Frame]) {
    for (interval, frames) in frames.chunks_mut(CONTROL_INTERVAL).enumerate() {
        for section in &mut sections {
            if interval > 0 {
                section.go_on();
            }
            let Section { mut now, step, mut state, .. } = **section;
            for frame in &mut *frames {
                advance(&mut now, &step);
                *frame = tick(&now, &mut state, *frame);
            }
            (section.now, section.state) = (now, state);
        }
    }
}

fn rest(&[p, q, r, c1, c2, d]: &LaneCoefs) -> RestCoefs {
    [p, r, [0, 1].map(|lane| c1[lane] * q[lane] / r[lane]), c2, d]
}

/// A frame of one of few or many that run together.
#[inline(always)]
fn tick_resting<const TOGETHER: Together>(
    &[p, r, c1, c2, d]: &RestCoefs,
    [z1, s2]: &mut [Frame; 2],
    x: Frame,
) -> Frame {
    let y = add(mul(d, x), add(mul(c1, *z1), mul(c2, *s2)));
    // With many what counts is how few operations there are; with few, how few there are from s2 to s2.
    let next = match TOGETHER {
        FEW => sub(add(mul(p, *z1), mul(r, x)), mul(r, *s2)),
        MANY => add(mul(p, *z1), mul(r, sub(x, *s2))),
    };
    *s2 = add(add(*s2, *z1), next);
    *z1 = next;
    y
}

#[inline(always)]
fn tick(&[p, q, r, c1, c2, d]: &LaneCoefs, [s1, s2]: &mut [Frame; 2], x: Frame) -> Frame {
    let v = sub(x, *s2);
    let y = add(mul(d, x), add(mul(c1, *s1), mul(c2, *s2)));
    let next_2 = add(add(*s2, mul(q, *s1)), mul(r, v));
    *s1 = add(mul(p, *s1), mul(q, v));
    *s2 = next_2;
    y
}

#[inline(always)]
fn advance(now: &mut LaneCoefs, step: &LaneCoefs) {
    for (now, step) in now.iter_mut().zip(step) {
        *now = add(*now, *step);
    }
}

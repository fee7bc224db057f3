//! The laws that bend, as what they add to the sound: f(u) - u, in f32, over runs.
//!
//! All are straight in their middle with slope 1. Round and Fold are smooth; of Clip, whose corners are not, the mean over
//! the way to both neighbours is taken instead of the value at a point (second-order antiderivative anti-aliasing:
//! S. Bilbao, F. Esqueda, J. Parker, V. Välimäki, IEEE Signal Processing Letters 24(7), 2017). Its two corners are hinges,
//! for which that mean is a quotient without any cancellation.

use crate::CONTROL_INTERVAL;
use crate::block::magnitude::{higher, higher_of, highest};
use crate::block::quadruple::{Around, Points, TIMES};

/// The values of a run, whole or not: what is beyond its frames has no meaning.
pub(super) type Run<T> = [T; CONTROL_INTERVAL];

/// Which law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Law {
    /// tanh u.
    #[default]
    Round,
    /// u up to ±1, its corners cut off: the mean of a clip at 1 - [`CUT`] and one at 1 + [`CUT`].
    Clip,
    /// 4/3 sin(3/4 u): its crest is 6 dB above where it would be straight.
    Fold,
}

/// Angle of Fold's sine for each unit.
const FOLDS: f64 = 0.75;

/// How far the cut of Clip's corners reaches, half a dB to each side: harmonics beyond the thirtieth lose enough.
const CUT: f64 = 0.06;

/// Where on its law a run stands, frame by frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bias {
    /// The bias itself.
    at: Run<f32>,
    /// What comes of it without a sound, to be taken off.
    zero: Run<f32>,
    /// 1 / slope there, or without what loud passages shift.
    scale: Run<f32>,
}

/// Places and weights of Gauss's rule with eight points, from 0 to 1 (Abramowitz and Stegun 25.4.30).
const GAUSS: [(f32, f32); 8] = [
    (0.019_855_072, 0.050_614_268),
    (0.101_666_76, 0.111_190_52),
    (0.237_233_8, 0.156_853_32),
    (0.408_282_67, 0.181_341_89),
    (0.591_717_3, 0.181_341_89),
    (0.762_766_24, 0.156_853_32),
    (0.898_333_25, 0.111_190_52),
    (0.980_144_9, 0.050_614_268),
];

impl Law {
    /// f(u), exact: for what is reported.
    pub fn value(self, u: f64) -> f64 {
        match self {
            Self::Round => u.tanh(),
            Self::Clip => 0.5 * (u.clamp(CUT - 1.0, 1.0 - CUT) + u.clamp(-1.0 - CUT, 1.0 + CUT)),
            Self::Fold => (FOLDS * u).sin() / FOLDS,
        }
    }

    /// f'(u), exact.
    pub fn slope(self, u: f64) -> f64 {
        match self {
            Self::Round => u.cosh().powi(2).recip(),
            Self::Clip => f64::from(u8::from(u.abs() < 1.0)),
            Self::Fold => (FOLDS * u).cos(),
        }
    }

    /// Where a run stands whose bias goes from `from` to `to`: nowhere if there is none. The second of each pair is what loud
    /// passages add; `scales` are 1 / slope at the first of each.
    pub fn bias(self, [from, to]: [[f64; 2]; 2], scales: [f64; 2], phase: usize) -> Option<Bias> {
        if from == [0.0; 2] && to == [0.0; 2] {
            return None;
        }
        let nothing = [0.0; CONTROL_INTERVAL];
        let mut bias = Bias { at: nothing, zero: nothing, scale: nothing };
        for i in 0..CONTROL_INTERVAL {
            let part = (phase + i + 1) as f64 * (1.0 / CONTROL_INTERVAL as f64);
            let between = |from: f64, to: f64| (from + part * (to - from)) as f32;
            bias.at[i] = between(from[0] + from[1], to[0] + to[1]);
            bias.scale[i] = between(scales[0], scales[1]);
        }
        for i in 0..CONTROL_INTERVAL {
            bias.zero[i] = match self {
                Self::Round => tanh(bias.at[i]),
                Self::Clip => clip(bias.at[i]),
                Self::Fold => fold(bias.at[i]),
            };
        }
        Some(bias)
    }

    /// What it adds to points that have others around them.
    #[inline(always)]
    pub fn residue(self, around: &Around, bias: Option<&Bias>, residue: &mut Points) {
        match self {
            Self::Clip => clipped(around, bias, residue),
            Self::Round | Self::Fold => {
                for (points, residue) in around[1..].iter().zip(residue) {
                    *residue = if self == Self::Fold { bent(points, bias, fold) } else { bent(points, bias, tanh) };
                }
            }
        }
    }

    /// What it adds on the mean over the way from one sample to the next: first-order antiderivative anti-aliasing (J.
    /// Parker, V. Zavalishin, E. Le Bivic, DAFx-16), half a sample late. By Gauss's rule where the law is smooth.
    #[inline(always)]
    pub fn mean_residue(self, before: &Run<f32>, at: &Run<f32>, bias: Option<&Bias>) -> Run<f32> {
        let mut sum = [0.0; CONTROL_INTERVAL];
        if self == Self::Clip {
            let offset = bias.map_or([0.0; CONTROL_INTERVAL], |bias| bias.at);
            for i in 0..CONTROL_INTERVAL {
                let (from, to) = (before[i] + offset[i], at[i] + offset[i]);
                for edge in EDGES {
                    let above = mean_hinge(from - edge, to - edge);
                    sum[i] += 0.5 * (mean_hinge(-from - edge, -to - edge) - above);
                }
            }
            return sum;
        }
        for (place, weight) in GAUSS {
            let mut points = [0.0; CONTROL_INTERVAL];
            for i in 0..CONTROL_INTERVAL {
                points[i] = before[i] + place * (at[i] - before[i]);
            }
            let residue = if self == Self::Fold { bent(&points, bias, fold) } else { bent(&points, bias, tanh) };
            for i in 0..CONTROL_INTERVAL {
                sum[i] += weight * residue[i];
            }
        }
        sum
    }
}

#[inline(always)]
fn bent(at: &Run<f32>, bias: Option<&Bias>, law: impl Fn(f32) -> f32) -> Run<f32> {
    let mut residue = [0.0; CONTROL_INTERVAL];
    let Some(bias) = bias else {
        for i in 0..CONTROL_INTERVAL {
            residue[i] = law(at[i]) - at[i];
        }
        return residue;
    };
    for i in 0..CONTROL_INTERVAL {
        residue[i] = (law(at[i] + bias.at[i]) - bias.zero[i]) * bias.scale[i] - at[i];
    }
    residue
}

/// Where Clip bends.
const EDGES: [f32; 2] = [1.0 - CUT as f32, 1.0 + CUT as f32];

/// What Clip adds to a value.
#[inline(always)]
fn cut(u: f32) -> f32 {
    let [low, high] = EDGES;
    let height = u.abs();
    (0.5 * (higher(height - low, 0.0) + higher(height - high, 0.0))).copysign(-u)
}

/// The weighted mean over a way without an edge is a third and a sixth of what its ends have; where there is one, what that
/// leaves out is added.
#[inline(always)]
fn clipped(around: &Around, bias: Option<&Bias>, residue: &mut Points) {
    let mut moved;
    let mut points = around;
    if let Some(bias) = bias {
        moved = *around;
        moved.iter_mut().for_each(|run| add(run, &bias.at));
        points = &moved;
    }
    let none = [0.0; CONTROL_INTERVAL];
    if highest(&points.iter().fold(none, |peaks, run| higher_of(&peaks, &run.map(f32::abs)))) <= EDGES[0] {
        *residue = [none; TIMES];
        return;
    }
    let mut values = [none; TIMES + 2];
    for (values, points) in values.iter_mut().zip(points) {
        for i in 0..CONTROL_INTERVAL {
            values[i] = cut(points[i]);
        }
    }
    for place in 0..TIMES {
        for i in 0..CONTROL_INTERVAL {
            residue[place][i] =
                (values[place][i] + values[place + 2][i]) * (1.0 / 6.0) + values[place + 1][i] * (2.0 / 3.0);
        }
    }
    for place in 0..=TIMES {
        // The first place is only before another, the last one only after one.
        let (mut outside, (earlier, later)) = ([none; 2], residue.split_at_mut(place));
        let [first, last] = &mut outside;
        let (before, after) = (earlier.last_mut().unwrap_or(first), later.first_mut().unwrap_or(last));
        add_left_out(&points[place], &points[place + 1], before, after);
    }
}

#[inline(always)]
fn add(to: &mut Run<f32>, more: &Run<f32>) {
    for i in 0..CONTROL_INTERVAL {
        to[i] += more[i];
    }
}

/// Adds what the edges on the way from `p` to `q` make of its mean weighted towards `p`, and of that weighted towards `q`.
#[inline(never)]
fn add_left_out(p: &Run<f32>, q: &Run<f32>, of_p: &mut Run<f32>, of_q: &mut Run<f32>) {
    let mut both = [0.0; CONTROL_INTERVAL];
    for i in 0..CONTROL_INTERVAL {
        // How far the way goes on the side of zero on which less of it is.
        both[i] = higher(-mostly(p[i], q[i]) * p[i], -mostly(p[i], q[i]) * q[i]);
    }
    add_beyond(p, q, 1.0, of_p, of_q);
    if highest(&both) > EDGES[0] {
        add_beyond(p, q, -1.0, of_p, of_q);
    }
}

/// The side of zero on which most of the way from `p` to `q` is.
#[inline(always)]
fn mostly(p: f32, q: f32) -> f32 {
    1.0f32.copysign(p + q)
}

/// Adds what the edges make on the side of zero on which most of the way is, or with `turn` -1 on the other.
#[inline(always)]
fn add_beyond(p: &Run<f32>, q: &Run<f32>, turn: f32, of_p: &mut Run<f32>, of_q: &mut Run<f32>) {
    for i in 0..CONTROL_INTERVAL {
        let side = turn * mostly(p[i], q[i]);
        let (p, q) = (side * p[i], side * q[i]);
        let (high, low) = if p > q { (p, q) } else { (q, p) };
        let over = 1.0 / higher(high - low, 1e-30);
        let (mut near, mut far) = (0.0, 0.0);
        for edge in EDGES {
            // Where the edge is on the way: the mean is that of the part of it which is beyond.
            let height = if low > edge { 0.0 } else { higher(high - edge, 0.0) };
            let part = height * over;
            near += height * (part * (0.5 - part * (1.0 / 6.0)) - 1.0 / 3.0);
            far += height * (part * part - 1.0) * (1.0 / 6.0);
        }
        let half = -0.5 * side;
        of_p[i] += half * if p > q { near } else { far };
        of_q[i] += half * if p > q { far } else { near };
    }
}

/// Integral of max(p + t (q - p), 0) from 0 to 1.
#[inline(always)]
fn mean_hinge(p: f32, q: f32) -> f32 {
    let (above_p, above_q) = (higher(p, 0.0), higher(q, 0.0));
    let over = 0.5 / higher((q - p).abs(), 1e-30);
    let crossing = above_p * (above_p * over) + above_q * (above_q * over);
    if (p > 0.0) & (q > 0.0) { 0.5 * (above_p + above_q) } else { crossing }
}

#[inline(always)]
fn clip(u: f32) -> f32 {
    let u = if u > 1.0 { 1.0 } else { u };
    higher(u, -1.0)
}

/// tanh within 0.0001 by its continued fraction, which reaches 1 at 4.97 and stays there.
#[inline(always)]
fn tanh(u: f32) -> f32 {
    const END: f32 = 4.97;
    let u = higher(if u > END { END } else { u }, -END);
    let s = u * u;
    u * (135_135.0 + s * (17_325.0 + s * (378.0 + s))) / (135_135.0 + s * (62_370.0 + s * (3_150.0 + s * 28.0)))
}

/// 4/3 sin(3/4 u): the nearest half turn from the bits of a sum, the rest by the series of the sine.
#[inline(always)]
fn fold(u: f32) -> f32 {
    /// Adding it leaves the nearest whole number in the lowest bits of the mantissa.
    const ROUND: f32 = 12_582_912.0;
    let turns = (FOLDS * std::f64::consts::FRAC_1_PI) as f32 * u;
    let shifted = turns + ROUND;
    // Beyond what a mantissa can tell apart there is no angle.
    let x = std::f32::consts::PI * clip(turns - (shifted - ROUND));
    let s = x * x;
    let sine = x * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0 * (1.0 - s / 110.0)))));
    let sine = f32::from_bits(sine.to_bits() ^ (shifted.to_bits() << 31));
    (1.0 / FOLDS) as f32 * sine
}

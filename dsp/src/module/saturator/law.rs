//! The laws that bend, as what they add to the sound: f(u) - u, in f32, over runs.
//!
//! All are straight in their middle with slope 1. Round and Fold are smooth; of Clip, whose corners are not, the mean over
//! the way to both neighbours is taken instead of the value at a point (second-order antiderivative anti-aliasing:
//! S. Bilbao, F. Esqueda, J. Parker, V. Välimäki, IEEE Signal Processing Letters 24(7), 2017). Its two corners are hinges,
//! for which that mean is a quotient without any cancellation.

use crate::CONTROL_INTERVAL;
use crate::block::magnitude::{higher, highest};
use crate::block::quadruple::{Around, PAIR, Pair, Points};

/// The values of a run, whole or not: what is beyond its frames has no meaning.
pub(super) type Run<T> = [T; CONTROL_INTERVAL];

/// A run of pairs: left, right, left, right for each frame.
pub(super) type Pairs = [f32; PAIR * CONTROL_INTERVAL];

/// The same from the frame before it up to the frame after it.
type PairsAround = [f32; PAIR * (CONTROL_INTERVAL + 2)];

/// Half a pair: one point of both channels.
const POINT: usize = PAIR / 2;

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

/// Where on its law a run stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bias {
    /// The bias itself, from the frame before on.
    at: PairsAround,
    /// What comes of it without a sound, to be taken off.
    zero: Pairs,
    /// 1 / slope there, or without what loud passages shift.
    scale: Pairs,
}

/// Where a law stands at a control tick: for each channel the bias, what loud passages add to it, and 1 / slope without that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stand {
    pub bias: f64,
    pub shifted: [f64; 2],
    pub scale: f64,
}

/// Places and weights of Gauss's rule with eight points, from 0 to 1 (Abramowitz and Stegun 25.4.30).
const GAUSS: [(f32, f32); 8] = [
    (0.019_855_072, 0.050_614_268),
    (0.980_144_9, 0.050_614_268),
    (0.101_666_76, 0.111_190_52),
    (0.898_333_25, 0.111_190_52),
    (0.237_233_8, 0.156_853_32),
    (0.762_766_24, 0.156_853_32),
    (0.408_282_67, 0.181_341_89),
    (0.591_717_3, 0.181_341_89),
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

    /// Where a run stands that goes `from` there `to` there: nowhere if there is no bias. It begins `phase` frames after
    /// the one and stands a frame back.
    pub fn bias(self, [from, to]: [Stand; 2], phase: usize) -> Option<Bias> {
        let none = |stand: Stand| stand.bias == 0.0 && stand.shifted == [0.0; 2];
        if none(from) && none(to) {
            return None;
        }
        let lanes = |stand: Stand| [0, 1, 0, 1].map(|lane: usize| (stand.bias + stand.shifted[lane]) as f32);
        let (first, last) = (lanes(from), lanes(to));
        let way: Pair = std::array::from_fn(|lane| last[lane] - first[lane]);
        let (scale, scale_way) = (from.scale as f32, (to.scale - from.scale) as f32);
        let part = |frame: usize| ((phase + frame) as f32 - 1.0) * (1.0 / CONTROL_INTERVAL as f32);
        let mut at = [0.0; PAIR * (CONTROL_INTERVAL + 2)];
        for (frame, at) in at.as_chunks_mut::<PAIR>().0.iter_mut().enumerate() {
            for lane in 0..PAIR {
                at[lane] = first[lane] + part(frame) * way[lane];
            }
        }
        let mut bias = Bias { at, zero: [0.0; PAIR * CONTROL_INTERVAL], scale: [0.0; PAIR * CONTROL_INTERVAL] };
        for (frame, to) in bias.scale.as_chunks_mut::<PAIR>().0.iter_mut().enumerate() {
            *to = [scale + part(frame + 1) * scale_way; PAIR];
        }
        for (zero, at) in bias.zero.iter_mut().zip(&at[PAIR..]) {
            *zero = match self {
                Self::Round => tanh(*at),
                Self::Clip => clip(*at),
                Self::Fold => fold(*at),
            };
        }
        Some(bias)
    }

    /// What it adds to points that have others around them.
    #[inline(always)]
    pub fn residue(self, around: &Around, bias: Option<&Bias>, [even, odd]: Points) {
        let (Some(points_even), Some(points_odd)) = (around.even.first_chunk(), around.odd[PAIR..].first_chunk())
        else {
            return;
        };
        let whole = bias.and_then(|bias| bias.part(0));
        match self {
            Self::Clip => clipped(around, bias, [even, odd]),
            Self::Round => {
                bent(points_even, whole, tanh, even);
                bent(points_odd, whole, tanh, odd);
            }
            Self::Fold => {
                bent(points_even, whole, fold, even);
                bent(points_odd, whole, fold, odd);
            }
        }
    }

    /// What it adds on the mean over the way from one sample to the next: first-order antiderivative anti-aliasing (J.
    /// Parker, V. Zavalishin, E. Le Bivic, DAFx-16), half a sample late. By Gauss's rule where the law is smooth. Each
    /// sample is there twice, and what comes of it is the sum of both.
    #[inline(always)]
    pub fn mean_residue(self, before: &Pairs, at: &Pairs, bias: Option<&Bias>, sum: &mut Pairs) {
        *sum = [0.0; PAIR * CONTROL_INTERVAL];
        if self == Self::Clip {
            for frame in 0..CONTROL_INTERVAL {
                for lane in 0..PAIR {
                    let i = PAIR * frame + lane;
                    let offset = bias.map_or(0.0, |bias| bias.at[PAIR + i]);
                    let (from, to, edge) = (before[i] + offset, at[i] + offset, EDGES[lane / POINT]);
                    let above = mean_hinge(from - edge, to - edge);
                    sum[i] = 0.5 * (mean_hinge(-from - edge, -to - edge) - above);
                }
            }
            return;
        }
        for (from, sum) in (0..).step_by(SPAN).zip(sum.as_chunks_mut::<SPAN>().0) {
            let (before, at): (Span, Span) =
                (std::array::from_fn(|i| before[from + i]), std::array::from_fn(|i| at[from + i]));
            let bias = bias.and_then(|bias| bias.part(from));
            for [(first, weight), (second, _)] in GAUSS.as_chunks::<2>().0 {
                let places = [*first, *first, *second, *second];
                let points: Span = std::array::from_fn(|i| before[i] + places[i % PAIR] * (at[i] - before[i]));
                let mut residue = [0.0; SPAN];
                if self == Self::Fold {
                    bent(&points, bias, fold, &mut residue);
                } else {
                    bent(&points, bias, tanh, &mut residue);
                }
                for i in 0..SPAN {
                    sum[i] += weight * residue[i];
                }
            }
        }
    }
}

/// What of a run is bent at once where that is done several times: it stays in registers.
const SPAN: usize = 4 * PAIR;
type Span = [f32; SPAN];

impl Bias {
    /// Itself, what comes of it, and the scale, from a place of the run on.
    #[inline(always)]
    fn part<const N: usize>(&self, from: usize) -> Option<[&[f32; N]; 3]> {
        Some([
            self.at.get(PAIR + from..)?.first_chunk()?,
            self.zero.get(from..)?.first_chunk()?,
            self.scale.get(from..)?.first_chunk()?,
        ])
    }
}

/// What a law adds at points; with a bias, less what comes of that, and scaled.
#[inline(always)]
fn bent<const N: usize>(at: &[f32; N], bias: Option<[&[f32; N]; 3]>, law: impl Fn(f32) -> f32, residue: &mut [f32; N]) {
    let Some([bias, zero, scale]) = bias else {
        for i in 0..N {
            residue[i] = law(at[i]) - at[i];
        }
        return;
    };
    for i in 0..N {
        residue[i] = (law(at[i] + bias[i]) - zero[i]) * scale[i] - at[i];
    }
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
fn clipped(around: &Around, bias: Option<&Bias>, [to_even, to_odd]: [&mut Pairs; 2]) {
    let mut moved;
    let mut points = around;
    if let Some(bias) = bias {
        moved = around.clone();
        moved.even.iter_mut().zip(&bias.at[PAIR..]).for_each(|(point, at)| *point += at);
        moved.odd.iter_mut().zip(&bias.at).for_each(|(point, at)| *point += at);
        points = &moved;
    }
    let Around { even, odd } = points;
    if higher(highest(&even.map(f32::abs)), highest(&odd.map(f32::abs))) <= EDGES[0] {
        (*to_even, *to_odd) = ([0.0; PAIR * CONTROL_INTERVAL], [0.0; PAIR * CONTROL_INTERVAL]);
        return;
    }
    let (cut_even, cut_odd) = (even.map(cut), odd.map(cut));
    for i in 0..PAIR * CONTROL_INTERVAL {
        to_even[i] = (cut_odd[i + POINT] + cut_odd[i + PAIR]) * (1.0 / 6.0) + cut_even[i] * (2.0 / 3.0);
        to_odd[i] = (cut_even[i] + cut_even[i + POINT]) * (1.0 / 6.0) + cut_odd[i + PAIR] * (2.0 / 3.0);
    }
    // From the even points to the odd ones after them, and from those, a frame earlier, to the next even ones.
    let (Some(from), Some(to)) = (even.first_chunk::<{ PAIR * CONTROL_INTERVAL }>(), odd[PAIR..].first_chunk()) else {
        return;
    };
    add_left_out(from, to, to_even, to_odd);
    let Some(from) = odd[POINT..].first_chunk() else { return };
    let (mut of_odd, mut of_even) = ([0.0; PAIR * (CONTROL_INTERVAL + 1)], [0.0; PAIR * (CONTROL_INTERVAL + 1)]);
    add_left_out(from, even, &mut of_odd, &mut of_even);
    for i in 0..PAIR * CONTROL_INTERVAL {
        to_odd[i] += of_odd[i + POINT];
        to_even[i] += of_even[i];
    }
}

/// Adds what the edges on the way from `p` to `q` make of its mean weighted towards `p`, and of that weighted towards `q`.
#[inline(always)]
fn add_left_out<const N: usize>(p: &[f32; N], q: &[f32; N], of_p: &mut [f32; N], of_q: &mut [f32; N]) {
    let mut both = [0.0; N];
    for i in 0..N {
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
fn add_beyond<const N: usize>(p: &[f32; N], q: &[f32; N], turn: f32, of_p: &mut [f32; N], of_q: &mut [f32; N]) {
    for i in 0..N {
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

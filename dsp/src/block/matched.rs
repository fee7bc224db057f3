//! Digital filters that follow their analogue prototypes up to 0.4535 of the rate: 20 kHz at 44.1 kHz.
//!
//! The bilinear transform squeezes the frequencies up to infinity below half the rate. Here the square u = θ² of the
//! digital frequency θ = 2π f / rate is replaced with a rational function of x = sin²(θ/2) that is nearly the same:
//!
//! θ² = 4 asin²(√x) ≈ R(x) = C x (1 - x/ZERO) / ((1 - x/POLE_1) (1 - x/POLE_2)), within 0.53 %.
//!
//! A prototype's |H|² is a ratio of polynomials in u, so |H|² at R(x) is one in x: the square of the magnitude of a
//! digital filter, which therefore has the prototype's magnitude at a frequency 0.27 % off at most, and none off at the
//! prototype's own frequency. No approximation depends on gain or Q: boost and cut stay each other's inverse, and the
//! response is as smooth in frequency, gain and Q as the prototype's. Each root u of the prototype belongs to two roots
//! x: one near u/4, which makes the main section, and one beyond half the rate, which makes the correction. Where the
//! correction has next to nothing to correct it fades out.

use super::analog::Analog;
use super::complex::{self, Complex, add, mul, power, sub};
use super::svf::Design;

/// R's factor at low frequencies. This and the following make the largest relative error up to [`TOP`] the least that four
/// parameters allow (Remez exchange): it is reached five times with alternating sign.
const C: f64 = 3.978_957_05;

/// The negative reciprocal of R's zero.
const A: f64 = -0.885_571_04;

/// The negative reciprocals of R's poles.
const P: [f64; 2] = [-0.924_691_85, -0.336_902_04];

/// Sum and product of those.
const P_SUM: f64 = P[0] + P[1];
const P_PRODUCT: f64 = P[0] * P[1];

/// Highest θ in radians at which R follows θ²: 20.7 kHz at 44.1 kHz. That much above 20 kHz, as R bends away from θ² at
/// the end of its range, and the flanks of a narrow filter bend with it.
pub const TOP: f64 = 2.95;

/// Up to this θ a filter's own frequency is exact: 20 kHz at 44.1 kHz. Above, what counts is where its lower flank is.
const HOLD: f64 = 2.0 * std::f64::consts::PI * 20_000.0 / 44_100.0;

/// What a correction may do to the power, at a quarter and at half the rate together, before it begins to work, and from
/// where on it works in full: 0.05 dB and 0.12 dB. Less of that is below the top.
const IDLE: (f64, f64) = (0.0116, 0.028);

/// R, up to [`TOP`], at the digital frequency `theta` = 2π f / rate, in radians a frame: about its square.
pub fn scale(theta: f64) -> f64 {
    let sine = (0.5 * theta).sin();
    let x = sine * sine;
    C * x * (1.0 + A * x) / ((1.0 + P[0] * x) * (1.0 + P[1] * x))
}

/// Two sections in series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matched {
    /// What the bilinear transform would make too, but for its frequencies.
    pub main: Design,
    /// What sets the highest frequencies right; lets everything pass where nothing is to be set right.
    pub correction: Design,
}

/// The filter that does at `rate` what `analog` does with its frequency at `freq_hz`, up to half the rate.
pub fn design(analog: &Analog, freq_hz: f64, rate: f64) -> Matched {
    let theta = 2.0 * std::f64::consts::PI * freq_hz / rate;
    let Analog { n, d } = *analog;
    if analog.is_one_pole() {
        return one_pole(n, d, theta);
    }
    let place = Place::at(theta);
    let under = two_pole(d, theta, &place);
    let over = match n {
        // u⁰: R's poles are all that is left of the numerator.
        [n0, 0.0, 0.0] => {
            Sections { main: times(n0, quadratic(POLES[1], POLES[1])), correction: Pair::Real(POLES[0], POLES[0]) }
        }
        // u¹
        [0.0, n1, 0.0] => Sections {
            main: times(n1 * place.unit().sqrt(), quadratic(ORIGIN, POLES[1])),
            correction: Pair::Real(ZERO, POLES[0]),
        },
        // u²
        [0.0, 0.0, n2] => Sections { main: [0.0, 0.0, n2 * place.unit()], correction: Pair::Real(ZERO, ZERO) },
        _ => two_pole(n, theta, &place),
    };
    Matched { main: ratio(over.main, under.main), correction: correction(over.correction, under.correction) }
}

/// A one-pole filter: one section does for both roots.
fn one_pole(n: [f64; 3], d: [f64; 3], theta: f64) -> Matched {
    let corner = theta * d[0] / d[1];
    let place = Place::at(corner);
    let [near, far] = roots([-place.warped, 0.0]);
    let under = with_constant(d[0], quadratic(near, far));
    let over = if n[0] == 0.0 {
        times(n[1] * d[0] / d[1] * place.unit().sqrt(), quadratic(ORIGIN, ZERO))
    } else {
        times(n[0], quadratic(POLES[0], POLES[1]))
    };
    Matched { main: ratio(over, under), correction: Design::NEUTRAL }
}

/// |c0 + c1 w + c2 w²| with w = j tan(θ/2), where the three are positive or zero.
type Quadratic = [f64; 3];

/// What a polynomial of two poles or zeros becomes.
#[derive(Clone, Copy, Debug)]
struct Sections {
    main: Quadratic,
    correction: Pair,
}

/// A factor (slope t + constant) with t = tan²(θ/2) = x / (1 - x).
#[derive(Clone, Copy, Debug)]
struct Factor {
    slope: Complex,
    constant: Complex,
}

impl Factor {
    /// 1 + p x, times the 1 + t that all factors have in common.
    const fn one_plus(p: f64) -> Self {
        Self { slope: [1.0 + p, 0.0], constant: [1.0, 0.0] }
    }
}

/// x itself.
const ORIGIN: Factor = Factor { slope: [1.0, 0.0], constant: [0.0, 0.0] };

/// R's zero.
const ZERO: Factor = Factor::one_plus(A);

/// R's poles.
const POLES: [Factor; 2] = [Factor::one_plus(P[0]), Factor::one_plus(P[1])];

/// Where a frequency lies in R.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// R there, above [`HOLD`] as R would go on if it followed θ².
    warped: f64,
}

impl Place {
    fn at(theta: f64) -> Self {
        let beyond = (theta * (1.0 / HOLD)).max(1.0);
        Self { warped: scale(theta.min(HOLD)) * beyond * beyond }
    }

    /// C as a part of R.
    fn unit(&self) -> f64 {
        C / self.warped
    }
}

/// The sections of a polynomial with three coefficients, the prototype's frequency being `theta`, which lies at `place`.
#[inline(always)]
fn two_pole([c0, c1, c2]: [f64; 3], theta: f64, place: &Place) -> Sections {
    // |polynomial|² = c2² u² + (c1² - 2 c0 c2) u + c0² in u = (f / fc)²: roots -c (h ± √(h² - 1)).
    let (corner, k_squared) = (c0 / c2, c1 * c1 / (c0 * c2));
    let at = if corner == 1.0 { place.warped } else { Place::at(theta * corner.sqrt()).warped };
    let h = 0.5 * k_squared - 1.0;
    let (main, correction) = if k_squared < 4.0 {
        let root = [-at * h, at * (k_squared - 0.25 * k_squared * k_squared).sqrt()];
        let [near, far] = roots(root);
        (with_conjugate(near), Pair::Conjugate(far))
    } else {
        let wide = h + (h * h - 1.0).sqrt();
        let ([near_1, far_1], [near_2, far_2]) = (roots([-at * wide, 0.0]), roots([-at / wide, 0.0]));
        (quadratic(near_1, near_2), Pair::Real(far_1, far_2))
    };
    Sections { main: with_constant(c0, main), correction }
}

/// The two x at which R is `u`: the one that is u/4 for small u, and the other one. `u` has no negative imaginary part.
#[inline(always)]
fn roots(u: Complex) -> [Factor; 2] {
    // C x (1 + A x) = u (1 + P_SUM x + P_PRODUCT x²): a x² + b x - u = 0.
    let a = [C * A - P_PRODUCT * u[0], -P_PRODUCT * u[1]];
    let b = [C - P_SUM * u[0], -P_SUM * u[1]];
    let mut root = complex::sqrt(add(mul(b, b), complex::scale(4.0, mul(a, u))));
    if u[0] > BRANCH[0] && u[1] * BRANCH[0] > u[0] * BRANCH[1] {
        root = complex::scale(-1.0, root);
    }
    let (sum, difference) = (add(b, root), sub(root, b));
    let (double_a, double_u) = (complex::scale(2.0, a), complex::scale(2.0, u));
    // x = 2 u / sum and -sum / 2 a, or, without cancellation, difference / 2 a and -2 u / difference.
    if power(sum) >= power(difference) {
        [
            Factor { slope: sub(sum, double_u), constant: complex::scale(-1.0, double_u) },
            Factor { slope: add(double_a, sum), constant: sum },
        ]
    } else {
        [
            Factor { slope: sub(difference, double_a), constant: difference },
            Factor { slope: complex::scale(-1.0, add(difference, double_u)), constant: complex::scale(-1.0, double_u) },
        ]
    }
}

/// The u (with a positive imaginary part) whose two x are the same: there near and far have to change places somewhere.
/// They do so where u goes on in the same direction, which no gliding frequency crosses, and no band with a frequency
/// below 0.41 of the rate at all.
const BRANCH: Complex = [5.868_274, 3.374_538];

/// A factor and its complex conjugate.
#[inline(always)]
fn with_conjugate(Factor { slope, constant }: Factor) -> Quadratic {
    let (c2, c0) = (power(slope).sqrt(), power(constant).sqrt());
    // slope · conjugate(constant)
    let re = slope[0] * constant[0] + slope[1] * constant[1];
    let im = slope[1] * constant[0] - slope[0] * constant[1];
    let product = c0 * c2;
    let half = if re >= 0.0 { product + re } else { im * im / (product - re) };
    [c0, (2.0 * half).sqrt(), c2]
}

/// Two real factors with coefficients that are not negative.
fn quadratic(a: Factor, b: Factor) -> Quadratic {
    let (c2, c0) = ((a.slope[0] * b.slope[0]).sqrt(), (a.constant[0] * b.constant[0]).sqrt());
    [c0, (a.slope[0] * b.constant[0] + b.slope[0] * a.constant[0] + 2.0 * c0 * c2).sqrt(), c2]
}

fn times(by: f64, quadratic: Quadratic) -> Quadratic {
    quadratic.map(|c| by * c)
}

/// So scaled that it begins with `constant`.
fn with_constant(constant: f64, quadratic: Quadratic) -> Quadratic {
    times(constant / quadratic[0], quadratic)
}

fn ratio(over: Quadratic, under: Quadratic) -> Design {
    let scale = 1.0 / under[2];
    Design { b: times(scale, over), a: [scale * under[0], scale * under[1]] }
}

/// The factors of a correction.
#[derive(Clone, Copy, Debug)]
enum Pair {
    Real(Factor, Factor),
    /// One and its complex conjugate.
    Conjugate(Factor),
}

impl Pair {
    /// 1 at low frequencies.
    fn quadratic(self) -> Quadratic {
        with_constant(
            1.0,
            match self {
                Self::Real(a, b) => quadratic(a, b),
                Self::Conjugate(factor) => with_conjugate(factor),
            },
        )
    }

    /// The power at a quarter and at half the rate, where at low frequencies it is 1.
    fn powers(self) -> [f64; 2] {
        match self {
            Self::Real(a, b) => {
                let scale = 1.0 / (a.constant[0] * b.constant[0]);
                [scale * (a.slope[0] + a.constant[0]) * (b.slope[0] + b.constant[0]), scale * a.slope[0] * b.slope[0]]
            }
            Self::Conjugate(Factor { slope, constant }) => {
                let scale = 1.0 / power(constant);
                [scale * power(add(slope, constant)), scale * power(slope)]
            }
        }
    }
}

/// The ratio as far as it is needed. Where it is not, both fade to the mean of the two, so that the inverse fades alike.
fn correction(over: Pair, under: Pair) -> Design {
    let [over_powers, under_powers] = [over.powers(), under.powers()];
    let effect = |i: usize| (over_powers[i] - under_powers[i]).abs() / (over_powers[i] + under_powers[i]);
    let works = smooth_step(2.0 * (effect(0) + effect(1)));
    if works == 0.0 {
        return Design::NEUTRAL;
    }
    let (over, under) = (over.quadratic(), under.quadratic());
    let mean: Quadratic = std::array::from_fn(|i| 0.5 * (over[i] + under[i]));
    let blend = |quadratic: Quadratic| std::array::from_fn(|i| mean[i] + works * (quadratic[i] - mean[i]));
    ratio(blend(over), blend(under))
}

/// 0 below [`IDLE`], 1 above, and no corner between.
fn smooth_step(effect: f64) -> f64 {
    let way = ((effect - IDLE.0) / (IDLE.1 - IDLE.0)).clamp(0.0, 1.0);
    way * way * (3.0 - 2.0 * way)
}

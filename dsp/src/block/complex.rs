//! Complex numbers, as far as filters need them.

/// Real and imaginary part.
pub type Complex = [f64; 2];

/// a + b.
#[inline(always)]
pub fn add(a: Complex, b: Complex) -> Complex {
    [a[0] + b[0], a[1] + b[1]]
}

/// a - b.
#[inline(always)]
pub fn sub(a: Complex, b: Complex) -> Complex {
    [a[0] - b[0], a[1] - b[1]]
}

/// a b.
#[inline(always)]
pub fn mul(a: Complex, b: Complex) -> Complex {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// `by` a.
#[inline(always)]
pub fn scale(by: f64, a: Complex) -> Complex {
    [by * a[0], by * a[1]]
}

/// |a|².
#[inline(always)]
pub fn power(a: Complex) -> f64 {
    a[0] * a[0] + a[1] * a[1]
}

/// The square root whose real part is not negative.
#[inline(always)]
pub fn sqrt([re, im]: Complex) -> Complex {
    let larger = (0.5 * (power([re, im]).sqrt() + re.abs())).sqrt();
    let smaller = if larger > 0.0 { 0.5 * im / larger } else { 0.0 };
    if re >= 0.0 { [larger, smaller] } else { [smaller.abs(), if im < 0.0 { -larger } else { larger }] }
}

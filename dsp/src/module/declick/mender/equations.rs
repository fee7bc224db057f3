//! Equations of least squares.

use super::ORDER;

/// `N` equations whose right side is in the last column: symmetric, all of it positive.
#[derive(Clone, Debug)]
pub struct Equations<const N: usize, const COLUMNS: usize> {
    rows: [[f64; COLUMNS]; N],
    /// What has to be left of each unknown's own factor.
    least: [f64; N],
    solvable: bool,
}

impl<const N: usize, const COLUMNS: usize> Equations<N, COLUMNS> {
    /// Takes the equations as they are.
    pub fn new(rows: [[f64; COLUMNS]; N]) -> Self {
        Self { rows, least: std::array::from_fn(|i| 1e-12 * rows[i][i]), solvable: true }
    }

    /// Takes the unknowns from `first` to before `last` out of the equations after them.
    pub fn eliminate(&mut self, first: usize, last: usize) {
        for i in first..last {
            let pivot = self.rows[i];
            if pivot[i] <= self.least[i] || !pivot[i].is_finite() {
                self.solvable = false;
                return;
            }
            for row in self.rows.iter_mut().skip(i + 1) {
                let factor = row[i] / pivot[i];
                for (x, from) in row.iter_mut().zip(pivot) {
                    *x -= factor * from;
                }
            }
        }
    }

    /// The unknowns, once all are eliminated.
    pub fn solution(&self) -> Option<[f64; N]> {
        let mut solution = [0.0; N];
        for (i, row) in self.rows.iter().enumerate().rev().filter(|_| self.solvable) {
            let known: f64 = (i + 1..N).map(|k| row[k] * solution[k]).sum();
            solution[i] = (row[COLUMNS - 1] - known) / row[i];
        }
        self.solvable.then_some(solution)
    }
}

/// Solves [`Equations`] at once.
pub fn solve<const N: usize, const COLUMNS: usize>(rows: [[f64; COLUMNS]; N]) -> Option<[f64; N]> {
    let mut equations = Equations::new(rows);
    equations.eliminate(0, N);
    equations.solution()
}

/// Sum of each value from [`ORDER`] on times the one `lag` before it.
pub fn product(samples: &[f64], lag: usize) -> f64 {
    const LANES: usize = 4;
    let (now, before) = (&samples[ORDER..], &samples[ORDER - lag..samples.len() - lag]);
    let (chunks, rest) = now.as_chunks::<LANES>();
    let (chunks_before, rest_before) = before.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (now, before) in chunks.iter().zip(chunks_before) {
        for i in 0..LANES {
            sums[i] += now[i] * before[i];
        }
    }
    let rest: f64 = rest.iter().zip(rest_before).map(|(now, before)| now * before).sum();
    sums.iter().sum::<f64>() + rest
}

/// The sum of products, of as many values as both have.
pub fn dot<T: Copy + Default + std::ops::Mul<Output = T> + std::ops::AddAssign>(a: &[T], b: &[T]) -> T {
    const LANES: usize = 8;
    let frames = a.len().min(b.len());
    let ((a, rest_a), (b, rest_b)) = (a[..frames].as_chunks::<LANES>(), b[..frames].as_chunks::<LANES>());
    let mut sums = [T::default(); LANES];
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sums[i] += a[i] * b[i];
        }
    }
    let mut sum = T::default();
    rest_a.iter().zip(rest_b).for_each(|(a, b)| sum += *a * *b);
    sums.into_iter().for_each(|lane| sum += lane);
    sum
}

/// The filter over `sound`, which begins as many values before `output` as the filter has after its first.
pub fn convolve(filter: &[f64], sound: &[f64], output: &mut [f64]) {
    const LANES: usize = 8;
    let order = filter.len() - 1;
    let (chunks, rest) = output.as_chunks_mut::<LANES>();
    let whole = chunks.len() * LANES;
    for (i, to) in chunks.iter_mut().enumerate() {
        let sound = &sound[i * LANES..i * LANES + LANES + order];
        let mut sums = [0.0; LANES];
        for (a, from) in filter.iter().rev().zip(sound.windows(LANES)) {
            for lane in 0..LANES {
                sums[lane] += a * from[lane];
            }
        }
        *to = sums;
    }
    for (i, to) in rest.iter_mut().enumerate() {
        *to = filter.iter().rev().zip(&sound[whole + i..]).map(|(a, x)| a * x).sum();
    }
}

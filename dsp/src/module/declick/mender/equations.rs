//! Equations of least squares.

use super::ORDER;

/// Solves `N` equations whose right side is in the last column: symmetric, all of it positive.
pub fn solve<const N: usize, const COLUMNS: usize>(mut rows: [[f64; COLUMNS]; N]) -> Option<[f64; N]> {
    let least: [f64; N] = std::array::from_fn(|i| 1e-12 * rows[i][i]);
    for i in 0..N {
        if rows[i][i] <= least[i] || !rows[i][i].is_finite() {
            return None;
        }
        let pivot = rows[i];
        for row in rows.iter_mut().skip(i + 1) {
            let factor = row[i] / pivot[i];
            for (x, from) in row.iter_mut().zip(pivot) {
                *x -= factor * from;
            }
        }
    }
    let mut solution = [0.0; N];
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|k| rows[i][k] * solution[k]).sum();
        solution[i] = (rows[i][COLUMNS - 1] - known) / rows[i][i];
    }
    Some(solution)
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

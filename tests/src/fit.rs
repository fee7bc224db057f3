//! How near one machine can be brought to another by its settings.

use crate::signals::Random;
use std::sync::Mutex;

/// The least `difference` and where in the unit cube it is: random places first, then ever smaller steps around the best.
pub fn least<const N: usize>(seed: u64, difference: impl Fn([f64; N]) -> f64) -> (f64, [f64; N]) {
    const PLACES: usize = 100;
    const STEPS: usize = 150;
    let mut random = Random::new(seed);
    let mut best = (f64::MAX, [0.5; N]);
    let mut size = 0.3;
    for i in 0..PLACES + STEPS {
        let ways = std::array::from_fn(|k| {
            if i < PLACES { random.uniform() } else { (best.1[k] + size * random.normal()).clamp(0.0, 1.0) }
        });
        let worst = difference(ways);
        if worst < best.0 {
            best = (worst, ways);
        } else if i >= PLACES {
            size = (size * 0.97f64).max(0.005);
        }
    }
    best
}

/// The largest difference of two series.
pub fn worst_db(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |worst, (a, b)| worst.max((a - b).abs()))
}

/// Each of `all` with each before it.
pub fn pairs<T: Copy>(all: &[T]) -> Vec<(T, T)> {
    all.iter().enumerate().flat_map(|(i, of)| all[..i].iter().map(move |by| (*of, *by))).collect()
}

/// Does `each` of the jobs, on two cores; the results in the order of the jobs.
pub fn on_two_cores<T: Send, R: Send>(jobs: Vec<T>, each: impl Fn(T) -> R + Sync) -> Vec<R> {
    let results: Mutex<Vec<Option<R>>> = Mutex::new(jobs.iter().map(|_| None).collect());
    let jobs = Mutex::new(jobs.into_iter().enumerate());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = jobs.lock().unwrap().next();
                    let Some((i, job)) = next else { return };
                    let result = each(job);
                    results.lock().unwrap()[i] = Some(result);
                }
            });
        }
    });
    results.into_inner().unwrap().into_iter().flatten().collect()
}

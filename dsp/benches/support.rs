//! What the benches share: every figure is ns per stereo frame, at 48 kHz in blocks of 256.

#![allow(clippy::disallowed_types, reason = "a bench needs the clock")]
#![allow(clippy::disallowed_macros, reason = "a bench tells what it measures")]
#![allow(dead_code, reason = "each bench uses what it needs")]

use biquad::{Biquad, Coefficients, DirectForm2Transposed, ToHertz, Type};
use criterion::Criterion;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tandem_dsp::{CONTROL_INTERVAL, Frame, Processor};

/// Rate in Hz at which everything is measured.
pub const RATE: f64 = 48_000.0;

/// Frames a call.
pub const BLOCK: usize = 256;

/// Blocks of different input before it repeats: enough that no branch learns it.
const BLOCKS: usize = 64;

/// Measures `process`, which gets the blocks of `signal` in turn, in place. One iteration is one frame.
pub fn per_frame(criterion: &mut Criterion, name: &str, signal: &[Frame], mut process: impl FnMut(&mut [Frame])) {
    let mut block = vec![[0.0; 2]; BLOCK];
    let mut inputs = signal.chunks_exact(BLOCK).cycle();
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|frames| {
            let blocks = frames.div_ceil(BLOCK as u64);
            let start = Instant::now();
            for input in inputs.by_ref().take(blocks as usize) {
                // Not copy_from_slice: it costs up to 5 ns a frame more, depending on where the buffers lie.
                for (to, from) in block.as_chunks_mut::<4>().0.iter_mut().zip(input.as_chunks::<4>().0) {
                    *to = *from;
                    black_box(());
                }
                process(black_box(&mut block));
            }
            Duration::from_secs_f64(start.elapsed().as_secs_f64() * frames as f64 / (blocks * BLOCK as u64) as f64)
        });
    });
}

/// Prints, for blocks of several sizes, what the dearest block of `signal` takes over the mean. A block's time is the least
/// of many passes over the same signal, so that what else the machine does stays out of it; `start` readies for a pass.
/// The first 1024 frames, which find the caches cold, are not looked at.
pub fn dearest<T>(name: &str, signal: &[Frame], start: impl Fn() -> T, mut process: impl FnMut(&mut T, &mut [Frame])) {
    const PASSES: usize = 40;
    const COLD: usize = 1_024;
    for size in [16, 64, 256, 1_024] {
        let mut least = vec![Duration::MAX; (signal.len() - COLD) / size];
        for _ in 0..PASSES {
            let mut under_test = start();
            let mut output = signal.to_vec();
            let (cold, warm) = output.split_at_mut(COLD);
            cold.chunks_exact_mut(size).for_each(|block| process(&mut under_test, block));
            for (block, least) in warm.chunks_exact_mut(size).zip(&mut least) {
                let start = Instant::now();
                process(&mut under_test, black_box(block));
                *least = start.elapsed().min(*least);
            }
        }
        let mean = least.iter().sum::<Duration>().as_secs_f64() / least.len() as f64;
        let most = least.iter().max().map_or(0.0, Duration::as_secs_f64);
        println!("{name}, blocks of {size}: the dearest takes {:.2} of the mean", most / mean);
    }
}

/// Runs a processor over a block as a chain does.
pub fn run(processor: &mut impl Processor, block: &mut [Frame]) {
    static NO_KEYS: [Frame; STRETCH] = [[0.0; 2]; STRETCH];
    const STRETCH: usize = 16 * CONTROL_INTERVAL;
    for frames in block.chunks_mut(STRETCH) {
        processor.run_intervals(frames, &NO_KEYS[..frames.len()]);
    }
}

/// Says what the rows after this are of.
pub fn note(text: &str) {
    println!("{text}");
}

/// What everything is compared with: six bells of the `biquad` crate, frame by frame.
pub fn biquad_row(criterion: &mut Criterion, signal: &[Frame]) {
    let bell = |i: i32| {
        Coefficients::<f64>::from_params(Type::PeakingEQ(3.0), RATE.hz(), (60.0 * 2.1f64.powi(i)).hz(), 1.0)
            .expect("below half the rate")
    };
    let mut left: Vec<_> = (0..6).map(|i| DirectForm2Transposed::new(bell(i))).collect();
    let mut right = left.clone();
    per_frame(criterion, "biquad crate, 6 bands", signal, |block| {
        for frame in block {
            for filter in &mut left {
                frame[0] = filter.run(frame[0]);
            }
            for filter in &mut right {
                frame[1] = filter.run(frame[1]);
            }
        }
    });
}

/// Noise with a programme's slope (-3 dB/oct, Kellet's economy filter), independent channels, about -12 dBFS RMS.
pub fn pink() -> Vec<Frame> {
    let mut bits = 0x2545_f491_4f6c_dd1d_u64;
    let mut white = move || {
        // xorshift64 (Marsaglia 2003)
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let mut poles = [[0.0; 3]; 2];
    (0..BLOCK * BLOCKS)
        .map(|_| {
            std::array::from_fn(|lane| {
                let x = white();
                let [a, b, c] = &mut poles[lane];
                *a = 0.99765 * *a + x * 0.0990460;
                *b = 0.96300 * *b + x * 0.2965164;
                *c = 0.57000 * *c + x * 1.0526913;
                0.15 * (*a + *b + *c + x * 0.1848)
            })
        })
        .collect()
}

//! The limiter beside the `biquad` crate.
//!
//! Criterion gives ns per stereo frame; after that, the dearest block of each size over the mean, each block's time being
//! the least of many passes over the same signal, so that what else the machine does stays out of it.

#![allow(clippy::disallowed_types, reason = "a bench needs the clock")]
#![allow(clippy::disallowed_macros, reason = "a bench prints")]

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::{Duration, Instant};
use support::{RATE, biquad_row, per_frame, pink};
use tandem_dsp::chain::Stage;
use tandem_dsp::control::{Enumerated, Staged};
use tandem_dsp::module::limiter::{Limiter, LimiterSettings, Style};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};

fn limiters(criterion: &mut Criterion) {
    // RMS about -12 dBFS, peaks about 0: lifted by 12 dB it is 13 dB over the ceiling. 14 dB lower its peaks are under it.
    let signal = pink();
    let soft: Vec<Frame> = signal.iter().map(|frame| frame.map(|x| 0.2 * x)).collect();
    biquad_row(criterion, &signal);
    let driven = LimiterSettings { gain_db: 12.0, ..LimiterSettings::default() };
    let mut row = |name: &str, mode: LatencyMode, signal: &[Frame], settings: LimiterSettings| {
        let mut limiter = started(mode, settings);
        per_frame(criterion, name, signal, |block| run(&mut limiter, block));
    };
    row("limiter, idle", LatencyMode::Mix, &soft, LimiterSettings::default());
    row("limiter, idle, unlinked", LatencyMode::Mix, &soft, LimiterSettings { link_percent: 0.0, ..driven });
    row("limiter, idle, Live", LatencyMode::Live, &soft, LimiterSettings::default());
    row("limiter, peaks at the ceiling", LatencyMode::Mix, &signal, LimiterSettings::default());
    for style in Style::ALL {
        let settings = LimiterSettings { style: *style, ..driven };
        row(&format!("limiter, {style:?}, driven by 12 dB"), LatencyMode::Mix, &signal, settings);
    }
    row("limiter, Transparent, driven, Live", LatencyMode::Live, &signal, driven);
    row("limiter, driven, half linked", LatencyMode::Mix, &signal, LimiterSettings { link_percent: 50.0, ..driven });
    row("limiter, driven, clipper on", LatencyMode::Mix, &signal, LimiterSettings { clip: true, ..driven });
    row("limiter, driven, auto release", LatencyMode::Mix, &signal, LimiterSettings { auto_release: true, ..driven });
    let mut off = Stage::<Limiter>::default();
    off.prepare(RATE, LatencyMode::Live);
    off.set(&Staged::default());
    per_frame(criterion, "limiter, off, Live", &signal, |block| run(&mut off, block));
    let mut off = Stage::<Limiter>::default();
    off.prepare(RATE, LatencyMode::Mix);
    off.set(&Staged::default());
    per_frame(criterion, "limiter, off, Mix (a delay)", &signal, |block| run(&mut off, block));

    for size in [16, 64, 256, 1_024] {
        for style in Style::ALL {
            let settings = LimiterSettings { style: *style, ..driven };
            println!(
                "{style:?}, blocks of {size}: the dearest takes {:.2} of the mean",
                dearest(&signal, size, settings)
            );
        }
    }
}

fn started(mode: LatencyMode, settings: LimiterSettings) -> Limiter {
    let mut limiter = Limiter::default();
    limiter.prepare(RATE, mode);
    limiter.set(&settings);
    limiter
}

/// As a chain does it.
fn run(limiter: &mut impl Processor, block: &mut [Frame]) {
    const NO_KEY: [Frame; CONTROL_INTERVAL] = [[0.0; 2]; CONTROL_INTERVAL];
    for frames in block.chunks_mut(CONTROL_INTERVAL) {
        limiter.control();
        limiter.run(frames, &NO_KEY[..frames.len()]);
    }
}

fn dearest(signal: &[Frame], size: usize, settings: LimiterSettings) -> f64 {
    const PASSES: usize = 40;
    let mut least = vec![Duration::MAX; signal.len() / size];
    for _ in 0..PASSES {
        let mut limiter = started(LatencyMode::Mix, settings);
        let mut output = signal.to_vec();
        for (block, least) in output.chunks_exact_mut(size).zip(&mut least) {
            let start = Instant::now();
            run(&mut limiter, black_box(block));
            *least = start.elapsed().min(*least);
        }
    }
    let mean = least.iter().sum::<Duration>().as_secs_f64() / least.len() as f64;
    least.iter().max().map_or(0.0, |most| most.as_secs_f64() / mean)
}

criterion_group!(benches, limiters);
criterion_main!(benches);

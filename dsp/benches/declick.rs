//! The de-click beside the `biquad` crate.
//!
//! Criterion gives ns per stereo frame; after that come the dearest blocks.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, dearest, per_frame, pink, run};
use tandem_dsp::module::declick::{Declick, DeclickSettings};
use tandem_dsp::{Frame, LatencyMode, Processor};

fn declicks(criterion: &mut Criterion) {
    let noise = pink();
    // 2 ms of 3 kHz, ten times a second.
    let clicked: Vec<Frame> =
        noise.iter().enumerate().map(|(n, frame)| frame.map(|x| 0.1 * x + click(n % 4_800))).collect();
    let wide: Vec<Frame> =
        clicked.iter().zip(&noise).map(|(frame, other)| [frame[0], frame[1] + 0.02 * other[0]]).collect();
    let mono: Vec<Frame> = clicked.iter().map(|frame| [frame[0]; 2]).collect();
    biquad_row(criterion, &noise);
    let mut row = |name: &str, signal: &[Frame]| {
        let mut declick = started();
        per_frame(criterion, name, signal, |block| run(&mut declick, block));
    };
    row("de-click, no clicks", &noise);
    row("de-click, ten clicks a second", &wide);
    row("de-click, ten clicks a second, mono", &mono);
    dearest("de-click, no clicks", &noise, started, run);
    dearest("de-click, ten clicks a second", &wide, started, run);
}

fn click(n: usize) -> f64 {
    let x = n as f64 / RATE;
    if n < 96 { 0.1 * (-2_300.0 * x).exp() * (std::f64::consts::TAU * 3_000.0 * x).cos() } else { 0.0 }
}

fn started() -> Declick {
    let mut declick = Declick::default();
    declick.prepare(RATE, LatencyMode::Full);
    declick.set(&DeclickSettings::default());
    declick
}

criterion_group!(benches, declicks);
criterion_main!(benches);

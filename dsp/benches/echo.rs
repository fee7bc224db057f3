//! The delay beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::module::echo::{Echo, EchoSettings, Pattern};
use tandem_dsp::{LatencyMode, Processor};

fn echoes(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    let fresh = EchoSettings::default();
    let rows = [
        ("delay", fresh),
        ("delay, no filters", EchoSettings { low_cut_hz: 20.0, high_cut_hz: 20_000.0, ..fresh }),
        ("delay, ping-pong, modulated", EchoSettings { pattern: Pattern::PingPong, mod_depth_ms: 2.0, ..fresh }),
    ];
    for (name, settings) in rows {
        let mut echo = Echo::default();
        echo.prepare(RATE, LatencyMode::Live);
        echo.set(&settings);
        per_frame(criterion, name, &signal, |block| run(&mut echo, block));
    }
}

criterion_group!(benches, echoes);
criterion_main!(benches);

//! The gate beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::module::gate::{Gate, GateSettings};
use tandem_dsp::{LatencyMode, Processor};

fn gates(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    let mut row = |name: &str, mode: LatencyMode, settings: GateSettings| {
        let mut gate = Gate::default();
        gate.prepare(RATE, mode);
        gate.set(&settings);
        per_frame(criterion, name, &signal, |block| run(&mut gate, block));
    };
    // Open all the time; at work in between; closed all the time.
    for (what, threshold_db) in [("open", -45.0), ("working", -8.0), ("closed", 0.0)] {
        let settings = GateSettings { threshold_db, hold_ms: 0.0, release_ms: 20.0, ..GateSettings::default() };
        for mode in [LatencyMode::Live, LatencyMode::Mix] {
            row(&format!("gate, {what}, {mode:?}"), mode, settings);
        }
    }
}

criterion_group!(benches, gates);
criterion_main!(benches);

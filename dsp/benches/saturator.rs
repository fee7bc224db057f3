//! The saturator beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::saturator::{Curve, Saturator, SaturatorSettings};
use tandem_dsp::{LatencyMode, Processor};

fn saturators(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    let mut row = |name: &str, mode: LatencyMode, settings: SaturatorSettings| {
        let mut saturator = Saturator::default();
        saturator.prepare(RATE, mode);
        saturator.set(&settings);
        per_frame(criterion, name, &signal, |block| run(&mut saturator, block));
    };
    let driven = SaturatorSettings { drive_db: 12.0, ..SaturatorSettings::default() };
    row("saturator, no drive", LatencyMode::Mix, SaturatorSettings::default());
    for curve in Curve::ALL {
        row(&format!("saturator, {curve:?}, Mix"), LatencyMode::Mix, SaturatorSettings { curve: *curve, ..driven });
    }
    for curve in [Curve::Soft, Curve::Hard] {
        row(&format!("saturator, {curve:?}, Live"), LatencyMode::Live, SaturatorSettings { curve, ..driven });
    }
}

criterion_group!(benches, saturators);
criterion_main!(benches);

//! The rider beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::module::rider::{Reference, Rider, RiderSettings};
use tandem_dsp::{LatencyMode, Processor};

fn riders(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    for (name, reference) in [("rider, absolute", Reference::Absolute), ("rider, side-chain", Reference::SideChain)] {
        let mut rider = Rider::default();
        rider.prepare(RATE, LatencyMode::Live);
        rider.set(&RiderSettings { reference, ..RiderSettings::default() });
        per_frame(criterion, name, &signal, |block| run(&mut rider, block));
    }
}

criterion_group!(benches, riders);
criterion_main!(benches);

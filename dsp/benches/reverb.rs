//! The reverb beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::reverb::{Reverb, ReverbSettings, Space};
use tandem_dsp::{LatencyMode, Processor};

fn reverbs(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    for space in Space::ALL {
        let settings = ReverbSettings { space: *space, ..ReverbSettings::default() };
        let mut reverb = Reverb::default();
        reverb.prepare(RATE, LatencyMode::Live);
        reverb.set(&settings);
        per_frame(criterion, &format!("reverb, {space:?}"), &signal, |block| run(&mut reverb, block));
        // Aimed elsewhere once a block, long before it arrives.
        let mut way = 1.0;
        per_frame(criterion, &format!("reverb, {space:?}, size and decay gliding"), &signal, |block| {
            way = -way;
            let (size_percent, decay_ms) = (100.0 + 20.0 * way, 1_800.0 + 200.0 * way);
            reverb.set(&ReverbSettings { size_percent, decay_ms, ..settings });
            run(&mut reverb, block);
        });
    }
}

criterion_group!(benches, reverbs);
criterion_main!(benches);

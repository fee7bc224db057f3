//! The de-esser beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::module::deesser::{DeEsser, DeEsserSettings, Mode};
use tandem_dsp::{LatencyMode, Processor};

fn deessers(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    // Nothing is over the threshold; about half of the noise is.
    for (what, threshold_db) in [("idle", 10.0), ("working", -8.0)] {
        for mode in [Mode::Split, Mode::Wide] {
            let mut deesser = DeEsser::default();
            deesser.prepare(RATE, LatencyMode::Mix);
            deesser.set(&DeEsserSettings { mode, threshold_db, ..DeEsserSettings::default() });
            per_frame(criterion, &format!("de-esser, {mode:?}, {what}"), &signal, |block| run(&mut deesser, block));
        }
    }
}

criterion_group!(benches, deessers);
criterion_main!(benches);

//! The programme meter beside the `ebur128` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use ebur128::{EbuR128, Mode};
use support::{RATE, per_frame, pink};
use tandem_dsp::chain::Observer;
use tandem_dsp::meter::loudness::Loudness;
use tandem_dsp::meter::programme::Meter;
use tandem_dsp::{CONTROL_INTERVAL, Frame};

fn meters(criterion: &mut Criterion) {
    let signal = pink();
    let loudness = Mode::I | Mode::LRA | Mode::HISTOGRAM;
    for (name, mode) in
        [("ebur128 crate, with true peak", loudness | Mode::TRUE_PEAK), ("ebur128 crate, without true peak", loudness)]
    {
        let mut crate_meter = EbuR128::new(2, RATE as u32, mode).expect("a mode it has");
        per_frame(criterion, name, &signal, |block| {
            crate_meter.add_frames_f64(block.as_flattened()).expect("whole frames");
        });
    }
    let mut meter = Meter::default();
    meter.prepare(RATE);
    in_runs(criterion, "meter", &signal, |run| meter.run(run));
    let mut loudness = Loudness::default();
    loudness.prepare(RATE);
    in_runs(criterion, "meter, loudness alone", &signal, |run| loudness.run(run));
}

/// As a chain does it.
fn in_runs(criterion: &mut Criterion, name: &str, signal: &[Frame], mut run: impl FnMut(&[Frame])) {
    per_frame(criterion, name, signal, |block| block.chunks(CONTROL_INTERVAL).for_each(&mut run));
}

criterion_group!(benches, meters);
criterion_main!(benches);

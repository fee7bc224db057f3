//! The equaliser in linear phase beside the `biquad` crate, and its dearest blocks while a kernel is swapped.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, dearest, note, per_frame, pink, run};
use tandem_dsp::kernel::{self, Kernel, Plan};
use tandem_dsp::module::eq::{EqSettings, LinearEq, LinearEqSettings, Phase, Placement};
use tandem_dsp::{LatencyMode, Processor};

/// Six bells; `placed` works on the sides as well.
fn six_bands(gain_db: f64, placed: bool) -> LinearEqSettings {
    let mut filters = EqSettings::default();
    for (i, band) in filters.bands.iter_mut().take(6).enumerate() {
        (band.on, band.freq_hz, band.gain_db, band.q) = (true, 60.0 * 2.1f64.powi(i as i32), gain_db, 1.0);
    }
    if placed {
        filters.bands[5].placement = Placement::Side;
    }
    LinearEqSettings { filters, phase: Phase::Linear }
}

fn ready(settings: &LinearEqSettings) -> LinearEq {
    let mut eq = LinearEq::default();
    eq.prepare(RATE, LatencyMode::Full);
    eq.set(settings);
    kernel::supply(&mut eq);
    eq
}

/// Kernels that were built before, so that nothing of that is measured.
struct Shelf {
    kernels: Vec<Kernel>,
}

impl Shelf {
    fn of(plans: &[LinearEqSettings]) -> Self {
        let plan = |settings: &LinearEqSettings| Plan { filters: settings.filters.static_part(), rate: RATE };
        Self { kernels: plans.iter().map(|settings| plan(settings).build()).collect() }
    }

    fn supply(&mut self, eq: &mut LinearEq) {
        if let Some(plan) = eq.next_plan()
            && let Some(at) = self.kernels.iter().position(|kernel| kernel.plan == plan)
        {
            drop(eq.take_kernel(self.kernels.swap_remove(at)));
        }
    }
}

fn equalisers(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    for (name, placed) in [("stereo", false), ("and one on the sides", true)] {
        let (here, there) = (six_bands(3.0, placed), six_bands(-3.0, placed));
        let mut eq = ready(&here);
        per_frame(criterion, &format!("linear phase, 6 bands, {name}"), &signal, |block| run(&mut eq, block));
        dearest(&format!("linear phase, {name}"), &signal, || ready(&here), run);
        let start = || (ready(&here), Shelf::of(&[there]), Vec::new());
        dearest(&format!("linear phase, {name}, one swap"), &signal, start, |(eq, shelf, spent), block| {
            eq.set(&there);
            run(eq, block);
            shelf.supply(eq);
            spent.extend(eq.spent_kernel());
        });
    }
    let mut minimum = six_bands(3.0, false);
    minimum.phase = Phase::Minimum;
    let mut eq = ready(&minimum);
    per_frame(criterion, "minimum phase in Full", &signal, |block| run(&mut eq, block));
    note("a kernel, off the audio thread; one iteration is one kernel");
    for (name, placed) in [("stereo", false), ("one on the sides", true)] {
        let plan = Plan { filters: six_bands(3.0, placed).filters.static_part(), rate: RATE };
        criterion.bench_function(&format!("a kernel of 6 bands, {name}"), |bencher| bencher.iter(|| plan.build()));
    }
}

criterion_group!(benches, equalisers);
criterion_main!(benches);

//! The equaliser beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, dearest, per_frame, pink, run};
use tandem_dsp::module::eq::{Eq, EqSettings};
use tandem_dsp::{LatencyMode, Processor};

/// Six bells 3 dB high, as in the biquad row.
fn six_bands(lowest_hz: f64, ratio: f64) -> EqSettings {
    let mut settings = EqSettings::default();
    for (i, band) in settings.bands.iter_mut().take(6).enumerate() {
        (band.on, band.freq_hz, band.gain_db, band.q) = (true, lowest_hz * ratio.powi(i as i32), 3.0, 1.0);
    }
    settings
}

fn equalisers(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    let everyday = six_bands(60.0, 2.1);
    // Every one of these needs its correction.
    let high = six_bands(7_000.0, 1.15);
    for (name, settings) in [("6 bands", everyday), ("6 bands from 7 kHz up", high)] {
        let mut eq = ready(&settings);
        per_frame(criterion, &format!("eq, {name}"), &signal, |block| run(&mut eq, block));

        // Frequency, gain and Q of all are aimed elsewhere once a block, long before they arrive.
        let mut eq = ready(&settings);
        let moved = moved(&settings);
        let mut forth = false;
        per_frame(criterion, &format!("eq, {name}, all gliding"), &signal, |block| {
            forth = !forth;
            eq.set(if forth { &moved } else { &settings });
            run(&mut eq, block);
        });
    }
    // Noise at their thresholds keeps all gains on the move.
    for (name, threshold_db) in [("idle", 0.0), ("at work", -24.0)] {
        let mut dynamic = everyday;
        for band in &mut dynamic.bands {
            (band.dynamics.on, band.dynamics.threshold_db) = (true, threshold_db);
        }
        let mut eq = ready(&dynamic);
        per_frame(criterion, &format!("eq, 6 dynamic bands {name}"), &signal, |block| run(&mut eq, block));
    }

    let mut eq = ready(&EqSettings::default());
    per_frame(criterion, "eq, all off", &signal, |block| run(&mut eq, block));

    dearest("eq, 6 bands", &signal, || ready(&everyday), run);
    // Aimed elsewhere at the start of every quarter of the signal, which it reaches and rests at.
    let moved = moved(&everyday);
    let started = || (ready(&everyday), 0);
    dearest("eq, 6 bands, gliding now and then", &signal, started, |(eq, frames), block| {
        if *frames % (signal.len() / 4) == 0 {
            eq.set(if *frames % (signal.len() / 2) == 0 { &moved } else { &everyday });
        }
        *frames += block.len();
        run(eq, block);
    });
    dearest(
        "eq, 6 bands, always gliding",
        &signal,
        || (ready(&everyday), 0),
        |(eq, frames), block| {
            if *frames % 1_024 == 0 {
                eq.set(if *frames % 2_048 == 0 { &moved } else { &everyday });
            }
            *frames += block.len();
            run(eq, block);
        },
    );
}

/// The same with frequency, gain and Q of all elsewhere.
fn moved(settings: &EqSettings) -> EqSettings {
    let mut moved = *settings;
    for band in &mut moved.bands {
        (band.freq_hz, band.gain_db, band.q) = (band.freq_hz * 1.1, band.gain_db + 1.0, band.q * 1.1);
    }
    moved
}

fn ready(settings: &EqSettings) -> Eq {
    let mut eq = Eq::default();
    eq.prepare(RATE, LatencyMode::Live);
    eq.set(settings);
    eq
}

criterion_group!(benches, equalisers);
criterion_main!(benches);

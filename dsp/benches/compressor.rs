//! The compressor beside the `biquad` crate.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, dearest, per_frame, pink, run};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::compressor::{Character, Compressor, CompressorSettings, Sense};
use tandem_dsp::{LatencyMode, Processor};

fn compressors(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    // About half of the noise is over the threshold.
    let clean = CompressorSettings { threshold_db: -24.0, ..CompressorSettings::default() };
    let mut row = |name: &str, mode: LatencyMode, settings: CompressorSettings| {
        let mut compressor = Compressor::default();
        compressor.prepare(RATE, mode);
        compressor.set(&settings);
        per_frame(criterion, name, &signal, |block| run(&mut compressor, block));
    };
    for mode in [LatencyMode::Live, LatencyMode::Mix] {
        row(&format!("compressor, 1:1, {mode:?}"), mode, CompressorSettings { ratio: 1.0, ..clean });
        for character in Character::ALL {
            let name = format!("compressor, {character:?}, {mode:?}");
            row(&name, mode, CompressorSettings { character: *character, ..clean });
        }
    }
    row("compressor, Clean, RMS detector", LatencyMode::Live, CompressorSettings { sense: Sense::Rms, ..clean });
    row("compressor, Clean, half linked", LatencyMode::Live, CompressorSettings { link_percent: 50.0, ..clean });
    row("compressor, Clean, auto release", LatencyMode::Live, CompressorSettings { auto_release: true, ..clean });
    let mut filtered = clean;
    filtered.key.high_pass_hz = 100.0;
    row("compressor, Clean, key high-pass", LatencyMode::Live, filtered);

    // The threshold is aimed elsewhere once a block, long before it arrives.
    let mut gliding = Compressor::default();
    gliding.prepare(RATE, LatencyMode::Live);
    let mut way = 1.0;
    per_frame(criterion, "compressor, Clean, gliding", &signal, |block| {
        way = -way;
        gliding.set(&CompressorSettings { threshold_db: clean.threshold_db + way, ..clean });
        run(&mut gliding, block);
    });

    for character in Character::ALL {
        let settings = CompressorSettings { character: *character, auto_release: true, ..clean };
        let started = || {
            let mut compressor = Compressor::default();
            compressor.prepare(RATE, LatencyMode::Mix);
            compressor.set(&settings);
            compressor
        };
        dearest(&format!("compressor, {character:?}"), &signal, started, run);
    }
}

criterion_group!(benches, compressors);
criterion_main!(benches);

//! The de-mud beside the `biquad` crate.
//!
//! Criterion gives ns per stereo frame; after that come the dearest blocks.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{BLOCK, RATE, biquad_row, dearest, per_frame, pink, run};
use tandem_dsp::module::demud::{Demud, DemudSettings};
use tandem_dsp::{Frame, LatencyMode, Processor};

/// Tones that stick out of the noise in the default range.
const TONES_HZ: [f64; 4] = [130.0, 210.0, 330.0, 520.0];

fn demuds(criterion: &mut Criterion) {
    let noise = pink();
    let ringing = with_tones(&noise, 4);
    biquad_row(criterion, &noise);
    let narrow = DemudSettings { detail_percent: 100.0, ..DemudSettings::default() };
    let whole = DemudSettings { low_hz: 40.0, high_hz: 16_000.0, ..narrow };
    let mut row = |name: &str, signal: &[Frame], settings: DemudSettings| {
        let mut demud = started(settings);
        signal.chunks(BLOCK).cycle().take(1_000).for_each(|block| run(&mut demud, &mut block.to_vec()));
        let bells = demud.cuts().iter().filter(|cut| cut.cut_db > 0.0).count();
        per_frame(criterion, &format!("{name} ({bells} bells)"), signal, |block| run(&mut demud, block));
    };
    row("de-mud, nothing sticks out", &noise, DemudSettings::default());
    row("de-mud, four tones", &ringing, narrow);
    row("de-mud, whole range, nothing sticks out", &noise, whole);
    row("de-mud, whole range, four tones", &ringing, whole);
    dearest("de-mud, four tones", &ringing, || started(narrow), run);
    dearest("de-mud, whole range, four tones", &ringing, || started(whole), run);
}

fn started(settings: DemudSettings) -> Demud {
    let mut demud = Demud::default();
    demud.prepare(RATE, LatencyMode::Live);
    demud.set(&settings);
    demud
}

fn with_tones(noise: &[Frame], tones: usize) -> Vec<Frame> {
    let tone = |n: usize, hz: f64| 0.1 * (std::f64::consts::TAU * hz * n as f64 / RATE).sin();
    let all = |n: usize| TONES_HZ[..tones].iter().map(|hz| tone(n, *hz)).sum::<f64>();
    noise.iter().enumerate().map(|(n, frame)| frame.map(|x| x + all(n))).collect()
}

criterion_group!(benches, demuds);
criterion_main!(benches);

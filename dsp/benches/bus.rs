//! The modules that only a master has, beside the biquad row.

#![allow(clippy::disallowed_macros, reason = "a bench tells what it measures")]

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{RATE, biquad_row, per_frame, pink, run};
use tandem_dsp::block::graphic::{BANDS, Curve};
use tandem_dsp::captured::{Captured, Source};
use tandem_dsp::chain::Stage;
use tandem_dsp::control::{Settings, Staged};
use tandem_dsp::module::dither::{Dither, DitherSettings, Shape};
use tandem_dsp::module::imager::{Imager, ImagerSettings};
use tandem_dsp::module::leveler::{Leveler, LevelerSettings};
use tandem_dsp::module::match_eq::{MatchEq, MatchEqSettings};
use tandem_dsp::module::multiband::{BandSettings, Multiband, MultibandSettings};
use tandem_dsp::{Frame, LatencyMode, Processor};

fn row<P: Processor + Default>(criterion: &mut Criterion, name: &str, signal: &[Frame], settings: P::Settings)
where
    P::Settings: Settings,
{
    row_with::<P>(criterion, name, signal, settings, |_| {});
}

fn row_with<P: Processor + Default>(
    criterion: &mut Criterion,
    name: &str,
    signal: &[Frame],
    settings: P::Settings,
    prepare: impl Fn(&mut Stage<P>),
) where
    P::Settings: Settings,
{
    let mut stage = Stage::<P>::default();
    stage.prepare(RATE, LatencyMode::Mix);
    prepare(&mut stage);
    stage.set(&Staged { on: true, module: settings });
    per_frame(criterion, name, signal, |block| run(&mut stage, block));
}

fn modules(criterion: &mut Criterion) {
    let signal = pink();
    biquad_row(criterion, &signal);
    let mut working = MultibandSettings::default();
    for band in &mut working.bands {
        *band = BandSettings { threshold_db: -30.0, above_percent: 50.0, ..*band };
    }
    row::<Multiband>(criterion, "multiband, 4 bands, idle", &signal, MultibandSettings::default());
    row::<Multiband>(criterion, "multiband, 4 bands, working", &signal, working);
    row::<Leveler>(criterion, "leveler", &signal, LevelerSettings::default());
    row::<Imager>(criterion, "imager, neutral", &signal, ImagerSettings::default());
    let wide =
        ImagerSettings { width_percent: [50.0, 100.0, 120.0, 140.0], mono_hz: 120.0, ..ImagerSettings::default() };
    row::<Imager>(criterion, "imager, working", &signal, wide);
    let every_third: Curve = std::array::from_fn(|third| 6.0 * (0.4 * third as f64).sin());
    let captured = Captured { song_db: [0.0; BANDS], reference_db: Some(every_third) };
    let apply = |stage: &mut Stage<MatchEq>| stage.match_to(Some(&captured));
    let capture = |stage: &mut Stage<MatchEq>| stage.capture(Some(Source::Input));
    row_with::<MatchEq>(criterion, "match eq, nothing applied", &signal, MatchEqSettings::default(), |_| {});
    row_with::<MatchEq>(criterion, "match eq, all thirds", &signal, MatchEqSettings::default(), apply);
    row_with::<MatchEq>(criterion, "match eq, capturing", &signal, MatchEqSettings::default(), capture);
    row::<Dither>(criterion, "dither, flat", &signal, DitherSettings::default());
    let shaped = DitherSettings { shape: Shape::Strong, ..DitherSettings::default() };
    row::<Dither>(criterion, "dither, nine taps", &signal, shaped);
}

criterion_group!(benches, modules);
criterion_main!(benches);

//! The limiter beside the `biquad` crate.
//!
//! Criterion gives ns per stereo frame; after that come the dearest blocks.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use support::{RATE, biquad_row, dearest, per_frame, pink, run};
use tandem_dsp::chain::Stage;
use tandem_dsp::control::{Enumerated, Group, Staged};
use tandem_dsp::module::limiter::{Limiter, LimiterSettings, Style};
use tandem_dsp::readout::{Readout, Report};
use tandem_dsp::{Frame, LatencyMode, Processor};

fn limiters(criterion: &mut Criterion) {
    // RMS about -12 dBFS, peaks about 0: lifted by 12 dB it is 13 dB over the ceiling. 14 dB lower its peaks are under it.
    let signal = pink();
    let soft: Vec<Frame> = signal.iter().map(|frame| frame.map(|x| 0.2 * x)).collect();
    biquad_row(criterion, &signal);
    let driven = LimiterSettings { gain_db: 12.0, ..LimiterSettings::default() };
    let mut row = |name: &str, mode: LatencyMode, signal: &[Frame], settings: LimiterSettings| {
        let mut limiter = started(mode, settings);
        per_frame(criterion, name, signal, |block| run(&mut limiter, block));
    };
    row("limiter, idle", LatencyMode::Mix, &soft, LimiterSettings::default());
    row("limiter, idle, unlinked", LatencyMode::Mix, &soft, LimiterSettings { link_percent: 0.0, ..driven });
    row("limiter, idle, Live", LatencyMode::Live, &soft, LimiterSettings::default());
    row("limiter, peaks at the ceiling", LatencyMode::Mix, &signal, LimiterSettings::default());
    for style in Style::ALL {
        let settings = LimiterSettings { style: *style, ..driven };
        row(&format!("limiter, {style:?}, driven by 12 dB"), LatencyMode::Mix, &signal, settings);
    }
    row("limiter, Transparent, driven, Live", LatencyMode::Live, &signal, driven);
    row("limiter, driven, half linked", LatencyMode::Mix, &signal, LimiterSettings { link_percent: 50.0, ..driven });
    row("limiter, driven, clipper on", LatencyMode::Mix, &signal, LimiterSettings { clip: true, ..driven });
    row("limiter, driven, auto release", LatencyMode::Mix, &signal, LimiterSettings { auto_release: true, ..driven });
    let mut off = Stage::<Limiter>::default();
    off.prepare(RATE, LatencyMode::Live);
    off.set(&Staged::default());
    per_frame(criterion, "limiter, off, Live", &signal, |block| run(&mut off, block));
    let mut off = Stage::<Limiter>::default();
    off.prepare(RATE, LatencyMode::Mix);
    off.set(&Staged::default());
    per_frame(criterion, "limiter, off, Mix (a delay)", &signal, |block| run(&mut off, block));

    per_frame(criterion, "nothing: the bench itself", &signal, |_| {});

    for style in Style::ALL {
        let settings = LimiterSettings { style: *style, ..driven };
        dearest(&format!("limiter, {style:?}"), &signal, || started(LatencyMode::Mix, settings), run);
    }
    // Long enough for it to propose, and told of as by a shell.
    let programme: Vec<Frame> = signal.iter().copied().cycle().take(6 * RATE as usize).collect();
    let learning = |settings| {
        let mut limiter = started(LatencyMode::Mix, settings);
        limiter.learn(Some(-14.0));
        limiter
    };
    for (name, settings) in [("", driven), (", clipper on", LimiterSettings { clip: true, ..driven })] {
        let name = format!("limiter, learning{name}");
        dearest(
            &name,
            &programme,
            || learning(settings),
            |limiter, block| {
                run(limiter, block);
                limiter.report(&mut Unread);
            },
        );
    }
}

/// Hears a report and does nothing with it.
struct Unread;

impl Report for Unread {
    fn value(&mut self, _: &'static Readout, value: f64) {
        black_box(value);
    }

    fn group(&mut self, _: &'static Group, inside: impl FnOnce(&mut Self)) {
        inside(self);
    }
}

fn started(mode: LatencyMode, settings: LimiterSettings) -> Limiter {
    let mut limiter = Limiter::default();
    limiter.prepare(RATE, mode);
    limiter.set(&settings);
    limiter
}

criterion_group!(benches, limiters);
criterion_main!(benches);

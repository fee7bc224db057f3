//! Whole chains as people use them every day, with what exists of them so far, beside the biquad row.

#[path = "support.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::chain::{Chain, Rack};
use tandem_dsp::module::eq::EqSettings;
use tandem_dsp::{Frame, LatencyMode};

/// Six bells at rising frequencies, 3 dB each.
fn six_bands(mut eq: EqSettings) -> EqSettings {
    for (i, band) in eq.bands.iter_mut().take(6).enumerate() {
        (band.on, band.freq_hz, band.gain_db, band.q) = (true, 60.0 * 2.1f64.powi(i as i32), 3.0, 1.0);
    }
    eq
}

fn chain<R: Rack + Default>(criterion: &mut Criterion, name: &str, settings: &R::Settings, signal: &[Frame]) {
    let mut chain = started::<R>(settings);
    support::per_frame(criterion, name, signal, |block| chain.process(block, &[]));
}

fn started<R: Rack + Default>(settings: &R::Settings) -> Chain<R> {
    let mut chain = Chain::default();
    chain.prepare(support::RATE, LatencyMode::Mix);
    chain.set(settings);
    chain.set_bypass(false);
    chain
}

fn chains(criterion: &mut Criterion) {
    let pink = support::pink();
    let silence = vec![[0.0; 2]; pink.len()];

    support::biquad_row(criterion, &pink);

    support::note(
        "channel everyday: input, gate, both cuts, six bands, de-esser, compressor, soft saturator at four times the rate, \
         output",
    );
    let mut channel = ChannelSettings::default();
    channel.gate.on = true;
    channel.deesser.on = true;
    channel.saturator.on = true;
    channel.saturator.module.drive_db = 6.0;
    channel.comp.on = true;
    channel.comp.module.threshold_db = -24.0;
    channel.eq.module = six_bands(channel.eq.module);
    channel.eq.module.high_pass.on = true;
    channel.eq.module.low_pass.on = true;
    channel.input.trim_db = -2.0;
    channel.output.fader_db = 1.0;
    self::chain::<Channel>(criterion, "channel everyday", &channel, &pink);
    self::chain::<Channel>(criterion, "channel asleep", &channel, &silence);
    self::chain::<Channel>(criterion, "channel fresh", &ChannelSettings::default(), &pink);

    support::note(
        "master everyday: input, six bands, four bands of dynamics, glue, soft saturator, limiter working, output, loudness \
         and true-peak meter",
    );
    let mut master = MasterSettings::default();
    master.multi.on = true;
    for band in &mut master.multi.module.bands {
        (band.threshold_db, band.above_percent) = (-30.0, 50.0);
    }
    master.glue.on = true;
    master.saturator.on = true;
    master.saturator.module.drive_db = 6.0;
    master.glue.module.threshold_db = -20.0;
    master.eq.module.filters = six_bands(master.eq.module.filters);
    master.limiter.on = true;
    master.limiter.module.gain_db = 6.0;
    master.input.trim_db = -2.0;
    self::chain::<Master>(criterion, "master everyday", &master, &pink);
    // Its peaks then stay below the ceiling.
    let mut idle = master;
    (idle.limiter.module.gain_db, idle.input.trim_db) = (0.0, -12.0);
    self::chain::<Master>(criterion, "master everyday, limiter idle", &idle, &pink);
    self::chain::<Master>(criterion, "master asleep", &master, &silence);

    // The loudness meter's steps of 100 ms among them.
    let programme: Vec<Frame> = pink.iter().copied().cycle().take(2 * support::RATE as usize).collect();
    support::dearest(
        "channel everyday",
        &programme,
        || started::<Channel>(&channel),
        |chain, block| chain.process(block, &[]),
    );
    support::dearest(
        "master everyday",
        &programme,
        || started::<Master>(&master),
        |chain, block| chain.process(block, &[]),
    );
}

criterion_group!(benches, chains);
criterion_main!(benches);

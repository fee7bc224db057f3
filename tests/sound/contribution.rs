//! What each module does to loudness, true peak, width and tilt, on modules of which that is known.

use super::chain::{random_settings, started};
use std::collections::HashMap;
use tandem_dsp::chain::channel::{self, Channel, ChannelSettings};
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::chain::{self, Chain, Rack};
use tandem_dsp::control::Group;
use tandem_dsp::meter::contribution::{LOUDNESS, PLR, TILT, TRUE_PEAK, WIDTH};
use tandem_dsp::module::eq::Shape;
use tandem_dsp::module::{compressor, eq, input, limiter, output};
use tandem_dsp::readout::{Readout, Report};
use tandem_dsp::{Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, true_peak_db};
use tandem_tests::signals::{pink, sine, white};

const RATE: f64 = 48_000.0;

/// Readouts by group and id.
#[derive(Default)]
struct Told {
    open: &'static str,
    values: HashMap<(&'static str, &'static str), f64>,
}

impl Report for Told {
    fn value(&mut self, readout: &'static Readout, value: f64) {
        self.values.insert((self.open, readout.id), value);
    }

    fn group(&mut self, group: &'static Group, inside: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.open, group.id);
        inside(self);
        self.open = outer;
    }
}

impl Told {
    fn of(&self, group: &Group, readout: &Readout) -> f64 {
        self.values[&(group.id, readout.id)]
    }

    /// Loudness, true peak, width and tilt.
    fn all(&self, group: &Group) -> [f64; 4] {
        [&LOUDNESS, &TRUE_PEAK, &WIDTH, &TILT].map(|readout| self.of(group, readout))
    }
}

fn measured<R: Rack>(chain: &mut Chain<R>, input: &[Frame]) -> Told {
    chain.rack.measure_contribution(true);
    chain.process(&mut input.to_vec(), &[]);
    let mut told = Told::default();
    chain.rack.report(&mut told);
    told
}

fn channel(settings: &ChannelSettings, input: &[Frame]) -> Told {
    measured(&mut started::<Channel>(RATE, LatencyMode::Mix, settings), input)
}

fn near(value: f64, expected: f64, within: f64, what: &str) {
    assert!((value - expected).abs() <= within, "{what}: {value:.3}, {expected:.3} expected");
}

/// Independent left and right: as much side as mid.
fn programme() -> Vec<Frame> {
    pink(5 * RATE as usize, 1, -20.0)
}

#[test]
fn three_db_of_gain_are_3_lu_and_3_db_of_peak() {
    let mut settings = ChannelSettings::default();
    settings.input.trim_db = 3.0;
    let told = channel(&settings, &programme());
    let [loudness, peak, width, tilt] = told.all(&input::GROUP);
    near(loudness, 3.0, 1e-6, "loudness by the trim");
    near(peak, 3.0, 1e-4, "true peak by the trim");
    near(told.of(&input::GROUP, &PLR), 0.0, 1e-4, "peak-to-loudness ratio by the trim");
    near(width, 0.0, 1e-9, "width by the trim");
    near(tilt, 0.0, 1e-9, "tilt by the trim");
    for (group, name) in [(&eq::GROUP, "a flat equaliser"), (&compressor::GROUP, "a compressor that is off")] {
        for value in told.all(group) {
            near(value, 0.0, 1e-9, name);
        }
    }
    near(told.of(&chain::GROUP, &LOUDNESS), 3.0, 1e-6, "loudness by all together");
}

#[test]
fn half_the_width_is_6_db_less_side() {
    let mut settings = ChannelSettings::default();
    settings.output.width_percent = 50.0;
    let told = channel(&settings, &programme());
    near(told.of(&output::GROUP, &WIDTH), -20.0 * 2.0f64.log10(), 1e-4, "width by the output");
    near(told.of(&eq::GROUP, &WIDTH), 0.0, 1e-9, "width by the equaliser");
}

/// A tilt of the equaliser about 1 kHz: half of its gain up there and half of it down here, on two tones.
#[test]
fn a_shelf_is_tilt() {
    let mut settings = ChannelSettings::default();
    let band = &mut settings.eq.module.bands[0];
    (band.on, band.shape, band.freq_hz, band.gain_db) = (true, Shape::HighShelf, 1_000.0, 6.0);
    let frames = 5 * RATE as usize;
    let (low, high) = (sine(frames, RATE, 50.0, -20.0), sine(frames, RATE, 15_000.0, -20.0));
    let two: Vec<Frame> = low.iter().zip(&high).map(|(a, b)| [a[0] + b[0], a[1] + b[1]]).collect();
    let told = channel(&settings, &two);
    near(told.of(&eq::GROUP, &TILT), 6.0, 0.1, "tilt by a shelf of 6 dB");
    near(told.of(&chain::GROUP, &TILT), 6.0, 0.1, "tilt by all together");
    near(told.of(&input::GROUP, &TILT), 0.0, 1e-9, "tilt by the input");
}

/// Between measured levels of the chain's own input and output.
#[test]
fn the_modules_together_are_the_chain() {
    let mut settings = ChannelSettings::default();
    settings.input.trim_db = 4.0;
    let band = &mut settings.eq.module.bands[0];
    (band.on, band.freq_hz, band.gain_db) = (true, 300.0, 9.0);
    settings.comp.on = true;
    (settings.comp.module.threshold_db, settings.comp.module.ratio) = (-30.0, 4.0);
    settings.output.fader_db = -2.0;
    for order in [[&eq::GROUP, &compressor::GROUP], [&compressor::GROUP, &eq::GROUP]] {
        settings.order = channel::ORDER.order_of(&order).expect("an order");
        let told = channel(&settings, &programme());
        let each = [&input::GROUP, &eq::GROUP, &compressor::GROUP, &output::GROUP].map(|group| told.all(group));
        let total = told.all(&chain::GROUP);
        for (i, total) in total.into_iter().enumerate() {
            near(each.iter().map(|each| each[i]).sum(), total, 1e-9, "the sum of all");
        }
        assert!(told.of(&compressor::GROUP, &LOUDNESS) < -3.0, "the compressor takes: {each:?}");
        assert!(told.of(&eq::GROUP, &LOUDNESS) > 1.0, "the boost adds: {each:?}");
    }
}

/// Short-term loudness, LUFS, by the `ebur128` crate.
fn short_term_lufs(frames: &[Frame]) -> f64 {
    let mut meter = ebur128::EbuR128::new(2, RATE as u32, ebur128::Mode::S).expect("a meter");
    meter.add_frames_f64(frames.as_flattened()).expect("measures");
    meter.loudness_shortterm().expect("a loudness")
}

#[test]
fn what_a_limiter_takes_is_what_other_meters_read() {
    let mut settings = MasterSettings::default();
    settings.limiter.on = true;
    settings.limiter.module.ceiling_db = -6.0;
    // Clicks far above a steady tone.
    let mut signal = sine(5 * RATE as usize, RATE, 400.0, -20.0);
    for at in (0..signal.len()).step_by(12_000) {
        signal[at] = [0.9; 2];
    }
    let mut chain = started::<Master>(RATE, LatencyMode::Mix, &settings);
    let told = measured(&mut chain, &signal);
    let mut output = signal.clone();
    started::<Master>(RATE, LatencyMode::Mix, &settings).process(&mut output, &[]);
    let (input, output) = (&signal[..signal.len() - chain.latency()], &output[chain.latency()..]);
    let [loudness, peak, ..] = told.all(&limiter::GROUP);
    near(loudness, short_term_lufs(output) - short_term_lufs(input), 0.05, "loudness by the limiter");
    let last = signal.len() - 3 * RATE as usize..output.len();
    let peak_db = |frames: &[Frame]| true_peak_db(&lane(&frames[last.clone()], 0));
    near(peak, peak_db(output) - peak_db(input), 0.1, "true peak by the limiter");
    near(told.of(&limiter::GROUP, &PLR), peak - loudness, 1e-9, "peak-to-loudness ratio by the limiter");
    assert!(peak < -4.0, "it takes {peak:.1} dB of the peak");
}

/// A module's latency does not count: with programme that changes, before and behind are compared at the same places.
#[test]
fn latency_is_left_out() {
    let mut signal = programme();
    for (i, frame) in signal.iter_mut().enumerate() {
        // 12 dB every 0.7 s.
        let gain = if (i / 33_600) % 2 == 0 { 1.0 } else { 0.25 };
        *frame = frame.map(|x| gain * x);
    }
    let mut settings = MasterSettings::default();
    settings.limiter.on = true;
    let told = measured(&mut started::<Master>(RATE, LatencyMode::Full, &settings), &signal);
    for value in told.all(&limiter::GROUP) {
        near(value, 0.0, 1e-9, "a limiter that has nothing to do");
    }
}

#[test]
fn pauses_do_not_count_and_silence_tells_nothing() {
    let mut settings = ChannelSettings::default();
    settings.input.trim_db = 3.0;
    let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &settings);
    let told = measured(&mut chain, &vec![[0.0; 2]; RATE as usize]);
    assert_eq!(told.of(&input::GROUP, &LOUDNESS), f64::NEG_INFINITY, "of silence nothing is told");
    let mut signal = programme();
    signal[2 * RATE as usize..].fill([0.0; 2]);
    let told = measured(&mut started::<Channel>(RATE, LatencyMode::Mix, &settings), &signal[..4 * RATE as usize]);
    near(told.of(&input::GROUP, &LOUDNESS), 3.0, 1e-3, "loudness by the trim, with a pause");
}

/// Measuring changes no sound, does not depend on blocks, allocates nothing, and is over when it is not asked for.
#[test]
fn measuring_is_only_looking() {
    let input = white(3 * RATE as usize, 5, -12.0);
    let settings: ChannelSettings = random_settings(4);
    let (mut plain, mut looked) = (input.clone(), input.clone());
    started::<Channel>(RATE, LatencyMode::Mix, &settings).process(&mut plain, &[]);
    let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &settings);
    nice_assert_no_alloc::assert_no_alloc(|| {
        chain.rack.measure_contribution(true);
        chain.process(&mut looked, &[]);
    });
    assert!(plain == looked, "the same bits");
    let mut whole = Told::default();
    chain.rack.report(&mut whole);
    let mut cut = started::<Channel>(RATE, LatencyMode::Mix, &settings);
    cut.rack.measure_contribution(true);
    for block in input.clone().chunks_mut(77) {
        cut.process(block, &[]);
    }
    let mut told = Told::default();
    cut.rack.report(&mut told);
    for group in [&input::GROUP, &eq::GROUP, &compressor::GROUP, &output::GROUP, &chain::GROUP] {
        for (a, b) in whole.all(group).into_iter().zip(told.all(group)) {
            near(b, a, 1e-6, "in blocks of 77");
        }
    }
    chain.rack.measure_contribution(false);
    let mut over = Told::default();
    chain.rack.report(&mut over);
    assert_eq!(over.of(&input::GROUP, &LOUDNESS), f64::NEG_INFINITY, "it tells nothing once it is over");
}

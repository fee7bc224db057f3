//! The order of the modules: what it does to the sound, and what its change leaves.

use super::chain::{delayed, started};
use tandem_dsp::chain::Rack;
use tandem_dsp::chain::channel::{self, Channel, ChannelSettings};
use tandem_dsp::chain::master::{self, Master, MasterSettings};
use tandem_dsp::control::Group;
use tandem_dsp::module::{compressor, eq};
use tandem_dsp::order::Order;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, peak_db, tapered};
use tandem_tests::signals::{pink, sine};

const RATE: f64 = 48_000.0;

/// An equaliser that boosts what the compressor takes down, so that it matters which is first.
fn settings(order: &[&Group]) -> ChannelSettings {
    let mut settings = ChannelSettings::default();
    let band = &mut settings.eq.module.bands[0];
    (band.on, band.freq_hz, band.q, band.gain_db) = (true, 1_000.0, 1.0, 12.0);
    settings.eq.on = true;
    let comp = &mut settings.comp;
    comp.on = true;
    comp.module.threshold_db = -24.0;
    comp.module.ratio = 10.0;
    // So slow that its gain does not follow the wave, whose harmonics would hide a click.
    (comp.module.attack_ms, comp.module.release_ms) = (100.0, 500.0);
    settings.order = channel::ORDER.order_of(order).expect("an order");
    settings
}

fn eq_first() -> ChannelSettings {
    settings(&[&eq::GROUP, &compressor::GROUP])
}

fn comp_first() -> ChannelSettings {
    settings(&[&compressor::GROUP, &eq::GROUP])
}

fn processed(mode: LatencyMode, settings: &ChannelSettings, input: &[Frame]) -> Vec<Frame> {
    let mut output = input.to_vec();
    started::<Channel>(RATE, mode, settings).process(&mut output, &[]);
    output
}

/// One module by itself.
fn alone<P: Processor + Default>(settings: &P::Settings, frames: &mut [Frame]) {
    let mut module = P::default();
    module.prepare(RATE, LatencyMode::Live);
    module.set(settings);
    for run in frames.chunks_mut(CONTROL_INTERVAL) {
        module.control();
        module.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
}

#[test]
fn modules_process_in_the_order_that_is_set() {
    type Eq = tandem_dsp::chain::Stage<eq::Eq>;
    type Comp = tandem_dsp::chain::Stage<compressor::Compressor>;
    let input = pink(48_000, 1, -12.0);
    let (a, b) = (eq_first(), comp_first());
    let (mut eq_comp, mut comp_eq) = (input.clone(), input.clone());
    alone::<Eq>(&a.eq, &mut eq_comp);
    alone::<Comp>(&a.comp, &mut eq_comp);
    alone::<Comp>(&a.comp, &mut comp_eq);
    alone::<Eq>(&a.eq, &mut comp_eq);
    assert!(processed(LatencyMode::Live, &a, &input) == eq_comp, "equaliser, then compressor, bit for bit");
    assert!(processed(LatencyMode::Live, &b, &input) == comp_eq, "compressor, then equaliser, bit for bit");
    let apart = null_db(&eq_comp, &comp_eq);
    assert!(apart > -30.0, "the two are {apart:.1} dB apart: too little to tell them");
}

/// Frames in which a change must be over: two fades and what is delayed.
const CHANGED: usize = 4_096;

#[test]
fn a_change_of_order_fades_and_leaves_no_click() {
    for mode in [LatencyMode::Live, LatencyMode::Mix] {
        for (from, to) in [(eq_first(), comp_first()), (comp_first(), eq_first())] {
            let input = sine(4 * 48_000, RATE, 997.0, 0.0);
            let mut chain = started::<Channel>(RATE, mode, &from);
            let latency = chain.latency();
            let mut output = input.clone();
            let (before, after) = output.split_at_mut(2 * 48_000);
            chain.process(before, &[]);
            chain.set(&to);
            chain.process(after, &[]);
            assert_eq!(chain.latency(), latency, "{mode:?}: the latency stays");
            let residue = peak_above_db(&tapered(lane(&output[latency..], 0), 4_800), RATE, 4_000.0);
            assert!(residue <= -80.0, "{mode:?}: {residue:.1} dBFS above 4 kHz, -80 allowed");
            let changed = &output[2 * 48_000..];
            let is_silent = |run: &[Frame]| run.iter().all(|frame| *frame == [0.0; 2]);
            let silent: Vec<_> = changed.windows(CONTROL_INTERVAL).map(is_silent).collect();
            assert!(silent.contains(&true), "{mode:?}: what is between the two orders is not heard");
            let last = silent.iter().rposition(|silent| *silent).unwrap_or(0);
            assert!(last < CHANGED, "{mode:?}: still silent after {last} frames");
            // Its detector and filters come from another signal; three releases on, that is forgotten.
            let null = null_db(&output[3 * 48_000 + 24_000..], &processed(mode, &to, &input)[3 * 48_000 + 24_000..]);
            assert!(null <= -60.0, "{mode:?}: {null:.1} dB from a chain that began in the new order");
        }
    }
}

#[test]
fn the_last_of_many_changes_holds() {
    let input = pink(5 * 48_000, 2, -12.0);
    let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &eq_first());
    let mut output = input.clone();
    for (i, part) in output[..48_000].chunks_mut(700).enumerate() {
        chain.set(&if i % 2 == 0 { comp_first() } else { eq_first() });
        chain.process(part, &[]);
    }
    chain.set(&comp_first());
    chain.process(&mut output[48_000..], &[]);
    let late = 4 * 48_000;
    let null = null_db(&output[late..], &processed(LatencyMode::Mix, &comp_first(), &input)[late..]);
    assert!(null <= -60.0, "{null:.1} dB from a chain that began in that order");
}

#[test]
fn a_reset_takes_the_order_at_once() {
    let input = pink(8_192, 3, -12.0);
    let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &eq_first());
    chain.process(&mut input.clone(), &[]);
    chain.set(&comp_first());
    chain.process(&mut input.clone()[..100], &[]);
    chain.reset();
    chain.set(&comp_first());
    chain.set_bypass(false);
    let mut output = input.clone();
    chain.process(&mut output, &[]);
    assert!(output == processed(LatencyMode::Mix, &comp_first(), &input), "bit for bit, from the first frame on");
}

#[test]
fn empty_places_make_no_difference() {
    let input = pink(8_192, 4, -12.0);
    let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &eq_first());
    let mut output = input.clone();
    chain.process(&mut output[..4_000], &[]);
    let mut moved = eq_first();
    let taken: Vec<u8> = (0..10).filter(|place| channel::ORDER.modules[*place as usize].is_some()).collect();
    let empty = (0..10).rev().filter(|place| !taken.contains(place));
    moved.order = Order::arranged(&empty.chain(taken.clone()).collect::<Vec<_>>()).expect("an order");
    if taken.len() < 9 {
        assert_ne!(moved.order, eq_first().order, "the code is another one");
    }
    chain.set(&moved);
    chain.process(&mut output[4_000..], &[]);
    assert!(output == processed(LatencyMode::Mix, &eq_first(), &input), "bit for bit, without a gap");
}

#[test]
fn a_neutral_chain_nulls_in_any_order() {
    let mut settings = ChannelSettings::default();
    for code in (0..10).map(|i| i * 397_531) {
        settings.order = Order::decode(code);
        let input = pink(4_096, 5, -12.0);
        let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &settings);
        let mut output = input.clone();
        chain.process(&mut output, &[]);
        assert!(output == delayed(&input, chain.latency()), "code {code}: the input, delayed, bit for bit");
    }
}

#[test]
fn the_limiter_stays_behind_whatever_is_moved() {
    let mut settings = MasterSettings::default();
    let band = &mut settings.eq.module.filters.bands[0];
    (band.on, band.freq_hz, band.gain_db) = (true, 200.0, 12.0);
    (settings.eq.on, settings.limiter.on) = (true, true);
    for order in [&[&eq::GROUP, &compressor::GLUE], &[&compressor::GLUE, &eq::GROUP]] {
        settings.order = master::ORDER.order_of(order).expect("an order");
        let mut output = pink(48_000, 6, -3.0);
        started::<Master>(RATE, LatencyMode::Mix, &settings).process(&mut output, &[]);
        let (peak, ceiling) = (peak_db(&output), settings.limiter.module.ceiling_db);
        assert!(peak <= ceiling + 0.02, "{peak:.2} dBFS over a ceiling of {ceiling} dB");
    }
}

/// What a module is heard alone of goes straight to the output: the modules behind it, whatever the order, step aside.
#[test]
fn delta_goes_straight_to_the_output_and_sums_to_dry() {
    let input = pink(5 * 48_000, 7, -12.0);
    for settings in [eq_first(), comp_first()] {
        let first = if settings.order == eq_first().order { &eq::GROUP } else { &compressor::GROUP };
        // The first module alone in the chain.
        let mut alone = settings;
        (alone.eq.on, alone.comp.on) = (first.id == eq::GROUP.id, first.id == compressor::GROUP.id);
        let wet = processed(LatencyMode::Mix, &alone, &input);
        let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &settings);
        chain.rack.listen_to(|group| if group.id == first.id { Listen::Delta } else { Listen::Output });
        let mut delta = input.clone();
        chain.process(&mut delta, &[]);
        let sum: Vec<Frame> = delta.iter().zip(&wet).map(|(d, w)| [d[0] + w[0], d[1] + w[1]]).collect();
        let null = null_db(&sum[4_096..], &delayed(&input, chain.latency())[4_096..]);
        assert!(null <= -120.0, "{}: delta + wet is {null:.1} dB from dry, -120 expected", first.id);
        // And back.
        chain.rack.listen_to(|_| Listen::Output);
        let mut output = input.clone();
        chain.process(&mut output, &[]);
        let mut steady = started::<Channel>(RATE, LatencyMode::Mix, &settings);
        let mut expected = input.clone();
        steady.process(&mut input.clone(), &[]);
        steady.process(&mut expected, &[]);
        // The compressor begins anew; some releases on, that is forgotten.
        let late = 4 * 48_000;
        let null = null_db(&output[late..], &expected[late..]);
        assert!(null <= -60.0, "{}: {null:.1} dB from a chain that was never listened to", first.id);
    }
}

#[test]
fn stepping_aside_does_not_click() {
    let mut chain = started::<Channel>(RATE, LatencyMode::Mix, &eq_first());
    // Full scale behind the boost.
    let mut output = sine(4 * 48_000, RATE, 997.0, -12.0);
    for (i, part) in output.chunks_mut(48_000).enumerate() {
        let listen = if i % 2 == 1 { Listen::Delta } else { Listen::Output };
        chain.rack.listen_to(|group| if group.id == eq::GROUP.id { listen } else { Listen::Output });
        chain.process(part, &[]);
    }
    let residue = peak_above_db(&tapered(lane(&output[chain.latency()..], 0), 4_800), RATE, 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 allowed");
}

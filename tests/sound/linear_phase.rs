//! The master's equaliser in linear phase: its magnitude is the analogue prototypes', everything is delayed alike, and a
//! change of kernel is not heard.

use nice_assert_no_alloc::assert_no_alloc;
use tandem_dsp::chain::Chain;
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::eq::{BandSettings, EqSettings, LinearEq, LinearEqSettings, Phase, Placement, Shape, Slope};
use tandem_dsp::units::gain_to_db;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, response_db, tapered};
use tandem_tests::signals::{impulse, sine, white};

const RATE: f64 = 48_000.0;
const KEYS: [Frame; CONTROL_INTERVAL] = [[0.0; 2]; CONTROL_INTERVAL];

fn linear(filters: EqSettings) -> LinearEqSettings {
    LinearEqSettings { filters, phase: Phase::Linear }
}

fn band(shape: Shape, freq_hz: f64, gain_db: f64, q: f64) -> BandSettings {
    BandSettings { on: true, shape, freq_hz, gain_db, q, ..Default::default() }
}

fn one_band(band: BandSettings) -> EqSettings {
    let mut filters = EqSettings::default();
    filters.bands[0] = band;
    filters
}

/// Builds what is planned and hands it over; frees what is done with. How many were built.
fn deliver(processor: &mut impl Processor) -> usize {
    let mut built = 0;
    while let Some(plan) = processor.next_plan() {
        assert!(processor.take_kernel(plan.build()).is_none(), "a kernel that was planned is taken");
        built += 1;
    }
    while processor.spent_kernel().is_some() {}
    built
}

/// As a chain does, with each kernel there as soon as it is planned.
fn process(eq: &mut LinearEq, signal: &mut [Frame]) {
    for run in signal.chunks_mut(CONTROL_INTERVAL) {
        assert_no_alloc(|| {
            eq.control();
            eq.run(run, &KEYS[..run.len()]);
        });
        deliver(eq);
    }
}

/// In Full, at `settings` from the first frame on.
fn fresh(settings: &LinearEqSettings, rate: f64) -> LinearEq {
    let mut eq = LinearEq::default();
    eq.prepare(rate, LatencyMode::Full);
    eq.set(settings);
    deliver(&mut eq);
    eq
}

/// What an impulse in one input makes of both outputs, long enough for all of it.
fn responses(settings: &LinearEqSettings, rate: f64, input: usize) -> Vec<Frame> {
    let mut signal = vec![[0.0; 2]; (0.5 * rate) as usize];
    signal[0][input] = 1.0;
    process(&mut fresh(settings, rate), &mut signal);
    signal
}

/// Frequencies from 20 Hz to 20 kHz, equal ratios.
fn audible(points: usize) -> impl Iterator<Item = f64> {
    (0..points).map(move |i| 20.0 * 1_000f64.powf(i as f64 / (points - 1) as f64))
}

/// Filters of all kinds, as narrow and as low as the kernel's length resolves: a band 1/f of whose width in Hz is
/// longer than about 1/30 s is not.
fn wide_enough() -> Vec<(String, EqSettings)> {
    let mut all = Vec::new();
    for (shape, freq_hz, gain_db, q) in [
        (Shape::Bell, 30.0, 6.0, 1.0),
        (Shape::Bell, 30.0, 12.0, 1.0),
        (Shape::Bell, 30.0, -12.0, 1.0),
        (Shape::Bell, 100.0, -12.0, 4.0),
        (Shape::Bell, 1_000.0, 18.0, 10.0),
        (Shape::Bell, 12_000.0, 12.0, 1.0),
        (Shape::LowShelf, 30.0, 6.0, 0.7),
        (Shape::LowShelf, 200.0, -12.0, 1.0),
        (Shape::HighShelf, 8_000.0, 6.0, 0.7),
        (Shape::Tilt, 700.0, 6.0, 0.4),
        (Shape::BandPass, 1_000.0, 0.0, 2.0),
    ] {
        all.push((format!("{shape:?} {freq_hz} Hz {gain_db} dB Q {q}"), one_band(band(shape, freq_hz, gain_db, q))));
    }
    for (slope, freq_hz) in [(Slope::Db6, 20.0), (Slope::Db12, 20.0), (Slope::Db24, 30.0), (Slope::Db48, 80.0)] {
        let mut filters = EqSettings::default();
        (filters.high_pass.on, filters.high_pass.slope, filters.high_pass.freq_hz) = (true, slope, freq_hz);
        all.push((format!("high-pass {slope:?} {freq_hz} Hz"), filters));
    }
    for (slope, freq_hz) in [(Slope::Db12, 8_000.0), (Slope::Db48, 16_000.0)] {
        let mut filters = EqSettings::default();
        (filters.low_pass.on, filters.low_pass.slope, filters.low_pass.freq_hz) = (true, slope, freq_hz);
        all.push((format!("low-pass {slope:?} {freq_hz} Hz"), filters));
    }
    all
}

#[test]
fn the_magnitude_is_the_analogue_one_and_the_reported_one() {
    let (mut worst, mut worst_report) = (0.0f64, 0.0f64);
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for (name, filters) in wide_enough() {
            let settings = linear(filters);
            let (response, reported) =
                (lane(&responses(&settings, rate, 0), 0), settings.response(rate, LatencyMode::Full));
            for freq_hz in audible(60) {
                let analogue = filters.prototype_db(rate, freq_hz, Placement::Left);
                let measured = response_db(&response, rate, freq_hz);
                let said = reported.magnitude_db(freq_hz, Placement::Left);
                assert!(
                    (measured - said).abs() <= 1e-3 || said < -90.0 && measured < -90.0,
                    "{name} at {rate} Hz: measured {measured:.4} dB at {freq_hz:.1} Hz, reported {said:.4} dB"
                );
                worst_report = if said > -90.0 { worst_report.max((measured - said).abs()) } else { worst_report };
                if analogue > -40.0 {
                    let off = (measured - analogue).abs();
                    worst = worst.max(off);
                    assert!(
                        off <= 0.2,
                        "{name} at {rate} Hz: measured {measured:.3} dB at {freq_hz:.1} Hz, analogue {analogue:.3} dB"
                    );
                }
            }
        }
    }
    println!("analogue prototype above -40 dB: within {worst:.3} dB, reported: {worst_report:.5} dB");
}

#[test]
fn what_is_narrower_than_the_kernel_resolves_is_reported_as_it_is() {
    for (shape, freq_hz, q) in [(Shape::Bell, 240.0, 20.0), (Shape::Notch, 60.0, 10.0), (Shape::Bell, 30.0, 8.0)] {
        let settings = linear(one_band(band(shape, freq_hz, -18.0, q)));
        let response = lane(&responses(&settings, RATE, 0), 0);
        let reported = settings.response(RATE, LatencyMode::Full);
        for freq_hz in audible(200).chain([freq_hz]) {
            let (measured, said) =
                (response_db(&response, RATE, freq_hz), reported.magnitude_db(freq_hz, Placement::Left));
            assert!((measured - said).abs() <= 1e-3, "{shape:?} at {freq_hz:.1} Hz: {measured:.4} dB, not {said:.4}");
        }
        let analogue = settings.filters.prototype_db(RATE, freq_hz, Placement::Left).max(-100.0);
        let measured = response_db(&response, RATE, freq_hz);
        println!("{shape:?} {freq_hz} Hz Q {q}: {measured:.1} dB at its frequency, {analogue:.1} dB analogue");
    }
}

#[test]
fn everything_is_delayed_alike() {
    for rate in [44_100.0, 48_000.0, 192_000.0] {
        for (name, filters) in wide_enough() {
            let settings = linear(filters);
            let (response, middle) = (responses(&settings, rate, 0), fresh(&settings, rate).latency());
            let most = lane(&response, 0).iter().fold(0.0f64, |most, x| most.max(x.abs()));
            let length = middle.min(response.len() - middle);
            let odd =
                (0..length).map(|i| (response[middle + i][0] - response[middle - i][0]).abs()).fold(0.0, f64::max);
            let late = response[2 * middle + 1..].iter().map(|frame| frame[0].abs()).fold(0.0, f64::max);
            let asymmetry = gain_to_db(odd.max(late) / most);
            assert!(asymmetry <= -120.0, "{name} at {rate} Hz: {asymmetry:.1} dB of its response are not symmetric");
        }
    }
}

/// The gain of one filter at a frequency, from its analogue prototype alone.
fn alone(band: &BandSettings, freq_hz: f64) -> f64 {
    let mut only = one_band(*band);
    only.bands[0].placement = Placement::Stereo;
    10f64.powf(only.prototype_db(RATE, freq_hz, Placement::Left) / 20.0)
}

#[test]
fn placements_combine_as_matrices_in_their_order() {
    let mut filters = EqSettings::default();
    for (i, (placement, freq_hz, gain_db)) in [
        (Placement::Side, 3_000.0, 9.0),
        (Placement::Left, 1_200.0, -6.0),
        (Placement::Mid, 400.0, 6.0),
        (Placement::Right, 5_000.0, 8.0),
        (Placement::Stereo, 2_000.0, -4.0),
        (Placement::Side, 800.0, -12.0),
    ]
    .into_iter()
    .enumerate()
    {
        filters.bands[i] = BandSettings { placement, ..band(Shape::Bell, freq_hz, gain_db, 0.8) };
    }
    let settings = linear(filters);
    let latency = fresh(&settings, RATE).latency();
    let from = [0, 1].map(|input| responses(&settings, RATE, input));
    let reported = settings.response(RATE, LatencyMode::Full);
    for freq_hz in audible(80) {
        // Left and right through the bands one by one, as numbers.
        let through = |input: usize| {
            let mut frame = [0.0; 2];
            frame[input] = 1.0;
            filters.bands.iter().filter(|band| band.on).fold(frame, |[left, right], band| {
                let gain = alone(band, freq_hz);
                let (mid, side) = (0.5 * (left + right), 0.5 * (left - right));
                match band.placement {
                    Placement::Stereo => [gain * left, gain * right],
                    Placement::Left => [gain * left, right],
                    Placement::Right => [left, gain * right],
                    Placement::Mid => [gain * mid + side, gain * mid - side],
                    Placement::Side => [mid + gain * side, mid - gain * side],
                }
            })
        };
        for input in 0..2 {
            for output in 0..2 {
                let expected = through(input)[output];
                // The real part about the middle; nothing is imaginary there.
                let step = std::f64::consts::TAU * freq_hz / RATE;
                let response = lane(&from[input], output);
                let (mut re, mut im) = (0.0, 0.0);
                for (n, x) in response.iter().enumerate() {
                    let (sin, cos) = (step * (n as f64 - latency as f64)).sin_cos();
                    (re, im) = (re + x * cos, im - x * sin);
                }
                assert!(
                    (re - expected).abs() <= 1e-4 && im.abs() <= 1e-6,
                    "from {input} to {output} at {freq_hz:.0} Hz: {re:.6} and {im:.1e} j, {expected:.6} expected"
                );
            }
        }
        let said = reported.magnitude_db(freq_hz, Placement::Mid);
        let [from_left, from_right] = [through(0), through(1)];
        let mid = gain_to_db(0.5 * (from_left.iter().sum::<f64>() + from_right.iter().sum::<f64>()).abs());
        assert!((said - mid).abs() <= 1e-3, "mid at {freq_hz:.0} Hz: {said:.4} dB reported, {mid:.4} dB expected");
    }
}

#[test]
fn without_effect_it_is_a_pure_delay() {
    let signal = white(48_000, 1, -12.0);
    for phase in [Phase::Minimum, Phase::Linear] {
        for rate in [44_100.0, RATE, 96_000.0] {
            let mut eq = fresh(&LinearEqSettings { phase, ..Default::default() }, rate);
            let (mut output, latency) = (signal.clone(), eq.latency());
            process(&mut eq, &mut output);
            let null = null_db(&output[latency..], &signal[..signal.len() - latency]);
            assert!(null <= -120.0, "{phase:?} at {rate} Hz leaves {null:.1} dBFS");
        }
    }
}

#[test]
fn below_full_it_is_the_minimum_phase_one() {
    let filters = one_band(band(Shape::Bell, 300.0, 9.0, 2.0));
    for &mode in &[LatencyMode::Live, LatencyMode::Mix] {
        let run = |settings: &LinearEqSettings| {
            let mut eq = LinearEq::default();
            eq.prepare(RATE, mode);
            eq.set(settings);
            assert!(eq.next_plan().is_none(), "nothing to build in {mode:?}");
            assert_eq!(eq.latency(), 0, "{mode:?}");
            let mut output = impulse(4_800);
            process(&mut eq, &mut output);
            output
        };
        assert!(run(&linear(filters)) == run(&LinearEqSettings { filters, phase: Phase::Minimum }), "{mode:?}");
        let reported = linear(filters).response(RATE, mode).magnitude_db(300.0, Placement::Left);
        assert!((reported - 9.0).abs() < 0.01, "{reported:.3} dB reported in {mode:?}");
    }
}

#[test]
fn dynamic_bands_stay_minimum_phase() {
    let mut filters = one_band(band(Shape::Bell, 2_000.0, 6.0, 1.0));
    (filters.bands[0].dynamics.on, filters.bands[0].dynamics.threshold_db) = (true, 0.0);
    let settings = linear(filters);
    let response = responses(&settings, RATE, 0);
    let latency = fresh(&settings, RATE).latency();
    let before = response[..latency].iter().map(|frame| frame[0].abs()).fold(0.0, f64::max);
    assert!(gain_to_db(before) <= -120.0, "{:.1} dB before the hit", gain_to_db(before));
    for freq_hz in audible(40) {
        let measured = response_db(&lane(&response, 0), RATE, freq_hz);
        let said = settings.response(RATE, LatencyMode::Full).magnitude_db(freq_hz, Placement::Left);
        assert!((measured - said).abs() <= 1e-3, "{measured:.4} dB at {freq_hz:.1} Hz, {said:.4} reported");
    }
}

/// Residue above 4 kHz in dBFS of a full-scale 1 kHz sine while a master in Full gets each of `aims` at its frame.
fn residue_db(before: MasterSettings, aims: &[(usize, MasterSettings)]) -> f64 {
    let mut chain = Chain::<Master>::default();
    chain.prepare(RATE, LatencyMode::Full);
    chain.set(&before);
    chain.set_bypass(false);
    deliver(&mut chain.rack);
    let mut signal = sine(72_000, RATE, 1_000.0, 0.0);
    let mut aims = aims.iter().peekable();
    for (i, frames) in signal.chunks_mut(256).enumerate() {
        if let Some((_, after)) = aims.next_if(|(at, _)| *at <= i * 256) {
            chain.set(after);
        }
        assert_no_alloc(|| chain.process(frames, &[]));
        deliver(&mut chain.rack);
    }
    let frames = &signal[chain.latency()..];
    let middle = &frames[frames.len() / 2..];
    assert!(middle.iter().any(|frame| frame[0].abs() > 0.1), "something is heard");
    peak_above_db(&tapered(lane(frames, 0), 4_800), RATE, 4_000.0)
}

#[test]
fn a_change_of_kernel_is_not_heard() {
    let mut before = MasterSettings::default();
    before.eq.module = linear(one_band(band(Shape::Bell, 1_000.0, 6.0, 1.0)));
    let with = |change: &dyn Fn(&mut LinearEqSettings)| {
        let mut settings = before;
        change(&mut settings.eq.module);
        settings
    };
    let down = with(&|eq| eq.filters.bands[0].gain_db = 0.0);
    let mut turns = Vec::new();
    for i in 0..40 {
        turns.push((24_000 + 512 * i, with(&|eq| eq.filters.bands[0].gain_db = 6.0 - 0.15 * i as f64)));
    }
    for (what, aims) in [
        ("bell from +6 dB to 0", vec![(24_000, down)]),
        ("and back", vec![(24_000, down), (25_000, before)]),
        ("bell on the move", turns),
        ("left only", vec![(24_000, with(&|eq| eq.filters.bands[0].placement = Placement::Left))]),
        ("to minimum phase", vec![(24_000, with(&|eq| eq.phase = Phase::Minimum))]),
        ("band dynamic", vec![(24_000, with(&|eq| eq.filters.bands[0].dynamics.on = true))]),
    ] {
        let residue = residue_db(before, &aims);
        println!("{what}: {residue:.1} dBFS");
        assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
    }
    let minimum = with(&|eq| eq.phase = Phase::Minimum);
    let residue = residue_db(minimum, &[(24_000, before)]);
    assert!(residue <= -80.0, "to linear phase: {residue:.1} dBFS above 4 kHz, -80 allowed");
    let mut off = before;
    off.eq.on = false;
    for (from, to) in [(before, off), (off, before)] {
        let residue = residue_db(from, &[(24_000, to)]);
        assert!(residue <= -80.0, "switched: {residue:.1} dBFS above 4 kHz, -80 allowed");
    }
}

/// A linear-phase equaliser that is aimed elsewhere now and then, in blocks of `block` frames, each kernel built `late`
/// frames after it was planned.
fn moved(block: usize, late: usize) -> Vec<Frame> {
    let settings = |i: usize| linear(one_band(band(Shape::Bell, 500.0, (i % 5) as f64 * 2.0, 1.0)));
    let mut eq = fresh(&settings(0), RATE);
    let mut output = white(96_000, 3, -12.0);
    let (mut waiting, mut at) = (Vec::new(), 0);
    for frames in output.chunks_mut(4_800) {
        eq.set(&settings(at / 4_800));
        for run in frames.chunks_mut(block) {
            for run in run.chunks_mut(CONTROL_INTERVAL) {
                eq.control();
                eq.run(run, &KEYS[..run.len()]);
            }
            at += run.len();
            while let Some(plan) = eq.next_plan() {
                waiting.push((at + late, plan));
            }
            while waiting.first().is_some_and(|(due, _)| *due <= at) {
                eq.take_kernel(waiting.remove(0).1.build());
            }
            while eq.spent_kernel().is_some() {}
        }
    }
    output
}

#[test]
fn a_kernel_that_comes_in_time_is_heard_at_the_same_frame_whenever_it_comes() {
    let at_once = moved(16, 0);
    for (block, late) in [(16, 3_000), (96, 0), (240, 3_600), (960, 0)] {
        assert!(moved(block, late) == at_once, "blocks of {block}, {late} frames late");
    }
    assert!(moved(16, 9_000) != at_once, "a late kernel is heard later");
}

#[test]
fn a_move_is_heard_where_it_is_made() {
    // From 0 to +12 dB at frame 24,000, the programme a steady tone: what came in before leaves as it was.
    let gain = |gain_db| linear(one_band(band(Shape::Bell, 1_000.0, gain_db, 0.3)));
    let mut eq = fresh(&gain(0.0), RATE);
    let mut output = sine(48_000, RATE, 1_000.0, -20.0);
    let (first, second) = output.split_at_mut(24_000);
    process(&mut eq, first);
    eq.set(&gain(12.0));
    process(&mut eq, second);
    let peak =
        |from: usize| gain_to_db(output[from..from + 480].iter().map(|frame| frame[0].abs()).fold(0.0, f64::max));
    let at = 24_000 + eq.latency();
    assert!((peak(at - 960) + 20.0).abs() < 0.1, "{:.2} dBFS 20 ms before", peak(at - 960));
    assert!((peak(at + 2_880) + 8.0).abs() < 0.1, "{:.2} dBFS 60 ms after", peak(at + 2_880));
}

#[test]
fn a_late_or_foreign_kernel_is_refused_and_all_are_given_back() {
    let filters = one_band(band(Shape::Bell, 500.0, 6.0, 1.0));
    let mut eq = fresh(&linear(filters), RATE);
    let foreign = tandem_dsp::kernel::Plan { filters: EqSettings::default(), rate: RATE };
    assert!(eq.take_kernel(foreign.build()).is_some(), "not planned");
    let (mut built, mut freed) = (0, 0);
    for i in 0..60 {
        let mut moved = filters;
        moved.bands[0].gain_db = f64::from(i % 7);
        eq.set(&linear(moved));
        for _ in 0..100 {
            let mut run = [[0.1; 2]; CONTROL_INTERVAL];
            eq.control();
            eq.run(&mut run, &KEYS);
            while let Some(plan) = eq.next_plan() {
                built += 1;
                assert!(eq.take_kernel(plan.build()).is_none());
            }
            while eq.spent_kernel().is_some() {
                freed += 1;
            }
        }
    }
    assert!(built > 30 && built - freed <= 3, "{built} built, {freed} freed");
    eq.reset();
    while eq.spent_kernel().is_some() {
        freed += 1;
    }
    assert_eq!(built - freed, 0, "but for the first one, none is left beside the one that counts");
}

#[test]
fn a_solo_and_its_end_leave_the_sound_whole() {
    let settings = linear(one_band(band(Shape::Bell, 1_000.0, 6.0, 1.0)));
    let mut eq = fresh(&settings, RATE);
    let mut plain = fresh(&settings, RATE);
    let signal = white(144_000, 5, -12.0);
    let (mut output, mut expected) = (signal.clone(), signal.clone());
    process(&mut plain, &mut expected);
    for (i, frames) in output.chunks_mut(48_000).enumerate() {
        eq.listen(if i == 1 { Listen::Band(0) } else { Listen::Output });
        process(&mut eq, frames);
    }
    for (part, others) in [("before", 0..48_000), ("after", 120_000..144_000)] {
        let null = null_db(&output[others.clone()], &expected[others]);
        assert!(null < -200.0, "{part} it differs by {null:.1} dBFS");
    }
    // The band-pass takes most of the noise.
    let alone = null_db(&output[72_000..96_000], &expected[72_000..96_000]);
    assert!(alone > -12.0, "what is heard alone differs by {alone:.1} dBFS");
}

#[test]
fn a_change_of_phase_arrives() {
    let filters = one_band(band(Shape::Bell, 200.0, 12.0, 2.0));
    let [minimum, linear] = Phase::ALL.iter().map(|&phase| LinearEqSettings { filters, phase }).collect::<Vec<_>>()[..]
    else {
        panic!("two phases")
    };
    let signal = white(96_000, 6, -12.0);
    let of = |settings: &LinearEqSettings| {
        let mut output = signal.clone();
        process(&mut fresh(settings, RATE), &mut output);
        output
    };
    for (from, to) in [(minimum, linear), (linear, minimum)] {
        let (mut eq, mut output) = (fresh(&from, RATE), signal.clone());
        let (first, second) = output.split_at_mut(9_600);
        process(&mut eq, first);
        eq.set(&to);
        process(&mut eq, second);
        let null = null_db(&output[48_000..], &of(&to)[48_000..]);
        assert!(null <= -120.0, "from {:?} to {:?} ends {null:.1} dBFS off", from.phase, to.phase);
    }
}

#[test]
fn linear_phase_needs_full() {
    assert_eq!(Phase::ALL.iter().map(|phase| phase.needs().index()).collect::<Vec<_>>(), [0, 2]);
}

//! De-mud takes what sticks out of the spectrum, and nothing else.

use super::alone::{Alone, is_off_until_asked, keeps_its_promises};
use tandem_dsp::block::analog::Analog;
use tandem_dsp::block::svf::{Design, Section, run};
use tandem_dsp::chain::Chain;
use tandem_dsp::control::Staged;
use tandem_dsp::module::demud::{Cut, Demud, DemudSettings};
use tandem_dsp::units::db_to_gain;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode};
use tandem_tests::measure::{lane, null_db, peak_above_db, spectrum, tapered};
use tandem_tests::signals::{Random, pink, sine, white};

const RATE: f64 = 48_000.0;

fn started(rate: f64, settings: &DemudSettings) -> Chain<Alone<Demud>> {
    let mut chain = Chain::<Alone<Demud>>::default();
    chain.prepare(rate, LatencyMode::Live);
    chain.set(&Staged { on: true, module: *settings });
    chain.set_bypass(false);
    chain
}

fn processed(rate: f64, settings: &DemudSettings, input: &[Frame]) -> (Vec<Frame>, Chain<Alone<Demud>>) {
    let mut chain = started(rate, settings);
    let mut output = input.to_vec();
    chain.process(&mut output, &[]);
    (output, chain)
}

fn cuts(chain: &Chain<Alone<Demud>>) -> Vec<Cut> {
    chain.rack.0.module().cuts().into_iter().filter(|cut| cut.cut_db > 0.0).collect()
}

/// The signal through a bell.
fn with_bell(mut signal: Vec<Frame>, rate: f64, freq_hz: f64, gain_db: f64, q: f64) -> Vec<Frame> {
    let g = (std::f64::consts::PI * freq_hz / rate).tan();
    let mut section = Section::default();
    section.jump(Design::bilinear(&Analog::bell(gain_db, q), g).coefs().map(|c| [c; 2]));
    signal.chunks_mut(CONTROL_INTERVAL).for_each(|frames| run(&mut section, frames));
    signal
}

/// Mean power of each bin, over pieces of `length` frames.
fn mean_power(signal: &[Frame], length: usize) -> Vec<f64> {
    let mut sum = vec![0.0; length / 2 + 1];
    for piece in signal.chunks_exact(length) {
        for channel in 0..2 {
            for (sum, amplitude) in sum.iter_mut().zip(spectrum(&lane(piece, channel))) {
                *sum += amplitude * amplitude;
            }
        }
    }
    sum
}

/// Output over input in dB, of each bin.
fn change_db(input: &[Frame], output: &[Frame], length: usize) -> Vec<f64> {
    let ratio = mean_power(output, length).into_iter().zip(mean_power(input, length));
    ratio.map(|(out, of)| 10.0 * (out / of.max(1e-300)).log10()).collect()
}

#[test]
fn keeps_what_every_module_promises() {
    is_off_until_asked::<Demud>();
    keeps_its_promises::<Demud>([0.0, 0.0, 0.0]);
}

#[test]
fn pink_noise_passes_unchanged() {
    for (rate, seed) in [(44_100.0, 1), (48_000.0, 2), (96_000.0, 3)] {
        let input = pink((30.0 * rate) as usize, seed, -18.0);
        let (output, _) = processed(rate, &DemudSettings::default(), &input);
        const LENGTH: usize = 32_768;
        let (out, of) = (mean_power(&output, LENGTH), mean_power(&input, LENGTH));
        let mut worst = (0.0f64, 0.0);
        for third in -14..13 {
            let centre_hz = 1_000.0 * 2f64.powf(f64::from(third) / 3.0);
            let bin = |hz: f64| (hz * LENGTH as f64 / rate).round() as usize;
            let part = bin(centre_hz * 2f64.powf(-1.0 / 6.0))..bin(centre_hz * 2f64.powf(1.0 / 6.0));
            let sum = |powers: &[f64]| powers[part.clone()].iter().sum::<f64>();
            let change = 10.0 * (sum(&out) / sum(&of)).log10();
            if change.abs() > worst.0.abs() {
                worst = (change, centre_hz);
            }
        }
        println!("pink at {rate} Hz: {:.3} dB at {:.0} Hz", worst.0, worst.1);
        assert!(worst.0.abs() < 0.5, "{rate} Hz: {:.2} dB in the third about {:.0} Hz, 0.5 allowed", worst.0, worst.1);
    }
}

/// Resonances of +12 dB and Q 20 in pink noise, in the default range and across the whole of it.
#[test]
fn a_resonance_is_cut_where_it_is() {
    let whole = DemudSettings { low_hz: 40.0, high_hz: 16_000.0, ..DemudSettings::default() };
    let at_default = [120.0, 233.0, 410.0, 560.0].map(|freq_hz| (RATE, DemudSettings::default(), freq_hz));
    let elsewhere = [
        (RATE, whole, 80.0),
        (RATE, whole, 1_370.0),
        (RATE, whole, 5_200.0),
        (RATE, whole, 11_000.0),
        (44_100.0, DemudSettings::default(), 233.0),
        (192_000.0, DemudSettings::default(), 233.0),
    ];
    for (rate, settings, freq_hz) in at_default.into_iter().chain(elsewhere) {
        let settings = DemudSettings { depth_percent: 100.0, ..settings };
        let input = with_bell(pink((14.0 * rate) as usize, 7, -18.0), rate, freq_hz, 12.0, 20.0);
        let (output, chain) = processed(rate, &settings, &input);
        let settled = (4.0 * rate) as usize;
        let length = if rate > 100_000.0 { 65_536 } else { 16_384 };
        let change = change_db(&input[settled..], &output[settled..], length);
        let hz = |bin: usize| bin as f64 * rate / length as f64;
        let near: Vec<usize> = (1..change.len()).filter(|bin| (hz(*bin) / freq_hz).log2().abs() < 0.5).collect();
        let deepest = near.iter().map(|bin| change[*bin]).fold(0.0, f64::min);
        // The middle of what is cut by more than half of the most.
        let core: Vec<f64> = near.iter().filter(|bin| change[**bin] < 0.5 * deepest).map(|bin| hz(*bin)).collect();
        let centre_hz = core.iter().sum::<f64>() / core.len() as f64;
        let off = centre_hz / freq_hz - 1.0;
        println!(
            "{freq_hz} Hz at {rate} Hz: {deepest:.2} dB at {centre_hz:.1} Hz ({:+.2} %); now {:.1?}",
            100.0 * off,
            cuts(&chain).iter().map(|cut| (cut.freq_hz, cut.cut_db)).collect::<Vec<_>>()
        );
        assert!(off.abs() <= 0.03, "{freq_hz} Hz at {rate}: the cut lies at {centre_hz:.1} Hz, within 3 % expected");
        assert!(deepest <= -6.0, "{freq_hz} Hz at {rate}: {deepest:.2} dB, -6 or less expected");
    }
}

#[test]
fn where_nothing_sticks_out_and_at_no_depth_not_a_bit_changes() {
    let ringing = with_bell(pink(96_000, 5, -18.0), RATE, 240.0, 12.0, 20.0);
    let (output, chain) = processed(RATE, &DemudSettings::default(), &ringing);
    assert!(output != ringing && !cuts(&chain).is_empty(), "at the default depth there is a cut");
    let none = DemudSettings { depth_percent: 0.0, ..DemudSettings::default() };
    assert!(processed(RATE, &none, &ringing).0 == ringing, "at no depth the output is the input bit for bit");
    let mut unweighted = DemudSettings::default();
    let nodes = &mut unweighted.nodes;
    nodes.0.weight_percent = 0.0;
    nodes.1.weight_percent = 0.0;
    nodes.2.weight_percent = 0.0;
    nodes.3.weight_percent = 0.0;
    assert!(processed(RATE, &unweighted, &ringing).0 == ringing, "between nodes of no weight nothing is cut");
    let noise = white(48_000, 6, -20.0);
    assert!(processed(RATE, &DemudSettings::default(), &noise).0 == noise, "white noise passes bit for bit");
}

#[test]
fn what_is_cut_does_not_depend_on_the_level() {
    let loud = with_bell(pink(192_000, 8, -12.0), RATE, 300.0, 12.0, 20.0);
    let soft: Vec<Frame> = loud.iter().map(|frame| frame.map(|x| x * db_to_gain(-40.0))).collect();
    let (at_loud, _) = processed(RATE, &DemudSettings::default(), &loud);
    let (at_soft, _) = processed(RATE, &DemudSettings::default(), &soft);
    let raised: Vec<Frame> = at_soft.iter().map(|frame| frame.map(|x| x * db_to_gain(40.0))).collect();
    let null = null_db(&at_loud, &raised);
    assert!(null <= -100.0, "40 dB softer it does the same within {null:.0} dB, -100 expected");
}

#[test]
fn the_reported_response_is_the_measured_one() {
    let settings = DemudSettings { depth_percent: 100.0, speed_ms: 3_000.0, ..DemudSettings::default() };
    let input = with_bell(pink(20 * 48_000, 9, -18.0), RATE, 240.0, 12.0, 20.0);
    let mut chain = started(RATE, &settings);
    let mut output = input.clone();
    chain.process(&mut output[..18 * 48_000], &[]);
    let before: Vec<f64> = REPORTED_HZ.iter().map(|hz| chain.rack.0.module().magnitude_db(*hz)).collect();
    chain.process(&mut output[18 * 48_000..], &[]);
    const LENGTH: usize = 16_384;
    let change = change_db(&input[18 * 48_000..], &output[18 * 48_000..], LENGTH);
    for (hz, before_db) in REPORTED_HZ.iter().zip(before) {
        // What moves meanwhile lies between.
        let reported = 0.5 * (before_db + chain.rack.0.module().magnitude_db(*hz));
        let measured = change[(hz * LENGTH as f64 / RATE).round() as usize];
        assert!((measured - reported).abs() < 0.5, "{hz} Hz: {measured:.2} dB measured, {reported:.2} dB reported");
    }
}

const REPORTED_HZ: [f64; 6] = [120.0, 216.8, 240.2, 263.7, 400.0, 1_000.0];

#[test]
fn a_cut_comes_and_moves_without_a_sound_of_its_own() {
    // A full-scale tone that sets in and changes its pitch, under a depth that jumps.
    let mut input = sine(96_000, RATE, 220.0, 0.0);
    let mut chain = started(RATE, &DemudSettings { speed_ms: 30.0, ..DemudSettings::default() });
    let noise = pink(96_000, 3, -60.0);
    input.iter_mut().zip(&noise).for_each(|(x, n)| *x = [x[0] + n[0], x[1] + n[1]]);
    let mut output = input.clone();
    for (i, part) in output.chunks_mut(9_600).enumerate() {
        let depth_percent = [100.0, 20.0, 60.0][i % 3];
        let module = DemudSettings { depth_percent, speed_ms: 30.0, ..DemudSettings::default() };
        chain.set(&Staged { on: true, module });
        chain.process(part, &[]);
    }
    let of = |signal: &[Frame]| peak_above_db(&tapered(lane(signal, 0), 4_800), RATE, 4_000.0);
    let (before, after) = (of(&input), of(&output));
    println!("above 4 kHz: {before:.1} dBFS before, {after:.1} after");
    let residue: Vec<f64> = lane(&output, 0).iter().zip(lane(&input, 0)).map(|(a, b)| a - b).collect();
    let residue = peak_above_db(&tapered(residue, 4_800), RATE, 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 allowed");
    assert!(null_db(&input, &output) > -20.0, "the tone is cut");
}

/// Detail decides whether single tones of a voice count.
#[test]
fn low_detail_leaves_the_tones_of_an_even_spectrum_alone() {
    // Harmonics of 150 Hz, a spectrum as even as a voice without a room.
    let mut random = Random::new(4);
    let phases: Vec<f64> = (0..40).map(|_| std::f64::consts::TAU * random.uniform()).collect();
    let tone = |n: usize| -> f64 {
        let t = std::f64::consts::TAU * 150.0 * n as f64 / RATE;
        let harmonic = |(k, phase): (usize, &f64)| 0.05 * ((k + 1) as f64 * t + phase).sin();
        phases.iter().enumerate().map(harmonic).sum()
    };
    let input: Vec<Frame> = (0..192_000).map(|n| [tone(n); 2]).collect();
    let at = |detail_percent| {
        let settings = DemudSettings { detail_percent, depth_percent: 100.0, ..DemudSettings::default() };
        let (_, chain) = processed(RATE, &settings, &input);
        cuts(&chain).iter().fold(0.0f64, |most, cut| cut.cut_db.max(most))
    };
    let (low, high) = (at(0.0), at(100.0));
    println!("{low:.2} dB at no detail, {high:.2} at full");
    assert!(low < 1.0 && high > 4.0, "{low:.2} dB are cut at no detail, {high:.2} at full");
}

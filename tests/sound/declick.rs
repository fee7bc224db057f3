//! De-click takes mouth clicks, and leaves the voice.

use super::alone::{Alone, is_off_until_asked, keeps_its_promises};
use super::chain::delayed;
use std::f64::consts::TAU;
use tandem_dsp::chain::Chain;
use tandem_dsp::control::Staged;
use tandem_dsp::module::declick::{Declick, DeclickSettings};
use tandem_dsp::units::db_to_gain;
use tandem_dsp::{Frame, LatencyMode};
use tandem_tests::fit::on_two_cores;
use tandem_tests::signals::{Random, white};
use tandem_tests::voice::{OTHER_VOWELS, VOWELS, line, line_of, vowel};

/// What comes out, with the latency taken off again, and how many clicks were taken.
fn processed(rate: f64, settings: &DeclickSettings, input: &[Frame]) -> (Vec<Frame>, usize) {
    let mut chain = Chain::<Alone<Declick>>::default();
    chain.prepare(rate, LatencyMode::Full);
    chain.set(&Staged { on: true, module: *settings });
    chain.set_bypass(false);
    let mut output = input.to_vec();
    output.extend(std::iter::repeat_n([0.0; 2], chain.latency()));
    chain.process(&mut output, &[]);
    (output.split_off(chain.latency()), chain.rack.0.module().count())
}

fn mono(samples: &[f64]) -> Vec<Frame> {
    samples.iter().map(|x| [*x; 2]).collect()
}

struct Burst {
    at: usize,
    sound: Vec<f64>,
    freq_hz: f64,
    level_db: f64,
}

/// Damped sines of 1 to 8 kHz, as many in each octave, that fall by 40 dB within 0.5 to 5 ms, at -20 to -6 dB re the voice's
/// peak within 0.2 s: about what their mean power over their length is re the voice's.
fn bursts(voice: &[f64], rate: f64, count: usize, seed: u64) -> Vec<Burst> {
    let mut random = Random::new(seed);
    let around = (0.2 * rate) as usize;
    let apart = (voice.len() - 2 * around) / count;
    let mut burst = |i: usize| {
        let place = |part: f64| around + i * apart + (0.7 * part * apart as f64) as usize;
        let peak = |at: usize, around: usize| {
            voice[at - around..at + around].iter().fold(0.0, |peak: f64, x| peak.max(x.abs()))
        };
        let level = |at: usize| peak(at, around);
        // Where there is a voice: four tries are enough for all but a long pause.
        let places: [usize; 4] = std::array::from_fn(|_| place(random.uniform()));
        let at = places.into_iter().find(|at| peak(*at, around / 2) > 0.05).unwrap_or(places[0]);
        let length = (rate * (0.000_5 + 0.004_5 * random.uniform())) as usize;
        let freq_hz = 1_000.0 * 8f64.powf(random.uniform());
        let level_db = -20.0 + 14.0 * random.uniform();
        let (peak, phase) = (level(at) * db_to_gain(level_db), TAU * random.uniform());
        let wave = |n: usize| {
            let fall = db_to_gain(-40.0 * n as f64 / length as f64);
            peak * fall * (TAU * freq_hz * n as f64 / rate + phase).cos()
        };
        Burst { at, sound: (0..length).map(wave).collect(), freq_hz, level_db }
    };
    let all: Vec<Burst> = (0..count).map(&mut burst).collect();
    let audible = |burst: &Burst| burst.sound.iter().fold(0.0, |peak: f64, x| peak.max(x.abs())) > 0.05 * 0.1;
    all.into_iter().filter(audible).collect()
}

/// What is left of each burst, in dB re itself: of the difference to the voice without it.
fn left_db(voice: &[f64], rate: f64, bursts: &[Burst]) -> Vec<f64> {
    let mut clicked = voice.to_vec();
    for burst in bursts {
        clicked[burst.at..].iter_mut().zip(&burst.sound).for_each(|(x, click)| *x += click);
    }
    let (output, _) = processed(rate, &DeclickSettings::default(), &mono(&clicked));
    let energy = |samples: &mut dyn Iterator<Item = f64>| samples.map(|x| x * x).sum::<f64>();
    let left = |burst: &Burst| {
        let extent = burst.at.saturating_sub(16)..burst.at + burst.sound.len() + 16;
        let left = energy(&mut extent.map(|i| output[i][0] - voice[i]));
        10.0 * (left / energy(&mut burst.sound.iter().copied())).log10()
    };
    bursts.iter().map(left).collect()
}

#[test]
fn keeps_what_every_module_promises() {
    is_off_until_asked::<Declick>();
    keeps_its_promises::<Declick>([0.0, 0.0, 80.0]);
}

/// In voices of vowels, pitches and seeds that nothing was tuned on.
#[test]
fn most_clicks_are_reduced_by_12_db() {
    const BURSTS: usize = 40;
    let jobs = vec![
        (44_100.0, 105.0, 9_101),
        (48_000.0, 130.0, 9_102),
        (48_000.0, 165.0, 9_103),
        (96_000.0, 205.0, 9_104),
        (48_000.0, 240.0, 9_105),
        (44_100.0, 300.0, 9_106),
        (48_000.0, 370.0, 9_107),
        (44_100.0, 185.0, 9_108),
    ];
    let all = on_two_cores(jobs, |(rate, pitch_hz, seed)| {
        let voice = line_of(&OTHER_VOWELS, 10.0, rate, seed, pitch_hz);
        let bursts = bursts(&voice, rate, BURSTS, seed + 50);
        let left = left_db(&voice, rate, &bursts);
        let reduced = left.iter().filter(|left| **left <= -12.0).count();
        let mut sorted = left.clone();
        sorted.sort_by(f64::total_cmp);
        println!("{pitch_hz} Hz at {rate} Hz: {reduced} of {}, median {:.1} dB", left.len(), sorted[left.len() / 2]);
        for (burst, left) in bursts.iter().zip(&left).filter(|(_, left)| **left > -12.0) {
            let (ms, at_s) = (1e3 * burst.sound.len() as f64 / rate, burst.at as f64 / rate);
            println!(
                "    {left:.1} dB left: {:.0} Hz, {ms:.1} ms, {:.1} dB, at {at_s:.2} s",
                burst.freq_hz, burst.level_db
            );
        }
        [reduced, left.len()]
    });
    let [reduced, of] = [0, 1].map(|i| all.iter().map(|counts| counts[i]).sum::<usize>());
    let part = reduced as f64 / of as f64;
    println!("{reduced} of {of} clicks are reduced by 12 dB: {:.1} %", 100.0 * part);
    assert!(part >= 0.9, "{:.1} % of {of} clicks are reduced by 12 dB, 90 at least expected", 100.0 * part);
}

#[test]
fn held_vowels_are_left_alone() {
    let mut jobs = Vec::new();
    for formants in VOWELS.into_iter().chain(OTHER_VOWELS) {
        for pitch_hz in [90.0, 150.0, 260.0, 440.0] {
            jobs.push((pitch_hz, formants));
        }
    }
    const RATE: f64 = 44_100.0;
    let touched = on_two_cores(jobs, |(pitch_hz, formants)| {
        let voice = mono(&vowel(3.0, RATE, 5, pitch_hz, formants));
        let (output, _) = processed(RATE, &DeclickSettings::default(), &voice);
        voice.iter().zip(&output).filter(|(a, b)| a != b).count() as f64 / voice.len() as f64
    });
    let worst = touched.iter().fold(0.0, |worst: f64, part| worst.max(*part));
    println!("at most {:.3} % of a vowel's frames are touched", 100.0 * worst);
    assert!(worst < 0.01, "{:.2} % of a vowel's frames are touched, 1 allowed", 100.0 * worst);
}

#[test]
fn what_is_not_a_click_passes_bit_for_bit() {
    const RATE: f64 = 48_000.0;
    let voice = line(4.0, RATE, 8, 200.0);
    let bursts = bursts(&voice, RATE, 4, 9);
    let mut clicked = voice.clone();
    for burst in &bursts {
        clicked[burst.at..].iter_mut().zip(&burst.sound).for_each(|(x, click)| *x += click);
    }
    let (_, none) = processed(RATE, &DeclickSettings::default(), &mono(&voice));
    let (output, count) = processed(RATE, &DeclickSettings::default(), &mono(&clicked));
    println!("{none} clicks taken of none in 4 s, {count} of 4");
    assert!((1..=8).contains(&count), "{count} clicks taken of 4 that there are");
    let near = |i: usize| bursts.iter().any(|burst| i + 200 > burst.at && i < burst.at + 700);
    let changed = (0..clicked.len()).filter(|i| !near(*i) && output[*i] != [clicked[*i]; 2]).count();
    assert!(changed < clicked.len() / 200, "{changed} frames far from any click have changed");
    let noise = white(96_000, 3, -20.0);
    assert!(processed(RATE, &DeclickSettings::default(), &noise).0 == noise, "white noise passes bit for bit");
}

#[test]
fn the_longest_click_and_the_band_say_what_is_one() {
    const RATE: f64 = 48_000.0;
    let floor = white(96_000, 3, -60.0);
    let with_burst = |freq_hz: f64, length_ms: f64| {
        let length = (length_ms * 1e-3 * RATE) as usize;
        let mut signal = floor.clone();
        for (n, frame) in signal[48_000..48_000 + length].iter_mut().enumerate() {
            let fall = db_to_gain(-40.0 * n as f64 / length as f64);
            let x = 0.2 * fall * (TAU * freq_hz * n as f64 / RATE).cos();
            *frame = [frame[0] + x, frame[1] + x];
        }
        signal
    };
    let count = |settings: DeclickSettings, signal: &[Frame]| processed(RATE, &settings, signal).1;
    let usual = DeclickSettings::default();
    assert_eq!(count(usual, &with_burst(3_000.0, 30.0)), 0, "30 ms are no click");
    assert!(count(usual, &with_burst(3_000.0, 2.0)) > 0, "2 ms are one");
    let [below, above] =
        [(900.0, 1_500.0), (6_000.0, 9_000.0)].map(|(low_hz, high_hz)| DeclickSettings { low_hz, high_hz, ..usual });
    let counts = [below, above].map(|settings| count(settings, &with_burst(7_000.0, 2.0)));
    assert!(counts[1] > 0, "{counts:?} clicks of 7 kHz found below 1.5 kHz and above 6 kHz");
    let deaf = DeclickSettings { sensitivity_percent: 0.0, ..usual };
    let soft: Vec<Frame> =
        with_burst(3_000.0, 2.0).iter().zip(&floor).map(|(x, f)| [0.02 * x[0] + f[0], 0.02 * x[1] + f[1]]).collect();
    let keen = DeclickSettings { sensitivity_percent: 100.0, ..usual };
    let (at_none, at_full) = (count(deaf, &soft), count(keen, &soft));
    assert!(at_none < at_full, "{at_none} soft clicks at no sensitivity, {at_full} at full");
}

/// A click on one channel alone leaves the other as it was, as far as the voice is on both.
#[test]
fn a_click_on_one_side_is_taken_there() {
    const RATE: f64 = 48_000.0;
    let voice = line(3.0, RATE, 12, 180.0);
    let burst = &bursts(&voice, RATE, 1, 5)[0];
    let mut input = mono(&voice);
    input[burst.at..].iter_mut().zip(&burst.sound).for_each(|(frame, click)| frame[0] += click);
    let (output, _) = processed(RATE, &DeclickSettings::default(), &input);
    let extent = burst.at..burst.at + burst.sound.len();
    let energy = |lane: usize| extent.clone().map(|i| (output[i][lane] - voice[i]).powi(2)).sum::<f64>();
    let of = burst.sound.iter().map(|x| x * x).sum::<f64>();
    let [left, right] = [energy(0), energy(1)].map(|energy| 10.0 * (energy / of).log10());
    assert!(left <= -12.0 && right <= -12.0, "{left:.1} dB left where it was, {right:.1} dB on the other side");
}

#[test]
fn outside_full_it_is_not_there() {
    for mode in [LatencyMode::Live, LatencyMode::Mix] {
        let mut chain = Chain::<Alone<Declick>>::default();
        chain.prepare(48_000.0, mode);
        chain.set(&Staged { on: true, module: DeclickSettings::default() });
        let input = mono(&line(1.0, 48_000.0, 2, 200.0));
        let mut output = input.clone();
        chain.process(&mut output, &[]);
        assert!(output == delayed(&input, 0), "{mode:?}: the input passes");
    }
}

//! The reverb: how quickly each octave decays, how dense and how even its tail is, and what becomes of it.

use super::alone::{is_off_until_asked, keeps_its_promises};
use super::chain::random_settings;
use realfft::RealFftPlanner;
use std::f64::consts::PI;
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::reverb::{Reverb, ReverbSettings, Space};
use tandem_dsp::module::wet::WetSettings;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, peak_above_db, peak_db, rms_db, tapered};
use tandem_tests::signals::{Random, sine, white};

const RATE: f64 = 48_000.0;

/// Everything sent in, nothing but the reverb out, at once; equal decay everywhere.
fn plain(space: Space) -> ReverbSettings {
    let wet = WetSettings { send_db: 0.0, wet_only: true, ..WetSettings::default() };
    ReverbSettings { space, pre_delay_ms: 0.0, high_decay_percent: 100.0, wet, ..ReverbSettings::default() }
}

fn started(rate: f64, settings: &ReverbSettings) -> Reverb {
    let mut reverb = Reverb::default();
    reverb.prepare(rate, LatencyMode::Live);
    reverb.set(settings);
    reverb
}

fn process(reverb: &mut Reverb, frames: &mut [Frame]) {
    for run in frames.chunks_mut(CONTROL_INTERVAL) {
        reverb.control();
        reverb.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
}

fn through(rate: f64, settings: &ReverbSettings, mut frames: Vec<Frame>) -> Vec<Frame> {
    process(&mut started(rate, settings), &mut frames);
    frames
}

/// The response to a click on the left.
fn response(rate: f64, settings: &ReverbSettings, seconds: f64) -> Vec<Frame> {
    let mut click = vec![[0.0; 2]; (seconds * rate) as usize];
    click[0] = [1.0, 0.0];
    through(rate, settings, click)
}

/// The octaves that are looked at.
const OCTAVES_HZ: [f64; 5] = [250.0, 500.0, 1_000.0, 2_000.0, 4_000.0];

/// What of `samples` lies in each octave: in the frequency domain, with edges of a sixth of an octave.
fn octaves(samples: &[f64], rate: f64) -> [Vec<f64>; 5] {
    let n = samples.len() + (0.1 * rate) as usize;
    let n = (1..).map(|m| m * 4_096).find(|size| *size >= n).expect("there is one");
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n));
    let mut time = samples.to_vec();
    time.resize(n, 0.0);
    let mut bins = forward.make_output_vec();
    forward.process(&mut time, &mut bins).expect("lengths are the plan's own");
    OCTAVES_HZ.map(|centre_hz| {
        let mut band = bins.clone();
        for (k, bin) in band.iter_mut().enumerate() {
            let octaves = (k as f64 * rate / n as f64 / centre_hz).max(1e-9).log2().abs();
            let into = ((octaves - 5.0 / 12.0) * 6.0).clamp(0.0, 1.0);
            *bin *= 0.5 * (1.0 + (PI * into).cos()) / n as f64;
        }
        let mut time = inverse.make_output_vec();
        inverse.process(&mut band, &mut time).expect("lengths are the plan's own");
        time.truncate(samples.len());
        time
    })
}

/// Time in s for 60 dB: the straight line through the backward integral from -5 to -35 dB (ISO 3382-1, T30).
fn decay_s(energy: Vec<f64>, rate: f64) -> f64 {
    let mut left = energy;
    for i in (0..left.len() - 1).rev() {
        left[i] += left[i + 1];
    }
    let all = left[0];
    let points: Vec<(f64, f64)> = left
        .iter()
        .enumerate()
        .map(|(i, energy)| (i as f64 / rate, 10.0 * (energy / all).log10()))
        .filter(|(_, db)| (-35.0..=-5.0).contains(db))
        .collect();
    let n = points.len() as f64;
    let (t, db) = points.iter().fold((0.0, 0.0), |(t, db), point| (t + point.0 / n, db + point.1 / n));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), point| {
        (above + (point.0 - t) * (point.1 - db), below + (point.0 - t).powi(2))
    });
    -60.0 * below / above
}

#[test]
fn it_keeps_what_every_module_promises() {
    is_off_until_asked::<Reverb>();
    keeps_its_promises::<Reverb>([0.0; 3]);
}

#[test]
fn a_run_is_tick_after_tick() {
    let settings: ReverbSettings = random_settings(3);
    let input = white(24_000, 1, -12.0);
    let by_run = through(RATE, &settings, input.clone());
    let mut reverb = started(RATE, &settings);
    let mut by_tick = input;
    for run in by_tick.chunks_mut(CONTROL_INTERVAL) {
        reverb.control();
        run.iter_mut().for_each(|frame| *frame = reverb.tick(*frame, [0.0; 2]));
    }
    assert!(by_run == by_tick, "the same bits");
}

/// The furthest that an octave's decay is from what is said, per cent.
///
/// A single decay of noise with bandwidth B is known to about 0.9 / √(B T) only (ISO 3382-1, annex): the shorter, the more
/// clicks it takes, from left and right in turn, while the space moves on.
fn decay_error(rate: f64, settings: &ReverbSettings) -> f64 {
    let seconds = 0.75 * settings.decay_ms * 1e-3 + 0.35;
    let clicks = (8.0 / seconds).ceil().clamp(1.0, 16.0) as usize;
    let length = (seconds * rate) as usize / CONTROL_INTERVAL * CONTROL_INTERVAL;
    let mut reverb = started(rate, settings);
    let responses: Vec<Vec<Frame>> = (0..clicks)
        .map(|i| {
            let mut click = vec![[0.0; 2]; length];
            click[0][i % 2] = 1.0;
            process(&mut reverb, &mut click);
            // What is left of it must not be heard in the next one.
            if i + 1 < clicks {
                process(&mut reverb, &mut vec![[0.0; 2]; length]);
            }
            click
        })
        .collect();
    let mut energies = [0; 5].map(|_| vec![0.0; length]);
    for response in &responses {
        for side in 0..2 {
            for (energy, band) in energies.iter_mut().zip(octaves(&lane(response, side), rate)) {
                energy.iter_mut().zip(&band).for_each(|(sum, x)| *sum += x * x);
            }
        }
    }
    let mut worst = 0.0f64;
    for (centre_hz, energy) in OCTAVES_HZ.into_iter().zip(energies) {
        let (measured, said) = (decay_s(energy, rate), Reverb::seconds_at(settings, centre_hz, rate));
        let off = 100.0 * (measured / said - 1.0);
        println!(
            "{:?} {} ms at {centre_hz} Hz: {measured:.3} s, said {said:.3}: {off:+.1} %",
            settings.space, settings.decay_ms
        );
        worst = worst.max(off.abs());
    }
    worst
}

#[test]
fn every_octave_decays_in_the_time_that_is_said() {
    let mut worst = 0.0f64;
    for space in Space::ALL {
        for decay_ms in [100.0, 400.0, 1_800.0, 20_000.0] {
            worst = worst.max(decay_error(RATE, &ReverbSettings { decay_ms, ..plain(*space) }));
        }
    }
    assert!(worst <= 5.0, "{worst:.1} % off");
}

#[test]
fn lows_and_highs_have_decays_of_their_own() {
    let mut worst = 0.0f64;
    for space in Space::ALL {
        for rate in [44_100.0, 96_000.0] {
            let damped = ReverbSettings {
                decay_ms: 2_000.0,
                low_decay_percent: 60.0,
                high_decay_percent: 30.0,
                high_freq_hz: 4_000.0,
                ..plain(*space)
            };
            worst = worst.max(decay_error(rate, &damped));
        }
    }
    assert!(worst <= 5.0, "{worst:.1} % off");
}

/// Share of samples outside of one standard deviation, beside that of Gaussian noise, in a Hann window of 20 ms (J. Abel and
/// P. Huang, AES 121, 2006).
fn echo_density(samples: &[f64], rate: f64, at_ms: f64) -> f64 {
    let (centre, half) = ((at_ms * 1e-3 * rate) as usize, (0.01 * rate) as usize);
    let part = &samples[centre - half..centre + half];
    let weight = |i: usize| 0.5 - 0.5 * (PI * (i as f64 + 0.5) / half as f64).cos();
    let total: f64 = (0..part.len()).map(weight).sum();
    let power = part.iter().enumerate().map(|(i, x)| weight(i) * x * x).sum::<f64>() / total;
    let outside = part.iter().enumerate().filter(|(_, x)| *x * *x > power).map(|(i, _)| weight(i)).sum::<f64>();
    // erfc(1/√2)
    outside / total / 0.317_310_5
}

#[test]
fn the_tail_is_as_dense_as_noise_by_150_ms() {
    let mut least = f64::MAX;
    for space in Space::ALL {
        for size_percent in [50.0, 100.0] {
            let settings = ReverbSettings { size_percent, decay_ms: 1_800.0, ..plain(*space) };
            let response = response(RATE, &settings, 0.4);
            let density = |at_ms: f64| {
                0.5 * [0, 1].map(|side| echo_density(&lane(&response, side), RATE, at_ms)).iter().sum::<f64>()
            };
            let at = |from: f64, to: f64| {
                let all: Vec<f64> = (0..10).map(|i| density(from + (to - from) * f64::from(i) / 9.0)).collect();
                all.iter().sum::<f64>() / all.len() as f64
            };
            let course: Vec<String> =
                [20.0, 40.0, 60.0, 80.0, 100.0, 150.0, 250.0].iter().map(|ms| format!("{:.2}", density(*ms))).collect();
            println!("{space:?} {size_percent} %: {} -> {:.3} around 150 ms", course.join(" "), at(140.0, 160.0));
            least = least.min(at(140.0, 160.0));
        }
    }
    assert!(least >= 0.95, "{least:.3} of the density of noise");
}

/// Geometric over arithmetic mean of the power spectrum, dB, averaged over windows: of white noise -2.51.
fn flatness_db(samples: &[f64], rate: f64) -> f64 {
    const SIZE: usize = 16_384;
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(SIZE);
    let all: Vec<f64> = samples
        .chunks_exact(SIZE)
        .map(|part| {
            let mut time: Vec<f64> = part
                .iter()
                .enumerate()
                .map(|(i, x)| x * (0.5 - 0.5 * (2.0 * PI * i as f64 / SIZE as f64).cos()))
                .collect();
            let mut bins = plan.make_output_vec();
            plan.process(&mut time, &mut bins).expect("lengths are the plan's own");
            let range = (200.0 * SIZE as f64 / rate) as usize..(8_000.0 * SIZE as f64 / rate) as usize;
            let n = range.len() as f64;
            let (sum, logs) = bins[range].iter().fold((0.0, 0.0), |(sum, logs), bin| {
                let power = bin.norm_sqr().max(1e-300);
                (sum + power, logs + power.ln())
            });
            10.0 / std::f64::consts::LN_10 * (logs / n - (sum / n).ln())
        })
        .collect();
    all.iter().sum::<f64>() / all.len() as f64
}

/// The flatness of the spectrum of the tail from 0.2 s on, and of Gaussian noise that decays equally.
#[test]
fn the_tail_is_as_even_as_decaying_noise() {
    let mut worst = 0.0f64;
    for (space, decay_ms) in [
        (Space::Plate, 1_800.0),
        (Space::Room, 600.0),
        (Space::Hall, 2_500.0),
        (Space::Plate, 5_000.0),
        (Space::Hall, 8_000.0),
        (Space::Room, 1_800.0),
    ] {
        let settings = ReverbSettings { decay_ms, ..plain(space) };
        let tail = lane(&response(RATE, &settings, 2.6), 0)[9_600..].to_vec();
        let mut random = Random::new(7);
        let falls = |i: usize| 10f64.powf(-3.0 * i as f64 / (decay_ms * 1e-3 * RATE));
        let noise: Vec<f64> = (0..tail.len()).map(|i| falls(i) * random.normal()).collect();
        let (tail, noise) = (flatness_db(&tail, RATE), flatness_db(&noise, RATE));
        println!("{space:?} {decay_ms} ms: {tail:.2} dB, noise {noise:.2} dB");
        worst = worst.max((tail - noise).abs());
    }
    assert!(worst <= 1.0, "{worst:.2} dB from noise");
}

/// A steady sound comes back as loud as it was sent, whatever the space, its size and its decay.
#[test]
fn the_send_is_the_level_of_the_reverb() {
    let mut worst = 0.0f64;
    for space in Space::ALL {
        for (decay_ms, size_percent) in [(300.0, 100.0), (1_800.0, 50.0), (1_800.0, 200.0), (5_000.0, 100.0)] {
            let settings = ReverbSettings { decay_ms, size_percent, ..plain(*space) };
            let frames = ((decay_ms * 1e-3 + 1.5) * RATE) as usize;
            let output = through(RATE, &settings, white(frames, 1, -20.0));
            let late = frames - 48_000;
            for side in 0..2 {
                let level = rms_db(&lane(&output[late..], side));
                println!("{space:?} {decay_ms} ms, {size_percent} %: {level:.2}");
                worst = worst.max((level + 20.0).abs());
            }
        }
    }
    assert!(worst <= 1.5, "{worst:.2} dB from what was sent");
}

#[test]
fn the_left_and_the_right_of_it_are_not_the_same() {
    for space in Space::ALL {
        let output = through(RATE, &plain(*space), white(96_000, 1, -20.0).iter().map(|frame| [frame[0]; 2]).collect());
        let (l, r) = (lane(&output[48_000..], 0), lane(&output[48_000..], 1));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let correlation = dot(&l, &r) / (dot(&l, &l) * dot(&r, &r)).sqrt();
        println!("{space:?}: {correlation:.3}");
        assert!(correlation.abs() < 0.2, "{space:?}: of a mono sound, correlation {correlation:.3}");
    }
}

#[test]
fn moving_decay_size_and_space_makes_no_click() {
    let mut worst = f64::MIN;
    let before = ReverbSettings { decay_ms: 1_000.0, ..plain(Space::Hall) };
    let moves = [
        ("decay", ReverbSettings { decay_ms: 4_000.0, ..before }),
        ("size", ReverbSettings { size_percent: 50.0, ..before }),
        ("pre-delay", ReverbSettings { pre_delay_ms: 100.0, ..before }),
        ("high decay", ReverbSettings { high_decay_percent: 20.0, ..before }),
        ("space", ReverbSettings { space: Space::Plate, ..before }),
        ("motion", ReverbSettings { motion_percent: 0.0, ..before }),
        ("from plate to room", ReverbSettings { space: Space::Room, ..before }),
    ];
    for (what, after) in moves {
        let mut output = sine(3 * 48_000, RATE, 1_000.0, 0.0);
        let mut reverb = started(RATE, &before);
        process(&mut reverb, &mut output[..96_000]);
        reverb.set(&after);
        process(&mut reverb, &mut output[96_000..]);
        let residue = peak_above_db(&tapered(lane(&output[72_000..], 0), 4_800), RATE, 4_000.0);
        println!("{what}: {residue:.1}");
        worst = worst.max(residue);
    }
    assert!(worst <= -80.0, "{worst:.1} dBFS above 4 kHz, -80 allowed");
}

#[test]
fn the_tail_ends_when_it_says() {
    for space in Space::ALL {
        let settings = ReverbSettings { decay_ms: 700.0, ..plain(*space) };
        let mut reverb = started(RATE, &settings);
        let mut sound = white(48_000, 1, -6.0);
        process(&mut reverb, &mut sound);
        let mut tail = vec![[0.0; 2]; reverb.tail() + CONTROL_INTERVAL];
        process(&mut reverb, &mut tail);
        assert!(
            peak_db(&tail[tail.len() - 480..]) <= -120.0,
            "{space:?}: {:.1} dBFS at its end",
            peak_db(&tail[tail.len() - 480..])
        );
        let at = (0.7 * RATE) as usize;
        let fallen = rms_db(&lane(&tail[at..at + 4_800], 0)) - rms_db(&lane(&sound[43_200..], 0));
        assert!((-70.0..=-55.0).contains(&fallen), "{space:?}: after its decay it is {fallen:.1} dB down");
        process(&mut reverb, &mut vec![[0.0; 2]; 96_000]);
        assert!(reverb.is_settled(), "{space:?}: 2 s later it may rest");
    }
}

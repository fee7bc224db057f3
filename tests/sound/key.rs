//! What the detector of a dynamics module listens to.

use tandem_dsp::Frame;
use tandem_dsp::module::key::{Key, KeySettings, KeyState, Source};
use tandem_tests::measure::{lane, peak_above_db, rms_db, tapered};
use tandem_tests::signals::sine;

const RATE: f64 = 48_000.0;

fn key(settings: KeySettings) -> Key {
    let mut key = Key::default();
    key.prepare(RATE);
    key.set(&settings);
    key
}

fn process(key: &mut Key, frames: &[Frame], keys: &[Frame]) -> Vec<Frame> {
    let mut output = vec![[0.0; 2]; frames.len()];
    for ((frames, keys), output) in frames.chunks(16).zip(keys.chunks(16)).zip(output.chunks_mut(16)) {
        key.control();
        key.run(frames, keys, output);
    }
    output
}

/// Gain in dB that the key gives a sine, once settled.
fn gain_db(settings: KeySettings, freq_hz: f64) -> f64 {
    let input = sine(48_000, RATE, freq_hz, 0.0);
    let output = process(&mut key(settings), &input, &input);
    rms_db(&lane(&output, 0)[24_000..]) - rms_db(&lane(&input, 0)[24_000..])
}

#[test]
fn key_filters_have_the_response_of_their_prototypes() {
    let plain = KeySettings::default();
    // Butterworth of two poles: |H|² = 1 / (1 + (f / fc)^±4), with f through the bilinear transform's tangent.
    let warped = |freq_hz: f64| (std::f64::consts::PI * freq_hz / RATE).tan();
    for freq_hz in [100.0, 500.0, 1_000.0, 2_000.0, 8_000.0] {
        let ratio = warped(freq_hz) / warped(1_000.0);
        let low_pass = -10.0 * (1.0 + ratio.powi(4)).log10();
        let high_pass = -10.0 * (1.0 + ratio.powi(-4)).log10();
        for (what, settings, expected) in [
            ("off", plain, 0.0),
            ("high-pass", KeySettings { high_pass_hz: 1_000.0, ..plain }, high_pass),
            ("low-pass", KeySettings { low_pass_hz: 1_000.0, ..plain }, low_pass),
        ] {
            let measured = gain_db(settings, freq_hz);
            assert!(
                (measured - expected).abs() < 0.01,
                "{what} of 1 kHz at {freq_hz} Hz: {measured:.3} dB, {expected:.3} expected"
            );
        }
    }
    let bell = gain_db(KeySettings { bell_hz: 2_000.0, bell_db: 9.0, ..plain }, 2_000.0);
    assert!((bell - 9.0).abs() < 0.01, "bell of 9 dB at its frequency: {bell:.3} dB");
}

#[test]
fn an_external_key_silent_for_two_seconds_is_no_key() {
    let mut key = key(KeySettings { source: Source::External, ..KeySettings::default() });
    let loud = vec![[0.1; 2]; 96_000];
    let silent = vec![[0.0; 2]; 96_000];
    process(&mut key, &loud, &loud[..16]);
    assert_eq!(key.state(), KeyState::External, "a key that sounds");
    process(&mut key, &loud, &silent[..95_984]);
    assert_eq!(key.state(), KeyState::External, "a key silent for 16 frames less than two seconds");
    process(&mut key, &loud, &silent[..16]);
    assert_eq!(key.state(), KeyState::Silent, "a key silent for two seconds");
    process(&mut key, &loud, &loud[..16]);
    assert_eq!(key.state(), KeyState::External, "a key that sounds again");
    assert_eq!(super::key::key(KeySettings::default()).state(), KeyState::Internal);
}

#[test]
fn the_external_key_is_the_side_chain_bit_for_bit() {
    let (frames, keys) = (sine(480, RATE, 100.0, 0.0), sine(480, RATE, 700.0, -6.0));
    let external = key(KeySettings { source: Source::External, ..KeySettings::default() });
    assert!(process(&mut external.clone(), &frames, &keys) == keys, "external: the side-chain");
    assert!(process(&mut key(KeySettings::default()), &frames, &keys) == frames, "internal: the sound itself");
}

#[test]
fn moving_a_key_control_makes_no_zipper_noise() {
    let plain = KeySettings::default();
    let bell = KeySettings { bell_hz: 1_000.0, bell_db: 3.0, ..plain };
    for (what, before, after) in [
        ("bell gain", bell, KeySettings { bell_db: -3.0, ..bell }),
        ("bell on", plain, KeySettings { bell_db: -6.0, ..bell }),
        ("bell frequency", bell, KeySettings { bell_hz: 2_000.0, ..bell }),
        ("bell Q", bell, KeySettings { bell_q: 4.0, ..bell }),
        ("high-pass", plain, KeySettings { high_pass_hz: 1_000.0, ..plain }),
        ("low-pass", plain, KeySettings { low_pass_hz: 1_000.0, ..plain }),
        ("source", plain, KeySettings { source: Source::External, ..plain }),
    ] {
        for (before, after) in [(before, after), (after, before)] {
            let (frames, keys) = (sine(48_000, RATE, 1_000.0, 0.0), sine(48_000, RATE, 1_000.0, -6.0));
            let mut key = key(before);
            let mut output = process(&mut key, &frames[..24_000], &keys[..24_000]);
            key.set(&after);
            output.extend(process(&mut key, &frames[24_000..], &keys[24_000..]));
            let residue = peak_above_db(&tapered(lane(&output, 0), 4_800), RATE, 4_000.0);
            assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
        }
    }
}

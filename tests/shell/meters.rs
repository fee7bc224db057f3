//! What the display makes of levels and samples.

use std::sync::atomic::Ordering::Relaxed;
use tandem::channel::Channel;
use tandem::editor::levels::Levels;
use tandem::editor::widget::spectrum::Spectrum;
use tandem::shell::Product;
use tandem::telemetry::{SAMPLES, Samples, Telemetry};
use tandem_dsp::meter::level::LevelReading;

type Rack = <Channel as Product>::Rack;

const RATE: f32 = 48_000.0;

fn reading(db: f64) -> LevelReading {
    LevelReading { peak_db: [db; 2], vu_db: [db - 3.0; 2] }
}

#[test]
fn bars_rise_at_once_and_fall_at_20_db_a_second() {
    let telemetry = Telemetry::of::<Rack>();
    let mut levels = Levels::default();
    telemetry.input.publish(reading(-6.0));
    levels.update(&telemetry, 1.0);
    assert_eq!(levels.input.bar_db, [-6.0; 2], "the rise is instant");
    for (now, expected) in [(1.1, -8.0), (1.6, -18.0), (2.0, -26.0)] {
        levels.update(&telemetry, now);
        let bar_db = levels.input.bar_db[0];
        assert!((bar_db - expected).abs() < 0.01, "after {:.1} s: {bar_db} dB, {expected} expected", now - 1.0);
    }
}

#[test]
fn peaks_are_held_for_2_seconds_and_the_highest_until_reset() {
    let telemetry = Telemetry::of::<Rack>();
    let mut levels = Levels::default();
    telemetry.output.publish(reading(-3.0));
    levels.update(&telemetry, 10.0);
    levels.update(&telemetry, 11.99);
    assert_eq!(levels.output.held_db, [-3.0; 2], "held");
    levels.update(&telemetry, 12.01);
    assert!(levels.output.held_db[0] < -3.0, "let go: {}", levels.output.held_db[0]);
    assert_eq!(levels.output.highest_db, -3.0);
    assert!(!levels.output.clipped());
    telemetry.output.publish(reading(0.0));
    levels.update(&telemetry, 13.0);
    assert!(levels.output.clipped(), "0 dBFS clips");
    levels.output.reset();
    levels.update(&telemetry, 13.1);
    assert!(!levels.output.clipped(), "reset");
}

#[test]
fn a_host_that_stops_calling_leaves_no_level_standing() {
    let telemetry = Telemetry::of::<Rack>();
    let mut levels = Levels::default();
    telemetry.input.publish(reading(-10.0));
    levels.update(&telemetry, 1.0);
    assert_eq!(levels.input.vu_db, [-13.0; 2]);
    let mut now = 1.0;
    while levels.moves() && now < 20.0 {
        now += 0.033;
        levels.update(&telemetry, now);
    }
    assert!(now < 6.0, "still moving after {:.1} s", now - 1.0);
}

/// Sends `seconds` of two sines, before and after, and takes pictures meanwhile.
fn play(spectrum: &mut Spectrum, telemetry: &Telemetry, freq_hz: f32, levels_db: [f32; 2], seconds: f64) {
    let gains = levels_db.map(|db| 10f32.powf(db / 20.0));
    let blocks = (seconds * f64::from(RATE)) as usize / SAMPLES;
    for block in 0..blocks {
        let sine = |gain: f32| {
            std::array::from_fn(|i| {
                let n = (block * SAMPLES + i) as f64;
                gain * (std::f64::consts::TAU * f64::from(freq_hz) * n / f64::from(RATE)).sin() as f32
            })
        };
        telemetry.samples.send(Samples { input: sine(gains[0]), output: sine(gains[1]), side: [0.0; SAMPLES] });
        if block % 24 == 23 {
            spectrum.update(telemetry, (block * SAMPLES) as f64 / f64::from(RATE));
        }
    }
}

#[test]
fn the_spectrum_shows_a_sine_at_its_frequency_and_level() {
    for (freq_hz, levels_db) in [(1_000.0, [-12.0, -6.0]), (100.0, [-20.0, -30.0]), (8_000.0, [-6.0, -40.0])] {
        let telemetry = Telemetry::of::<Rack>();
        telemetry.samples.open();
        telemetry.rate.store(RATE, Relaxed);
        let mut spectrum = Spectrum::default();
        play(&mut spectrum, &telemetry, freq_hz, levels_db, 3.0);
        let points: Vec<_> = spectrum.points().collect();
        for (which, expected) in levels_db.into_iter().enumerate() {
            let (at_hz, level_db) = points
                .iter()
                .map(|(freq_hz, levels_db)| (*freq_hz, levels_db[which]))
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .expect("points");
            let octaves = (at_hz / freq_hz).log2().abs();
            assert!(octaves < 1.0 / 12.0, "{freq_hz} Hz: highest at {at_hz} Hz");
            // A Hann window between two bins reads up to 1.4 dB low.
            let off = level_db - expected;
            assert!((-1.5..=0.1).contains(&off), "{freq_hz} Hz at {expected} dBFS reads {level_db}");
        }
        let far = points.iter().find(|(hz, _)| *hz > 4.0 * freq_hz || *hz < 0.25 * freq_hz).expect("a point far off");
        assert!(far.1[0] < levels_db[0] - 60.0, "{freq_hz} Hz leaks to {} Hz at {} dBFS", far.0, far.1[0]);
    }
}

#[test]
fn the_spectrum_comes_to_rest_when_nothing_plays() {
    let telemetry = Telemetry::of::<Rack>();
    telemetry.samples.open();
    telemetry.rate.store(RATE, Relaxed);
    let mut spectrum = Spectrum::default();
    play(&mut spectrum, &telemetry, 440.0, [-6.0; 2], 1.0);
    let mut now = 1.0;
    while spectrum.update(&telemetry, now) && now < 20.0 {
        now += 0.033;
    }
    assert!(now < 5.0, "still moving after {:.1} s of nothing", now - 1.0);
}

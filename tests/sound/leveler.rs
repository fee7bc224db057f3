//! The leveler: sections of a song hit alike, and a steady programme is left alone.

use super::alone::{is_off_until_asked, keeps_its_promises};
use realfft::RealFftPlanner;
use tandem_dsp::module::leveler::{Leveler, LevelerSettings};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, null_db, rms_db};
use tandem_tests::signals::pink;

const RATE: f64 = 48_000.0;
const SECTION_S: usize = 15;
const SECTION: usize = SECTION_S * RATE as usize;

fn process(settings: LevelerSettings, input: &[Frame]) -> Vec<Frame> {
    let mut leveler = Leveler::default();
    leveler.prepare(RATE, LatencyMode::Mix);
    leveler.set(&settings);
    let mut output = input.to_vec();
    let keys = [[0.0; 2]; CONTROL_INTERVAL];
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        leveler.control();
        leveler.run(run, &keys[..run.len()]);
    }
    output
}

/// One channel of `frames` between two frequencies: brick walls over the whole of it.
fn band(frames: &[Frame], from_hz: f64, to_hz: f64) -> Vec<f64> {
    let mut time = lane(frames, 0);
    let n = time.len();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n));
    let mut bins = forward.make_output_vec();
    forward.process(&mut time, &mut bins).expect("lengths are the plan's own");
    for (k, bin) in bins.iter_mut().enumerate() {
        let hz = k as f64 * RATE / n as f64;
        *bin *= if (from_hz..to_hz).contains(&hz) { 1.0 / n as f64 } else { 0.0 };
    }
    inverse.process(&mut bins, &mut time).expect("lengths are the plan's own");
    time
}

/// Noise from 40 Hz up, as music is, whose 40 to 160 Hz change by `bass_db` and everything by `all_db`, section by section.
fn song(sections: &[(f64, f64)]) -> Vec<Frame> {
    let noise = pink(SECTION * sections.len(), 17, -20.0);
    let bass = band(&noise, 40.0, 160.0);
    let rest = band(&noise, 160.0, 20_000.0);
    let gain = |db: f64| 10.0f64.powf(db / 20.0);
    (0..noise.len())
        .map(|i| {
            let (bass_db, all_db) = sections[i / SECTION];
            [gain(all_db) * (rest[i] + gain(bass_db) * bass[i]); 2]
        })
        .collect()
}

/// Level in dB of 40 to 160 Hz, or of what is above 500 Hz, in each section from 5 s after its beginning on.
fn levels_db(frames: &[Frame], bass: bool) -> Vec<f64> {
    frames
        .chunks_exact(SECTION)
        .map(|section| {
            let late = &section[5 * RATE as usize..];
            rms_db(&if bass { band(late, 40.0, 160.0) } else { band(late, 500.0, 20_000.0) })
        })
        .collect()
}

#[test]
fn bass_that_drops_by_6_db_in_the_verses_ends_within_1_db_of_the_choruses() {
    let verse_first = [(-6.0, 0.0), (0.0, 0.0), (-6.0, 0.0), (0.0, 0.0), (-6.0, 0.0), (0.0, 0.0)];
    let chorus_first = [(0.0, 0.0), (-6.0, 0.0), (-6.0, 0.0), (0.0, 0.0), (-6.0, 0.0), (0.0, 0.0)];
    for sections in [verse_first, chorus_first] {
        let input = song(&sections);
        let output = process(LevelerSettings::default(), &input);
        let bass_db = &levels_db(&output, true)[1..];
        println!("bass of the sections from the second on: {bass_db:.2?} dB");
        let mean = bass_db.iter().sum::<f64>() / bass_db.len() as f64;
        for level in bass_db {
            assert!((level - mean).abs() <= 1.0, "bass of the sections from the second on: {bass_db:.2?}");
        }
        for (before, after) in levels_db(&input, false).iter().zip(levels_db(&output, false)) {
            assert!((after - before).abs() <= 0.5, "above the bass it moves by {:.2} dB", after - before);
        }
    }
}

#[test]
fn lift_is_how_much_harder_the_chorus_hits() {
    let input = song(&[(-6.0, 0.0), (0.0, 0.0), (-6.0, 0.0), (0.0, 0.0)]);
    for lift_db in [1.0, 2.0, 3.0] {
        let output = process(LevelerSettings { lift_db, ..LevelerSettings::default() }, &input);
        let bass_db = levels_db(&output, true);
        let harder = bass_db[3] - bass_db[2];
        println!("lift {lift_db}: {harder:.2} dB");
        assert!((harder - lift_db).abs() <= 1.0, "the chorus has {harder:.2} dB more bass, {lift_db} set");
    }
}

#[test]
fn range_is_the_most_that_is_moved() {
    let input = song(&[(-12.0, 0.0), (0.0, 0.0), (-12.0, 0.0), (0.0, 0.0)]);
    for range_db in [0.0, 1.0, 3.0] {
        let output = process(LevelerSettings { range_db, ..LevelerSettings::default() }, &input);
        for (before, after) in levels_db(&input, true).iter().zip(levels_db(&output, true)) {
            assert!((after - before).abs() <= range_db + 0.01, "{:.2} dB moved, {range_db} allowed", after - before);
        }
        if range_db == 0.0 {
            assert!(null_db(&output, &input) <= -120.0, "no range, no change");
        }
    }
}

#[test]
fn a_steady_programme_is_left_alone() {
    let input = song(&[(0.0, 0.0); 3]);
    let output = process(LevelerSettings::default(), &input);
    for bass in [true, false] {
        for (before, after) in levels_db(&input, bass).iter().zip(levels_db(&output, bass)) {
            assert!((after - before).abs() <= 0.2, "moved by {:.2} dB", after - before);
        }
    }
    // Second by second too.
    for (before, after) in input.chunks(48_000).zip(output.chunks(48_000)) {
        let moved = rms_db(&lane(after, 0)) - rms_db(&lane(before, 0));
        assert!(moved.abs() <= 0.2, "moved by {moved:.2} dB in a second");
    }
}

#[test]
fn what_all_bands_do_is_dynamics_and_stays() {
    let input = song(&[(0.0, -8.0), (0.0, 0.0), (0.0, -8.0), (0.0, 0.0)]);
    let output = process(LevelerSettings::default(), &input);
    for bass in [true, false] {
        for (before, after) in levels_db(&input, bass).iter().zip(levels_db(&output, bass)) {
            assert!((after - before).abs() <= 0.2, "a quiet verse moved by {:.2} dB", after - before);
        }
    }
}

#[test]
fn pauses_do_not_count() {
    let mut input = song(&[(0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]);
    for (i, frame) in input[SECTION..2 * SECTION].iter_mut().enumerate() {
        // A tail of hum, 50 dB down.
        *frame = [0.001 * (i as f64 * 50.0 * std::f64::consts::TAU / RATE).sin(); 2];
    }
    let output = process(LevelerSettings::default(), &input);
    let moved = levels_db(&output, true)[2] - levels_db(&input, true)[2];
    assert!(moved.abs() <= 0.2, "after the pause it moved by {moved:.2} dB");
}

#[test]
fn keeps_what_every_module_promises() {
    is_off_until_asked::<Leveler>();
    keeps_its_promises::<Leveler>([0.0; 3]);
}

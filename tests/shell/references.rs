//! References: read from files at any rate, as loud as the master, kept in the session by their paths.

use crate::desk::Desk;
use egui::Modifiers;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tandem::references::{References, State, load, matching_gains};
use tandem::state::references::{REFERENCES, Reference};
use tandem::state::{EditorState, Theme};
use tandem::telemetry::monitoring::Compared;
use tandem_dsp::Frame;
use tandem_dsp::meter::programme::{GROUP, INTEGRATED};
use tandem_render::audio::{Bits, Sound, write};
use tandem_tests::measure::spectrum;
use tandem_tests::signals::{pink, sine};

fn file(folder: &Path, name: &str, frames: &[Frame], rate: u32) -> PathBuf {
    let path = folder.join(name);
    write(&path, &Sound::from_frames(frames, rate), Bits::Float32, true).expect("a file");
    path
}

fn lufs(frames: &[[f32; 2]], gain_db: f64, rate: u32) -> f64 {
    let mut meter = ebur128::EbuR128::new(2, rate, ebur128::Mode::I).expect("a meter");
    let gain = 10f64.powf(gain_db / 20.0);
    let samples: Vec<f64> = frames.as_flattened().iter().map(|x| gain * f64::from(*x)).collect();
    meter.add_frames_f64(&samples).expect("frames");
    meter.loudness_global().expect("a loudness")
}

#[test]
fn files_of_any_rate_come_at_the_hosts() {
    let folder = tempfile::tempdir().expect("a folder");
    for from in [44_100, 48_000, 96_000] {
        let tone =
            file(folder.path(), &format!("{from}.wav"), &sine(4 * from as usize, f64::from(from), 997.0, -6.0), from);
        for to in [44_100, 48_000, 88_200] {
            let loaded = load(&tone, to, || true).expect("a reference");
            let off = (loaded.frames() as f64 - 4.0 * f64::from(to)).abs();
            assert!(off <= 1.0, "{from} to {to} Hz: {} frames of 4 s", loaded.frames());
            // A whole number of seconds from its middle: the tone is on a bin.
            let middle: Vec<f64> =
                loaded.recording.frames[to as usize..2 * to as usize].iter().map(|f| f64::from(f[0])).collect();
            let bins = spectrum(&middle);
            let level_db = 20.0 * bins[997].log10();
            assert!((level_db + 6.0).abs() < 0.01, "{from} to {to} Hz: the tone is at {level_db:.3} dB, -6 are due");
            let rest =
                bins.iter().enumerate().filter(|(bin, _)| bin.abs_diff(997) > 3).map(|(_, x)| *x).fold(0.0, f64::max);
            let rest_db = 20.0 * rest.log10();
            assert!(rest_db < -106.0, "{from} to {to} Hz: beside the tone there are {rest_db:.1} dBFS");
        }
    }
}

#[test]
fn loudness_is_matched_within_0_2_lu() {
    let folder = tempfile::tempdir().expect("a folder");
    for (seed, reference_db, master_db) in [(1, -9.0, -20.0), (2, -30.0, -14.0), (3, -12.0, -12.5)] {
        let path = file(folder.path(), &format!("{seed}.wav"), &pink(44_100 * 8, seed, reference_db), 44_100);
        let loaded = load(&path, 48_000, || true).expect("a reference");
        let frames = &loaded.recording.frames;
        let own = lufs(frames, 0.0, 48_000);
        assert!((loaded.lufs - own).abs() < 0.1, "{:.2} LUFS, ebur128 reads {own:.2}", loaded.lufs);
        let master: Vec<[f32; 2]> =
            pink(48_000 * 8, seed + 10, master_db).iter().map(|f| f.map(|x| x as f32)).collect();
        let [reference_gain, master_gain] =
            matching_gains(loaded.lufs, loaded.true_peak_db, lufs(&master, 0.0, 48_000));
        let (a, b) = (lufs(frames, reference_gain, 48_000), lufs(&master, master_gain, 48_000));
        assert!((a - b).abs() < 0.2, "the reference is heard at {a:.2} LUFS, the master at {b:.2}");
        assert!(master_gain <= 0.0, "the master is never turned up: {master_gain:.2} dB");
        let peak_db = loaded.true_peak_db + reference_gain;
        assert!(reference_gain <= 0.0 || peak_db < 0.01, "turned up by {reference_gain:.2} dB to {peak_db:.2} dBTP");
    }
    assert_eq!(matching_gains(f64::NEG_INFINITY, -3.0, -14.0), [0.0; 2], "silence is left alone");
    assert_eq!(matching_gains(-9.0, -1.0, f64::NAN), [0.0; 2], "before the master is known");
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("gone.flac");
    let why = load(&missing, 48_000, || true).expect_err("there is none");
    assert!(why.contains("gone.flac"), "{why}");
    let text = folder.path().join("text.wav");
    std::fs::write(&text, "no sound").expect("a file");
    assert!(load(&text, 48_000, || true).expect_err("it is text").contains("no WAV or FLAC"), "text");
    let stopped = file(folder.path(), "tone.wav", &sine(48_000, 48_000.0, 440.0, -6.0), 48_000);
    assert!(load(&stopped, 48_000, || false).is_err(), "reading stops when it is told to");
}

/// Waits until nothing is being read.
fn wait(references: &mut References) {
    let start = Instant::now();
    while references.works() && start.elapsed() < Duration::from_secs(60) {
        references.update();
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn they_are_read_off_the_callers_thread_and_let_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let tone = file(folder.path(), "tone.wav", &sine(48_000, 48_000.0, 440.0, -6.0), 48_000);
    let mut references = References::default();
    references.ask(&tone, 48_000.0, || {});
    assert!(matches!(references.state(&tone), Some(State::Loading)));
    references.ask(&folder.path().join("none.wav"), 48_000.0, || {});
    wait(&mut references);
    let loaded = references.get(&tone).expect("it is here").clone();
    assert!(matches!(references.state(&folder.path().join("none.wav")), Some(State::Failed(_))));
    references.ask(&tone, 48_000.0, || {});
    assert!(!references.works(), "what is here at this rate is not read again");
    references.ask(&tone, 96_000.0, || {});
    assert!(references.works(), "at another rate it is");
    wait(&mut references);
    assert_eq!(references.get(&tone).expect("it is here").rate, 96_000.0);
    references.forget(&tone);
    assert_eq!(std::sync::Arc::strong_count(&loaded), 1, "nobody else holds it");
}

#[test]
fn the_session_keeps_paths_loops_and_cues_and_no_sound() {
    let state = EditorState::new((1_100, 700));
    for i in 0..REFERENCES {
        assert_eq!(state.references.add(&format!("/music/Song {i}.flac")), Ok(i));
    }
    assert_eq!(state.references.add("/music/Song 3.flac"), Ok(3), "one that is there already");
    assert!(state.references.add("/music/more.flac").is_err(), "there is room for eight");
    state.references.change(2, |reference| {
        reference.loop_s = Some([12.5, 40.0]);
        reference.cues_s = [Some(1.0), None, Some(63.25), None];
    });
    let json = state.to_json().expect("a state");
    assert!(json.len() < 4_000, "{} bytes", json.len());
    let other = EditorState::new((1_100, 700));
    other.set_from_json(&json);
    assert_eq!(other.references.all(), state.references.all());
    assert_eq!(other.references.all()[1].name, "Song 1");
    // What no editor wrote.
    let damaged = json.replace("12.5", "99.0");
    other.set_from_json(&damaged);
    assert_eq!(other.references.all()[2].loop_s, None, "a loop that ends before it starts");
    other.references.restore(vec![Reference::at("a.wav"); 20]);
    assert_eq!(other.references.all().len(), REFERENCES);
    assert_eq!(other.theme(), Theme::Dark);
}

#[test]
fn a_file_is_added_loaded_looped_and_removed_in_the_editor() {
    let folder = tempfile::tempdir().expect("a folder");
    let song = file(folder.path(), "A song.wav", &pink(48_000 * 20, 4, -14.0), 48_000);
    let mut desk = Desk::master("Monitor");
    let click = |desk: &mut Desk, label: &str| {
        let at = desk.rect(label).center();
        desk.click(at, Modifiers::NONE);
    };
    desk.play(60);
    click(&mut desk, "References");
    click(&mut desk, "Add reference");
    assert!(desk.has("Type or paste the path of a file first."));
    desk.focus("Reference path");
    desk.text(&format!("\"{}\"", song.display()));
    click(&mut desk, "Add reference");
    let start = Instant::now();
    let loudness =
        |desk: &Desk| desk.nodes().into_iter().map(|node| node.label).find(|label| label.starts_with("Reference -"));
    while loudness(&desk).is_none() && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
        desk.play(1);
    }
    let text = loudness(&desk).expect("it has been measured");
    let master = desk.bench().telemetry.readings.look().get(&GROUP, &INTEGRATED).expect("it plays");
    assert!(text.contains(&format!("master {master:.1} LUFS")), "{text}");
    // As the audio thread does it.
    let mut path = tandem::monitor::Path::new(48_000.0);
    let block = |desk: &mut Desk, path: &mut tandem::monitor::Path, frames: usize| {
        path.follow(&desk.bench().telemetry.monitoring, tandem::monitor::Audience::Editor);
        path.run(&mut vec![[0.0; 2]; frames]);
        path.follow(&desk.bench().telemetry.monitoring, tandem::monitor::Audience::Editor);
        desk.play(1);
    };
    block(&mut desk, &mut path, 64);
    click(&mut desk, "Hear: Reference");
    assert_eq!(desk.bench().telemetry.monitoring.compared(), Compared::Reference);
    block(&mut desk, &mut path, 48_000 * 3);
    click(&mut desk, "Cue 1");
    click(&mut desk, "Loop start");
    block(&mut desk, &mut path, 48_000 * 2);
    click(&mut desk, "Loop end");
    let kept = desk.bench().state.references.all()[0].clone();
    assert_eq!(kept.name, "A song");
    let near = |s: f64, wanted: f64| (s - wanted).abs() < 0.01;
    assert!(kept.cues_s[0].is_some_and(|s| near(s, 3.0)), "{kept:?}");
    assert!(kept.loop_s.is_some_and(|[start, end]| near(start, 3.0) && near(end, 5.0)), "{kept:?}");
    block(&mut desk, &mut path, 1_000);
    block(&mut desk, &mut path, 48_000 * 3);
    let (_, at) = desk.bench().telemetry.monitoring.playing().expect("it plays");
    assert!((144_000..240_100).contains(&at), "the loop is 144000 to 240000, it plays at {at}");
    click(&mut desk, "Cue 1");
    block(&mut desk, &mut path, 4_800);
    let (_, at) = desk.bench().telemetry.monitoring.playing().expect("it plays");
    assert!((144_000..150_000).contains(&at), "the cue is at 144000, it plays at {at}");
    click(&mut desk, "Remove A song");
    assert!(desk.bench().state.references.all().is_empty());
    assert_eq!(desk.bench().telemetry.monitoring.compared(), Compared::Off);
    assert_eq!(desk.done(), [], "references are no parameters");
}

#[test]
fn a_missing_file_gives_a_message_and_plays_nothing() {
    let mut desk = Desk::master("Monitor");
    desk.bench().state.references.add("/nowhere/Lost song.wav").expect("there is room");
    desk.play(2);
    let click = |desk: &mut Desk, label: &str| {
        let at = desk.rect(label).center();
        desk.click(at, Modifiers::NONE);
    };
    click(&mut desk, "References");
    click(&mut desk, "Reference 1: Lost song");
    let start = Instant::now();
    let message =
        |desk: &Desk| desk.nodes().into_iter().any(|node| node.label.contains("cannot open /nowhere/Lost song.wav"));
    while !message(&desk) && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
        desk.harness.run_steps(1);
    }
    assert!(message(&desk), "it says what is wrong");
    assert_eq!(desk.bench().telemetry.monitoring.playing(), None);
}

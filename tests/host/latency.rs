//! Latency in the built CLAP: what is reported, what is measured, and how it changes.

use crate::bundles::{BLOCK, BOTH, RATE, delayed, difference, noise, open, through};
use tandem_render::host::Request;

const MODES: [&str; 3] = ["Live", "Mix", "Full"];

/// Most latency that a mode may cost, in ms, of Channel and Master.
const MOST_MS: [[f64; 3]; 2] = [[0.0, 5.0, 100.0], [0.0, 10.0, 150.0]];

#[test]
fn latency_is_as_reported_in_every_mode() {
    for (name, most_ms) in BOTH.into_iter().zip(MOST_MS) {
        for (mode, most_ms) in MODES.into_iter().zip(most_ms) {
            for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
                let mut plugin = open(name);
                plugin.set("Latency", mode).expect("sets");
                plugin.activate(rate, BLOCK).expect("activates");
                let mut click = vec![vec![0.0f32; rate as usize / 2]; 2];
                click[0][1_000] = 0.5;
                click[1][1_000] = 0.5;
                let output = through(&mut plugin, &click, BLOCK);
                let arrives = output[0].iter().position(|x| x.abs() > 0.25).expect("the click comes out");
                let (measured, reported) = (arrives - 1_000, plugin.latency());
                assert_eq!(measured, reported, "{name}, {mode}, {rate} Hz: measured and reported latency in frames");
                let ms = reported as f64 / rate * 1e3;
                assert!(ms <= most_ms, "{name}, {mode}, {rate} Hz: {ms:.2} ms of latency, {most_ms} at most");
            }
        }
    }
}

#[test]
fn a_fresh_instance_starts_without_a_restart() {
    for name in BOTH {
        let mut plugin = open(name);
        plugin.activate_once(RATE, BLOCK).expect("activates");
        plugin.serve();
        let input = noise(4_800, 1);
        through(&mut plugin, &input, BLOCK);
        let restarts = plugin.asked().iter().filter(|asked| asked.request == Request::Restart).count();
        assert_eq!(restarts, 0, "{name}: restarts that a fresh instance asks for");
    }
}

#[test]
fn a_mode_change_while_playing_asks_for_one_restart_and_happens_there() {
    for name in BOTH {
        let mut plugin = open(name);
        plugin.set("Latency", "Live").expect("sets");
        plugin.activate_once(RATE, BLOCK).expect("activates");
        plugin.serve();
        plugin.asked();
        let before = plugin.latency();
        let full = plugin.event("Latency", "Full", 700).expect("an event");
        let input = noise(48_000, 2);
        let output = plugin.play(|audio| audio.run(&input, None, BLOCK, &[full])).expect("plays").expect("processes");
        let worst = difference(&output, &delayed(&input, before));
        assert!(worst <= 1e-6, "{name}: the old mode does not run on until the restart, {worst:e} off");
        assert_eq!(plugin.latency(), before, "{name}: the latency moves before the restart");
        let asked: Vec<_> = plugin.asked().iter().map(|asked| asked.request).collect();
        assert_eq!(asked, [Request::Restart], "{name}: what is asked for while playing");

        assert_eq!(plugin.restart_if_asked().expect("restarts"), 1, "{name}: restarts");
        let asked: Vec<_> = plugin.asked();
        assert!(asked.iter().all(|asked| asked.on_main_thread), "{name}: {asked:?}");
        let asked: Vec<_> = asked.iter().map(|asked| asked.request).collect();
        assert_eq!(asked, [Request::LatencyChanged], "{name}: what is told in the restart");
        let after = plugin.latency();
        assert!(after > before, "{name}: {after} frames in Full, more than {before} expected");
        let output = through(&mut plugin, &input, BLOCK);
        let worst = difference(&output, &delayed(&input, after));
        assert!(worst <= 1e-6, "{name}: Full is not aligned to its {after} frames, {worst:e} off");
    }
}

#[test]
fn a_loaded_state_with_another_mode_asks_for_one_restart() {
    for name in BOTH {
        let mut donor = open(name);
        donor.set("Latency", "Full").expect("sets");
        let full = donor.save().expect("saves");

        let mut plugin = open(name);
        plugin.activate_once(RATE, BLOCK).expect("activates");
        plugin.serve();
        let before = plugin.latency();
        plugin.asked();
        plugin.load(&full).expect("loads");
        through(&mut plugin, &noise(4_800, 3), BLOCK);
        let restarts = plugin.asked().iter().filter(|asked| asked.request == Request::Restart).count();
        assert_eq!(restarts, 1, "{name}: restarts");
        assert_eq!(plugin.latency(), before, "{name}: the latency moves before the restart");
        plugin.restart_if_asked().expect("restarts");
        assert!(plugin.latency() > before, "{name}: the latency after the restart");
    }
}

#[test]
fn a_mode_that_is_taken_back_costs_nothing() {
    for name in BOTH {
        let mut plugin = open(name);
        plugin.set("Latency", "Live").expect("sets");
        plugin.activate_once(RATE, BLOCK).expect("activates");
        plugin.serve();
        let events = [(100, "Full"), (3_000, "Live")]
            .map(|(frame, mode)| plugin.event("Latency", mode, frame).expect("an event"));
        let input = noise(9_600, 4);
        plugin.play(|audio| audio.run(&input, None, BLOCK, &events)).expect("plays").expect("processes");
        plugin.asked();
        plugin.restart_if_asked().expect("restarts");
        assert_eq!(plugin.latency(), 0, "{name}: latency in Live");
        let told = plugin.asked().iter().filter(|asked| asked.request == Request::LatencyChanged).count();
        assert_eq!(told, 0, "{name}: changes of latency that are told");
    }
}

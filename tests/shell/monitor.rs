//! The Monitor in the shell: heard by who has the editor open, and by no one else; and in the editor.

use crate::desk::Desk;
use crate::process::{Rig, noise};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use nice_plug::context::PluginApi;
use nice_plug::prelude::ProcessStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tandem::channel::Channel;
use tandem::master::Master;
use tandem::monitor::{Audience, Path};
use tandem::shell::Product;
use tandem::telemetry::monitoring::{Compared, Monitoring};
use tandem_dsp::monitor::{Part, Recording};
use tandem_tests::signals::white;

/// Frames by which everything has arrived.
const ARRIVED: usize = 4_800;

/// What comes out of a rig, once all has arrived.
fn heard<P: Product>(rig: &mut Rig<P>) -> [Vec<Vec<f32>>; 2] {
    let before = noise(2, 2 * ARRIVED, 3);
    let mut after = before.clone();
    rig.process(&mut after);
    [before, after].map(|channels| channels.into_iter().map(|channel| channel[ARRIVED..].to_vec()).collect())
}

/// Mono of what comes in, as it leaves.
fn mono(channels: &[Vec<f32>]) -> Vec<f32> {
    channels[0].iter().zip(&channels[1]).map(|(l, r)| ((f64::from(*l) + f64::from(*r)) / 2.0) as f32).collect()
}

/// A Master in Live, which delays nothing, and does nothing.
fn master() -> Rig<Master> {
    Rig::with(PluginApi::Vst3, 0, |rig| rig.set("Latency", "Live"))
}

#[test]
fn it_is_heard_with_an_open_editor_only() {
    let mut rig = master();
    let telemetry = rig.shell.telemetry().clone();
    telemetry.monitoring.set_part(Part::Mono);
    let [before, after] = heard(&mut rig);
    assert_eq!(before, after, "while no editor is open");
    telemetry.editor_open.store(true, Relaxed);
    let [before, after] = heard(&mut rig);
    let wanted = mono(&before);
    assert_eq!(after, [wanted.clone(), wanted], "mono on both sides");
    telemetry.editor_open.store(false, Relaxed);
    let [before, after] = heard(&mut rig);
    assert_eq!(before, after, "once the editor has closed");
}

#[test]
fn it_is_no_part_of_a_bounce_nor_of_a_bypass() {
    let asked = Monitoring::default();
    asked.set_part(Part::Side);
    asked.set_device(Some(0));
    asked.set_dim(true);
    let mut path = Path::new(48_000.0);
    let mut block = |audience: Audience| {
        let before = white(ARRIVED, 4, -12.0);
        let mut after = before.clone();
        path.follow(&asked, audience);
        path.run(&mut after);
        (before, after)
    };
    let (before, after) = block(Audience::Editor);
    assert_ne!(before, after, "with an open editor");
    let (before, after) = block(Audience::Offline);
    assert_eq!(before, after, "offline, from the first frame on");
    let mut rig = master();
    rig.set("Bypass", "On");
    let telemetry = rig.shell.telemetry().clone();
    telemetry.editor_open.store(true, Relaxed);
    telemetry.monitoring.set_part(Part::Side);
    let [before, after] = heard(&mut rig);
    assert_eq!(before, after, "bypassed");
}

#[test]
fn meters_and_what_the_editor_sees_do_not_hear_it() {
    let mut rig = master();
    let telemetry = rig.shell.telemetry().clone();
    telemetry.editor_open.store(true, Relaxed);
    telemetry.monitoring.set_dim(true);
    let [_, after] = heard(&mut rig);
    let loudest = |x: &[f32]| x.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let peak_db = telemetry.output.take_peak_db()[0];
    let heard_db = 20.0 * loudest(&after[0]).log10();
    assert!(peak_db - heard_db > 15.0, "the meter reads {peak_db:.1} dBFS, {heard_db:.1} dBFS are heard");
}

#[test]
fn a_channel_has_none() {
    let mut rig = Rig::<Channel>::new(PluginApi::Clap, 0);
    let telemetry = rig.shell.telemetry().clone();
    assert!(!telemetry.has_monitor());
    telemetry.editor_open.store(true, Relaxed);
    telemetry.monitoring.set_part(Part::Side);
    let [before, after] = heard(&mut rig);
    assert_eq!(before, after);
}

#[test]
fn a_reference_is_heard_keeps_the_host_going_and_is_freed_with_the_editor() {
    let mut rig = master();
    let telemetry = rig.shell.telemetry().clone();
    let asked = &telemetry.monitoring;
    let frames = (0..400_000).map(|i| [(f64::from(i) * 0.01).sin() as f32 * 0.5; 2]).collect();
    let song = Arc::new(Recording { id: 7, frames });
    telemetry.editor_open.store(true, Relaxed);
    asked.load(song.clone(), 1_000);
    asked.set_gains([-6.0, -2.0]);
    heard(&mut rig);
    assert_eq!(asked.playing(), Some((7, 1_000)), "it waits");
    asked.compare(Compared::Master);
    let [before, after] = heard(&mut rig);
    let gain = 10f64.powf(-2.0 / 20.0);
    for (x, y) in before[0].iter().zip(&after[0]) {
        assert!((f64::from(*x) * gain - f64::from(*y)).abs() < 1e-6, "the master is {y} where {x} comes in");
    }
    asked.compare(Compared::Reference);
    let mut block = noise(2, 2 * ARRIVED, 8);
    let status = rig.process(&mut block);
    assert!(matches!(status, ProcessStatus::KeepAlive), "{status:?} while a reference sounds");
    let gain = 10f64.powf(-6.0 / 20.0);
    for (i, y) in block[1].iter().enumerate().skip(ARRIVED) {
        let wanted = f64::from(song.frames[1_000 + i][1]) * gain;
        assert!((wanted - f64::from(*y)).abs() < 1e-6, "frame {i}: {y}, {wanted} is due");
    }
    telemetry.editor_open.store(false, Relaxed);
    for _ in 0..3 {
        heard(&mut rig);
    }
    let [before, after] = heard(&mut rig);
    assert_eq!(before, after, "the master again");
    assert_eq!(Arc::strong_count(&song), 2, "given back, not freed on the audio thread");
    rig.work();
    assert_eq!(Arc::strong_count(&song), 1, "freed");
}

fn click(desk: &mut Desk, label: &str) {
    let at = desk.rect(label).center();
    desk.click(at, Modifiers::NONE);
}

fn banner(desk: &Desk) -> Option<String> {
    desk.nodes().into_iter().find(|node| node.label.starts_with("Listening to")).map(|node| node.label)
}

#[test]
fn the_page_asks_shows_a_banner_and_ends_with_the_editor() {
    let mut desk = Desk::master("Monitor");
    click(&mut desk, "Listen: Mono");
    click(&mut desk, "Dim");
    click(&mut desk, "Listen on: Phone");
    {
        let asked = &desk.bench().telemetry.monitoring;
        assert_eq!((asked.part(), asked.dim(), asked.device()), (Part::Mono, true, Some(0)));
    }
    let text = "Listening to mono, Phone (model), 20 dB softer. Click here to hear the output.";
    assert_eq!(banner(&desk).as_deref(), Some(text));
    click(&mut desk, text);
    assert!(!desk.bench().telemetry.monitoring.is_on(), "a click on the banner ends it");
    click(&mut desk, "Listen: Side");
    let bench = desk.bench();
    bench.view.close(&bench.recorder, &bench.telemetry);
    assert!(!bench.telemetry.monitoring.is_on(), "and so does the end of the editor");
    assert_eq!(desk.done(), [], "listen states are no parameters");
}

#[test]
fn the_keyboard_goes_through_parts_and_devices() {
    let mut desk = Desk::master("Monitor");
    desk.focus("Listen: Stereo");
    for part in [Part::Mono, Part::Side, Part::Left, Part::Right] {
        desk.key(Key::ArrowRight);
        assert_eq!(desk.bench().telemetry.monitoring.part(), part);
    }
    desk.focus("Listen on: your own");
    desk.key(Key::ArrowDown);
    desk.key(Key::ArrowDown);
    assert_eq!(desk.bench().telemetry.monitoring.device(), Some(1));
    desk.key(Key::ArrowUp);
    assert_eq!(desk.focused().as_deref(), Some("Listen on: Phone"));
}

#[test]
fn every_device_is_told_while_something_plays() {
    let mut desk = Desk::master("Monitor");
    desk.play(120);
    let told: Vec<_> = desk.nodes().into_iter().filter(|node| node.role == Role::Meter).collect();
    for device in tandem_translation::all() {
        let row = told.iter().find(|node| node.label.starts_with(&format!("{}: ", device.name)));
        let row = row.unwrap_or_else(|| panic!("{} is not told", device.name));
        assert!(row.label.contains(" dB, "), "{}", row.label);
    }
    let phone = told.iter().find(|node| node.label.starts_with("Phone: ")).expect("there is one");
    assert!(phone.label.contains("no bass line"), "{}", phone.label);
}

#[test]
fn r_goes_between_master_and_reference() {
    let mut desk = Desk::master("Glue");
    desk.key(Key::R);
    assert_eq!(desk.bench().telemetry.monitoring.compared(), Compared::Off, "none is loaded");
    let asked = |desk: &Desk| desk.bench().telemetry.monitoring.compared();
    desk.open("Monitor");
    let song = Arc::new(Recording { id: 1, frames: vec![[0.0; 2]; 96_000].into() });
    desk.bench().telemetry.monitoring.load(song, 0);
    // As the audio thread tells it.
    Path::new(48_000.0).follow(&desk.bench().telemetry.monitoring, Audience::Editor);
    for wanted in [Compared::Reference, Compared::Master, Compared::Reference] {
        desk.key(Key::R);
        assert_eq!(asked(&desk), wanted);
    }
    assert!(banner(&desk).is_some_and(|text| text.contains("a reference")));
}

//! The EQ's picture: what it draws is what the EQ does, and the hands change both.

use crate::desk::{Desk, Done};
use egui::{Color32, Key, Modifiers, Pos2, Rect, Shape, vec2};
use tandem::editor::theme::DARK;
use tandem_dsp::module::eq::{EqSettings, GROUP, LinearEqSettings, Phase, Placement, Shape as BandShape};
use tandem_dsp::{LatencyMode, Listen};

/// The picture's axes.
const LOW_HZ: f64 = 16.0;
const HIGH_HZ: f64 = 24_000.0;
const MOST_DB: f64 = 18.0;

/// Rate that is drawn for while nothing runs.
const RATE: f64 = 48_000.0;

fn picture(desk: &Desk) -> Rect {
    desk.rect("EQ curve")
}

fn at(picture: Rect, freq_hz: f64, db: f64) -> Pos2 {
    let x = (freq_hz / LOW_HZ).ln() / (HIGH_HZ / LOW_HZ).ln();
    let y = (MOST_DB - db) / (2.0 * MOST_DB);
    picture.min + vec2(x as f32 * picture.width(), y as f32 * picture.height())
}

fn freq_hz(picture: Rect, x: f32) -> f64 {
    LOW_HZ * (HIGH_HZ / LOW_HZ).powf(f64::from((x - picture.left()) / picture.width()))
}

/// The longest line that was painted in a colour.
fn line(desk: &Desk, colour: Color32) -> Vec<Pos2> {
    fn collect(shape: &Shape, colour: Color32, longest: &mut Vec<Pos2>) {
        match shape {
            Shape::Path(path)
                if path.points.len() > longest.len() && path.stroke.color == egui::epaint::ColorMode::Solid(colour) =>
            {
                *longest = path.points.clone();
            }
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, colour, longest)),
            _ => {}
        }
    }
    let mut longest = Vec::new();
    desk.harness.output().shapes.iter().for_each(|shape| collect(&shape.shape, colour, &mut longest));
    longest
}

#[test]
fn the_curve_is_the_response() {
    let mut desk = Desk::channel("EQ");
    for (name, value) in [
        ("EQ HP On", 1.0),
        ("EQ HP Frequency", 40.0),
        ("EQ 2 On", 1.0),
        ("EQ 2 Frequency", 400.0),
        ("EQ 2 Gain", -9.0),
        ("EQ 2 Q", 3.0),
        ("EQ 5 On", 1.0),
        ("EQ 5 Shape", 2.0),
        ("EQ 5 Frequency", 8_000.0),
        ("EQ 5 Gain", 6.0),
    ] {
        desk.set(name, value);
    }
    let mut settings = EqSettings::default();
    (settings.high_pass.on, settings.high_pass.freq_hz) = (true, 40.0);
    let band = &mut settings.bands[1];
    (band.on, band.freq_hz, band.gain_db, band.q) = (true, 400.0, -9.0, 3.0);
    let band = &mut settings.bands[4];
    (band.on, band.shape, band.freq_hz, band.gain_db) = (true, BandShape::HighShelf, 8_000.0, 6.0);
    let response = settings.response(RATE);
    let picture = picture(&desk);
    let drawn = line(&desk, DARK.yours);
    assert!(drawn.len() > 300, "{} points", drawn.len());
    let mut looked = 0;
    for point in drawn.iter().filter(|point| picture.contains(**point)) {
        let freq_hz = freq_hz(picture, point.x);
        let expected = at(picture, freq_hz, response.magnitude_db(freq_hz, Placement::Stereo)).y;
        let off = (point.y - expected).abs();
        assert!(off < 0.1, "at {freq_hz:.1} Hz the curve is {off:.2} points off the response");
        looked += 1;
    }
    assert!(looked > 300, "{looked} points inside the picture");
}

#[test]
fn a_double_click_adds_a_band_there_and_another_on_it_removes_it() {
    let mut desk = Desk::channel("EQ");
    let place = at(picture(&desk), 2_500.0, -7.0);
    desk.double_click(place);
    assert_eq!(desk.value("EQ 1 On"), 1.0);
    let (freq_hz, gain_db) = (desk.value("EQ 1 Frequency"), desk.value("EQ 1 Gain"));
    assert!((freq_hz / 2_500.0 - 1.0).abs() < 0.01, "at {freq_hz} Hz, 2500 expected");
    assert!((gain_db + 7.0).abs() < 0.1, "at {gain_db} dB, -7 expected");
    let done = desk.done();
    assert!(matches!(done.as_slice(), [Done::Bulk(_)]), "one bulk edit: {done:?}");
    desk.double_click(at(picture(&desk), 100.0, 4.0));
    assert_eq!(desk.value("EQ 2 On"), 1.0, "the next one is the next band");
    let node = desk.rect("EQ 1 node").center();
    desk.double_click(node);
    assert_eq!(desk.value("EQ 1 On"), 0.0);
    assert!(!desk.has("EQ 1 node"));
}

#[test]
fn all_bands_in_use_is_said_not_hidden() {
    let mut desk = Desk::channel("EQ");
    for band in 1..=8 {
        desk.set(&format!("EQ {band} On"), 1.0);
        desk.set(&format!("EQ {band} Frequency"), 100.0 * f64::from(band));
    }
    desk.done();
    desk.double_click(at(picture(&desk), 8_000.0, 10.0));
    assert_eq!(desk.done(), [], "nothing is overwritten");
}

#[test]
fn dragging_a_node_is_one_gesture_on_frequency_and_gain() {
    let mut desk = Desk::channel("EQ");
    desk.set("EQ 3 On", 1.0);
    let picture = picture(&desk);
    let from = desk.rect("EQ 3 node").center();
    let expected = at(picture, 1_000.0, 0.0);
    assert!((from - expected).length() < 1.0, "the node is at {from:?}, {expected:?} expected");
    let to = at(picture, 4_000.0, 6.0);
    desk.drag(from, to - from, Modifiers::NONE);
    let (freq_hz, gain_db) = (desk.value("EQ 3 Frequency"), desk.value("EQ 3 Gain"));
    assert!((freq_hz / 4_000.0 - 1.0).abs() < 0.02, "{freq_hz} Hz, 4000 expected");
    assert!((gain_db - 6.0).abs() < 0.2, "{gain_db} dB, 6 expected");
    let done = desk.done();
    for name in ["EQ 3 Frequency", "EQ 3 Gain"] {
        let index = desk.index(name);
        let begins = done.iter().filter(|done| **done == Done::Begin(index)).count();
        let ends = done.iter().filter(|done| **done == Done::End(index)).count();
        assert_eq!((begins, ends), (1, 1), "{name}");
    }
}

#[test]
fn the_wheel_on_a_node_is_its_q() {
    let mut desk = Desk::channel("EQ");
    desk.set("EQ 1 On", 1.0);
    let before = desk.value("EQ 1 Q");
    let node = desk.rect("EQ 1 node").center();
    desk.wheel(node, 4.0);
    let octaves = (desk.value("EQ 1 Q") / before).log2();
    assert!((octaves - 1.0).abs() < 1e-3, "4 notches are {octaves} octaves of Q, 1 expected");
    desk.set("EQ HP On", 1.0);
    let node = desk.rect("EQ HP node").center();
    desk.wheel(node, 1.0);
    assert_eq!(desk.value("EQ HP Slope"), 2.0, "on a cut it is the slope");
}

#[test]
fn a_node_obeys_the_keyboard() {
    let mut desk = Desk::channel("EQ");
    desk.set("EQ 1 On", 1.0);
    desk.focus("EQ 1 node");
    desk.key(Key::ArrowUp);
    desk.key(Key::ArrowUp);
    desk.key_with(Modifiers::SHIFT, Key::ArrowDown);
    let gain_db = desk.value("EQ 1 Gain");
    assert!((gain_db - 0.9).abs() < 1e-4, "{gain_db} dB, 0.9 expected");
    desk.key(Key::ArrowRight);
    let octaves = (desk.value("EQ 1 Frequency") / 1_000.0).log2();
    assert!((octaves - 1.0 / 12.0).abs() < 1e-4, "{octaves} octaves, 1/12 expected");
    desk.key(Key::PageUp);
    assert!(desk.value("EQ 1 Q") > 0.8);
    desk.key(Key::Delete);
    assert_eq!(desk.value("EQ 1 On"), 0.0);
}

#[test]
fn notch_and_band_pass_have_no_gain_to_set() {
    let mut desk = Desk::channel("EQ");
    desk.set("EQ 1 On", 1.0);
    desk.set("EQ 1 Shape", 4.0);
    let at = desk.rect("EQ 1 Gain").center();
    desk.drag(at, vec2(0.0, -40.0), Modifiers::NONE);
    assert_eq!(desk.value("EQ 1 Gain"), 0.0);
    assert_eq!(desk.done(), []);
}

#[test]
fn a_band_can_be_heard_alone_and_the_solo_goes_along() {
    let mut desk = Desk::channel("EQ");
    desk.click(desk.rect("EQ Solo").center(), Modifiers::NONE);
    let heard = |desk: &Desk| desk.bench().telemetry.listening.get(&GROUP);
    assert_eq!(heard(&desk), Listen::Band(0), "the first band is selected in a fresh editor");
    desk.click(desk.rect("EQ 4").center(), Modifiers::NONE);
    assert_eq!(heard(&desk), Listen::Band(3));
    desk.click(desk.rect("EQ Solo").center(), Modifiers::NONE);
    assert_eq!(heard(&desk), Listen::Output);
}

#[test]
fn in_linear_phase_the_curve_is_that_of_the_kernel() {
    let mut desk = Desk::master("EQ");
    for (name, value) in [("EQ Phase", 1.0), ("EQ 1 On", 1.0), ("EQ 1 Frequency", 60.0), ("EQ 1 Gain", -12.0)] {
        desk.set(name, value);
    }
    desk.set("EQ 1 Q", 40.0);
    let mut filters = EqSettings::default();
    let band = &mut filters.bands[0];
    (band.on, band.freq_hz, band.gain_db, band.q) = (true, 60.0, -12.0, 40.0);
    let settings = LinearEqSettings { filters, phase: Phase::Linear };
    for (value, mode) in [(1.0, LatencyMode::Mix), (2.0, LatencyMode::Full)] {
        desk.set("Latency", value);
        let response = settings.response(RATE, mode);
        let picture = picture(&desk);
        let drawn = line(&desk, DARK.yours);
        for point in drawn.iter().filter(|point| picture.contains(**point)) {
            let freq_hz = freq_hz(picture, point.x);
            let expected = at(picture, freq_hz, response.magnitude_db(freq_hz, Placement::Stereo)).y;
            let off = (point.y - expected).abs();
            // A pixel's width is a part of so narrow a band.
            assert!(off < 0.3, "{mode:?}: at {freq_hz:.1} Hz the curve is {off:.2} points off the response");
        }
    }
    // Narrower than the kernel resolves: what is drawn is not as deep.
    let depth = |mode| settings.response(RATE, mode).magnitude_db(60.0, Placement::Stereo);
    assert!(depth(LatencyMode::Full) > depth(LatencyMode::Mix) + 3.0, "{:.1} dB", depth(LatencyMode::Full));
}

#[test]
fn linear_phase_can_be_chosen_in_full_only() {
    let mut desk = Desk::master("EQ");
    let choose = |desk: &mut Desk| desk.click(desk.rect("EQ Phase: Linear").center(), Modifiers::NONE);
    choose(&mut desk);
    assert_eq!(desk.value("EQ Phase"), 0.0, "greyed in Mix");
    desk.set("Latency", 2.0);
    choose(&mut desk);
    assert_eq!(desk.value("EQ Phase"), 1.0, "chosen in Full");
    let says = |desk: &Desk| desk.has("Minimum, as it moves");
    assert!(!says(&desk), "of a band that is not dynamic nothing is said");
    desk.set("EQ 1 On", 1.0);
    desk.set("EQ 1 Dynamic", 1.0);
    assert!(says(&desk), "a dynamic band is minimum phase, and the panel says so");
}

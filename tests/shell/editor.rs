//! The whole screen: everything has a name, can be reached, is large enough, and can be read.

use crate::desk::{Desk, Done, SIZE};
use crate::told::{Value, tell};
use egui::accesskit::Role;
use egui::epaint::ClippedShape;
use egui::{Color32, Key, Modifiers, Rect, Shape, Vec2, vec2};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::Relaxed;
use tandem::channel::Channel;
use tandem::editor::LEAST;
use tandem::editor::theme::{Colours, DARK, LIGHT, TARGET};
use tandem::master::Master;
use tandem::params::Control;
use tandem::shell::Product;
use tandem::state::Theme;
use tandem_dsp::meter::level::LevelReading;
use tandem_dsp::meter::programme;
use tandem_dsp::module::limiter;

/// Every panel of `P`.
fn panels<P: Product>() -> Vec<&'static str> {
    Desk::of::<P>("", SIZE, 1.0, Theme::Dark).bench().view.panels()
}

/// Goes through everything that a panel can show, and hands each view of it to `look`.
fn visit<P: Product>(panel: &str, desk: &mut Desk, mut look: impl FnMut(&mut Desk, &str)) {
    match panel {
        "EQ" => {
            for band in ["EQ HP", "EQ 1", "EQ 2", "EQ 3", "EQ 4", "EQ 5", "EQ 6", "EQ 7", "EQ 8", "EQ LP"] {
                let at = desk.rect(band).center();
                desk.click(at, Modifiers::NONE);
                look(desk, &format!("{}, {band}", P::NAME));
                if desk.has(&format!("{band} Dynamic")) {
                    desk.set(&format!("{band} Shape"), 0.0);
                    desk.set(&format!("{band} Dynamic"), 1.0);
                    look(desk, &format!("{}, {band}, dynamic", P::NAME));
                }
            }
        }
        "Comp" | "Glue" => {
            for page in ["Detail", "Key"] {
                let at = desk.rect(page).center();
                desk.click(at, Modifiers::NONE);
                look(desk, &format!("{}, {panel}, {page}", P::NAME));
            }
        }
        _ => look(desk, &format!("{}, {panel}", P::NAME)),
    }
}

fn each_view<P: Product>(
    size: Vec2,
    scale: f32,
    mut prepare: impl FnMut(&mut Desk),
    mut look: impl FnMut(&mut Desk, &str),
) {
    for panel in panels::<P>() {
        let mut desk = Desk::of::<P>(panel, size, scale, Theme::Dark);
        prepare(&mut desk);
        visit::<P>(panel, &mut desk, &mut look);
    }
}

fn every_parameter_is_somewhere<P: Product>() {
    let mut labels = BTreeSet::new();
    each_view::<P>(SIZE, 1.0, |_| {}, |desk, _| labels.extend(desk.nodes().into_iter().map(|node| node.label)));
    let desk = Desk::of::<P>("", SIZE, 1.0, Theme::Dark);
    let controls = &desk.bench().controls;
    for index in controls.all() {
        let name = controls.name(index);
        let option = format!("{name}: ");
        let found = labels.iter().any(|label| label == name || label.starts_with(&option));
        assert!(found, "{}: no panel shows {name}", P::NAME);
    }
}

#[test]
fn every_parameter_is_on_some_panel() {
    every_parameter_is_somewhere::<Channel>();
    every_parameter_is_somewhere::<Master>();
}

#[test]
fn everything_that_can_be_touched_has_a_name_and_is_24_points_large() {
    let mut looked = 0;
    let mut check = |desk: &mut Desk, view: &str| {
        for node in desk.nodes().into_iter().filter(|node| node.touchable) {
            assert!(!node.label.is_empty(), "{view}: a {:?} at {:?} has no name", node.role, node.rect);
            let least = node.rect.width().min(node.rect.height());
            assert!(least >= TARGET - 0.01, "{view}: {} is {:?} points large", node.label, node.rect.size());
            looked += 1;
        }
    };
    each_view::<Channel>(LEAST, 1.0, |_| {}, &mut check);
    each_view::<Master>(LEAST, 1.0, |_| {}, &mut check);
    assert!(looked > 200, "{looked} things looked at");
}

#[test]
fn dials_tell_their_value_in_words_and_numbers() {
    each_view::<Channel>(
        SIZE,
        1.0,
        |_| {},
        |desk, view| {
            let controls = desk.bench().controls.clone();
            for node in desk.nodes() {
                let Some(index) = controls.find_name(&node.label) else { continue };
                if matches!(controls.control(index), Control::Dial(_)) {
                    assert_eq!(node.role, Role::Slider, "{view}: {}", node.label);
                    assert_eq!(node.value.as_deref(), Some(controls.text(index).as_str()), "{view}: {}", node.label);
                }
            }
        },
    );
}

#[test]
fn tab_goes_through_everything_and_comes_back() {
    let mut desk = Desk::channel("Input");
    let mut order: Vec<String> = Vec::new();
    for _ in 0..60 {
        desk.key(Key::Tab);
        let Some(focused) = desk.focused() else { continue };
        if order.first() == Some(&focused) {
            break;
        }
        order.push(focused);
    }
    for expected in [
        "Bypass",
        "Latency",
        "Input",
        TRIM,
        "Input Flip L",
        "Input Flip R",
        "Input Channels: Stereo",
        "Input 0 VU: -18 dBFS",
    ] {
        assert!(order.iter().any(|label| label == expected), "tab never comes to {expected}: {order:?}");
    }
    let place = |label: &str| order.iter().position(|other| other == label);
    assert!(place(TRIM) < place("Input Flip L") && place("Input Flip L") < place("Input Flip R"), "{order:?}");
    // Back again, the other way round.
    let last = order.last().cloned();
    desk.key_with(Modifiers::SHIFT, Key::Tab);
    assert_eq!(desk.focused(), last, "shift and tab go back");
}

const TRIM: &str = "Input Trim";

#[test]
fn tiles_open_panels_and_lamps_switch_modules() {
    let mut desk = Desk::channel("Input");
    assert_eq!(desk.bench().view.panels(), ["Input", "EQ", "Comp", "Output"], "processing order");
    let at = desk.rect("Output").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.bench().view.panel(), "Output");
    assert_eq!(desk.done(), [], "showing a panel edits nothing");
    let at = desk.rect("Comp On").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.value("Comp On"), 1.0);
    assert_eq!(desk.bench().view.panel(), "Output", "a lamp opens nothing");
    desk.focus("Output");
    desk.key(Key::ArrowLeft);
    assert_eq!(desk.bench().view.panel(), "Comp", "the arrow goes to the neighbour");
}

#[test]
fn choices_are_clicked_and_walked() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect("Input Channels: Mono").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.value("Input Channels"), 3.0);
    desk.key(Key::ArrowRight);
    assert_eq!(desk.value("Input Channels"), 4.0);
    assert_eq!(desk.focused().as_deref(), Some("Input Channels: Swap"), "the focus goes with the choice");
    desk.key(Key::ArrowRight);
    assert_eq!(desk.value("Input Channels"), 4.0, "the last one is the end");
    let at = desk.rect("Latency").center();
    desk.click(at, Modifiers::NONE);
    let at = desk.rect("Full").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.value("Latency"), 2.0);
}

#[test]
fn opening_and_looking_edits_nothing() {
    for panel in panels::<Master>() {
        let mut desk = Desk::master(panel);
        let at = desk.harness.ctx.content_rect().center();
        desk.point(at);
        desk.harness.run_steps(30);
        assert_eq!(desk.done(), [], "{panel}");
    }
}

#[test]
fn nothing_moves_while_nothing_changes() {
    let mut desk = Desk::channel("EQ");
    desk.harness.run_steps(10);
    assert!(!desk.bench().moves, "at rest no picture asks for another");
    desk.bench().telemetry.input.publish(LevelReading { peak_db: [-6.0; 2], vu_db: [-12.0; 2] });
    desk.harness.step();
    assert!(desk.bench().moves, "a falling bar asks for another picture");
    desk.harness.run_steps(10 * 60);
    assert!(!desk.bench().moves, "10 s later all is at rest");
}

#[test]
fn a_click_on_a_meter_resets_its_peak() {
    let mut desk = Desk::channel("Input");
    desk.bench().telemetry.output.publish(LevelReading { peak_db: [1.0, -3.0], vu_db: [-12.0; 2] });
    desk.harness.run_steps(2);
    assert!(desk.has("Out peak 1.0. Reset"));
    let at = desk.rect("Out peak 1.0. Reset").center();
    desk.click(at, Modifiers::NONE);
    desk.harness.run_steps(2);
    assert!(desk.has("Out peak -inf. Reset"), "the peak is forgotten");
}

#[test]
fn the_meter_starts_anew_on_request_and_listening_ends_with_the_editor() {
    let mut desk = Desk::master("Meter");
    let at = desk.rect("Reset measurement").center();
    desk.click(at, Modifiers::NONE);
    assert!(desk.bench().telemetry.restart_meter.load(Relaxed));
    let mut desk = Desk::master("Glue");
    let at = desk.rect("Glue Delta").center();
    desk.click(at, Modifiers::NONE);
    desk.harness.run();
    assert_eq!(desk.bench().telemetry.listening.active().count(), 1);
    let banner = "Listening to what Glue takes or adds. Click here to hear the output.";
    assert!(desk.has(banner), "a banner says so");
    let bench = desk.bench();
    bench.view.close(&bench.recorder, &bench.telemetry);
    assert_eq!(bench.telemetry.listening.active().count(), 0, "closing the editor ends it");
    assert_eq!(desk.done(), [], "a listen state is no parameter");
}

#[test]
fn bypass_and_theme() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect("Bypass").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.value("Bypass"), 1.0);
    let bypass = desk.index("Bypass");
    assert_eq!(desk.done(), [Done::Begin(bypass), Done::Set(bypass, 1.0), Done::End(bypass)]);
    let at = desk.rect("Light theme").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.bench().state.theme(), Theme::Light);
    assert!(desk.has("Dark theme"));
    assert_eq!(desk.done(), [], "how it looks is no parameter");
}

/// Contrast of two opaque colours, WCAG 2.2.
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |colour: Color32| {
        let linear = |x: u8| {
            let x = f64::from(x) / 255.0;
            if x <= 0.04045 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

#[test]
fn text_stands_out_4_5_to_1() {
    for (theme, colours) in [("dark", &DARK), ("light", &LIGHT)] {
        let Colours { bg, panel, raised, line, ink, mute, yours, on_yours, input, output, taken, .. } = *colours;
        for (what, text, ground) in [
            ("ink on bg", ink, bg),
            ("ink on panel", ink, panel),
            ("ink on raised", ink, raised),
            ("ink on line", ink, line),
            ("mute on bg", mute, bg),
            ("mute on panel", mute, panel),
            ("mute on raised", mute, raised),
            ("text on yours", on_yours, yours),
            ("taken on panel", taken, panel),
        ] {
            let contrast = contrast(text, ground);
            assert!(contrast >= 4.5, "{theme}, {what}: {contrast:.2}:1, 4.5:1 at least");
        }
        // Pictures, WCAG 1.4.11.
        for (what, colour) in [("yours", yours), ("input", input), ("output", output), ("taken", taken)] {
            let contrast = contrast(colour, bg);
            assert!(contrast >= 3.0, "{theme}, {what} in a picture: {contrast:.2}:1, 3:1 at least");
        }
    }
}

/// The longest text that a control shows.
fn longest(control: Control) -> f64 {
    match control {
        Control::Dial(_) => {
            let values = (0..=400).map(|i| control.from_normalized(f64::from(i) / 400.0));
            values.max_by_key(|value| control.print(*value).chars().count()).expect("values")
        }
        Control::Choice(choice) => {
            let lengths = choice.options.iter().map(|option| option.name.chars().count()).enumerate();
            lengths.max_by_key(|(_, length)| *length).map_or(0, |(i, _)| i) as f64
        }
        Control::Switch(_) => 1.0,
    }
}

/// Every text that was painted: what it says, where it is, and what it was cut off by.
fn texts(shapes: &[ClippedShape]) -> Vec<(String, Rect, Rect)> {
    fn collect(shape: &Shape, clip: Rect, found: &mut Vec<(String, Rect, Rect)>) {
        match shape {
            Shape::Text(text) => {
                let rect = text.galley.rect.translate(text.pos.to_vec2());
                found.push((text.galley.text().to_string(), rect, clip));
            }
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    shapes.iter().for_each(|shape| collect(&shape.shape, shape.clip_rect, &mut found));
    found.retain(|(text, ..)| !text.trim().is_empty());
    found
}

/// Figures with long texts and long verdicts.
static MEASURED: [Value; 10] = [
    (&programme::GROUP, &programme::INTEGRATED, -38.8),
    (&programme::GROUP, &programme::SHORT_TERM, -38.8),
    (&programme::GROUP, &programme::MOMENTARY, -38.8),
    (&programme::GROUP, &programme::TRUE_PEAK[0], 10.8),
    (&programme::GROUP, &programme::PLR, 48.8),
    (&limiter::GROUP, &limiter::LEARNED_READOUT, 3_888.0),
    (&limiter::GROUP, &limiter::PROPOSED_READOUT, 24.0),
    (&limiter::GROUP, &limiter::EXPECTED_READOUT, -38.8),
    (&limiter::GROUP, &limiter::PROPOSED_REDUCTION_READOUT, 18.8),
    (&limiter::GROUP, &limiter::VERDICT_READOUT, 2.0),
];

fn texts_fit<P: Product>(size: Vec2, scale: f32) {
    let prepare = |desk: &mut Desk| {
        let controls = desk.bench().controls.clone();
        let mut changes: Vec<_> = controls.all().map(|index| (index, longest(controls.control(index)))).collect();
        // Nodes that are set to the same place are meant to lie on each other.
        changes.retain(|(index, _)| {
            let name = controls.name(*index);
            name != "Latency" && !(name.starts_with("EQ ") && name.ends_with(" On"))
        });
        controls.set_quietly(&changes);
        desk.bench().telemetry.rate.store(176_400.0, Relaxed);
        desk.bench().telemetry.latency.store(26_460, Relaxed);
        if P::NAME == Master::NAME {
            tell(&desk.bench().telemetry, &MEASURED);
            desk.bench().state.set_target("td1008_speech");
            desk.bench().telemetry.learn_for.store(-18.0, Relaxed);
        }
        for cells in [&desk.bench().telemetry.input, &desk.bench().telemetry.output] {
            cells.publish(LevelReading { peak_db: [-66.6; 2], vu_db: [-66.6; 2] });
        }
        desk.harness.run();
    };
    let mut wrong = Vec::new();
    each_view::<P>(size, scale, prepare, |desk, view| {
        let screen = desk.bench().screen;
        let texts = texts(&desk.harness.output().shapes);
        assert!(texts.len() > 20, "{view}: {} texts", texts.len());
        for (i, (text, rect, clip)) in texts.iter().enumerate() {
            let inside = clip.intersect(screen).expand(0.5);
            if !inside.contains_rect(*rect) {
                wrong.push(format!("{view} at {scale}: \"{text}\" at {rect:?} is cut off by {inside:?}"));
            }
            for (other, other_rect, _) in &texts[i + 1..] {
                let common = rect.shrink(1.0).intersect(other_rect.shrink(1.0));
                let overlaps = common.width() > 0.0 && common.height() > 2.0;
                if overlaps {
                    wrong.push(format!("{view} at {scale}: \"{text}\" and \"{other}\" share {common:?}"));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_is_cut_off_or_runs_into_another_at_75_100_and_300_per_cent() {
    for scale in [0.75, 1.0, 3.0] {
        texts_fit::<Channel>(LEAST, scale);
        texts_fit::<Master>(LEAST, scale);
    }
    texts_fit::<Channel>(SIZE, 1.0);
}

#[test]
fn the_smallest_screen_fits_a_small_laptop() {
    let laptop = vec2(1366.0, 768.0);
    assert!(LEAST.x <= laptop.x && LEAST.y <= laptop.y, "{LEAST:?}");
    assert!(SIZE.x <= laptop.x && SIZE.y <= laptop.y && LEAST.x <= SIZE.x && LEAST.y <= SIZE.y);
    assert_eq!(Channel::EDITOR_SIZE, (SIZE.x as u32, SIZE.y as u32));
}

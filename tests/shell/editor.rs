//! The whole screen: everything has a name, can be reached, is large enough, and can be read.

use crate::desk::{Desk, Done, SIZE};
use crate::walk::{each_view, panels, switch_all_on};
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::Relaxed;
use tandem::channel::Channel;
use tandem::editor::LEAST;
use tandem::editor::theme::{self, TARGET};
use tandem::master::Master;
use tandem::params::Control;
use tandem::shell::Product;
use tandem::state::Theme;
use tandem_dsp::meter::level::LevelReading;

fn every_parameter_is_somewhere<P: Product>() {
    let mut labels = BTreeSet::new();
    each_view::<P>(SIZE, 1.0, Theme::Dark, switch_all_on, |desk, _| {
        labels.extend(desk.nodes().into_iter().map(|node| node.label))
    });
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
    each_view::<Channel>(LEAST, 1.0, Theme::Dark, switch_all_on, &mut check);
    each_view::<Master>(LEAST, 1.0, Theme::Dark, switch_all_on, &mut check);
    assert!(looked > 200, "{looked} things looked at");
}

/// Where the panel's contents may be.
fn inside_of_the_panel(desk: &Desk) -> egui::Rect {
    let screen = desk.bench().screen;
    let panel = egui::Rect::from_min_max(screen.min + vec2(16.0, 138.0), screen.max - vec2(180.0, 40.0));
    panel.shrink(theme::PAD)
}

#[test]
fn everything_in_a_panel_keeps_clear_of_its_edges() {
    let mut wrong = Vec::new();
    let mut check = |desk: &mut Desk, view: &str| {
        let inside = inside_of_the_panel(desk);
        for node in desk.nodes() {
            let is_inside = inside.expand(8.0).contains(node.rect.center());
            if node.touchable && is_inside && !inside.expand(1.0).contains_rect(node.rect) {
                wrong.push(format!("{view}: {} at {:?} leaves {inside:?}", node.label, node.rect));
            }
        }
    };
    for size in [LEAST, SIZE] {
        each_view::<Channel>(size, 1.0, Theme::Dark, switch_all_on, &mut check);
        each_view::<Master>(size, 1.0, Theme::Dark, switch_all_on, &mut check);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the line at the bottom says.
fn help_line(desk: &Desk) -> Option<String> {
    let bottom = desk.bench().screen.bottom();
    let line = |node: &crate::desk::Found| node.role == Role::Status && node.rect.center().y > bottom - 28.0;
    desk.nodes().into_iter().find(line).map(|node| node.label)
}

#[test]
fn the_line_at_the_bottom_explains_whatever_the_pointer_is_on() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut check = |desk: &mut Desk, view: &str| {
        for node in desk.nodes().into_iter().filter(|node| node.touchable) {
            if !seen.insert(format!("{} {}", desk.bench().view.panel(), node.label)) {
                continue;
            }
            desk.harness.hover_at(node.rect.center());
            desk.harness.run_steps(2);
            let help = help_line(desk).unwrap_or_default();
            // Name, what it does.
            if help.split_whitespace().count() < 4 {
                wrong.push(format!("{view}: of {} it says \"{help}\"", node.label));
            }
        }
    };
    each_view::<Channel>(LEAST, 1.0, Theme::Dark, switch_all_on, &mut check);
    each_view::<Master>(LEAST, 1.0, Theme::Dark, switch_all_on, &mut check);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.len() > 150, "{} things looked at", seen.len());
}

#[test]
fn every_control_says_what_it_does_in_the_accessibility_tree() {
    let mut check = |desk: &mut Desk, view: &str| {
        let controls = desk.bench().controls.clone();
        for node in desk.nodes() {
            let name = node.label.split(": ").next().unwrap_or_default();
            let Some(index) = controls.find_name(name) else { continue };
            // A tile may have the name of a parameter, and the line at the bottom begins with it.
            if matches!(node.role, Role::Tab | Role::Status) {
                continue;
            }
            let said = node.description.unwrap_or_default();
            assert!(said.split_whitespace().count() >= 3, "{view}: {} says \"{said}\"", controls.name(index));
        }
    };
    each_view::<Channel>(LEAST, 1.0, Theme::Dark, switch_all_on, &mut check);
    each_view::<Master>(LEAST, 1.0, Theme::Dark, switch_all_on, &mut check);
}

#[test]
fn choices_and_switches_reset_from_the_keyboard_and_have_the_menu() {
    let mut desk = Desk::channel("Input");
    desk.set("Input Channels", 3.0);
    desk.focus("Input Channels: Mono");
    desk.key(Key::Delete);
    assert_eq!(desk.value("Input Channels"), 0.0, "delete resets a choice");
    desk.secondary_click(desk.rect("Latency").center());
    for entry in ["Reset to Live", "Copy"] {
        assert!(desk.has(entry), "the menu of a choice has \"{entry}\"");
    }
}

#[test]
fn space_is_the_hosts_unless_a_text_field_has_the_focus() {
    let mut desk = Desk::channel("Input");
    for label in ["Bypass", "Input Flip L", TRIM] {
        desk.focus(label);
        desk.key(Key::Space);
        desk.text(" ");
        assert_eq!(desk.done(), [], "space on {label}");
        assert!(!desk.has("Input Trim value"));
    }
    desk.key(Key::Enter);
    assert!(desk.has("Input Trim value"));
    desk.text("3");
    desk.text(" ");
    desk.text("dB");
    let typed = desk.nodes().into_iter().find(|node| node.label == "Input Trim value").expect("the field").value;
    assert_eq!(typed.as_deref(), Some("3 dB"), "a text field takes the space");
}

#[test]
fn dials_tell_their_value_in_words_and_numbers() {
    each_view::<Channel>(SIZE, 1.0, Theme::Dark, switch_all_on, |desk, view| {
        let controls = desk.bench().controls.clone();
        for node in desk.nodes() {
            let Some(index) = controls.find_name(&node.label) else { continue };
            if matches!(controls.control(index), Control::Dial(_)) {
                assert_eq!(node.role, Role::Slider, "{view}: {}", node.label);
                assert_eq!(node.value.as_deref(), Some(controls.text(index).as_str()), "{view}: {}", node.label);
            }
        }
    });
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
    let panels = desk.bench().view.panels();
    assert!(panels.starts_with(&["Input"]) && panels.ends_with(&["Output", "Chain"]), "natural order: {panels:?}");
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
    assert_eq!(desk.bench().view.panel(), panels[panels.len() - 3], "the arrow goes to the neighbour");
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
    for label in ["Appearance", "Light theme"] {
        let at = desk.rect(label).center();
        desk.click(at, Modifiers::NONE);
    }
    assert_eq!(desk.bench().state.theme(), Theme::Light);
    assert_eq!(desk.done(), [], "how it looks is no parameter");
}

#[test]
fn the_smallest_screen_fits_a_small_laptop() {
    let laptop = vec2(1366.0, 768.0);
    assert!(LEAST.x <= laptop.x && LEAST.y <= laptop.y, "{LEAST:?}");
    assert!(SIZE.x <= laptop.x && SIZE.y <= laptop.y && LEAST.x <= SIZE.x && LEAST.y <= SIZE.y);
    assert_eq!(Channel::EDITOR_SIZE, (SIZE.x as u32, SIZE.y as u32));
}

#[test]
fn set_trim_brings_the_loudest_to_0_vu_in_one_gesture() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect("Input Set Trim").center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.done(), [], "before anything has come there is nothing to set");
    // 0 VU is -18 dBFS: 3.5 dB more than the louder of these; the second one is clamped to the trim's range.
    for (vu_db, expected) in [([-21.5, -24.0], 3.5), ([-60.0, -60.0], 3.5), ([20.0, 0.0], -24.0)] {
        desk.bench().telemetry.input.publish(LevelReading { peak_db: [-6.0; 2], vu_db });
        desk.harness.step();
        let at = desk.rect("Input Set Trim").center();
        desk.click(at, Modifiers::NONE);
        let trim = desk.value("Input Trim");
        assert!((trim - expected).abs() < 1e-3, "{vu_db:?} dBFS sets {trim} dB, {expected} expected");
    }
    let trim = desk.index("Input Trim");
    let gestures = desk.done().iter().filter(|done| **done == Done::Begin(trim)).count();
    assert_eq!(gestures, 2, "one gesture a click that changes something");
}

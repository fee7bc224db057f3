//! Compare and recall in the editor: slots, Match, Diff, undo and redo, by mouse and by keyboard.

use crate::desk::{Desk, Done};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use tandem::state::history::Direction::{Back, Forth};
use tandem::state::slots::Slot;

const CTRL: Modifiers = Modifiers::COMMAND;

fn click(desk: &mut Desk, label: &str) {
    let at = desk.rect(label).center();
    desk.click(at, Modifiers::NONE);
}

fn current(desk: &Desk) -> Slot {
    desk.bench().recall.slots().current()
}

#[test]
fn a_drag_is_undone_and_redone_by_keys_and_buttons() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect("Input Trim").center();
    desk.drag(at, egui::vec2(0.0, -40.0), Modifiers::NONE);
    let set = desk.value("Input Trim");
    assert!(set > 1.0, "the trim is {set}");
    assert_eq!(desk.bench().recall.lengths(), (1, 0), "steps of one drag");
    desk.done();
    desk.key_with(CTRL, Key::Z);
    assert_eq!(desk.value("Input Trim"), 0.0, "after Ctrl+Z");
    let trim = desk.index("Input Trim");
    assert_eq!(desk.done(), [Done::Bulk(vec![(trim, 0.0)])], "undo is a quiet edit");
    desk.key_with(CTRL | Modifiers::SHIFT, Key::Z);
    assert!((desk.value("Input Trim") - set).abs() < 1e-4, "after Ctrl+Shift+Z");
    click(&mut desk, "Undo");
    assert_eq!(desk.value("Input Trim"), 0.0, "after a click on Undo");
    desk.key_with(CTRL, Key::Y);
    assert!((desk.value("Input Trim") - set).abs() < 1e-4, "after Ctrl+Y");
    click(&mut desk, "Undo");
    click(&mut desk, "Redo");
    assert!((desk.value("Input Trim") - set).abs() < 1e-4, "after a click on Redo");
    assert_eq!(desk.bench().recall.lengths(), (1, 0));
}

#[test]
fn toggles_choices_and_typed_values_are_steps_with_names() {
    let mut desk = Desk::channel("Input");
    click(&mut desk, "Input Flip L");
    click(&mut desk, "Input Channels: Mono");
    desk.focus("Input Trim");
    desk.text("-6");
    desk.key(Key::Enter);
    let names: Vec<_> = (0..3)
        .map(|_| {
            let name = desk.bench().recall.next(Back);
            desk.key_with(CTRL, Key::Z);
            name.expect("a step")
        })
        .collect();
    assert_eq!(names, ["Input Trim to -6.0 dB", "Input Channels to Mono", "Input Flip L on"]);
    for name in ["Input Trim", "Input Channels", "Input Flip L"] {
        assert_eq!(desk.value(name), 0.0, "{name}");
    }
    assert_eq!(desk.bench().recall.lengths(), (0, 3));
}

#[test]
fn ctrl_z_belongs_to_a_text_field_while_one_is_open() {
    let mut desk = Desk::channel("Input");
    click(&mut desk, "Input Flip L");
    desk.focus("Input Trim");
    desk.text("12");
    desk.key_with(CTRL, Key::Z);
    assert_eq!(desk.value("Input Flip L"), 1.0, "the switch is as it was");
    assert_eq!(desk.bench().recall.lengths(), (1, 0));
}

#[test]
fn undo_says_what_a_host_has_changed_since() {
    let mut desk = Desk::channel("Input");
    desk.focus("Input Trim");
    desk.text("3");
    desk.key(Key::Enter);
    desk.set("Input Trim", 9.0);
    desk.key_with(CTRL, Key::Z);
    assert!((desk.value("Input Trim") - 9.0).abs() < 1e-4, "the host's value stays");
    assert!(desk.has("Undone: Nothing: Input Trim has been changed since."), "the status line says so");
    // And no longer than for a while.
    desk.harness.run_steps(6 * 60);
    assert!(!desk.has("Undone: Nothing: Input Trim has been changed since."));
}

#[test]
fn slots_are_chosen_copied_and_pasted() {
    let mut desk = Desk::channel("Input");
    desk.set("Input Trim", 3.0);
    click(&mut desk, "Slot B");
    assert_eq!(current(&desk), Slot::B);
    desk.set("Input Trim", -5.0);
    click(&mut desk, "Slot A");
    assert!((desk.value("Input Trim") - 3.0).abs() < 1e-4, "A's trim");
    // Alt and click: what is heard, to another slot, and one stays where one is.
    let at = desk.rect("Slot C").center();
    desk.click(at, Modifiers::ALT);
    assert_eq!(current(&desk), Slot::A);
    let trim = desk.index("Input Trim");
    let held = |desk: &Desk, slot| desk.bench().recall.snapshot(slot).and_then(|held| held.value(trim));
    assert!((held(&desk, Slot::C).expect("C") - 3.0).abs() < 1e-4, "C's trim");
    // By keyboard.
    desk.focus("Slot B");
    desk.harness.event(Event::Copy);
    desk.harness.run();
    desk.focus("Slot D");
    desk.harness.event(Event::Paste("anything".to_string()));
    desk.harness.run();
    assert!((held(&desk, Slot::D).expect("D") + 5.0).abs() < 1e-4, "D's trim");
    desk.key(Key::Enter);
    assert_eq!(current(&desk), Slot::D);
    assert!((desk.value("Input Trim") + 5.0).abs() < 1e-4, "D is heard");
    let gestures = desk.done().into_iter().filter(|done| !matches!(done, Done::Bulk(_))).count();
    assert_eq!(gestures, 0, "slots are no gestures");
}

#[test]
fn a_slot_is_copied_from_its_menu() {
    let mut desk = Desk::channel("Input");
    desk.set("Input Trim", 3.0);
    let at = desk.rect("Slot B").center();
    desk.harness.hover_at(at);
    for pressed in [true, false] {
        let button = egui::PointerButton::Secondary;
        desk.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
    }
    desk.harness.run();
    click(&mut desk, "Copy A to B");
    assert!(!desk.bench().recall.slots().is_empty(Slot::B));
    assert_eq!(current(&desk), Slot::A, "copying goes nowhere");
}

#[test]
fn a_line_of_the_diff_is_taken_over_by_itself() {
    let mut desk = Desk::channel("Input");
    click(&mut desk, "Slot B");
    for (name, value) in [("Input Trim", -5.0), ("EQ 3 Gain", 2.1), ("EQ 3 Frequency", 240.0), ("EQ 3 On", 1.0)] {
        desk.set(name, value);
    }
    click(&mut desk, "Slot A");
    desk.done();
    click(&mut desk, "Diff");
    assert!(desk.has("Apply EQ 3 Gain") && desk.has("Apply Input Trim") && desk.has("Apply EQ 3 On"));
    click(&mut desk, "Apply EQ 3 Gain");
    let gain = desk.index("EQ 3 Gain");
    let done = desk.done();
    assert!(matches!(done.as_slice(), [Done::Bulk(changes)] if changes.len() == 1 && changes[0].0 == gain), "{done:?}");
    assert!((desk.value("EQ 3 Gain") - 2.1).abs() < 1e-4, "it is taken over");
    assert_eq!(desk.value("Input Trim"), 0.0, "the rest is not");
    assert_eq!(desk.bench().recall.next(Back).as_deref(), Some("EQ 3 Gain +2.1 dB at 240 Hz from B"));
    assert!(!desk.has("Apply EQ 3 Gain"), "what no longer differs is no longer there");
    desk.key_with(CTRL, Key::Z);
    assert_eq!(desk.value("EQ 3 Gain"), 0.0, "undone");
    assert!(desk.has("Apply EQ 3 Gain"), "it differs again");
    assert!(desk.bench().recall.next(Forth).is_some());
}

#[test]
fn match_shows_a_banner_ends_with_the_editor_and_edits_nothing() {
    let mut desk = Desk::master("Glue");
    click(&mut desk, "Match");
    let banner = "Listening to A, unmatched until it has been heard for 3 s. Click here to hear the output.";
    assert!(desk.has(banner), "a banner says so");
    let matching = &desk.bench().telemetry.matching;
    assert!(matching.is_on());
    matching.publish(matching.round(), Some(2.5));
    desk.harness.run();
    assert!(desk.has("Listening to A at +0.0 dB. Click here to hear the output."), "alone it is the softest");
    let bench = desk.bench();
    bench.view.close(&bench.recorder, &bench.telemetry);
    assert!(!bench.telemetry.matching.is_on(), "closing the editor ends it");
    assert_eq!(desk.done(), [], "a listen state is no parameter");
}

#[test]
fn match_turns_the_louder_slot_down() {
    let mut desk = Desk::master("Glue");
    let tell = |desk: &mut Desk, lu: f64| {
        let matching = &desk.bench().telemetry.matching;
        matching.publish(matching.round(), Some(lu));
        desk.harness.run();
    };
    click(&mut desk, "Match");
    tell(&mut desk, 1.0);
    click(&mut desk, "Slot B");
    desk.set("Limiter Gain", 6.0);
    // What was measured of A is not B's.
    desk.harness.run();
    tell(&mut desk, 4.2);
    let gain = |desk: &Desk| desk.bench().telemetry.matching.gain_db();
    assert!((gain(&desk) + 3.2).abs() < 0.06, "B is heard at {} dB, -3.2 expected", gain(&desk));
    click(&mut desk, "Slot A");
    desk.harness.run();
    assert_eq!(gain(&desk), 0.0, "A, the softer one");
    click(&mut desk, "Match");
    click(&mut desk, "Slot B");
    desk.harness.run();
    assert_eq!(gain(&desk), 0.0, "B without a match");
}

#[test]
fn the_bar_says_what_its_parts_are() {
    let desk = Desk::channel("Input");
    let nodes = desk.nodes();
    let role = |label: &str| nodes.iter().find(|node| node.label == label).map(|node| node.role);
    for slot in ["Slot A", "Slot B", "Slot C", "Slot D"] {
        assert_eq!(role(slot), Some(Role::RadioButton), "{slot}");
    }
    assert_eq!(role("Match"), Some(Role::Switch));
    for button in ["Diff", "Undo", "Redo", "Appearance"] {
        assert_eq!(role(button), Some(Role::Button), "{button}");
    }
}

#[test]
fn tab_goes_along_the_bar() {
    let mut desk = Desk::channel("Input");
    click(&mut desk, "Input Flip L");
    let mut order: Vec<String> = Vec::new();
    for _ in 0..60 {
        desk.key(Key::Tab);
        order.extend(desk.focused());
    }
    let place =
        |label: &str| order.iter().position(|other| other == label).unwrap_or_else(|| panic!("{label}: {order:?}"));
    let bar = ["Slot A", "Slot B", "Slot C", "Slot D", "Match", "Diff", "Undo", "Latency", "Bypass", "Appearance"];
    let start = place("Slot A");
    let after: Vec<_> = order[start..].iter().take(bar.len()).map(String::as_str).collect();
    assert_eq!(after, bar);
}

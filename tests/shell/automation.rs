//! Marks on what the host automates, and none on what it does not.

use crate::desk::Desk;
use egui::{Color32, Modifiers, Shape, vec2};
use tandem::editor::theme::DARK;
use tandem::params::Automation;

const TRIM: &str = "Input Trim";

const PRESENT: &str = "The host has automation for it.";
const ACTIVE: &str = "The host moves it.";

/// What the accessibility tree says of the control's automation.
fn said(desk: &Desk, label: &str) -> Option<&'static str> {
    let node = desk.nodes().into_iter().find(|node| node.label == label).expect("the control");
    words(&node.description.expect("what it does"))
}

fn words(description: &str) -> Option<&'static str> {
    [PRESENT, ACTIVE].into_iter().find(|words| description.ends_with(words))
}

/// Everything that is said to be automated.
fn automated(desk: &Desk) -> Vec<String> {
    let nodes = desk.nodes().into_iter().filter(|node| node.description.as_deref().is_some_and(|d| words(d).is_some()));
    nodes.map(|node| node.label).collect()
}

/// Whether a mark is painted at the upper right corner of the control.
fn marked(desk: &Desk, label: &str, fill: Color32) -> bool {
    let corner = desk.rect(label).right_top();
    desk.harness.output().shapes.iter().any(|shape| match &shape.shape {
        Shape::Circle(circle) => circle.center.distance(corner) < 6.0 && circle.fill == fill,
        _ => false,
    })
}

#[test]
fn what_the_host_moves_is_marked_for_a_while() {
    let mut desk = Desk::channel("Input");
    assert!(!marked(&desk, TRIM, DARK.ink) && said(&desk, TRIM).is_none(), "nothing is marked at first");
    desk.automate(TRIM, 3.0);
    assert!(marked(&desk, TRIM, DARK.ink), "a dot beside the knob");
    assert_eq!(said(&desk, TRIM), Some(ACTIVE));
    assert_eq!(desk.done(), [], "the host's move is not sent back to it");
    desk.harness.run_steps(60 * 5);
    assert!(!marked(&desk, TRIM, DARK.ink), "5 s later the mark is gone");
    assert!(said(&desk, TRIM).is_none());
}

#[test]
fn what_is_done_here_is_not_marked() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.drag(at, vec2(0.0, -40.0), Modifiers::NONE);
    assert!(said(&desk, TRIM).is_none(), "a drag");
    desk.wheel(at, 1.0);
    assert!(said(&desk, TRIM).is_none(), "the wheel");
    desk.set(TRIM, -6.0);
    assert!(said(&desk, TRIM).is_none(), "a bulk edit: a preset, a slot, an undo");
    desk.automate(TRIM, 3.0);
    desk.harness.run_steps(3 * 60);
    desk.automate(TRIM, 4.0);
    assert!(said(&desk, TRIM).is_some());
    desk.wheel(at, 1.0);
    assert!(said(&desk, TRIM).is_none(), "the hand takes over from the host");
}

#[test]
fn a_session_that_the_host_loads_is_no_automation() {
    let mut desk = Desk::channel("EQ");
    let controls = desk.bench().controls.clone();
    for index in controls.all().filter(|index| controls.name(*index).starts_with("EQ ")) {
        let way = if controls.normalized(index) < 0.5 { 0.9 } else { 0.1 };
        // SAFETY: the pointer is to a parameter of `controls`, which is alive here.
        unsafe { controls.pointer(index)._internal_set_normalized_value(way) };
    }
    desk.harness.run();
    assert_eq!(automated(&desk), Vec::<String>::new());
}

/// The number that a CLAP host knows a parameter by: the framework's hash of its id.
fn host_id(id: &str) -> u32 {
    id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) & 0x7fff_ffff
}

#[test]
fn what_the_host_says_it_automates_is_marked_whether_or_not_it_moves() {
    let mut desk = Desk::channel("Input");
    let controls = desk.bench().controls.clone();
    let id = host_id("input_trim");
    assert!(controls.find("input_trim").is_some());
    for (automation, fill, words) in [
        (Automation::Present, DARK.panel, Some(PRESENT)),
        (Automation::Active, DARK.ink, Some(ACTIVE)),
        (Automation::None, DARK.ink, None),
    ] {
        controls.set_automation(id, automation);
        desk.harness.run();
        assert_eq!(marked(&desk, TRIM, fill), words.is_some(), "{automation:?}");
        assert_eq!(said(&desk, TRIM), words, "{automation:?}");
    }
    controls.set_automation(0x1234_5678, Automation::Active);
    desk.harness.run();
    assert_eq!(automated(&desk), Vec::<String>::new(), "a parameter that there is not");
}

//! A knob under the hands: pointer, wheel, keyboard, typing. Seen as a host sees it, gesture by gesture.

use crate::desk::{Desk, Done};
use egui::{Event, Key, Modifiers, vec2};
use tandem::params::Control;

const TRIM: &str = "Input Trim";

/// Points of the pointer's way that are the whole way of a knob.
const WHOLE_WAY: f64 = 240.0;

/// The begins, the sets and the ends of what was done, and what was done in another order than that.
fn gesture(done: &[Done]) -> (usize, usize, usize, bool) {
    let count = |wanted: fn(&Done) -> bool| done.iter().filter(|done| wanted(done)).count();
    let ordered = matches!(done.first(), Some(Done::Begin(_))) && matches!(done.last(), Some(Done::End(_)));
    (
        count(|done| matches!(done, Done::Begin(_))),
        count(|done| matches!(done, Done::Set(..))),
        count(|done| matches!(done, Done::End(_))),
        ordered,
    )
}

#[test]
fn a_drag_is_one_gesture_and_goes_as_far_as_the_pointer() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.drag(at, vec2(0.0, -60.0), Modifiers::NONE);
    let (begins, sets, ends, ordered) = gesture(&desk.done());
    assert!(begins == 1 && ends == 1 && sets > 1 && ordered, "{begins} begins, {sets} sets, {ends} ends");
    // 48 dB are the whole way.
    let expected = 60.0 / WHOLE_WAY * 48.0;
    let value = desk.value(TRIM);
    assert!((value - expected).abs() < 0.01, "60 points up give {value} dB, {expected} expected");
}

#[test]
fn a_drag_with_shift_goes_a_tenth_as_far() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.drag(at, vec2(0.0, -60.0), Modifiers::SHIFT);
    let (value, expected) = (desk.value(TRIM), 0.1 * 60.0 / WHOLE_WAY * 48.0);
    assert!((value - expected).abs() < 0.01, "60 points up with shift give {value} dB, {expected} expected");
}

#[test]
fn a_drag_beyond_the_end_turns_back_at_once() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.drag(at, vec2(0.0, -400.0), Modifiers::NONE);
    assert_eq!(desk.value(TRIM), 24.0, "far up is the high end");
    let at = desk.rect(TRIM).center();
    desk.drag(at, vec2(0.0, 30.0), Modifiers::NONE);
    let (value, expected) = (desk.value(TRIM), 24.0 - 30.0 / WHOLE_WAY * 48.0);
    assert!((value - expected).abs() < 0.01, "30 points back give {value} dB, {expected} expected");
}

#[test]
fn a_gesture_ends_when_its_knob_goes_away() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.harness.hover_at(at);
    desk.harness.drag_at(at);
    desk.harness.hover_at(at + vec2(0.0, -20.0));
    desk.harness.run();
    assert_eq!(gesture(&desk.done()).2, 0, "the pointer is still down");
    desk.harness.state_mut().view.open("EQ");
    desk.harness.run();
    let ends = gesture(&desk.done()).2;
    assert_eq!(ends, 1, "{ends} ends after another panel was opened");
}

#[test]
fn the_wheel_turns_it() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.wheel(at, 1.0);
    let (value, expected) = (desk.value(TRIM), 0.02 * 48.0);
    assert!((value - expected).abs() < 0.01, "a notch gives {value} dB, {expected} expected");
    let (begins, sets, ends, _) = gesture(&desk.done());
    assert_eq!((begins, sets, ends), (1, 1, 1), "a notch is a gesture");
}

#[test]
fn double_click_and_alt_click_reset() {
    for alt in [false, true] {
        let mut desk = Desk::channel("Input");
        desk.set(TRIM, 7.0);
        let at = desk.rect(TRIM).center();
        if alt {
            desk.click(at, Modifiers::ALT)
        } else {
            desk.double_click(at)
        }
        assert_eq!(desk.value(TRIM), 0.0, "alt: {alt}");
        let (begins, sets, ends, _) = gesture(&desk.done());
        assert_eq!((begins, sets, ends), (1, 1, 1), "a reset is one gesture, alt: {alt}");
    }
}

#[test]
fn a_click_alone_edits_nothing() {
    let mut desk = Desk::channel("Input");
    let at = desk.rect(TRIM).center();
    desk.click(at, Modifiers::NONE);
    assert_eq!(desk.done(), [], "a click takes the focus and nothing else");
    assert_eq!(desk.focused().as_deref(), Some(TRIM));
}

#[test]
fn values_are_typed_as_people_write_them() {
    for (panel, name, typed, expected) in [
        ("EQ", "EQ 1 Frequency", "1k2", 1200.0),
        ("EQ", "EQ 1 Frequency", "240", 240.0),
        ("Input", TRIM, "-6", -6.0),
        ("Input", TRIM, "3,5 dB", 3.5),
        ("Output", "Output Pan", "30L", -30.0),
        ("Output", "Output Fader", "-inf", -90.0),
        ("Comp", "Comp Ratio", "4:1", 4.0),
        ("Comp", "Comp Attack", "0.03 s", 30.0),
    ] {
        let mut desk = Desk::channel(panel);
        desk.focus(name);
        desk.text(typed);
        assert_eq!(desk.done(), [], "nothing is set while \"{typed}\" is typed into {name}");
        desk.key(Key::Enter);
        let value = desk.value(name);
        assert!((value / expected - 1.0).abs() < 1e-5, "{name}: \"{typed}\" gives {value}, {expected} expected");
        assert_eq!(desk.focused().as_deref(), Some(name), "the focus comes back");
    }
}

#[test]
fn enter_opens_the_value_and_escape_leaves_it() {
    let mut desk = Desk::channel("Input");
    desk.set(TRIM, 2.0);
    desk.focus(TRIM);
    desk.key(Key::Enter);
    assert!(desk.has("Input Trim value"), "enter opens the text field");
    desk.text("9");
    desk.key(Key::Escape);
    assert!(!desk.has("Input Trim value"), "escape closes it");
    assert_eq!(desk.value(TRIM), 2.0);
    assert_eq!(desk.done(), []);
    assert_eq!(desk.focused().as_deref(), Some(TRIM), "the focus comes back");
    // The text was selected as a whole: typing replaces it.
    desk.key(Key::Enter);
    desk.text("-4");
    desk.key(Key::Enter);
    assert_eq!(desk.value(TRIM), -4.0);
}

#[test]
fn what_is_no_value_is_refused_in_words() {
    let mut desk = Desk::channel("Input");
    desk.focus(TRIM);
    desk.text("loud");
    desk.key(Key::Enter);
    assert!(desk.has("Input Trim value"), "the text field stays");
    assert_eq!(desk.done(), []);
    let said = desk.nodes().into_iter().find(|node| node.role == egui::accesskit::Role::Status).expect("a status line");
    assert!(said.label.contains("\"loud\" is no value"), "the status line says: {}", said.label);
    desk.key(Key::Escape);
    assert!(!desk.has("Input Trim value"));
    assert_eq!(desk.value(TRIM), 0.0);
}

#[test]
fn the_keyboard_does_all_that_the_pointer_does() {
    let mut desk = Desk::channel("Input");
    desk.focus(TRIM);
    let mut expected: f64 = 0.0;
    for (modifiers, key, by) in [
        (Modifiers::NONE, Key::ArrowUp, 0.02),
        (Modifiers::NONE, Key::ArrowRight, 0.02),
        (Modifiers::NONE, Key::ArrowDown, -0.02),
        (Modifiers::NONE, Key::ArrowLeft, -0.02),
        (Modifiers::SHIFT, Key::ArrowUp, 0.002),
        (Modifiers::NONE, Key::PageUp, 0.1),
        (Modifiers::NONE, Key::PageDown, -0.1),
    ] {
        desk.key_with(modifiers, key);
        expected += by * 48.0;
        let value = desk.value(TRIM);
        assert!((value - expected).abs() < 0.01, "{key:?} gives {value} dB, {expected} expected");
        assert_eq!(desk.focused().as_deref(), Some(TRIM), "{key:?} keeps the focus");
    }
    for (key, expected) in [(Key::Home, -24.0), (Key::End, 24.0), (Key::Delete, 0.0)] {
        desk.key(key);
        assert_eq!(desk.value(TRIM), expected, "{key:?}");
    }
}

#[test]
fn a_value_goes_from_knob_to_knob_by_copy_and_paste() {
    let mut desk = Desk::channel("Output");
    desk.set("Output Pan", -30.0);
    desk.focus("Output Pan");
    desk.harness.event(Event::Copy);
    desk.harness.run();
    let copied = desk.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    // The copy may have been in an earlier picture than the last.
    assert!(copied.is_none_or(|text| text == "30L"));
    desk.set("Output Pan", 10.0);
    let at = desk.rect("Output Pan").center();
    desk.secondary_click(at);
    for entry in ["Type a value", "Reset to C", "Copy", "Paste 30L"] {
        assert!(desk.has(entry), "the menu has \"{entry}\"");
    }
    let paste = desk.rect("Paste 30L").center();
    desk.click(paste, Modifiers::NONE);
    assert_eq!(desk.value("Output Pan"), -30.0);
}

#[test]
fn a_tooltip_says_name_value_range_and_purpose() {
    let mut desk = Desk::channel("Comp");
    let at = desk.rect("Comp Threshold").center();
    desk.point(at);
    // It waits for the pointer to rest.
    desk.harness.run_steps(90);
    let said: Vec<_> = desk.nodes().into_iter().filter_map(|node| node.value).collect();
    let Control::Dial(dial) = desk.bench().controls.control(desk.index("Comp Threshold")) else { panic!("a dial") };
    for expected in ["Comp Threshold", "-20.0 dB", "-60.0 dB to 0.0 dB", dial.help] {
        assert!(said.iter().any(|text| text == expected), "the tooltip has no \"{expected}\": {said:?}");
    }
}

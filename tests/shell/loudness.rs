//! Destinations in the editor: the meter that measures against one, and the limiter that learns for it.

use crate::desk::Desk;
use crate::told::tell;
use egui::accesskit::Role;
use egui::{Color32, Modifiers, Shape};
use tandem::editor::theme::DARK;
use tandem::targets::{Target, all, find};
use tandem_dsp::meter::programme::{GROUP, INTEGRATED, TRUE_PEAK};

const MENU: &str = "Loudness target";

fn spotify() -> &'static Target {
    find("spotify").expect("in the table")
}

/// What the menu shows.
fn shown(desk: &Desk) -> Option<String> {
    desk.nodes().into_iter().find(|node| node.label == MENU).and_then(|node| node.value)
}

/// Chooses an entry of the menu.
fn choose(desk: &mut Desk, entry: &str) {
    let at = desk.rect(MENU).center();
    desk.click(at, Modifiers::NONE);
    let at = desk.rect(entry).center();
    desk.click(at, Modifiers::NONE);
    desk.harness.run_steps(3);
}

/// The colours in which a text was painted.
fn colours(desk: &Desk, text: &str) -> Vec<Color32> {
    let mut found = Vec::new();
    for shape in &desk.harness.output().shapes {
        if let Shape::Text(shape) = &shape.shape
            && shape.galley.text() == text
        {
            found.extend(shape.galley.job.sections.iter().map(|section| section.format.color));
        }
    }
    found
}

#[test]
fn a_destination_is_chosen_for_the_meter_and_the_limiter_together() {
    let mut desk = Desk::master("Meter");
    assert_eq!(desk.bench().state.target(), &all()[0], "a fresh session");
    choose(&mut desk, "EBU R128, -23 LUFS");
    assert_eq!(desk.bench().state.target().id, "ebu_r128");
    assert_eq!(shown(&desk).as_deref(), Some("EBU R128, -23 LUFS"));
    assert_eq!(desk.done(), [], "a destination is no parameter");
    let at = desk.rect(MENU).center();
    desk.point(at);
    let target = find("ebu_r128").expect("in the table");
    let help = desk.nodes().into_iter().find(|node| node.role == Role::Status && node.label.contains(&target.source));
    assert!(help.is_some_and(|node| node.label.contains("official")), "status and source are in the help line");
}

#[test]
fn the_verdict_is_what_the_destination_says() {
    for (lufs, dbtp) in [(-20.0, -5.0), (-9.0, -1.0), (-14.0, -1.0)] {
        let mut desk = Desk::master("Meter");
        assert!(desk.has("Nothing has been measured yet."));
        tell(
            &desk.bench().telemetry,
            &[(&GROUP, &INTEGRATED, lufs), (&GROUP, &TRUE_PEAK[0], dbtp), (&GROUP, &TRUE_PEAK[1], dbtp - 3.0)],
        );
        desk.harness.run_steps(2);
        let verdict = spotify().judge(lufs, dbtp).expect("both are known");
        assert!(desk.has(&verdict.text), "\"{}\" is not shown", verdict.text);
        let colour = if verdict.passes { DARK.output } else { DARK.taken };
        assert_eq!(colours(&desk, &verdict.text), [colour], "\"{}\"", verdict.text);
    }
}

#[test]
fn a_destination_without_a_loudness_has_no_line() {
    let mut desk = Desk::master("Meter");
    assert_eq!(colours(&desk, "Spotify -14 LUFS"), [DARK.ink], "the line's label");
    choose(&mut desk, "CD, no loudness");
    assert_eq!(desk.bench().state.target().id, "cd");
    let labels = desk.harness.output().shapes.iter().filter_map(|shape| match &shape.shape {
        Shape::Text(text) => Some(text.galley.text().to_string()),
        _ => None,
    });
    let labels: Vec<_> = labels.filter(|text| text.ends_with(" LUFS")).collect();
    assert_eq!(labels, [] as [String; 0], "labels of lines");
}

//! Destinations in the editor: the meter that measures against one, and the limiter that learns for it.

use crate::desk::{Desk, Done};
use crate::told::tell;
use egui::accesskit::Role;
use egui::{Color32, Modifiers, Shape};
use std::sync::atomic::Ordering::Relaxed;
use tandem::editor::theme::DARK;
use tandem::targets::{Target, all, find};
use tandem_dsp::meter::programme::{GROUP, INTEGRATED, SHORT_TERM, TRUE_PEAK};
use tandem_dsp::module::limiter::{
    self, EXPECTED_READOUT, LEARNED_READOUT, PROPOSED_READOUT, PROPOSED_REDUCTION_READOUT, VERDICT_READOUT,
};

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
    desk.open("Limiter");
    assert_eq!(shown(&desk).as_deref(), Some("EBU R128, -23 LUFS"), "the limiter's panel");
    desk.open("Meter");
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

fn learn_for(desk: &Desk) -> f32 {
    desk.bench().telemetry.learn_for.load(Relaxed)
}

fn click(desk: &mut Desk, label: &str) {
    let at = desk.rect(label).center();
    desk.click(at, Modifiers::NONE);
}

/// What is proposed, as the limiter tells it: gain in dB, loudness in LUFS, reduction in dB, verdict.
fn propose(desk: &mut Desk, [gain_db, lufs, reduction_db, verdict]: [f64; 4]) {
    tell(
        &desk.bench().telemetry,
        &[
            (&limiter::GROUP, &LEARNED_READOUT, 12.4),
            (&limiter::GROUP, &PROPOSED_READOUT, gain_db),
            (&limiter::GROUP, &EXPECTED_READOUT, lufs),
            (&limiter::GROUP, &PROPOSED_REDUCTION_READOUT, reduction_db),
            (&limiter::GROUP, &VERDICT_READOUT, verdict),
        ],
    );
    desk.harness.run_steps(2);
}

#[test]
fn learning_proposes_and_only_apply_sets() {
    let mut desk = Desk::master("Limiter");
    desk.set("Limiter On", 1.0);
    assert!(learn_for(&desk).is_nan(), "nothing is learned before it is asked for");
    click(&mut desk, "Learn");
    assert_eq!(learn_for(&desk), -14.0, "Spotify's loudness");
    assert!(desk.has("0 s heard. Play the programme; a proposal needs 3 s."));
    click(&mut desk, "Apply learned gain");
    assert_eq!(desk.done(), [], "there is nothing to apply yet");
    propose(&mut desk, [5.94, -14.02, 1.26, 0.0]);
    assert!(desk.has("12 s heard. +5.9 dB gives -14.0 LUFS and takes 1.3 dB on average. It lands."));
    assert_eq!(desk.done(), [], "a proposal sets nothing");
    click(&mut desk, "Apply learned gain");
    let gain = desk.index("Limiter Gain");
    let [Done::Begin(begun), Done::Set(set, db), Done::End(ended)] = desk.done()[..] else { panic!("one gesture") };
    assert_eq!([begun, set, ended], [gain; 3]);
    assert!((db - 5.94).abs() < 1e-5, "{db} dB were set, 5.94 proposed");
    for (verdict, words) in [(1.0, "Apply and learn again."), (2.0, "Out of reach; this is the nearest.")] {
        propose(&mut desk, [5.94, -14.02, 1.26, verdict]);
        assert!(desk.has(&format!("12 s heard. +5.9 dB gives -14.0 LUFS and takes 1.3 dB on average. {words}")));
    }
    choose(&mut desk, "EBU R128, -23 LUFS");
    assert_eq!(learn_for(&desk), -23.0, "another destination is learned for at once");
    click(&mut desk, "Learn");
    assert!(learn_for(&desk).is_nan(), "a second click ends it");
}

#[test]
fn learning_needs_a_loudness_and_a_limiter_and_ends_with_the_editor() {
    let mut desk = Desk::master("Limiter");
    assert!(desk.has("The limiter is off. It learns only while it is on."));
    desk.set("Limiter On", 1.0);
    click(&mut desk, "Learn");
    assert_eq!(learn_for(&desk), -14.0);
    choose(&mut desk, "CD, no loudness");
    assert!(learn_for(&desk).is_nan(), "without a loudness it ends");
    assert!(desk.has("CD asks for no loudness: there is nothing to learn for."));
    click(&mut desk, "Learn");
    assert!(learn_for(&desk).is_nan(), "nor does it begin");
    choose(&mut desk, "Spotify, -14 LUFS");
    click(&mut desk, "Learn");
    assert_eq!(learn_for(&desk), -14.0);
    let bench = desk.bench();
    bench.view.close(&bench.recorder, &bench.telemetry);
    assert!(learn_for(&desk).is_nan(), "closing the editor ends it");
}

#[test]
fn the_picture_marks_where_the_short_term_loudness_was_over_the_target() {
    let mut desk = Desk::master("Meter");
    let mut played = |lufs: f64, pictures: usize| {
        tell(&desk.bench().telemetry, &[(&GROUP, &SHORT_TERM, lufs)]);
        desk.harness.run_steps(pictures);
        let texts = desk.harness.output().shapes.iter().filter_map(|shape| match &shape.shape {
            Shape::Text(text) => text.galley.text().strip_prefix("Spotify -14 LUFS, short-term over it for "),
            _ => None,
        });
        texts.map(|s| s.trim_end_matches(" s").parse::<f64>().expect("seconds")).next()
    };
    assert_eq!(played(-20.0, 180), None, "3 s under the target");
    let said = played(-10.0, 240);
    assert!(said.is_some_and(|s| (3.5..=4.5).contains(&s)), "it says {said:?} s where 4 s were over");
    let said = played(-20.0, 120);
    assert!(said.is_some_and(|s| (3.5..=4.5).contains(&s)), "it says {said:?} s after 2 s more under it");
}

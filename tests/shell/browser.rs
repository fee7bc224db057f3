//! The presets in the editor: found, loaded, saved and kept, by mouse and by keyboard.

use crate::desk::{Desk, Done, SIZE};
use crate::legible::pieces;
use egui::accesskit::Role;
use egui::epaint::ClippedShape;
use egui::{Key, Modifiers, Rect, Shape};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tandem::channel::Channel;
use tandem::editor::LEAST;
use tandem::editor::theme::TARGET;
use tandem::master::Master;
use tandem::shell::Product;
use tandem::state::Theme;
use tandem::state::locks::Lock;
use tandem::state::slots::Slot;
use tandem_presets::{Facet, Preset, Setting};
use tempfile::TempDir;

/// Every text that was painted: what it says, where it is, and what it is cut off by.
fn texts(shapes: &[ClippedShape]) -> Vec<(String, Rect, Rect)> {
    let texts = pieces(shapes).into_iter().filter_map(|piece| match piece.shape {
        Shape::Text(text) => {
            let rect = text.galley.rect.translate(text.pos.to_vec2());
            Some((text.galley.text().to_string(), rect, piece.clip_rect))
        }
        _ => None,
    });
    texts.filter(|(text, ..)| !text.trim().is_empty()).collect()
}

/// A preset that switches the compressor on, with its threshold at `threshold_db`.
fn preset(name: &str, threshold_db: i32) -> Preset {
    let setting = |parameter: &str, value: &str| Setting { line: 0, parameter: parameter.into(), value: value.into() };
    let settings = vec![setting("Comp On", "On"), setting("Comp Threshold", &format!("{threshold_db}.0 dB"))];
    let mut preset = Preset { plugin: "channel".into(), name: name.into(), settings, ..Preset::default() };
    preset.tags.set(Facet::Source, "test voice");
    preset.notes = "For tests.\nAdjust first: nothing.".into();
    preset
}

/// A Channel's editor with the presets `Aardvark 1`, `Aardvark 2`, … in the user's folder.
fn desk(presets: i32) -> (Desk, TempDir) {
    let place = TempDir::new().expect("a temporary folder");
    let folder = place.path().join("channel");
    fs::create_dir_all(&folder).expect("a folder");
    for i in 1..=presets {
        let name = format!("Aardvark {i}");
        fs::write(folder.join(format!("{name}.tandem")), preset(&name, -10 - i % 40).write()).expect("written");
    }
    let mut desk = Desk::channel("Input");
    keep_in(&mut desk, place.path());
    (desk, place)
}

fn keep_in(desk: &mut Desk, place: &Path) {
    desk.harness.state_mut().view.keep_presets_in(place);
    settle(desk);
}

/// Goes on until the files have been worked on.
fn settle(desk: &mut Desk) {
    let start = Instant::now();
    desk.harness.run_steps(3);
    while desk.bench().view.browser().works() {
        assert!(start.elapsed() < Duration::from_secs(20), "work on files does not end");
        std::thread::sleep(Duration::from_millis(1));
        desk.harness.run_steps(1);
    }
    desk.harness.run_steps(3);
}

fn press(desk: &mut Desk, label: &str) {
    let at = desk.rect(label).center();
    desk.click(at, Modifiers::NONE);
    settle(desk);
}

/// What the top bar calls the preset.
fn shown(desk: &Desk) -> String {
    let nodes = desk.nodes();
    let head = nodes.iter().find(|node| node.label == "Preset" && node.role == Role::ComboBox);
    head.and_then(|node| node.value.clone()).expect("the top bar shows a preset")
}

/// Clicks the preset in the list twice.
fn double_click(desk: &mut Desk, name: &str) {
    // So that the click before is none of them.
    desk.harness.run_steps(40);
    let rows = desk.nodes().into_iter().filter(|node| node.role == Role::ListBoxOption);
    let at = rows.into_iter().find(|node| node.label == name).map(|node| node.rect.center());
    desk.double_click(at.unwrap_or_else(|| panic!("{name} is not listed")));
}

/// Names of the presets in the list, in their order.
fn listed(desk: &Desk) -> Vec<String> {
    let mut rows: Vec<_> = desk.nodes().into_iter().filter(|node| node.role == Role::ListBoxOption).collect();
    rows.sort_by(|a, b| a.rect.top().total_cmp(&b.rect.top()));
    rows.into_iter().map(|node| node.label).collect()
}

fn base(desk: &Desk) -> String {
    desk.bench().state.preset.base(desk.bench().recall.slots().current()).name
}

#[test]
fn the_bar_names_the_preset_and_says_when_it_was_edited() {
    let (mut desk, _place) = desk(0);
    assert_eq!(shown(&desk), "Init");
    desk.set("Comp Threshold", -30.0);
    assert_eq!(shown(&desk), "Init, edited");
    desk.set("Comp Threshold", -18.0);
    let default = desk.bench().controls.default(desk.index("Comp Threshold"));
    desk.set("Comp Threshold", default);
    assert_eq!(shown(&desk), "Init", "back at where it was");
    desk.set("Bypass", 1.0);
    assert_eq!(shown(&desk), "Init", "bypass is in no preset");
    assert_eq!(desk.done(), [], "looking edits nothing");
}

#[test]
fn the_keyboard_chooses_and_loads() {
    let (mut desk, _place) = desk(3);
    press(&mut desk, "Preset");
    assert_eq!(desk.focused().as_deref(), Some("Presets"), "the list has the focus");
    desk.text("aard");
    assert_eq!(listed(&desk), ["Aardvark 1", "Aardvark 2", "Aardvark 3"], "letters search");
    assert_eq!(desk.focused().as_deref(), Some("Search presets"));
    desk.key(Key::ArrowDown);
    desk.key(Key::ArrowDown);
    assert!(desk.has("Rename preset"), "a preset of the user's is chosen");
    assert_eq!(desk.done(), [], "choosing loads nothing");
    desk.key(Key::Enter);
    let done = desk.done();
    let indices = [desk.index("Comp On"), desk.index("Comp Threshold")];
    assert_eq!(done, [Done::Bulk(vec![(indices[0], 1.0), (indices[1], -12.0)])], "one edit, of what differs");
    assert_eq!((desk.value("Comp On"), desk.value("Comp Threshold")), (1.0, -12.0));
    assert_eq!(shown(&desk), "Aardvark 2");
    desk.key(Key::ArrowDown);
    desk.key_with(Modifiers::ALT, Key::Enter);
    assert_eq!(base(&desk), "Aardvark 3");
    assert_eq!(desk.bench().recall.slots().current(), Slot::B, "with alt into the other slot, which is heard then");
    desk.key(Key::Escape);
    assert!(listed(&desk).len() > 3, "escape empties the field");
    desk.key(Key::Escape);
    assert!(!desk.bench().view.browser().is_open(), "then it closes");
    assert!(desk.has("Input Trim"), "and the panel is back");
    assert_eq!(desk.focused().as_deref(), Some("Preset"));
}

#[test]
fn a_space_over_the_list_is_left_to_the_host() {
    let (mut desk, _place) = desk(1);
    press(&mut desk, "Preset");
    let before = listed(&desk);
    desk.text(" ");
    assert_eq!(desk.focused().as_deref(), Some("Presets"));
    assert_eq!(listed(&desk), before);
    desk.text("a b");
    assert_eq!(desk.focused().as_deref(), Some("Search presets"), "in the field it is a space");
}

#[test]
fn the_arrows_in_the_bar_go_from_preset_to_preset() {
    let (mut desk, _place) = desk(2);
    let first = "Next preset";
    press(&mut desk, first);
    assert_eq!(base(&desk), "Aardvark 1", "after Init comes the first by name");
    press(&mut desk, first);
    assert_eq!(base(&desk), "Aardvark 2");
    press(&mut desk, "Previous preset");
    press(&mut desk, "Previous preset");
    assert_eq!(base(&desk), "Init");
    press(&mut desk, "Previous preset");
    assert_eq!(base(&desk), "Init", "the first one is the end");
    assert_eq!(desk.value("Comp On"), 0.0);
}

#[test]
fn what_is_broken_is_refused_and_changes_nothing() {
    let (mut desk, place) = desk(1);
    let folder = place.path().join("channel");
    fs::write(folder.join("Aardvark 0.tandem"), "tandem-preset 1\nplugin: channel\nComp Threshold = banana\n")
        .expect("written");
    fs::write(folder.join("Aaa.tandem"), "tandem-preset 7\n").expect("written");
    desk.set("Comp Threshold", -33.0);
    press(&mut desk, "Preset");
    for (name, expected) in [
        (
            "Aardvark 0",
            "Aardvark 0.tandem, line 3: \"banana\" is no value of \"Comp Threshold\", which takes -60.0 dB to 0.0 dB. Nothing was changed.",
        ),
        (
            "Aaa",
            "Aaa.tandem, line 1: Format 7 is later than this version of Tandem, which reads format 1. Nothing was changed.",
        ),
    ] {
        double_click(&mut desk, name);
        let said = texts(&desk.harness.output().shapes);
        let said: Vec<_> = said.iter().map(|(text, ..)| text.as_str()).collect();
        assert!(said.contains(&expected), "it does not say {expected:?} but {said:?}");
        assert_eq!((desk.done(), shown(&desk)), (vec![], "Init, edited".to_string()));
        assert_eq!(desk.value("Comp Threshold"), -33.0);
    }
}

#[test]
fn what_is_set_is_saved_renamed_and_put_away() {
    let (mut desk, place) = desk(0);
    let folder = place.path().join("channel");
    desk.set("Comp Threshold", -31.25);
    press(&mut desk, "Preset");
    press(&mut desk, "Save as");
    assert_eq!(desk.focused().as_deref(), Some("Preset name"));
    desk.text("My voice");
    desk.focus("Preset source");
    desk.text("Vocal, choir");
    desk.focus("Preset notes");
    desk.text("Close up.");
    press(&mut desk, "Save now");
    let text = fs::read_to_string(folder.join("My voice.tandem")).expect("saved");
    assert_eq!(
        text,
        "tandem-preset 1\nplugin: channel\nname: My voice\nsource: vocal, choir\nnotes:\n  Close up.\n\nComp Threshold = -31.25 dB\n"
    );
    assert_eq!(shown(&desk), "My voice", "it stands on what was saved");
    press(&mut desk, "Rename preset");
    desk.text(" 2");
    desk.key(Key::Enter);
    settle(&mut desk);
    assert_eq!(shown(&desk), "My voice 2");
    assert!(folder.join("My voice 2.tandem").exists() && !folder.join("My voice.tandem").exists());
    press(&mut desk, "Favourite");
    assert_eq!(fs::read_to_string(folder.join("favourites.txt")).expect("marked"), "user/My voice 2\n");
    press(&mut desk, "Show Favourites");
    assert_eq!(listed(&desk), ["My voice 2"]);
    press(&mut desk, "Delete preset");
    assert!(folder.join("Deleted/My voice 2.tandem").exists(), "it was put away");
    assert_eq!(listed(&desk), [""; 0]);
    assert_eq!((desk.value("Comp Threshold"), desk.done()), (-31.25, vec![]), "the sound is as it was");
}

#[test]
fn each_slot_has_its_preset_and_undo_brings_the_one_before_back() {
    let (mut desk, _place) = desk(3);
    press(&mut desk, "Next preset");
    assert_eq!(shown(&desk), "Aardvark 1");
    press(&mut desk, "Slot B");
    assert_eq!(shown(&desk), "Aardvark 1", "an empty slot takes along what stands");
    press(&mut desk, "Next preset");
    assert_eq!(shown(&desk), "Aardvark 2");
    desk.set("Comp Ratio", 7.0);
    assert_eq!(shown(&desk), "Aardvark 2, edited");
    press(&mut desk, "Slot A");
    assert_eq!(shown(&desk), "Aardvark 1");
    press(&mut desk, "Slot B");
    assert_eq!(shown(&desk), "Aardvark 2, edited");
    press(&mut desk, "Next preset");
    assert_eq!(shown(&desk), "Aardvark 3");
    let undo = desk.bench().recall.next(tandem::state::history::Direction::Back);
    assert_eq!(undo.as_deref(), Some("Load Preset Aardvark 3"));
    press(&mut desk, "Undo");
    assert_eq!(desk.value("Comp Threshold"), -12.0);
    assert_eq!(shown(&desk), "Aardvark 2, edited", "as it stood before");
    press(&mut desk, "Redo");
    assert_eq!(shown(&desk), "Aardvark 3");
}

#[test]
fn the_diff_tells_what_differs_from_the_preset() {
    let (mut desk, _place) = desk(1);
    press(&mut desk, "Next preset");
    desk.set("Comp Threshold", -30.0);
    press(&mut desk, "Diff");
    assert!(desk.has("Compare with Aardvark 1"));
    press(&mut desk, "Apply Comp Threshold");
    assert_eq!(desk.value("Comp Threshold"), -11.0);
    assert_eq!(shown(&desk), "Aardvark 1");
}

#[test]
fn a_folder_is_imported_by_its_path() {
    let (mut desk, _place) = desk(0);
    let from = TempDir::new().expect("a temporary folder");
    fs::write(from.path().join("Aardvark.tandem"), preset("Aardvark", -9).write()).expect("written");
    press(&mut desk, "Preset");
    press(&mut desk, "Import presets");
    desk.text(&from.path().display().to_string());
    desk.key(Key::Enter);
    settle(&mut desk);
    let said = texts(&desk.harness.output().shapes);
    assert!(said.iter().any(|(text, ..)| text == "1 preset imported."), "{said:?}");
    assert!(listed(&desk).contains(&"Aardvark".to_string()));
    press(&mut desk, "Import presets");
    desk.text("/nowhere");
    press(&mut desk, "Import now");
    assert!(desk.has("Cancel"), "what went wrong can be mended");
    desk.key(Key::Escape);
    assert!(!desk.has("Cancel") && desk.bench().view.browser().is_open());
}

#[test]
fn a_lock_keeps_its_controls() {
    let mut desk = Desk::master("Limiter");
    desk.set("Limiter Ceiling", -3.0);
    desk.set("Limiter Gain", 6.0);
    desk.set("Latency", 2.0);
    press(&mut desk, "Preset");
    assert!(desk.bench().state.preset.locks().has(Lock::Latency), "latency is locked from the start");
    press(&mut desk, "Lock Ceiling");
    assert_eq!(desk.done(), [], "a lock is no parameter");
    double_click(&mut desk, "Init");
    assert_eq!(desk.value("Limiter Ceiling"), -3.0, "the ceiling stays");
    assert_eq!(desk.value("Limiter Gain"), 0.0, "the rest is Init");
    assert_eq!(desk.value("Latency"), 2.0);
    assert_eq!(shown(&desk), "Init", "what is locked does not count as edited");
    press(&mut desk, "Lock Ceiling");
    assert_eq!(shown(&desk), "Init, edited");
}

/// Everything that the browser shows, one after the other.
fn each_view<P: Product>(size: egui::Vec2, scale: f32, mut look: impl FnMut(&mut Desk, &str)) {
    let place = TempDir::new().expect("a temporary folder");
    let folder = place.path().join(tandem_presets::short_name(P::NAME));
    fs::create_dir_all(&folder).expect("a folder");
    let long = "W".repeat(64);
    let mut preset = preset(&long, -20);
    preset.plugin = tandem_presets::short_name(P::NAME);
    preset.settings.clear();
    preset.notes = "Long lines of notes that have to be broken. ".repeat(40);
    fs::write(folder.join("Long.tandem"), preset.write()).expect("written");
    fs::write(folder.join("Broken.tandem"), "none").expect("written");
    let mut desk = Desk::of::<P>("", size, scale, Theme::Dark);
    keep_in(&mut desk, place.path());
    desk.set("Latency", 1.0);
    let trim = desk.index("Input Trim");
    press(&mut desk, "Preset");
    look(&mut desk, "nothing chosen");
    for name in ["Init", "Broken", long.as_str()] {
        desk.text(name);
        desk.key(Key::ArrowDown);
        look(&mut desk, name);
        desk.key(Key::Enter);
        look(&mut desk, &format!("{name}, loaded"));
        desk.key(Key::Escape);
    }
    desk.bench().controls.set_quietly(&[(trim, -1.0)]);
    for form in ["Save as", "Import presets"] {
        press(&mut desk, form);
        look(&mut desk, form);
        desk.key(Key::Escape);
    }
    desk.text(&long);
    desk.key(Key::ArrowDown);
    press(&mut desk, "Rename preset");
    look(&mut desk, "Rename preset");
}

#[test]
fn everything_in_it_has_a_name_and_is_24_points_large() {
    let mut looked = 0;
    let mut check = |desk: &mut Desk, view: &str| {
        // A list is scrolled by wheel and keys; its bar is a help beside them.
        for node in desk.nodes().into_iter().filter(|node| node.touchable && node.role != Role::ScrollBar) {
            assert!(!node.label.is_empty(), "{view}: a {:?} at {:?} has no name", node.role, node.rect);
            let least = node.rect.width().min(node.rect.height());
            assert!(least >= TARGET - 0.01, "{view}: {} is {:?} points large", node.label, node.rect.size());
            looked += 1;
        }
    };
    each_view::<Channel>(LEAST, 1.0, &mut check);
    each_view::<Master>(LEAST, 1.0, &mut check);
    assert!(looked > 200, "{looked} things looked at");
}

#[test]
fn no_text_in_it_runs_into_another_or_over_the_edge() {
    for (size, scale) in [(LEAST, 0.75), (LEAST, 1.0), (LEAST, 3.0), (SIZE, 1.0)] {
        let mut wrong = Vec::new();
        each_view::<Master>(size, scale, |desk, view| {
            let screen = desk.bench().screen;
            let texts = texts(&desk.harness.output().shapes);
            assert!(texts.len() > 20, "{view}: {} texts", texts.len());
            for (i, (text, rect, clip)) in texts.iter().enumerate() {
                // Lists and notes scroll: what is above or below their edge is not cut off but elsewhere.
                let inside = clip.intersect(screen).expand(0.5);
                let sideways = rect.left() >= inside.left() && rect.right() <= inside.right();
                // So does a text field, whose text alone is as long as it was typed.
                if !sideways && *text != "W".repeat(64) {
                    wrong.push(format!("{view} at {scale}: \"{text}\" at {rect:?} is cut off by {inside:?}"));
                }
                for (other, other_rect, other_clip) in &texts[i + 1..] {
                    let common =
                        rect.intersect(*clip).shrink(1.0).intersect(other_rect.intersect(*other_clip).shrink(1.0));
                    if common.width() > 0.0 && common.height() > 2.0 {
                        wrong.push(format!("{view} at {scale}: \"{text}\" and \"{other}\" share {common:?}"));
                    }
                }
            }
        });
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn tab_goes_through_all_of_it() {
    let (mut desk, _place) = desk(1);
    press(&mut desk, "Preset");
    desk.text("aard");
    desk.key(Key::ArrowDown);
    let mut order: Vec<String> = Vec::new();
    for _ in 0..120 {
        desk.key(Key::Tab);
        let Some(focused) = desk.focused() else { continue };
        if order.first() == Some(&focused) {
            break;
        }
        order.push(focused);
    }
    for expected in [
        "Preset",
        "Next preset",
        "Search presets",
        "Save as",
        "Close presets",
        "Show Favourites",
        "Show test voice",
        "Presets",
        "Load preset",
        "Load into the other slot",
        "Favourite",
        "Rename preset",
        "Delete preset",
        "Lock Latency",
    ] {
        assert!(order.iter().any(|label| label == expected), "tab never comes to {expected}: {order:?}");
    }
    assert!(!desk.has("Input Trim"), "the panel behind cannot be reached");
}

#[test]
fn a_thousand_presets_are_listed_and_walked() {
    let (mut desk, _place) = desk(1_000);
    press(&mut desk, "Preset");
    desk.text("aard");
    let rows = listed(&desk);
    assert!((5..40).contains(&rows.len()), "only what is seen is drawn: {} rows", rows.len());
    for _ in 0..40 {
        desk.key(Key::ArrowDown);
    }
    desk.key(Key::Enter);
    let rows = listed(&desk);
    assert!(rows.contains(&base(&desk)), "the list follows the keyboard: {} is not among {rows:?}", base(&desk));
    let list = desk.nodes().into_iter().find(|node| node.role == Role::ListBox).expect("a list").rect;
    let row = desk.nodes().into_iter().find(|node| node.role == Role::ListBoxOption && node.label == base(&desk));
    assert!(list.expand(1.0).contains_rect(row.expect("a row").rect), "all of the row is seen");
}

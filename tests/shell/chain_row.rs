//! The chain's row: tiles in processing order, moved by hand and by key, with a menu each.

use crate::desk::{Desk, Done, Found};
use crate::told::tell;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem::state::history::Direction;
use tandem_dsp::Listen;
use tandem_dsp::chain;
use tandem_dsp::meter::contribution::{LOUDNESS, PLR, TILT};
use tandem_dsp::module::{compressor, eq};
use tandem_dsp::order::Order;

/// Whether it is a module's tile: the equaliser's bands, further down, are tabs too, and so is the chain as a whole.
fn is_tile(node: &Found) -> bool {
    node.role == Role::Tab && node.rect.top() < 100.0 && node.label != "Chain"
}

/// The tiles from left to right.
fn tiles(desk: &Desk) -> Vec<String> {
    let mut tiles: Vec<_> = desk.nodes().into_iter().filter(is_tile).collect();
    tiles.sort_by(|a, b| a.rect.left().total_cmp(&b.rect.left()));
    tiles.into_iter().map(|tile| tile.label).collect()
}

fn place(desk: &Desk, label: &str) -> usize {
    tiles(desk).iter().position(|tile| tile == label).unwrap_or_else(|| panic!("no tile {label}"))
}

fn middle(desk: &Desk, label: &str) -> Pos2 {
    let tile = desk.nodes().into_iter().find(|node| is_tile(node) && node.label == label);
    tile.unwrap_or_else(|| panic!("no tile {label}")).rect.center()
}

fn order(desk: &Desk) -> String {
    desk.bench().controls.text(desk.index("Chain Order"))
}

fn right_click(desk: &mut Desk, at: Pos2) {
    desk.point(at);
    for pressed in [true, false] {
        let button = PointerButton::Secondary;
        desk.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
    }
    desk.harness.run();
}

fn choose(desk: &mut Desk, entry: &str) {
    let at = desk.rect(entry).center();
    desk.click(at, Modifiers::NONE);
}

#[test]
fn dragging_a_tile_moves_the_module_as_one_edit() {
    let mut desk = Desk::channel("EQ");
    assert!(place(&desk, "EQ") < place(&desk, "Comp"), "the natural order: {:?}", tiles(&desk));
    let (from, to) = (middle(&desk, "EQ"), middle(&desk, "Comp"));
    desk.done();
    desk.drag(from, to - from, Modifiers::NONE);
    assert!(place(&desk, "Comp") < place(&desk, "EQ"), "the tiles follow: {:?}", tiles(&desk));
    let text = order(&desk);
    assert!(text.find("Comp") < text.find("EQ"), "the order is {text}");
    let index = desk.index("Chain Order");
    match &desk.done()[..] {
        [Done::Bulk(changes)] => assert_eq!(changes[..], [(index, desk.value("Chain Order"))], "what is edited"),
        other => panic!("one bulk edit expected: {other:?}"),
    }
    let now = middle(&desk, "EQ");
    desk.drag(now, from - now, Modifiers::NONE);
    assert_eq!(desk.value("Chain Order"), 0.0, "dragged back, the order is the natural one");
}

#[test]
fn a_move_is_a_step_with_a_name_and_undone() {
    let mut desk = Desk::channel("EQ");
    desk.focus("EQ");
    desk.key_with(Modifiers::CTRL, Key::ArrowRight);
    let moved = order(&desk);
    assert!(desk.bench().controls.value(desk.index("Chain Order")) != 0.0, "{moved}");
    let next = tiles(&desk)[place(&desk, "EQ") - 1].clone();
    let step = desk.bench().recall.next(Direction::Back);
    assert_eq!(step, Some(format!("Move EQ after {next}")), "what undo would take back");
    desk.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.value("Chain Order"), 0.0, "undone");
    desk.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(order(&desk), moved, "redone");
}

#[test]
fn input_and_output_keep_their_places() {
    let mut desk = Desk::channel("EQ");
    let before = tiles(&desk);
    for (tile, by) in [("Input", 500.0), ("Output", -500.0)] {
        let from = middle(&desk, tile);
        desk.drag(from, vec2(by, 0.0), Modifiers::NONE);
        assert_eq!(tiles(&desk), before, "{tile} dragged by {by}");
    }
    // Dragged beyond the ends, a module stops at the outermost place that it may have.
    let from = middle(&desk, "EQ");
    desk.drag(from, vec2(2_000.0, 0.0), Modifiers::NONE);
    let now = tiles(&desk);
    assert_eq!(now.last().map(String::as_str), Some("Output"), "{now:?}");
    assert_eq!(place(&desk, "EQ"), now.len() - 2, "{now:?}");
}

#[test]
fn escape_leaves_a_dragged_tile_where_it_was() {
    let mut desk = Desk::channel("EQ");
    let before = tiles(&desk);
    let (from, to) = (middle(&desk, "EQ"), middle(&desk, "Comp"));
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    desk.point(from);
    desk.harness.event(button(from, true));
    desk.point(from + 0.5 * (to - from));
    desk.point(to);
    assert!(
        desk.nodes().iter().any(|node| node.label.starts_with("Move EQ after")),
        "what letting go would do is said"
    );
    desk.key(Key::Escape);
    desk.harness.event(button(to, false));
    desk.harness.run();
    assert_eq!(tiles(&desk), before);
    assert_eq!(desk.done(), [], "nothing is edited");
}

#[test]
fn ctrl_or_alt_and_an_arrow_move_the_focused_tile() {
    for modifiers in [Modifiers::CTRL, Modifiers::ALT] {
        let mut desk = Desk::channel("EQ");
        let at = place(&desk, "EQ");
        desk.focus("EQ");
        desk.key_with(modifiers, Key::ArrowRight);
        assert_eq!(place(&desk, "EQ"), at + 1, "{modifiers:?}: {:?}", tiles(&desk));
        assert_eq!(desk.focused().as_deref(), Some("EQ"), "the focus goes with it");
        assert_eq!(desk.bench().view.panel(), "EQ", "so does the panel");
        for _ in 0..12 {
            desk.key_with(modifiers, Key::ArrowRight);
        }
        let tiles = tiles(&desk);
        assert_eq!(place(&desk, "EQ"), tiles.len() - 2, "it stops before the output: {tiles:?}");
        desk.key(Key::ArrowRight);
        assert_eq!(desk.bench().view.panel(), "Output", "an arrow by itself goes to the neighbour");
        desk.key_with(modifiers, Key::ArrowLeft);
        assert_eq!(self::tiles(&desk), tiles, "the output does not move");
        desk.key(Key::ArrowLeft);
        assert_eq!(desk.bench().view.panel(), "EQ", "the arrows go in processing order");
    }
}

#[test]
fn the_row_follows_the_host() {
    let mut desk = Desk::channel("EQ");
    let reversed = Order::decode(tandem_dsp::order::CODES - 1).encode();
    desk.set("Chain Order", f64::from(reversed));
    assert!(place(&desk, "Comp") < place(&desk, "EQ"), "{:?}", tiles(&desk));
    assert_eq!(desk.done(), [], "and edits nothing");
}

#[test]
fn a_tiles_menu_switches_lets_hear_and_moves() {
    let mut desk = Desk::channel("EQ");
    let at = middle(&desk, "Comp");
    right_click(&mut desk, at);
    choose(&mut desk, "Switch on");
    assert_eq!(desk.value("Comp On"), 1.0);
    right_click(&mut desk, at);
    choose(&mut desk, "Hear what it takes or adds (delta)");
    assert_eq!(desk.bench().telemetry.listening.get(&compressor::GROUP), Listen::Delta);
    assert!(desk.nodes().iter().any(|node| node.label.starts_with("Listening to what Comp takes")), "the banner");
    right_click(&mut desk, at);
    choose(&mut desk, "Hear the output again");
    assert_eq!(desk.bench().telemetry.listening.get(&compressor::GROUP), Listen::Output);
    let before = place(&desk, "Comp");
    right_click(&mut desk, at);
    choose(&mut desk, "Move earlier");
    assert_eq!(place(&desk, "Comp") + 1, before, "{:?}", tiles(&desk));
}

#[test]
fn a_tiles_menu_resets_copies_and_pastes_all_settings() {
    let mut desk = Desk::channel("Comp");
    for (name, value) in [("Comp On", 1.0), ("Comp Threshold", -31.234), ("Comp Attack", 7.7), ("Comp Character", 2.0)]
    {
        desk.set(name, value);
    }
    let set: Vec<f64> = ["Comp Threshold", "Comp Attack", "Comp Character"].map(|name| desk.value(name)).to_vec();
    let at = middle(&desk, "Comp");
    right_click(&mut desk, at);
    choose(&mut desk, "Copy settings");
    right_click(&mut desk, at);
    choose(&mut desk, "Reset settings");
    let default = desk.bench().controls.default(desk.index("Comp Threshold"));
    assert_eq!(desk.value("Comp Threshold"), default);
    assert_eq!(desk.value("Comp On"), 1.0, "it stays switched on");
    // Not into another kind of module.
    let eq = middle(&desk, "EQ");
    right_click(&mut desk, eq);
    desk.done();
    choose(&mut desk, "Paste settings");
    assert_eq!(desk.done(), [], "the equaliser takes none of a compressor's");
    desk.key(Key::Escape);
    right_click(&mut desk, at);
    choose(&mut desk, "Paste settings");
    for (name, before) in ["Comp Threshold", "Comp Attack", "Comp Character"].iter().zip(&set) {
        let now = desk.value(name);
        assert!((now - before).abs() <= 1e-5 * before.abs(), "{name} is {now}, {before} was copied");
    }
}

#[test]
fn the_menu_opens_by_key_and_its_entries_take_the_focus() {
    let mut desk = Desk::channel("EQ");
    desk.focus("EQ");
    desk.key(Key::Enter);
    assert!(desk.has("Switch off"), "Enter opens the menu");
    desk.key(Key::ArrowDown);
    assert_eq!(desk.focused().as_deref(), Some("Switch off"), "an arrow goes into it");
    desk.key(Key::ArrowDown);
    desk.key(Key::Enter);
    assert_eq!(desk.bench().telemetry.listening.get(&eq::GROUP), Listen::Delta, "arrows and Enter choose");
    assert!(!desk.has("Switch off"), "the menu is closed");
    assert_eq!(desk.focused().as_deref(), Some("EQ"), "and the tile has the focus again");
}

#[test]
fn the_page_of_the_whole_says_what_each_module_does() {
    let mut desk = Desk::master("Chain");
    let asked = |desk: &Desk| desk.bench().telemetry.contribution.load(Relaxed);
    assert!(asked(&desk), "it is measured while it is shown");
    let telling = "Play something: what each module does to it is measured while this page is open.";
    assert!(desk.has(telling), "what to do is said");
    desk.set("Glue On", 1.0);
    let values = [
        (&eq::GROUP, &LOUDNESS, 3.0),
        (&eq::GROUP, &TILT, -1.26),
        (&compressor::GLUE, &PLR, -2.04),
        (&chain::GROUP, &LOUDNESS, 1.0),
    ];
    tell(&desk.bench().telemetry, &values);
    desk.harness.run_steps(2);
    let row = |name: &str| {
        let rows = desk.nodes().into_iter().filter(|node| node.role == Role::Meter);
        rows.map(|row| row.label).find(|label| label.starts_with(&format!("{name}: "))).expect("the module's row")
    };
    assert_eq!(row("EQ"), "EQ: Loudness +3.0 LU, True peak – dB, PLR – LU, Width – dB, Tilt -1.3 dB");
    assert!(row("Glue").contains("PLR -2.0 LU"), "{}", row("Glue"));
    assert_eq!(row("Limiter"), "Limiter: off");
    assert!(row("All together").contains("Loudness +1.0 LU"), "{}", row("All together"));
    desk.open("EQ");
    assert!(!asked(&desk), "with another page it is not measured");
    desk.open("Chain");
    assert!(asked(&desk));
    let bench = desk.bench();
    bench.view.close(&bench.recorder, &bench.telemetry);
    assert!(!asked(&desk), "nor with a closed editor");
}

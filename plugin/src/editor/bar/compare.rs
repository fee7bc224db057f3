//! What is compared: the slots, Match and Diff.

use super::{Bar, HEIGHT, button, diff, say};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::{between, focus_ring, text_within, toggle};
use crate::state::slots::{Slot, Slots};
use egui::{Align2, Event, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Widths.
const SLOT: f32 = 28.0;
const BETWEEN: f32 = 2.0;
const MATCH: f32 = 62.0;
const DIFF: f32 = 50.0;
pub const WIDTH: f32 = 4.0 * (SLOT + BETWEEN) + theme::GAP + MATCH + theme::GAP + DIFF;

/// All of it in `rect`.
pub fn show(ui: &mut Ui, session: &Session, bar: &mut Bar, rect: Rect) {
    let slots = session.recall().slots();
    let mut left = rect.left();
    let mut place = |width: f32, apart: f32| {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, HEIGHT));
        left += width + apart;
        place
    };
    for slot in Slot::ALL {
        let rect = place(SLOT, BETWEEN);
        slot_button(ui, session, bar, &slots, slot, rect);
    }
    place(theme::GAP - BETWEEN, 0.0);
    match_button(ui, session, &slots, place(MATCH, theme::GAP));
    let rect = place(DIFF, 0.0);
    let help = "What makes another slot differ from the one that is heard, line by line, to be taken over singly.";
    let response = button(ui, session, rect, "Diff", help);
    let ink = session.colours.ink;
    text_within(ui.painter(), rect.center(), Align2::CENTER_CENTER, "Diff", theme::body(), ink, rect.width() - 8.0);
    diff::popup(session, &response, &mut bar.compared);
    response.on_hover_text("Differences between slots");
}

fn slot_button(ui: &Ui, session: &Session, bar: &mut Bar, slots: &Slots, slot: Slot, rect: Rect) {
    let (current, letter) = (slots.current(), slot.name());
    let name = format!("Slot {letter}");
    let response = ui.interact(rect, ui.make_persistent_id(&name), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, slot == current, &name));
    let (colours, lit) = (session.colours, ui.ctx().animate_bool(response.id.with("lit"), response.hovered()));
    let (fill, ink) = match (slot == current, slots.is_empty(slot)) {
        (true, _) => (colours.yours, colours.on_yours),
        (false, false) => (between(colours.raised, colours.line, 0.6 * lit), colours.ink),
        (false, true) => (between(colours.panel, colours.raised, lit), colours.mute),
    };
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, fill);
    text_within(ui.painter(), rect.center(), Align2::CENTER_CENTER, letter, theme::body(), ink, rect.width());
    focus_ring(ui, &response, rect, colours);
    if response.clicked() {
        response.request_focus();
        if ui.input(|input| input.modifiers.alt) {
            copy(session, current, slot);
        } else {
            switch(session, slot);
        }
    }
    response.context_menu(|ui| {
        for from in Slot::ALL.into_iter().filter(|from| *from != slot && !slots.is_empty(*from)) {
            if ui.button(format!("Copy {} to {letter}", from.name())).clicked() {
                copy(session, from, slot);
                ui.close();
            }
        }
    });
    if response.has_focus() {
        for event in ui.input(|input| input.events.clone()) {
            match (event, bar.copied) {
                (Event::Copy, _) if !slots.is_empty(slot) => {
                    bar.copied = Some(slot);
                    let text = format!("{letter} is copied; Ctrl+V on another slot puts it there.");
                    session.tell(Help { name: name.clone(), text, wrong: false });
                }
                (Event::Paste(_), Some(from)) => copy(session, from, slot),
                _ => {}
            }
        }
    }
    let state = match (slot == current, slots.is_empty(slot)) {
        (true, _) => format!("This is what is heard. {}", loudness(slots, slot)),
        (false, true) => "Empty: a click takes along what is heard.".to_string(),
        (false, false) => format!("Click to hear it. {}", loudness(slots, slot)),
    };
    say(session, &response, &name, &format!("{state} Alt+click copies what is heard to it; right-click for more."));
    response.on_hover_text(format!("{name}: {state}"));
}

/// What is known of how loud a slot is.
fn loudness(slots: &Slots, slot: Slot) -> String {
    match slots.loudness_lu(slot) {
        Some(lu) => format!("It adds {lu:+.1} LU."),
        None => "Its loudness is not known yet.".to_string(),
    }
}

fn switch(session: &Session, slot: Slot) {
    session.forget_sent();
    session.recall().switch(session.edit(), slot);
}

fn copy(session: &Session, from: Slot, to: Slot) {
    if from != to {
        session.forget_sent();
        session.recall().copy(session.edit(), from, to);
        let text = format!("{} holds what {} does.", to.name(), from.name());
        session.tell(Help { name: format!("Slot {}", to.name()), text, wrong: false });
    }
}

fn match_button(ui: &Ui, session: &Session, slots: &Slots, rect: Rect) {
    let matching = &session.telemetry.matching;
    let (name, on) = ("Match", matching.is_on());
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    if response.clicked() {
        response.request_focus();
        matching.switch(!on);
    }
    let on = matching.is_on();
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, on, name));
    toggle::button(ui, session, &response, rect, name, on);
    let text = "Turns louder slots down to the softest one, so that louder does not seem better. Never saved, off in a bounce.";
    say(session, &response, name, text);
    response.on_hover_text(told(slots));
}

/// What Match does to the slot that is heard.
pub fn told(slots: &Slots) -> String {
    let slot = slots.current();
    match slots.match_db(slot) {
        Some(db) => format!("{} at {db:+.1} dB", slot.name()),
        None => format!("{}, unmatched until it has been heard for 3 s", slot.name()),
    }
}

//! Choices: all options side by side, or the chosen one with the others in a menu.

use super::toggle::button;
use super::{control, focus_ring, mark, text_within};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::params::{Control, ParamIndex};
use egui::{
    Align2, CursorIcon, EventFilter, Id, Key, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};
use tandem_dsp::control::Choice;

/// Height of a button.
const HEIGHT: f32 = 28.0;
/// What a popup has around its entries, left and right together.
pub const MENU_MARGINS: f32 = 14.0;
/// Space between two.
const BETWEEN: f32 = 4.0;

/// Every option of the choice `index` as a button, `columns` a row, in `width` points. One stop for the keyboard, within
/// which the arrows choose.
pub fn segments(ui: &mut Ui, session: &Session, index: ParamIndex, columns: usize, width: f32) {
    let Control::Choice(choice) = session.controls.control(index) else { return };
    let rows = choice.options.len().div_ceil(columns);
    let height = rows as f32 * (HEIGHT + BETWEEN) - BETWEEN;
    let (area, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let cell = (width + BETWEEN) / columns as f32;
    let focus = |option: usize| ui.make_persistent_id((session.controls.id(index), choice.options[option].id));
    let before = session.value(index) as usize;
    if arrows(ui, session, index, choice, focus(before), columns) {
        // The focus goes with the choice.
        ui.memory_mut(|memory| memory.request_focus(focus(session.value(index) as usize)));
    }
    let chosen = session.value(index) as usize;
    for (i, option) in choice.options.iter().enumerate() {
        let at = area.min + vec2((i % columns) as f32 * cell, (i / columns) as f32 * (HEIGHT + BETWEEN));
        let rect = Rect::from_min_size(at, vec2(cell - BETWEEN, HEIGHT));
        let id = ui.make_persistent_id((session.controls.id(index), option.id));
        let sense = if i == chosen { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(rect, id, sense);
        if response.clicked() {
            session.set(index, i as f64);
            response.request_focus();
        }
        let label = format!("{}: {}", session.controls.name(index), option.name);
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, i == chosen, &label));
        control::menu(session, &response, index);
        describe(session, &response, index, choice, i);
        button(ui, session, &response, rect, option.name, i == chosen);
        if i == chosen {
            mark::corner(ui.painter(), session, index, rect);
        }
    }
}

/// The chosen option of the choice `index`; a click opens the others. `width` points wide.
pub fn menu(ui: &mut Ui, session: &Session, index: ParamIndex, width: f32) -> Response {
    menu_with(ui, session, index, width, "")
}

/// As [`menu`], with `note` beside the chosen option.
pub fn menu_with(ui: &mut Ui, session: &Session, index: ParamIndex, width: f32, note: &str) -> Response {
    let Control::Choice(choice) = session.controls.control(index) else { unreachable!("a menu is of a choice") };
    let (rect, _) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let id = ui.make_persistent_id(session.controls.id(index));
    let response = ui.interact(rect, id, Sense::click()).on_hover_cursor(CursorIcon::PointingHand);
    let (colours, chosen) = (session.colours, session.value(index) as usize);
    if response.clicked() {
        response.request_focus();
    }
    arrows(ui, session, index, choice, response.id, 1);
    let notches = control::notches(ui, &response);
    if notches != 0.0 {
        step(session, index, choice, if notches > 0.0 { -1 } else { 1 });
    }
    let (name, text, enabled) = (session.controls.name(index), session.text(index), ui.is_enabled());
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_string()),
        current_text_value: Some(text.clone()),
        enabled,
        ..WidgetInfo::new(Role::ComboBox)
    });
    control::menu(session, &response, index);
    describe(session, &response, index, choice, chosen);
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, super::between(colours.raised, colours.line, 0.6 * lit));
    let at = pos2(rect.left() + 10.0, rect.center().y);
    let end =
        text_within(ui.painter(), at, Align2::LEFT_CENTER, &text, theme::body(), colours.ink, width - 32.0).right();
    let (at, room) = (pos2(end + 8.0, at.y), rect.right() - 26.0 - end - 8.0);
    text_within(ui.painter(), at, Align2::LEFT_CENTER, note, theme::body(), colours.mute, room.max(1.0));
    ui.painter().add(chevron(pos2(rect.right() - 13.0, rect.center().y), colours.mute));
    mark::corner(ui.painter(), session, index, rect);
    focus_ring(ui, &response, rect, colours);
    // Not the popup of the right button.
    egui::Popup::menu(&response).id(response.id.with("options")).gap(4.0).show(|ui| {
        ui.set_min_width(width - MENU_MARGINS);
        for (i, option) in choice.options.iter().enumerate() {
            let entry = ui.selectable_label(i == chosen, egui::RichText::new(option.name).font(theme::body()));
            let entry = match option.help {
                Some(help) => entry.on_hover_text(help),
                None => entry,
            };
            if entry.clicked() {
                session.set(index, i as f64);
                ui.close();
            }
        }
    });
    response
}

/// A small mark that points down.
pub fn chevron(at: Pos2, colour: egui::Color32) -> Shape {
    let points = [vec2(-4.0, -2.0), vec2(0.0, 2.0), vec2(4.0, -2.0)].map(|by| at + by);
    Shape::line(points.to_vec(), Stroke::new(1.5, colour))
}

fn step(session: &Session, index: ParamIndex, choice: &Choice, by: i64) {
    let last = choice.options.len() as i64 - 1;
    session.set(index, (session.value(index) as i64 + by).clamp(0, last) as f64);
}

/// With the focus on `id`, the arrows choose, and delete resets. Returns whether they did.
fn arrows(ui: &Ui, session: &Session, index: ParamIndex, choice: &Choice, id: Id, columns: usize) -> bool {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return false;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let row = columns.max(1) as i64;
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let by = [(Key::ArrowLeft, -1), (Key::ArrowRight, 1), (Key::ArrowUp, -row), (Key::ArrowDown, row)]
        .into_iter()
        .filter_map(|(key, by)| pressed(key).then_some(by))
        .sum::<i64>();
    if by != 0 {
        step(session, index, choice, by);
    }
    let resets = pressed(Key::Delete) || pressed(Key::Backspace);
    if resets {
        session.set(index, session.controls.default(index));
    }
    by != 0 || resets
}

/// Says what the choice is, and what this option of it.
fn describe(session: &Session, response: &Response, index: ParamIndex, choice: &Choice, option: usize) {
    let option = &choice.options[option];
    if response.hovered() || response.has_focus() {
        let (name, text) = match option.help {
            Some(help) => (format!("{}: {}", session.controls.name(index), option.name), help),
            None => (session.controls.name(index).to_string(), choice.help),
        };
        session.say(Help { name, text: text.to_string(), wrong: false });
    }
    let automation = mark::words(session.automation(index));
    control::explain(response, option.help.unwrap_or(choice.help), automation);
    response.clone().on_hover_ui(|ui| {
        ui.label(egui::RichText::new(session.controls.name(index)).font(theme::body()));
        ui.label(option.name);
        ui.weak(option.help.unwrap_or(choice.help));
        if let Some(words) = automation {
            ui.weak(words);
        }
    });
}

//! What every continuous control has in common, whatever it looks like: wheel, keyboard, reset, typing, menu, tooltip,
//! help and its place in the accessibility tree.

use crate::editor::session::{Help, Session, example};
use crate::editor::theme;
use crate::params::{Control, ParamIndex};
use egui::accesskit::{Action, ActionData};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align2, Event, EventFilter, Id, Key, MouseWheelUnit, PointerButton, Rect, Response, Role, Stroke, StrokeKind,
    TextEdit, Ui, WidgetInfo,
};

/// Part of the way that a press of an arrow key, or a notch of the wheel, goes.
const STEP: f64 = 0.02;
/// With page up and page down.
const LEAP: f64 = 0.1;
/// With shift, everything goes a tenth as far.
const FINE: f64 = 0.1;
/// Points of the pointer's way that are the whole way of a control.
const DRAG_POINTS: f64 = 240.0;
/// Points of smooth scrolling that count as a notch of the wheel.
const POINTS_A_NOTCH: f32 = 40.0;

/// A value that is being typed.
#[derive(Clone, Debug)]
struct Entry {
    text: String,
    /// Whether the text field still has to get the focus, and then with all of the text selected or none.
    opens: Option<bool>,
    /// Whether what was typed is no value.
    wrong: bool,
}

/// Lets `response` be the continuous control `index`: everything but its looks. Returns whether its value is being
/// typed, in `entry_rect`.
pub fn dial(ui: &mut Ui, session: &Session, response: &Response, index: ParamIndex, entry_rect: Rect) -> bool {
    drag(ui, session, response, index);
    handle(ui, session, response, index, entry_rect)
}

/// As [`dial`] for a control that is dragged in a way of its own.
pub fn handle(ui: &mut Ui, session: &Session, response: &Response, index: ParamIndex, entry_rect: Rect) -> bool {
    accessible(ui, session, response, index);
    if !pointer_reset(ui, session, response, index) {
        wheel(ui, session, response, index);
        keys(ui, session, response, index);
    }
    menu(session, response, index);
    describe(ui, session, response, index);
    entry(ui, session, response, index, entry_rect)
}

/// Opens the text field of the control that is `response`, with its value selected.
pub fn open_entry(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) {
    store_entry(ui, response.id, Entry { text: session.text(index), opens: Some(true), wrong: false });
}

/// Shows name, value, range and help where the pointer or the focus is on the control.
pub fn describe(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) {
    let control = session.controls.control(index);
    let name = session.controls.name(index);
    if response.contains_pointer() || response.dragged() || response.has_focus() {
        let how = match control {
            Control::Dial(_) => format!("{} Type a value such as {}.", control.help(), example(control)),
            _ => control.help().to_string(),
        };
        session.say(Help { name: name.to_string(), text: how, wrong: false });
    }
    let automation = super::mark::words(session.automation(index));
    explain(response, control.help(), automation);
    if !response.dragged() && !is_typing(ui, response.id) {
        response.clone().on_hover_ui(|ui| {
            ui.label(egui::RichText::new(name).font(theme::body()));
            ui.label(session.text(index));
            if let Some(range) = range(control) {
                ui.weak(range);
            }
            ui.weak(control.help());
            if let Some(words) = automation {
                ui.weak(words);
            }
        });
    }
}

/// Says in the accessibility tree what the control does, and whether it is automated.
pub fn explain(response: &Response, help: &str, automation: Option<&str>) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_description([Some(help), automation].into_iter().flatten().collect::<Vec<_>>().join(" "));
    });
}

/// The menu of a control: type, reset, copy, paste.
pub fn menu(session: &Session, response: &Response, index: ParamIndex) {
    let control = session.controls.control(index);
    response.context_menu(|ui| {
        if matches!(control, Control::Dial(_)) && ui.button("Type a value").clicked() {
            open_entry(ui, session, response, index);
            ui.close();
        }
        let default = session.controls.default(index);
        if ui.button(format!("Reset to {}", control.print(default))).clicked() {
            session.set(index, default);
            ui.close();
        }
        if ui.button("Copy").clicked() {
            session.copy(ui.ctx(), session.text(index));
            ui.close();
        }
        let value = session.copied().and_then(|text| control.parse(&text));
        let label = value.map_or("Paste".to_string(), |value| format!("Paste {}", control.print(value)));
        if ui.add_enabled(value.is_some(), egui::Button::new(label)).clicked()
            && let Some(value) = value
        {
            session.set(index, value);
            ui.close();
        }
    });
}

/// Double-click or alt-click resets. Returns whether it did.
pub fn pointer_reset(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) -> bool {
    let alt = ui.input(|input| input.modifiers.alt);
    let resets = response.double_clicked() || (response.clicked() && alt);
    if resets {
        session.set(index, session.controls.default(index));
    }
    resets
}

/// Notches that the wheel has turned while the pointer is on `response`; with shift a tenth.
pub fn notches(ui: &Ui, response: &Response) -> f64 {
    if !response.hovered() || response.dragged() {
        return 0.0;
    }
    ui.input(|input| {
        let notches = |event: &Event| match event {
            Event::MouseWheel { unit, delta, modifiers, .. } => {
                // With shift, some systems turn the wheel's way sideways.
                let way = if delta.y == 0.0 { delta.x } else { delta.y };
                let fine = if modifiers.shift { FINE } else { 1.0 };
                let notches = if *unit == MouseWheelUnit::Point { way / POINTS_A_NOTCH } else { way };
                f64::from(notches) * fine
            }
            _ => 0.0,
        };
        input.events.iter().map(notches).sum()
    })
}

/// How far the pointer has gone on `response` since the last picture, as a part of a control's whole way; up and right
/// are more.
pub fn drag_way(ui: &Ui, response: &Response) -> f64 {
    let delta = drag_delta(response);
    let fine = if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
    f64::from(delta.x - delta.y) / DRAG_POINTS * fine
}

/// How far the pointer has gone on `response` since the last picture, with the first points, which decide that it is a
/// drag and no click.
pub fn drag_delta(response: &Response) -> egui::Vec2 {
    let started = response.drag_started().then(|| response.total_drag_delta()).flatten();
    started.unwrap_or_else(|| response.drag_delta())
}

fn drag(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) {
    let id = response.id.with("way");
    if response.drag_started_by(PointerButton::Primary) {
        response.request_focus();
        ui.data_mut(|data| data.insert_temp(id, session.way(index)));
        session.begin(&[index]);
    }
    if response.dragged_by(PointerButton::Primary) {
        session.hold();
        // The way goes on beyond what the parameter can hold, so that small steps add up; not beyond its ends.
        let way = ui.data(|data| data.get_temp::<f64>(id)).unwrap_or_else(|| session.way(index));
        let way = (way + drag_way(ui, response)).clamp(0.0, 1.0);
        ui.data_mut(|data| data.insert_temp(id, way));
        session.drag(index, session.controls.control(index).from_normalized(way));
    }
    if response.drag_stopped_by(PointerButton::Primary) {
        session.end();
    }
    if response.clicked() {
        response.request_focus();
    }
}

fn move_by(session: &Session, index: ParamIndex, by: f64) {
    if by != 0.0 {
        let way = (session.way(index) + by).clamp(0.0, 1.0);
        session.nudge(index, session.controls.control(index).from_normalized(way));
    }
}

fn wheel(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) {
    move_by(session, index, notches(ui, response) * STEP);
}

fn keys(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) {
    let steps = ui.input(|input| {
        let requests = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        requests(Action::Increment) - requests(Action::Decrement)
    });
    move_by(session, index, steps * STEP);
    let asked: Option<f64> = ui.input(|input| {
        let mut requests = input.accesskit_action_requests(response.id, Action::SetValue);
        requests.find_map(|request| match &request.data {
            Some(ActionData::NumericValue(value)) => Some(*value),
            Some(ActionData::Value(text)) => session.controls.control(index).parse(text),
            _ => None,
        })
    });
    if let Some(value) = asked {
        session.set(index, value);
    }
    if !response.has_focus() || is_typing(ui, response.id) {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let control = session.controls.control(index);
    let events = ui.input(|input| input.events.clone());
    let mut typed = String::new();
    for event in &events {
        match event {
            Event::Key { key, pressed: true, modifiers, .. } => {
                let fine = if modifiers.shift { FINE } else { 1.0 };
                match key {
                    Key::ArrowUp | Key::ArrowRight => move_by(session, index, STEP * fine),
                    Key::ArrowDown | Key::ArrowLeft => move_by(session, index, -STEP * fine),
                    Key::PageUp => move_by(session, index, LEAP),
                    Key::PageDown => move_by(session, index, -LEAP),
                    Key::Home => session.set(index, control.from_normalized(0.0)),
                    Key::End => session.set(index, control.from_normalized(1.0)),
                    Key::Delete | Key::Backspace => session.set(index, session.controls.default(index)),
                    Key::Enter => {
                        // The text field is not to hear it as well.
                        ui.input_mut(|input| input.consume_key(*modifiers, Key::Enter));
                        open_entry(ui, session, response, index);
                    }
                    _ => {}
                }
            }
            Event::Text(text) | Event::Paste(text) => typed.push_str(text),
            Event::Copy => session.copy(ui.ctx(), session.text(index)),
            _ => {}
        }
    }
    let typed: String = typed.chars().filter(|c| !c.is_control()).collect();
    // A space plays and stops in most hosts.
    if !typed.trim().is_empty() {
        ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::Text(_) | Event::Paste(_))));
        store_entry(ui, response.id, Entry { text: typed, opens: Some(false), wrong: false });
    }
}

fn is_typing(ui: &Ui, id: Id) -> bool {
    ui.data(|data| data.get_temp::<Entry>(id)).is_some()
}

fn store_entry(ui: &Ui, id: Id, entry: Entry) {
    ui.data_mut(|data| data.insert_temp(id, entry));
    ui.ctx().request_repaint();
}

/// The text field, if the value is being typed. Enter and a click elsewhere take what was typed, escape does not.
fn entry(ui: &mut Ui, session: &Session, response: &Response, index: ParamIndex, rect: Rect) -> bool {
    let Some(mut entry) = ui.data(|data| data.get_temp::<Entry>(response.id)) else { return false };
    let colours = session.colours;
    let control = session.controls.control(index);
    let id = response.id.with("text");
    if let Some(select) = entry.opens.take() {
        let end = CCursor::new(entry.text.chars().count());
        let mut state = TextEditState::default();
        let range = if select { CCursorRange::two(CCursor::new(0), end) } else { CCursorRange::one(end) };
        state.cursor.set_char_range(Some(range));
        state.store(ui.ctx(), id);
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let rect = Rect::from_center_size(rect.center(), egui::vec2(rect.width(), theme::TARGET));
    let before = entry.text.clone();
    let field = TextEdit::singleline(&mut entry.text)
        .id(id)
        .font(theme::body())
        .align(Align2::CENTER_CENTER)
        .margin(egui::Margin::symmetric(4, 2))
        .frame(egui::Frame::NONE.fill(colours.bg).corner_radius(theme::TOUCH_RADIUS))
        .min_size(rect.size())
        .desired_width(rect.width() - 8.0);
    let field = ui.put(rect, field).accessible_name(format!("{} value", session.controls.name(index)));
    entry.wrong &= entry.text == before;
    let edge = if entry.wrong { colours.taken } else { colours.yours };
    ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, Stroke::new(1.5, edge), StrokeKind::Inside);
    let name = session.controls.name(index).to_string();
    if entry.wrong {
        let text = format!("\"{}\" is no value. Type one such as {}.", entry.text, example(control));
        session.say(Help { name, text, wrong: true });
    } else {
        let text = format!("Type a value such as {}, then Enter; Escape leaves it.", example(control));
        session.say(Help { name, text, wrong: false });
    }
    let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    let leaves = field.lost_focus() || escape;
    if !leaves {
        ui.data_mut(|data| data.insert_temp(response.id, entry));
        return true;
    }
    let value = if escape { None } else { control.parse(&entry.text) };
    if let Some(value) = value {
        session.set(index, value);
    } else if enter && !escape {
        store_entry(ui, response.id, Entry { wrong: true, opens: Some(true), ..entry });
        return true;
    }
    ui.data_mut(|data| data.remove::<Entry>(response.id));
    if enter || escape {
        response.request_focus();
    }
    ui.ctx().request_repaint();
    true
}

/// The control's place in the accessibility tree: a slider with its full name, number and text.
fn accessible(ui: &Ui, session: &Session, response: &Response, index: ParamIndex) {
    let (name, text, value) = (session.controls.name(index), session.text(index), session.value(index));
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_string()),
        value: Some(value),
        current_text_value: Some(text.clone()),
        ..WidgetInfo::new(Role::Slider)
    });
    let Control::Dial(dial) = session.controls.control(index) else { return };
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(dial.range.0);
        node.set_max_numeric_value(dial.range.1);
        for action in [Action::SetValue, Action::Increment, Action::Decrement] {
            node.add_action(action);
        }
    });
}

/// "-24.0 dB to +24.0 dB".
fn range(control: Control) -> Option<String> {
    match control {
        Control::Dial(dial) => Some(format!("{} to {}", dial.print(dial.range.0), dial.print(dial.range.1))),
        Control::Choice(_) | Control::Switch(_) | Control::Sequence(_) => None,
    }
}

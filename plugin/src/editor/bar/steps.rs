//! Undo and redo: two buttons, and their keys.

use super::button;
use crate::editor::session::{Help, Session};
use crate::state::history::Direction;
use egui::{Key, Modifiers, Pos2, Rect, Shape, Stroke, Ui, UiBuilder, Vec2, vec2};
use std::f32::consts::PI;

/// Width of a button, and of both.
const BUTTON: f32 = 30.0;
const BETWEEN: f32 = 2.0;
pub const WIDTH: f32 = 2.0 * BUTTON + BETWEEN;

/// Ctrl+Z undoes; Ctrl+Shift+Z and Ctrl+Y redo. While text is being typed they are the text's.
pub fn keys(ui: &Ui, session: &Session) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let forth = pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z) || pressed(Modifiers::COMMAND, Key::Y);
    if forth {
        go(session, Direction::Forth);
    } else if pressed(Modifiers::COMMAND, Key::Z) {
        go(session, Direction::Back);
    }
}

/// Both buttons in `rect`.
pub fn show(ui: &mut Ui, session: &Session, rect: Rect) {
    let first = Rect::from_min_size(rect.min, vec2(BUTTON, rect.height()));
    for (direction, rect) in
        [(Direction::Back, first), (Direction::Forth, first.translate(vec2(BUTTON + BETWEEN, 0.0)))]
    {
        let next = session.recall().next(direction);
        let mut inside = ui.new_child(UiBuilder::new().id_salt("steps").max_rect(rect));
        inside.add_enabled_ui(next.is_some(), |ui| {
            let (name, none, key) = match direction {
                Direction::Back => ("Undo", "Nothing to undo yet.", "Ctrl+Z"),
                Direction::Forth => ("Redo", "Nothing to redo.", "Ctrl+Shift+Z"),
            };
            let text = next.as_ref().map_or(none.to_string(), |step| format!("{step}. {key}."));
            let response = button(ui, session, rect, name, &text);
            let ink = if next.is_some() { session.colours.ink } else { session.colours.mute };
            arrow(ui, rect.center(), direction, ink);
            if response.clicked() {
                response.request_focus();
                go(session, direction);
            }
            let tip = next.map_or(none.to_string(), |step| format!("{name} {step}"));
            response.on_hover_text(tip.clone()).on_disabled_hover_text(tip);
        });
    }
}

/// Undoes or redoes a step, and says what came of it.
fn go(session: &Session, direction: Direction) {
    session.forget_sent();
    let Some(gone) = session.recall().go(session.edit(), direction) else { return };
    let name = match direction {
        Direction::Back => "Undone",
        Direction::Forth => "Redone",
    };
    let left: Vec<_> = gone.left.iter().map(|index| session.controls.name(*index)).collect();
    let has = if left.len() == 1 { "has" } else { "have" };
    let text = match (left.as_slice(), gone.restored) {
        ([], _) => gone.name,
        ([first, second, third, .., _], _) => {
            format!("{}, but for {first}, {second}, {third} and others: they have been changed since.", gone.name)
        }
        (left, true) => format!("{}, but for {}: {has} been changed since.", gone.name, left.join(", ")),
        (left, false) => format!("Nothing: {} {has} been changed since.", left.join(", ")),
    };
    session.tell(Help { name: name.to_string(), text, wrong: !gone.left.is_empty() });
}

/// An arrow that turns back to the left, or forth to the right.
fn arrow(ui: &Ui, middle: Pos2, direction: Direction, ink: egui::Color32) {
    let to = match direction {
        Direction::Back => 1.0,
        Direction::Forth => -1.0,
    };
    let turned = |by: Vec2| middle + vec2(to * by.x, by.y);
    const STEPS: u32 = 12;
    const RADIUS: f32 = 4.5;
    let arc = (0..=STEPS).map(|step| {
        let angle = PI * (step as f32 / STEPS as f32 - 0.5);
        turned(vec2(1.0 + RADIUS * angle.cos(), 1.0 + RADIUS * angle.sin()))
    });
    let shaft = [turned(vec2(-5.5, 1.0 - RADIUS))].into_iter().chain(arc).chain([turned(vec2(-3.0, 1.0 + RADIUS))]);
    let stroke = Stroke::new(1.5, ink);
    ui.painter().add(Shape::line(shaft.collect(), stroke));
    let tip = vec2(-5.5, 1.0 - RADIUS);
    let head = [tip + vec2(3.5, -3.5), tip, tip + vec2(3.5, 3.5)].map(turned);
    ui.painter().add(Shape::line(head.to_vec(), stroke));
}

//! Widgets: they know controls and pictures, never modules.

pub mod control;
pub mod crossover;
pub mod graph;
pub mod history;
pub mod knob;
pub mod mark;
pub mod menu;
pub mod meter;
pub mod node;
pub mod response;
pub mod spectrum;
pub mod toggle;
pub mod vectorscope;

use super::theme::{self, Colours};
use egui::text_edit::TextEditState;
use egui::{
    Align2, Color32, Context, Event, FontId, Galley, Id, Key, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui,
};
use std::sync::Arc;

/// Whether the keyboard is in use: only then does the focus have to be seen. A pointer shows by itself where it is.
fn keyboard_in_use() -> Id {
    Id::unique("keyboard in use")
}

/// Notes at the start of a picture whether the keyboard is in use.
pub fn watch_keyboard(ui: &Ui) {
    let (key, pointer) = ui.input(|input| {
        let key = |event: &Event| matches!(event, Event::Key { pressed: true, .. } | Event::AccessKitActionRequest(_));
        (input.events.iter().any(key), input.pointer.any_pressed())
    });
    if key || pointer {
        ui.data_mut(|data| data.insert_temp(keyboard_in_use(), key));
    }
}

/// Whether a text field has the focus.
pub fn is_typing(ctx: &Context) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    focused.is_some_and(|id| TextEditState::load(ctx, id).is_some())
}

/// Space plays and stops in most hosts: it is theirs unless a text field has the focus.
pub fn leave_space(ui: &Ui) {
    if !is_typing(ui.ctx()) {
        let space = |event: &Event| match event {
            Event::Key { key, .. } => *key == Key::Space,
            Event::Text(text) => text == " ",
            _ => false,
        };
        ui.input_mut(|input| input.events.retain(|event| !space(event)));
    }
}

/// Whether the focus is on `response`, and to be seen.
pub fn shows_focus(ui: &Ui, response: &Response) -> bool {
    response.has_focus() && ui.data(|data| data.get_temp(keyboard_in_use())).unwrap_or(false)
}

/// Marks `rect` as where the keyboard's focus is, if it is there.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect, colours: &Colours) {
    if shows_focus(ui, response) {
        let radius = theme::TOUCH_RADIUS + 2;
        ui.painter().rect_stroke(rect.expand(2.0), radius, Stroke::new(1.5, colours.ink), StrokeKind::Inside);
    }
}

/// Paints one line of text, made narrower where it would not fit into `width`, and gives where it is.
pub fn text_within(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) -> Rect {
    let galley = fit(painter, text, font, colour, width);
    let rect = align.anchor_size(at, galley.size());
    painter.galley(rect.min, galley, colour);
    rect
}

/// One line of text, made narrower where it would not fit into `width`.
fn fit(painter: &Painter, text: &str, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    let galley = painter.layout_no_wrap(text.to_string(), font.clone(), colour);
    if galley.size().x <= width {
        return galley;
    }
    let size = font.size * (width / galley.size().x).max(0.7);
    painter.layout_no_wrap(text.to_string(), FontId { size, ..font }, colour)
}

/// A colour between two.
pub fn between(from: Color32, to: Color32, part: f32) -> Color32 {
    let mix = |a: u8, b: u8| (f32::from(a) + part * (f32::from(b) - f32::from(a))).round() as u8;
    Color32::from_rgba_premultiplied(
        mix(from.r(), to.r()),
        mix(from.g(), to.g()),
        mix(from.b(), to.b()),
        mix(from.a(), to.a()),
    )
}

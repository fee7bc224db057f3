//! Handles in a picture: values that are dragged along one of its axes.

use super::graph::Graph;
use super::{control, shows_focus, text_within};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::params::{Control, ParamIndex};
use egui::{Align2, CursorIcon, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

/// With shift a drag goes a tenth as far.
const FINE: f32 = 0.1;

/// Size of the text that a crossover stands under.
const CHIP: egui::Vec2 = vec2(58.0, 18.0);

/// Width at the right edge that the marks of the other axis take.
const MARKS: f32 = 36.0;

/// Lines at the crossovers `indices` in a picture with frequency across; each is dragged sideways.
pub fn lines(ui: &mut Ui, session: &Session, graph: &Graph, indices: &[ParamIndex]) {
    let mut chips: Vec<Rect> = Vec::new();
    for index in indices {
        let x = graph.x_at(session.value(*index) as f32);
        let touch = Rect::from_x_y_ranges(x - 0.5 * theme::TARGET..=x + 0.5 * theme::TARGET, graph.rect.y_range());
        let id = ui.make_persistent_id(("crossover", session.controls.id(*index)));
        let response = ui.interact(touch, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::ResizeHorizontal);
        drag(ui, session, &response, *index, touch.center(), |at| graph.values(at).0);
        let beside = x.min(graph.rect.right() - MARKS - 0.5 * CHIP.x);
        let mut chip = Rect::from_center_size(pos2(beside, graph.rect.top() + 0.5 * CHIP.y + 4.0), CHIP);
        // Below those that it would lie on.
        while chips.iter().any(|other| other.expand(2.0).intersects(chip)) {
            chip = chip.translate(vec2(0.0, CHIP.y + 4.0));
        }
        chips.push(chip);
        let typing = control::handle(ui, session, &response, *index, chip);
        let colours = session.colours;
        let active = response.hovered() || response.dragged() || shows_focus(ui, &response);
        let stroke = Stroke::new(if active { 2.0 } else { 1.3 }, if active { colours.yours } else { colours.mute });
        ui.painter().vline(x, graph.rect.y_range(), stroke);
        if !typing {
            ui.painter().rect_filled(chip, theme::TOUCH_RADIUS, colours.raised);
            let text = session.text(*index);
            text_within(
                ui.painter(),
                chip.center(),
                Align2::CENTER_CENTER,
                &text,
                theme::small(),
                colours.ink,
                CHIP.x - 6.0,
            );
        }
    }
}

/// A bar at the height of the control `index` between two places across, dragged up and down.
pub fn bar(ui: &mut Ui, session: &Session, graph: &Graph, index: ParamIndex, from: f32, to: f32) -> Response {
    let y = graph.y_at(session.value(index) as f32);
    let inner = (from + 0.5 * theme::TARGET)..=(to - 0.5 * theme::TARGET).max(from + 0.5 * theme::TARGET + 8.0);
    let touch = Rect::from_x_y_ranges(inner, y - 0.5 * theme::TARGET..=y + 0.5 * theme::TARGET);
    let id = ui.make_persistent_id(("bar", session.controls.id(index)));
    let response = ui.interact(touch, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::ResizeVertical);
    drag(ui, session, &response, index, touch.center(), |at| graph.values(at).1);
    let above = y - graph.rect.top() > 2.0 * CHIP.y + 12.0;
    let chip = pos2(0.5 * (from + to), if above { y - 14.0 } else { y + 14.0 });
    let chip = Rect::from_center_size(chip, CHIP);
    let typing = control::handle(ui, session, &response, index, chip);
    let colours = session.colours;
    let active = response.hovered() || response.dragged() || shows_focus(ui, &response);
    let middle = pos2(0.5 * (from + to), y);
    ui.painter().circle(middle, if active { 7.0 } else { 6.0 }, colours.yours, Stroke::new(1.5, colours.bg));
    if !typing && active {
        let text = session.text(index);
        text_within(ui.painter(), chip.center(), Align2::CENTER_CENTER, &text, theme::small(), colours.ink, 80.0);
    }
    response
}

/// Drags `index` with the pointer from `at` on, to what `value` is there.
fn drag(ui: &Ui, session: &Session, response: &Response, index: ParamIndex, at: Pos2, value: impl Fn(Pos2) -> f32) {
    let id = response.id.with("at");
    if response.drag_started_by(PointerButton::Primary) {
        response.request_focus();
        ui.data_mut(|data| data.insert_temp(id, at));
        session.begin(&[index]);
    }
    if response.dragged_by(PointerButton::Primary) {
        session.hold();
        let fine = if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
        let from: Pos2 = ui.data(|data| data.get_temp(id)).unwrap_or(at);
        let to = from + control::drag_delta(response) * fine;
        ui.data_mut(|data| data.insert_temp(id, to));
        if let Control::Dial(dial) = session.controls.control(index) {
            session.drag(index, f64::from(value(to)).clamp(dial.range.0, dial.range.1));
        }
    }
    if response.drag_stopped_by(PointerButton::Primary) {
        session.end();
    }
    if response.clicked() {
        response.request_focus();
    }
}

//! On/off controls: a button that stays down, and a module's lamp.

use super::{between, control, focus_ring, mark, text_within};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::params::ParamIndex;
use egui::{Align2, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// A button for the on/off control `index`, as wide as its name needs, or `width`.
pub fn toggle(ui: &mut Ui, session: &Session, index: ParamIndex, width: Option<f32>) -> Response {
    let name = session.controls.control(index).name();
    let needs = ui.painter().layout_no_wrap(name.to_string(), theme::body(), session.colours.ink).size().x;
    let size = vec2(width.unwrap_or(needs + 24.0), 28.0);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = interact(ui, session, index, rect, "toggle");
    button(ui, session, &response, rect, name, session.value(index) >= 0.5);
    mark::corner(ui.painter(), session, index, rect);
    response
}

/// A module's lamp: filled where it is on. `rect` is what can be touched.
pub fn lamp(ui: &Ui, session: &Session, index: ParamIndex, rect: Rect) -> Response {
    let response = interact(ui, session, index, rect, "lamp");
    paint_lamp(ui, session, session.value(index) >= 0.5, rect.center());
    mark::mark(ui.painter(), session, index, rect.center() + vec2(6.0, -6.0));
    focus_ring(ui, &response, rect, session.colours);
    response
}

/// A lamp to look at.
pub fn paint_lamp(ui: &Ui, session: &Session, on: bool, middle: Pos2) {
    let colours = session.colours;
    if on {
        ui.painter().circle_filled(middle, 5.0, colours.yours);
    } else {
        ui.painter().circle_stroke(middle, 4.5, Stroke::new(1.5, colours.mute));
    }
}

/// Everything of an on/off control but its looks.
fn interact(ui: &Ui, session: &Session, index: ParamIndex, rect: Rect, kind: &str) -> Response {
    let id = ui.make_persistent_id((kind, session.controls.id(index)));
    let response = ui.interact(rect, id, Sense::click());
    let on = session.value(index) >= 0.5;
    if response.clicked() {
        session.set(index, if on { 0.0 } else { 1.0 });
        response.request_focus();
    }
    let (name, enabled) = (session.controls.name(index), ui.is_enabled());
    let shown = session.value(index) >= 0.5;
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, shown, name));
    control::menu(session, &response, index);
    control::describe(ui, session, &response, index);
    response
}

/// Paints a button that is down or not.
pub fn button(ui: &Ui, session: &Session, response: &Response, rect: Rect, text: &str, down: bool) {
    let colours = session.colours;
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    let (fill, ink) = match (down, ui.is_enabled()) {
        (true, true) => (colours.yours, colours.on_yours),
        (true, false) => (colours.line, colours.ink),
        (false, true) => (between(colours.raised, colours.line, 0.6 * lit), colours.ink),
        // Nothing to touch now: no surface of its own.
        (false, false) => (colours.panel, colours.mute),
    };
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, fill);
    if !ui.is_enabled() && !down {
        let edge = Stroke::new(1.0, colours.line);
        ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, edge, StrokeKind::Inside);
    }
    text_within(ui.painter(), rect.center(), Align2::CENTER_CENTER, text, theme::body(), ink, rect.width() - 8.0);
    focus_ring(ui, response, rect, colours);
}

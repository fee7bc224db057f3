//! Nodes of a picture that are dragged in two directions.

use super::graph::Graph;
use super::{control, shows_focus, text_within};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::params::ParamIndex;
use egui::{Align2, PointerButton, Pos2, Rect, Response, Stroke, Ui, vec2};
use tandem_dsp::control::Dial;

/// A node's radius.
pub const RADIUS: f32 = 11.0;

/// The side of what can be touched.
pub const TOUCH: f32 = 28.0;

/// With shift a drag goes a tenth as far.
const FINE: f32 = 0.1;

/// A parameter with its dial.
pub type Dialled = (ParamIndex, &'static Dial);

/// Drags what is at `x` and `y` of the picture, as one gesture.
pub fn drag(ui: &Ui, session: &Session, graph: &Graph, touch: &Response, x: Dialled, y: Option<Dialled>) {
    let id = touch.id.with("at");
    if touch.drag_started_by(PointerButton::Primary) {
        let up = y.map_or(0.0, |(index, _)| session.value(index) as f32);
        ui.data_mut(|data| data.insert_temp(id, graph.at(session.value(x.0) as f32, up)));
        let indices: Vec<_> = [Some(x), y].into_iter().flatten().map(|(index, _)| index).collect();
        session.begin(&indices);
    }
    if touch.dragged_by(PointerButton::Primary) {
        session.hold();
        let fine = if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
        let from = ui.data(|data| data.get_temp(id)).unwrap_or(touch.rect.center());
        let at: Pos2 = from + control::drag_delta(touch) * fine;
        ui.data_mut(|data| data.insert_temp(id, at));
        let (across, up) = graph.values(at);
        let within = |dial: &Dial, value: f32| f64::from(value).clamp(dial.range.0, dial.range.1);
        session.drag(x.0, within(x.1, across));
        if let Some((index, dial)) = y {
            session.drag(index, within(dial, up));
        }
    }
    if touch.drag_stopped_by(PointerButton::Primary) {
        session.end();
    }
}

/// Draws a node.
pub fn paint(ui: &Ui, session: &Session, touch: &Response, label: &str, at: Pos2, selected: bool) {
    let (colours, painter) = (session.colours, ui.painter());
    let lit = ui.ctx().animate_bool(touch.id.with("lit"), touch.hovered());
    let (fill, ink) = if selected { (colours.yours, colours.on_yours) } else { (colours.bg, colours.ink) };
    painter.circle(at, RADIUS + lit, fill, Stroke::new(2.0, colours.yours));
    if shows_focus(ui, touch) {
        painter.circle_stroke(at, RADIUS + 4.0, Stroke::new(1.5, colours.ink));
    }
    text_within(painter, at, Align2::CENTER_CENTER, label, theme::small(), ink, 2.0 * RADIUS - 4.0);
}

/// What a node is set to, beside it.
pub fn chip(ui: &Ui, session: &Session, graph: &Graph, at: Pos2, text: &str) {
    let colours = session.colours;
    let galley = ui.painter().layout_no_wrap(text.to_string(), theme::body(), colours.ink);
    let size = galley.size() + vec2(16.0, 10.0);
    let mut rect = Rect::from_min_size(at + vec2(18.0, 12.0), size);
    if rect.right() > graph.rect.right() {
        rect = rect.translate(vec2(at.x - 18.0 - rect.right(), 0.0));
    }
    if rect.bottom() > graph.rect.bottom() {
        rect = rect.translate(vec2(0.0, at.y - 12.0 - rect.bottom()));
    }
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, colours.raised);
    ui.painter().galley(rect.min + vec2(8.0, 5.0), galley, colours.ink);
}

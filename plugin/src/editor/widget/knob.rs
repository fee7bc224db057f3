//! A round knob with its label above and its value below.

use super::{control, focus_ring, mark, text_within};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::params::{Control, ParamIndex};
use egui::{Align2, Color32, CursorIcon, Painter, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, pos2, vec2};
use std::f32::consts::TAU;

/// How large a knob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// What is used all the time.
    Large,
    /// The usual.
    Medium,
    /// What is set once.
    Small,
}

impl Size {
    fn diameter(self) -> f32 {
        match self {
            Self::Large => 52.0,
            Self::Medium => 46.0,
            Self::Small => 38.0,
        }
    }

    /// Width of the knob with its texts, in points: the longest values fit.
    pub fn width(self) -> f32 {
        match self {
            Self::Large => 92.0,
            Self::Medium => 84.0,
            Self::Small => 72.0,
        }
    }

    /// Height of the knob with its texts.
    pub fn height(self) -> f32 {
        LABEL_HEIGHT + self.diameter() + VALUE_HEIGHT
    }
}

const LABEL_HEIGHT: f32 = 18.0;
const VALUE_HEIGHT: f32 = theme::TARGET;
const ARC: f32 = 4.0;
/// The arc's part of a whole turn; the gap is at the bottom.
const TURN: f32 = 0.75;
/// The pointer's inner and outer end, as parts of the radius.
const POINTER: (f32, f32) = (0.3, 0.62);

/// A knob for the continuous control `index`.
pub fn knob(ui: &mut Ui, session: &Session, index: ParamIndex, size: Size) -> Response {
    let (cell, _) = ui.allocate_exact_size(vec2(size.width(), size.height()), Sense::hover());
    let middle = cell.center().x;
    let dial = Rect::from_center_size(
        pos2(middle, cell.top() + LABEL_HEIGHT + 0.5 * size.diameter()),
        Vec2::splat(size.diameter()),
    );
    let value = Rect::from_min_max(pos2(cell.left(), dial.bottom()), cell.max);
    let id = ui.make_persistent_id(session.controls.id(index));
    let response = ui.interact(dial, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::ResizeVertical);
    let typing = control::dial(ui, session, &response, index, value);
    paint(ui, session, index, dial, &response);
    let name = session.controls.control(index).name();
    let colours = session.colours;
    let label_at = pos2(middle, cell.top() + 0.5 * LABEL_HEIGHT - 2.0);
    text_within(ui.painter(), label_at, Align2::CENTER_CENTER, name, theme::small(), colours.mute, cell.width());
    if !typing {
        value_text(ui, session, &response, index, value);
    }
    response
}

/// The value; a click on it begins typing.
fn value_text(ui: &Ui, session: &Session, knob: &Response, index: ParamIndex, rect: Rect) {
    let response = ui.interact(rect, knob.id.with("value"), Sense::CLICK).on_hover_cursor(CursorIcon::Text);
    control::describe(ui, session, &response, index);
    if response.clicked() {
        control::open_entry(ui, session, knob, index);
    }
    let colours = session.colours;
    if response.hovered() {
        ui.painter().rect_filled(rect.shrink2(vec2(6.0, 1.0)), theme::TOUCH_RADIUS, colours.raised);
    }
    let colour = if ui.is_enabled() { colours.ink } else { colours.mute };
    let text = session.text(index);
    text_within(ui.painter(), rect.center(), Align2::CENTER_CENTER, &text, theme::body(), colour, rect.width());
}

fn paint(ui: &Ui, session: &Session, index: ParamIndex, rect: Rect, response: &Response) {
    let (colours, painter) = (session.colours, ui.painter());
    let (middle, radius) = (rect.center(), 0.5 * (rect.width() - ARC));
    let way = session.way(index) as f32;
    let yours = if ui.is_enabled() { colours.yours } else { colours.mute };
    arc(painter, middle, radius, (0.0, 1.0), colours.line);
    let from = origin(session.controls.control(index));
    if (way - from).abs() > 1e-3 {
        arc(painter, middle, radius, (from.min(way), from.max(way)), yours);
    }
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered() || response.dragged());
    painter.circle_filled(middle, radius - 6.0, super::between(colours.raised, colours.line, 0.6 * lit));
    let direction = direction(way);
    let ends = [POINTER.0, POINTER.1].map(|part| middle + direction * (part * radius));
    let ink = if ui.is_enabled() { colours.ink } else { colours.mute };
    painter.line_segment(ends, Stroke::new(2.0, ink));
    // Beside the arc, where its corner leaves room.
    mark::mark(painter, session, index, rect.right_top() + vec2(-3.0, 3.0));
    focus_ring(ui, response, rect, colours);
}

/// Where the arc of a control begins: at its zero if that lies inside its range, else at its low end.
fn origin(control: Control) -> f32 {
    match control {
        Control::Dial(dial) if dial.range.0 < 0.0 && dial.range.1 > 0.0 && dial.lowest.is_none() => {
            control.to_normalized(0.0) as f32
        }
        _ => 0.0,
    }
}

/// From the middle towards a place on the arc.
fn direction(way: f32) -> Vec2 {
    Vec2::angled(TAU * (0.25 + 0.5 * (1.0 - TURN) + TURN * way))
}

fn arc(painter: &Painter, middle: Pos2, radius: f32, (from, to): (f32, f32), colour: Color32) {
    let steps = (96.0 * (to - from)).ceil().max(2.0) as usize;
    let point = |i: usize| middle + direction(from + (to - from) * i as f32 / steps as f32) * radius;
    painter.line((0..=steps).map(point).collect(), Stroke::new(ARC, colour));
    for end in [0, steps] {
        painter.circle_filled(point(end), 0.5 * ARC, colour);
    }
}

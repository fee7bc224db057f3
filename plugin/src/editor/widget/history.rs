//! The last seconds of a level as a picture.

use super::graph::{self, Axis, Graph, signed};
use super::spectrum::area;
use crate::editor::levels::{History, Level};
use crate::editor::session::Session;
use crate::editor::theme;
use egui::{Align, Align2, Color32, Painter, Pos2, Rect, Stroke, Ui, vec2};

/// Level lines, dBFS.
const MARKS_DB: [f32; 7] = [-48.0, -36.0, -24.0, -18.0, -12.0, -6.0, 0.0];

/// Peaks as an area and the VU level as a line, against 0 VU.
pub fn levels(ui: &Ui, session: &Session, level: &Level, colour: Color32, rect: Rect) {
    let (colours, painter) = (session.colours, ui.painter());
    let graph = Graph { rect, x: Axis::linear(-level.peaks.span_s(), 0.0), y: Axis::linear(-60.0, 6.0) };
    graph.ground(painter, colours);
    graph.y_grid(painter, colours, &MARKS_DB, Align::Min, signed);
    graph.x_grid(painter, colours, &[(-15.0, "15 s ago"), (-10.0, "10 s"), (-5.0, "5 s")]);
    let inside = painter.with_clip_rect(rect);
    let peaks = line(&level.peaks, &graph);
    inside.add(area(&peaks, rect.bottom(), colour.gamma_multiply(0.22)));
    inside.line(peaks, Stroke::new(1.0, colour));
    inside.line(line(&level.vus, &graph), Stroke::new(1.6, colours.ink));
    let zero = session.zero_vu_db() as f32;
    inside.hline(rect.x_range(), graph.y_at(zero), Stroke::new(1.3, colours.yours));
    label(painter, rect, &format!("0 VU = {zero:.0} dBFS"), graph.y_at(zero), colours.ink);
    legend(painter, rect, &[("Peak", colour), ("VU", colours.ink)], colours.mute);
}

/// A history as a line from the left to now.
pub fn line(history: &History, graph: &Graph) -> Vec<Pos2> {
    history.back().map(|(age_s, value)| graph.at(-age_s, value)).collect()
}

/// A text at the left end of a horizontal line.
pub fn label(painter: &Painter, rect: Rect, text: &str, y: f32, colour: Color32) {
    let at = egui::pos2(rect.left() + 44.0, y - 3.0);
    graph::label(painter, at, Align2::LEFT_BOTTOM, text, theme::tiny(), colour, 160.0);
}

/// What the colours are, at the top of the picture in `rect`.
pub fn legend(painter: &Painter, rect: Rect, entries: &[(&str, Color32)], ink: Color32) {
    let mut at = rect.min + vec2(44.0, 15.0);
    for (text, colour) in entries {
        at.x = graph::dotted_label(painter, at, text, *colour, ink).right() + 14.0;
    }
}

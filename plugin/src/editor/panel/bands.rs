//! What panels of modules with bands have in common: the spectrum under the bands' gains, and a tab for each band.

use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, FREQUENCIES, FREQUENCY_MARKS, Graph, signed};
use crate::editor::widget::spectrum::Spectrum;
use crate::editor::widget::{between, focus_ring, text_within};
use egui::{Align, Align2, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// The picture's ground: spectrum, frequencies, and gains up to `most_db` up and down.
pub(super) fn ground(painter: &Painter, session: &Session, rect: Rect, most_db: f32, spectrum: &Spectrum) -> Graph {
    let colours = session.colours;
    let graph = Graph { rect, x: FREQUENCIES, y: Axis::linear(-most_db, most_db) };
    graph.ground(painter, colours);
    spectrum.paint(painter, &graph, colours.input, colours.output);
    graph.x_grid(painter, colours, &FREQUENCY_MARKS);
    let marks: Vec<f32> = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|part| part * most_db / 3.0).to_vec();
    graph.y_grid(painter, colours, &marks, Align::Max, signed);
    painter.hline(rect.x_range(), graph.y_at(0.0), Stroke::new(1.0, colours.line));
    graph
}

/// Where bands begin and end across the picture, from the frequencies between them.
pub(super) fn edges(graph: &Graph, crossovers_hz: &[f64]) -> Vec<f32> {
    let inner = crossovers_hz.iter().map(|hz| graph.x_at(*hz as f32));
    [graph.rect.left()].into_iter().chain(inner).chain([graph.rect.right()]).collect()
}

/// What a band's gain is now, as a bar from the middle of the picture.
pub(super) fn gain(painter: &Painter, session: &Session, graph: &Graph, from: f32, to: f32, gain_db: f32) {
    let colours = session.colours;
    let colour = if gain_db < 0.0 { colours.taken } else { colours.output };
    let (zero, now) = (graph.y_at(0.0), graph.y_at(gain_db.clamp(graph.y.low, graph.y.high)));
    let bar = Rect::from_min_max(pos2(from + 1.0, zero.min(now)), pos2(to - 1.0, zero.max(now)));
    painter.rect_filled(bar, 0, colour.gamma_multiply(0.28));
    if gain_db.abs() > 0.05 {
        painter.hline(bar.x_range(), now, Stroke::new(1.5, colour));
    }
}

/// A tab for each of `names`, each said to belong to the module called `module`; returns which is selected.
pub(super) fn tabs(ui: &mut Ui, session: &Session, module: &str, names: &[String], selected: usize) -> usize {
    let mut next = selected;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        for (i, name) in names.iter().enumerate() {
            let (rect, _) = ui.allocate_exact_size(vec2(76.0, theme::TARGET), Sense::hover());
            let response = ui.interact(rect, ui.make_persistent_id(("band", i)), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, i == selected, format!("{module} {name}")));
            let colours = session.colours;
            let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
            ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, between(colours.raised, colours.line, 0.6 * lit));
            if i == selected {
                let stroke = Stroke::new(1.5, colours.yours);
                ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, stroke, StrokeKind::Inside);
            }
            text_within(ui.painter(), rect.center(), Align2::CENTER_CENTER, name, theme::body(), colours.ink, 70.0);
            focus_ring(ui, &response, rect, colours);
            if response.contains_pointer() || response.has_focus() {
                let text = "Click to show its controls.".to_string();
                session.say(Help { name: format!("{module} {name}"), text, wrong: false });
            }
            if response.clicked() {
                next = i;
                response.request_focus();
            }
        }
    });
    next
}

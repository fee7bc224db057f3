//! Responses as lines and areas.

use crate::editor::session::Session;
use crate::editor::widget::graph::Graph;
use crate::editor::widget::spectrum::area;
use egui::Pos2;
use tandem_dsp::module::eq::{BAND, EqSettings, GAIN_READOUT};

/// Points between two places at which the curve is computed.
const CURVE_STEP: f32 = 1.5;

/// The settings with the gains that dynamic bands have right now, if there are any.
pub(super) fn now(session: &Session, settings: &EqSettings) -> Option<EqSettings> {
    let mut now = *settings;
    for (band, group) in now.bands.iter_mut().zip(&BAND).filter(|(band, _)| band.on && band.dynamics.on) {
        if let Some(gain_db) = session.look.get(group, &GAIN_READOUT) {
            band.gain_db = f64::from(gain_db);
        }
    }
    (now != *settings).then_some(now)
}

/// The area between two lines with the same points across.
pub(super) fn strip(one: &[Pos2], other: &[Pos2], colour: egui::Color32) -> egui::Shape {
    let mut mesh = egui::Mesh::default();
    for (one, other) in one.iter().zip(other) {
        mesh.colored_vertex(*one, colour);
        mesh.colored_vertex(*other, colour);
    }
    for i in 0..(one.len().min(other.len()).saturating_sub(1) as u32) {
        mesh.add_triangle(2 * i, 2 * i + 1, 2 * i + 2);
        mesh.add_triangle(2 * i + 1, 2 * i + 2, 2 * i + 3);
    }
    egui::Shape::mesh(mesh)
}

/// Lines across the picture, and their texts.
pub(super) const FREQUENCY_MARKS: [(f32, &str); 10] = [
    (20.0, "20"),
    (50.0, "50"),
    (100.0, "100"),
    (200.0, "200"),
    (500.0, "500"),
    (1_000.0, "1k"),
    (2_000.0, "2k"),
    (5_000.0, "5k"),
    (10_000.0, "10k"),
    (20_000.0, "20k"),
];

/// A response as a line, up to half the sample rate.
pub(super) fn points(graph: &Graph, rate: f64, db: impl Fn(f64) -> f64) -> Vec<Pos2> {
    let last = (graph.rect.width() / CURVE_STEP).ceil() as usize;
    let frequency = |i: usize| f64::from(graph.x.value(i as f32 / last as f32));
    let below = |freq_hz: &f64| *freq_hz <= 0.5 * rate;
    // Far below the picture is as good as at its edge, and infinity is no place.
    let lowest = graph.y.low - 6.0;
    let highest = graph.y.high + 6.0;
    (0..=last)
        .map(frequency)
        .take_while(below)
        .map(|freq_hz| graph.at(freq_hz as f32, (db(freq_hz) as f32).max(lowest).min(highest)))
        .collect()
}

/// The area between a line below `top` and `top`.
pub(super) fn between(line: &[Pos2], top: f32, colour: egui::Color32) -> egui::Shape {
    let turned: Vec<_> = line.iter().map(|at| Pos2::new(at.x, 2.0 * top - at.y)).collect();
    let mut shape = area(&turned, top, colour);
    if let egui::Shape::Mesh(mesh) = &mut shape {
        for vertex in &mut std::sync::Arc::make_mut(mesh).vertices {
            vertex.pos.y = 2.0 * top - vertex.pos.y;
        }
    }
    shape
}

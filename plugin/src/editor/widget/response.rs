//! Frequency responses as lines and areas.

use super::graph::Graph;
use super::spectrum::area;
use egui::Pos2;

/// Points between two places at which the curve is computed.
const CURVE_STEP: f32 = 1.5;

/// A response as a line, up to half the sample rate.
pub fn points(graph: &Graph, rate: f64, db: impl Fn(f64) -> f64) -> Vec<Pos2> {
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
pub fn between(line: &[Pos2], top: f32, colour: egui::Color32) -> egui::Shape {
    let turned: Vec<_> = line.iter().map(|at| Pos2::new(at.x, 2.0 * top - at.y)).collect();
    let mut shape = area(&turned, top, colour);
    if let egui::Shape::Mesh(mesh) = &mut shape {
        for vertex in &mut std::sync::Arc::make_mut(mesh).vertices {
            vertex.pos.y = 2.0 * top - vertex.pos.y;
        }
    }
    shape
}

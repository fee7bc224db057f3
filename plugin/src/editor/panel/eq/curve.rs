//! Responses as lines and areas.

use crate::editor::session::Session;
use crate::editor::widget::graph::Graph;
use crate::editor::widget::response::points;
use egui::Pos2;
use tandem_dsp::LatencyMode;
use tandem_dsp::module::eq::{BAND, EqSettings, GAIN_READOUT, LinearEqSettings, LinearResponse, Placement};

/// The curve of all bands, and what it was computed for.
pub(super) struct Curve {
    settings: LinearEqSettings,
    rate: f64,
    mode: LatencyMode,
    graph: Graph,
    /// What it shows.
    pub response: LinearResponse,
    /// On the graph.
    pub points: Vec<Pos2>,
}

impl Curve {
    /// Of `settings` at `rate` Hz in `mode`, computed only if it is another one than `last`.
    pub fn of(last: Option<Self>, settings: &LinearEqSettings, rate: f64, mode: LatencyMode, graph: Graph) -> Self {
        let same = |last: &Self| (&last.settings, last.rate, last.mode) == (settings, rate, mode);
        let response = match last.filter(same) {
            Some(last) if last.graph == graph => return last,
            Some(last) => last.response,
            None => settings.response(rate, mode),
        };
        let points = points(&graph, rate, |freq_hz| response.magnitude_db(freq_hz, Placement::Stereo));
        Self { settings: *settings, rate, mode, graph, response, points }
    }
}

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

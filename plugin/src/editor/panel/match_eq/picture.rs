//! The spectra, and the correction: the one that works, and the one that is proposed.

use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, FREQUENCIES, FREQUENCY_MARKS, Graph, signed};
use crate::editor::widget::history;
use crate::editor::widget::response::points;
use egui::{Align, Color32, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo};
use tandem_dsp::block::graphic::{BANDS, Bells, CENTRES_HZ, Curve};
use tandem_dsp::captured::Captured;
use tandem_dsp::module::match_eq::{GROUP, MatchEqSettings, at_mean, correction, target};

/// Levels about their mean at the edges of the spectra's picture, dB.
const LEVELS_DB: Axis = Axis::linear(-42.0, 20.0);

/// Gains at the edges of the correction's, dB: the widest cap fits.
const GAINS_DB: Axis = Axis::linear(-14.0, 14.0);

/// A third that counts for less than this is not drawn.
const LEAST_WORTH: f64 = 0.01;

#[derive(Default)]
pub(super) struct Picture {
    /// Of the rate that they are for.
    bells: Option<(f64, Bells)>,
}

impl Picture {
    pub fn show(
        &mut self,
        ui: &Ui,
        session: &Session,
        settings: &MatchEqSettings,
        applied: Option<&Captured>,
        proposed: Option<&Captured>,
        rect: Rect,
    ) {
        let (left, right) = rect.split_left_right_at_fraction(0.5);
        spectra(ui, session, settings, proposed.or(applied), left.with_max_x(left.right() - 0.5 * theme::GAP));
        let right = right.with_min_x(right.left() + 0.5 * theme::GAP);
        self.corrections(ui, session, settings, applied, proposed, right);
    }

    fn corrections(
        &mut self,
        ui: &Ui,
        session: &Session,
        settings: &MatchEqSettings,
        applied: Option<&Captured>,
        proposed: Option<&Captured>,
        rect: Rect,
    ) {
        let (colours, painter, rate) = (session.colours, ui.painter(), session.rate());
        let graph = ground(ui, session, rect, GAINS_DB, &[-12.0, -6.0, 0.0, 6.0, 12.0]);
        painter.hline(rect.x_range(), graph.y_at(0.0), Stroke::new(1.0, colours.line));
        let cap = Stroke::new(1.0, colours.yours.gamma_multiply(0.5));
        for db in [settings.cap_db, -settings.cap_db] {
            painter.hline(rect.x_range(), graph.y_at(db as f32), cap);
        }
        if self.bells.as_ref().is_none_or(|(of, _)| *of != rate) {
            self.bells = Some((rate, Bells::new(rate)));
        }
        let Some((_, bells)) = &self.bells else { return };
        let line = |captured: &Captured| {
            let gains_db = bells.solve(&correction(settings, captured));
            points(&graph, rate, |hz| bells.magnitude_db(&gains_db, hz))
        };
        let on = session.is_on(&GROUP);
        let mut entries = Vec::new();
        if let Some(applied) = applied {
            let colour = if on { colours.yours } else { colours.mute };
            graph.curve(painter, line(applied), Stroke::new(2.0, colour));
            entries.push(("Applied", colour));
        }
        if let Some(proposed) = proposed.filter(|proposed| Some(*proposed) != applied) {
            let inside = painter.with_clip_rect(rect);
            inside.extend(Shape::dashed_line(&line(proposed), Stroke::new(1.6, colours.ink), 5.0, 4.0));
            entries.push(("Proposed", colours.ink));
        }
        if entries.is_empty() {
            entries.push(("Correction: nothing yet", colours.mute));
        }
        history::legend(painter, rect, &entries, colours.mute);
        let response = ui.interact(rect, ui.make_persistent_id("correction"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Correction"));
    }
}

/// Song, target, and the song with the correction, each about its mean level.
fn spectra(ui: &Ui, session: &Session, settings: &MatchEqSettings, of: Option<&Captured>, rect: Rect) {
    let (colours, painter) = (session.colours, ui.painter());
    let graph = ground(ui, session, rect, LEVELS_DB, &[-36.0, -24.0, -12.0, 0.0]);
    let song = of.map(|captured| captured.song_db).or(session.recall().captures().song_db());
    let nothing = Captured { song_db: [0.0; BANDS], reference_db: None };
    let mixed = session.recall().captures().proposed_for(&[0.0; BANDS]);
    let aim = target(settings, of.unwrap_or(&Captured { reference_db: mixed.reference_db, ..nothing }));
    if let Some((levels_db, worth)) = aim {
        let levels = at_mean(&std::array::from_fn(|third| {
            if worth[third] > LEAST_WORTH { levels_db[third] } else { tandem_dsp::captured::NOTHING_DB }
        }));
        draw(ui, &graph, &levels, colours.yours, 2.0);
    }
    if let Some(song_db) = &song {
        let before = at_mean(song_db);
        draw(ui, &graph, &before, colours.input, 1.5);
        if let Some(captured) = of {
            let gains = correction(settings, captured);
            let after: Curve = std::array::from_fn(|third| before[third] + gains[third]);
            draw(ui, &graph, &after, colours.output, 1.5);
        }
    }
    let entries = [("Song", colours.input), ("Target", colours.yours), ("Corrected", colours.output)];
    history::legend(painter, rect, &entries, colours.mute);
    let response = ui.interact(rect, ui.make_persistent_id("spectra"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Spectra of song and target"));
}

fn ground(ui: &Ui, session: &Session, rect: Rect, y: Axis, marks: &[f32]) -> Graph {
    let (colours, painter) = (session.colours, ui.painter());
    let graph = Graph { rect, x: FREQUENCIES, y };
    graph.ground(painter, colours);
    let few: Vec<_> = FREQUENCY_MARKS.into_iter().filter(|(hz, _)| [100.0, 1_000.0, 10_000.0].contains(hz)).collect();
    graph.x_grid(painter, colours, &few);
    graph.y_grid(painter, colours, marks, Align::Max, signed);
    graph
}

/// Levels in thirds as a line, where there is anything.
fn draw(ui: &Ui, graph: &Graph, levels_db: &Curve, colour: Color32, width: f32) {
    let mut run: Vec<Pos2> = Vec::new();
    for (hz, level) in CENTRES_HZ.iter().zip(levels_db) {
        if *level > f64::from(LEVELS_DB.low) - 30.0 {
            run.push(graph.at(*hz as f32, *level as f32));
        } else if run.len() > 1 {
            graph.curve(ui.painter(), std::mem::take(&mut run), Stroke::new(width, colour));
        } else {
            run.clear();
        }
    }
    if run.len() > 1 {
        graph.curve(ui.painter(), run, Stroke::new(width, colour));
    }
}

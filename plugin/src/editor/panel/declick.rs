//! De-click: the last seconds with a mark for each click that was taken, and its controls.

use super::{Kind, Panel};
use crate::editor::levels::{STEP_S, STEPS};
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::spectrum::area;
use crate::editor::widget::{history, text_within};
use egui::{Align, Align2, Rect, Sense, Stroke, Ui, vec2};
use std::collections::VecDeque;
use tandem_dsp::Listen;
use tandem_dsp::module::declick::{
    CLICK_READOUT, COUNT_READOUT, DeclickSettings, GROUP, HIGH, LONGEST, LOW, SENSITIVITY,
};

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == GROUP.id, make: |_| Box::new(Declick::default()), opens_first: false };

/// Levels at the picture's edges, dBFS.
const LEVELS_DB: Axis = Axis::linear(-72.0, 3.0);

/// Clicks are counted over so many seconds.
const COUNTED_S: f64 = 5.0;

/// A click of which no level is known is drawn here, dBFS.
const UNKNOWN_DB: f32 = -60.0;

#[derive(Default)]
struct Declick {
    count: f32,
    /// When clicks were taken, how many, and their level in dBFS; the newest last.
    marks: VecDeque<(f64, f32, f32)>,
}

impl Panel for Declick {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let count = session.look.get(&GROUP, &COUNT_READOUT).unwrap_or(0.0);
        // It counts from anew after a start.
        let more = if count >= self.count { count - self.count } else { count };
        self.count = count;
        if more > 0.0 {
            let level_db = session.look.get(&GROUP, &CLICK_READOUT).unwrap_or(UNKNOWN_DB);
            self.marks.push_back((session.now, more, level_db));
        }
        let span_s = STEP_S * STEPS as f64;
        while self.marks.front().is_some_and(|(at, ..)| session.now - at > span_s) {
            self.marks.pop_front();
        }
        !self.marks.is_empty()
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let works = self.works(session);
        super::picture(ui, super::ROW, |ui, rect| self.picture(ui, session, works, rect));
        ui.add_enabled_ui(works, |ui| {
            super::row(ui, |ui| {
                let group = session.controls.group(&GROUP);
                knob(ui, session, group.dial(&SENSITIVITY), Size::Large);
                knob(ui, session, group.dial(&LONGEST), Size::Large);
                super::divide(ui, session);
                super::titled(ui, session, "Band", |ui| {
                    ui.horizontal(|ui| {
                        knob(ui, session, group.dial(&LOW), Size::Small);
                        knob(ui, session, group.dial(&HIGH), Size::Small);
                    });
                });
                super::divide(ui, session);
                super::titled(ui, session, "Listen", |ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                    listen::toggle(ui, session, &GROUP, Listen::Delta, rect);
                });
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        if self.works(session) { format!("{:.1} / s", self.rate(session)) } else { "needs Full".to_string() }
    }

    fn works(&self, session: &Session) -> bool {
        super::works_in_mode::<DeclickSettings>(session)
    }
}

impl Declick {
    /// Clicks a second.
    fn rate(&self, session: &Session) -> f64 {
        let recent = self.marks.iter().filter(|(at, ..)| session.now - at <= COUNTED_S);
        recent.map(|(_, count, _)| f64::from(*count)).sum::<f64>() / COUNTED_S
    }

    fn picture(&self, ui: &Ui, session: &Session, works: bool, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let past = &session.levels.input.peaks;
        let graph = Graph { rect, x: Axis::linear(-past.span_s(), 0.0), y: LEVELS_DB };
        graph.ground(painter, colours);
        graph.y_grid(painter, colours, &[-60.0, -48.0, -36.0, -24.0, -12.0, 0.0], Align::Min, signed);
        graph.x_grid(painter, colours, &[(-15.0, "15 s ago"), (-10.0, "10 s"), (-5.0, "5 s")]);
        let inside = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
        let peaks = history::line(past, &graph);
        inside.add(area(&peaks, rect.bottom(), colours.input.gamma_multiply(0.22)));
        inside.line(peaks, Stroke::new(1.0, colours.input));
        if !works {
            let text = "De-click looks ahead by 75 ms: it works in the Latency mode Full.";
            let width = rect.width() - 24.0;
            text_within(painter, rect.center(), Align2::CENTER_CENTER, text, theme::body(), colours.ink, width);
            return;
        }
        for (at, _, level_db) in &self.marks {
            let place = graph.at((at - session.now) as f32, *level_db);
            inside.vline(place.x, place.y..=rect.bottom(), Stroke::new(1.0, colours.taken.gamma_multiply(0.6)));
            inside.circle_filled(place, 3.0, colours.taken);
        }
        history::legend(painter, rect, &[("In", colours.input), ("Click taken", colours.taken)], colours.mute);
        let text = format!("{:.0} taken, {:.1} a second", self.count, self.rate(session));
        let at = rect.right_top() + vec2(-12.0, 15.0);
        text_within(painter, at, Align2::RIGHT_CENTER, &text, theme::body(), colours.ink, 0.5 * rect.width());
    }
}

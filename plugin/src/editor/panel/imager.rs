//! Imager: width over frequency, how the sides lie, and what mono costs.

use super::{Kind, Panel, bands, has};
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::crossover;
use crate::editor::widget::graph::{Axis, FREQUENCIES, FREQUENCY_MARKS, Graph};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::text_within;
use crate::editor::widget::vectorscope::Vectorscope;
use egui::{Align, Align2, Rect, Sense, Stroke, Ui, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::block::band_gains::ordered;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::imager::{CROSSOVER, FOLD_READOUT, ImagerSettings, MONO, WIDTH, side_db};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &MONO),
    make: |group| Box::new(Imager { group, scope: Vectorscope::default() }),
    opens_first: false,
};

struct Imager {
    group: &'static Group,
    scope: Vectorscope,
}

impl Panel for Imager {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        shown && self.scope.update(session.telemetry, session.now)
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<ImagerSettings> = session.settings(self.group);
        super::picture(ui, super::ROW, |ui, rect| {
            let side = rect.height().min(0.36 * rect.width());
            let scope = Rect::from_min_max(pos2(rect.right() - side, rect.top()), rect.max);
            self.widths(ui, session, &settings, rect.with_max_x(scope.left() - theme::GAP));
            self.scope.show(ui, session, scope);
            self.fold(ui, session, scope);
        });
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            for dial in &WIDTH {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            knob(ui, session, group.dial(&MONO), Size::Medium);
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, self.group, Listen::Delta, rect);
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        match session.look.get(self.group, &FOLD_READOUT) {
            Some(loss_db) => format!("mono {loss_db:+.1} LU"),
            None => "mono –".to_string(),
        }
    }
}

impl Imager {
    /// Width over frequency: what is set, band by band, and the curve that it makes.
    fn widths(&self, ui: &mut Ui, session: &Session, settings: &Staged<ImagerSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter().clone());
        let graph = Graph { rect, x: FREQUENCIES, y: Axis::linear(0.0, 220.0) };
        graph.ground(&painter, colours);
        graph.x_grid(&painter, colours, &FREQUENCY_MARKS);
        graph.y_grid(&painter, colours, &[50.0, 100.0, 150.0, 200.0], Align::Max, |percent| format!("{percent:.0} %"));
        painter.hline(rect.x_range(), graph.y_at(100.0), Stroke::new(1.0, colours.line));
        let rate = session.rate();
        let steps = (rect.width() / 2.0).ceil() as usize;
        let points = (0..=steps).map(|i| {
            let hz = graph.x.value(i as f32 / steps as f32);
            let gain = 10f64.powf(side_db(&settings.module, rate, f64::from(hz).min(0.49 * rate)) / 20.0);
            graph.at(hz, 100.0 * gain as f32)
        });
        let colour = if settings.on { colours.yours } else { colours.mute };
        graph.curve(&painter, points.collect(), Stroke::new(2.0, colour));
        let group = session.controls.group(self.group);
        let edges = bands::edges(&graph, &ordered(settings.module.crossover_hz));
        for (ends, dial) in edges.windows(2).zip(&WIDTH) {
            crossover::bar(ui, session, &graph, group.dial(dial), ends[0], ends[1]);
        }
        let indices: Vec<_> = CROSSOVER.iter().map(|dial| group.dial(dial)).collect();
        crossover::lines(ui, session, &graph, &indices);
    }

    fn fold(&self, ui: &Ui, session: &Session, rect: Rect) {
        let colours = session.colours;
        let text = match session.look.get(self.group, &FOLD_READOUT).filter(|_| session.is_on(self.group)) {
            Some(loss_db) => format!("In mono {loss_db:+.1} LU"),
            None => return,
        };
        let at = rect.center_bottom() - vec2(0.0, 6.0);
        text_within(ui.painter(), at, Align2::CENTER_BOTTOM, &text, theme::body(), colours.ink, rect.width());
    }
}

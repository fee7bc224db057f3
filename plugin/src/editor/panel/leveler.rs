//! Leveler: what each band is turned up or down by, now and over the last half minute.

use super::{Kind, Panel, bands, has};
use crate::editor::levels::History;
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::spectrum::Spectrum;
use crate::editor::widget::{crossover, history};
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::block::band_gains::ordered;
use tandem_dsp::control::Group;
use tandem_dsp::module::leveler::{BANDS, CROSSOVER, GAIN_READOUT, LIFT, LevelerSettings, RANGE, TIME};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &LIFT),
    make: |group| Box::new(Leveler::new(group)),
    opens_first: false,
};

/// The most gain that the pictures show, dB.
const MOST_DB: f32 = 6.0;

/// Time between two places of the history, and how many it keeps: two minutes.
const STEP_S: f64 = 0.4;
const STEPS: usize = 300;

struct Leveler {
    group: &'static Group,
    spectrum: Spectrum,
    gains_db: [f32; BANDS],
    past: [History; BANDS],
}

impl Leveler {
    fn new(group: &'static Group) -> Self {
        let past = std::array::from_fn(|_| History::new(-99.0, STEP_S, STEPS));
        Self { group, spectrum: Spectrum::default(), gains_db: [0.0; BANDS], past }
    }
}

impl Panel for Leveler {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        let running = session.is_on(self.group);
        for (i, readout) in GAIN_READOUT.iter().enumerate() {
            self.gains_db[i] = session.look.get(self.group, readout).filter(|_| running).unwrap_or(0.0);
            // The history keeps the highest of a step: gains move slowly, so any will do.
            self.past[i].push(self.gains_db[i], session.now);
        }
        shown && self.spectrum.update(session.telemetry, session.now)
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: tandem_dsp::control::Staged<LevelerSettings> = session.settings(self.group);
        let group = session.controls.group(self.group);
        super::picture(ui, super::ROW, |ui, rect| {
            let (bands, past) = rect.split_left_right_at_fraction(0.56);
            self.bands(ui, session, &settings.module, bands.with_max_x(bands.right() - 0.5 * theme::GAP));
            self.past(ui, session, past.with_min_x(past.left() + 0.5 * theme::GAP));
        });
        super::row(ui, |ui| {
            knob(ui, session, group.dial(&RANGE), Size::Large);
            knob(ui, session, group.dial(&LIFT), Size::Large);
            super::divide(ui, session);
            knob(ui, session, group.dial(&TIME), Size::Large);
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, self.group, Listen::Delta, rect);
            });
        });
    }

    fn figure(&self, _: &Session) -> String {
        format!("bass {:+.1} dB", self.gains_db[0])
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.gains_db.iter().fold(0.0f32, |most, gain_db| most.max(gain_db.abs())))
    }
}

impl Leveler {
    fn bands(&self, ui: &mut Ui, session: &Session, settings: &LevelerSettings, rect: Rect) {
        let painter = ui.painter().clone();
        let graph = bands::ground(&painter, session, rect, MOST_DB, &self.spectrum);
        let edges = bands::edges(&graph, &ordered(settings.crossover_hz));
        for (ends, gain_db) in edges.windows(2).zip(self.gains_db) {
            bands::gain(&painter, session, &graph, ends[0], ends[1], gain_db);
        }
        let range = Stroke::new(1.0, session.colours.yours.gamma_multiply(0.6));
        for db in [settings.range_db, -settings.range_db] {
            painter.hline(rect.x_range(), graph.y_at(db as f32), range);
        }
        let group = session.controls.group(self.group);
        let indices: Vec<_> = CROSSOVER.iter().map(|dial| group.dial(dial)).collect();
        crossover::lines(ui, session, &graph, &indices);
    }

    fn past(&self, ui: &Ui, session: &Session, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let x = Axis::linear(-self.past[0].span_s(), 0.0);
        let graph = Graph { rect, x, y: Axis::linear(-MOST_DB, MOST_DB) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-90.0, "90 s ago"), (-60.0, "60 s"), (-30.0, "30 s")]);
        graph.y_grid(painter, colours, &[-4.0, -2.0, 0.0, 2.0, 4.0], Align::Max, signed);
        let shades = [colours.yours, colours.output, colours.input, colours.mute];
        for (past, colour) in self.past.iter().zip(shades) {
            let line: Vec<_> = past
                .back()
                .filter(|(_, db)| *db > -90.0)
                .map(|(age_s, db)| graph.at(-age_s, db.clamp(-MOST_DB, MOST_DB)))
                .collect();
            graph.curve(painter, line, Stroke::new(1.6, colour));
        }
        let names = ["Bass", "Low mids", "High mids", "Treble"];
        let entries: Vec<_> = names.into_iter().zip(shades).collect();
        history::legend(
            painter,
            Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + 40.0)),
            &entries,
            colours.mute,
        );
        let response = ui.interact(rect, ui.make_persistent_id("past"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Gains of the last two minutes"));
    }
}

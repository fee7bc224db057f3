//! De-esser: what it takes of which frequencies, what it took over time, and its controls.

use super::dynamics::{Past, listening};
use super::{Kind, Panel, has};
use crate::editor::levels::{History, STEP_S, STEPS};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};
use tandem_dsp::Listen;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::deesser::{
    DeEsserSettings, FREQUENCY, LEVEL_READOUT, MODE, RANGE, REDUCTION_READOUT, THRESHOLD, magnitude_db,
};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &MODE) && has(controls, group, &FREQUENCY),
    make: |group| Box::new(DeEsser::new(group)),
    opens_first: false,
};

/// Levels over the voice's own at the edges of the picture, dB.
const LEVELS_DB: (f32, f32) = (-40.0, 20.0);

/// The most reduction that is shown, dB.
const MOST_DB: f32 = 24.0;

/// Frequencies at the edges of the other picture.
const FREQUENCIES_HZ: (f32, f32) = (500.0, 20_000.0);

/// Height of the row of controls.
const CONTROLS: f32 = 94.0;

/// Rate for which the curve is drawn: at others it differs above 15 kHz alone.
const RATE: f64 = 48_000.0;

struct DeEsser {
    group: &'static Group,
    taken_db: f32,
    taken: History,
    levels: History,
}

impl DeEsser {
    fn new(group: &'static Group) -> Self {
        Self {
            group,
            taken_db: 0.0,
            taken: History::new(0.0, STEP_S, STEPS),
            levels: History::new(LEVELS_DB.0, STEP_S, STEPS),
        }
    }
}

impl Panel for DeEsser {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let read = |readout| session.look.get(self.group, readout).filter(|_| running);
        self.taken_db = read(&REDUCTION_READOUT).unwrap_or(0.0).max(0.0);
        self.taken.push(self.taken_db, session.now);
        self.levels.push(read(&LEVEL_READOUT).unwrap_or(LEVELS_DB.0).max(LEVELS_DB.0), session.now);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<DeEsserSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| {
            let middle = rect.left() + 0.45 * rect.width();
            self.response(ui, session, &settings, rect.with_max_x(middle));
            let past = Past {
                levels: &self.levels,
                taken: &self.taken,
                levels_db: LEVELS_DB,
                most_db: MOST_DB,
                marks_db: &[-18.0, -12.0, -6.0, -3.0],
                thresholds: &[("Threshold over the voice's level", settings.module.threshold_db as f32)],
            };
            past.paint(ui, session, self.group, rect.with_min_x(middle + theme::GAP), false);
        });
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            super::titled(ui, session, "Mode", |ui| segments(ui, session, group.choice(&MODE), 1, 84.0));
            super::divide(ui, session);
            for dial in [&FREQUENCY, &THRESHOLD, &RANGE] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            listening(ui, session, self.group, &[Listen::Key, Listen::Delta]);
        });
    }

    fn figure(&self, session: &Session) -> String {
        let group = session.controls.group(self.group);
        format!("above {}", session.text(group.dial(&FREQUENCY)))
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.taken_db)
    }
}

impl DeEsser {
    /// What is taken now and at the most, over frequency.
    fn response(&self, ui: &Ui, session: &Session, settings: &Staged<DeEsserSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let graph =
            Graph { rect, x: Axis::log(FREQUENCIES_HZ.0, FREQUENCIES_HZ.1), y: Axis::linear(-MOST_DB - 2.0, 4.0) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(1_000.0, "1k"), (2_000.0, "2k"), (5_000.0, "5k"), (10_000.0, "10k")]);
        graph.y_grid(painter, colours, &[-18.0, -12.0, -6.0, 0.0], Align::Max, signed);
        let module = &settings.module;
        let colour = if settings.on { colours.yours } else { colours.mute };
        let heard = rect.with_min_x(graph.x_at(module.freq_hz as f32));
        painter.rect_filled(heard.intersect(rect), theme::TOUCH_RADIUS, colour.gamma_multiply(0.10));
        painter.vline(heard.left(), rect.y_range(), Stroke::new(1.0, colour.gamma_multiply(0.5)));
        let steps = (rect.width() / 2.0).ceil() as usize;
        let curve = |taken_db: f64| {
            let points = (0..=steps).map(|i| {
                let freq_hz = graph.x.value(i as f32 / steps as f32);
                graph.at(freq_hz, magnitude_db(module, RATE, taken_db, f64::from(freq_hz)) as f32)
            });
            points.collect::<Vec<_>>()
        };
        graph.curve(painter, curve(module.range_db), Stroke::new(1.3, colour));
        if self.taken_db > 0.0 {
            let now = curve(f64::from(self.taken_db));
            let zero = graph.y_at(0.0);
            let (line, top) = (now.clone(), pos2(rect.right(), zero));
            painter.with_clip_rect(rect).add(super::dynamics::hanging(
                &line,
                top.y,
                colours.taken.gamma_multiply(0.35),
            ));
            graph.curve(painter, now, Stroke::new(1.8, colours.taken));
        }
        let response = ui.interact(rect, ui.make_persistent_id("response"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "What is taken"));
        if response.hovered() {
            let text = "What it takes at the most, by its range, and in red what it takes right now. The detector hears \
                        what is shaded.";
            session.say(Help { name: "Response".to_string(), text: text.to_string(), wrong: false });
        }
    }
}

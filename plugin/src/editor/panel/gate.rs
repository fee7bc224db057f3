//! Gate: its curve with the signal on it, what it takes over time, and its controls.

use super::dynamics::{Past, key_controls, listening};
use super::{Kind, Panel, has};
use crate::editor::levels::{History, STEP_S, STEPS};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::gate::{
    ATTACK, GateSettings, HOLD, HYSTERESIS, LEVEL_READOUT, LOOK_AHEAD, RANGE, RATIO, REDUCTION_READOUT, RELEASE,
    THRESHOLD, output_db,
};
use tandem_dsp::module::key::NO_KEY_READOUT;

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &HYSTERESIS),
    make: |group| Box::new(Gate::new(group)),
    opens_first: false,
};

/// Levels at the picture's edges, dBFS.
const LEVELS_DB: (f32, f32) = (-90.0, 0.0);

/// The most reduction that the history shows, dB.
const MOST_DB: f32 = 80.0;

/// Height of the two rows of controls.
const CONTROLS: f32 = 184.0;

struct Gate {
    group: &'static Group,
    taken_db: f32,
    level_db: Option<f32>,
    taken: History,
    levels: History,
}

impl Gate {
    fn new(group: &'static Group) -> Self {
        Self {
            group,
            taken_db: 0.0,
            level_db: None,
            taken: History::new(0.0, STEP_S, STEPS),
            levels: History::new(LEVELS_DB.0, STEP_S, STEPS),
        }
    }
}

impl Panel for Gate {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let read = |readout| session.look.get(self.group, readout).filter(|_| running);
        self.taken_db = read(&REDUCTION_READOUT).unwrap_or(0.0).max(0.0);
        self.level_db = read(&LEVEL_READOUT).filter(|db| *db > LEVELS_DB.0);
        self.taken.push(self.taken_db, session.now);
        self.levels.push(self.level_db.unwrap_or(LEVELS_DB.0), session.now);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<GateSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| {
            let curve = Rect::from_min_size(rect.min, vec2(rect.height().min(0.45 * rect.width()), rect.height()));
            let past = Rect::from_min_max(pos2(curve.right() + theme::GAP, rect.top()), rect.max);
            self.curve(ui, session, &settings, curve);
            self.past(ui, session, &settings.module, past);
        });
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            for dial in [&THRESHOLD, &RATIO, &RANGE, &HYSTERESIS] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            for dial in [&ATTACK, &HOLD, &RELEASE, &LOOK_AHEAD] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
        });
        ui.add_space(4.0);
        super::row(ui, |ui| {
            key_controls(ui, session, self.group);
            super::divide(ui, session);
            listening(ui, session, self.group, &[Listen::Key, Listen::Delta]);
        });
    }

    fn figure(&self, session: &Session) -> String {
        let group = session.controls.group(self.group);
        format!("below {}", session.text(group.dial(&THRESHOLD)))
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.taken_db)
    }
}

impl Gate {
    /// The static curve, where it stays open, and where the signal stands.
    fn curve(&self, ui: &Ui, session: &Session, settings: &Staged<GateSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let axis = Axis::linear(LEVELS_DB.0, LEVELS_DB.1);
        let graph = Graph { rect, x: axis, y: axis };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-72.0, "-72"), (-54.0, "-54"), (-36.0, "-36"), (-18.0, "-18")]);
        graph.y_grid(painter, colours, &[-72.0, -54.0, -36.0, -18.0], Align::Max, signed);
        let unity = vec![graph.at(LEVELS_DB.0, LEVELS_DB.0), graph.at(LEVELS_DB.1, LEVELS_DB.1)];
        graph.curve(painter, unity, Stroke::new(1.0, colours.line));
        let module = &settings.module;
        let (opens, closes) = (module.threshold_db as f32, (module.threshold_db - module.hysteresis_db) as f32);
        let out = |input: f32, open: bool| output_db(module, f64::from(input), open) as f32;
        let steps = rect.width().ceil() as usize;
        let inputs = (0..=steps).map(|i| axis.value(i as f32 / steps as f32));
        let below = inputs.clone().filter(|input| *input < opens).map(|input| graph.at(input, out(input, false)));
        let from = [graph.at(opens, opens), graph.at(LEVELS_DB.1, LEVELS_DB.1)];
        let colour = if settings.on { colours.yours } else { colours.mute };
        graph.curve(painter, below.chain(from).collect(), Stroke::new(2.0, colour));
        if closes < opens {
            // Falling, it stays on the diagonal down to here.
            let way = vec![graph.at(opens, opens), graph.at(closes, closes), graph.at(closes, out(closes, false))];
            graph.curve(painter, way, Stroke::new(1.3, colour.gamma_multiply(0.6)));
        }
        if let Some(level_db) = self.level_db {
            let at = graph.at(level_db.min(LEVELS_DB.1), (level_db - self.taken_db).clamp(LEVELS_DB.0, LEVELS_DB.1));
            painter.with_clip_rect(rect).circle(at, 5.0, colours.output, Stroke::new(1.5, colours.bg));
        }
        let response = ui.interact(rect, ui.make_persistent_id("curve"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Gate curve"));
        if response.hovered() {
            let text = "Output against input level, settled; the thin branch is where it stays open on the way down. The \
                        dot is where the signal is now.";
            session.say(Help { name: "Curve".to_string(), text: text.to_string(), wrong: false });
        }
    }

    /// Level and reduction over the last seconds.
    fn past(&self, ui: &Ui, session: &Session, settings: &GateSettings, rect: Rect) {
        let closes = (settings.threshold_db - settings.hysteresis_db) as f32;
        let past = Past {
            levels: &self.levels,
            taken: &self.taken,
            levels_db: LEVELS_DB,
            most_db: MOST_DB,
            marks_db: &[-60.0, -40.0, -20.0],
            thresholds: &[("Threshold", settings.threshold_db as f32), ("", closes)],
        };
        let no_key = session.look.get(self.group, &NO_KEY_READOUT).is_some_and(|silent| silent >= 0.5);
        past.paint(ui, session, self.group, rect, no_key && session.is_on(self.group));
    }
}

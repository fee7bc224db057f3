//! Compressor: its curve with the signal on it, what it takes over time, and its controls.

use super::dynamics::{Past, key_controls, listening, set_measured};
use super::{Kind, Panel, has};
use crate::editor::levels::{FLOOR_DB, History, STEP_S, STEPS};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::toggle;
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::compressor::{
    ATTACK, AUTO_RELEASE, CHARACTER, CompressorSettings, HOLD, KNEE, LEVEL_READOUT, LINK, LOOK_AHEAD, MAKE_UP,
    MAKE_UP_READOUT, MIX, RANGE, RATIO, REDUCTION_READOUT, RELEASE, SENSE, THRESHOLD, WINDOW, output_db,
};
use tandem_dsp::module::key::NO_KEY_READOUT;

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &CHARACTER),
    make: |group| Box::new(Compressor::new(group)),
    opens_first: false,
};

/// Levels at the picture's edges, dBFS.
const LEVELS_DB: (f32, f32) = (-60.0, 0.0);

/// The most reduction that the history shows, dB.
const MOST_DB: f32 = 24.0;

/// Height of the two rows of controls.
const CONTROLS: f32 = 184.0;

struct Compressor {
    group: &'static Group,
    /// Whether the second row shows the key.
    key: bool,
    taken_db: f32,
    level_db: Option<f32>,
    taken: History,
    levels: History,
}

impl Compressor {
    fn new(group: &'static Group) -> Self {
        Self {
            group,
            key: false,
            taken_db: 0.0,
            level_db: None,
            taken: History::new(0.0, STEP_S, STEPS),
            levels: History::new(FLOOR_DB, STEP_S, STEPS),
        }
    }
}

impl Panel for Compressor {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let read = |readout| session.look.get(self.group, readout).filter(|_| running);
        self.taken_db = read(&REDUCTION_READOUT).unwrap_or(0.0).max(0.0);
        self.level_db = read(&LEVEL_READOUT).filter(|db| *db > LEVELS_DB.0);
        self.taken.push(self.taken_db, session.now);
        self.levels.push(self.level_db.unwrap_or(FLOOR_DB), session.now);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<CompressorSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| {
            let curve = Rect::from_min_size(rect.min, vec2(rect.height().min(0.45 * rect.width()), rect.height()));
            let past = Rect::from_min_max(pos2(curve.right() + theme::GAP, rect.top()), rect.max);
            self.curve(ui, session, &settings, curve);
            self.past(ui, session, &settings.module, past);
        });
        self.first_row(ui, session);
        ui.add_space(4.0);
        super::row(ui, |ui| {
            self.pages(ui, session);
            super::divide(ui, session);
            if self.key {
                key_controls(ui, session, self.group)
            } else {
                self.detail_row(ui, session, &settings.module)
            }
            super::divide(ui, session);
            let listen = if self.key { Listen::Key } else { Listen::Delta };
            listening(ui, session, self.group, &[listen]);
        });
    }

    fn figure(&self, session: &Session) -> String {
        let group = session.controls.group(self.group);
        format!("{} {}", session.text(group.choice(&CHARACTER)), session.text(group.dial(&RATIO)))
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.taken_db)
    }
}

impl Compressor {
    /// The static curve, and where the signal stands on it.
    fn curve(&self, ui: &Ui, session: &Session, settings: &Staged<CompressorSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let axis = Axis::linear(LEVELS_DB.0, LEVELS_DB.1);
        let graph = Graph { rect, x: axis, y: axis };
        graph.ground(painter, colours);
        let marks = [-48.0, -36.0, -24.0, -12.0];
        graph.x_grid(painter, colours, &[(-48.0, "-48"), (-36.0, "-36"), (-24.0, "-24"), (-12.0, "-12")]);
        graph.y_grid(painter, colours, &marks, Align::Max, signed);
        let unity = vec![graph.at(LEVELS_DB.0, LEVELS_DB.0), graph.at(LEVELS_DB.1, LEVELS_DB.1)];
        graph.curve(painter, unity, Stroke::new(1.0, colours.line));
        let zero_vu_db = session.zero_vu_db();
        let out = |input: f32| output_db(&settings.module, zero_vu_db, f64::from(input)) as f32;
        let steps = (rect.width() / 2.0).ceil() as usize;
        let points = (0..=steps).map(|i| {
            let input = axis.value(i as f32 / steps as f32);
            graph.at(input, out(input))
        });
        let colour = if settings.on { colours.yours } else { colours.mute };
        graph.curve(painter, points.collect(), Stroke::new(2.0, colour));
        let threshold = graph.x_at(settings.module.threshold_db as f32);
        painter.vline(threshold, rect.y_range(), Stroke::new(1.0, colour.gamma_multiply(0.5)));
        if let Some(level_db) = self.level_db {
            // What is taken now, not what the curve would take of a steady level.
            let mix = settings.module.mix_percent as f32 / 100.0;
            let wet = 10f32.powf((settings.module.make_up_db as f32 - self.taken_db) / 20.0);
            let gain_db = 20.0 * (1.0 - mix + mix * wet).max(1e-6).log10();
            let at = graph.at(level_db.min(LEVELS_DB.1), (level_db + gain_db).clamp(LEVELS_DB.0, LEVELS_DB.1));
            painter.circle(at, 5.0, colours.output, Stroke::new(1.5, colours.bg));
        }
        let response = ui.interact(rect, ui.make_persistent_id("curve"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Compression curve"));
        if response.hovered() {
            let text = "Output against input level, settled; the dot is where the signal is now.";
            session.say(Help { name: "Curve".to_string(), text: text.to_string(), wrong: false });
        }
    }

    /// Level and reduction over the last seconds.
    fn past(&self, ui: &Ui, session: &Session, settings: &CompressorSettings, rect: Rect) {
        let past = Past {
            levels: &self.levels,
            taken: &self.taken,
            levels_db: LEVELS_DB,
            most_db: MOST_DB,
            marks_db: &[-18.0, -12.0, -6.0, -3.0],
            thresholds: &[("Threshold", settings.threshold_db as f32)],
        };
        let no_key = session.look.get(self.group, &NO_KEY_READOUT).is_some_and(|silent| silent >= 0.5);
        past.paint(ui, session, self.group, rect, no_key);
    }

    fn first_row(&self, ui: &mut Ui, session: &Session) {
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            let character = group.choice(&CHARACTER);
            super::titled(ui, session, "Character", |ui| segments(ui, session, character, 3, 206.0));
            super::divide(ui, session);
            knob(ui, session, group.dial(&THRESHOLD), Size::Medium);
            knob(ui, session, group.dial(&RATIO), Size::Medium);
            super::divide(ui, session);
            knob(ui, session, group.dial(&ATTACK), Size::Medium);
            knob(ui, session, group.dial(&RELEASE), Size::Medium);
            super::divide(ui, session);
            knob(ui, session, group.dial(&MAKE_UP), Size::Medium);
            let text = "Sets the make-up to what was taken in the last three seconds of programme, and holds.";
            let measured = session.look.get(self.group, &MAKE_UP_READOUT);
            set_measured(ui, session, self.group, &MAKE_UP, measured, ["Auto", text]);
            knob(ui, session, group.dial(&MIX), Size::Medium);
        });
    }

    /// Which of the two second rows is shown.
    fn pages(&mut self, ui: &mut Ui, session: &Session) {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.add_space(14.0);
            for (text, key, help) in [
                ("Detail", false, "Shows the detector's details."),
                ("Key", true, "Shows what the detector listens to."),
            ] {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                let response = ui.interact(rect, ui.make_persistent_id(text), Sense::click());
                let chosen = self.key == key;
                response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, text));
                let colours = session.colours;
                toggle::button(ui, session, &response, rect, text, false);
                if chosen {
                    let stroke = Stroke::new(1.5, colours.yours);
                    ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, stroke, egui::StrokeKind::Inside);
                }
                if response.hovered() || response.has_focus() {
                    session.say(Help { name: text.to_string(), text: help.to_string(), wrong: false });
                }
                if response.clicked() {
                    self.key = key;
                }
            }
        });
    }

    fn detail_row(&self, ui: &mut Ui, session: &Session, settings: &CompressorSettings) {
        let group = session.controls.group(self.group);
        let own = settings.character.has_sense();
        super::titled(ui, session, "Detector", |ui| {
            ui.add_enabled_ui(own, |ui| segments(ui, session, group.choice(&SENSE), 1, 64.0));
        });
        for dial in [&WINDOW, &KNEE, &HOLD, &RANGE, &LOOK_AHEAD, &LINK] {
            knob(ui, session, group.dial(dial), Size::Small);
        }
        super::divide(ui, session);
        super::titled(ui, session, "Release", |ui| {
            toggle::toggle(ui, session, group.switch(&AUTO_RELEASE), Some(104.0));
        });
    }
}

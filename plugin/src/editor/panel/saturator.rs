//! Saturator: its curve as far as the sound goes, the harmonics that come of that, and its controls.

use super::dynamics::{listening, set_measured};
use super::{Kind, Panel, has};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::text_within;
use egui::{Align, Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::f64::consts::TAU;
use tandem_dsp::Listen;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::saturator::{
    BIAS, CURVE, DRIVE, DRIVEN_READOUT, LEVEL, LEVEL_READOUT, MIX, SaturatorSettings, TONE, emphasis, output,
};
use tandem_dsp::units::{db_to_gain, gain_to_db};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &CURVE),
    make: |group| Box::new(Saturator { group, driven_db: None }),
    opens_first: false,
};

/// Height of the row of controls.
const CONTROLS: f32 = 94.0;

/// The lowest harmonic that is shown, dB.
const FLOOR_DB: f32 = -80.0;

/// Harmonics that are shown.
const HARMONICS: usize = 10;

/// The frequency that they are of, and the rate that it is driven at: the emphasis there depends on neither much.
const SINE_HZ: f64 = 1_000.0;
const RATE: f64 = 48_000.0;

/// How far below the curve's ceiling a sound stands at 0 VU: shown while nothing plays.
const AT_REST_DB: f64 = -18.0;

struct Saturator {
    group: &'static Group,
    /// Highest peak that drives the curve, dB over its ceiling.
    driven_db: Option<f32>,
}

impl Panel for Saturator {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let driven = session.look.get(self.group, &DRIVEN_READOUT).filter(|db| running && *db > -60.0);
        // Falls as meters do.
        self.driven_db = match (driven, self.driven_db) {
            (Some(now), Some(before)) => Some(now.max(before - 0.5)),
            (now, before) => now.or(before.map(|db| db - 0.5).filter(|db| *db > -60.0)),
        };
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<SaturatorSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| {
            let curve = Rect::from_min_size(rect.min, vec2(rect.height().min(0.55 * rect.width()), rect.height()));
            self.curve(ui, session, &settings, curve);
            self.harmonics(ui, session, &settings, rect.with_min_x(curve.right() + theme::GAP));
        });
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            super::titled(ui, session, "Curve", |ui| segments(ui, session, group.choice(&CURVE), 3, 232.0));
            super::divide(ui, session);
            knob(ui, session, group.dial(&DRIVE), Size::Medium);
            knob(ui, session, group.dial(&BIAS), Size::Small);
            knob(ui, session, group.dial(&TONE), Size::Small);
            super::divide(ui, session);
            knob(ui, session, group.dial(&LEVEL), Size::Medium);
            let text = "Sets the level to what the curve took of the last three seconds of programme, and holds.";
            let measured = session.look.get(self.group, &LEVEL_READOUT);
            set_measured(ui, session, self.group, &LEVEL, measured, ["Auto", text]);
            knob(ui, session, group.dial(&MIX), Size::Medium);
            listening(ui, session, self.group, &[Listen::Delta]);
        });
    }

    fn figure(&self, session: &Session) -> String {
        let group = session.controls.group(self.group);
        format!("{} {}", session.text(group.choice(&CURVE)), session.text(group.dial(&DRIVE)))
    }
}

impl Saturator {
    /// Peak of the sound over the curve's ceiling, before the drive.
    fn peak(&self, settings: &SaturatorSettings) -> f64 {
        let driven_db = self.driven_db.map(|db| f64::from(db) - settings.drive_db);
        db_to_gain(driven_db.unwrap_or(AT_REST_DB)).min(1.0)
    }

    /// What comes out for what goes in; bold as far as the sound goes.
    fn curve(&self, ui: &Ui, session: &Session, settings: &Staged<SaturatorSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let axis = Axis::linear(-1.0, 1.0);
        let graph = Graph { rect, x: axis, y: axis };
        graph.ground(painter, colours);
        // Levels re the ceiling on both sides of silence.
        let marks: Vec<(f32, &str)> = vec![(-0.5, "-6"), (-0.25, ""), (0.0, ""), (0.25, "-12"), (0.5, "-6")];
        graph.x_grid(painter, colours, &marks);
        graph.y_grid(painter, colours, &[-0.5, 0.0, 0.5], Align::Max, |value| {
            if value == 0.0 { String::new() } else { "-6".to_string() }
        });
        graph.curve(painter, vec![graph.at(-1.0, -1.0), graph.at(1.0, 1.0)], Stroke::new(1.0, colours.line));
        let module = &settings.module;
        let driven = emphasis(module, RATE, SINE_HZ);
        let steps = (rect.width() / 2.0).ceil() as usize;
        let points: Vec<_> = (0..=steps)
            .map(|i| {
                let x = axis.value(i as f32 / steps as f32);
                (x, graph.at(x, output(module, driven, f64::from(x)) as f32))
            })
            .collect();
        let colour = if settings.on { colours.yours } else { colours.mute };
        graph.curve(painter, points.iter().map(|(_, at)| *at).collect(), Stroke::new(1.3, colour));
        if self.driven_db.is_some() {
            let peak = self.peak(module) as f32;
            let reached = points.iter().filter(|(x, _)| x.abs() <= peak).map(|(_, at)| *at).collect();
            graph.curve(painter, reached, Stroke::new(3.0, colours.output));
        }
        let response = ui.interact(rect, ui.make_persistent_id("curve"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Saturation curve"));
        if response.hovered() {
            let text = "What comes out for what goes in, at 1 kHz, in dB re the ceiling on both sides of silence. Green as \
                        far as the sound goes.";
            session.say(Help { name: "Curve".to_string(), text: text.to_string(), wrong: false });
        }
    }

    /// Harmonics of a sine as high as the sound's peaks.
    fn harmonics(&self, ui: &Ui, session: &Session, settings: &Staged<SaturatorSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let graph = Graph { rect, x: Axis::linear(0.4, HARMONICS as f32 + 0.6), y: Axis::linear(FLOOR_DB, 6.0) };
        graph.ground(painter, colours);
        graph.y_grid(painter, colours, &[-60.0, -40.0, -20.0, 0.0], Align::Max, signed);
        let bars_db = harmonics_db(&settings.module, self.peak(&settings.module));
        let bar = 0.5 * rect.width() / HARMONICS as f32;
        for (i, db) in bars_db.iter().enumerate() {
            let x = graph.x_at(i as f32 + 1.0);
            let colour = match (settings.on, i) {
                (false, _) => colours.mute,
                (true, 0) => colours.input,
                (true, _) => colours.output,
            };
            let foot = rect.bottom() - 20.0;
            let top = graph.y_at(*db as f32).min(foot);
            if top < foot {
                painter.rect_filled(Rect::from_x_y_ranges(x - 0.5 * bar..=x + 0.5 * bar, top..=foot), 2, colour);
            }
            let at = pos2(x, rect.bottom() - 4.0);
            text_within(painter, at, Align2::CENTER_BOTTOM, &(i + 1).to_string(), theme::tiny(), colours.mute, bar);
        }
        let what =
            if self.driven_db.is_some() { "Harmonics at the sound's peaks, dB" } else { "Harmonics at 0 VU, dB" };
        let at = rect.left_top() + vec2(8.0, 6.0);
        text_within(painter, at, Align2::LEFT_TOP, what, theme::small(), colours.mute, rect.width() - 48.0);
        let response = ui.interact(rect, ui.make_persistent_id("harmonics"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Harmonics"));
        if response.hovered() {
            let text = "What the curve makes of a 1 kHz sine as high as the sound's peaks: even harmonics are warm, odd \
                        ones hard; with Fold they pass the fundamental.";
            session.say(Help { name: "Harmonics".to_string(), text: text.to_string(), wrong: false });
        }
    }
}

/// Levels of the harmonics of a sine with this peak over the curve's ceiling, re the fundamental, dB.
fn harmonics_db(settings: &SaturatorSettings, peak: f64) -> [f64; HARMONICS] {
    const POINTS: usize = 128;
    let driven = emphasis(settings, RATE, SINE_HZ);
    let angle = |i: usize| TAU * i as f64 / POINTS as f64;
    let bent: [f64; POINTS] = std::array::from_fn(|i| output(settings, driven, peak * angle(i).sin()));
    let levels: [f64; HARMONICS] = std::array::from_fn(|n| {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, y) in bent.iter().enumerate() {
            let (sin, cos) = ((n + 1) as f64 * angle(i)).sin_cos();
            (re, im) = (re + y * cos, im + y * sin);
        }
        gain_to_db(f64::hypot(re, im))
    });
    levels.map(|db| (db - levels[0]).max(f64::from(FLOOR_DB)))
}

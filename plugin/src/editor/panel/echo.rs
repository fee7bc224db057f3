//! Delay: where its echoes are and how loud, and its controls.

use super::{Kind, Panel, has};
use crate::editor::levels::{FLOOR_DB, History, STEP_S, STEPS};
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::graph::{self, Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::spectrum::area;
use crate::editor::widget::toggle::toggle;
use egui::{Align, Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::echo::{
    DEPTH, EchoSettings, FEEDBACK, FEEL, HALVED_READOUT, HIGH_CUT, LOW_CUT, NOTE, PATTERN, RATE, SYNC, TIME,
    TIME_READOUT,
};
use tandem_dsp::module::wet::{DUCK, DUCK_READOUT, DUCK_RELEASE, SEND, WET_ONLY, WET_READOUT, WIDTH};
use tandem_dsp::{Listen, TEMPO_BPM};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &FEEL),
    make: |group| Box::new(Echo::new(group)),
    opens_first: false,
};

/// Levels of the echoes at the picture's edges, dB: the lowest is its middle line.
const LEVELS_DB: (f32, f32) = (-48.0, 6.0);

/// Echoes that have a place at most, and the time at least.
const MOST: u32 = 60;
const SHORTEST_MS: f32 = 250.0;

/// Height of the two rows of controls.
const CONTROLS: f32 = 202.0;

/// Width of an echo's bar.
const BAR: f32 = 5.0;

struct Echo {
    group: &'static Group,
    /// Peaks of what comes back.
    wet: History,
}

impl Echo {
    fn new(group: &'static Group) -> Self {
        Self { group, wet: History::new(FLOOR_DB, STEP_S, STEPS) }
    }
}

impl Panel for Echo {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let wet_db = session.look.get(self.group, &WET_READOUT).filter(|_| running);
        self.wet.push(wet_db.unwrap_or(FLOOR_DB), session.now);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<EchoSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| self.pattern(ui, session, &settings, rect));
        let group = session.controls.group(self.group);
        let sync = settings.module.sync;
        super::row(ui, |ui| {
            super::titled(ui, session, "Tempo", |ui| {
                toggle(ui, session, group.switch(&SYNC), Some(64.0));
            });
            super::titled(ui, session, "Note", |ui| {
                ui.add_enabled_ui(sync, |ui| segments(ui, session, group.choice(&NOTE), 3, 150.0));
            });
            super::titled(ui, session, "Feel", |ui| {
                ui.add_enabled_ui(sync, |ui| segments(ui, session, group.choice(&FEEL), 1, 76.0));
            });
            ui.add_enabled_ui(!sync, |ui| knob(ui, session, group.dial(&TIME), Size::Medium));
            super::divide(ui, session);
            knob(ui, session, group.dial(&FEEDBACK), Size::Medium);
            super::titled(ui, session, "Pattern", |ui| segments(ui, session, group.choice(&PATTERN), 1, 92.0));
            super::divide(ui, session);
            knob(ui, session, group.dial(&SEND), Size::Medium);
            super::titled(ui, session, "Output", |ui| {
                toggle(ui, session, group.switch(&WET_ONLY), Some(84.0));
            });
        });
        ui.add_space(4.0);
        super::row(ui, |ui| {
            knob(ui, session, group.dial(&LOW_CUT), Size::Small);
            knob(ui, session, group.dial(&HIGH_CUT), Size::Small);
            super::divide(ui, session);
            knob(ui, session, group.dial(&DEPTH), Size::Small);
            knob(ui, session, group.dial(&RATE), Size::Small);
            super::divide(ui, session);
            knob(ui, session, group.dial(&DUCK), Size::Small);
            knob(ui, session, group.dial(&DUCK_RELEASE), Size::Small);
            super::divide(ui, session);
            knob(ui, session, group.dial(&WIDTH), Size::Small);
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, self.group, Listen::Delta, rect);
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        let settings: Staged<EchoSettings> = session.settings(self.group);
        let group = session.controls.group(self.group);
        if settings.module.sync {
            let feel = session.text(group.choice(&FEEL));
            let feel = if feel == "Straight" { String::new() } else { format!(" {}", feel.to_lowercase()) };
            format!("{}{feel}", session.text(group.choice(&NOTE)))
        } else {
            session.text(group.dial(&TIME))
        }
    }
}

impl Echo {
    /// Left echoes upwards, right ones downwards, over what came back in the last seconds.
    fn pattern(&self, ui: &Ui, session: &Session, settings: &Staged<EchoSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let module = &settings.module;
        let heard_ms = session.look.get(self.group, &TIME_READOUT).filter(|_| settings.on);
        let spacing_ms = heard_ms.unwrap_or(module.spacing_ms(TEMPO_BPM) as f32).max(1.0);
        // As many as can be seen.
        let seen = (1..=MOST).take_while(|k| level_db(module.echo(*k)) > LEVELS_DB.0).last().unwrap_or(1);
        let longest_ms = (spacing_ms * (seen as f32 + 1.0)).max(SHORTEST_MS);
        let x = Axis::linear(0.0, longest_ms);
        let (upper, lower) = rect.split_top_bottom_at_fraction(0.5);
        let up = Graph { rect: upper, x, y: Axis::linear(LEVELS_DB.0, LEVELS_DB.1) };
        let down = Graph { rect: lower, x, y: Axis::linear(LEVELS_DB.1, LEVELS_DB.0) };
        Graph { rect, ..up }.ground(painter, colours);
        let step_ms = step_of(longest_ms);
        let marks: Vec<_> = (1..).map(|k| k as f32 * step_ms).take_while(|ms| *ms < longest_ms).collect();
        let texts: Vec<String> = marks.iter().map(|ms| time_text(*ms)).collect();
        let marks: Vec<_> = marks.iter().zip(&texts).map(|(ms, text)| (*ms, text.as_str())).collect();
        Graph { rect, ..up }.x_grid(painter, colours, &marks);
        up.y_grid(painter, colours, &[-36.0, -24.0, -12.0, 0.0], Align::Max, signed);
        down.y_grid(painter, colours, &[-36.0, -24.0, -12.0, 0.0], Align::Max, signed);
        let inside = painter.with_clip_rect(rect);
        let wet = Graph { rect: upper, x: Axis::linear(-self.wet.span_s(), 0.0), y: up.y };
        let line: Vec<_> = self.wet.back().map(|(age_s, db)| wet.at(-age_s, db)).collect();
        inside.add(area(&line, upper.bottom(), colours.output.gamma_multiply(0.14)));
        inside.hline(rect.x_range(), upper.bottom(), Stroke::new(1.0, colours.line));
        let yours = if settings.on { colours.yours } else { colours.mute };
        if !module.wet.wet_only {
            for graph in [&up, &down] {
                let (top, foot) = (graph.at(0.0, 0.0), graph.at(0.0, LEVELS_DB.0));
                let bar = Rect::from_two_pos(pos2(rect.left(), top.y), pos2(rect.left() + BAR, foot.y));
                inside.rect_filled(bar, 1.0, colours.input);
            }
        }
        for k in 1..=seen {
            for (graph, gain) in [&up, &down].into_iter().zip(module.echo(k)) {
                let db = (20.0 * gain.max(1e-9).log10()) as f32;
                if db > LEVELS_DB.0 {
                    let (top, foot) = (graph.at(k as f32 * spacing_ms, db), graph.at(0.0, LEVELS_DB.0));
                    let half = 0.5 * BAR.min(0.6 * spacing_ms / longest_ms * rect.width());
                    let bar = Rect::from_two_pos(pos2(top.x - half, top.y), pos2(top.x + half, foot.y));
                    inside.rect_filled(bar, 1.0, yours);
                }
            }
        }
        for (text, align, at) in [
            ("Left", Align2::LEFT_TOP, rect.left_top() + vec2(12.0, 8.0)),
            ("Right", Align2::LEFT_BOTTOM, rect.left_bottom() + vec2(12.0, -20.0)),
        ] {
            graph::label(painter, at, align, text, theme::tiny(), colours.mute, 60.0);
        }
        let mut says = format!("{} apart", time_text(spacing_ms));
        if settings.on && session.look.get(self.group, &HALVED_READOUT).is_some_and(|halved| halved >= 0.5) {
            says = format!("{says}: the note halved to fit 2 s");
        }
        if let Some(duck_db) = session.look.get(self.group, &DUCK_READOUT).filter(|db| settings.on && *db >= 0.1) {
            says = format!("{says}, ducked by {duck_db:.1} dB");
        }
        let at = rect.right_top() + vec2(-48.0, 8.0);
        graph::label(painter, at, Align2::RIGHT_TOP, &says, theme::small(), colours.ink, 420.0);
        let response = ui.interact(rect, ui.make_persistent_id("pattern"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Echo pattern"));
    }
}

/// Level of the louder side.
fn level_db(gains: [f64; 2]) -> f32 {
    (20.0 * gains[0].max(gains[1]).max(1e-9).log10()) as f32
}

/// A round distance between marks, so that there are three to eight of them.
fn step_of(longest_ms: f32) -> f32 {
    let steps = [50.0, 100.0, 250.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0];
    steps.into_iter().find(|step| longest_ms / step <= 8.0).unwrap_or(50_000.0)
}

fn time_text(ms: f32) -> String {
    if ms >= 1_000.0 { format!("{:.2} s", ms / 1_000.0) } else { format!("{ms:.0} ms") }
}

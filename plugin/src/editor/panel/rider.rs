//! Rider: loudness against its target, and the hand that holds it there.

use super::{Kind, Panel, has};
use crate::editor::levels::{History, STEP_S, STEPS};
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::spectrum::area;
use crate::editor::widget::{history, text_within};
use egui::{Align, Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::rider::{
    ABOVE, GAIN_READOUT, HOLD_READOUT, KEY_READOUT, LOUDNESS_READOUT, NO_KEY_READOUT, PAUSE, RANGE, REFERENCE,
    Reference, RiderSettings, SPEED, TARGET, TARGET_READOUT,
};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &REFERENCE),
    make: |group| Box::new(Rider::new(group)),
    opens_first: false,
};

/// Loudnesses at the picture's edges, LUFS.
const LOUDNESS_LUFS: (f32, f32) = (-42.0, -6.0);

/// Gains at the edges of the lower picture, dB.
const GAINS_DB: (f32, f32) = (-13.0, 13.0);

/// Height of the row of controls.
const CONTROLS: f32 = 94.0;

struct Rider {
    group: &'static Group,
    gain_db: f32,
    /// Loudness after the rider, of the side-chain, and what is ridden to.
    loudness: History,
    key: History,
    target: History,
    gain: History,
}

impl Rider {
    fn new(group: &'static Group) -> Self {
        let loudness = || History::new(LOUDNESS_LUFS.0 - 10.0, STEP_S, STEPS);
        Self {
            group,
            gain_db: 0.0,
            loudness: loudness(),
            key: loudness(),
            target: loudness(),
            gain: History::new(0.0, STEP_S, STEPS),
        }
    }
}

impl Panel for Rider {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let read = |readout| session.look.get(self.group, readout).filter(|_| running);
        let silent = LOUDNESS_LUFS.0 - 10.0;
        self.gain_db = read(&GAIN_READOUT).unwrap_or(0.0);
        self.gain.push(self.gain_db, session.now);
        self.loudness.push(read(&LOUDNESS_READOUT).unwrap_or(silent), session.now);
        self.key.push(read(&KEY_READOUT).unwrap_or(silent), session.now);
        self.target.push(read(&TARGET_READOUT).unwrap_or(silent), session.now);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<RiderSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| {
            let (upper, lower) = rect.split_top_bottom_at_fraction(0.64);
            self.loudness(ui, session, &settings, upper.with_max_y(upper.bottom() - 0.5 * theme::GAP));
            self.gain(ui, session, &settings, lower.with_min_y(lower.top() + 0.5 * theme::GAP));
        });
        let group = session.controls.group(self.group);
        let absolute = settings.module.reference == Reference::Absolute;
        super::row(ui, |ui| {
            super::titled(ui, session, "Reference", |ui| segments(ui, session, group.choice(&REFERENCE), 1, 96.0));
            super::divide(ui, session);
            ui.add_enabled_ui(absolute, |ui| knob(ui, session, group.dial(&TARGET), Size::Medium));
            ui.add_enabled_ui(!absolute, |ui| knob(ui, session, group.dial(&ABOVE), Size::Medium));
            super::divide(ui, session);
            for dial in [&SPEED, &RANGE, &PAUSE] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, self.group, Listen::Delta, rect);
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        let settings: Staged<RiderSettings> = session.settings(self.group);
        let group = session.controls.group(self.group);
        match settings.module.reference {
            Reference::Absolute => format!("to {}", session.text(group.dial(&TARGET))),
            Reference::SideChain => format!("{} above", session.text(group.dial(&ABOVE))),
        }
    }

    fn taken_db(&self) -> Option<f32> {
        Some((-self.gain_db).max(0.0))
    }
}

impl Rider {
    /// Short-term loudness over the last seconds, and what is ridden to.
    fn loudness(&self, ui: &Ui, session: &Session, settings: &Staged<RiderSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let x = Axis::linear(-self.loudness.span_s(), 0.0);
        let graph = Graph { rect, x, y: Axis::linear(LOUDNESS_LUFS.0, LOUDNESS_LUFS.1) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-15.0, ""), (-10.0, ""), (-5.0, "")]);
        graph.y_grid(painter, colours, &[-36.0, -30.0, -24.0, -18.0, -12.0], Align::Min, signed);
        let inside = painter.with_clip_rect(rect);
        let by_key = settings.module.reference == Reference::SideChain;
        if by_key {
            inside.line(history::line(&self.key, &graph), Stroke::new(1.3, colours.input));
        }
        let line = history::line(&self.loudness, &graph);
        inside.add(area(&line, rect.bottom(), colours.output.gamma_multiply(0.16)));
        inside.line(line, Stroke::new(1.8, colours.output));
        let yours = if settings.on { colours.yours } else { colours.mute };
        if by_key && settings.on {
            inside.line(history::line(&self.target, &graph), Stroke::new(1.5, yours));
        } else if !by_key {
            let y = graph.y_at(settings.module.target_lufs as f32);
            inside.hline(rect.x_range(), y, Stroke::new(1.5, yours));
            let text = format!("Target {}", TARGET.print(settings.module.target_lufs));
            history::label(painter, rect, &text, y, colours.ink);
        }
        let mut entries = vec![("Ridden, 3 s", colours.output)];
        if by_key {
            entries.extend([("Side-chain, 3 s", colours.input), ("Target", yours)]);
        }
        history::legend(painter, rect, &entries, colours.mute);
        if by_key && session.look.get(self.group, &NO_KEY_READOUT).is_some_and(|silent| silent >= 0.5) {
            let at = rect.center();
            text_within(painter, at, Align2::CENTER_CENTER, "No key", theme::heading(), colours.taken, 200.0);
        }
        let response = ui.interact(rect, ui.make_persistent_id("loudness"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Loudness and target"));
    }

    /// The gain over the last seconds.
    fn gain(&self, ui: &Ui, session: &Session, settings: &Staged<RiderSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let x = Axis::linear(-self.gain.span_s(), 0.0);
        let graph = Graph { rect, x, y: Axis::linear(GAINS_DB.0, GAINS_DB.1) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-15.0, "15 s ago"), (-10.0, "10 s"), (-5.0, "5 s")]);
        graph.y_grid(painter, colours, &[-6.0, 0.0, 6.0], Align::Min, signed);
        let inside = painter.with_clip_rect(rect);
        let yours = if settings.on { colours.yours } else { colours.mute };
        for side in [-1.0, 1.0] {
            let y = graph.y_at(side * settings.module.range_db as f32);
            inside.hline(rect.x_range(), y, Stroke::new(1.0, yours.gamma_multiply(0.7)));
        }
        inside.line(history::line(&self.gain, &graph), Stroke::new(1.8, colours.ink));
        let holds = session.look.get(self.group, &HOLD_READOUT).is_some_and(|holds| holds >= 0.5);
        let state = if settings.on && holds { ", holds" } else { "" };
        let text = format!("Gain {:+.1} dB{state}", self.gain_db);
        let at = pos2(rect.left() + 44.0, rect.top() + 8.0);
        text_within(painter, at, Align2::LEFT_TOP, &text, theme::small(), colours.ink, 200.0);
        let response = ui.interact(rect, ui.make_persistent_id("gain"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Gain"));
    }
}

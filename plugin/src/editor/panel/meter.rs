//! Meter: loudness, true peak and correlation of what leaves, now and over time.

use super::{Kind, Panel};
use crate::editor::destination;
use crate::editor::levels::History;
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{self, Axis, Graph};
use crate::editor::widget::spectrum::area;
use crate::editor::widget::{history, text_within, toggle};
use egui::{Align, Align2, Color32, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::meter::programme::{
    CORRELATION, GROUP, INTEGRATED, LRA, LRA_STABLE, MAX_MOMENTARY, MAX_SHORT_TERM, MOMENTARY, PLR, PSR, SHORT_TERM,
    TRUE_PEAK,
};
use tandem_dsp::readout::Readout;

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == GROUP.id, make: |_| Box::new(Meter::new()), opens_first: false };

/// Loudness at the picture's edges, LUFS.
const SHOWN_LUFS: (f32, f32) = (-40.0, -4.0);

/// Time that a step of the history stands for, and how many there are: three minutes.
const STEP_S: f64 = 0.5;
const STEPS: usize = 360;

/// Height of a figure's row.
const ROW: f32 = 30.0;

/// Width of the figures.
const FIGURES: f32 = 236.0;

struct Meter {
    short_term: History,
    momentary: History,
    integrated: History,
    short_term_lufs: Option<f32>,
}

impl Meter {
    fn new() -> Self {
        let history = || History::new(f32::NAN, STEP_S, STEPS);
        Self { short_term: history(), momentary: history(), integrated: history(), short_term_lufs: None }
    }
}

impl Panel for Meter {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let read = |readout| session.look.get(&GROUP, readout);
        self.short_term_lufs = read(&SHORT_TERM);
        for (history, readout) in [
            (&mut self.short_term, &SHORT_TERM),
            (&mut self.momentary, &MOMENTARY),
            (&mut self.integrated, &INTEGRATED),
        ] {
            history.push(read(readout).unwrap_or(f32::NAN), session.now);
        }
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let area = ui.max_rect();
        let past = Rect::from_min_max(area.min, pos2(area.right() - FIGURES - theme::PAD, area.bottom() - 52.0));
        self.past(ui, session, past);
        let below = Rect::from_min_max(pos2(past.left(), past.bottom() + 12.0), pos2(past.right(), area.bottom()));
        correlation(ui, session, below);
        let figures = Rect::from_min_max(pos2(area.right() - FIGURES, area.top()), area.max);
        self.figures(ui, session, figures);
    }

    fn figure(&self, _: &Session) -> String {
        self.short_term_lufs.map_or("no signal".to_string(), |lufs| format!("{lufs:.1} LUFS"))
    }
}

impl Meter {
    /// Loudness over the last minutes.
    fn past(&self, ui: &Ui, session: &Session, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let x = Axis::linear(-self.short_term.span_s(), 0.0);
        let graph = Graph { rect, x, y: Axis::linear(SHOWN_LUFS.0, SHOWN_LUFS.1) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-150.0, "2:30 ago"), (-120.0, "2:00"), (-90.0, "1:30"), (-60.0, "1:00")]);
        graph.x_grid(painter, colours, &[(-30.0, "0:30")]);
        let marks = [-36.0, -30.0, -24.0, -18.0, -12.0, -6.0];
        graph.y_grid(painter, colours, &marks, Align::Min, |lufs| format!("{lufs:.0}"));
        let inside = painter.with_clip_rect(rect);
        for line in lines(&self.momentary, &graph) {
            inside.line(line, Stroke::new(1.0, colours.output.gamma_multiply(0.6)));
        }
        for line in lines(&self.short_term, &graph) {
            inside.line(line, Stroke::new(2.0, colours.output));
        }
        for line in lines(&self.integrated, &graph) {
            inside.extend(Shape::dashed_line(&line, Stroke::new(1.6, colours.ink), 5.0, 4.0));
        }
        let target = session.state.target();
        if let Some(lufs) = target.lufs {
            let y = graph.y_at(lufs as f32);
            for line in lines(&self.short_term, &graph) {
                inside.add(area(&line, y, colours.taken.gamma_multiply(0.3)));
                let above = painter.with_clip_rect(rect.with_max_y(y));
                above.line(line, Stroke::new(2.0, colours.taken));
            }
            inside.hline(rect.x_range(), y, Stroke::new(1.5, colours.yours));
            let over_s = self.over_s(lufs as f32);
            let over = if over_s > 0.0 { format!(", short-term over it for {over_s:.0} s") } else { String::new() };
            let (at, text) = (pos2(rect.left() + 44.0, y - 3.0), format!("{} {lufs} LUFS{over}", target.name));
            graph::label(painter, at, Align2::LEFT_BOTTOM, &text, theme::tiny(), colours.ink, 320.0);
        }
        let entries = [
            ("Short-term", colours.output),
            ("Momentary", colours.output.gamma_multiply(0.6)),
            ("Integrated", colours.ink),
        ];
        history::legend(painter, rect, &entries, colours.mute);
        let response = ui.interact(rect, ui.make_persistent_id("past"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Loudness over time"));
    }

    /// For how long of the picture the short-term loudness was over `lufs`, seconds.
    fn over_s(&self, lufs: f32) -> f64 {
        self.short_term.back().filter(|(_, value)| *value > lufs).count() as f64 * STEP_S
    }

    fn figures(&mut self, ui: &mut Ui, session: &Session, rect: Rect) {
        let colours = session.colours;
        let read = |readout| session.look.get(&GROUP, readout);
        let big = text(read(&INTEGRATED));
        let painter = ui.painter().clone();
        let label = pos2(rect.left(), rect.top() + 8.0);
        text_within(&painter, label, Align2::LEFT_CENTER, "Integrated", theme::small(), colours.mute, FIGURES);
        let at = pos2(rect.left(), rect.top() + 36.0);
        let end = text_within(&painter, at, Align2::LEFT_CENTER, &big, theme::figure(), colours.ink, FIGURES).right();
        let unit = pos2(end + 8.0, rect.top() + 41.0);
        text_within(&painter, unit, Align2::LEFT_CENTER, "LUFS", theme::small(), colours.mute, 60.0);
        if let (Some(target), Some(lufs)) = (session.state.target().lufs, read(&INTEGRATED)) {
            let at = pos2(rect.right(), rect.top() + 41.0);
            let off = format!("{:+.1} LU", lufs - target as f32);
            text_within(&painter, at, Align2::RIGHT_CENTER, &off, theme::body(), colours.ink, 90.0);
        }
        let peak = TRUE_PEAK.iter().filter_map(read).reduce(f32::max);
        let range = match (read(&LRA), read(&LRA_STABLE)) {
            (Some(lra), Some(stable)) if stable < 0.5 => format!("({lra:.1})"),
            (lra, _) => text(lra),
        };
        let lines: [(&str, String, &str, Option<&Readout>); 8] = [
            ("Momentary", text(read(&MOMENTARY)), "LUFS", Some(&MOMENTARY)),
            ("Short-term", text(read(&SHORT_TERM)), "LUFS", Some(&SHORT_TERM)),
            ("Highest momentary", text(read(&MAX_MOMENTARY)), "LUFS", Some(&MAX_MOMENTARY)),
            ("Highest short-term", text(read(&MAX_SHORT_TERM)), "LUFS", Some(&MAX_SHORT_TERM)),
            ("Loudness range", range, "LU", Some(&LRA)),
            ("True peak", text(peak), "dBTP", None),
            ("PLR", text(read(&PLR)), "LU", Some(&PLR)),
            ("PSR", text(read(&PSR)), "LU", Some(&PSR)),
        ];
        for (i, (name, value, unit, readout)) in lines.into_iter().enumerate() {
            let y = rect.top() + 76.0 + i as f32 * ROW;
            let line = Rect::from_min_max(pos2(rect.left(), y - 12.0), pos2(rect.right(), y + 12.0));
            text_within(&painter, pos2(rect.left(), y), Align2::LEFT_CENTER, name, theme::small(), colours.mute, 130.0);
            let over = name == "True peak" && peak.is_some_and(|db| db > 0.0);
            let ink = if over { colours.taken } else { colours.ink };
            let at = pos2(rect.right() - 40.0, y);
            text_within(&painter, at, Align2::RIGHT_CENTER, &value, theme::body(), ink, 70.0);
            text_within(&painter, at + vec2(6.0, 0.0), Align2::LEFT_CENTER, unit, theme::tiny(), colours.mute, 36.0);
            let response = ui.interact(line, ui.make_persistent_id(name), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, format!("{name} {value} {unit}")));
            if response.hovered() {
                let help = readout.map_or("Highest true peak of either channel, dBTP.", |readout| readout.help);
                let note = if name == "Loudness range" { " In brackets until a minute has been measured." } else { "" };
                session.say(Help { name: name.to_string(), text: format!("{help}{note}"), wrong: false });
            }
        }
        let below = rect.top() + 76.0 + 8.0 * ROW - 10.0;
        let choice = Rect::from_min_size(pos2(rect.left(), below), vec2(rect.width(), 28.0));
        destination::choose(ui, session, choice);
        let reset =
            Rect::from_min_max(pos2(rect.left(), rect.bottom() - 28.0), pos2(rect.left() + 96.0, rect.bottom()));
        let words = Rect::from_min_max(pos2(rect.left(), choice.bottom() + 8.0), pos2(rect.right(), reset.top() - 8.0));
        destination::judge(ui, session, read(&INTEGRATED), peak, words);
        self.reset_button(ui, session, reset);
    }

    fn reset_button(&mut self, ui: &Ui, session: &Session, rect: Rect) {
        let response = ui.interact(rect, ui.make_persistent_id("reset"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Reset measurement"));
        toggle::button(ui, session, &response, rect, "Reset", false);
        if response.hovered() || response.has_focus() {
            let text = "Starts integrated loudness, range, peaks and the picture anew.";
            session.say(Help { name: "Reset".to_string(), text: text.to_string(), wrong: false });
        }
        if response.clicked() {
            session.telemetry.restart_meter.store(true, Relaxed);
            for history in [&mut self.short_term, &mut self.momentary, &mut self.integrated] {
                history.clear();
            }
        }
        response.on_hover_text("Starts the measurement anew");
    }
}

/// "-14.1", or a dash where there is nothing to tell.
fn text(value: Option<f32>) -> String {
    value.map_or("–".to_string(), |value| format!("{:.1}", if value.abs() < 0.05 { 0.0 } else { value }))
}

/// A history as lines, broken where nothing came.
fn lines(history: &History, graph: &Graph) -> Vec<Vec<egui::Pos2>> {
    let mut lines = vec![Vec::new()];
    for (age_s, value) in history.back() {
        if value.is_nan() {
            lines.push(Vec::new());
        } else if let Some(line) = lines.last_mut() {
            line.push(graph.at(-age_s, value.max(SHOWN_LUFS.0 - 2.0)));
        }
    }
    lines.retain(|line| line.len() > 1);
    lines
}

/// From -1 to +1, as a mark on a line.
fn correlation(ui: &Ui, session: &Session, rect: Rect) {
    let (colours, painter) = (session.colours, ui.painter());
    let value = session.look.get(&GROUP, &CORRELATION);
    let line =
        Rect::from_min_max(pos2(rect.left() + 84.0, rect.top() + 8.0), pos2(rect.right() - 56.0, rect.top() + 16.0));
    let at = pos2(rect.left(), line.center().y);
    text_within(painter, at, Align2::LEFT_CENTER, "Correlation", theme::small(), colours.mute, 80.0);
    painter.rect_filled(line, 3, colours.bg);
    let x = |value: f32| line.left() + 0.5 * (1.0 + value) * line.width();
    for mark in [-1.0, -0.5, 0.0, 0.5, 1.0f32] {
        let text = if mark == 0.0 { "0".to_string() } else { format!("{mark:+}") };
        let at = pos2(x(mark), line.bottom() + 10.0);
        text_within(painter, at, Align2::CENTER_CENTER, &text, theme::tiny(), colours.mute, 40.0);
    }
    if let Some(value) = value {
        let colour: Color32 = if value < 0.0 { colours.taken } else { colours.output };
        let (low, high) = (x(value.min(0.0)), x(value.max(0.0)));
        painter.rect_filled(Rect::from_x_y_ranges(low..=high, line.y_range()), 3, colour);
    }
    let shown = value.map_or("–".to_string(), |value| format!("{value:+.2}"));
    let at = pos2(rect.right(), line.center().y);
    text_within(painter, at, Align2::RIGHT_CENTER, &shown, theme::body(), colours.ink, 52.0);
    let response = ui.interact(rect, ui.make_persistent_id("correlation"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, format!("Correlation {shown}")));
    if response.hovered() {
        let text = "+1 is mono, 0 unrelated channels, below 0 what cancels in mono.";
        session.say(Help { name: "Correlation".to_string(), text: text.to_string(), wrong: false });
    }
}

//! What the panels of modules that turn down have in common: their past, their key, and the button that measures a level.

use super::super::levels::History;
use super::super::session::{Help, Session};
use super::super::widget::graph::{self, Axis, Graph, signed};
use super::super::widget::knob::{Size, knob};
use super::super::widget::menu::segments;
use super::super::widget::spectrum::area;
use super::super::widget::{history, toggle};
use super::super::{listen, theme};
use egui::{Align, Align2, Color32, Mesh, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::control::{Dial, Group};
use tandem_dsp::module::key::{BELL_FREQUENCY, BELL_GAIN, BELL_Q, HIGH_PASS, LOW_PASS, SOURCE};

/// Level and reduction over the last seconds.
pub struct Past<'a> {
    /// What the detector read, dB.
    pub levels: &'a History,
    /// What was taken, dB.
    pub taken: &'a History,
    /// Levels at the picture's edges.
    pub levels_db: (f32, f32),
    /// The most reduction that is shown.
    pub most_db: f32,
    /// Marks of reduction, negative.
    pub marks_db: &'a [f32],
    /// What is said of what.
    pub thresholds: &'a [(&'a str, f32)],
}

impl Past<'_> {
    /// Paints it; `no_key` says whether the key has gone.
    pub fn paint(&self, ui: &Ui, session: &Session, group: &'static Group, rect: Rect, no_key: bool) {
        let (colours, painter) = (session.colours, ui.painter());
        let x = Axis::linear(-self.taken.span_s(), 0.0);
        let level = Graph { rect, x, y: Axis::linear(self.levels_db.0, self.levels_db.1) };
        level.ground(painter, colours);
        level.x_grid(painter, colours, &[(-15.0, "15 s ago"), (-10.0, "10 s"), (-5.0, "5 s")]);
        let taken = Graph { rect, x, y: Axis::linear(-self.most_db, 0.0) };
        taken.y_grid(painter, colours, self.marks_db, Align::Min, signed);
        let inside = painter.with_clip_rect(rect);
        let line = history::line(self.levels, &level);
        inside.add(area(&line, rect.bottom(), colours.input.gamma_multiply(0.18)));
        inside.line(line, Stroke::new(1.0, colours.input));
        let yours = if session.is_on(group) { colours.yours } else { colours.mute };
        for (i, (text, db)) in self.thresholds.iter().enumerate() {
            let y = level.y_at(*db);
            // What comes first is the threshold itself.
            let stroke = if i == 0 { Stroke::new(1.3, yours) } else { Stroke::new(1.0, yours.gamma_multiply(0.5)) };
            inside.hline(rect.x_range(), y, stroke);
            if !text.is_empty() {
                history::label(painter, rect, text, y, colours.ink);
            }
        }
        let points: Vec<_> = self.taken.back().map(|(age_s, db)| taken.at(-age_s, -db.min(self.most_db))).collect();
        if self.taken.back().any(|(_, db)| db > 0.0) {
            inside.add(hanging(&points, rect.top(), colours.taken.gamma_multiply(0.35)));
            inside.line(points, Stroke::new(1.6, colours.taken));
        }
        let entries = [("Level", colours.input), ("Reduction", colours.taken)];
        let low = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 44.0), rect.max);
        history::legend(painter, low, &entries, colours.mute);
        if no_key {
            let at = rect.center();
            graph::label(painter, at, Align2::CENTER_CENTER, "No key", theme::heading(), colours.taken, 200.0);
        }
    }
}

/// The area between a line and `top`.
pub fn hanging(line: &[Pos2], top: f32, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for point in line {
        mesh.colored_vertex(pos2(point.x, top), colour);
        mesh.colored_vertex(*point, colour);
    }
    for i in 0..(line.len().saturating_sub(1) as u32) {
        mesh.add_triangle(2 * i, 2 * i + 1, 2 * i + 2);
        mesh.add_triangle(2 * i + 1, 2 * i + 2, 2 * i + 3);
    }
    Shape::mesh(mesh)
}

/// The controls of a key, within a row.
pub fn key_controls(ui: &mut Ui, session: &Session, group: &'static Group) {
    let group = session.controls.group(group);
    super::titled(ui, session, "Source", |ui| segments(ui, session, group.choice(&SOURCE), 1, 84.0));
    for dial in [&HIGH_PASS, &LOW_PASS, &BELL_FREQUENCY, &BELL_GAIN, &BELL_Q] {
        knob(ui, session, group.dial(dial), Size::Small);
    }
}

/// Buttons for listen states, one below the other, under a heading.
pub fn listening(ui: &mut Ui, session: &Session, group: &'static Group, to: &[Listen]) {
    super::titled(ui, session, "Listen", |ui| {
        for listen in to {
            let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
            listen::toggle(ui, session, group, *listen, rect);
        }
    });
}

/// A button `word` that sets `dial` to what has been `measured`, once: it holds afterwards.
pub fn set_measured(
    ui: &mut Ui,
    session: &Session,
    group: &'static Group,
    dial: &'static Dial,
    measured: Option<f32>,
    [word, text]: [&str; 2],
) {
    ui.vertical(|ui| {
        ui.add_space(28.0);
        let (rect, _) = ui.allocate_exact_size(vec2(48.0, 28.0), Sense::hover());
        ui.add_enabled_ui(measured.is_some(), |ui| {
            let response = ui.interact(rect, ui.make_persistent_id(word), Sense::click());
            let name = format!("{} {word} {}", group.name, dial.name);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, measured.is_some(), &name));
            toggle::button(ui, session, &response, rect, word, false);
            if response.contains_pointer() || response.has_focus() {
                session.say(Help { name, text: text.to_string(), wrong: false });
            }
            if response.clicked()
                && let Some(db) = measured
            {
                session.set(session.controls.group(group).dial(dial), f64::from(db).clamp(dial.range.0, dial.range.1));
            }
        });
    });
}

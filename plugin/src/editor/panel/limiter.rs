//! Limiter: what came in over what left, against the ceiling, and its controls.

use super::{Kind, Panel, has, learn};
use crate::editor::levels::{FLOOR_DB, History, STEP_S, STEPS};
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::history;
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::spectrum::area;
use crate::editor::widget::toggle::toggle;
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use tandem_dsp::Listen;
use tandem_dsp::control::Group;
use tandem_dsp::module::limiter::{
    AUTO_RELEASE, CEILING, CLIP, CLIP_LEVEL, CLIP_SHAPE, GAIN, INPUT_READOUT, LINK, LOOK_AHEAD, OUTPUT_READOUT,
    REDUCTION_READOUT, RELEASE, STYLE, TRUE_PEAK_READOUT,
};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &STYLE),
    make: |group| Box::new(Limiter::new(group)),
    opens_first: false,
};

/// Levels at the picture's edges, dBFS.
const LEVELS_DB: (f32, f32) = (-36.0, 12.0);

/// Height of the two rows of controls.
const CONTROLS: f32 = 184.0;

struct Limiter {
    group: &'static Group,
    taken_db: f32,
    /// Peaks after the gain, and of what left.
    input: History,
    output: History,
}

impl Limiter {
    fn new(group: &'static Group) -> Self {
        let history = || History::new(FLOOR_DB, STEP_S, STEPS);
        Self { group, taken_db: 0.0, input: history(), output: history() }
    }
}

impl Panel for Limiter {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let read = |readout| session.look.get(self.group, readout).filter(|_| running);
        self.taken_db = read(&REDUCTION_READOUT).unwrap_or(0.0).max(0.0);
        self.input.push(read(&INPUT_READOUT).unwrap_or(FLOOR_DB), session.now);
        self.output.push(read(&OUTPUT_READOUT).unwrap_or(FLOOR_DB), session.now);
        learn::follow(session);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        super::picture(ui, CONTROLS, |ui, rect| self.past(ui, session, rect));
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            super::titled(ui, session, "Style", |ui| segments(ui, session, group.choice(&STYLE), 3, 270.0));
            super::divide(ui, session);
            knob(ui, session, group.dial(&GAIN), Size::Medium);
            knob(ui, session, group.dial(&CEILING), Size::Medium);
            super::divide(ui, session);
            knob(ui, session, group.dial(&LOOK_AHEAD), Size::Medium);
            knob(ui, session, group.dial(&RELEASE), Size::Medium);
            knob(ui, session, group.dial(&LINK), Size::Medium);
        });
        ui.add_space(4.0);
        super::row(ui, |ui| {
            super::titled(ui, session, "Clipper before it", |ui| {
                toggle(ui, session, group.switch(&CLIP), Some(72.0));
            });
            knob(ui, session, group.dial(&CLIP_LEVEL), Size::Small);
            knob(ui, session, group.dial(&CLIP_SHAPE), Size::Small);
            super::divide(ui, session);
            super::titled(ui, session, "Release", |ui| {
                toggle(ui, session, group.switch(&AUTO_RELEASE), Some(104.0));
            });
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(136.0, 28.0), Sense::hover());
                let [left, right] = rect.split_left_right_at_fraction(0.5).into();
                listen::toggle(ui, session, self.group, Listen::Delta, left.with_max_x(left.right() - 2.0));
                listen::toggle(ui, session, self.group, Listen::UnityGain, right.with_min_x(right.left() + 2.0));
            });
            super::divide(ui, session);
            learn::show(ui, session, self.group);
        });
    }

    fn figure(&self, session: &Session) -> String {
        let group = session.controls.group(self.group);
        format!("{} at {}", session.text(group.dial(&GAIN)), session.text(group.dial(&CEILING)))
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.taken_db)
    }
}

impl Limiter {
    /// Peaks over the last seconds: what left, and above it what was cut.
    fn past(&self, ui: &Ui, session: &Session, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let x = Axis::linear(-self.input.span_s(), 0.0);
        let graph = Graph { rect, x, y: Axis::linear(LEVELS_DB.0, LEVELS_DB.1) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-15.0, "15 s ago"), (-10.0, "10 s"), (-5.0, "5 s")]);
        graph.y_grid(painter, colours, &[-30.0, -24.0, -18.0, -12.0, -6.0, 0.0, 6.0], Align::Min, signed);
        let inside = painter.with_clip_rect(rect);
        let came = history::line(&self.input, &graph);
        inside.add(area(&came, rect.bottom(), colours.taken));
        let left = history::line(&self.output, &graph);
        inside.add(area(&left, rect.bottom(), colours.bg));
        inside.add(area(&left, rect.bottom(), colours.output.gamma_multiply(0.4)));
        inside.line(left, Stroke::new(1.0, colours.output));
        let ceiling = session.controls.group(self.group).dial(&CEILING);
        let y = graph.y_at(session.value(ceiling) as f32);
        let yours = if session.is_on(self.group) { colours.yours } else { colours.mute };
        inside.hline(rect.x_range(), y, Stroke::new(1.5, yours));
        let true_peak = session.look.get(self.group, &TRUE_PEAK_READOUT).is_none_or(|holds| holds >= 0.5);
        let unit = if true_peak { "dBTP" } else { "dBFS, sample peak" };
        let text = format!("Ceiling {} {unit}", session.text(ceiling).trim_end_matches(" dB"));
        history::label(painter, rect, &text, y, colours.ink);
        history::legend(painter, rect, &[("Out", colours.output), ("Cut", colours.taken)], colours.mute);
        let response = ui.interact(rect, ui.make_persistent_id("past"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "What was cut"));
    }
}

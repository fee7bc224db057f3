//! De-mud: what it takes out, over the spectrum; the weight curve with its nodes; and its controls.

use super::{Kind, Panel};
use crate::editor::listen;
use crate::editor::session::{Help, Session};
use crate::editor::widget::graph::{Axis, FREQUENCY_MARKS, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::node::{self, TOUCH};
use crate::editor::widget::response::{between, points};
use crate::editor::widget::spectrum::Spectrum;
use crate::editor::widget::{control, history};
use crate::params::ParamIndex;
use egui::{
    Align, Color32, CursorIcon, EventFilter, Key, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use tandem_dsp::Listen;
use tandem_dsp::control::Dial;
use tandem_dsp::module::demud::{
    CUT_READOUTS, Cut, DEPTH, DETAIL, DemudSettings, FREQUENCIES, FREQUENCY_READOUTS, GROUP, HIGH, LOW, NODE, NODES,
    PEAKS, SPEED, TAKEN_READOUT, WEIGHT, WeightCurve, bell_q, magnitude_db,
};

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == GROUP.id, make: |_| Box::new(Demud::default()), opens_first: false };

/// Frequencies of the picture's edges, Hz.
const PICTURE_HZ: Axis = Axis::log(30.0, 20_000.0);

/// What is taken, at the picture's edges, dB.
const TAKEN_DB: Axis = Axis::linear(-18.0, 3.0);

/// Weights at the picture's edges, per cent.
const WEIGHTS: Axis = Axis::linear(-15.0, 215.0);

/// Octaves and per cent that an arrow key goes, and with shift.
const KEY_OCTAVES: [f64; 2] = [1.0 / 12.0, 1.0 / 96.0];
const KEY_PERCENT: [f64; 2] = [5.0, 1.0];

#[derive(Default)]
struct Demud {
    selected: usize,
    spectrum: Spectrum,
    taken_db: f32,
    cuts: [Cut; PEAKS],
}

impl Panel for Demud {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        let running = session.is_on(&GROUP);
        let read = |readout| session.look.get(&GROUP, readout).filter(|_| running).unwrap_or(0.0);
        self.taken_db = read(&TAKEN_READOUT).max(0.0);
        let settings: DemudSettings = session.settings(&GROUP);
        let q = bell_q(settings.detail_percent);
        self.cuts = std::array::from_fn(|i| Cut {
            freq_hz: f64::from(read(&FREQUENCY_READOUTS[i])),
            cut_db: f64::from(read(&CUT_READOUTS[i])),
            q,
        });
        shown && self.spectrum.update(session.telemetry, session.now)
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: DemudSettings = session.settings(&GROUP);
        super::picture(ui, super::ROW, |ui, rect| self.picture(ui, session, &settings, rect));
        super::row(ui, |ui| {
            let group = session.controls.group(&GROUP);
            for dial in [&DEPTH, &DETAIL, &SPEED] {
                knob(ui, session, group.dial(dial), Size::Large);
            }
            super::divide(ui, session);
            for dial in [&LOW, &HIGH] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            let [(frequency, _), (weight, _)] = dialled(session, self.selected);
            knob(ui, session, frequency, Size::Medium);
            knob(ui, session, weight, Size::Medium);
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, &GROUP, Listen::Delta, rect);
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        session.text(session.controls.group(&GROUP).dial(&DEPTH))
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.taken_db)
    }
}

impl Demud {
    fn picture(&mut self, ui: &mut Ui, session: &Session, settings: &DemudSettings, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter().clone());
        let graph = Graph { rect, x: PICTURE_HZ, y: TAKEN_DB };
        graph.ground(&painter, colours);
        graph.x_grid(&painter, colours, &FREQUENCY_MARKS);
        graph.y_grid(&painter, colours, &[-15.0, -12.0, -9.0, -6.0, -3.0, 0.0], Align::Max, signed);
        self.spectrum.paint(&painter, &graph, colours.input, colours.output);
        let inside = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
        let zero = graph.y_at(0.0);
        inside.hline(rect.x_range(), zero, Stroke::new(1.0, colours.line));
        let rate = session.rate();
        let taken = points(&graph, rate, |freq_hz| magnitude_db(&self.cuts, rate, freq_hz));
        inside.add(between(&taken, zero, colours.taken.gamma_multiply(0.35)));
        graph.curve(&painter, taken, Stroke::new(1.6, colours.taken));

        // What lies outside the range is dimmed.
        let on = session.is_on(&GROUP);
        let yours = if on { colours.yours } else { colours.mute };
        let [low, high] = [settings.low_hz.min(settings.high_hz), settings.low_hz.max(settings.high_hz)]
            .map(|hz| graph.x_at(hz as f32).clamp(rect.left(), rect.right()));
        let dim: Color32 = colours.bg.gamma_multiply(0.6);
        inside.rect_filled(Rect::from_min_max(rect.min, pos2(low, rect.bottom())), 0, dim);
        inside.rect_filled(Rect::from_min_max(pos2(high, rect.top()), rect.max), 0, dim);
        for x in [low, high] {
            inside.vline(x, rect.y_range(), Stroke::new(1.0, yours.gamma_multiply(0.5)));
        }
        let weights = Graph { y: WEIGHTS, ..graph };
        let curve = WeightCurve::through(&settings.nodes);
        let line = points(&weights, f64::INFINITY, |freq_hz| 100.0 * curve.at(freq_hz));
        weights.curve(&painter, line, Stroke::new(2.0, yours));
        let entries =
            [("Before", colours.input), ("After", colours.output), ("Taken", colours.taken), ("Weight", yours)];
        history::legend(&painter, rect, &entries, colours.mute);
        let others = (0..NODES).filter(|node| *node != self.selected);
        let order: Vec<usize> = others.chain([self.selected]).collect();
        let at = |place: usize| {
            let (freq_hz, percent) = settings.nodes.all()[place];
            within_reach(&weights, weights.at(freq_hz as f32, percent as f32))
        };
        for (i, place) in order.iter().enumerate() {
            // A node below another one keeps its number to itself.
            let covered = order[i + 1..].iter().any(|above| at(*above).distance(at(*place)) < TOUCH);
            let label = if covered { String::new() } else { (place + 1).to_string() };
            self.node(ui, session, &weights, settings, *place, &label);
        }
    }

    fn node(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        graph: &Graph,
        settings: &DemudSettings,
        place: usize,
        label: &str,
    ) {
        let (freq_hz, percent) = settings.nodes.all()[place];
        let at = within_reach(graph, graph.at(freq_hz as f32, percent as f32));
        let id = ui.make_persistent_id(("node", NODE[place].id));
        let touch = ui.interact(Rect::from_center_size(at, Vec2::splat(TOUCH)), id, Sense::click_and_drag());
        let touch = touch.on_hover_cursor(CursorIcon::Grab);
        if touch.clicked() || touch.drag_started() || touch.gained_focus() {
            self.selected = place;
            touch.request_focus();
        }
        let [frequency, weight] = dialled(session, place);
        node::drag(ui, session, graph, &touch, frequency, Some(weight));
        let reset = touch.double_clicked() || (touch.clicked() && ui.input(|input| input.modifiers.alt));
        if reset {
            session.set(weight.0, WEIGHT.default);
        }
        let notches = control::notches(ui, &touch);
        let move_by = |(index, dial): node::Dialled, value: f64| {
            session.nudge(index, value.clamp(dial.range.0, dial.range.1));
        };
        if notches != 0.0 {
            move_by(weight, percent + notches * KEY_PERCENT[0]);
        }
        if touch.has_focus() {
            let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(touch.id, filter));
            let fine = usize::from(ui.input(|input| input.modifiers.shift));
            let pressed = |key| ui.input(|input| input.num_presses(key)) as f64;
            let octaves = (pressed(Key::ArrowRight) - pressed(Key::ArrowLeft)) * KEY_OCTAVES[fine];
            if octaves != 0.0 {
                move_by(frequency, freq_hz * octaves.exp2());
            }
            let up = (pressed(Key::ArrowUp) - pressed(Key::ArrowDown)) * KEY_PERCENT[fine];
            if up != 0.0 {
                move_by(weight, percent + up);
            }
        }
        let name = NODE[place].name;
        let text = format!("{}  {}", session.text(frequency.0), session.text(weight.0));
        touch.widget_info(|| WidgetInfo {
            label: Some(format!("{name} node")),
            value: Some(percent),
            current_text_value: Some(text.clone()),
            ..WidgetInfo::new(Role::Slider)
        });
        if touch.hovered() || touch.dragged() || touch.has_focus() {
            let how = "Drag for frequency and weight, shift for fine; double-click takes the weight back to 100 %.";
            session.say(Help { name: format!("{name}: {text}"), text: how.to_string(), wrong: false });
        }
        node::paint(ui, session, &touch, label, at, place == self.selected);
        if touch.hovered() || touch.dragged() {
            node::chip(ui, session, graph, at, &text);
        }
    }
}

/// A node's frequency and weight.
fn dialled(session: &Session, place: usize) -> [(ParamIndex, &'static Dial); 2] {
    let group = session.controls.group(&NODE[place]);
    [(group.dial(&FREQUENCIES[place]), &FREQUENCIES[place]), (group.dial(&WEIGHT), &WEIGHT)]
}

fn within_reach(graph: &Graph, at: Pos2) -> Pos2 {
    let reach = graph.rect.shrink(0.5 * TOUCH);
    pos2(at.x.clamp(reach.left(), reach.right()), at.y.clamp(reach.top(), reach.bottom()))
}

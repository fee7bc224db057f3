//! Equaliser: the curve over the spectrum, a node for each band, and the controls of the one that is selected.

mod curve;
mod nodes;
mod phase;

use super::{Kind, Panel};
use crate::editor::listen;
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{self, Axis, FREQUENCIES, FREQUENCY_MARKS, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::response::{between, points};
use crate::editor::widget::spectrum::{Spectrum, area};
use crate::editor::widget::{focus_ring, history, text_within, toggle};
use crate::params::ParamIndex;
use curve::{Curve, now, strip};
use egui::{
    Align, Align2, EventFilter, Id, Key, Label, Painter, Pos2, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};
use tandem_dsp::Listen;
use tandem_dsp::control::{Dial, Group};
use tandem_dsp::module::eq::{
    BAND, BAND_ON, BANDS, EqSettings, FREQUENCY, GAIN, GROUP, HIGH_PASS, HIGH_PASS_FREQUENCY, LOW_PASS,
    LOW_PASS_FREQUENCY, LinearEqSettings, PLACEMENT, Placement, Q, Response, SHAPE, SLOPE, dynamic,
};
use tandem_dsp::module::key;

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == GROUP.id, make: |_| Box::new(Eq::new()), opens_first: true };

/// Gains that the picture can show, up and down, dB. The second where a band goes beyond the first.
const GAINS_DB: [f32; 2] = [18.0, 27.0];

/// A band's gain from which the second is shown.
const WIDE_FROM_DB: f64 = 15.5;

/// A band, or one of the two cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Band {
    HighPass,
    Number(usize),
    LowPass,
}

impl Band {
    /// From low to high.
    fn all() -> impl Iterator<Item = Self> {
        [Self::HighPass].into_iter().chain((0..BANDS).map(Self::Number)).chain([Self::LowPass])
    }

    fn group(self) -> &'static Group {
        match self {
            Self::HighPass => &HIGH_PASS,
            Self::Number(i) => &BAND[i],
            Self::LowPass => &LOW_PASS,
        }
    }

    /// As on its node.
    fn label(self) -> String {
        match self {
            Self::HighPass => "HP".to_string(),
            Self::Number(i) => (i + 1).to_string(),
            Self::LowPass => "LP".to_string(),
        }
    }

    fn title(self) -> String {
        match self {
            Self::HighPass => "High-pass".to_string(),
            Self::Number(i) => format!("Band {}", i + 1),
            Self::LowPass => "Low-pass".to_string(),
        }
    }

    fn frequency(self) -> &'static Dial {
        match self {
            Self::HighPass => &HIGH_PASS_FREQUENCY,
            Self::Number(_) => &FREQUENCY,
            Self::LowPass => &LOW_PASS_FREQUENCY,
        }
    }

    fn is_on(self, settings: &EqSettings) -> bool {
        match self {
            Self::HighPass => settings.high_pass.on,
            Self::Number(i) => settings.bands[i].on,
            Self::LowPass => settings.low_pass.on,
        }
    }

    /// Whether it has a gain to set.
    fn has_gain(self, settings: &EqSettings) -> bool {
        matches!(self, Self::Number(i) if settings.bands[i].shape.has_gain())
    }

    fn freq_hz(self, settings: &EqSettings) -> f64 {
        match self {
            Self::HighPass => settings.high_pass.freq_hz,
            Self::Number(i) => settings.bands[i].freq_hz,
            Self::LowPass => settings.low_pass.freq_hz,
        }
    }

    /// What it does by itself at a frequency, dB.
    fn alone_db(self, response: &Response, freq_hz: f64) -> f64 {
        match self {
            Self::HighPass => response.high_pass_db(freq_hz),
            Self::Number(i) => response.band_db(i, freq_hz),
            Self::LowPass => response.low_pass_db(freq_hz),
        }
    }

    fn on(self, session: &Session) -> ParamIndex {
        session.controls.group(self.group()).switch(&BAND_ON)
    }
}

struct Eq {
    selected: Band,
    spectrum: Spectrum,
    /// Whether the picture shows the wider range of gains.
    wide: bool,
    curve: Option<Curve>,
}

impl Eq {
    fn new() -> Self {
        Self { selected: Band::Number(0), spectrum: Spectrum::default(), wide: false, curve: None }
    }
}

impl Panel for Eq {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        shown && self.spectrum.update(session.telemetry, session.now)
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let whole = phase::settings(session);
        let settings = whole.filters;
        // Not in the midst of a drag: the picture would run away below the pointer.
        if !ui.input(|input| input.pointer.any_down()) {
            self.wide =
                settings.bands.iter().any(|band| band.on && band.shape.has_gain() && band.gain_db.abs() > WIDE_FROM_DB);
        }
        let rate = session.rate();
        let controls = if self.is_dynamic(&settings) { CONTROLS + DYNAMICS } else { CONTROLS };
        super::picture(ui, controls, |ui, rect| self.picture(ui, session, &whole, rate, rect));
        self.bands(ui, session, &settings);
        ui.add_space(theme::GAP);
        self.controls(ui, session, &settings);
        if self.is_dynamic(&settings) {
            ui.add_space(4.0);
            self.dynamics(ui, session, &settings);
        }
    }

    fn figure(&self, session: &Session) -> String {
        let settings: EqSettings = session.settings(&GROUP);
        match Band::all().filter(|band| band.is_on(&settings)).count() {
            0 => "flat".to_string(),
            1 => "1 band".to_string(),
            n => format!("{n} bands"),
        }
    }
}

/// Height of the row of a dynamic band.
const DYNAMICS: f32 = 92.0;

/// Height of what stands below the picture.
const CONTROLS: f32 = 134.0;

impl Eq {
    fn picture(&mut self, ui: &mut Ui, session: &Session, whole: &LinearEqSettings, rate: f64, rect: Rect) {
        let settings = &whole.filters;
        let (colours, most) = (session.colours, GAINS_DB[usize::from(self.wide)]);
        let graph = Graph { rect, x: FREQUENCIES, y: Axis::linear(-most, most) };
        let painter = ui.painter().clone();
        graph.ground(&painter, colours);
        graph.x_grid(&painter, colours, &FREQUENCY_MARKS);
        let step = if self.wide { 9.0 } else { 6.0 };
        let marks: Vec<f32> = (-2..=2).map(|i| i as f32 * step).collect();
        graph.y_grid(&painter, colours, &marks, Align::Max, signed);
        self.spectrum.paint(&painter, &graph, colours.input, colours.output);
        painter.hline(rect.x_range(), graph.y_at(0.0), Stroke::new(1.0, colours.line));
        let response = settings.response(rate);
        let on = session.is_on(&GROUP);
        if self.selected.is_on(settings) && on {
            self.alone(&painter, session, &graph, &response, rate);
        }
        let colour = if on { colours.yours } else { colours.mute };
        let curve = Curve::of(self.curve.take(), whole, rate, super::latency_mode(session), graph);
        let set = curve.points.clone();
        if on && let Some(now) = now(session, settings) {
            let moved = curve.response.with(&now);
            let moved = points(&graph, rate, |freq_hz| moved.magnitude_db(freq_hz, Placement::Stereo));
            painter.with_clip_rect(rect).add(strip(&set, &moved, colours.taken.gamma_multiply(0.4)));
        }
        self.curve = Some(curve);
        graph.curve(&painter, set, Stroke::new(2.0, colour));
        history::legend(&painter, rect, &[("Before", colours.input), ("After", colours.output)], colours.mute);
        if Band::all().all(|band| !band.is_on(settings)) {
            let at = Pos2::new(rect.center().x, graph.y_at(0.0) - 24.0);
            let text = "Double-click to add a band";
            graph::label(&painter, at, Align2::CENTER_CENTER, text, theme::body(), colours.mute, rect.width());
        }
        // Nodes lie above them.
        graph::labels(&painter, colours);
        nodes::show(ui, session, &graph, settings, &response, &mut self.selected);
    }

    /// What the selected band does by itself.
    fn alone(&self, painter: &Painter, session: &Session, graph: &Graph, response: &Response, rate: f64) {
        let points = points(graph, rate, |freq_hz| self.selected.alone_db(response, freq_hz));
        let inside = painter.with_clip_rect(graph.rect);
        // Two areas: above the middle, and below it.
        let zero = graph.y_at(0.0);
        let yours = session.colours.yours.gamma_multiply(0.1);
        let above: Vec<_> = points.iter().map(|at| Pos2::new(at.x, at.y.min(zero))).collect();
        inside.add(area(&above, zero, yours));
        let below: Vec<_> = points.iter().map(|at| Pos2::new(at.x, at.y.max(zero))).collect();
        inside.add(between(&below, zero, yours));
    }

    /// A tab for each band: a dot where it is on.
    fn bands(&mut self, ui: &mut Ui, session: &Session, settings: &EqSettings) {
        let colours = session.colours;
        self.selected = tab_keys(ui, self.selected);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for band in Band::all() {
                let (rect, _) = ui.allocate_exact_size(vec2(44.0, 26.0), Sense::hover());
                let selected = band == self.selected;
                let id = tab_id(band);
                let response = ui.interact(rect, id, if selected { Sense::click() } else { Sense::CLICK });
                let (on, name) = (band.is_on(settings), band.group().name);
                response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, name));
                let lit = ui.ctx().animate_bool(id.with("lit"), response.hovered());
                let fill = crate::editor::widget::between(colours.raised, colours.line, 0.6 * lit);
                ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, fill);
                if selected {
                    let stroke = Stroke::new(1.5, colours.yours);
                    ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, stroke, StrokeKind::Inside);
                }
                let dot = rect.left_center() + vec2(10.0, 0.0);
                if on {
                    ui.painter().circle_filled(dot, 3.0, colours.yours);
                } else {
                    ui.painter().circle_stroke(dot, 2.5, Stroke::new(1.0, colours.mute));
                }
                let at = rect.center() + vec2(6.0, 0.0);
                let ink = if on { colours.ink } else { colours.mute };
                text_within(ui.painter(), at, Align2::CENTER_CENTER, &band.label(), theme::body(), ink, 28.0);
                focus_ring(ui, &response, rect, colours);
                if response.clicked() {
                    self.selected = band;
                    response.request_focus();
                }
                let help = "Shows its controls; left and right arrow keys go from band to band.";
                if response.hovered() || response.has_focus() {
                    session.say(Help { name: band.title(), text: help.to_string(), wrong: false });
                }
                response.on_hover_text(format!("{}. {help}", band.title()));
            }
            let delta = Rect::from_min_max(
                Pos2::new(ui.max_rect().right() - 64.0, ui.min_rect().top()),
                ui.max_rect().right_top() + vec2(0.0, 26.0),
            );
            listen::toggle(ui, session, &GROUP, Listen::Delta, delta);
            if phase::is_there(session) {
                let at = Pos2::new(delta.left() - 68.0 - phase::WIDTH - 12.0, delta.top());
                phase::show(ui, session, at);
            }
            if let Band::Number(i) = self.selected {
                let solo = Listen::Band(i as u8);
                let listening = &session.telemetry.listening;
                // A solo goes along to the band that is chosen next.
                if matches!(listening.get(&GROUP), Listen::Band(_)) && listening.get(&GROUP) != solo {
                    listening.set(&GROUP, solo);
                }
                listen::toggle(ui, session, &GROUP, solo, delta.translate(vec2(-68.0, 0.0)));
            }
        });
    }

    /// Whether the selected band follows the level.
    fn is_dynamic(&self, settings: &EqSettings) -> bool {
        matches!(self.selected, Band::Number(i) if settings.bands[i].dynamics.on) && self.selected.has_gain(settings)
    }

    /// Whether the selected band listens to a side-chain that has been silent for long.
    fn misses_its_key(&self, session: &Session, settings: &EqSettings) -> bool {
        let is_external = |i: usize| settings.bands[i].dynamics.key == key::Source::External;
        matches!(self.selected, Band::Number(i) if is_external(i))
            && session.look.get(&GROUP, &key::NO_KEY_READOUT).is_some_and(|silent| silent >= 0.5)
    }

    /// How the selected band follows the level.
    fn dynamics(&self, ui: &mut Ui, session: &Session, settings: &EqSettings) {
        let group = session.controls.group(self.selected.group());
        super::row(ui, |ui| {
            let mode = group.choice(&dynamic::MODE);
            super::titled(ui, session, "Threshold Mode", |ui| segments(ui, session, mode, 1, 92.0));
            super::divide(ui, session);
            for dial in [&dynamic::RANGE, &dynamic::THRESHOLD, &dynamic::ATTACK, &dynamic::RELEASE] {
                knob(ui, session, group.dial(dial), Size::Small);
            }
            super::divide(ui, session);
            let source = group.choice(&key::SOURCE);
            let (title, colour) = if self.misses_its_key(session, settings) {
                ("No key", session.colours.taken)
            } else {
                ("Key", session.colours.mute)
            };
            super::titled_in(ui, colour, title, |ui| segments(ui, session, source, 1, 92.0));
            if phase::is_linear(session) {
                super::divide(ui, session);
                super::titled(ui, session, "Phase", |ui| {
                    let text = RichText::new("Minimum, as it moves").font(theme::body()).color(session.colours.ink);
                    ui.add(Label::new(text));
                });
            }
        });
    }

    /// The controls of the selected band.
    fn controls(&self, ui: &mut Ui, session: &Session, settings: &EqSettings) {
        let band = self.selected;
        let group = session.controls.group(band.group());
        super::row(ui, |ui| {
            super::titled(ui, session, &band.title(), |ui| {
                toggle::toggle(ui, session, band.on(session), Some(76.0));
                if let Band::Number(_) = band {
                    let index = group.switch(&dynamic::DYNAMIC);
                    ui.add_enabled_ui(band.has_gain(settings), |ui| {
                        toggle::toggle(ui, session, index, Some(76.0));
                    });
                }
            });
            super::divide(ui, session);
            match band {
                Band::HighPass | Band::LowPass => {
                    super::titled(ui, session, "Slope", |ui| segments(ui, session, group.choice(&SLOPE), 3, 252.0));
                    super::divide(ui, session);
                    knob(ui, session, group.dial(band.frequency()), Size::Medium);
                }
                Band::Number(_) => {
                    super::titled(ui, session, "Shape", |ui| segments(ui, session, group.choice(&SHAPE), 3, 252.0));
                    super::divide(ui, session);
                    knob(ui, session, group.dial(&FREQUENCY), Size::Medium);
                    let has_gain = band.has_gain(settings);
                    ui.add_enabled_ui(has_gain, |ui| knob(ui, session, group.dial(&GAIN), Size::Medium));
                    knob(ui, session, group.dial(&Q), Size::Medium);
                    super::divide(ui, session);
                    let place = group.choice(&PLACEMENT);
                    super::titled(ui, session, "Placement", |ui| segments(ui, session, place, 3, 168.0));
                }
            }
        });
    }
}

fn tab_id(band: Band) -> Id {
    Id::unique(("eq band", band.group().id))
}

/// Left and right go from band to band. Returns the selected one.
fn tab_keys(ui: &Ui, selected: Band) -> Band {
    let id = tab_id(selected);
    if !ui.memory(|memory| memory.has_focus(id)) {
        return selected;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let all: Vec<_> = Band::all().collect();
    let at = all.iter().position(|band| *band == selected).unwrap_or(0);
    let next = match (pressed(Key::ArrowLeft), pressed(Key::ArrowRight)) {
        (true, false) => all[at.saturating_sub(1)],
        (false, true) => all[(at + 1).min(all.len() - 1)],
        _ => selected,
    };
    if next != selected {
        ui.memory_mut(|memory| memory.request_focus(tab_id(next)));
    }
    next
}

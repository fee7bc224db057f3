//! The nodes on the curve: dragged, turned by the wheel, added and removed.

use super::{Band, GAINS_DB};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::Graph;
use crate::editor::widget::{control, shows_focus, text_within};
use crate::params::ParamIndex;
use egui::{
    Align2, CursorIcon, EventFilter, Key, PointerButton, Pos2, Rect, Response as Touch, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use tandem_dsp::control::{Choice, Dial};
use tandem_dsp::module::eq::{BANDS, EqSettings, FREQUENCY, GAIN, PLACEMENT, Q, Response, SHAPE, SLOPE};

/// A node's radius, and the side of what can be touched.
const RADIUS: f32 = 11.0;
const TOUCH: f32 = 28.0;

/// With shift a drag goes a tenth as far.
const FINE: f32 = 0.1;

/// Octaves and dB that an arrow key goes, and with shift.
const KEY_OCTAVES: [f64; 2] = [1.0 / 12.0, 1.0 / 96.0];
const KEY_DB: [f64; 2] = [0.5, 0.1];

/// Octaves of Q that a notch of the wheel, or a press of page up or page down, goes.
const Q_OCTAVES: f64 = 0.25;

/// Draws a node for each band that is on, and lets the hands at them.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    graph: &Graph,
    settings: &EqSettings,
    response: &Response,
    selected: &mut Band,
) {
    let ground = ui.interact(graph.rect, ui.make_persistent_id("ground"), Sense::CLICK);
    ground.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "EQ curve"));
    if ground.double_clicked()
        && let Some(at) = ground.interact_pointer_pos()
    {
        add(session, graph, settings, at, selected);
    }
    if ground.hovered() {
        let text = "Double-click adds a band where you click. Drag a node for frequency and gain, the wheel is its Q.";
        session.say(Help { name: "EQ".to_string(), text: text.to_string(), wrong: false });
    }
    // The selected one last, on top of the others.
    let others: Vec<_> = Band::all().filter(|band| band != selected).collect();
    for band in others.into_iter().chain([*selected]).filter(|band| band.is_on(settings)) {
        node(ui, session, graph, settings, response, band, selected);
    }
}

/// Switches the first free band on where someone has double-clicked.
fn add(session: &Session, graph: &Graph, settings: &EqSettings, at: Pos2, selected: &mut Band) {
    let Some(free) = (0..BANDS).map(Band::Number).find(|band| !band.is_on(settings)) else {
        let text = "All eight bands are in use.".to_string();
        return session.say(Help { name: "EQ".to_string(), text, wrong: true });
    };
    let (freq_hz, gain_db) = graph.values(at);
    let group = session.controls.group(free.group());
    let changes = [
        (free.on(session), 1.0),
        (group.dial(&FREQUENCY), f64::from(freq_hz)),
        (group.dial(&GAIN), f64::from(gain_db)),
        (group.dial(&Q), Q.default),
        (group.choice(&SHAPE), SHAPE.default as f64),
        (group.choice(&PLACEMENT), PLACEMENT.default as f64),
    ];
    session.bulk(&changes);
    *selected = free;
}

fn node(
    ui: &mut Ui,
    session: &Session,
    graph: &Graph,
    settings: &EqSettings,
    response: &Response,
    band: Band,
    selected: &mut Band,
) {
    let at = place(graph, settings, response, band);
    let id = ui.make_persistent_id(("node", band.group().id));
    let touch = ui.interact(Rect::from_center_size(at, Vec2::splat(TOUCH)), id, Sense::click_and_drag());
    let touch = touch.on_hover_cursor(CursorIcon::Grab);
    if touch.clicked() || touch.drag_started() || touch.secondary_clicked() || touch.gained_focus() {
        *selected = band;
        touch.request_focus();
    }
    let group = session.controls.group(band.group());
    let frequency = group.dial(band.frequency());
    let gain = band.has_gain(settings).then(|| group.dial(&GAIN));
    drag(ui, session, graph, &touch, frequency, gain);
    if touch.double_clicked() {
        session.set(band.on(session), 0.0);
    } else if touch.clicked() && ui.input(|input| input.modifiers.alt) {
        reset(session, band, frequency, gain);
    }
    let notches = control::notches(ui, &touch);
    if notches != 0.0 {
        turn(session, band, notches);
    }
    keys(ui, session, &touch, band, frequency, gain);
    menu(session, &touch, band, frequency, gain);
    let text = describe(session, band, settings);
    let name = band.group().name;
    touch.widget_info(|| WidgetInfo {
        label: Some(format!("{name} node")),
        value: Some(gain.map_or(session.value(frequency), |gain| session.value(gain))),
        current_text_value: Some(text.clone()),
        ..WidgetInfo::new(Role::Slider)
    });
    if touch.hovered() || touch.dragged() || touch.has_focus() {
        let how = "Drag for frequency and gain, shift for fine, wheel for Q; double-click or Delete removes it.";
        session.say(Help { name: format!("{name}: {text}"), text: how.to_string(), wrong: false });
    }
    paint(ui, session, &touch, band, at, band == *selected);
    if touch.hovered() || touch.dragged() {
        chip(ui, session, graph, at, &text);
    }
}

/// Where a band's node is: at its gain, or where its cut has come to -3 dB.
fn place(graph: &Graph, settings: &EqSettings, response: &Response, band: Band) -> Pos2 {
    let freq_hz = band.freq_hz(settings);
    let db = match band {
        Band::Number(i) if settings.bands[i].shape.has_gain() => settings.bands[i].gain_db,
        Band::Number(_) => 0.0,
        Band::HighPass | Band::LowPass => band.alone_db(response, freq_hz),
    };
    let most = f64::from(GAINS_DB[1]);
    let at = graph.at(freq_hz as f32, db.clamp(-most, most) as f32);
    // A node beyond the edge stays within reach.
    let reach = graph.rect.shrink(0.5 * TOUCH);
    pos2(at.x.clamp(reach.left(), reach.right()), at.y.clamp(reach.top(), reach.bottom()))
}

fn drag(ui: &Ui, session: &Session, graph: &Graph, touch: &Touch, frequency: ParamIndex, gain: Option<ParamIndex>) {
    let id = touch.id.with("at");
    if touch.drag_started_by(PointerButton::Primary) {
        let db = gain.map_or(0.0, |gain| session.value(gain) as f32);
        ui.data_mut(|data| data.insert_temp(id, graph.at(session.value(frequency) as f32, db)));
        let indices: Vec<_> = [Some(frequency), gain].into_iter().flatten().collect();
        session.begin(&indices);
    }
    if touch.dragged_by(PointerButton::Primary) {
        session.hold();
        let fine = if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
        let from = ui.data(|data| data.get_temp(id)).unwrap_or(touch.rect.center());
        let at: Pos2 = from + control::drag_delta(touch) * fine;
        ui.data_mut(|data| data.insert_temp(id, at));
        let (freq_hz, db) = graph.values(at);
        let within = |dial: &Dial, value: f32| f64::from(value).clamp(dial.range.0, dial.range.1);
        session.drag(frequency, within(&FREQUENCY, freq_hz));
        if let Some(gain) = gain {
            session.drag(gain, within(&GAIN, db));
        }
    }
    if touch.drag_stopped_by(PointerButton::Primary) {
        session.end();
    }
}

/// Back to no gain and the usual Q; a cut, to its usual frequency.
fn reset(session: &Session, band: Band, frequency: ParamIndex, gain: Option<ParamIndex>) {
    match (band, gain) {
        (Band::Number(_), Some(gain)) => session.set(gain, 0.0),
        (Band::Number(_), None) => {
            let q = session.controls.group(band.group()).dial(&Q);
            session.set(q, Q.default);
        }
        _ => session.set(frequency, session.controls.default(frequency)),
    }
}

/// The wheel: Q, or a cut's slope.
fn turn(session: &Session, band: Band, notches: f64) {
    let group = session.controls.group(band.group());
    match band {
        Band::Number(_) => {
            let q = group.dial(&Q);
            let value = session.value(q) * (notches * Q_OCTAVES).exp2();
            session.set(q, value.clamp(Q.range.0, Q.range.1));
        }
        Band::HighPass | Band::LowPass => {
            let slope = group.choice(&SLOPE);
            let last = (SLOPE.options.len() - 1) as f64;
            session.set(slope, (session.value(slope) + notches.signum()).clamp(0.0, last));
        }
    }
}

fn keys(ui: &Ui, session: &Session, touch: &Touch, band: Band, frequency: ParamIndex, gain: Option<ParamIndex>) {
    if !touch.has_focus() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(touch.id, filter));
    let fine = usize::from(ui.input(|input| input.modifiers.shift));
    let pressed = |key| ui.input(|input| input.num_presses(key)) as f64;
    let octaves = (pressed(Key::ArrowRight) - pressed(Key::ArrowLeft)) * KEY_OCTAVES[fine];
    if octaves != 0.0 {
        let value = session.value(frequency) * octaves.exp2();
        session.set(frequency, value.clamp(FREQUENCY.range.0, FREQUENCY.range.1));
    }
    let db = (pressed(Key::ArrowUp) - pressed(Key::ArrowDown)) * KEY_DB[fine];
    if db != 0.0
        && let Some(gain) = gain
    {
        session.set(gain, (session.value(gain) + db).clamp(GAIN.range.0, GAIN.range.1));
    }
    let turns = pressed(Key::PageUp) - pressed(Key::PageDown);
    if turns != 0.0 {
        turn(session, band, turns);
    }
    if pressed(Key::Delete) + pressed(Key::Backspace) > 0.0 {
        session.set(band.on(session), 0.0);
    }
}

fn menu(session: &Session, touch: &Touch, band: Band, frequency: ParamIndex, gain: Option<ParamIndex>) {
    let group = session.controls.group(band.group());
    touch.context_menu(|ui| {
        let options = |ui: &mut Ui, index: ParamIndex, choice: &Choice| {
            for (i, option) in choice.options.iter().enumerate() {
                if ui.selectable_label(session.value(index) as usize == i, option.name).clicked() {
                    session.set(index, i as f64);
                    ui.close();
                }
            }
            ui.separator();
        };
        match band {
            Band::Number(_) => options(ui, group.choice(&SHAPE), &SHAPE),
            Band::HighPass | Band::LowPass => options(ui, group.choice(&SLOPE), &SLOPE),
        }
        if ui.button("Reset").clicked() {
            reset(session, band, frequency, gain);
            ui.close();
        }
        if ui.button("Remove").clicked() {
            session.set(band.on(session), 0.0);
            ui.close();
        }
    });
}

/// "240 Hz  -4.2 dB  Q 1.60".
fn describe(session: &Session, band: Band, settings: &EqSettings) -> String {
    let group = session.controls.group(band.group());
    let mut text = session.text(group.dial(band.frequency()));
    if band.has_gain(settings) {
        text += &format!("  {}", session.text(group.dial(&GAIN)));
    }
    match band {
        Band::Number(_) => text + &format!("  Q {}", session.text(group.dial(&Q))),
        Band::HighPass | Band::LowPass => text + &format!("  {}", session.text(group.choice(&SLOPE))),
    }
}

fn paint(ui: &Ui, session: &Session, touch: &Touch, band: Band, at: Pos2, selected: bool) {
    let (colours, painter) = (session.colours, ui.painter());
    let lit = ui.ctx().animate_bool(touch.id.with("lit"), touch.hovered());
    let (fill, ink) = if selected { (colours.yours, colours.on_yours) } else { (colours.bg, colours.ink) };
    painter.circle(at, RADIUS + lit, fill, Stroke::new(2.0, colours.yours));
    if shows_focus(ui, touch) {
        painter.circle_stroke(at, RADIUS + 4.0, Stroke::new(1.5, colours.ink));
    }
    text_within(painter, at, Align2::CENTER_CENTER, &band.label(), theme::small(), ink, 2.0 * RADIUS - 4.0);
}

/// What a node is set to, beside it.
fn chip(ui: &Ui, session: &Session, graph: &Graph, at: Pos2, text: &str) {
    let colours = session.colours;
    let galley = ui.painter().layout_no_wrap(text.to_string(), theme::body(), colours.ink);
    let size = galley.size() + vec2(16.0, 10.0);
    let mut rect = Rect::from_min_size(at + vec2(18.0, 12.0), size);
    if rect.right() > graph.rect.right() {
        rect = rect.translate(vec2(at.x - 18.0 - rect.right(), 0.0));
    }
    if rect.bottom() > graph.rect.bottom() {
        rect = rect.translate(vec2(0.0, at.y - 12.0 - rect.bottom()));
    }
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, colours.raised);
    ui.painter().galley(rect.min + vec2(8.0, 5.0), galley, colours.ink);
}

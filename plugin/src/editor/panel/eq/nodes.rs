//! The nodes on the curve: dragged, turned by the wheel, added and removed.

use super::{Band, GAINS_DB};
use crate::editor::session::{Help, Session};
use crate::editor::widget::graph::Graph;
use crate::editor::widget::node::{RADIUS, TOUCH};
use crate::editor::widget::{control, mark, node};
use crate::params::ParamIndex;
use egui::{
    CursorIcon, EventFilter, Key, Pos2, Rect, Response as Touch, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use tandem_dsp::control::Choice;
use tandem_dsp::module::eq::{BANDS, EqSettings, FREQUENCY, GAIN, PLACEMENT, Q, Response, SHAPE, SLOPE};

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
        of_band(ui, session, graph, settings, response, band, selected);
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
    session.bulk_as(&format!("Add {}", free.group().name), &changes);
    *selected = free;
}

fn of_band(
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
    node::drag(ui, session, graph, &touch, (frequency, band.frequency()), gain.map(|gain| (gain, &GAIN)));
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
    node::paint(ui, session, &touch, &band.label(), at, band == *selected);
    let moved = [Some(frequency), gain].into_iter().flatten().max_by_key(|index| session.automation(*index));
    if let Some(index) = moved {
        mark::mark(ui.painter(), session, index, at + vec2(RADIUS, -RADIUS));
    }
    if touch.hovered() || touch.dragged() {
        node::chip(ui, session, graph, at, &text);
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
            session.nudge(q, value.clamp(Q.range.0, Q.range.1));
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
        session.nudge(frequency, value.clamp(FREQUENCY.range.0, FREQUENCY.range.1));
    }
    let db = (pressed(Key::ArrowUp) - pressed(Key::ArrowDown)) * KEY_DB[fine];
    if db != 0.0
        && let Some(gain) = gain
    {
        session.nudge(gain, (session.value(gain) + db).clamp(GAIN.range.0, GAIN.range.1));
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

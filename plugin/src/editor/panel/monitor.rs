//! Monitor: what is heard instead of the output, and what the output becomes elsewhere.

mod devices;
mod references;
mod song;

use super::{Kind, Panel};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::{between, focus_ring, text_within, toggle};
use crate::telemetry::monitoring::Compared;
use devices::Devices;
use egui::{
    Align2, Event, EventFilter, Id, Key, Modifiers, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};
use references::References;
use tandem_dsp::control::Group;
use tandem_dsp::monitor::Part;

/// Its group: it has no parameters.
pub static GROUP: Group = Group { id: "monitor", name: "Monitor" };

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == GROUP.id, make: |_| Box::<Monitor>::default(), opens_first: false };

/// Height of a button.
const HEIGHT: f32 = 28.0;

/// Widths at the top.
const PART: f32 = 62.0;
const DIM: f32 = 56.0;
const TAB: f32 = 92.0;

/// What there is beside the parts of the sound.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Devices,
    References,
}

#[derive(Default)]
struct Monitor {
    page: Page,
    devices: Devices,
    references: References,
}

impl Panel for Monitor {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        self.devices.update(session, shown && self.page == Page::Devices);
        self.references.update(session, shown && self.page == Page::References)
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let area = ui.max_rect();
        let top = Rect::from_min_size(area.min, vec2(area.width(), HEIGHT));
        part(ui, top, "parts", |ui| parts(ui, session));
        part(ui, top, "pages", |ui| self.pages(ui, session));
        let below = Rect::from_min_max(pos2(area.left(), top.bottom() + 10.0), area.max);
        part(ui, below, "page", |ui| match self.page {
            Page::Devices => self.devices.show(ui, session),
            Page::References => self.references.show(ui, session),
        });
    }

    fn figure(&self, session: &Session) -> String {
        if session.telemetry.monitoring.is_on() { "on".to_string() } else { String::new() }
    }
}

impl Monitor {
    fn pages(&mut self, ui: &Ui, session: &Session) {
        let area = ui.max_rect();
        let all = [
            (Page::Devices, "Devices", "What playback devices leave of the master, to read and to listen through."),
            (Page::References, "References", "Songs to compare the master with, equally loud."),
        ];
        for (i, (page, name, help)) in all.into_iter().enumerate() {
            let left = area.right() - (all.len() - i) as f32 * (TAB + 4.0) + 4.0;
            let rect = Rect::from_min_size(pos2(left, area.top()), vec2(TAB, HEIGHT));
            let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, page == self.page, name));
            let colours = session.colours;
            let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
            ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, between(colours.raised, colours.line, 0.6 * lit));
            if page == self.page {
                let stroke = Stroke::new(1.5, colours.yours);
                ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, stroke, StrokeKind::Inside);
            }
            text_within(
                ui.painter(),
                rect.center(),
                Align2::CENTER_CENTER,
                name,
                theme::body(),
                colours.ink,
                TAB - 8.0,
            );
            focus_ring(ui, &response, rect, colours);
            say(session, &response, name, help);
            if response.clicked() {
                self.page = page;
                response.request_focus();
            }
        }
    }
}

/// The parts of the sound, and the softer one.
fn parts(ui: &Ui, session: &Session) {
    let area = ui.max_rect();
    let asked = &session.telemetry.monitoring;
    let all = [
        (Part::Stereo, "Stereo", "Left and right as they are."),
        (Part::Mono, "Mono", "Half of left plus right on both sides: what a device with one loudspeaker plays."),
        (Part::Side, "Side", "Half of left minus right on both sides: what is lost in mono."),
        (Part::Left, "Left", "The left channel on both sides."),
        (Part::Right, "Right", "The right channel on both sides."),
    ];
    let place = |i: usize, wide: f32| {
        Rect::from_min_size(pos2(area.left() + i as f32 * (PART + 4.0), area.top()), vec2(wide, HEIGHT))
    };
    let options: Vec<Choosable> = all
        .iter()
        .enumerate()
        .map(|(i, (_, name, help))| Choosable {
            rect: place(i, PART),
            name: format!("Listen: {name}"),
            help: format!("{help} Never saved, off in a bounce."),
        })
        .collect();
    let chosen = all.iter().position(|(part, ..)| *part == asked.part()).unwrap_or(0);
    let next = choose(ui, session, "part", &options, chosen, |i, response| {
        toggle::button(ui, session, response, options[i].rect, all[i].1, i == chosen);
    });
    if let Some(i) = next {
        asked.set_part(all[i].0);
    }
    let rect = place(all.len(), DIM).translate(vec2(8.0, 0.0));
    let help = "20 dB softer, to talk or to hear what carries. Never saved, off in a bounce.";
    if switch(ui, session, rect, "Dim", "Dim", help, asked.dim()).clicked() {
        asked.set_dim(!asked.dim());
    }
}

/// R hears the reference, or the master again.
pub fn keys(ui: &Ui, session: &Session) {
    if !session.telemetry.has_monitor() || ui.ctx().text_edit_focused() {
        return;
    }
    if !ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::R)) {
        return;
    }
    // It is no letter for whatever has the focus.
    let is_letter = |event: &Event| matches!(event, Event::Text(text) if text.eq_ignore_ascii_case("r"));
    ui.input_mut(|input| input.events.retain(|event| !is_letter(event)));
    let asked = &session.telemetry.monitoring;
    match asked.compared() {
        Compared::Reference => asked.compare(Compared::Master),
        _ if asked.playing().is_some() => asked.compare(Compared::Reference),
        _ => {
            let text = "None is loaded: choose one on the Monitor's page References.".to_string();
            session.tell(Help { name: "Reference".to_string(), text, wrong: true });
        }
    }
}

/// One of several things of which one can be chosen.
struct Choosable {
    rect: Rect,
    name: String,
    help: String,
}

/// All of `options` as one stop for the keyboard, within which the arrows choose; `paint` paints each. Returns what has
/// just been chosen.
fn choose(
    ui: &Ui,
    session: &Session,
    id: &str,
    options: &[Choosable],
    chosen: usize,
    paint: impl Fn(usize, &Response),
) -> Option<usize> {
    let own = |i: usize| -> Id { ui.make_persistent_id((id, i)) };
    let mut next = arrows(ui, own(chosen)).and_then(|by| {
        let to = chosen.saturating_add_signed(by).min(options.len().saturating_sub(1));
        (to != chosen).then_some(to)
    });
    if let Some(to) = next {
        ui.memory_mut(|memory| memory.request_focus(own(to)));
    }
    // What has no focus loses it: the one that the arrows have just gone to keeps it.
    let stop = next.unwrap_or(chosen);
    for (i, option) in options.iter().enumerate() {
        let sense = if i == stop { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(option.rect, own(i), sense);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, i == chosen, &option.name));
        if response.clicked() {
            next = Some(i);
            response.request_focus();
        }
        paint(i, &response);
        say(session, &response, &option.name, &option.help);
        response.on_hover_text(&option.help);
    }
    next
}

/// By how much the arrow keys have moved on `id`, if it has the focus.
fn arrows(ui: &Ui, id: Id) -> Option<isize> {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| isize::from(ui.input(|input| input.key_pressed(key)));
    let by = pressed(Key::ArrowRight) + pressed(Key::ArrowDown) - pressed(Key::ArrowLeft) - pressed(Key::ArrowUp);
    (by != 0).then_some(by)
}

/// A button that does something.
fn button(ui: &Ui, session: &Session, rect: Rect, text: &str, name: &str, help: &str) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    toggle::button(ui, session, &response, rect, text, false);
    say(session, &response, name, help);
    if response.clicked() {
        response.request_focus();
    }
    response.on_hover_text(help)
}

/// A button that stays down.
fn switch(ui: &Ui, session: &Session, rect: Rect, text: &str, name: &str, help: &str, on: bool) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, name));
    toggle::button(ui, session, &response, rect, text, on);
    say(session, &response, name, help);
    if response.clicked() {
        response.request_focus();
    }
    response.on_hover_text(help)
}

fn say(session: &Session, response: &Response, name: &str, help: &str) {
    if response.contains_pointer() || response.has_focus() {
        session.say(Help { name: name.to_string(), text: help.to_string(), wrong: false });
    }
}

fn part<R>(ui: &mut Ui, rect: Rect, name: &'static str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let mut inside = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    inside.shrink_clip_rect(rect.expand(4.0));
    contents(&mut inside)
}

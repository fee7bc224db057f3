//! The menu of a module's tile.

use super::super::panel::Tile;
use super::super::session::Session;
use super::super::theme;
use super::{Move, settings_text};
use egui::{Button, Key, Modifiers, Popup, PopupAnchor, Response, RichText, SetOpenCommand, Ui};
use tandem_dsp::Listen;
use tandem_dsp::control::Group;

/// Lets a right click, or Enter on the tile, open its menu. `step` is the move by so many places.
pub fn menu<'a>(
    ui: &Ui,
    session: &Session,
    tile: &Tile,
    response: &Response,
    step: &dyn Fn(isize) -> Option<Move<'a>>,
) {
    let by_key = response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let mut popup = Popup::context_menu(response);
    if by_key {
        popup = popup.open_memory(SetOpenCommand::Bool(true));
    }
    // Opened by key it has no pointer to be at.
    let below = response.id.with("below");
    if by_key || response.secondary_clicked() {
        ui.data_mut(|data| data.insert_temp(below, by_key));
    }
    if by_key || ui.data(|data| data.get_temp(below)).unwrap_or(false) {
        popup = popup.anchor(PopupAnchor::ParentRect(response.rect)).gap(4.0);
    }
    let chosen = popup.show(|ui| entries(ui, session, tile.group, step));
    if chosen.is_some_and(|chosen| chosen.inner) {
        response.request_focus();
    }
}

/// Returns whether something was chosen.
fn entries<'a>(
    ui: &mut Ui,
    session: &Session,
    group: &'static Group,
    step: &dyn Fn(isize) -> Option<Move<'a>>,
) -> bool {
    let (mut chosen, colours) = (false, session.colours);
    let mut entry = |ui: &mut Ui, text: &str, enabled: bool| {
        let text = RichText::new(text).font(theme::body()).color(if enabled { colours.ink } else { colours.mute });
        let response = ui.add_enabled(enabled, Button::new(text));
        if response.clicked() {
            chosen = true;
            ui.close();
        }
        response.clicked()
    };
    if let Some(power) = session.power(group) {
        let on = session.value(power) >= 0.5;
        if entry(ui, if on { "Switch off" } else { "Switch on" }, true) {
            session.set(power, if on { 0.0 } else { 1.0 });
        }
        let listening = &session.telemetry.listening;
        let delta = listening.get(group) == Listen::Delta;
        let text = if delta { "Hear the output again" } else { "Hear what it takes or adds (delta)" };
        if entry(ui, text, true) {
            listening.set(group, if delta { Listen::Output } else { Listen::Delta });
        }
        ui.separator();
    }
    let (earlier, later) = (step(-1), step(1));
    if earlier.is_some() || later.is_some() {
        for (text, step) in [("Move earlier", earlier), ("Move later", later)] {
            if entry(ui, text, step.is_some())
                && let Some(step) = step
            {
                step.make(session);
            }
        }
        ui.separator();
    }
    if session.controls.module(group).next().is_some() {
        if entry(ui, "Reset settings", true) {
            session.bulk_as(&format!("Reset {}", group.name), &settings_text::defaults(session, group));
        }
        if entry(ui, "Copy settings", true) {
            session.copy(ui.ctx(), settings_text::print(session, group));
        }
        let pasted = session.copied().and_then(|text| settings_text::parse(session, group, &text));
        if entry(ui, "Paste settings", pasted.is_some())
            && let Some(changes) = pasted
        {
            session.bulk_as(&format!("Paste into {}", group.name), &changes);
        }
    }
    chosen
}

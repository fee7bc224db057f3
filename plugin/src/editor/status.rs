//! The line at the bottom: what the pointer or the focus is on, and the sample rate.

use super::session::{Hands, Session};
use super::widget::text_within;
use super::{listen, theme};
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2};
use std::sync::atomic::Ordering::Relaxed;

/// Draws it.
pub fn show(ui: &mut Ui, session: &Session, hands: &Hands) {
    let (rect, colours) = (ui.max_rect(), session.colours);
    ui.painter().rect_filled(rect, 0, colours.panel);
    let rate = session.telemetry.rate.load(Relaxed);
    let right = if rate > 0.0 { format!("{} kHz", rate / 1000.0) } else { "not running".to_string() };
    let at = pos2(rect.right() - theme::PAD, rect.center().y);
    let end = text_within(ui.painter(), at, Align2::RIGHT_CENTER, &right, theme::small(), colours.mute, 200.0).left();
    if let Some(text) = listen::banner(session) {
        let line = Rect::from_min_max(rect.min, pos2(end - theme::PAD, rect.bottom()));
        ui.painter().rect_filled(line, 0, colours.yours);
        let (at, room) = (pos2(rect.left() + theme::PAD, rect.center().y), line.width() - 2.0 * theme::PAD);
        text_within(ui.painter(), at, Align2::LEFT_CENTER, &text, theme::body(), colours.on_yours, room);
        let response = ui.interact(line, ui.make_persistent_id("listening"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
        if response.clicked() {
            listen::clear(session);
        }
        return;
    }
    let Some(help) = hands.help() else { return };
    let at = pos2(rect.left() + theme::PAD, rect.center().y);
    let ink = if help.wrong { colours.taken } else { colours.ink };
    let name = text_within(ui.painter(), at, Align2::LEFT_CENTER, &help.name, theme::small(), ink, 260.0);
    let at = pos2(name.right() + 10.0, rect.center().y);
    let room = end - theme::PAD - at.x;
    let colour = if help.wrong { colours.taken } else { colours.mute };
    text_within(ui.painter(), at, Align2::LEFT_CENTER, &help.text, theme::small(), colour, room);
    let response = ui.interact(rect, ui.make_persistent_id("help"), Sense::hover());
    let text = format!("{}: {}", help.name, help.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
}

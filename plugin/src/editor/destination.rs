//! Where the master goes: the choice of a destination, and what it makes of what has been measured.

use super::session::{Help, Session};
use super::theme;
use super::widget::{menu, text_within, toggle};
use crate::targets::{self, Target, Verdict};
use egui::{Align2, Popup, Rect, Role, Sense, Ui, WidgetInfo, pos2};

/// What the menu is called in the accessibility tree.
const NAME: &str = "Loudness target";

/// The destination in `rect`; a click opens the others. The session remembers it, and it changes no sound.
pub fn choose(ui: &Ui, session: &Session, rect: Rect) {
    let colours = session.colours;
    let chosen = session.state.target();
    let shown = with_loudness(chosen);
    let response = ui.interact(rect, ui.make_persistent_id(NAME), Sense::click());
    response.widget_info(|| WidgetInfo {
        label: Some(NAME.to_string()),
        current_text_value: Some(shown.clone()),
        ..WidgetInfo::new(Role::ComboBox)
    });
    toggle::button(ui, session, &response, rect, "", false);
    let at = pos2(rect.left() + 10.0, rect.center().y);
    text_within(ui.painter(), at, Align2::LEFT_CENTER, &shown, theme::body(), colours.ink, rect.width() - 34.0);
    ui.painter().add(menu::chevron(pos2(rect.right() - 13.0, rect.center().y), colours.mute));
    if response.hovered() || response.has_focus() {
        say(session, chosen);
    }
    Popup::menu(&response).gap(4.0).show(|ui| {
        ui.set_min_width(rect.width().max(216.0) - menu::MENU_MARGINS);
        ui.spacing_mut().item_spacing.y = 1.0;
        for target in targets::all() {
            let text = egui::RichText::new(with_loudness(target)).font(theme::body());
            let entry = ui.selectable_label(target.id == chosen.id, text);
            if entry.hovered() || entry.has_focus() {
                say(session, target);
            }
            if entry.on_hover_text(known(target)).clicked() {
                session.state.set_target(&target.id);
                ui.close();
            }
        }
    });
    response.on_hover_text(known(chosen));
}

/// What the destination makes of a programme with this integrated loudness in LUFS and true peak in dBTP, in words that
/// wrap inside `rect`.
pub fn judge(ui: &Ui, session: &Session, integrated_lufs: Option<f32>, true_peak_dbtp: Option<f32>, rect: Rect) {
    let colours = session.colours;
    let target = session.state.target();
    let verdict =
        integrated_lufs.zip(true_peak_dbtp).and_then(|(lufs, dbtp)| target.judge(f64::from(lufs), f64::from(dbtp)));
    let (text, colour) = match verdict {
        Some(Verdict { passes: true, text, .. }) => (text, colours.output),
        Some(Verdict { text, .. }) => (text, colours.taken),
        None => ("Nothing has been measured yet.".to_string(), colours.mute),
    };
    let galley = ui.painter().layout(text.clone(), theme::small(), colour, rect.width());
    ui.painter().galley(rect.min, galley, colour);
    let response = ui.interact(rect, ui.make_persistent_id("verdict"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
    if response.hovered() {
        say(session, target);
    }
}

/// "Spotify, -14 LUFS".
fn with_loudness(target: &Target) -> String {
    match target.lufs {
        Some(lufs) => format!("{}, {lufs} LUFS", target.name),
        None => format!("{}, no loudness", target.name),
    }
}

/// "Official: ...".
fn known(target: &Target) -> String {
    format!("{}: {}", target.status.name(), target.source)
}

fn say(session: &Session, target: &Target) {
    let text = format!("{}. It changes no sound.", known(target));
    session.say(Help { name: with_loudness(target), text, wrong: false });
}

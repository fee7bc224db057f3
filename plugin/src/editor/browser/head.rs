//! The preset's name in the top bar, with the ones before and after it.

use super::{Browser, Focus, describe, shortened};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::{between, focus_ring, menu, text_within};
use egui::{Align2, Color32, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Width of an arrow.
const ARROW: f32 = 24.0;

impl Browser {
    /// Draws it into `rect`.
    pub fn head(&mut self, ui: &Ui, session: &Session, rect: Rect) {
        let left = Rect::from_min_size(rect.min, vec2(ARROW, rect.height()));
        let right = Rect::from_min_max(pos2(rect.right() - ARROW, rect.top()), rect.max);
        let middle = Rect::from_min_max(pos2(left.right() + 2.0, rect.top()), pos2(right.left() - 2.0, rect.bottom()));
        if arrow(ui, session, left, -1.0, "Previous preset", "Loads the preset before this one in the list.").clicked()
        {
            self.step(session, -1);
        }
        self.name(ui, session, middle);
        if arrow(ui, session, right, 1.0, "Next preset", "Loads the preset after this one in the list.").clicked() {
            self.step(session, 1);
        }
    }

    /// The name, and whether anything has been changed since; a click opens all presets or closes them.
    fn name(&mut self, ui: &Ui, session: &Session, rect: Rect) {
        let colours = session.colours;
        let edited = self.edited(session);
        let name = session.state.preset.base(self.slot).name;
        let response = ui.interact(rect, ui.make_persistent_id("preset"), Sense::click());
        if self.focus == Some(Focus::Head) {
            self.focus = None;
            response.request_focus();
        }
        let shown = if edited { format!("{name}, edited") } else { name.clone() };
        response.widget_info(|| WidgetInfo {
            label: Some("Preset".to_string()),
            current_text_value: Some(shown.clone()),
            ..WidgetInfo::new(Role::ComboBox)
        });
        face(ui, &response, rect, colours.raised, colours.line);
        let mut room = rect.width() - 34.0;
        if edited {
            let at = pos2(rect.right() - 24.0, rect.center().y);
            let mark =
                text_within(ui.painter(), at, Align2::RIGHT_CENTER, "edited", theme::small(), colours.yours, 48.0);
            room -= mark.width() + 8.0;
        }
        let at = pos2(rect.left() + 10.0, rect.center().y);
        let name = shortened(ui, &name, theme::body(), room);
        text_within(ui.painter(), at, Align2::LEFT_CENTER, &name, theme::body(), colours.ink, room);
        ui.painter().add(menu::chevron(pos2(rect.right() - 13.0, rect.center().y), colours.mute));
        focus_ring(ui, &response, rect, colours);
        if response.clicked() {
            if self.is_open() {
                self.leave();
            } else {
                self.open();
            }
        }
        describe(session, &response, "Preset", "Opens the presets: search, load, save, and what loading leaves alone.");
        response.on_hover_text(shown);
    }
}

fn face(ui: &Ui, response: &Response, rect: Rect, rest: Color32, lit: Color32) {
    let part = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, between(rest, lit, 0.6 * part));
}

/// A button with an arrow: `to` is -1 to the left, 1 to the right.
fn arrow(ui: &Ui, session: &Session, rect: Rect, to: f32, name: &str, help: &str) -> Response {
    let colours = session.colours;
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    face(ui, &response, rect, colours.raised, colours.line);
    let points = [vec2(-2.0 * to, -4.0), vec2(2.0 * to, 0.0), vec2(-2.0 * to, 4.0)].map(|by| rect.center() + by);
    ui.painter().add(Shape::line(points.to_vec(), Stroke::new(1.5, colours.mute)));
    focus_ring(ui, &response, rect, colours);
    describe(session, &response, name, help);
    response.on_hover_text(help)
}

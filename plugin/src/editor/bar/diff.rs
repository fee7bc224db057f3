//! The differences between what is heard and another slot, in words, each to be taken over by itself.

use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::{text_within, toggle};
use crate::state::diff::{Line, lines};
use crate::state::locks::Locks;
use crate::state::slots::Slot;
use crate::state::snapshot::Snapshot;
use egui::{
    Align2, Label, Popup, PopupCloseBehavior, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

/// Its width, the height of a line, and the most that the lines have together.
const WIDTH: f32 = 480.0;
const LINE: f32 = 28.0;
const HIGHEST: f32 = 11.0 * LINE;

/// Letters of a preset's name, at most.
const LONGEST: usize = 24;

/// Width of a button, and of the value that is heard.
const APPLY: f32 = 56.0;
const OURS: f32 = 96.0;

/// The popup of the button `response`; `compared` is which of the others is looked at.
pub fn popup(session: &Session, response: &Response, compared: &mut usize) {
    Popup::menu(response).gap(6.0).width(WIDTH).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing = vec2(theme::GAP, 4.0);
        contents(ui, session, compared);
    });
}

/// What can be compared with what is heard: its name, and what it is.
fn others(session: &Session) -> Vec<(String, Snapshot)> {
    let slots = session.recall().slots();
    let others = Slot::ALL.into_iter().filter(|slot| *slot != slots.current());
    let held = others.filter_map(|slot| Some((slot.name().to_string(), session.recall().snapshot(slot)?)));
    held.chain(preset(session, slots.current())).collect()
}

/// The preset that `slot`, which is heard, stands on, where it differs.
fn preset(session: &Session, slot: Slot) -> Option<(String, Snapshot)> {
    let base = session.state.preset.base(slot);
    let sets = base.values(session.controls, Locks::NONE);
    let set = |index| sets.iter().find(|(other, _)| *other == index).map(|(_, value)| *value);
    let theirs = Snapshot::of(session.controls, |index| set(index).unwrap_or_else(|| session.controls.base(index)));
    let differs = theirs.values().iter().any(|(index, value)| !session.controls.is_at(*index, *value));
    let name: String = base.name.chars().take(LONGEST).collect();
    differs.then_some((name, theirs))
}

fn contents(ui: &mut Ui, session: &Session, compared: &mut usize) {
    let (colours, heard) = (session.colours, session.recall().slots().current());
    let others = others(session);
    if others.is_empty() {
        let text = format!("Only {} holds anything yet. Click another slot, and change something there.", heard.name());
        ui.add(Label::new(RichText::new(text).color(colours.mute)));
        return;
    }
    *compared = (*compared).min(others.len() - 1);
    ui.horizontal(|ui| {
        ui.add(Label::new(RichText::new("Compare with").color(colours.mute)));
        for (i, (name, _)) in others.iter().enumerate() {
            let wide = ui.painter().layout_no_wrap(name.clone(), theme::body(), colours.ink).size().x + 20.0;
            let (rect, response) = ui.allocate_exact_size(vec2(wide, theme::TARGET), Sense::click());
            let label = format!("Compare with {name}");
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, i == *compared, &label));
            toggle::button(ui, session, &response, rect, name, i == *compared);
            outline(ui, session, rect);
            if response.clicked() {
                *compared = i;
            }
        }
    });
    let (name, theirs) = &others[*compared];
    let ours = Snapshot::take(session.controls);
    let lines = lines(session.controls, &ours, theirs);
    let text = match lines.len() {
        0 => format!("{name} is what you hear."),
        1 => format!("{name} differs in one place from what you hear:"),
        n => format!("{name} differs in {n} places from what you hear:"),
    };
    ui.add(Label::new(RichText::new(text).color(colours.mute)));
    ScrollArea::vertical().max_height(HIGHEST).auto_shrink([false, true]).show(ui, |ui| {
        for line in &lines {
            show(ui, session, name, line);
        }
    });
}

/// A popup is of the colour that buttons have elsewhere: here an edge sets them off.
fn outline(ui: &Ui, session: &Session, rect: Rect) {
    let edge = Stroke::new(1.0, session.colours.line);
    ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, edge, StrokeKind::Inside);
}

fn show(ui: &mut Ui, session: &Session, of: &str, line: &Line) {
    let colours = session.colours;
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let apply = Rect::from_min_size(pos2(row.right() - APPLY - 8.0, row.top() + 2.0), vec2(APPLY, theme::TARGET));
    let ink = if line.heard { colours.ink } else { colours.mute };
    let note = if line.heard { "" } else { " (off)" };
    let (left, room) = (row.left_center(), apply.left() - OURS - 2.0 * theme::GAP - row.left());
    text_within(ui.painter(), left, Align2::LEFT_CENTER, &format!("{}{note}", line.text), theme::body(), ink, room);
    let ours = format!("now {}", session.controls.control(line.index).print(line.ours));
    let at = pos2(apply.left() - theme::GAP, row.center().y);
    text_within(ui.painter(), at, Align2::RIGHT_CENTER, &ours, theme::small(), colours.mute, OURS);
    let name = format!("Apply {}", session.controls.name(line.index));
    let response = ui.interact(apply, ui.make_persistent_id(&name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    toggle::button(ui, session, &response, apply, "Apply", false);
    outline(ui, session, apply);
    if response.hovered() || response.has_focus() {
        let text = format!("Takes over {} from {of}; the rest stays as it is.", line.text);
        session.say(Help { name: name.clone(), text, wrong: false });
    }
    if response.clicked() {
        session.bulk_as(&format!("{} from {of}", line.text), &[(line.index, line.theirs)]);
    }
    response.on_hover_text("Take this over");
}

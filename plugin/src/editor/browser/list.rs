//! The list of presets, and the words to search for. The keyboard goes through the list from both.

use super::{Browser, Focus, Place, describe, shortened};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::{between, focus_ring, text_within};
use crate::state::library::Job;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align2, Color32, Event, EventFilter, Frame, Id, Key, Margin, Modifiers, Pos2, Rect, Role, ScrollArea, Sense, Shape,
    Stroke, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use tandem_presets::Origin;

/// Height of a preset in the list.
const ROW: f32 = 28.0;

/// What the list and the field are called in egui's memory; no other widget is.
fn list_id() -> Id {
    Id::unique("preset list")
}

fn words_id() -> Id {
    Id::unique("preset words")
}

impl Browser {
    /// What keys do in the list and in the field above it; `height` is the list's.
    pub(super) fn keys(&mut self, ui: &Ui, session: &Session, height: f32) {
        let (in_list, in_words) = ui.memory(|memory| (memory.has_focus(list_id()), memory.has_focus(words_id())));
        if !in_list && !in_words {
            return;
        }
        if in_list {
            self.type_words(ui);
        }
        let ids: Vec<String> = self.listed().iter().map(|entry| entry.id.clone()).collect();
        let at = ids.iter().position(|id| *id == self.selected);
        let page = (height / ROW) as isize;
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let mut by = 0;
        for (key, rows) in [(Key::ArrowUp, -1), (Key::ArrowDown, 1), (Key::PageUp, -page), (Key::PageDown, page)] {
            by += if pressed(key) { rows } else { 0 };
        }
        if in_list && pressed(Key::Home) {
            by = isize::MIN / 2;
        }
        if in_list && pressed(Key::End) {
            by = isize::MAX / 2;
        }
        let last = ids.len().saturating_sub(1) as isize;
        if by != 0 && !ids.is_empty() {
            let next = at.map_or(0, |at| (at as isize).saturating_add(by).clamp(0, last));
            self.select(ui, ids[next as usize].clone());
        }
        let other = ui.input_mut(|input| input.consume_key(Modifiers::ALT, Key::Enter));
        let here = !other && pressed(Key::Enter);
        if (here || other)
            && let Some(id) = at.map(|at| ids[at].clone()).or_else(|| ids.first().cloned())
        {
            self.load(session, &id, if other { Place::OtherSlot } else { Place::Here });
            self.select(ui, id);
        }
    }

    pub(super) fn select(&mut self, ui: &Ui, id: String) {
        (self.selected, self.message) = (id, None);
        ui.data_mut(|data| data.insert_temp(list_id(), true));
        ui.ctx().request_repaint();
    }

    /// Letters that are typed over the list are words to search for. A space plays and stops in most hosts.
    fn type_words(&mut self, ui: &Ui) {
        let typed: String = ui.input_mut(|input| {
            let mut typed = String::new();
            input.events.retain(|event| match event {
                Event::Text(text) if !text.trim().is_empty() => {
                    typed += text;
                    false
                }
                _ => true,
            });
            typed
        });
        if !typed.is_empty() {
            self.filter.words += &typed;
            self.focus = Some(Focus::Words);
        }
    }

    /// The field of words to search for.
    pub(super) fn words(&mut self, ui: &mut Ui, session: &Session, rect: Rect) {
        let colours = session.colours;
        if self.focus == Some(Focus::Words) {
            self.focus = None;
            let mut state = TextEditState::default();
            let end = CCursor::new(self.filter.words.chars().count());
            state.cursor.set_char_range(Some(CCursorRange::one(end)));
            state.store(ui.ctx(), words_id());
            ui.memory_mut(|memory| memory.request_focus(words_id()));
        }
        let field = TextEdit::singleline(&mut self.filter.words)
            .id(words_id())
            .font(theme::body())
            .hint_text("Search names, tags and notes")
            .char_limit(200)
            .align(Align2::LEFT_CENTER)
            .frame(Frame::NONE.fill(colours.bg).corner_radius(theme::TOUCH_RADIUS))
            .margin(Margin::symmetric(10, 5))
            .min_size(rect.size())
            .desired_width(rect.width() - 20.0);
        let response = ui.put(rect, field).accessible_name("Search presets");
        if response.has_focus() {
            ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, Stroke::new(1.5, colours.yours), StrokeKind::Inside);
        }
        let help =
            "Lists presets that have all of the words. Arrow keys choose, Enter loads, Escape empties the field.";
        describe(session, &response, "Search presets", help);
    }

    /// Draws the list into `ui`'s room.
    pub(super) fn list(&mut self, ui: &mut Ui, session: &Session) {
        let (area, colours) = (ui.max_rect(), session.colours);
        ui.painter().rect_filled(area, theme::TOUCH_RADIUS, colours.bg);
        let response = ui.interact(area, list_id(), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, "Presets"));
        if std::mem::take(&mut self.focus_on_list()) || response.clicked() {
            response.request_focus();
        }
        if response.has_focus() {
            let filter = EventFilter { vertical_arrows: true, escape: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(list_id(), filter));
        }
        let help = "Arrow keys choose, Enter loads, Alt and Enter load into the other slot; letters search.";
        describe(session, &response, "Presets", help);
        let ids: Vec<String> = self.listed().iter().map(|entry| entry.id.clone()).collect();
        if ids.is_empty() {
            let text = if self.works() { "Reading …" } else { "No preset has all of that." };
            text_within(
                ui.painter(),
                area.center(),
                Align2::CENTER_CENTER,
                text,
                theme::body(),
                colours.mute,
                area.width(),
            );
        }
        let scroll = ui.data_mut(|data| data.remove_temp::<bool>(list_id())).unwrap_or(false);
        let mut scroll_area = ScrollArea::vertical().id_salt("presets").auto_shrink(false);
        if scroll && let Some(at) = ids.iter().position(|id| *id == self.selected) {
            scroll_area = scroll_area.vertical_scroll_offset(self.offset_for(ui, at, area.height()));
        }
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let stands = session.state.preset.base(self.slot).id;
        let shown = scroll_area.show_rows(ui, ROW, ids.len(), |ui, rows| {
            for at in rows {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
                self.row(ui, session, &ids[at], ids[at] == stands, rect);
            }
        });
        ui.data_mut(|data| data.insert_temp(list_id().with("offset"), shown.state.clamped_offset().y));
        focus_ring(ui, &response, area, colours);
    }

    fn focus_on_list(&mut self) -> bool {
        let wanted = self.focus == Some(Focus::List);
        if wanted {
            self.focus = None;
        }
        wanted
    }

    /// How far to scroll so that the row at `at` is seen, as little as that takes.
    fn offset_for(&self, ui: &Ui, at: usize, height: f32) -> f32 {
        let offset = ui.data(|data| data.get_temp::<f32>(list_id().with("offset"))).unwrap_or(0.0);
        let top = at as f32 * ROW;
        offset.clamp((top + ROW - height).max(0.0), top)
    }

    /// A preset; the instance `stands` on it or does not.
    fn row(&mut self, ui: &Ui, session: &Session, id: &str, stands: bool, rect: Rect) {
        let listing = self.library.listing();
        let Some(entry) = listing.entries.iter().find(|entry| entry.id == id) else { return };
        let colours = session.colours;
        let favourite = listing.favourites.contains(id);
        let selected = self.selected == id;
        let (name, users, broken) = (entry.name.clone(), entry.origin != Origin::Factory, entry.content.is_err());
        let mut notes: Vec<String> = match &entry.content {
            Ok(preset) => preset.tags.all().map(str::to_string).collect(),
            Err(_) => vec!["cannot be read".to_string()],
        };
        let response = ui.interact(rect, ui.make_persistent_id(("preset row", id)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, &name));
        let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
        let ground = if selected { colours.line } else { between(colours.bg, colours.raised, lit) };
        ui.painter().rect_filled(rect.shrink2(vec2(2.0, 1.0)), theme::TOUCH_RADIUS, ground);
        let star = Rect::from_center_size(pos2(rect.left() + 16.0, rect.center().y), Vec2::splat(theme::TARGET));
        let ink = match (broken, stands) {
            (true, _) => colours.taken,
            (_, true) => colours.yours,
            _ => colours.ink,
        };
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let at = pos2(star.right() + 4.0, rect.center().y);
        let name_shown = shortened(ui, &name, theme::body(), 0.7 * rect.width());
        let named = text_within(&painter, at, Align2::LEFT_CENTER, &name_shown, theme::body(), ink, rect.width());
        let room = rect.right() - 12.0 - named.right() - 12.0;
        let wide = |text: &str| painter.layout_no_wrap(text.to_string(), theme::small(), ink).size().x;
        if users {
            notes.insert(0, "yours".to_string());
        }
        // Those that do not fit are in the notes.
        while !notes.is_empty() && wide(&notes.join(" · ")) > room {
            notes.pop();
        }
        let (at, ink) = (pos2(rect.right() - 12.0, rect.center().y), if broken { colours.taken } else { colours.mute });
        text_within(&painter, at, Align2::RIGHT_CENTER, &notes.join(" · "), theme::small(), ink, room.max(1.0));
        if response.double_clicked() {
            let other = ui.input(|input| input.modifiers.alt);
            self.load(session, id, if other { Place::OtherSlot } else { Place::Here });
        } else if response.clicked() {
            (self.selected, self.message, self.focus) = (id.to_string(), None, Some(Focus::List));
        }
        response.on_hover_text("Click shows its notes, a double click loads it, with Alt into the other slot.");
        self.star(ui, session, id, &name, favourite, star);
    }

    /// Marks a favourite.
    fn star(&mut self, ui: &Ui, session: &Session, id: &str, name: &str, favourite: bool, rect: Rect) {
        let response = ui.interact(rect, ui.make_persistent_id(("star", id)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::selected(Role::Switch, true, favourite, format!("Favourite {name}")));
        let colours = session.colours;
        let colour = if response.hovered() { colours.ink } else { colours.mute };
        ui.painter().add(star(rect.center(), favourite, if favourite { colours.yours } else { colour }));
        if response.clicked() {
            self.ask(session, Job::Mark(id.to_string(), !favourite));
        }
        response.on_hover_text("Marks the preset as a favourite.");
    }
}

/// A star with five points, filled or not.
pub(super) fn star(at: Pos2, filled: bool, colour: Color32) -> Shape {
    const POINTS: usize = 10;
    let points = (0..POINTS).map(|i| {
        let angle = std::f32::consts::TAU * (i as f32 / POINTS as f32 - 0.25);
        at + Vec2::angled(angle) * if i % 2 == 0 { 6.5 } else { 2.9 }
    });
    let points: Vec<_> = points.collect();
    if !filled {
        return Shape::closed_line(points, Stroke::new(1.0, colour));
    }
    // A star is not convex: a triangle for each of its sides.
    let mut mesh = egui::Mesh::default();
    mesh.colored_vertex(at, colour);
    for point in &points {
        mesh.colored_vertex(*point, colour);
    }
    for i in 0..POINTS as u32 {
        mesh.add_triangle(0, 1 + i, 1 + (i + 1) % POINTS as u32);
    }
    Shape::mesh(mesh)
}

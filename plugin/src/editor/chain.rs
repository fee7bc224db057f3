//! The chain: a tile for each module, in processing order.

use super::panel::Tile;
use super::session::{Help, Session};
use super::theme;
use super::widget::{between, focus_ring, text_within, toggle};
use egui::{Align2, EventFilter, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Space between two tiles, and the widest one.
const BETWEEN: f32 = 8.0;
const WIDEST: f32 = 150.0;

/// The reduction that fills a tile's activity bar, dB.
const FULL_DB: f32 = 12.0;

/// Draws `tiles` and returns which one is shown from now on.
pub fn show(ui: &mut Ui, session: &Session, tiles: &[Tile], shown: usize) -> usize {
    let area = ui.max_rect();
    let wide = ((area.width() + BETWEEN) / tiles.len().max(1) as f32 - BETWEEN).min(WIDEST);
    let mut next = shown;
    for (i, tile) in tiles.iter().enumerate() {
        let left = area.left() + i as f32 * (wide + BETWEEN);
        let rect = Rect::from_min_size(pos2(left, area.top()), vec2(wide, area.height()));
        if draw(ui, session, tile, rect, i == shown) {
            next = i;
        }
    }
    next
}

/// Whether the tile is to be shown.
fn draw(ui: &mut Ui, session: &Session, tile: &Tile, rect: Rect, shown: bool) -> bool {
    let (colours, group) = (session.colours, tile.group);
    let id = ui.make_persistent_id(("tile", group.id));
    // One stop for the keyboard, as tabs have.
    let response = ui.interact(rect, id, if shown { Sense::click() } else { Sense::CLICK });
    let on = session.is_on(group);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, shown, group.name));
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    let ground = if shown { colours.raised } else { between(colours.panel, colours.raised, lit) };
    ui.painter().rect_filled(rect, theme::SURFACE_RADIUS, ground);
    if shown {
        ui.painter().rect_stroke(rect, theme::SURFACE_RADIUS, Stroke::new(1.5, colours.yours), StrokeKind::Inside);
    }
    let inside = rect.shrink2(vec2(10.0, 8.0));
    let mut left = inside.left();
    if let Some(index) = session.power(group) {
        let touch = Rect::from_center_size(pos2(left + 6.0, inside.top() + 8.0), vec2(theme::TARGET, theme::TARGET));
        toggle::lamp(ui, session, index, touch);
        left += 20.0;
    }
    let ink = if on { colours.ink } else { colours.mute };
    let at = pos2(left, inside.top() + 8.0);
    text_within(ui.painter(), at, Align2::LEFT_CENTER, group.name, theme::body(), ink, inside.right() - left);
    let track = Rect::from_min_max(pos2(inside.left(), inside.top() + 22.0), pos2(inside.right(), inside.top() + 26.0));
    if let Some(taken_db) = tile.panel.taken_db() {
        ui.painter().rect_filled(track, 2, colours.line);
        let part = (taken_db / FULL_DB).clamp(0.0, 1.0);
        if on && part > 0.0 {
            let taken = Rect::from_min_max(pos2(track.right() - part * track.width(), track.top()), track.max);
            ui.painter().rect_filled(taken, 2, colours.taken);
        }
    }
    let figure = if on { tile.panel.figure(session) } else { "off".to_string() };
    let at = pos2(inside.left(), inside.bottom() - 5.0);
    text_within(ui.painter(), at, Align2::LEFT_CENTER, &figure, theme::small(), colours.mute, inside.width());
    focus_ring(ui, &response, rect, colours);
    if response.hovered() || response.has_focus() {
        session.say(Help {
            name: group.name.to_string(),
            text: "Click to show it; left and right arrow keys go from module to module.".to_string(),
            wrong: false,
        });
    }
    if response.clicked() {
        response.request_focus();
    }
    response.clicked()
}

/// Left and right on the shown tile go to its neighbours. Returns which one is shown from now on.
pub fn keys(ui: &Ui, tiles: &[Tile], shown: usize) -> usize {
    let id = |i: usize| ui.make_persistent_id(("tile", tiles[i].group.id));
    if tiles.is_empty() || !ui.memory(|memory| memory.has_focus(id(shown))) {
        return shown;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id(shown), filter));
    let (left, right) = ui.input(|input| (input.key_pressed(Key::ArrowLeft), input.key_pressed(Key::ArrowRight)));
    let next = match (left, right) {
        (true, false) => shown.saturating_sub(1),
        (false, true) => (shown + 1).min(tiles.len() - 1),
        _ => return shown,
    };
    ui.memory_mut(|memory| memory.request_focus(id(next)));
    next
}

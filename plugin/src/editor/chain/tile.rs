//! A module's tile: its lamp, name, what it takes right now, and one figure.

use super::super::panel::{Tile, monitor};
use super::super::session::{Help, Session};
use super::super::theme;
use super::super::widget::{between, focus_ring, text_within, toggle};
use egui::{Align2, Color32, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};
use egui::{pos2, vec2};
use tandem_dsp::chain;

/// The reduction that fills a tile's activity bar, dB.
const FULL_DB: f32 = 12.0;

/// Narrower tiles have their lamp below the name instead of beside it.
const NARROW: f32 = 104.0;

/// What is where on a tile.
struct Layout {
    inside: Rect,
    lamp: Rect,
    name_left: f32,
    track: Rect,
}

impl Layout {
    fn of(rect: Rect, has_lamp: bool) -> Self {
        if rect.width() < NARROW {
            let inside = rect.shrink2(vec2(8.0, 8.0));
            let y = inside.top() + 24.0;
            let lamp = Rect::from_center_size(pos2(inside.left() + 5.0, y), vec2(theme::TARGET, theme::TARGET));
            let track = Rect::from_min_max(pos2(inside.left() + 16.0, y - 2.0), pos2(inside.right(), y + 2.0));
            return Self { inside, lamp, name_left: inside.left(), track };
        }
        let inside = rect.shrink2(vec2(10.0, 8.0));
        let top = inside.top();
        let lamp = Rect::from_center_size(pos2(inside.left() + 6.0, top + 8.0), vec2(theme::TARGET, theme::TARGET));
        let track = Rect::from_min_max(pos2(inside.left(), top + 22.0), pos2(inside.right(), top + 26.0));
        Self { inside, lamp, name_left: inside.left() + if has_lamp { 20.0 } else { 0.0 }, track }
    }
}

/// Whether it is the tile of the chain as a whole, which shows what each module contributes.
pub fn is_whole(tile: &Tile) -> bool {
    tile.group.id == chain::GROUP.id
}

/// Whether it is that of the Monitor.
pub fn is_monitor(tile: &Tile) -> bool {
    tile.group.id == monitor::GROUP.id
}

/// Whether it is a sign alone.
pub fn is_narrow(tile: &Tile) -> bool {
    is_whole(tile) || is_monitor(tile)
}

/// The tile's id: the keyboard's focus goes with the module.
pub fn id(ui: &Ui, tile: &Tile) -> Id {
    ui.make_persistent_id(("tile", tile.group.id))
}

/// What can be touched of a tile. One stop of the row for the keyboard, as tabs have.
pub fn touch(ui: &Ui, session: &Session, tile: &Tile, rect: Rect, shown: bool, movable: bool) -> Response {
    let click = if shown { Sense::click() } else { Sense::CLICK };
    let sense = if movable { click | Sense::DRAG } else { click };
    let response = ui.interact(rect, id(ui, tile), sense);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, shown, tile.group.name));
    if response.hovered() || response.has_focus() {
        let text = match movable {
            _ if is_whole(tile) => "Click to see what each module does to loudness, peak, width and tilt.",
            _ if is_monitor(tile) => {
                "Click to hear mono, side, playback devices and references, and to see what devices leave."
            }
            true => "Click to show it, drag it or press Ctrl+arrow to move it, right-click or press Enter for more.",
            false => "Click to show it, right-click or press Enter for more. It keeps its place.",
        };
        session.say(Help { name: tile.group.name.to_string(), text: text.to_string(), wrong: false });
    }
    response
}

/// Paints a tile, with its lamp to touch.
pub fn paint(ui: &Ui, session: &Session, tile: &Tile, rect: Rect, response: &Response, shown: bool) {
    let colours = session.colours;
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    let ground = if shown { colours.raised } else { between(colours.panel, colours.raised, lit) };
    let power = session.power(tile.group);
    body(ui, session, tile, rect, ground, shown);
    if let Some(index) = power {
        toggle::lamp(ui, session, index, Layout::of(rect, true).lamp);
    }
    focus_ring(ui, response, rect, colours);
}

/// Paints a tile that hangs on the pointer.
pub fn paint_carried(ui: &Ui, session: &Session, tile: &Tile, rect: Rect, shown: bool) {
    body(ui, session, tile, rect, session.colours.raised, shown);
    let edge = Stroke::new(1.0, session.colours.mute);
    ui.painter().rect_stroke(rect, theme::SURFACE_RADIUS, edge, StrokeKind::Inside);
    let lamp = Layout::of(rect, true).lamp;
    if session.power(tile.group).is_some() {
        toggle::paint_lamp(ui, session, session.is_on(tile.group), lamp.center());
    }
}

/// All of a tile but its lamp.
fn body(ui: &Ui, session: &Session, tile: &Tile, rect: Rect, ground: Color32, shown: bool) {
    let (colours, painter, group) = (session.colours, ui.painter(), tile.group);
    painter.rect_filled(rect, theme::SURFACE_RADIUS, ground);
    if shown {
        painter.rect_stroke(rect, theme::SURFACE_RADIUS, Stroke::new(1.5, colours.yours), StrokeKind::Inside);
    }
    if is_whole(tile) {
        return whole(ui, session, rect);
    }
    if is_monitor(tile) {
        return loudspeaker(ui, session, rect);
    }
    let on = session.is_on(group);
    let Layout { inside, name_left, track, .. } = Layout::of(rect, session.power(group).is_some());
    let ink = if on && tile.panel.works(session) { colours.ink } else { colours.mute };
    let at = pos2(name_left, inside.top() + 8.0);
    text_within(painter, at, Align2::LEFT_CENTER, group.name, theme::body(), ink, inside.right() - at.x);
    if let Some(taken_db) = tile.panel.taken_db() {
        painter.rect_filled(track, 2, colours.line);
        let part = (taken_db / FULL_DB).clamp(0.0, 1.0);
        if on && part > 0.0 {
            let taken = Rect::from_min_max(pos2(track.right() - part * track.width(), track.top()), track.max);
            painter.rect_filled(taken, 2, colours.taken);
        }
    }
    let figure = if on { tile.panel.figure(session) } else { "off".to_string() };
    let at = pos2(inside.left(), inside.bottom() - 5.0);
    text_within(painter, at, Align2::LEFT_CENTER, &figure, theme::small(), colours.mute, inside.width());
}

/// The sign of the whole: bars to both sides of a line, as on its page.
fn whole(ui: &Ui, session: &Session, rect: Rect) {
    const BARS: [(f32, f32); 3] = [(-2.0, 9.0), (-9.0, 2.0), (-1.0, 5.0)];
    let (middle, colour) = (rect.center(), session.colours.ink);
    for (i, (left, right)) in BARS.into_iter().enumerate() {
        let y = middle.y + 7.0 * (i as f32 - 1.0);
        let bar = Rect::from_min_max(pos2(middle.x + left, y - 1.5), pos2(middle.x + right, y + 1.5));
        ui.painter().rect_filled(bar, 1, colour);
    }
    ui.painter().vline(middle.x, middle.y - 12.0..=middle.y + 12.0, Stroke::new(1.0, session.colours.mute));
}

/// The sign of the Monitor: a box with two loudspeakers, in the colour of what is set while it lets hear something.
fn loudspeaker(ui: &Ui, session: &Session, rect: Rect) {
    let on = session.telemetry.monitoring.is_on();
    let (middle, colour) = (rect.center(), if on { session.colours.yours } else { session.colours.ink });
    let line = Stroke::new(1.5, colour);
    ui.painter().rect_stroke(Rect::from_center_size(middle, vec2(16.0, 26.0)), 3, line, StrokeKind::Inside);
    ui.painter().circle_filled(middle - vec2(0.0, 6.5), 2.0, colour);
    ui.painter().circle_stroke(middle + vec2(0.0, 4.0), 4.5, line);
}

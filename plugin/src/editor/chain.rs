//! The chain: a tile for each module, in processing order. A click shows it; dragging it, or Ctrl with the arrows, moves
//! it among those that have no fixed place.

mod menu;
mod settings_text;
mod tile;

use super::panel::Tile;
use super::session::{Help, Session};
use super::theme;
use super::widget::control;
use egui::{CursorIcon, EventFilter, Id, Key, PointerButton, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};
use egui::{pos2, vec2};
use tandem_dsp::control::{Group, Sequence};
use tandem_dsp::order::Order;

/// Space between two tiles, and the widest one.
const BETWEEN: f32 = 6.0;
const WIDEST: f32 = 150.0;

/// Width of the tiles that are no modules, at the right.
const NARROW: f32 = 40.0;

/// Width of the mark where a module would go.
const MARK: f32 = 3.0;

/// A module that hangs on the pointer.
#[derive(Clone, Copy)]
struct Carried {
    /// Its place in the row.
    from: usize,
    /// How far the pointer is from its left edge.
    grip: f32,
}

/// The tiles in processing order.
struct Row<'a> {
    tiles: &'a [Tile],
    /// Which tile is where.
    order: Vec<usize>,
    sequence: Option<&'static Sequence>,
    /// How many of the last ones are no modules.
    narrow: usize,
}

/// Draws `tiles`, lets them be moved, and returns which one is shown from now on.
pub fn show(ui: &mut Ui, session: &Session, tiles: &[Tile], shown: usize) -> usize {
    let row = Row::new(session, tiles);
    let shown = row.keys(ui, session, shown);
    // It may have just been moved.
    let row = Row::new(session, tiles);
    let area = ui.max_rect();
    if let Some((index, sequence)) = session.controls.order() {
        let response = ui.interact(area, ui.make_persistent_id("order"), Sense::hover());
        response.widget_info(|| WidgetInfo {
            label: Some(session.controls.name(index).to_string()),
            current_text_value: Some(session.text(index)),
            ..WidgetInfo::new(Role::Group)
        });
        control::explain(&response, sequence.help, None);
    }
    let carried_id = ui.make_persistent_id("carried");
    let carried: Option<Carried> = ui.data(|data| data.get_temp(carried_id));
    let mut next = shown;
    for place in 0..tiles.len() {
        let rect = row.rect(area, place);
        let tile = row.tile(place);
        let movable = row.is_movable(place);
        let is_shown = row.order[place] == shown;
        let response = tile::touch(ui, session, tile, rect, is_shown, movable);
        if carried.is_some_and(|carried| carried.from == place) {
            let hole = rect.shrink(0.5);
            let line = Stroke::new(1.0, session.colours.line);
            ui.painter().rect_stroke(hole, theme::SURFACE_RADIUS, line, StrokeKind::Inside);
        } else {
            tile::paint(ui, session, tile, rect, &response, is_shown);
        }
        menu::menu(ui, session, tile, &response, &|by| row.moved(place, by));
        if response.clicked() {
            response.request_focus();
            next = row.order[place];
        }
        if movable && response.drag_started_by(PointerButton::Primary) {
            let pressed = ui.input(|input| input.pointer.press_origin());
            let grip = pressed.map_or(0.5 * rect.width(), |at| at.x - rect.left());
            ui.data_mut(|data| data.insert_temp(carried_id, Carried { from: place, grip }));
        }
        // Escape stops a drag too.
        if response.drag_stopped()
            && !ui.input(|input| input.key_pressed(Key::Escape))
            && let Some(carried) = carried
            && let Some(at) = ui.input(|input| input.pointer.latest_pos())
        {
            row.put(session, carried.from, row.target(area, carried, at.x));
            next = row.order[carried.from];
        }
    }
    carry(ui, session, &row, shown, carried_id);
    next
}

/// Draws the module that hangs on the pointer, and the mark where it would go.
fn carry(ui: &Ui, session: &Session, row: &Row, shown: usize, id: Id) {
    let Some(carried) = ui.data(|data| data.get_temp::<Carried>(id)) else { return };
    let (ends, at) =
        ui.input(|input| (!input.pointer.any_down() || input.key_pressed(Key::Escape), input.pointer.latest_pos()));
    let Some(at) = at.filter(|_| !ends) else {
        ui.data_mut(|data| data.remove::<Carried>(id));
        ui.ctx().request_repaint();
        return;
    };
    let (area, colours) = (ui.max_rect(), session.colours);
    let to = row.target(area, carried, at.x);
    let rect = row.carried_rect(area, carried, at.x);
    tile::paint_carried(ui, session, row.tile(carried.from), rect, row.order[carried.from] == shown);
    if to != carried.from {
        let neighbour = row.rect(area, to);
        let x = if to < carried.from { neighbour.left() - 0.5 * BETWEEN } else { neighbour.right() + 0.5 * BETWEEN };
        let mark = Rect::from_center_size(pos2(x, area.center().y), vec2(MARK, area.height() + 6.0));
        ui.painter().rect_filled(mark, MARK * 0.5, colours.yours);
    }
    let tile = row.tile(carried.from);
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let name = if to == carried.from { format!("Leave {} here", tile.group.name) } else { row.step(carried.from, to) };
    session.say(Help { name, text: "Let go to do so; Escape leaves it where it was.".to_string(), wrong: false });
}

impl<'a> Row<'a> {
    fn new(session: &Session, tiles: &'a [Tile]) -> Self {
        let mut order: Vec<usize> = (0..tiles.len()).collect();
        let sequence = session.controls.order().map(|(index, sequence)| {
            let place_of = |group: &Group| tiles.iter().position(|tile| tile.group.id == group.id);
            let arranged = sequence.arrange(Order::decode(session.value(index) as u32));
            let arranged: Vec<usize> = arranged.filter_map(place_of).collect();
            let mut natural = arranged.clone();
            natural.sort_unstable();
            for (place, tile) in natural.into_iter().zip(arranged) {
                order[place] = tile;
            }
            sequence
        });
        let (mut order, narrow): (Vec<usize>, Vec<usize>) =
            order.into_iter().partition(|tile| !tile::is_narrow(&tiles[*tile]));
        order.extend(narrow.iter().rev());
        Self { tiles, order, sequence, narrow: narrow.len() }
    }

    fn tile(&self, place: usize) -> &'a Tile {
        &self.tiles[self.order[place]]
    }

    fn rect(&self, area: Rect, place: usize) -> Rect {
        let room = area.width() - self.narrow as f32 * (NARROW + BETWEEN);
        let count = self.tiles.len() - self.narrow;
        if place >= count {
            let left = area.left() + room + BETWEEN + (place - count) as f32 * (NARROW + BETWEEN);
            return Rect::from_min_size(pos2(left, area.top()), vec2(NARROW, area.height()));
        }
        let wide = ((room + BETWEEN) / count.max(1) as f32 - BETWEEN).min(WIDEST);
        Rect::from_min_size(pos2(area.left() + place as f32 * (wide + BETWEEN), area.top()), vec2(wide, area.height()))
    }

    fn is_movable(&self, place: usize) -> bool {
        let modules = self.sequence.map_or(&[][..], |sequence| &sequence.modules);
        modules.iter().flatten().any(|module| module.id == self.tile(place).group.id)
    }

    /// Where a module is while the pointer is at `x`.
    fn carried_rect(&self, area: Rect, carried: Carried, x: f32) -> Rect {
        let home = self.rect(area, carried.from);
        let left = (x - carried.grip).clamp(area.left(), area.right() - home.width());
        home.translate(vec2(left - home.left(), 0.0))
    }

    /// The place nearest to where a module hangs, of those that it may have.
    fn target(&self, area: Rect, carried: Carried, x: f32) -> usize {
        let middle = self.carried_rect(area, carried, x).center().x;
        let off = |place: &usize| (self.rect(area, *place).center().x - middle).abs();
        let places = (0..self.tiles.len()).filter(|place| self.is_movable(*place));
        places.min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(carried.from)
    }

    /// The tiles' order with the one at `from` taken out and put back at place `to`.
    fn with(&self, from: usize, to: usize) -> Vec<usize> {
        let mut order = self.order.clone();
        let tile = order.remove(from);
        order.insert(to, tile);
        order
    }

    /// Moves the module at place `from` to place `to`; both are of modules that can be moved.
    fn put(&self, session: &Session, from: usize, to: usize) {
        let Some((index, sequence)) = session.controls.order().filter(|_| from != to) else { return };
        let order = self.with(from, to);
        let is_ordered = |group: &Group| sequence.modules.iter().flatten().any(|module| module.id == group.id);
        let groups = order.iter().map(|tile| self.tiles[*tile].group);
        let groups: Vec<&Group> = groups.filter(|group| is_ordered(group)).collect();
        if let Some(order) = sequence.order_of(&groups) {
            session.bulk_as(&self.step(from, to), &[(index, f64::from(order.encode()))]);
        }
    }

    /// "Move EQ after Comp".
    fn step(&self, from: usize, to: usize) -> String {
        let (order, name) = (self.with(from, to), self.tile(from).group.name);
        match to.checked_sub(1) {
            Some(before) => format!("Move {name} after {}", self.tiles[order[before]].group.name),
            None => format!("Move {name} to the start"),
        }
    }

    /// The edit that moves the module at `place` to its neighbour's place, `by` -1 or 1, if that can be moved too.
    fn moved(&self, place: usize, by: isize) -> Option<Move<'_>> {
        let to = place.checked_add_signed(by).filter(|to| *to < self.tiles.len())?;
        (self.is_movable(place) && self.is_movable(to)).then_some(Move { row: self, from: place, to })
    }

    /// Left and right on the shown tile go to its neighbours, and move it with Ctrl or Alt. Returns which one is shown
    /// from now on.
    fn keys(&self, ui: &Ui, session: &Session, shown: usize) -> usize {
        let id = |tile: usize| tile::id(ui, &self.tiles[tile]);
        let Some(place) = self.order.iter().position(|tile| *tile == shown) else { return shown };
        if !ui.memory(|memory| memory.has_focus(id(shown))) {
            return shown;
        }
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id(shown), filter));
        let (left, right, moves) = ui.input(|input| {
            let moves = input.modifiers.ctrl || input.modifiers.command || input.modifiers.alt;
            (input.key_pressed(Key::ArrowLeft), input.key_pressed(Key::ArrowRight), moves)
        });
        let by = isize::from(right) - isize::from(left);
        if by == 0 {
            return shown;
        }
        if moves {
            if let Some(step) = self.moved(place, by) {
                step.make(session);
            }
            return shown;
        }
        let to = place.saturating_add_signed(by).min(self.tiles.len() - 1);
        ui.memory_mut(|memory| memory.request_focus(id(self.order[to])));
        self.order[to]
    }
}

/// A step of one place.
struct Move<'a> {
    row: &'a Row<'a>,
    from: usize,
    to: usize,
}

impl Move<'_> {
    fn make(&self, session: &Session) {
        self.row.put(session, self.from, self.to);
    }
}

//! The meters at the right: what comes in and goes out, always in sight.

use super::panel::Tile;
use super::session::{Help, Session};
use super::theme;
use super::widget::{meter, text_within};
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Width of a pair of bars, of the scale between the two pairs, and of the bar of gain reduction.
const PAIR: f32 = 32.0;
const SCALE: f32 = 26.0;
const REDUCTION: f32 = 12.0;

/// The reduction that fills its bar, dB.
const FULL_DB: f32 = 24.0;

/// Draws them. Returns whether the input's and the output's peak are to be forgotten.
pub fn show(ui: &mut Ui, session: &Session, tiles: &[Tile]) -> [bool; 2] {
    let (colours, area) = (session.colours, ui.max_rect());
    ui.painter().rect_filled(area, theme::SURFACE_RADIUS, colours.panel);
    let inside = area.shrink2(vec2(16.0, 12.0));
    let (top, bottom) = (inside.top() + 20.0, inside.bottom() - 62.0);
    let lefts = [inside.left(), inside.left() + PAIR + SCALE];
    let pair = |left: f32| Rect::from_min_max(pos2(left, top), pos2(left + PAIR, bottom));
    let both = [
        (&session.levels.input, "In", colours.input, pair(lefts[0])),
        (&session.levels.output, "Out", colours.output, pair(lefts[1])),
    ];
    let scale = meter::bars(both[0].3);
    let mut at = pos2(inside.left() + PAIR + 0.5 * SCALE, 0.0);
    for mark in meter::MARKS {
        at.y = scale.bottom() - meter::part(mark) * scale.height();
        text_within(
            ui.painter(),
            at,
            Align2::CENTER_CENTER,
            &format!("{:.0}", mark.abs()),
            theme::tiny(),
            colours.mute,
            24.0,
        );
    }
    let mut reset = [false; 2];
    for ((level, name, colour, rect), reset) in both.into_iter().zip(&mut reset) {
        let middle = rect.center().x;
        let title = pos2(middle, inside.top() + 6.0);
        text_within(ui.painter(), title, Align2::CENTER_CENTER, name, theme::small(), colours.mute, 44.0);
        *reset = meter::meter(ui, session, level, name, colour, rect).clicked();
        meter::figure(ui, session, level, pos2(middle, bottom + 14.0), 48.0);
        vu(ui, session, level.vu_db, Rect::from_center_size(pos2(middle, bottom + 46.0), vec2(54.0, 30.0)));
    }
    let taken_db: f32 =
        tiles.iter().filter(|tile| session.is_on(tile.group)).filter_map(|tile| tile.panel.taken_db()).sum();
    let bar = Rect::from_min_max(pos2(inside.right() - REDUCTION, scale.top()), pos2(inside.right(), scale.bottom()));
    reduction(ui, session, taken_db, bar, inside.top() + 6.0, bottom + 14.0);
    reset
}

/// What all modules take together, from the top down.
fn reduction(ui: &Ui, session: &Session, taken_db: f32, bar: Rect, title_y: f32, figure_y: f32) {
    let (colours, painter, x) = (session.colours, ui.painter(), bar.center().x);
    text_within(painter, pos2(x, title_y), Align2::CENTER_CENTER, "GR", theme::small(), colours.mute, 30.0);
    painter.rect_filled(bar, 3, colours.bg);
    let part = (taken_db / FULL_DB).clamp(0.0, 1.0);
    if part > 0.0 {
        let taken = Rect::from_min_max(bar.min, pos2(bar.right(), bar.top() + part * bar.height()));
        painter.rect_filled(taken, 3, colours.taken);
    }
    let text = format!("{:.1}", taken_db.abs());
    text_within(painter, pos2(x, figure_y), Align2::CENTER_CENTER, &text, theme::body(), colours.ink, 30.0);
    let response = ui.interact(bar.expand2(vec2(6.0, 0.0)), ui.make_persistent_id("reduction"), Sense::hover());
    let help = "Gain reduction of all modules together, dB.";
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, format!("Gain reduction {text} dB")));
    if response.hovered() {
        session.say(Help { name: "GR".to_string(), text: help.to_string(), wrong: false });
    }
}

/// The VU level of the louder channel, relative to 0 VU.
fn vu(ui: &Ui, session: &Session, vu_db: [f32; 2], rect: Rect) {
    let colours = session.colours;
    let vu = vu_db[0].max(vu_db[1]) - session.zero_vu_db() as f32;
    let silent = vu_db[0].max(vu_db[1]) <= super::levels::FLOOR_DB;
    let text = if silent { "-inf".to_string() } else { format!("{:+.1}", if vu.abs() < 0.05 { 0.0 } else { vu }) };
    let at = pos2(rect.center().x, rect.top() + 8.0);
    text_within(ui.painter(), at, Align2::CENTER_CENTER, &text, theme::body(), colours.ink, rect.width());
    let at = pos2(rect.center().x, rect.bottom() - 4.0);
    text_within(ui.painter(), at, Align2::CENTER_CENTER, "VU", theme::tiny(), colours.mute, rect.width());
}

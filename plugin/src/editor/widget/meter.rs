//! A level meter: two bars with held peaks, a scale and a clip light.

use super::{focus_ring, text_within};
use crate::editor::levels::{FLOOR_DB, Level};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use egui::{Align2, Color32, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// dBFS at parts of the height: finer where it matters.
const SCALE: [(f32, f32); 6] = [(-60.0, 0.0), (-40.0, 0.14), (-24.0, 0.4), (-12.0, 0.66), (0.0, 0.94), (3.0, 1.0)];

/// Marks beside the bars, dBFS.
pub const MARKS: [f32; 8] = [0.0, -3.0, -6.0, -12.0, -18.0, -24.0, -36.0, -48.0];

/// Height of the clip light.
const LIGHT: f32 = 6.0;

/// The part of the height that `db` is at.
pub fn part(db: f32) -> f32 {
    let above = SCALE.iter().position(|(mark, _)| db < *mark);
    match above {
        Some(0) => 0.0,
        None => 1.0,
        Some(i) => {
            let ((low_db, low), (high_db, high)) = (SCALE[i - 1], SCALE[i]);
            low + (high - low) * (db - low_db) / (high_db - low_db)
        }
    }
}

/// Where the bars are inside a meter of `rect`.
pub fn bars(rect: Rect) -> Rect {
    Rect::from_min_max(rect.min + vec2(0.0, LIGHT + 4.0), rect.max)
}

/// Two bars of `level` in `rect`. Returns whether the clip light was clicked.
pub fn meter(ui: &Ui, session: &Session, level: &Level, name: &str, colour: Color32, rect: Rect) -> Response {
    let (colours, painter) = (session.colours, ui.painter());
    let light = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + LIGHT));
    painter.rect_filled(light, 2, if level.clipped() { colours.taken } else { colours.bg });
    let bars = bars(rect);
    let y = |db: f32| bars.bottom() - part(db) * bars.height();
    let wide = 0.5 * (bars.width() - 3.0);
    for lane in 0..2 {
        let left = bars.left() + lane as f32 * (wide + 3.0);
        let track = Rect::from_min_max(pos2(left, bars.top()), pos2(left + wide, bars.bottom()));
        painter.rect_filled(track, 3, colours.bg);
        if level.bar_db[lane] > -60.0 {
            let bar = Rect::from_min_max(pos2(left, y(level.bar_db[lane])), track.max);
            painter.rect_filled(bar, 3, colour);
        }
        if level.held_db[lane] > -60.0 {
            let at = y(level.held_db[lane]);
            let line = Rect::from_min_max(pos2(left, at - 1.0), pos2(left + wide, at + 1.0));
            painter.rect_filled(line, 0, if level.held_db[lane] >= 0.0 { colours.taken } else { colours.ink });
        }
    }
    let response = ui.interact(rect, ui.make_persistent_id(("meter", name)), Sense::click());
    let text = format!("{name} peak {}", db_text(level.highest_db));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{text}. Reset")));
    focus_ring(ui, &response, rect, colours);
    let help = "Peak level in dBFS, held for 2 s; the figure is the highest since the last reset. Click to reset.";
    if response.hovered() || response.has_focus() {
        session.say(Help { name: name.to_string(), text: help.to_string(), wrong: false });
    }
    response.on_hover_text(help)
}

/// The figure below a meter, and red once it has clipped.
pub fn figure(ui: &Ui, session: &Session, level: &Level, at: egui::Pos2, width: f32) {
    let colour = if level.clipped() { session.colours.taken } else { session.colours.ink };
    let text = db_text(level.highest_db);
    text_within(ui.painter(), at, Align2::CENTER_CENTER, &text, theme::body(), colour, width);
}

/// "-7.4", or "-inf" where there is nothing.
pub fn db_text(db: f32) -> String {
    if db <= FLOOR_DB { "-inf".to_string() } else { format!("{:.1}", if db.abs() < 0.05 { 0.0 } else { db }) }
}

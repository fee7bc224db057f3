//! The chain as a whole: what each module does right now, one below the other, so that it can be seen which one makes
//! it loud, dull or narrow.

use super::{Kind, Panel};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::text_within;
use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::chain;
use tandem_dsp::control::Group;
use tandem_dsp::meter::contribution::{LOUDNESS, PLR, TILT, TRUE_PEAK, WIDTH};
use tandem_dsp::order::Order;
use tandem_dsp::readout::Readout;

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == chain::GROUP.id, make: |_| Box::new(Chain), opens_first: false };

struct Chain;

/// A column of the table.
struct Column {
    readout: &'static Readout,
    name: &'static str,
    unit: &'static str,
    /// What less and more of it mean.
    words: [&'static str; 2],
    help: &'static str,
}

static COLUMNS: [Column; 5] = [
    Column {
        readout: &LOUDNESS,
        name: "Loudness",
        unit: "LU",
        words: ["softer", "louder"],
        help: "How much louder the module makes it: loudness behind it less loudness before it, over the last 3 s.",
    },
    Column {
        readout: &TRUE_PEAK,
        name: "True peak",
        unit: "dB",
        words: ["lower", "higher"],
        help: "The highest true peak of the last 3 s behind the module, less that before it.",
    },
    Column {
        readout: &PLR,
        name: "PLR",
        unit: "LU",
        words: ["denser", "livelier"],
        help: "Peak to loudness: what it does to the peak less what it does to the loudness. Compression and limiting \
               lower it.",
    },
    Column {
        readout: &WIDTH,
        name: "Width",
        unit: "dB",
        words: ["narrower", "wider"],
        help: "The side signal's level against the mid's, behind the module less before it.",
    },
    Column {
        readout: &TILT,
        name: "Tilt",
        unit: "dB",
        words: ["darker", "brighter"],
        help: "The level above 1 kHz against that below, behind the module less before it.",
    },
];

/// Width of the modules' names, and the heights of the columns' heads, the line below the table and a row at most.
const NAMES: f32 = 104.0;
const HEAD: f32 = 46.0;
const FOOT: f32 = 24.0;
const ROW: f32 = 40.0;

/// The difference that fills half of a column.
const FULL_DB: f32 = 12.0;

/// Differences below this print as none and are drawn as none.
const NONE_DB: f32 = 0.05;

/// Height of a bar, and width of the figure right of it.
const BAR: f32 = 8.0;
const FIGURE: f32 = 46.0;

impl Panel for Chain {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        session.telemetry.contribution.store(shown, Relaxed);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let area = ui.max_rect();
        let modules = modules(session);
        let rows = Rect::from_min_max(area.min + vec2(0.0, HEAD), area.max - vec2(0.0, FOOT));
        let height = (rows.height() / (modules.len() + 1) as f32).min(ROW);
        heads(ui, session, Rect::from_min_max(area.min, pos2(area.right(), rows.top())));
        for (i, (group, name)) in modules.iter().map(|group| (*group, group.name)).enumerate() {
            let top = rows.top() + i as f32 * height;
            let rect = Rect::from_min_size(pos2(rows.left(), top), vec2(rows.width(), height));
            row(ui, session, group, name, rect);
        }
        let top = rows.top() + modules.len() as f32 * height;
        let line = Stroke::new(1.0, session.colours.line);
        ui.painter().hline(rows.x_range(), top, line);
        let rect = Rect::from_min_size(pos2(rows.left(), top), vec2(rows.width(), height));
        row(ui, session, &chain::GROUP, "All together", rect);
        let at = pos2(area.left(), area.bottom() - 8.0);
        let text = state(session);
        let rect = text_within(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            text,
            theme::small(),
            session.colours.mute,
            area.width(),
        );
        let response = ui.interact(rect, ui.make_persistent_id("state"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    }

    fn figure(&self, session: &Session) -> String {
        session.look.get(&chain::GROUP, &LOUDNESS).map_or(String::new(), |lu| format!("{lu:+.1} LU"))
    }
}

/// The modules in processing order.
fn modules(session: &Session) -> Vec<&'static Group> {
    let controls = session.controls;
    let mut modules: Vec<&'static Group> = Vec::new();
    for index in controls.all() {
        let module = controls.module_of(index);
        let measured = session.telemetry.readings.has(module, &LOUDNESS) && module.id != chain::GROUP.id;
        if measured && modules.iter().all(|other| other.id != module.id) {
            modules.push(module);
        }
    }
    let Some((index, sequence)) = controls.order() else { return modules };
    let mut arranged = sequence.arrange(Order::decode(session.value(index) as u32));
    let is_ordered = |group: &Group| sequence.modules.iter().flatten().any(|module| module.id == group.id);
    modules.into_iter().filter_map(|group| if is_ordered(group) { arranged.next() } else { Some(group) }).collect()
}

/// What the figures are of.
fn state(session: &Session) -> &'static str {
    let known = session.look.get(&chain::GROUP, &LOUDNESS).is_some();
    match session.telemetry.listening.active().next() {
        Some(_) if !known => "Nothing is measured while a module is heard alone.",
        _ if known => "Behind each module less before it, over the last 3 s of sound, at the same places of it.",
        _ => "Play something: what each module does to it is measured while this page is open.",
    }
}

/// Where the columns are.
fn columns(rect: Rect) -> [Rect; COLUMNS.len()] {
    let wide = (rect.width() - NAMES) / COLUMNS.len() as f32;
    std::array::from_fn(|i| {
        let left = rect.left() + NAMES + i as f32 * wide;
        Rect::from_min_max(pos2(left, rect.top()), pos2(left + wide, rect.bottom())).shrink2(vec2(8.0, 0.0))
    })
}

/// Where the bars of a column are.
fn bars(column: Rect) -> Rect {
    Rect::from_min_max(column.min, pos2(column.right() - FIGURE, column.bottom()))
}

fn heads(ui: &Ui, session: &Session, rect: Rect) {
    let (colours, painter) = (session.colours, ui.painter());
    for (column, rect) in COLUMNS.iter().zip(columns(rect)) {
        let bars = bars(rect);
        let at = pos2(bars.left(), rect.top() + 8.0);
        let end = text_within(painter, at, Align2::LEFT_CENTER, column.name, theme::body(), colours.ink, 90.0).right();
        let at = pos2(end + 6.0, rect.top() + 8.0);
        text_within(painter, at, Align2::LEFT_CENTER, column.unit, theme::small(), colours.mute, 30.0);
        let [less, more] = column.words;
        let (y, room) = (rect.top() + 29.0, 0.5 * bars.width() - 2.0);
        text_within(painter, pos2(bars.left(), y), Align2::LEFT_CENTER, less, theme::tiny(), colours.mute, room);
        text_within(painter, pos2(bars.right(), y), Align2::RIGHT_CENTER, more, theme::tiny(), colours.mute, room);
        let response = ui.interact(rect, ui.make_persistent_id(column.name), Sense::hover());
        if response.hovered() {
            session.say(Help { name: column.name.to_string(), text: column.help.to_string(), wrong: false });
        }
        response.on_hover_text(column.help);
    }
}

fn row(ui: &Ui, session: &Session, group: &'static Group, name: &str, rect: Rect) {
    let (colours, painter) = (session.colours, ui.painter());
    let (on, y) = (session.is_on(group), rect.center().y);
    let ink = if on { colours.ink } else { colours.mute };
    text_within(painter, pos2(rect.left(), y), Align2::LEFT_CENTER, name, theme::body(), ink, NAMES - 8.0);
    let mut told = Vec::new();
    for (column, rect) in COLUMNS.iter().zip(columns(rect)) {
        let bars = bars(rect);
        let value = session.look.get(group, column.readout).filter(|_| on);
        let track = Rect::from_center_size(pos2(bars.center().x, y), vec2(bars.width(), BAR));
        painter.rect_filled(track, 2, colours.bg);
        let way = value.unwrap_or(0.0) / FULL_DB;
        if way.abs() * FULL_DB >= NONE_DB {
            let x = bars.center().x + 0.5 * bars.width() * way.clamp(-1.0, 1.0);
            let (from, to) = if way < 0.0 { (x, bars.center().x) } else { (bars.center().x, x) };
            let bar = Rect::from_min_max(pos2(from, track.top()), pos2(to, track.bottom()));
            painter.rect_filled(bar, 2, if way < 0.0 { colours.taken } else { colours.output });
        }
        painter.vline(bars.center().x, track.expand(3.0).y_range(), Stroke::new(1.0, colours.line));
        let text = match value {
            Some(value) if value.abs() < NONE_DB => "0.0".to_string(),
            Some(value) => format!("{value:+.1}"),
            None => "–".to_string(),
        };
        let ink = if value.is_some_and(|value| value.abs() >= NONE_DB) { colours.ink } else { colours.mute };
        let at = pos2(rect.right(), y);
        text_within(painter, at, Align2::RIGHT_CENTER, &text, theme::body(), ink, FIGURE - 6.0);
        told.push(format!("{} {text} {}", column.name, column.unit));
    }
    let response = ui.interact(rect, ui.make_persistent_id(("row", group.id)), Sense::hover());
    let label = if on { format!("{name}: {}", told.join(", ")) } else { format!("{name}: off") };
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &label));
}

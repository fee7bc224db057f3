//! What playback devices leave of the output: a row each, which lets hear it too.

use super::{Choosable, choose, say};
use crate::editor::browser::shortened;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::{between, focus_ring, text_within};
use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::meter::programme::{GROUP, INTEGRATED};
use tandem_translation::bands::{Bands, WINDOW_S, centre_hz};
use tandem_translation::score::{LEAST_DB, REGIONS, Score, score};
use tandem_translation::{Playback, all};

/// Time between two looks: figures that run cannot be read.
const LOOK_S: f64 = 0.25;

/// Heights of the columns' heads, of the line below the table and of a row at most.
const HEAD: f32 = 20.0;
const FOOT: f32 = 20.0;
const ROW: f32 = 28.0;

/// Widths.
const NAME: f32 = 128.0;
const KIND: f32 = 60.0;
const COLUMN: f32 = 76.0;
const BAR: f32 = 38.0;
const LOUDNESS: f32 = 52.0;

/// The change that fills half of a bar.
const FULL_DB: f32 = 18.0;

#[derive(Default)]
pub(super) struct Devices {
    bands: Option<Bands>,
    scores: Vec<Score>,
    looked_at: f64,
}

impl Devices {
    /// Measures while it is `shown`.
    pub(super) fn update(&mut self, session: &Session, shown: bool) {
        if !shown {
            (self.bands, self.scores) = (None, Vec::new());
            return;
        }
        let rate = session.rate();
        if self.bands.as_ref().is_none_or(|bands| bands.rate() != rate) {
            self.bands = Some(Bands::new(rate));
        }
        let Some(bands) = &mut self.bands else { return };
        while let Some(samples) = session.telemetry.samples.next() {
            bands.push(&samples.output, &samples.side);
        }
        if session.now - self.looked_at < LOOK_S && !self.scores.is_empty() {
            return;
        }
        self.looked_at = session.now;
        let integrated = session.look.get(&GROUP, &INTEGRATED).map(f64::from);
        self.scores = bands
            .mean()
            .map(|powers| all().iter().map(|device| score(&powers, device, integrated)).collect())
            .unwrap_or_default();
    }

    pub(super) fn show(&self, ui: &Ui, session: &Session) {
        let area = ui.max_rect();
        let devices = all();
        let rows = Rect::from_min_max(area.min + vec2(0.0, HEAD), area.max - vec2(0.0, FOOT));
        let height = (rows.height() / (devices.len() + 1) as f32).min(ROW);
        let row = |i: usize| {
            let top = rows.top() + i as f32 * height;
            Rect::from_min_size(pos2(rows.left(), top), vec2(rows.width(), height))
        };
        heads(ui, session, area);
        let asked = &session.telemetry.monitoring;
        let chosen = asked.device().map_or(0, |place| place + 1);
        let name = |rect: Rect| Rect::from_min_size(rect.min, vec2(NAME, height));
        let own = Choosable {
            rect: name(row(0)),
            name: "Listen on: your own".to_string(),
            help: "No device: what you listen on yourself.".to_string(),
        };
        let option = |(i, device): (usize, &Playback)| Choosable {
            rect: name(row(i + 1)),
            name: format!("Listen on: {}", device.name),
            help: format!("{}: {}.", capital(device.kind.name()), device.source),
        };
        let options: Vec<_> = std::iter::once(own).chain(devices.iter().enumerate().map(option)).collect();
        let next = choose(ui, session, "device", &options, chosen, |i, response| {
            let (colours, rect) = (session.colours, options[i].rect.shrink2(vec2(0.0, 1.0)));
            let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
            let (fill, ink) = if i == chosen {
                (colours.yours, colours.on_yours)
            } else {
                (between(colours.panel, colours.raised, lit), colours.ink)
            };
            ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, fill);
            let text = i.checked_sub(1).map_or("Your own", |place| &devices[place].name);
            let at = pos2(rect.left() + 8.0, rect.center().y);
            text_within(ui.painter(), at, Align2::LEFT_CENTER, text, theme::body(), ink, NAME - 14.0);
            focus_ring(ui, response, rect, colours);
        });
        if let Some(i) = next {
            asked.set_device(i.checked_sub(1));
        }
        for (i, device) in devices.iter().enumerate() {
            line(ui, session, device, self.scores.get(i), row(i + 1));
        }
        let text = if self.scores.is_empty() {
            "Play something: what each device leaves of it is calculated while this page is open.".to_string()
        } else {
            format!(
                "Of the last {WINDOW_S:.0} s, beside a device that leaves all; the listener turns the volume up again."
            )
        };
        let at = pos2(area.left(), area.bottom() - 8.0);
        text_within(ui.painter(), at, Align2::LEFT_CENTER, &text, theme::small(), session.colours.mute, area.width());
    }
}

/// Where the bars of a region begin.
fn column(rect: Rect, region: usize) -> f32 {
    rect.left() + NAME + 8.0 + KIND + region as f32 * COLUMN
}

/// Where the words begin.
fn words_left(rect: Rect) -> f32 {
    column(rect, REGIONS.len()) + LOUDNESS + 12.0
}

fn heads(ui: &Ui, session: &Session, area: Rect) {
    let (painter, mute) = (ui.painter(), session.colours.mute);
    let y = area.top() + 8.0;
    let head = |x: f32, text: &str, help: &str, wide: f32| {
        text_within(painter, pos2(x, y), Align2::LEFT_CENTER, text, theme::small(), mute, wide);
        let rect = Rect::from_min_size(pos2(x, area.top()), vec2(wide, HEAD));
        let response = ui.interact(rect, ui.make_persistent_id(("head", text)), Sense::hover());
        say(session, &response, text, help);
    };
    head(area.left() + 8.0, "Listen on", "Click a device to listen through it.", NAME - 8.0);
    head(
        area.left() + NAME + 8.0,
        "Curve",
        "How the device's response is known; point at its name for the source.",
        KIND,
    );
    for (i, region) in REGIONS.iter().enumerate() {
        let [low, high] = [region.bands.start, region.bands.end - 1].map(centre_hz);
        let text = format!(
            "{low:.0} to {high:.0} Hz: what the device does to its power, less what it does to the loudness, dB."
        );
        head(column(area, i), region.name, &text, COLUMN - 4.0);
    }
    let help = "What the device does to the loudness, LU; the same level at 1 kHz.";
    head(column(area, REGIONS.len()), "Loudness", help, LOUDNESS);
    head(words_left(area), "In words", "What is told from 3 dB on.", 80.0);
}

fn line(ui: &Ui, session: &Session, device: &Playback, score: Option<&Score>, rect: Rect) {
    let (colours, painter, y) = (session.colours, ui.painter(), rect.center().y);
    let at = pos2(rect.left() + NAME + 8.0, y);
    text_within(painter, at, Align2::LEFT_CENTER, device.kind.name(), theme::small(), colours.mute, KIND - 6.0);
    let mut told = Vec::new();
    for (i, region) in REGIONS.iter().enumerate() {
        let value = score.and_then(|score| score.regions_db[i]).map(|db| db as f32);
        let left = column(rect, i);
        let track = Rect::from_min_size(pos2(left, y - 4.0), vec2(BAR, 8.0));
        painter.rect_filled(track, 2, colours.bg);
        let middle = track.center().x;
        if let Some(db) = value.filter(|db| db.abs() >= 0.05) {
            let x = middle + 0.5 * BAR * (db / FULL_DB).clamp(-1.0, 1.0);
            let bar = Rect::from_min_max(pos2(x.min(middle), track.top()), pos2(x.max(middle), track.bottom()));
            painter.rect_filled(bar, 2, if db < 0.0 { colours.taken } else { colours.output });
        }
        painter.vline(middle, track.expand(2.0).y_range(), Stroke::new(1.0, colours.line));
        let text = value.map_or("–".to_string(), figure);
        let at = pos2(left + COLUMN - 8.0, y);
        text_within(painter, at, Align2::RIGHT_CENTER, &text, theme::small(), colours.ink, COLUMN - BAR - 10.0);
        told.push(format!("{} {text} dB", region.name));
    }
    let loudness = score.map_or("–".to_string(), |score| figure(score.loudness_lu as f32));
    let left = column(rect, REGIONS.len());
    text_within(painter, pos2(left + 30.0, y), Align2::RIGHT_CENTER, &loudness, theme::small(), colours.ink, 34.0);
    let at = pos2(left + 34.0, y);
    text_within(painter, at, Align2::LEFT_CENTER, "LU", theme::tiny(), colours.mute, 16.0);
    let words = score.map_or(String::new(), Score::words);
    let at = pos2(words_left(rect), y);
    let room = rect.right() - at.x;
    let shown = shortened(ui, &words, theme::small(), room);
    text_within(painter, at, Align2::LEFT_CENTER, &shown, theme::small(), colours.ink, room);
    let told = format!("{}: {words}. {}, loudness {loudness} LU", device.name, told.join(", "));
    let figures = rect.with_min_x(rect.left() + NAME + 4.0);
    let response = ui.interact(figures, ui.make_persistent_id(("score", &device.id)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &told));
    if !words.is_empty() {
        say(session, &response, &device.name, &words);
    }
}

/// "-3.2", "gone".
fn figure(value: f32) -> String {
    if value <= LEAST_DB as f32 + 0.05 {
        return "gone".to_string();
    }
    if value.abs() < 0.05 { "0.0".to_string() } else { format!("{value:+.1}") }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

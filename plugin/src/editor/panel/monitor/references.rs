//! Songs to compare the master with: a list, the one that is chosen, and which of both is heard.

use super::{Choosable, button, choose, say, song, switch};
use crate::editor::browser::shortened;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::{between, focus_ring, text_within, toggle};
use crate::references::{self, Loaded, State, matching_gains};
use crate::state::references::{REFERENCES, Reference};
use crate::telemetry::monitoring::Compared;
use egui::{
    Align2, Color32, Frame, Id, Key, Margin, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::meter::programme::{GROUP, INTEGRATED, SHORT_TERM};

/// Width of the list, and height of one of its rows.
const LIST: f32 = 284.0;
const ROW: f32 = 28.0;

/// Widths.
const REMOVE: f32 = 28.0;
const ADD: f32 = 60.0;
const COMPARED: f32 = 84.0;
const BASIS: f32 = 96.0;

/// Height of a button.
const HEIGHT: f32 = 28.0;

/// By then a recording has been taken while the host runs the plug-in, seconds.
const LOST_S: f64 = 1.0;

#[derive(Default)]
pub(super) struct References {
    library: references::References,
    /// Place of the one that is chosen.
    chosen: Option<usize>,
    /// The recording that the audio thread was given.
    given: Option<u32>,
    /// When, seconds.
    given_at: f64,
    /// What is being typed.
    path: String,
    /// What there is to say, and whether something is wrong.
    message: Option<(String, bool)>,
    /// Whether the passages of the last switch are made equally loud, and not the songs.
    by_passage: bool,
    /// Gains of the reference and of the master, dB, and what was heard when they were taken.
    gains_db: [f64; 2],
    taken_for: (Compared, Option<u32>),
}

impl References {
    /// Follows what has been read and measured. Returns whether the next picture will differ even if nothing happens.
    pub(super) fn update(&mut self, session: &Session, shown: bool) -> bool {
        let asked = &session.telemetry.monitoring;
        asked.free();
        self.library.update();
        let list = session.state.references.all();
        self.chosen = self.chosen.filter(|place| *place < list.len());
        let runs = session.telemetry.rate.load(Relaxed) > 0.0;
        let Some(reference) = self.chosen.map(|place| &list[place]) else { return false };
        if runs && (shown || asked.compared() != Compared::Off) {
            self.ask(session, reference);
        }
        let Some(loaded) = self.library.get(Path::new(&reference.path)).cloned() else {
            return self.library.works();
        };
        let id = Some(loaded.recording.id);
        // The audio thread loses it where the host starts anew.
        let lost = asked.playing().is_none() && session.now - self.given_at > LOST_S;
        if loaded.rate == session.rate().round() && (self.given != id || lost) {
            asked.load(loaded.recording.clone(), 0);
            (self.given, self.given_at) = (id, session.now);
        }
        asked.set_loop(looped(reference, &loaded));
        self.even_out(session, &loaded);
        shown && asked.compared() == Compared::Reference
    }

    fn ask(&mut self, session: &Session, reference: &Reference) {
        let path = Path::new(&reference.path);
        if !matches!(self.library.state(path), Some(State::Failed(_))) {
            let repaint = session.controls.repaint().clone();
            self.library.ask(path, session.rate(), move || repaint.request_repaint());
        }
    }

    /// Makes both equally loud.
    fn even_out(&mut self, session: &Session, loaded: &Loaded) {
        let asked = &session.telemetry.monitoring;
        let read = |readout| session.look.get(&GROUP, readout).map_or(f64::NAN, f64::from);
        let taken_for = (asked.compared(), self.given);
        let switched = std::mem::replace(&mut self.taken_for, taken_for) != taken_for;
        // What is heard of the master is what the meter reads and what Match makes of it.
        let matched_db = f64::from(session.telemetry.matching.gain_db());
        if !self.by_passage {
            let master = read(&INTEGRATED) + matched_db;
            self.gains_db = matching_gains(loaded.lufs, loaded.true_peak_db, master);
        } else if switched {
            let at = asked.playing().map_or(0, |(_, at)| at);
            let master = read(&SHORT_TERM) + matched_db;
            self.gains_db = matching_gains(loaded.passage_lufs(at), loaded.true_peak_db, master);
        }
        asked.set_gains(self.gains_db.map(|db| db as f32));
    }

    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session) {
        let area = ui.max_rect();
        let list = Rect::from_min_size(area.min, vec2(LIST, area.height()));
        self.list(ui, session, list);
        let rest = Rect::from_min_max(pos2(list.right() + theme::PAD, area.top()), area.max);
        let chosen = self.chosen.and_then(|place| Some((place, session.state.references.all().get(place)?.clone())));
        match chosen {
            Some((place, reference)) => self.chosen(ui, session, place, &reference, rest),
            None => {
                let text = "Add a WAV or FLAC file on the left and click it: it is made as loud as the master, and R goes \
                            between both. The session keeps where the file is, its loop and its cue points, not its sound.";
                words(ui, text, session.colours.mute, rest);
            }
        }
    }

    fn list(&mut self, ui: &mut Ui, session: &Session, area: Rect) {
        let references = session.state.references.all();
        let line = |i: usize| {
            let top = area.top() + i as f32 * (ROW + 2.0);
            Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW))
        };
        for (i, reference) in references.iter().enumerate() {
            let rect = line(i);
            self.row(ui, session, i, reference, rect.with_max_x(rect.right() - REMOVE - 4.0));
            let remove = rect.with_min_x(rect.right() - REMOVE);
            let name = format!("Remove {}", reference.name);
            if button(ui, session, remove, "×", &name, "Takes it off the list; its file stays.").clicked() {
                self.remove(session, i, reference);
            }
        }
        for i in references.len()..REFERENCES {
            let rect = line(i).shrink2(vec2(0.0, 1.0));
            let edge = Stroke::new(1.0, session.colours.line);
            ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, edge, StrokeKind::Inside);
        }
        let field = line(REFERENCES).translate(vec2(0.0, 6.0));
        let add = field.with_min_x(field.right() - ADD);
        let typed = self.field(ui, session, field.with_max_x(add.left() - theme::GAP));
        let help = "Adds the file to the list: WAV or FLAC, one or two channels.";
        if button(ui, session, add, "Add", "Add reference", help).clicked() || typed {
            self.add(session);
        }
        let failed = self.chosen.and_then(|place| references.get(place)).and_then(|reference| {
            match self.library.state(Path::new(&reference.path)) {
                Some(State::Failed(why)) => Some((why.clone(), true)),
                _ => None,
            }
        });
        let message = Rect::from_min_max(pos2(area.left(), field.bottom() + theme::GAP), area.max);
        if let Some((text, wrong)) = self.message.clone().or(failed) {
            let colour = if wrong { session.colours.taken } else { session.colours.mute };
            words(ui, &text, colour, message);
        }
    }

    fn row(&mut self, ui: &Ui, session: &Session, place: usize, reference: &Reference, rect: Rect) {
        let (colours, chosen) = (session.colours, self.chosen == Some(place));
        let response = ui.interact(rect, ui.make_persistent_id(("reference", place)), Sense::click());
        let name = format!("Reference {}: {}", place + 1, reference.name);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &name));
        let (note, ink) = match self.library.state(Path::new(&reference.path)) {
            Some(State::Here(loaded)) if loaded.lufs.is_finite() => (format!("{:.1} LUFS", loaded.lufs), colours.mute),
            Some(State::Here(_)) => ("silent".to_string(), colours.mute),
            Some(State::Loading) => ("reading".to_string(), colours.mute),
            Some(State::Failed(_)) => ("not there".to_string(), colours.taken),
            None => (String::new(), colours.mute),
        };
        let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
        let (fill, ink, name_ink) = match chosen {
            true => (colours.yours, colours.on_yours, colours.on_yours),
            false => (between(colours.raised, colours.line, 0.6 * lit), ink, colours.ink),
        };
        ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, fill);
        let at = pos2(rect.right() - 8.0, rect.center().y);
        let end = text_within(ui.painter(), at, Align2::RIGHT_CENTER, &note, theme::small(), ink, 80.0).left();
        let at = pos2(rect.left() + 8.0, rect.center().y);
        let room = end - 8.0 - at.x;
        let text = shortened(ui, &reference.name, theme::body(), room);
        text_within(ui.painter(), at, Align2::LEFT_CENTER, &text, theme::body(), name_ink, room);
        focus_ring(ui, &response, rect, colours);
        let help = format!("Click to load it: {}", reference.path);
        say(session, &response, &name, &help);
        if response.clicked() {
            response.request_focus();
            self.message = None;
            if matches!(self.library.state(Path::new(&reference.path)), Some(State::Failed(_))) {
                self.library.forget(Path::new(&reference.path));
            }
            self.chosen = Some(place);
            if session.telemetry.rate.load(Relaxed) <= 0.0 {
                self.message = Some(("It is read once the host runs the plug-in.".to_string(), false));
            }
        }
        response.on_hover_text(&reference.path);
    }

    /// Where a path is typed or pasted. Returns whether Enter was pressed.
    fn field(&mut self, ui: &mut Ui, session: &Session, rect: Rect) -> bool {
        let colours = session.colours;
        let field = TextEdit::singleline(&mut self.path)
            .id(Id::unique("reference path"))
            .font(theme::body())
            .hint_text("Path of a WAV or FLAC file")
            .char_limit(4_096)
            .frame(
                Frame::NONE.fill(colours.bg).corner_radius(theme::TOUCH_RADIUS).inner_margin(Margin::symmetric(8, 5)),
            )
            .align(Align2::LEFT_CENTER)
            .min_size(rect.size())
            .desired_width(rect.width());
        let response = ui.put(rect, field).accessible_name("Reference path");
        if response.has_focus() {
            ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, Stroke::new(1.5, colours.yours), StrokeKind::Inside);
        }
        say(session, &response, "Reference path", "Type or paste where the file is; Enter adds it to the list.");
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }

    fn add(&mut self, session: &Session) {
        // As a file manager copies it.
        let path = self.path.trim().trim_matches('"');
        let path = path.strip_prefix("file://").unwrap_or(path).to_string();
        if path.is_empty() {
            self.message = Some(("Type or paste the path of a file first.".to_string(), true));
            return;
        }
        match session.state.references.add(&path) {
            Ok(place) => {
                self.library.forget(Path::new(&path));
                (self.chosen, self.message) = (Some(place), None);
                self.path.clear();
            }
            Err(why) => self.message = Some((why, true)),
        }
    }

    fn remove(&mut self, session: &Session, place: usize, reference: &Reference) {
        let asked = &session.telemetry.monitoring;
        if self.chosen == Some(place) {
            asked.compare(Compared::Off);
            asked.unload();
            (self.chosen, self.given) = (None, None);
        }
        self.chosen = self.chosen.map(|chosen| if chosen > place { chosen - 1 } else { chosen });
        self.library.forget(Path::new(&reference.path));
        session.state.references.remove(place);
        self.message = None;
    }

    /// The one that is chosen, and what is heard.
    fn chosen(&mut self, ui: &mut Ui, session: &Session, place: usize, reference: &Reference, area: Rect) {
        let colours = session.colours;
        let loaded = self.library.get(Path::new(&reference.path)).cloned();
        let name = shortened(ui, &reference.name, theme::heading(), area.width());
        let at = pos2(area.left(), area.top() + 9.0);
        text_within(ui.painter(), at, Align2::LEFT_CENTER, &name, theme::heading(), colours.ink, area.width());
        let top = Rect::from_min_size(pos2(area.left(), area.top() + 24.0), vec2(area.width(), HEIGHT));
        self.compared(ui, session, loaded.is_some(), top);
        let foot = area.bottom() - 34.0;
        let below = Rect::from_min_size(pos2(area.left(), foot - 2.0 * HEIGHT - 12.0), vec2(area.width(), HEIGHT));
        let picture = Rect::from_min_max(
            pos2(area.left(), top.bottom() + theme::GAP),
            pos2(area.right(), below.top() - theme::GAP),
        );
        song::picture(ui, session, reference, loaded.as_deref(), picture);
        let enabled = loaded.is_some();
        let rows = Rect::from_min_size(below.min, vec2(below.width(), 2.0 * HEIGHT + 4.0));
        super::part(ui, rows, "points", |ui| {
            ui.add_enabled_ui(enabled, |ui| {
                song::points(ui, session, place, reference, loaded.as_deref(), below);
            });
        });
        let text = self.figures(session, loaded.as_deref());
        words(ui, &text, colours.mute, Rect::from_min_max(pos2(area.left(), foot), area.max));
    }

    /// Which of both is heard, and what makes them equally loud.
    fn compared(&mut self, ui: &mut Ui, session: &Session, here: bool, rect: Rect) {
        let asked = &session.telemetry.monitoring;
        let all = [
            (Compared::Off, "Off", "Nothing is compared: the output as it is."),
            (Compared::Master, "Master", "The master, as loud as the reference. R goes to the reference."),
            (Compared::Reference, "Reference", "The reference, as loud as the master. R goes to the master."),
        ];
        let place = |i: usize| {
            let left = rect.left() + i as f32 * (COMPARED + 4.0);
            Rect::from_min_size(pos2(left, rect.top()), vec2(COMPARED, HEIGHT))
        };
        let options: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(i, (_, name, help))| Choosable {
                rect: place(i),
                name: format!("Hear: {name}"),
                help: format!("{help} Never saved, off in a bounce."),
            })
            .collect();
        let chosen = all.iter().position(|(compared, ..)| *compared == asked.compared()).unwrap_or(0);
        super::part(ui, rect, "compared", |ui| {
            ui.add_enabled_ui(here, |ui| {
                let next = choose(ui, session, "compared", &options, chosen, |i, response| {
                    toggle::button(ui, session, response, options[i].rect, all[i].1, i == chosen);
                });
                if let Some(i) = next.filter(|_| here) {
                    asked.compare(all[i].0);
                }
            });
        });
        let basis = Rect::from_min_size(pos2(rect.right() - BASIS, rect.top()), vec2(BASIS, HEIGHT));
        let help = "Makes the passages of the last switch equally loud, 3 s of each, instead of the songs as a whole.";
        if switch(ui, session, basis, "By passage", "Equally loud by passage", help, self.by_passage).clicked() {
            self.by_passage = !self.by_passage;
            self.taken_for = (Compared::Off, None);
        }
    }

    /// Loudness of both, and what is done about it.
    fn figures(&self, session: &Session, loaded: Option<&Loaded>) -> String {
        let Some(loaded) = loaded else { return "It can be heard once it has been read.".to_string() };
        let master = session.look.get(&GROUP, &INTEGRATED);
        let Some(master) = master else {
            return format!(
                "{:.1} LUFS, {:.1} dBTP. Play the master: they are equally loud once its loudness is known.",
                loaded.lufs, loaded.true_peak_db
            );
        };
        let [reference_db, master_db] = self.gains_db;
        let turned = |what: &str, db: f64| match db {
            _ if db.abs() < 0.05 => String::new(),
            _ if db < 0.0 => format!(" {what} is turned down by {:.1} dB.", -db),
            _ => format!(" {what} is turned up by {db:.1} dB."),
        };
        format!(
            "Reference {:.1} LUFS, {:.1} dBTP; master {master:.1} LUFS.{}{}",
            loaded.lufs,
            loaded.true_peak_db,
            turned("The reference", reference_db),
            turned("The master", master_db)
        )
    }
}

/// The loop in frames; (0, 0) for the whole.
fn looped(reference: &Reference, loaded: &Arc<Loaded>) -> (usize, usize) {
    let frame = |s: f64| (s * loaded.rate).round() as usize;
    reference.loop_s.map_or((0, 0), |[start, end]| (frame(start), frame(end)))
}

/// Text that wraps inside `rect`.
fn words(ui: &Ui, text: &str, colour: Color32, rect: Rect) {
    let galley = ui.painter().layout(text.to_string(), theme::small(), colour, rect.width());
    ui.painter().galley(rect.min, galley, colour);
    let response = ui.interact(rect, ui.make_persistent_id(("words", rect.left() as i32)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
}

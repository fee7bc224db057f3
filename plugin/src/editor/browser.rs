//! The presets: one's name in the top bar, and all of them in place of the panel.
//!
//! The files are worked on elsewhere; see [`Library`]. What a preset sets is one bulk edit.

mod details;
mod filters;
mod form;
mod head;
mod list;
mod load;

use super::session::{Help, Session};
use super::theme;
use super::widget::toggle;
use crate::params::ParamIndex;
use crate::state::library::{Job, Library, Outcome};
use crate::state::locks::Lock;
use crate::state::preset::Base;
use crate::state::slots::Slot;
use egui::{Align2, Color32, FontId, Key, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use form::Form;
use std::path::Path;
use tandem_presets::{Entry, Filter, Folder};

/// Height of what is touched in it.
const HEIGHT: f32 = 28.0;

/// Widths of the filters and of the notes.
const FILTERS: f32 = 168.0;
const DETAILS: f32 = 292.0;

/// Where a preset is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into what is heard.
    Here,
    /// Into the other slot, which is heard from then on.
    OtherSlot,
}

/// The browser, and what it remembers while the editor is open.
pub struct Browser {
    library: Library,
    open: bool,
    /// Whether the user's files have been asked for.
    asked: bool,
    filter: Filter,
    /// Id of the preset whose notes are shown.
    selected: String,
    /// What is being typed, if anything is.
    form: Option<Form>,
    /// What came of the last thing that was asked for, and whether it went wrong.
    message: Option<(String, bool)>,
    /// What takes the focus in the next picture.
    focus: Option<Focus>,
    /// The slot that is heard.
    slot: Slot,
    /// What presets set that the slots stand on, or stood on while the editor is open, the latest first; and the version
    /// of the standing and the slot that it was worked out for.
    known: (Option<(u32, Slot)>, Vec<Known>),
    /// How the instance stood before each load, the latest first.
    left: Vec<Known>,
}

/// A preset, and values of the parameters that go with it.
type Known = (Base, Vec<(ParamIndex, f64)>);

/// Presets that are remembered, so that undoing a load finds back to the one before.
const MOST_KNOWN: usize = 32;

/// What can be given the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// The list.
    List,
    /// The field of words to search for, with the cursor at its end.
    Words,
    /// The first field of what is being typed.
    Form,
    /// The name in the top bar.
    Head,
}

impl Browser {
    /// A browser of `library`.
    pub fn new(library: Library) -> Self {
        Self {
            library,
            open: false,
            asked: false,
            filter: Filter::default(),
            selected: String::new(),
            form: None,
            message: None,
            focus: None,
            slot: Slot::default(),
            known: (None, Vec::new()),
            left: Vec::new(),
        }
    }

    /// The user's presets are in a folder below `presets` from now on.
    pub fn keep_in(&mut self, presets: &Path) {
        let plugin = self.library.plugin().to_string();
        self.library = Library::new(&plugin, Some(Folder::new(presets, &plugin)));
        self.asked = false;
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether work on files is under way.
    pub fn works(&self) -> bool {
        self.library.works()
    }

    /// Shows it.
    pub fn open(&mut self) {
        (self.open, self.focus, self.message) = (true, Some(Focus::List), None);
        self.selected.clear();
        // Files may have come or gone since.
        self.asked = false;
    }

    /// Shows the panels again.
    pub fn close(&mut self) {
        (self.open, self.form, self.message, self.focus) = (false, None, None, None);
    }

    /// The same, by one of its own ways: the focus goes back to where it was opened.
    fn leave(&mut self) {
        self.close();
        self.focus = Some(Focus::Head);
    }

    /// A picture begins: takes in what has come of work on files.
    pub fn update(&mut self, session: &Session) {
        if !std::mem::replace(&mut self.asked, true) {
            self.ask(session, Job::List);
        }
        while let Some(outcome) = self.library.outcome() {
            self.learn(session, outcome);
        }
        let (standing, slot) = (&session.state.preset, session.recall().slots().current());
        if std::mem::replace(&mut self.slot, slot) != slot && !standing.has_base(slot) {
            // One that was empty has taken along what stood.
            self.know(session);
            if let Some((base, _)) = self.known.1.first().cloned() {
                standing.set_base(slot, base);
            }
        }
    }

    fn ask(&mut self, session: &Session, job: Job) {
        let repaint = session.controls.repaint().clone();
        let asked = self.library.ask(job.clone(), move || repaint.request_repaint());
        if !asked && job != Job::List {
            self.message = Some(("There is no folder for your presets on this system.".to_string(), true));
        }
    }

    /// What a job came to.
    fn learn(&mut self, session: &Session, Outcome { job, result }: Outcome) {
        let report = match result {
            Ok(report) => report,
            Err(error) => {
                self.message = Some((error, true));
                return;
            }
        };
        if let Some(text) = report.text {
            self.message = Some((text, false));
        }
        let standing = &session.state.preset;
        match (job, report.id) {
            (Job::Save(preset), Some(id)) => {
                standing.set_base(self.slot, Base::new(&id, &preset.name, &preset));
                self.message = Some((format!("Saved as \"{}\".", preset.name), false));
                (self.form, self.selected, self.focus) = (None, id, Some(Focus::List));
            }
            (Job::Rename(path, name), Some(id)) => {
                let old = self.library.folder().map(|folder| folder.id(&path));
                for slot in Slot::ALL {
                    let base = standing.base(slot);
                    if Some(&base.id) == old.as_ref() {
                        standing.set_base(slot, base.called(&id, name.trim()));
                    }
                }
                (self.form, self.selected, self.focus) = (None, id, Some(Focus::List));
            }
            (Job::Import(_), _) => (self.form, self.focus) = (None, Some(Focus::List)),
            _ => {}
        }
    }

    /// The presets that are listed, in their order.
    fn listed(&self) -> Vec<&Entry> {
        let listing = self.library.listing();
        listing.entries.iter().filter(|entry| self.filter.passes(entry, &listing.favourites)).collect()
    }

    fn selected(&self) -> Option<&Entry> {
        self.library.listing().entries.iter().find(|entry| entry.id == self.selected)
    }

    /// Draws it in place of the panels, over `ui`'s whole room.
    pub fn show(&mut self, ui: &mut Ui, session: &Session) {
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.escape();
        }
        if self.selected.is_empty() {
            self.select(ui, session.state.preset.base(self.slot).id);
        }
        let area = ui.max_rect();
        let inside = area.shrink(theme::PAD);
        let top = Rect::from_min_size(inside.min, vec2(inside.width(), HEIGHT));
        let bottom = Rect::from_min_max(pos2(inside.left(), inside.bottom() - HEIGHT), inside.max);
        let middle = Rect::from_min_max(
            pos2(inside.left(), top.bottom() + theme::PAD),
            pos2(inside.right(), bottom.top() - theme::PAD),
        );
        let filters = Rect::from_min_size(middle.min, vec2(FILTERS, middle.height()));
        let details = Rect::from_min_max(pos2(middle.right() - DETAILS, middle.top()), middle.max);
        let list = Rect::from_min_max(
            pos2(filters.right() + theme::PAD, middle.top()),
            pos2(details.left() - theme::PAD, middle.bottom()),
        );
        // From left to right and downwards, as the keyboard goes. What the list does with keys comes before the field
        // above it hears them.
        self.keys(ui, session, list.height());
        part(ui, top, "preset tools", |ui| self.tools(ui, session, list));
        part(ui, filters, "preset filters", |ui| self.filters(ui, session));
        part(ui, list, "preset list", |ui| self.list(ui, session));
        part(ui, details, "preset details", |ui| match self.form.take() {
            Some(form) => self.form = self.typing(ui, session, form),
            None => self.details(ui, session),
        });
        part(ui, bottom, "preset locks", |ui| locks(ui, session));
    }

    fn escape(&mut self) {
        if self.form.take().is_some() {
            self.focus = Some(Focus::List);
        } else if self.filter.words.is_empty() {
            self.leave();
        } else {
            self.filter.words.clear();
            self.focus = Some(Focus::List);
        }
    }

    /// The field of words to search for, over the list, and what can be done beside it.
    fn tools(&mut self, ui: &mut Ui, session: &Session, list: Rect) {
        let area = ui.max_rect();
        let at = pos2(area.left(), area.center().y);
        super::widget::text_within(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            "Presets",
            theme::heading(),
            session.colours.ink,
            FILTERS,
        );
        let words = Rect::from_min_max(pos2(list.left(), area.top()), pos2(list.right(), area.bottom()));
        self.words(ui, session, words);
        let mut left = list.right() + theme::PAD;
        let mut place = |width: f32| {
            let rect = Rect::from_min_size(pos2(left, area.top()), vec2(width, HEIGHT));
            left += width + theme::GAP;
            rect
        };
        let save = button(ui, session, place(88.0), "Save as", "Save as", "Saves what is set as a preset of yours.");
        if save.clicked() {
            self.form = Some(self.save_form(session));
            self.focus = Some(Focus::Form);
        }
        let help = "Copies the presets of a folder into yours.";
        if button(ui, session, place(88.0), "Import", "Import presets", help).clicked() {
            self.form = Some(Form::Import(String::new()));
            self.focus = Some(Focus::Form);
        }
        let close = Rect::from_min_max(pos2(area.right() - 84.0, area.top()), area.max);
        if button(ui, session, close, "Close", "Close presets", "Back to the panels; so does Escape.").clicked() {
            self.leave();
        }
    }
}

/// As much of `text` as fits into `room`.
pub(super) fn shortened(ui: &Ui, text: &str, font: FontId, room: f32) -> String {
    let wide = |text: &str| ui.painter().layout_no_wrap(text.to_string(), font.clone(), Color32::WHITE).size().x;
    if wide(text) <= room {
        return text.to_string();
    }
    let mut letters: Vec<char> = text.chars().collect();
    while letters.pop().is_some() {
        let text = format!("{}…", letters.iter().collect::<String>().trim_end());
        if wide(&text) <= room {
            return text;
        }
    }
    String::new()
}

/// What a preset load leaves alone.
fn locks(ui: &mut Ui, session: &Session) {
    let (area, colours) = (ui.max_rect(), session.colours);
    let at = pos2(area.left(), area.center().y);
    let text = "A preset leaves alone:";
    let label =
        super::widget::text_within(ui.painter(), at, Align2::LEFT_CENTER, text, theme::small(), colours.mute, 200.0);
    let mut left = label.right() + theme::GAP;
    for lock in Lock::ALL.into_iter().filter(|lock| lock.is_of(session.controls)) {
        let wide = ui.painter().layout_no_wrap(lock.name().to_string(), theme::body(), colours.ink).size().x + 24.0;
        let rect = Rect::from_min_size(pos2(left, area.top()), vec2(wide, HEIGHT));
        left += wide + theme::GAP;
        let on = session.state.preset.locks().has(lock);
        if switch(ui, session, rect, lock.name(), &format!("Lock {}", lock.name()), lock.help(), on).clicked() {
            session.state.preset.set_lock(lock, !on);
        }
    }
}

/// A part of the browser.
fn part<R>(ui: &mut Ui, rect: Rect, name: &'static str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let mut inside = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    inside.shrink_clip_rect(rect.expand(4.0));
    contents(&mut inside)
}

/// A button that does something.
fn button(ui: &Ui, session: &Session, rect: Rect, text: &str, name: &str, help: &str) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    toggle::button(ui, session, &response, rect, text, false);
    describe(session, &response, name, help);
    response.on_hover_text(help)
}

/// A button that stays down.
fn switch(ui: &Ui, session: &Session, rect: Rect, text: &str, name: &str, help: &str, on: bool) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, on, name));
    toggle::button(ui, session, &response, rect, text, on);
    describe(session, &response, name, help);
    if response.clicked() {
        response.request_focus();
    }
    response.on_hover_text(help)
}

/// Says in the status line what the pointer or the focus is on.
fn describe(session: &Session, response: &Response, name: &str, help: &str) {
    if response.hovered() || response.has_focus() {
        session.say(Help { name: name.to_string(), text: help.to_string(), wrong: false });
    }
}

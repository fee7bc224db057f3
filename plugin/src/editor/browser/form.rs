//! What is typed about presets: a new one's name, tags and notes, another name, a folder to import.

use super::{Browser, Focus, HEIGHT, button};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::text_within;
use crate::state::library::Job;
use crate::state::preset::capture;
use egui::{Align2, Frame, Id, Key, Margin, Rect, Response, Stroke, StrokeKind, TextEdit, Ui, pos2, vec2};
use std::path::PathBuf;
use tandem_presets::format::{LONGEST_NAME, LONGEST_NOTES};
use tandem_presets::{Facet, Origin, Preset};

/// What is being typed.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// About a preset to save.
    Save(Box<Draft>),
    /// Another name for the preset in the file.
    Rename(PathBuf, String),
    /// A folder to import from.
    Import(String),
}

/// What is said of a preset to save.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    name: String,
    /// By [`Facet`].
    tags: [String; 3],
    notes: String,
}

impl Browser {
    /// What is known of a preset to save: what the one says that the instance stands on.
    pub(super) fn save_form(&self, session: &Session) -> Form {
        let base = session.state.preset.base(self.slot);
        let entry = self.library.listing().entries.iter().find(|entry| entry.id == base.id);
        let users = entry.filter(|entry| entry.origin != Origin::Factory);
        let preset = entry.and_then(|entry| entry.content.as_ref().ok());
        Form::Save(Box::new(Draft {
            name: users.map(|entry| entry.name.clone()).unwrap_or_default(),
            tags: Facet::ALL.map(|facet| preset.map(|preset| preset.tags.of(facet).join(", ")).unwrap_or_default()),
            notes: users.and(preset).map(|preset| preset.notes.clone()).unwrap_or_default(),
        }))
    }

    /// Draws `form` into `ui`'s room. Gives it back while it is being typed.
    pub(super) fn typing(&mut self, ui: &mut Ui, session: &Session, mut form: Form) -> Option<Form> {
        let area = ui.max_rect();
        // The click that opens it would take the focus away again.
        let clicked = ui.input(|input| input.pointer.any_click());
        let opens = self.focus == Some(Focus::Form) && !clicked;
        let mut lines = Lines { y: area.top(), area, opens, enter: false };
        if opens {
            self.focus = None;
        } else if clicked {
            ui.ctx().request_repaint();
        }
        let (ready, does) = match &mut form {
            Form::Save(draft) => {
                lines.title(ui, session, "Save as");
                lines.field(ui, session, "Name", "What the preset is called.", &mut draft.name, 1);
                for (facet, tags) in Facet::ALL.into_iter().zip(&mut draft.tags) {
                    let (name, help) = match facet {
                        Facet::Source => ("Source", "What it is made for, such as vocal, drums; commas between."),
                        Facet::Genre => ("Genre", "Styles it fits, such as pop, jazz; commas between."),
                        Facet::Task => ("Task", "What it does, such as level, tone; commas between."),
                    };
                    lines.field(ui, session, name, help, tags, 1);
                }
                let help = "What it is for, and what to adjust first.";
                lines.field(ui, session, "Notes", help, &mut draft.notes, 6);
                let replaces = self.library.folder().is_some() && self.has(&draft.name);
                (!draft.name.trim().is_empty(), if replaces { "Replace" } else { "Save" })
            }
            Form::Rename(_, name) => {
                lines.title(ui, session, "Rename");
                lines.field(ui, session, "Name", "What the preset is called from now on.", name, 1);
                (!name.trim().is_empty(), "Rename")
            }
            Form::Import(folder) => {
                lines.title(ui, session, "Import");
                let help = "A folder with presets of this plug-in, also in folders inside it.";
                lines.field(ui, session, "Folder", help, folder, 1);
                (!folder.trim().is_empty(), "Import")
            }
        };
        let wide = 0.5 * (area.width() - theme::GAP);
        let go = Rect::from_min_size(pos2(area.left(), lines.y), vec2(wide, HEIGHT));
        let leave = go.translate(vec2(wide + theme::GAP, 0.0));
        let name = format!("{does} now");
        let help = if does == "Replace" { REPLACES } else { "Does it; so does Enter." };
        let gone = button(ui, session, go, does, &name, help).clicked();
        let left =
            button(ui, session, leave, "Cancel", "Cancel", "Leaves everything as it is; so does Escape.").clicked();
        let message = Rect::from_min_max(pos2(area.left(), go.bottom() + theme::GAP), area.max);
        self.say_message(ui, session, message);
        if left {
            (self.focus, self.message) = (Some(Focus::List), None);
            return None;
        }
        if ready && (gone || lines.enter) {
            let job = self.job(session, &form);
            self.message = None;
            self.ask(session, job);
        }
        Some(form)
    }

    /// Whether saving under `name` replaces a preset of the user's.
    fn has(&self, name: &str) -> bool {
        let name = name.trim();
        let users = self.library.listing().entries.iter().filter(|entry| entry.origin != Origin::Factory);
        users.into_iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn job(&self, session: &Session, form: &Form) -> Job {
        match form {
            Form::Save(draft) => {
                let mut preset = Preset {
                    name: draft.name.clone(),
                    notes: draft.notes.clone(),
                    ..capture(self.library.plugin(), session.controls)
                };
                for (facet, tags) in Facet::ALL.into_iter().zip(&draft.tags) {
                    preset.tags.set(facet, tags);
                }
                preset.tidy();
                Job::Save(Box::new(preset))
            }
            Form::Rename(path, name) => Job::Rename(path.clone(), name.clone()),
            // As a file manager copies it.
            Form::Import(folder) => {
                let folder = folder.trim().trim_matches('"');
                Job::Import(folder.strip_prefix("file://").unwrap_or(folder).into())
            }
        }
    }
}

const REPLACES: &str = "Replaces your preset of that name; the old file moves to the folder \"Deleted\".";

/// Fields, one below the other.
struct Lines {
    /// Where the next one begins.
    y: f32,
    area: Rect,
    /// Whether the next field takes the focus.
    opens: bool,
    /// Whether Enter was pressed in a field of one line.
    enter: bool,
}

impl Lines {
    fn title(&mut self, ui: &Ui, session: &Session, text: &str) {
        let at = pos2(self.area.left(), self.y);
        let ink = session.colours.ink;
        self.y =
            text_within(ui.painter(), at, Align2::LEFT_TOP, text, theme::heading(), ink, self.area.width()).bottom();
        self.y += theme::GAP;
    }

    /// A field of `rows` lines for `text`.
    fn field(&mut self, ui: &mut Ui, session: &Session, name: &str, help: &str, text: &mut String, rows: usize) {
        let colours = session.colours;
        let at = pos2(self.area.left(), self.y);
        let label =
            text_within(ui.painter(), at, Align2::LEFT_TOP, name, theme::small(), colours.mute, self.area.width());
        let rest = self.area.bottom() - label.bottom() - 2.0 * (HEIGHT + theme::GAP);
        let height = if rows == 1 { HEIGHT } else { rest.clamp(HEIGHT, 20.0 * rows as f32) };
        let rect = Rect::from_min_size(pos2(self.area.left(), label.bottom() + 3.0), vec2(self.area.width(), height));
        self.y = rect.bottom() + theme::GAP;
        let id = Id::unique(("preset field", name));
        if std::mem::take(&mut self.opens) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let field = if rows == 1 { TextEdit::singleline(text) } else { TextEdit::multiline(text).desired_rows(rows) };
        let field = field
            .id(id)
            .font(if rows == 1 { theme::body() } else { theme::small() })
            .char_limit(if rows == 1 { 4 * LONGEST_NAME } else { LONGEST_NOTES })
            .frame(Frame::NONE.fill(colours.bg).corner_radius(theme::TOUCH_RADIUS))
            .margin(Margin::symmetric(8, 5))
            .align(if rows == 1 { Align2::LEFT_CENTER } else { Align2::LEFT_TOP })
            .min_size(rect.size())
            .desired_width(rect.width() - 16.0);
        let response = super::part(ui, rect, "preset field", |ui| ui.put(rect, field));
        let response = response.accessible_name(format!("Preset {}", name.to_lowercase()));
        self.mark(ui, session, &response, rect, name, help);
        self.enter |= rows == 1 && response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    }

    fn mark(&self, ui: &Ui, session: &Session, response: &Response, rect: Rect, name: &str, help: &str) {
        if response.has_focus() {
            let stroke = Stroke::new(1.5, session.colours.yours);
            ui.painter().rect_stroke(rect, theme::TOUCH_RADIUS, stroke, StrokeKind::Inside);
        }
        super::describe(session, response, name, help);
    }
}

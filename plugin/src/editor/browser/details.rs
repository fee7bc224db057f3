//! The chosen preset: what it is for, and what can be done with it.

use super::{Browser, Focus, HEIGHT, Place, button, switch};
use crate::editor::browser::form::Form;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::state::library::Job;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Label, Rect, RichText, ScrollArea, Ui, pos2, vec2};
use tandem_presets::{Entry, Origin};

impl Browser {
    /// Draws it into `ui`'s room.
    pub(super) fn details(&mut self, ui: &mut Ui, session: &Session) {
        let area = ui.max_rect();
        let Some(entry) = self.selected().cloned() else {
            self.say_message(ui, session, area);
            return;
        };
        let users = match &entry.origin {
            Origin::User(path) => Some(path.clone()),
            Origin::Factory => None,
        };
        let rows = if users.is_some() { 2.0 } else { 1.0 };
        let buttons = rows * (HEIGHT + theme::GAP) + if self.message.is_some() { MESSAGE } else { 0.0 };
        let text = Rect::from_min_max(area.min, pos2(area.right(), area.bottom() - buttons));
        super::part(ui, text, "preset notes", |ui| notes(ui, session, &entry));
        let mut y = text.bottom() + theme::GAP;
        let mut row = |columns: usize| {
            let wide = (area.width() - theme::GAP * (columns - 1) as f32) / columns as f32;
            let top = y;
            y += HEIGHT + theme::GAP;
            move |column: usize| {
                let left = area.left() + column as f32 * (wide + theme::GAP);
                Rect::from_min_size(pos2(left, top), vec2(wide, HEIGHT))
            }
        };
        let place = row(3);
        if button(ui, session, place(0), "Load", "Load preset", "Loads it: one step to undo.").clicked() {
            self.load(session, &entry.id, Place::Here);
        }
        let help = "Loads it into the other slot and lets you hear that one.";
        if button(ui, session, place(1), "Other slot", "Load into the other slot", help).clicked() {
            self.load(session, &entry.id, Place::OtherSlot);
        }
        let favourite = self.library.listing().favourites.contains(&entry.id);
        let help = "Marks the preset as a favourite.";
        if switch(ui, session, place(2), "Favourite", "Favourite", help, favourite).clicked() {
            self.ask(session, Job::Mark(entry.id.clone(), !favourite));
        }
        if let Some(path) = users {
            let place = row(2);
            if button(ui, session, place(0), "Rename", "Rename preset", "Gives the preset another name.").clicked() {
                self.form = Some(Form::Rename(path.clone(), entry.name.clone()));
                self.focus = Some(Focus::Form);
            }
            let help = "Takes the preset off the list; its file moves to the folder \"Deleted\".";
            if button(ui, session, place(1), "Delete", "Delete preset", help).clicked() {
                self.ask(session, Job::Delete(path));
            }
        }
        let message = Rect::from_min_max(pos2(area.left(), y), area.max);
        self.say_message(ui, session, message);
    }

    /// What came of the last thing that was asked for.
    pub(super) fn say_message(&self, ui: &mut Ui, session: &Session, rect: Rect) {
        let Some((text, wrong)) = &self.message else { return };
        let colour = if *wrong { session.colours.taken } else { session.colours.mute };
        super::part(ui, rect, "preset message", |ui| {
            ScrollArea::vertical().id_salt("message").auto_shrink(false).show(ui, |ui| {
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(colour)).wrap());
            });
        });
    }
}

/// Height of a message: four lines.
const MESSAGE: f32 = 68.0;

/// Name, tags and notes, or what is wrong with the file.
fn notes(ui: &mut Ui, session: &Session, entry: &Entry) {
    let colours = session.colours;
    ScrollArea::vertical().id_salt("notes").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = theme::GAP;
        line(ui, &entry.name, theme::heading(), colours.ink);
        match &entry.content {
            Ok(preset) => {
                let tags: Vec<_> = preset.tags.all().collect();
                if !tags.is_empty() {
                    line(ui, &tags.join(" · "), theme::small(), colours.mute);
                }
                for note in preset.notes.lines() {
                    paragraph(ui, session, note);
                }
            }
            Err(fault) => line(ui, &fault.to_string(), theme::small(), colours.taken),
        }
    });
}

fn line(ui: &mut Ui, text: &str, font: FontId, colour: Color32) {
    ui.add(Label::new(RichText::new(text).font(font).color(colour)).wrap());
}

/// Letters that a word in front of a colon may have to stand out.
const LONGEST_LEAD: usize = 20;

/// A line of notes; what stands in front of its first colon ("Adjust first:") stands out.
fn paragraph(ui: &mut Ui, session: &Session, text: &str) {
    let colours = session.colours;
    let split = text.find(": ").filter(|at| *at <= LONGEST_LEAD).map_or(0, |at| at + 1);
    let (lead, rest) = text.split_at(split);
    let mut job = LayoutJob::default();
    job.append(lead, 0.0, TextFormat::simple(theme::small(), colours.yours));
    job.append(rest, 0.0, TextFormat::simple(theme::small(), colours.ink));
    ui.add(Label::new(job).wrap());
}

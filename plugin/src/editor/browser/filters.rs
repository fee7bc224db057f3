//! Which presets are listed: parts of the library, and tags.

use super::{Browser, switch};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::text_within;
use egui::{Align2, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use std::collections::BTreeSet;
use tandem_presets::entry::Part;
use tandem_presets::{Facet, Filter};

/// Height of a tag, and space between two.
const TAG: f32 = 24.0;
const BETWEEN: f32 = 6.0;

/// The parts of the library, with what a filter of them is called.
const PARTS: [(Part, &str, &str); 4] = [
    (Part::All, "All", "Lists all presets."),
    (Part::Favourites, "Favourites", "Lists the presets that you have marked."),
    (Part::Factory, "Factory", "Lists the presets that come with Tandem."),
    (Part::User, "Yours", "Lists the presets that you have saved or imported."),
];

impl Browser {
    /// Draws them into `ui`'s room.
    pub(super) fn filters(&mut self, ui: &mut Ui, session: &Session) {
        let listing = self.library.listing();
        let tags = Facet::ALL.map(|facet| {
            let presets = listing.entries.iter().filter_map(|entry| entry.content.as_ref().ok());
            presets.flat_map(|preset| preset.tags.of(facet)).cloned().collect::<BTreeSet<_>>()
        });
        let filter = &mut self.filter;
        ScrollArea::vertical().id_salt("filters").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(BETWEEN, BETWEEN);
            row_of_switches(ui, session, PARTS.map(|(part, name, help)| (name, help, part == filter.part)), |i| {
                filter.part = PARTS[i].0;
            });
            for (facet, tags) in Facet::ALL.into_iter().zip(&tags).filter(|(_, tags)| !tags.is_empty()) {
                heading(ui, session, facet.key());
                let wanted = filter.tags[facet as usize].clone();
                let help = "Lists presets with this tag, or another one chosen in this group.";
                let shown = tags.iter().map(|tag| (tag.as_str(), help, wanted.contains(tag)));
                row_of_switches(ui, session, shown, |i| toggle(filter, facet, tags.iter().nth(i)));
            }
        });
    }
}

fn toggle(filter: &mut Filter, facet: Facet, tag: Option<&String>) {
    let tags = &mut filter.tags[facet as usize];
    if let Some(tag) = tag
        && !tags.remove(tag)
    {
        tags.insert(tag.clone());
    }
}

fn heading(ui: &mut Ui, session: &Session, text: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let at = pos2(rect.left(), rect.bottom() - 2.0);
    text_within(ui.painter(), at, Align2::LEFT_BOTTOM, text, theme::small(), session.colours.mute, rect.width());
}

/// Switches side by side, as many rows as it takes: text, help, and whether it is on. Calls `clicked` with its place.
fn row_of_switches<'a>(
    ui: &mut Ui,
    session: &Session,
    switches: impl IntoIterator<Item = (&'a str, &'a str, bool)>,
    mut clicked: impl FnMut(usize),
) {
    let room = ui.available_width();
    let (mut x, mut line) = (0.0, None::<Rect>);
    for (i, (text, help, on)) in switches.into_iter().enumerate() {
        let letters = ui.painter().layout_no_wrap(text.to_string(), theme::body(), session.colours.ink);
        let wide = (letters.size().x + 18.0).clamp(TAG, room);
        let next = match line {
            Some(line) if x + wide <= room => line,
            _ => {
                x = 0.0;
                ui.allocate_exact_size(vec2(room, TAG), Sense::hover()).0
            }
        };
        line = Some(next);
        let rect = Rect::from_min_size(pos2(next.left() + x, next.top()), vec2(wide, TAG));
        x += wide + BETWEEN;
        if switch(ui, session, rect, text, &format!("Show {text}"), help, on).clicked() {
            clicked(i);
        }
    }
}

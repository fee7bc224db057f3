//! What a library lists, and how it is searched.

use crate::format::{Facet, Fault, Preset};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A preset in a library.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Names it in the list of favourites and in sessions: "factory/Init", "user/Drums/Room".
    pub id: String,
    /// As shown.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// What it holds, or why it is refused.
    pub content: Result<Preset, Fault>,
}

/// Where a preset comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It came with Tandem.
    Factory,
    /// The user's, in this file.
    User(PathBuf),
}

/// Which part of a library is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that all have to be in name, tags or notes, in any case.
    pub words: String,
    /// A part of the whole.
    pub part: Part,
    /// Tags by [`Facet`]: of each facet with any, one has to be there.
    pub tags: [BTreeSet<String>; 3],
}

/// A part of a library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    #[default]
    All,
    /// What the user marked.
    Favourites,
    /// What came with Tandem.
    Factory,
    /// What the user saved or imported.
    User,
}

impl Filter {
    /// Whether the entry is listed, given the ids of the favourites.
    pub fn passes(&self, entry: &Entry, favourites: &BTreeSet<String>) -> bool {
        let in_part = match self.part {
            Part::All => true,
            Part::Favourites => favourites.contains(&entry.id),
            Part::Factory => entry.origin == Origin::Factory,
            Part::User => entry.origin != Origin::Factory,
        };
        in_part && self.has_tags(entry) && self.has_words(entry)
    }

    fn has_tags(&self, entry: &Entry) -> bool {
        Facet::ALL.into_iter().zip(&self.tags).all(|(facet, wanted)| {
            let own = entry.content.as_ref().map(|preset| preset.tags.of(facet)).unwrap_or_default();
            wanted.is_empty() || own.iter().any(|tag| wanted.contains(tag))
        })
    }

    fn has_words(&self, entry: &Entry) -> bool {
        if self.words.trim().is_empty() {
            return true;
        }
        let mut text = entry.name.to_lowercase();
        if let Ok(preset) = &entry.content {
            preset.tags.all().for_each(|tag| text += &format!(" {tag}"));
            text += &format!(" {}", preset.notes.to_lowercase());
        }
        self.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

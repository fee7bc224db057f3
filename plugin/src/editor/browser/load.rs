//! Loading a preset, and telling which one an instance stands on.

use super::{Browser, Known, MOST_KNOWN, Place};
use crate::editor::session::Session;
use crate::params::ParamIndex;
use crate::state::preset::{Base, differ, values};
use crate::state::slots::Slot;
use crate::state::snapshot::belongs_to_the_sound;
use tandem_presets::Origin;

impl Browser {
    /// Loads the preset with the id, or says why it cannot be loaded and changes nothing.
    pub(super) fn load(&mut self, session: &Session, id: &str, place: Place) {
        let Some(entry) = self.library.listing().entries.iter().find(|entry| entry.id == id) else { return };
        self.selected = id.to_string();
        let file = match &entry.origin {
            Origin::Factory => entry.name.clone(),
            Origin::User(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let standing = &session.state.preset;
        let loaded = entry.content.clone().and_then(|preset| {
            let changes = values(&preset, &file, session.controls, standing.locks())?;
            Ok((Base::of(entry, &preset), changes))
        });
        match loaded {
            Ok((base, changes)) => {
                let stood = changes.iter().map(|(index, _)| (*index, session.controls.base(*index))).collect();
                self.left.insert(0, (standing.base(self.slot), stood));
                self.left.truncate(MOST_KNOWN);
                put(session, base, &changes, place);
                self.message = None;
            }
            Err(fault) => self.message = Some((format!("{fault} Nothing was changed."), true)),
        }
    }

    /// Loads the preset `by` places further on in the list.
    pub(super) fn step(&mut self, session: &Session, by: isize) {
        let base = session.state.preset.base(self.slot).id;
        let ids: Vec<String> =
            self.listed().iter().filter(|entry| entry.content.is_ok()).map(|entry| entry.id.clone()).collect();
        let at = ids.iter().position(|id| *id == base);
        let next = match at {
            Some(at) => at.checked_add_signed(by),
            None => Some(0),
        };
        if let Some(id) = next.and_then(|next| ids.get(next)) {
            self.load(session, id, Place::Here);
        }
    }

    /// Brings what is known of presets up to date, the heard slot's first.
    pub(super) fn know(&mut self, session: &Session) {
        let standing = &session.state.preset;
        let wanted = Some((standing.version(), self.slot));
        if self.known.0 == wanted {
            return;
        }
        let mut bases: Vec<Base> = vec![standing.base(self.slot)];
        bases.extend(Slot::ALL.into_iter().filter(|slot| standing.has_base(*slot)).map(|slot| standing.base(slot)));
        bases.extend(self.known.1.drain(..).map(|(base, _)| base));
        let mut known: Vec<Known> = Vec::new();
        for base in bases {
            if known.len() < MOST_KNOWN && known.iter().all(|(other, _)| *other != base) {
                let sets = base.values(session.controls, standing.locks());
                known.push((base, sets));
            }
        }
        self.known = (wanted, known);
    }

    /// Whether the instance differs from its preset. Where undo or a copy has brought back how it stood on another one,
    /// it stands on that again.
    pub(super) fn edited(&mut self, session: &Session) -> bool {
        self.know(session);
        let own = self.known.1.first();
        let edited = own.is_some_and(|(_, sets)| differ(session.controls, sets));
        let others = self.left.iter().chain(&self.known.1);
        let mut others = others.filter(|(base, _)| own.is_some_and(|(own, _)| base != own));
        let back = others.find(|(_, stood)| edited && !differ(session.controls, stood));
        let Some((base, _)) = back else { return edited };
        session.state.preset.set_base(self.slot, base.clone());
        self.know(session);
        self.known.1.first().is_some_and(|(_, sets)| differ(session.controls, sets))
    }
}

/// The one place where a preset reaches the parameters: one step to undo.
fn put(session: &Session, base: Base, changes: &[(ParamIndex, f64)], place: Place) {
    let (recall, name) = (session.recall(), format!("Load Preset {}", base.name));
    let current = recall.slots().current();
    let slot = match place {
        Place::Here => current,
        Place::OtherSlot => current.other(),
    };
    session.forget_sent();
    recall.load_into(session.edit(), &name, slot, changes);
    // No slot holds what is no part of the sound.
    let apart = |(index, value): &&(ParamIndex, f64)| {
        !belongs_to_the_sound(session.controls, *index) && !session.controls.is_at(*index, *value)
    };
    let rest: Vec<_> = changes.iter().filter(apart).copied().collect();
    if !rest.is_empty() {
        session.bulk_as(&format!("{name}: Latency"), &rest);
    }
    session.state.preset.set_base(slot, base);
}

//! What a session stores: the parameters, and beside them what is no parameter.

pub mod captures;
pub mod diff;
mod editor;
pub mod history;
pub mod library;
pub mod locks;
mod migrate;
pub mod preset;
pub mod recall;
pub mod references;
pub mod slots;
pub mod snapshot;

pub use editor::{EditorState, Theme};
pub use migrate::complete;

use crate::params::ParamTree;
use nice_plug::params::Params;
use nice_plug::prelude::ParamPtr;
use recall::Recall;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_dsp::control::Settings;

/// Counts changes of the state's layout. A parameter that is added later needs none: it is missing in an old state and
/// gets its default.
pub const STATE_FORMAT: u32 = 1;

/// The keys of what is stored beside the parameters.
const FORMAT_KEY: &str = "format";
const EDITOR_KEY: &str = "editor";
const SLOTS_KEY: &str = "slots";
const CAPTURES_KEY: &str = "captures";

/// All that an instance stores.
pub struct Stored<S> {
    /// The parameters.
    pub tree: ParamTree<S>,
    /// How the editor was left.
    pub editor: Arc<EditorState>,
    /// The slots, and the history, which is not stored.
    pub recall: Arc<Recall>,
}

impl<S: Settings> Stored<S> {
    /// Of a fresh instance.
    pub fn new(tree: ParamTree<S>, editor: EditorState) -> Self {
        let recall = Arc::new(Recall::new(tree.controls().clone()));
        Self { tree, editor: Arc::new(editor), recall }
    }
}

// SAFETY: the pointers are those of `tree`, which this holds and never replaces.
unsafe impl<S: Settings> Params for Stored<S> {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        self.tree.param_map()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::from([(FORMAT_KEY.to_string(), STATE_FORMAT.to_string())]);
        if let Some(editor) = self.editor.to_json() {
            fields.insert(EDITOR_KEY.to_string(), editor);
        }
        if let Some(slots) = self.recall.to_json() {
            fields.insert(SLOTS_KEY.to_string(), slots);
        }
        if let Some(captures) = self.recall.captures().to_json() {
            fields.insert(CAPTURES_KEY.to_string(), captures);
        }
        fields
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        if let Some(editor) = fields.get(EDITOR_KEY) {
            self.editor.set_from_json(editor);
        }
        self.recall.captures().set_from_json(fields.get(CAPTURES_KEY).map(String::as_str));
        self.recall.set_from_json(fields.get(SLOTS_KEY).map(String::as_str));
    }
}

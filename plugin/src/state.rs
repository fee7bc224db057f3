//! What a session stores: the parameters, and beside them what is no parameter.

use crate::params::{Control, Controls, ParamTree};
use crate::targets::{self, Target};
use nice_plug::params::Params;
use nice_plug::plugin::{ParamValue, PluginState};
use nice_plug::prelude::ParamPtr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tandem_dsp::control::Settings;

/// Counts changes of the state's layout. A parameter that is added later needs none: it is missing in an old state and
/// gets its default.
pub const STATE_FORMAT: u32 = 1;

/// The keys of what is stored beside the parameters.
const FORMAT_KEY: &str = "format";
const EDITOR_KEY: &str = "editor";

/// How the editor was left: its size, its look and the destination of the master. Part of the session, not of presets.
#[derive(Debug)]
pub struct EditorState {
    width: AtomicU32,
    height: AtomicU32,
    /// Per cent.
    scale: AtomicU32,
    theme: AtomicU32,
    /// Which of [`targets::all`].
    target: AtomicU32,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// Logical points that an editor's window may measure, a side.
const WINDOW_RANGE: (u32, u32) = (200, 8192);

/// Per cent that the editor may be scaled by.
const SCALE_RANGE: (u32, u32) = (75, 300);

/// [`EditorState`] as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredEditor {
    width: u32,
    height: u32,
    scale_percent: u32,
    theme: Theme,
    /// The destination's id; missing in sessions that are older than it.
    #[serde(default)]
    target: String,
}

impl EditorState {
    /// A window of `size` logical points, unscaled, dark, for the first destination.
    pub fn new(size: (u32, u32)) -> Self {
        Self {
            width: AtomicU32::new(size.0),
            height: AtomicU32::new(size.1),
            scale: AtomicU32::new(100),
            theme: AtomicU32::new(0),
            target: AtomicU32::new(0),
        }
    }

    /// Width and height of the window in logical points.
    pub fn size(&self) -> (u32, u32) {
        (self.width.load(Relaxed), self.height.load(Relaxed))
    }

    /// Notes a new size in logical points.
    pub fn set_size(&self, size: (u32, u32)) {
        self.width.store(size.0.clamp(WINDOW_RANGE.0, WINDOW_RANGE.1), Relaxed);
        self.height.store(size.1.clamp(WINDOW_RANGE.0, WINDOW_RANGE.1), Relaxed);
    }

    /// The user's scale, 0.75 to 3.
    pub fn scale(&self) -> f32 {
        self.scale.load(Relaxed) as f32 / 100.0
    }

    /// Notes a new scale, 0.75 to 3.
    pub fn set_scale(&self, scale: f32) {
        self.scale.store(((scale * 100.0).round() as u32).clamp(SCALE_RANGE.0, SCALE_RANGE.1), Relaxed);
    }

    /// Light or dark.
    pub fn theme(&self) -> Theme {
        if self.theme.load(Relaxed) == 0 { Theme::Dark } else { Theme::Light }
    }

    /// Notes the theme.
    pub fn set_theme(&self, theme: Theme) {
        self.theme.store(u32::from(theme == Theme::Light), Relaxed);
    }

    /// The destination that loudness is measured against.
    pub fn target(&self) -> &'static Target {
        let all = targets::all();
        &all[(self.target.load(Relaxed) as usize).min(all.len() - 1)]
    }

    /// Notes the destination by its id; one that is unknown is the first.
    pub fn set_target(&self, id: &str) {
        let place = targets::all().iter().position(|target| target.id == id).unwrap_or(0);
        self.target.store(place as u32, Relaxed);
    }

    fn to_json(&self) -> Option<String> {
        let (width, height) = self.size();
        let stored = StoredEditor {
            width,
            height,
            scale_percent: self.scale.load(Relaxed),
            theme: self.theme(),
            target: self.target().id.clone(),
        };
        serde_json::to_string(&stored).ok()
    }

    fn set_from_json(&self, json: &str) {
        if let Ok(stored) = serde_json::from_str::<StoredEditor>(json) {
            self.set_size((stored.width, stored.height));
            self.scale.store(stored.scale_percent.clamp(SCALE_RANGE.0, SCALE_RANGE.1), Relaxed);
            self.set_theme(stored.theme);
            self.set_target(&stored.target);
        }
    }
}

/// All that an instance stores.
pub struct Stored<S> {
    /// The parameters.
    pub tree: ParamTree<S>,
    /// How the editor was left.
    pub editor: Arc<EditorState>,
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
        fields
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        if let Some(editor) = fields.get(EDITOR_KEY) {
            self.editor.set_from_json(editor);
        }
    }
}

/// Makes a loaded state whole before it is applied: each parameter of `controls` has a value of its own type and range;
/// one that is missing or is no value gets its default.
pub fn complete(state: &mut PluginState, controls: &Controls) {
    let params = controls
        .all()
        .map(|index| {
            let id = controls.id(index).to_string();
            let loaded = state.params.get(&id).and_then(|value| accept(controls.control(index), value));
            let value = loaded.unwrap_or_else(|| to_stored(controls.control(index), controls.default(index)));
            (id, value)
        })
        .collect();
    state.params = params;
}

/// A stored value, brought into the control's range, or `None` if it is no value of it.
fn accept(control: Control, value: &ParamValue) -> Option<ParamValue> {
    match (control, value) {
        (Control::Dial(dial), ParamValue::F32(way)) if way.is_finite() => {
            let (low, high) = (dial.scale.to_way(dial.range.0) as f32, dial.scale.to_way(dial.range.1) as f32);
            Some(ParamValue::F32(way.clamp(low, high)))
        }
        (Control::Choice(choice), ParamValue::I32(index)) => {
            Some(ParamValue::I32((*index).clamp(0, choice.options.len() as i32 - 1)))
        }
        (Control::Switch(_), ParamValue::Bool(on)) => Some(ParamValue::Bool(*on)),
        _ => None,
    }
}

/// A control's value as the framework stores it.
fn to_stored(control: Control, value: f64) -> ParamValue {
    match control {
        Control::Dial(dial) => ParamValue::F32(dial.scale.to_way(value) as f32),
        Control::Choice(_) => ParamValue::I32(value.round() as i32),
        Control::Switch(_) => ParamValue::Bool(value >= 0.5),
    }
}

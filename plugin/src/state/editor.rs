//! How the editor was left.

use super::preset::{Standing, StoredStanding};
use super::references::{List, Reference};
use crate::targets::{self, Target};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

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
    /// The preset that it stands on, and what presets leave alone.
    pub preset: Standing,
    /// What the master is compared with.
    pub references: List,
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
    /// Missing in sessions that are older than presets, and while nothing has been loaded or locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preset: Option<StoredStanding>,
    /// Missing in sessions without references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    references: Vec<Reference>,
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
            preset: Standing::default(),
            references: List::default(),
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

    /// As it is stored.
    pub fn to_json(&self) -> Option<String> {
        let (width, height) = self.size();
        let stored = StoredEditor {
            width,
            height,
            scale_percent: self.scale.load(Relaxed),
            theme: self.theme(),
            target: self.target().id.clone(),
            preset: self.preset.store(),
            references: self.references.all(),
        };
        serde_json::to_string(&stored).ok()
    }

    /// As it was stored; what cannot be read changes nothing.
    pub fn set_from_json(&self, json: &str) {
        if let Ok(stored) = serde_json::from_str::<StoredEditor>(json) {
            self.set_size((stored.width, stored.height));
            self.scale.store(stored.scale_percent.clamp(SCALE_RANGE.0, SCALE_RANGE.1), Relaxed);
            self.set_theme(stored.theme);
            self.set_target(&stored.target);
            self.preset.restore(stored.preset);
            self.references.restore(stored.references);
        }
    }
}

//! The mark of what the host automates.

use crate::editor::session::Session;
use crate::params::{Automation, ParamIndex};
use egui::{Painter, Pos2, Rect, Stroke, vec2};

/// Its radius.
const RADIUS: f32 = 3.0;

/// Marks at `at` that the parameter is automated: a dot while it is moved, a ring while it is not.
pub fn mark(painter: &Painter, session: &Session, index: ParamIndex, at: Pos2) {
    let colours = session.colours;
    match session.automation(index) {
        Automation::None => {}
        Automation::Present => {
            painter.circle(at, RADIUS, colours.panel, Stroke::new(1.5, colours.ink));
        }
        Automation::Active => {
            painter.circle(at, RADIUS + 0.75, colours.ink, Stroke::new(1.5, colours.panel));
        }
    }
}

/// The same at the corner of what is touched.
pub fn corner(painter: &Painter, session: &Session, index: ParamIndex, rect: Rect) {
    mark(painter, session, index, rect.right_top() + vec2(-2.0, 2.0));
}

/// What a control's help says of its automation.
pub fn words(automation: Automation) -> Option<&'static str> {
    match automation {
        Automation::None => None,
        Automation::Present => Some("The host has automation for it."),
        Automation::Active => Some("The host moves it."),
    }
}

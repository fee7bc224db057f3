//! The choice of phase, where there is one.

use super::super::{has, latency_mode};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::menu::segments;
use crate::editor::widget::text_within;
use egui::{Align2, Pos2, Rect, Ui, UiBuilder, vec2};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::eq::{GROUP, LinearEqSettings, PHASE, Phase};

/// Width of its buttons.
pub(super) const WIDTH: f32 = 136.0;

/// Whether this equaliser has the choice.
pub(super) fn is_there(session: &Session) -> bool {
    has(session.controls, &GROUP, &PHASE)
}

/// The equaliser's settings; minimum phase where there is no choice.
pub(super) fn settings(session: &Session) -> LinearEqSettings {
    if is_there(session) {
        session.settings(&GROUP)
    } else {
        LinearEqSettings { filters: session.settings(&GROUP), phase: Phase::Minimum }
    }
}

/// Whether it is linear, and there is the time for that.
pub(super) fn is_linear(session: &Session) -> bool {
    settings(session).is_linear(latency_mode(session))
}

/// The choice at a place: greyed, with the mode that it needs left of it, where there is no time for linear phase.
pub(super) fn show(ui: &mut Ui, session: &Session, at: Pos2) {
    let index = session.controls.group(&GROUP).choice(&PHASE);
    let has_time = latency_mode(session).index() >= Phase::Linear.needs().index();
    let rect = Rect::from_min_size(at, vec2(WIDTH, 26.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.add_enabled_ui(has_time, |ui| segments(ui, session, index, 2, WIDTH));
    });
    if !has_time {
        let place = rect.left_center() - vec2(8.0, 0.0);
        let colour = session.colours.mute;
        text_within(ui.painter(), place, Align2::RIGHT_CENTER, "needs Full", theme::small(), colour, NOTE);
    }
}

/// Room for a note.
const NOTE: f32 = 62.0;

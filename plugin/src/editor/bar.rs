//! The top bar: the plug-in's name, what is compared, undo and redo, latency, bypass, and how the editor looks.

mod appearance;
mod compare;
mod diff;
mod steps;

pub use compare::told as matched;
pub use steps::keys;

use super::browser::Browser;
use super::session::{Help, Session};
use super::theme;
use super::widget::{between, focus_ring, menu, text_within, toggle};
use crate::shell::{BYPASS, GROUP};
use crate::state::EditorState;
use crate::state::slots::Slot;
use egui::{Align2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::processor::LATENCY_MODE;
use tandem_dsp::units::frames_to_ms;

/// Height of what is in it.
const HEIGHT: f32 = 28.0;

/// Space between two things in it that do not belong together.
const APART: f32 = 12.0;

/// Widths, from the right.
const APPEARANCE: f32 = 34.0;
const BYPASS_WIDTH: f32 = 78.0;
const MODE: f32 = 204.0;

/// Width of the preset's name with its arrows, at most.
const WIDEST_PRESET: f32 = 300.0;

/// What it remembers from one picture to the next.
#[derive(Default)]
pub struct Bar {
    /// The slot that was copied last.
    copied: Option<Slot>,
    /// What is looked at in the diff: a place among those that there are.
    compared: usize,
}

impl Bar {
    /// Draws it. From left to right, as the keyboard goes.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, name: &str, state: &EditorState, browser: &mut Browser) {
        let (area, colours) = (ui.max_rect(), session.colours);
        ui.painter().rect_filled(area, 0, colours.panel);
        let (first, second) = name.split_once(' ').unwrap_or((name, ""));
        let [strong, plain] = theme::title();
        let at = pos2(area.left() + theme::PAD, area.center().y);
        let first = text_within(ui.painter(), at, Align2::LEFT_CENTER, first, strong, colours.ink, 200.0);
        let at = pos2(first.right() + 5.0, area.center().y);
        let second = text_within(ui.painter(), at, Align2::LEFT_CENTER, second, plain, colours.mute, 200.0);
        let mut right = area.right() - theme::PAD;
        let mut place = |width: f32, apart: f32| {
            let rect = Rect::from_center_size(pos2(right - 0.5 * width, area.center().y), vec2(width, HEIGHT));
            right -= width + apart;
            rect
        };
        let look = place(APPEARANCE, theme::GAP);
        let bypass = place(BYPASS_WIDTH, theme::GAP);
        let mode = place(MODE, APART);
        let steps = place(steps::WIDTH, APART);
        let compared = place(compare::WIDTH, APART);
        let preset = Rect::from_min_max(pos2(second.right() + APART, compared.top()), pos2(right, compared.bottom()));
        browser.head(ui, session, preset.with_max_x(preset.right().min(preset.left() + WIDEST_PRESET)));
        compare::show(ui, session, self, compared);
        steps::show(ui, session, steps);
        let group = session.controls.group(&GROUP);
        inside(ui, mode, |ui| {
            menu::menu_with(ui, session, group.choice(&LATENCY_MODE), mode.width(), &latency(session));
        });
        inside(ui, bypass, |ui| toggle::toggle(ui, session, group.switch(&BYPASS), Some(bypass.width())));
        appearance::show(ui, session, state, look);
    }
}

/// "240 smp · 5.0 ms", of the latency that runs.
fn latency(session: &Session) -> String {
    let frames = session.telemetry.latency.load(Relaxed);
    let rate = f64::from(session.telemetry.rate.load(Relaxed));
    if rate > 0.0 { format!("{frames} smp · {:.1} ms", frames_to_ms(f64::from(frames), rate)) } else { String::new() }
}

fn inside<R>(ui: &mut Ui, rect: Rect, contents: impl FnOnce(&mut Ui) -> R) -> R {
    contents(&mut ui.new_child(UiBuilder::new().max_rect(rect)))
}

/// A button without a parameter; its face is painted by whoever asks.
fn button(ui: &Ui, session: &Session, rect: Rect, name: &str, help: &str) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    let colours = session.colours;
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, between(colours.raised, colours.line, 0.6 * lit));
    focus_ring(ui, &response, rect, colours);
    say(session, &response, name, help);
    response
}

/// Says what `response` is, where the pointer or the focus is on it.
fn say(session: &Session, response: &Response, name: &str, help: &str) {
    if response.contains_pointer() || response.has_focus() {
        session.say(Help { name: name.to_string(), text: help.to_string(), wrong: false });
    }
}

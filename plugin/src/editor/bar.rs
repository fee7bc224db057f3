//! The top bar: the plug-in's name, its latency, bypass, and how the editor looks.

use super::session::{Help, Session};
use super::theme;
use super::widget::{between, focus_ring, menu, text_within, toggle};
use crate::shell::{BYPASS, GROUP};
use crate::state::{EditorState, Theme};
use egui::{
    Align2, Color32, Mesh, Popup, Rect, Response, RichText, Role, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::processor::LATENCY_MODE;
use tandem_dsp::units::frames_to_ms;

/// Scales on offer, per cent.
const SCALES: [u32; 8] = [75, 100, 125, 150, 175, 200, 250, 300];

/// Height of what is in it.
const HEIGHT: f32 = 28.0;

/// Draws it.
pub fn show(ui: &mut Ui, session: &Session, name: &str, state: &EditorState) {
    let (area, colours) = (ui.max_rect(), session.colours);
    ui.painter().rect_filled(area, 0, colours.panel);
    let (first, second) = name.split_once(' ').unwrap_or((name, ""));
    let [strong, plain] = theme::title();
    let at = pos2(area.left() + theme::PAD, area.center().y);
    let first = text_within(ui.painter(), at, Align2::LEFT_CENTER, first, strong, colours.ink, 200.0);
    let at = pos2(first.right() + 5.0, area.center().y);
    text_within(ui.painter(), at, Align2::LEFT_CENTER, second, plain, colours.mute, 200.0);
    let mut right = area.right() - theme::PAD;
    let mut place = |width: f32| {
        let rect = Rect::from_center_size(pos2(right - 0.5 * width, area.center().y), vec2(width, HEIGHT));
        right -= width + theme::GAP;
        rect
    };
    let [theme, scale, bypass, mode] = [34.0, 76.0, 84.0, 214.0].map(&mut place);
    // From left to right, as the keyboard goes.
    let group = session.controls.group(&GROUP);
    inside(ui, mode, |ui| {
        menu::menu_with(ui, session, group.choice(&LATENCY_MODE), mode.width(), &latency(session));
    });
    inside(ui, bypass, |ui| toggle::toggle(ui, session, group.switch(&BYPASS), Some(bypass.width())));
    scale_menu(ui, session, state, scale);
    theme_button(ui, session, state, theme);
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

fn theme_button(ui: &Ui, session: &Session, state: &EditorState, rect: Rect) {
    let (next, name) = match state.theme() {
        Theme::Dark => (Theme::Light, "Light theme"),
        Theme::Light => (Theme::Dark, "Dark theme"),
    };
    let response = button(ui, session, rect, name, "Changes between dark and light.");
    let (middle, ink) = (rect.center(), session.colours.ink);
    ui.painter().add(half_disc(middle, 6.0, ink));
    ui.painter().circle_stroke(middle, 6.0, Stroke::new(1.3, ink));
    if response.clicked() {
        state.set_theme(next);
        ui.ctx().request_repaint();
    }
}

fn scale_menu(ui: &Ui, session: &Session, state: &EditorState, rect: Rect) {
    let response = button(ui, session, rect, "Scale", "Size of everything in the editor, with its window.");
    let percent = (ui.ctx().zoom_factor() * 100.0).round() as u32;
    let (colours, at) = (session.colours, pos2(rect.left() + 10.0, rect.center().y));
    text_within(ui.painter(), at, Align2::LEFT_CENTER, &format!("{percent} %"), theme::body(), colours.ink, 50.0);
    ui.painter().add(menu::chevron(pos2(rect.right() - 13.0, rect.center().y), colours.mute));
    Popup::menu(&response).gap(4.0).show(|ui| {
        ui.set_min_width(rect.width() - menu::MENU_MARGINS);
        for scale in SCALES {
            let text = RichText::new(format!("{scale} %")).font(theme::body());
            if ui.selectable_label(scale == percent, text).clicked() {
                let scale = scale as f32 / 100.0;
                state.set_scale(scale);
                ui.ctx().set_zoom_factor(scale);
                ui.close();
            }
        }
    });
}

/// A button without a parameter; its face is painted by whoever asks.
fn button(ui: &Ui, session: &Session, rect: Rect, name: &str, help: &str) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let lit = ui.ctx().animate_bool(response.id.with("lit"), response.hovered());
    let colours = session.colours;
    ui.painter().rect_filled(rect, theme::TOUCH_RADIUS, between(colours.raised, colours.line, 0.6 * lit));
    focus_ring(ui, &response, rect, colours);
    if response.hovered() || response.has_focus() {
        session.say(Help { name: name.to_string(), text: help.to_string(), wrong: false });
    }
    response.on_hover_text(name)
}

/// The right half of a disc.
fn half_disc(middle: egui::Pos2, radius: f32, colour: Color32) -> Shape {
    const STEPS: u32 = 16;
    let mut mesh = Mesh::default();
    mesh.colored_vertex(middle, colour);
    for step in 0..=STEPS {
        let angle = std::f32::consts::PI * (step as f32 / STEPS as f32 - 0.5);
        mesh.colored_vertex(middle + egui::Vec2::angled(angle) * radius, colour);
    }
    for step in 1..=STEPS {
        mesh.add_triangle(0, step, step + 1);
    }
    Shape::mesh(mesh)
}

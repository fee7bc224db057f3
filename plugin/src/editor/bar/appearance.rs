//! How the editor looks: dark or light, and how large.

use super::button;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::state::{EditorState, Theme};
use egui::{Color32, Mesh, Popup, Rect, RichText, Shape, Stroke, Ui, pos2};

/// Scales on offer, per cent.
const SCALES: [u32; 8] = [75, 100, 125, 150, 175, 200, 250, 300];

/// The button in `rect`, and its menu.
pub fn show(ui: &Ui, session: &Session, state: &EditorState, rect: Rect) {
    let name = "Appearance";
    let response = button(ui, session, rect, name, "Dark or light, and the size of everything with its window.");
    let (middle, ink) = (rect.center(), session.colours.ink);
    ui.painter().add(half_disc(middle, 6.0, ink));
    ui.painter().circle_stroke(middle, 6.0, Stroke::new(1.3, ink));
    let percent = (ui.ctx().zoom_factor() * 100.0).round() as u32;
    Popup::menu(&response).gap(4.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (theme, name) in [(Theme::Dark, "Dark theme"), (Theme::Light, "Light theme")] {
            let text = RichText::new(name).font(theme::body());
            if ui.selectable_label(state.theme() == theme, text).clicked() {
                state.set_theme(theme);
                ui.ctx().request_repaint();
                ui.close();
            }
        }
        ui.separator();
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
    response.on_hover_text(name);
}

/// The right half of a disc.
fn half_disc(middle: egui::Pos2, radius: f32, colour: Color32) -> Shape {
    const STEPS: u32 = 16;
    let mut mesh = Mesh::default();
    mesh.colored_vertex(pos2(middle.x, middle.y), colour);
    for step in 0..=STEPS {
        let angle = std::f32::consts::PI * (step as f32 / STEPS as f32 - 0.5);
        mesh.colored_vertex(middle + egui::Vec2::angled(angle) * radius, colour);
    }
    for step in 1..=STEPS {
        mesh.add_triangle(0, step, step + 1);
    }
    Shape::mesh(mesh)
}

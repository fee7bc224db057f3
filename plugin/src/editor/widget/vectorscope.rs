//! How left and right lie to each other: the last samples as points, the middle upright, the sides across.

use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::text_within;
use crate::telemetry::Telemetry;
use egui::{Align2, Color32, Mesh, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::collections::VecDeque;

/// Points that are shown: a tenth of a second at 48 kHz, every second frame.
const POINTS: usize = 2_400;

/// With so long without samples, silence is what comes, seconds.
const STALE_S: f64 = 0.15;

/// The last samples of what leaves, as middle and side.
#[derive(Default)]
pub struct Vectorscope {
    points: VecDeque<[f32; 2]>,
    came_at: f64,
}

impl Vectorscope {
    /// Takes what has come by `now` seconds. Returns whether the next picture will differ.
    pub fn update(&mut self, telemetry: &Telemetry, now: f64) -> bool {
        while let Some(block) = telemetry.samples.next() {
            self.came_at = now;
            for (middle, side) in block.output.iter().zip(&block.side).step_by(2) {
                self.points.push_back([*middle, *side]);
            }
            while self.points.len() > POINTS {
                self.points.pop_front();
            }
        }
        let stale = now - self.came_at > STALE_S && !self.points.is_empty();
        if stale {
            self.points.clear();
        }
        stale || !self.points.is_empty()
    }

    /// Draws it into `rect`.
    pub fn show(&self, ui: &Ui, session: &Session, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter().with_clip_rect(rect));
        painter.rect_filled(rect, theme::TOUCH_RADIUS, colours.bg);
        let middle = rect.center();
        let reach = 0.5 * rect.width().min(rect.height()) - 12.0;
        let stroke = Stroke::new(1.0, colours.grid);
        for way in [vec2(0.0, reach), vec2(reach, 0.0), vec2(0.7, 0.7) * reach, vec2(0.7, -0.7) * reach] {
            painter.line_segment([middle - way, middle + way], stroke);
        }
        let label = |at, align, text| {
            text_within(&painter, at, align, text, theme::tiny(), colours.mute, 40.0);
        };
        label(middle - vec2(0.7, 0.7) * reach, Align2::RIGHT_BOTTOM, "L");
        label(middle + vec2(0.7, -0.7) * reach, Align2::LEFT_BOTTOM, "R");
        let mut mesh = Mesh::default();
        for [mid, side] in &self.points {
            // The square root of the level brings up what is soft; right is on the right.
            let length = mid.hypot(*side).max(1e-9);
            let scale = reach * length.min(1.0).sqrt() / length;
            let at = pos2(middle.x - side * scale, middle.y - mid.abs() * scale);
            dot(&mut mesh, at, colours.output.gamma_multiply(0.45));
        }
        painter.add(Shape::mesh(mesh));
        let response = ui.interact(rect, ui.make_persistent_id("vectorscope"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Vectorscope"));
    }
}

fn dot(mesh: &mut Mesh, at: egui::Pos2, colour: Color32) {
    mesh.add_colored_rect(Rect::from_center_size(at, vec2(1.5, 1.5)), colour);
}

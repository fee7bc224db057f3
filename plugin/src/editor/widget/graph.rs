//! Axes: from values to places in a picture and back, with their grid.

use super::fit;
use crate::editor::theme::{self, Colours};
use egui::{Align, Align2, Color32, FontId, Galley, Id, Painter, Pos2, Rect, Stroke, pos2, vec2};
use std::sync::Arc;

/// One axis: its ends, and how it runs between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// At the left or the bottom.
    pub low: f32,
    /// At the right or the top.
    pub high: f32,
    /// Whether equal ways are equal ratios.
    pub log: bool,
}

impl Axis {
    /// Equal ways are equal differences.
    pub const fn linear(low: f32, high: f32) -> Self {
        Self { low, high, log: false }
    }

    /// Equal ways are equal ratios.
    pub const fn log(low: f32, high: f32) -> Self {
        Self { low, high, log: true }
    }

    /// The way of `value`, 0 at the low end and 1 at the high one, and beyond.
    pub fn way(&self, value: f32) -> f32 {
        if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The inverse of [`way`](Self::way).
    pub fn value(&self, way: f32) -> f32 {
        if self.log { self.low * (self.high / self.low).powf(way) } else { self.low + way * (self.high - self.low) }
    }
}

/// Frequencies from one edge of a picture of them to the other, Hz.
pub const FREQUENCIES: Axis = Axis::log(16.0, 24_000.0);

/// Lines across it, and their texts.
pub const FREQUENCY_MARKS: [(f32, &str); 10] = [
    (20.0, "20"),
    (50.0, "50"),
    (100.0, "100"),
    (200.0, "200"),
    (500.0, "500"),
    (1_000.0, "1k"),
    (2_000.0, "2k"),
    (5_000.0, "5k"),
    (10_000.0, "10k"),
    (20_000.0, "20k"),
];

/// A picture with two axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Graph {
    /// Where it is.
    pub rect: Rect,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
}

impl Graph {
    /// Where a pair of values is.
    pub fn at(&self, x: f32, y: f32) -> Pos2 {
        pos2(self.x_at(x), self.y_at(y))
    }

    /// Where a value of the x axis is.
    pub fn x_at(&self, x: f32) -> f32 {
        self.rect.left() + self.x.way(x) * self.rect.width()
    }

    /// Where a value of the y axis is.
    pub fn y_at(&self, y: f32) -> f32 {
        self.rect.bottom() - self.y.way(y) * self.rect.height()
    }

    /// The values at a place.
    pub fn values(&self, at: Pos2) -> (f32, f32) {
        let x = self.x.value((at.x - self.rect.left()) / self.rect.width());
        let y = self.y.value((self.rect.bottom() - at.y) / self.rect.height());
        (x, y)
    }

    /// Paints the ground.
    pub fn ground(&self, painter: &Painter, colours: &Colours) {
        painter.rect_filled(self.rect, theme::TOUCH_RADIUS, colours.bg);
    }

    /// Paints lines across the picture at values of x, each with a text at the bottom.
    pub fn x_grid(&self, painter: &Painter, colours: &Colours, marks: &[(f32, &str)]) {
        for (value, text) in marks {
            let x = self.x_at(*value);
            if x <= self.rect.left() + 1.0 || x >= self.rect.right() - 1.0 {
                continue;
            }
            painter.vline(x, self.rect.y_range(), Stroke::new(1.0, colours.grid));
            if !text.is_empty() && x + 28.0 < self.rect.right() {
                let at = pos2(x + 4.0, self.rect.bottom() - 4.0);
                label(painter, at, Align2::LEFT_BOTTOM, text, theme::tiny(), colours.mute, 60.0);
            }
        }
    }

    /// Paints lines across the picture at values of y, each with a text at its left or right end.
    pub fn y_grid(
        &self,
        painter: &Painter,
        colours: &Colours,
        marks: &[f32],
        end: Align,
        text: impl Fn(f32) -> String,
    ) {
        for value in marks {
            let y = self.y_at(*value);
            if y <= self.rect.top() + 1.0 || y >= self.rect.bottom() - 1.0 {
                continue;
            }
            painter.hline(self.rect.x_range(), y, Stroke::new(1.0, colours.grid));
            if y > self.rect.top() + 16.0 {
                let (x, align) = match end {
                    Align::Min => (self.rect.left() + 6.0, Align2::LEFT_BOTTOM),
                    _ => (self.rect.right() - 6.0, Align2::RIGHT_BOTTOM),
                };
                let at = pos2(x, y - 2.0);
                label(painter, at, align, &text(*value), theme::tiny(), colours.mute, 60.0);
            }
        }
    }

    /// Paints a curve, cut off at the picture's edges.
    pub fn curve(&self, painter: &Painter, points: Vec<Pos2>, stroke: Stroke) {
        painter.with_clip_rect(self.rect.intersect(painter.clip_rect())).line(points, stroke);
    }
}

/// A text in a picture, until the picture's curves and areas are done.
#[derive(Clone)]
struct Label {
    at: Pos2,
    galley: Arc<Galley>,
    colour: Color32,
    /// A dot before it: what the text explains.
    dot: Option<Color32>,
    clip: Rect,
}

/// Width of a dot with the space after it.
const DOT: f32 = 12.0;

/// How opaque a label's ground is: a curve is seen to pass below it, and the text can be read.
const GROUND: f32 = 0.94;

fn waiting() -> Id {
    Id::unique("labels of a picture")
}

/// Puts a text on the picture that is being painted, above all of its curves. Returns where it will be.
pub fn label(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) -> Rect {
    let galley = fit(painter, text, font, colour, width);
    let rect = align.anchor_size(at, galley.size());
    wait(painter, Label { at: rect.min, galley, colour, dot: None, clip: painter.clip_rect() });
    rect
}

/// As [`label`], with its middle left at `at` and a dot of `dot` before it.
pub fn dotted_label(painter: &Painter, at: Pos2, text: &str, dot: Color32, colour: Color32) -> Rect {
    let galley = fit(painter, text, theme::tiny(), colour, 200.0);
    let rect = Align2::LEFT_CENTER.anchor_size(at + vec2(DOT, 0.0), galley.size());
    wait(painter, Label { at: rect.min, galley, colour, dot: Some(dot), clip: painter.clip_rect() });
    rect
}

fn wait(painter: &Painter, label: Label) {
    painter.ctx().data_mut(|data| data.get_temp_mut_or_default::<Vec<Label>>(waiting()).push(label));
}

/// Paints the labels that wait, each on a ground of its own.
pub fn labels(painter: &Painter, colours: &Colours) {
    let labels = painter.ctx().data_mut(|data| data.remove_temp::<Vec<Label>>(waiting())).unwrap_or_default();
    for Label { at, galley, colour, dot, clip } in labels {
        let painter = painter.with_clip_rect(clip);
        let mut ground = Rect::from_min_size(at, galley.size());
        ground.min.x -= if dot.is_some() { DOT } else { 0.0 };
        painter.rect_filled(ground.expand2(vec2(3.0, 0.0)), 3, colours.bg.gamma_multiply(GROUND));
        if let Some(dot) = dot {
            painter.circle_filled(ground.left_center() + vec2(4.0, 0.0), 3.5, dot);
        }
        painter.galley(at, galley, colour);
    }
}

/// "+6", "0", "-12".
pub fn signed(value: f32) -> String {
    if value == 0.0 { "0".to_string() } else { format!("{value:+.0}") }
}

//! Painting of the roll: what is seen of it, in as few shapes as possible. Changes nothing.

pub mod control_lane;
pub mod empty;
pub mod grid;
pub mod gutter;
pub mod notes;
pub mod playhead;
pub mod ruler;
pub mod trim;
pub mod velocity_lane;

use eframe::egui::{Color32, Mesh, Painter, Rect, pos2};

use super::coordinates::Coordinates;
use crate::studio::theme::Theme;

/// What everything here paints with.
#[derive(Clone, Copy)]
pub struct Canvas<'a> {
    /// Where to.
    pub painter: &'a Painter,
    /// In which colours.
    pub theme: &'static Theme,
    /// Points to ticks and pitches.
    pub coordinates: &'a Coordinates,
}

impl Canvas<'_> {
    /// The nearest edge between two of the screen's pixels, so that flat edges are crisp.
    pub fn crisp(&self, points: f32) -> f32 {
        let scale = self.painter.pixels_per_point();
        (points * scale).round() / scale
    }

    /// A rectangle with crisp edges.
    pub fn crisp_rect(&self, rect: Rect) -> Rect {
        Rect::from_min_max(
            pos2(self.crisp(rect.left()), self.crisp(rect.top())),
            pos2(self.crisp(rect.right()), self.crisp(rect.bottom())),
        )
    }

    /// The width of a fine line: a point, in whole pixels.
    pub fn hairline(&self) -> f32 {
        let scale = self.painter.pixels_per_point();
        scale.round().max(1.0) / scale
    }

    /// Adds an upright fine line to a mesh.
    pub fn vertical(&self, mesh: &mut Mesh, x: f32, top: f32, bottom: f32, color: Color32) {
        let x = self.crisp(x);
        mesh.add_colored_rect(Rect::from_min_max(pos2(x, top), pos2(x + self.hairline(), bottom)), color);
    }

    /// Adds a level fine line to a mesh.
    pub fn horizontal(&self, mesh: &mut Mesh, y: f32, left: f32, right: f32, color: Color32) {
        let y = self.crisp(y);
        mesh.add_colored_rect(Rect::from_min_max(pos2(left, y), pos2(right, y + self.hairline())), color);
    }
}

/// How much of something is shown where its spacing lies between barely and fully legible: 0 to 1.
pub fn fade(spacing: f32, from: f32, to: f32) -> f32 {
    ((spacing - from) / (to - from)).clamp(0.0, 1.0)
}

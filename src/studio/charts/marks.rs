//! The marks of runs that are compared: each has a shape beside its colour, for those who do not tell colours apart.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use eframe::egui::{Color32, Pos2, Shape, Stroke, Vec2};
use egui_plot::MarkerShape;

use crate::studio::theme::Theme;

/// The shape in a plot, the letter in a text, and how many corners it has, the first of them so far round from the
/// right; none is a circle. Their number and that of the colours have no common factor, so that pairs last longer.
const MARKS: [(MarkerShape, char, u8, f32); 7] = [
    (MarkerShape::Circle, '●', 0, 0.0),
    (MarkerShape::Square, '■', 4, FRAC_PI_4),
    (MarkerShape::Diamond, '♦', 4, 0.0),
    (MarkerShape::Up, '▲', 3, -FRAC_PI_2),
    (MarkerShape::Down, '▼', 3, FRAC_PI_2),
    (MarkerShape::Left, '◄', 3, PI),
    (MarkerShape::Right, '►', 3, 0.0),
];

const fn mark(run: u8) -> (MarkerShape, char, u8, f32) {
    MARKS[run as usize % MARKS.len()]
}

/// The shape in plots of the run with this colour's number.
pub const fn shape(run: u8) -> MarkerShape {
    mark(run).0
}

/// Its colour. The first is none that marks what happens to a run, such as a setting that is changed.
pub fn color(run: u8, theme: &Theme) -> Color32 {
    theme.part(run.wrapping_add(1))
}

/// The same in a text.
pub const fn letter(run: u8) -> char {
    mark(run).1
}

/// Whether a curve at this place in its chart has filled marks; its neighbours' are hollow.
pub const fn is_filled(place: usize) -> bool {
    place.is_multiple_of(2)
}

/// The same shape to be painted; hollow where it is not filled.
pub fn painted(run: u8, center: Pos2, radius: f32, color: Color32, is_filled: bool) -> Shape {
    let (_, _, corners, turn) = mark(run);
    let (fill, stroke) =
        if is_filled { (color, Stroke::NONE) } else { (Color32::TRANSPARENT, Stroke::new(1.0, color)) };
    if corners == 0 {
        return eframe::egui::epaint::CircleShape { center, radius, fill, stroke }.into();
    }
    let corner = |nth: u8| center + radius * Vec2::angled(turn + 2.0 * PI * f32::from(nth) / f32::from(corners));
    Shape::convex_polygon((0..corners).map(corner).collect(), fill, stroke)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::theme;
    use std::collections::HashSet;

    #[test]
    fn runs_have_shapes_of_their_own_that_can_be_written_too() {
        let pairs: HashSet<String> =
            (0..56_u8).map(|run| format!("{:?} {}", shape(run), usize::from(run) % theme::PART_COLORS)).collect();
        assert_eq!(pairs.len(), 56);
        let ctx = eframe::egui::Context::default();
        theme::install(&ctx);
        ctx.run_ui(eframe::egui::RawInput::default(), |_| ()).textures_delta.clear();
        let font = theme::regular(theme::size::CAPTION);
        for (run, _) in (0..).zip(MARKS) {
            assert!(ctx.fonts_mut(|fonts| fonts.has_glyph(&font, letter(run))), "{}", letter(run));
        }
    }
}

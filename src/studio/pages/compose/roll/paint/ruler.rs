//! The ruler: bar numbers and beats, and the loop with its handles.

use std::ops::Range;

use eframe::egui::{Align2, Mesh, Rect, Stroke, StrokeKind, pos2, vec2};

use super::{
    Canvas,
    grid::{Line, bar_stride, lines},
};
use crate::{
    music::{MetreMap, Tick},
    studio::{
        document::snap::Snap,
        theme::{self, Theme, size},
    },
};

/// The nearest that bar numbers may stand, in points.
const NUMBER_SPACING: f32 = 44.0;
/// The height of the loop's bar at the top, in points.
const LOOP_HEIGHT: f32 = 9.0;

/// Paints the ruler.
pub fn paint(canvas: &Canvas<'_>, rect: Rect, metre: &MetreMap, loop_range: Option<&Range<Tick>>, loop_on: bool) {
    let (theme, coordinates) = (canvas.theme, canvas.coordinates);
    canvas.painter.rect_filled(rect, theme::corners(0), theme.surface);
    let width = |ticks: Tick| (f64::from(ticks) * coordinates.points_per_tick()) as f32;
    let stride = bar_stride(width(metre.metre_at(0).bar_ticks()), NUMBER_SPACING);
    let mut ticks = Mesh::default();
    lines(canvas, metre, Snap::Off, |tick, line| {
        let x = coordinates.x_from_tick(f64::from(tick));
        if x < rect.left() - 60.0 || x > rect.right() {
            return;
        }
        match line {
            Line::Bar(bar) if bar % stride == 0 => {
                canvas.vertical(&mut ticks, x, rect.bottom() - 14.0, rect.bottom(), theme.grid_bar);
                // clear of the playhead's flag
                let (at, font) = (pos2(x + 8.0, rect.bottom() - 8.0), theme::regular(size::CAPTION));
                canvas.painter.text(at, Align2::LEFT_CENTER, (bar + 1).to_string(), font, theme.text_muted);
            }
            Line::Bar(_) => canvas.vertical(&mut ticks, x, rect.bottom() - 6.0, rect.bottom(), theme.grid_bar),
            Line::Beat(bar, beat) => {
                canvas.vertical(&mut ticks, x, rect.bottom() - 5.0, rect.bottom(), theme.grid_bar);
                if width(metre.metre_at(tick).beat_ticks()) >= NUMBER_SPACING {
                    let (at, font) = (pos2(x + 4.0, rect.bottom() - 8.0), theme::regular(size::CAPTION - 1.0));
                    let text = format!("{}.{}", bar + 1, beat + 1);
                    canvas.painter.text(at, Align2::LEFT_CENTER, text, font, theme.text_faint);
                }
            }
            Line::Step => {}
        }
    });
    canvas.horizontal(&mut ticks, rect.bottom() - canvas.hairline(), rect.left(), rect.right(), theme.border);
    canvas.painter.add(ticks);
    paint_metres(canvas, rect, metre);
    if let Some(range) = loop_range {
        paint_loop(canvas, rect, range, loop_on);
    }
}

/// Paints the time signatures behind the numbers of their bars, where there is more than one.
fn paint_metres(canvas: &Canvas<'_>, rect: Rect, metre: &MetreMap) {
    let theme = canvas.theme;
    let seen = canvas.coordinates.visible_ticks();
    for change in metre.changes().iter().filter(|_| metre.changes().len() > 1) {
        if change.tick >= seen.end {
            break;
        }
        let x = canvas.coordinates.x_from_tick(f64::from(change.tick));
        let bar = (metre.position(change.tick).bar + 1).to_string();
        let number = canvas.painter.layout_no_wrap(bar, theme::regular(size::CAPTION), theme.text_muted);
        let text = format!("{}/{}", change.metre.numerator(), change.metre.denominator());
        let galley = canvas.painter.layout_no_wrap(text, theme::bold(size::CAPTION), theme.text);
        let at = pos2(x + 12.0 + number.size().x, rect.bottom() - 8.0 - galley.size().y / 2.0);
        let ground = Rect::from_min_size(at, galley.size()).expand2(vec2(3.0, 0.0));
        canvas.painter.rect_filled(ground, theme::corners(theme::radius::S), theme.raised);
        canvas.painter.galley(at, galley, theme.text);
    }
}

fn paint_loop(canvas: &Canvas<'_>, rect: Rect, range: &Range<Tick>, on: bool) {
    let (theme, coordinates) = (canvas.theme, canvas.coordinates);
    let left = coordinates.x_from_tick(f64::from(range.start));
    let right = coordinates.x_from_tick(f64::from(range.end));
    if right < rect.left() || left > rect.right() {
        return;
    }
    let color = if on { theme.accent } else { theme.border_strong };
    let bar = canvas.crisp_rect(Rect::from_min_max(
        pos2(left.max(rect.left() - 8.0), rect.top() + 3.0),
        pos2(right.min(rect.right() + 8.0), rect.top() + 3.0 + LOOP_HEIGHT),
    ));
    let fill = color.gamma_multiply(if on { 0.55 } else { 0.35 });
    let outline = Stroke::new(1.0, color);
    canvas.painter.rect(bar, theme::corners(3), fill, outline, StrokeKind::Inside);
    let mut handles = Mesh::default();
    for x in [left, right - 3.0] {
        if x >= rect.left() - 3.0 && x <= rect.right() {
            let grip = Rect::from_min_max(pos2(x, bar.top()), pos2(x + 3.0, bar.bottom()));
            handles.add_colored_rect(canvas.crisp_rect(grip), Theme::mix(color, theme.playhead, 0.3));
        }
    }
    canvas.painter.add(handles);
}

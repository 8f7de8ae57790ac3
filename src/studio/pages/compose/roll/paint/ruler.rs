//! The ruler: bar numbers and beats, and the loop with its handles.

use std::{ops::Range, sync::Arc};

use eframe::egui::{Align2, Color32, FontId, Galley, Mesh, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

use super::{
    Canvas,
    grid::{Line, bar_stride, lines},
    playhead,
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
/// So far behind its line the number of a bar stands clear of the playhead's flag, in points.
const BEHIND_FLAG: f32 = 8.0;
/// The height of the loop's bar at the top, in points.
const LOOP_HEIGHT: f32 = 9.0;

/// Paints the ruler. A number that the edge or the flag of the playhead would cut is left out.
pub fn paint(
    canvas: &Canvas<'_>,
    rect: Rect,
    metre: &MetreMap,
    loop_range: Option<&Range<Tick>>,
    loop_on: bool,
    playhead: f64,
) {
    let (theme, coordinates) = (canvas.theme, canvas.coordinates);
    canvas.painter.rect_filled(rect, theme::corners(0), theme.surface);
    let width = |ticks: Tick| (f64::from(ticks) * coordinates.points_per_tick()) as f32;
    let stride = bar_stride(width(metre.metre_at(0).bar_ticks()), NUMBER_SPACING);
    let mut ticks = Mesh::default();
    let badges = metre_badges(canvas, rect, metre);
    let flag = playhead::flag(canvas, playhead, rect.bottom());
    // where a time signature stands, no other number does
    let number = |x: f32, text: String, font: FontId, color: Color32| {
        let galley = canvas.painter.layout_no_wrap(text, font, color);
        let place = Align2::LEFT_CENTER.anchor_size(pos2(x, rect.bottom() - 8.0), galley.size());
        let is_free = badges.iter().map(|badge| badge.place).chain(flag).all(|taken| !taken.intersects(place));
        if is_free && rect.x_range().contains(place.left()) && rect.x_range().contains(place.right()) {
            canvas.painter.galley(place.min, galley, color);
        }
    };
    lines(canvas, metre, Snap::Off, |tick, line| {
        let x = coordinates.x_from_tick(f64::from(tick));
        if x < rect.left() - 60.0 || x > rect.right() {
            return;
        }
        match line {
            Line::Bar(bar) if bar % stride == 0 => {
                canvas.vertical(&mut ticks, x, rect.bottom() - 14.0, rect.bottom(), theme.grid_bar);
                number(x + BEHIND_FLAG, (bar + 1).to_string(), theme::regular(size::CAPTION), theme.text_muted);
            }
            Line::Bar(_) => canvas.vertical(&mut ticks, x, rect.bottom() - 6.0, rect.bottom(), theme.grid_bar),
            Line::Beat(bar, beat) => {
                canvas.vertical(&mut ticks, x, rect.bottom() - 5.0, rect.bottom(), theme.grid_bar);
                if width(metre.metre_at(tick).beat_ticks()) >= NUMBER_SPACING {
                    let text = format!("{}.{}", bar + 1, beat + 1);
                    number(x + 4.0, text, theme::regular(size::CAPTION - 1.0), theme.text_faint);
                }
            }
            Line::Step => {}
        }
    });
    canvas.horizontal(&mut ticks, rect.bottom() - canvas.hairline(), rect.left(), rect.right(), theme.border);
    canvas.painter.add(ticks);
    for badge in badges {
        let ground = badge.place.with_min_x(badge.text_at.x - 3.0);
        canvas.painter.rect_filled(ground, theme::corners(theme::radius::S), theme.raised);
        canvas.painter.galley(badge.number_at, badge.number, theme.text_muted);
        canvas.painter.galley(badge.text_at, badge.text, theme.text);
    }
    if let Some(range) = loop_range {
        paint_loop(canvas, rect, range, loop_on);
    }
}

/// A time signature behind the number of its bar.
struct Badge {
    number: Arc<Galley>,
    number_at: Pos2,
    text: Arc<Galley>,
    text_at: Pos2,
    /// All of it.
    place: Rect,
}

/// The time signatures in sight, where there is more than one.
fn metre_badges(canvas: &Canvas<'_>, rect: Rect, metre: &MetreMap) -> Vec<Badge> {
    let theme = canvas.theme;
    let seen = canvas.coordinates.visible_ticks();
    let changes = metre.changes().iter().filter(|_| metre.changes().len() > 1);
    changes
        .take_while(|change| change.tick < seen.end)
        .map(|change| {
            let x = canvas.coordinates.x_from_tick(f64::from(change.tick)) + BEHIND_FLAG;
            let bar = (metre.position(change.tick).bar + 1).to_string();
            let number = canvas.painter.layout_no_wrap(bar, theme::regular(size::CAPTION), theme.text_muted);
            let text = format!("{}/{}", change.metre.numerator(), change.metre.denominator());
            let text = canvas.painter.layout_no_wrap(text, theme::bold(size::CAPTION), theme.text);
            let top = |galley: &Galley| rect.bottom() - 8.0 - galley.size().y / 2.0;
            let number_at = pos2(x, top(&number));
            let text_at = pos2(x + number.size().x + 4.0, top(&text));
            let text_place = Rect::from_min_size(text_at, text.size()).expand2(vec2(3.0, 0.0));
            let place = text_place.union(Rect::from_min_size(number_at, number.size()));
            Badge { number, number_at, text, text_at, place }
        })
        .filter(|badge| badge.place.left() >= rect.left())
        .collect()
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

#[cfg(test)]
mod tests {
    use eframe::egui::{Context, RawInput, Shape};

    use super::{super::super::coordinates::Coordinates, *};

    #[test]
    fn numbers_are_whole_or_not_there() {
        let ctx = Context::default();
        theme::install(&ctx);
        let ruler = Rect::from_min_max(pos2(72.0, 0.0), pos2(800.0, 30.0));
        let mut coordinates = Coordinates::default();
        coordinates.set_area(Rect::from_min_max(pos2(72.0, 30.0), pos2(800.0, 400.0)));
        let numbers = |coordinates: &Coordinates, playhead: f64| -> Vec<(String, Rect)> {
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                let canvas = Canvas { painter: ui.painter(), theme: Theme::of(ui), coordinates };
                paint(&canvas, ruler, &MetreMap::default(), None, false, playhead);
            });
            output.textures_delta.clear();
            let text = |shape| match shape {
                Shape::Text(text) => {
                    Some((text.galley.text().to_owned(), text.galley.rect.translate(text.pos.to_vec2())))
                }
                _ => None,
            };
            output.shapes.into_iter().filter_map(|clipped| text(clipped.shape)).collect()
        };
        let has = |numbers: &[(String, Rect)], wanted: &str| numbers.iter().any(|(number, _)| number == wanted);
        let at_start = numbers(&coordinates, 0.0);
        assert!(has(&at_start, "1") && has(&at_start, "2"), "{at_start:?}");
        // the flag of the playhead would lie on the number
        let x = at_start.iter().find(|(number, _)| number == "2").unwrap().1.center().x;
        let below_flag = numbers(&coordinates, f64::from(coordinates.clamped_tick_from_x(x)));
        assert!(has(&below_flag, "1") && !has(&below_flag, "2"), "{below_flag:?}");
        for scrolled in 0..60 {
            coordinates.pan(vec2(-3.0, 0.0), 100_000);
            let all = numbers(&coordinates, 0.0);
            assert!(all.iter().all(|(_, place)| ruler.x_range().contains(place.left())), "{scrolled}: {all:?}");
        }
    }
}

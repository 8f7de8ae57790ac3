//! The ground of the roll: rows by scale, lines by bar, beat and step, calm in that order.

use eframe::egui::{Color32, Mesh, Rect, pos2};

use super::{Canvas, fade};
use crate::{
    music::{Key, MetreMap, Pitch, Tick},
    studio::document::snap::Snap,
};

/// The nearest that bar lines may stand, in points.
const BAR_SPACING: f32 = 7.0;

/// What begins at a line of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A bar; its number, from 0.
    Bar(u32),
    /// A beat of a bar; both from 0.
    Beat(u32, u32),
    /// A step of the grid.
    Step,
}

/// Every `2^n`-th bar is drawn, so that bars keep a spacing in points.
pub fn bar_stride(bar_width: f32, spacing: f32) -> u32 {
    let mut stride = 1;
    while bar_width * (stride as f32) < spacing && stride < 1 << 20 {
        stride *= 2;
    }
    stride
}

/// The lines that are seen, each with its tick, in no order.
pub fn lines(canvas: &Canvas<'_>, metre: &MetreMap, snap: Snap, mut each: impl FnMut(Tick, Line)) {
    let coordinates = canvas.coordinates;
    let seen = coordinates.visible_ticks();
    let width = |ticks: Tick| (f64::from(ticks) * coordinates.points_per_tick()) as f32;
    let first_bar = metre.position(seen.start).bar;
    let stride = bar_stride(width(metre.metre_at(seen.start).bar_ticks()), BAR_SPACING);
    let mut bar = first_bar / stride * stride;
    loop {
        let start = metre.bar_start(bar);
        if start >= seen.end {
            return;
        }
        each(start, Line::Bar(bar));
        if stride == 1 {
            let end = metre.bar_start(bar + 1);
            let metre = metre.metre_at(start);
            if width(metre.beat_ticks()) >= 8.0 {
                let beats = (start..end).step_by(metre.beat_ticks() as usize).enumerate().skip(1);
                beats.for_each(|(beat, tick)| each(tick, Line::Beat(bar, beat as u32)));
            }
            if snap != Snap::Off && width(snap.ticks()) >= 6.0 {
                let steps = (start..end).step_by(snap.ticks() as usize);
                steps
                    .filter(|tick| !(tick - start).is_multiple_of(metre.beat_ticks()))
                    .for_each(|tick| each(tick, Line::Step));
            }
        }
        bar += stride;
    }
}

/// Paints rows and lines.
pub fn paint(canvas: &Canvas<'_>, metre: &MetreMap, snap: Snap, key: Option<Key>, is_drum: bool) {
    let (theme, coordinates) = (canvas.theme, canvas.coordinates);
    let area = coordinates.area();
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(area, theme.roll_white);
    let pitches = coordinates.visible_pitches();
    for number in pitches.start().get()..=pitches.end().get() {
        let pitch = Pitch::clamped(i32::from(number));
        let top = canvas.crisp(coordinates.y_from_pitch(pitch));
        let bottom = canvas.crisp(coordinates.y_from_pitch(pitch) + coordinates.row_height());
        if let Some(color) = row_color(canvas, pitch, key.filter(|_| !is_drum), is_drum) {
            mesh.add_colored_rect(Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), bottom)), color);
        }
        let color = match pitch.class() {
            0 if !is_drum => theme.grid_beat, // below each C: octaves
            _ => theme.grid_step.gamma_multiply(fade(coordinates.row_height(), 7.0, 12.0)),
        };
        canvas.horizontal(&mut mesh, bottom - canvas.hairline(), area.left(), area.right(), color);
    }

    let width = |ticks: Tick| (f64::from(ticks) * coordinates.points_per_tick()) as f32;
    let beats = theme.grid_beat.gamma_multiply(fade(width(metre.metre_at(0).beat_ticks()), 7.0, 20.0));
    let steps = theme.grid_step.gamma_multiply(fade(width(snap.ticks()), 5.0, 14.0));
    let mut bars = Mesh::default();
    lines(canvas, metre, snap, |tick, line| {
        let x = coordinates.x_from_tick(f64::from(tick));
        if x >= area.left() - 1.0 && x <= area.right() {
            match line {
                Line::Bar(_) => canvas.vertical(&mut bars, x, area.top(), area.bottom(), theme.grid_bar),
                Line::Beat(..) => canvas.vertical(&mut mesh, x, area.top(), area.bottom(), beats),
                Line::Step => canvas.vertical(&mut mesh, x, area.top(), area.bottom(), steps),
            }
        }
    });
    mesh.append(bars); // above the others
    canvas.painter.add(mesh);
}

fn row_color(canvas: &Canvas<'_>, pitch: Pitch, key: Option<Key>, is_drum: bool) -> Option<Color32> {
    let theme = canvas.theme;
    match key {
        Some(key) if pitch.class() == key.tonic % 12 => Some(theme.roll_root),
        Some(key) if !key.contains(pitch.class()) => Some(theme.roll_out_of_key),
        Some(_) => None,
        None if is_drum => pitch.get().is_multiple_of(2).then_some(theme.roll_black),
        None => pitch.is_black().then_some(theme.roll_black),
    }
}

//! How loud it is: left and right as bars.

use eframe::egui::{Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::{plural::with_minus, studio::theme::Theme};

/// What a meter shows, in decibels below full scale, and where loud and too loud begin.
const METER_DB: std::ops::RangeInclusive<f32> = -48.0..=6.0;
const LOUD_DB: f32 = -9.0;
const TOO_LOUD_DB: f32 = 0.0;
/// How long a meter's highest level stands.
const PEAK_HOLD_SECONDS: f64 = 1.5;

/// Left and right level (1 is full scale), with the highest of the last moments as a line: one above the other, or side
/// by side in what is higher than wide.
///
/// The zones differ in more than colour: a gap stands before each, and the loud ones are thicker.
pub fn level_meter(ui: &mut Ui, name: &str, peaks: [f32; 2], desired: Vec2) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(desired, Sense::hover());
    let highest = peaks[0].max(peaks[1]);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, name));
    let now = ui.input(|input| input.time);
    let id = ui.scope_id().with(("peak hold", name));
    let (held, since) = ui.data(|data| data.get_temp::<(f32, f64)>(id)).unwrap_or((0.0, now));
    let (held, since) = if highest >= held || now - since > PEAK_HOLD_SECONDS { (highest, now) } else { (held, since) };
    ui.data_mut(|data| data.insert_temp(id, (held, since)));
    let zones = [
        (*METER_DB.start(), LOUD_DB, theme.success, 1.0),
        (LOUD_DB, TOO_LOUD_DB, theme.warning, 0.5),
        (TOO_LOUD_DB, *METER_DB.end(), theme.error, 0.0),
    ];
    let painter = ui.painter();
    let upright = rect.height() > rect.width();
    let (length, breadth) = if upright { (rect.height(), rect.width()) } else { (rect.width(), rect.height()) };
    // what lies from one share of the length to another, and within so much of the breadth
    let piece = |from: f32, to: f32, near: f32, far: f32| {
        if upright {
            Rect::from_x_y_ranges(rect.left() + near..=rect.left() + far, rect.bottom() - to..=rect.bottom() - from)
        } else {
            Rect::from_x_y_ranges(rect.left() + from..=rect.left() + to, rect.top() + near..=rect.top() + far)
        }
    };
    let row_breadth = (breadth - 1.0) / 2.0;
    for (row, peak) in (0_u8..).zip(peaks) {
        let near = f32::from(row) * (row_breadth + 1.0);
        for (from, to, color, inset) in zones {
            let gap = if from > *METER_DB.start() { 1.0 } else { 0.0 };
            let (from, to) = (length * meter_share(from) + gap, length * meter_share(to));
            let (near, far) = (near + inset, near + row_breadth - inset);
            painter.rect_filled(piece(from, to, near, far), 0.0, theme.raised_active);
            let lit = (length * meter_share(decibels(peak))).min(to);
            if lit > from {
                painter.rect_filled(piece(from, lit, near, far), 0.0, color);
            }
        }
    }
    if decibels(held) > *METER_DB.start() {
        let color = if decibels(held) >= TOO_LOUD_DB { theme.error } else { theme.text_muted };
        let at = (length * meter_share(decibels(held))).min(length - 1.0);
        painter.rect_filled(piece(at - 0.75, at + 0.75, 0.0, breadth), 0.0, color);
    }
    let level = if decibels(held) > *METER_DB.start() {
        with_minus(format_args!("{:.0} dB", decibels(held)))
    } else {
        "silent".to_owned()
    };
    response.on_hover_text(format!("{name}: {level}"))
}

fn decibels(level: f32) -> f32 {
    20.0 * level.max(1e-6).log10()
}

/// How far up a meter a level is, 0 to 1.
fn meter_share(decibels: f32) -> f32 {
    let (least, most) = (*METER_DB.start(), *METER_DB.end());
    ((decibels - least) / (most - least)).clamp(0.0, 1.0)
}

//! The keyboard at the left: one key a row, Cs named, sounding keys lit. A kit shows its instruments' names.

use eframe::egui::{Align2, Color32, Mesh, Rect, pos2};

use super::{super::interface::PitchSet, Canvas, fade};
use crate::{
    music::{Pitch, instruments::drum_name},
    studio::theme::{self, Theme, size},
};

/// How much of a white key's length a black one has.
const BLACK_LENGTH: f32 = 0.62;

/// How the keys look.
#[derive(Clone, Copy, Debug)]
pub struct KeysLook {
    /// Which keys are lit.
    pub lit: PitchSet,
    /// In which colour.
    pub color: Color32,
    /// The key under the pointer.
    pub hovered: Option<Pitch>,
    /// Whether it is a kit.
    pub is_drum: bool,
}

/// Paints the keys that are seen.
pub fn paint(canvas: &Canvas<'_>, rect: Rect, look: KeysLook) {
    let (theme, coordinates) = (canvas.theme, canvas.coordinates);
    let painter = canvas.painter.with_clip_rect(canvas.painter.clip_rect().intersect(rect));
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect, if look.is_drum { theme.surface } else { theme.key_white });
    let pitches = coordinates.visible_pitches();
    for number in pitches.start().get()..=pitches.end().get() {
        let pitch = Pitch::clamped(i32::from(number));
        let top = canvas.crisp(coordinates.y_from_pitch(pitch));
        let bottom = canvas.crisp(coordinates.y_from_pitch(pitch) + coordinates.row_height());
        let row = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), bottom));
        if look.is_drum {
            drum_row(canvas, &mut mesh, row, pitch, look);
        } else {
            piano_row(canvas, &mut mesh, row, pitch, look);
        }
    }
    canvas.vertical(&mut mesh, rect.right() - canvas.hairline(), rect.top(), rect.bottom(), theme.border_strong);
    painter.add(mesh);
    for number in pitches.start().get()..=pitches.end().get() {
        let pitch = Pitch::clamped(i32::from(number));
        let middle = coordinates.y_from_pitch(pitch) + coordinates.row_height() / 2.0;
        let font = theme::regular((coordinates.row_height() - 1.0).clamp(9.0, size::CAPTION));
        if look.is_drum {
            if let Some(name) = drum_name(pitch).filter(|_| coordinates.row_height() >= 10.0) {
                painter.text(pos2(rect.left() + 6.0, middle), Align2::LEFT_CENTER, name, font, theme.text_muted);
            }
        } else if pitch.class() == 0 {
            let lit = look.lit.contains(pitch);
            let color = if lit { theme.on(look.color) } else { theme.key_text };
            painter.text(pos2(rect.right() - 6.0, middle), Align2::RIGHT_CENTER, pitch.name(), font, color);
        }
    }
}

fn piano_row(canvas: &Canvas<'_>, mesh: &mut Mesh, row: Rect, pitch: Pitch, look: KeysLook) {
    let theme = canvas.theme;
    let line = canvas.hairline();
    let hovered = look.hovered == Some(pitch);
    let lit = look.lit.contains(pitch).then_some(look.color);
    if pitch.is_black() {
        let end = canvas.crisp(row.left() + row.width() * BLACK_LENGTH);
        let rest = if hovered { Theme::mix(theme.key_black, theme.accent, 0.35) } else { theme.key_black };
        let color = lit.unwrap_or(rest);
        // the white keys meet behind the black one's middle
        canvas.horizontal(mesh, row.center().y, end, row.right(), theme.key_border);
        mesh.add_colored_rect(Rect::from_min_max(row.min, pos2(end, row.bottom())), color);
        let edge = Rect::from_min_max(pos2(end - line, row.top()), pos2(end, row.bottom()));
        mesh.add_colored_rect(edge, Theme::mix(color, theme.key_white, 0.25));
    } else {
        if let Some(color) = lit {
            mesh.add_colored_rect(row, color);
        } else if hovered {
            mesh.add_colored_rect(row, Theme::mix(theme.key_white, theme.accent, 0.25));
        }
        if matches!(pitch.class(), 0 | 5) {
            canvas.horizontal(mesh, row.bottom() - line, row.left(), row.right(), theme.key_border);
        }
    }
}

fn drum_row(canvas: &Canvas<'_>, mesh: &mut Mesh, row: Rect, pitch: Pitch, look: KeysLook) {
    let theme = canvas.theme;
    if look.lit.contains(pitch) {
        mesh.add_colored_rect(row, look.color.gamma_multiply(0.6));
    } else if look.hovered == Some(pitch) {
        mesh.add_colored_rect(row, theme.raised_hover);
    }
    let color = theme.border.gamma_multiply(fade(row.height(), 6.0, 10.0));
    canvas.horizontal(mesh, row.bottom() - canvas.hairline(), row.left(), row.right(), color);
}

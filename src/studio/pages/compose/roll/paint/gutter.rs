//! The keyboard at the left: one key a row, Cs named, sounding keys lit. A kit shows its instruments' names.

use eframe::egui::{Align2, Color32, Mesh, Rect, pos2, vec2};

use super::{
    super::{coordinates::Coordinates, interface::PitchSet},
    Canvas, fade,
};
use crate::{
    music::{Pitch, instruments::drum_name, kit::Sound},
    studio::theme::{self, Theme, size},
};

/// How much of a white key's length a black one has.
const BLACK_LENGTH: f32 = 0.62;
/// The least from the middle of a drum's name to that of the next, in points.
const NAME_HEIGHT: f32 = 8.0;

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
    /// What a kit plays in the time in sight, named first where rows are too flat for all names.
    pub played: PitchSet,
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
    let named = if look.is_drum { named_drums(coordinates, look) } else { PitchSet::default() };
    for number in pitches.start().get()..=pitches.end().get() {
        let pitch = Pitch::clamped(i32::from(number));
        let middle = coordinates.y_from_pitch(pitch) + coordinates.row_height() / 2.0;
        let font = theme::regular((coordinates.row_height() - 1.0).clamp(9.0, size::CAPTION));
        if look.is_drum {
            if let Some(name) = drum_name(pitch).filter(|_| named.contains(pitch)) {
                let color = if look.hovered == Some(pitch) { theme.text } else { theme.text_muted };
                painter.text(pos2(rect.left() + 6.0, middle), Align2::LEFT_CENTER, name, font, color);
            }
        } else if pitch.class() == 0 {
            let lit = look.lit.contains(pitch);
            let color = if lit { theme.on(look.color) } else { theme.key_text };
            let galley = painter.layout_no_wrap(pitch.name(), font, color);
            let place = Align2::RIGHT_CENTER.anchor_size(pos2(rect.right() - 6.0, middle), galley.size());
            if place.height() > coordinates.row_height() {
                // on a flat key no line runs through the name
                let ground = if lit { look.color } else { theme.key_white };
                painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 0.0, ground);
            }
            painter.galley(place.min, galley, color);
        }
    }
}

/// The drums in sight whose names stand beside them: all where rows are high enough, else as many as have room; first
/// the one under the pointer, then what is played, kick, snare and hi-hat before the rest.
fn named_drums(coordinates: &Coordinates, look: KeysLook) -> PitchSet {
    let seen = coordinates.visible_pitches();
    let mut drums: Vec<Pitch> = (seen.start().get()..=seen.end().get())
        .map(|number| Pitch::clamped(i32::from(number)))
        .filter(|pitch| drum_name(*pitch).is_some())
        .collect();
    drums.sort_by_key(|pitch| {
        let main = Sound::of_key(pitch.get()).filter(|sound| sound.key() == pitch.get());
        let limb = main.map_or(usize::MAX, |sound| sound.limb as usize);
        (look.hovered != Some(*pitch), !look.played.contains(*pitch), limb)
    });
    let mut named: Vec<Pitch> = Vec::new();
    for drum in drums {
        let rows_to = |other: &Pitch| f32::from(drum.get().abs_diff(other.get()));
        if named.iter().all(|other| rows_to(other) * coordinates.row_height() >= NAME_HEIGHT) {
            named.push(drum);
        }
    }
    named.into_iter().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_drums_thin_out_and_what_is_played_or_pointed_at_keeps_its_own() {
        let mut view = Coordinates::default();
        let pitch = Pitch::clamped;
        let look = |hovered, played: &[i32]| KeysLook {
            lit: PitchSet::default(),
            color: Color32::TRANSPARENT,
            hovered,
            is_drum: true,
            played: played.iter().map(|key| pitch(*key)).collect(),
        };
        view.reveal_pitches(&(pitch(35)..=pitch(59)), true);
        let all = named_drums(&view, look(None, &[]));
        assert!((35..=59).all(|key| all.contains(pitch(key))), "rows of {} points", view.row_height());

        view.zoom_pitch(5.0 / view.row_height(), view.area().center().y);
        let thin = named_drums(&view, look(None, &[37, 41]));
        assert!([37, 41].iter().all(|key| thin.contains(pitch(*key))), "what is played");
        assert!(!thin.contains(pitch(36)) && !thin.contains(pitch(42)), "has the room of others");
        let basic = named_drums(&view, look(None, &[]));
        assert!([36, 38].iter().all(|key| basic.contains(pitch(*key))), "kick and snare before the rest");
        let hovered = named_drums(&view, look(Some(pitch(43)), &[42]));
        assert!(hovered.contains(pitch(43)) && !hovered.contains(pitch(42)));
    }
}

//! How the keys look.

use eframe::egui::{Align2, Color32, CornerRadius, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{
    super::roll::PitchSet,
    computer_keys::ComputerKeys,
    keys::{Key, Layout},
};
use crate::{
    music::Pitch,
    studio::theme::{self, Theme, size},
};

/// What the piano shows.
#[derive(Clone, Copy, Debug)]
pub struct PianoInput<'a> {
    /// Keys that sound, live or from the score.
    pub lit: PitchSet,
    /// The colour they are lit in: that of the part they belong to.
    pub color: Color32,
    /// The computer keyboard, if it plays the piano just now: their letters are shown.
    pub computer_keys: Option<&'a ComputerKeys>,
}

/// Paints all keys: white ones first, black ones above them.
pub fn paint(ui: &Ui, layout: &Layout, input: &PianoInput<'_>, hovered: Option<Pitch>) {
    let painter = ui.painter_at(layout.rect);
    let theme = Theme::of(ui);
    painter.rect_filled(layout.rect, 0.0, theme.key_border);
    let corners = |radius: u8| CornerRadius { nw: 0, ne: 0, sw: radius, se: radius };
    for key in &layout.whites {
        let lit = input.lit.contains(key.pitch);
        let rest =
            if hovered == Some(key.pitch) { Theme::mix(theme.key_white, theme.accent, 0.16) } else { theme.key_white };
        let rect = Rect::from_min_max(key.rect.min, key.rect.max - vec2(1.0, 0.0));
        painter.rect_filled(rect, corners(4), if lit { input.color } else { rest });
        if !lit {
            // the key's front edge
            let edge = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 4.0), rect.max);
            painter.rect_filled(edge, corners(4), Theme::mix(theme.key_white, theme.key_border, 0.45));
        }
        paint_labels(ui, layout, key, input, lit);
    }
    for key in &layout.blacks {
        let lit = input.lit.contains(key.pitch);
        let rest =
            if hovered == Some(key.pitch) { Theme::mix(theme.key_black, theme.accent, 0.35) } else { theme.key_black };
        let color = if lit { input.color } else { rest };
        let outline = Stroke::new(1.0, Theme::mix(color, theme.key_black, 0.6));
        painter.rect(key.rect, corners(3), color, outline, StrokeKind::Inside);
        let top = key.rect.shrink2(vec2(key.rect.width() * 0.16, 0.0));
        let shine = Rect::from_min_max(top.min, pos2(top.right(), key.rect.bottom() - key.rect.height() * 0.12));
        painter.rect_filled(shine, corners(2), Theme::mix(color, theme.key_white, 0.1));
        if let Some(letter) = letter(input, key.pitch) {
            let at = pos2(key.rect.center().x, key.rect.bottom() - key.rect.height() * 0.12 - 9.0);
            let font = theme::bold(size::CAPTION.min(key.rect.width() - 3.0).max(8.0));
            painter.text(at, Align2::CENTER_CENTER, letter, font, theme.on(color));
        }
    }
}

/// The name on each C, and above it the letter that plays a white key.
fn paint_labels(ui: &Ui, layout: &Layout, key: &Key, input: &PianoInput<'_>, lit: bool) {
    let painter = ui.painter_at(layout.rect);
    let theme = Theme::of(ui);
    let color = if lit { theme.on(input.color) } else { theme.key_text };
    let bottom = key.rect.bottom();
    if key.pitch.class() == 0 && key.rect.width() >= 12.0 {
        let font = theme::regular((size::CAPTION - 1.0).min(key.rect.width() * 0.6));
        painter.text(pos2(key.rect.center().x, bottom - 12.0), Align2::CENTER_CENTER, key.pitch.name(), font, color);
    }
    if let Some(letter) = letter(input, key.pitch).filter(|_| key.rect.height() > 54.0) {
        let at = pos2(key.rect.center().x, bottom - 27.0);
        let font = theme::bold(size::CAPTION);
        if lit {
            painter.text(at, Align2::CENTER_CENTER, letter, font, color);
        } else {
            let badge = Rect::from_center_size(at, vec2(17.0_f32.min(key.rect.width() - 3.0), 16.0));
            let outline = Stroke::new(1.0, Theme::mix(theme.key_white, theme.key_border, 0.8));
            painter.rect(badge, theme::corners(4), theme.key_white, outline, StrokeKind::Inside);
            painter.text(at, Align2::CENTER_CENTER, letter, font, theme.key_text);
        }
    }
}

fn letter(input: &PianoInput<'_>, pitch: Pitch) -> Option<&'static str> {
    input.computer_keys.and_then(|keys| keys.letter(pitch))
}

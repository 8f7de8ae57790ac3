//! Notes above and below what is seen: the rows go with the music until the user chooses them, and a sign at the edge
//! leads to what has no room.

use std::ops::RangeInclusive;

use eframe::egui::{Align2, Button, Rect, RichText, Ui, vec2};

use super::{index::NoteIndex, interface::RollInput, state::Roll};
use crate::{
    music::Pitch,
    studio::{
        theme::{self, Icon, Theme, size, space},
        widgets::part_title,
    },
};

/// The height of the sign, in points.
const SIGN_HEIGHT: f32 = 20.0;
/// In a lower place for the notes, in points, the sign would hide too much.
const LEAST_HEIGHT: f32 = 90.0;
/// So many parts are named in the sign.
const MOST_NAMED: usize = 2;

/// Which parts have notes beyond an edge, and on which pitches.
#[derive(Debug, Default)]
struct Beyond {
    names: Vec<String>,
    pitches: Option<RangeInclusive<Pitch>>,
}

impl Roll {
    /// The edited part and those that are seen behind it.
    fn shown<'a>(&'a self, input: &'a RollInput<'_>) -> impl Iterator<Item = &'a NoteIndex> {
        let is_drum = input.is_kit();
        let is_ghost = move |index: usize| {
            input.ghosts && input.score.is_audible(index) && input.score.parts[index].is_drum == is_drum
        };
        let all = self.indices.iter().enumerate().take(input.score.parts.len());
        all.filter(move |(index, _)| *index == input.part || is_ghost(*index)).map(|(_, index)| index)
    }

    /// Lets the rows go with the music where its range or their room has changed, unless the user chose them.
    pub(super) fn fit_rows(&mut self, input: &RollInput<'_>) {
        let pitches = self.shown(input).filter_map(NoteIndex::pitches).cloned().reduce(around);
        let fitted = (pitches, self.coordinates.area().height());
        if self.fitted.as_ref() == Some(&fitted) || self.is_busy() {
            return;
        }
        let (pitches, _) = self.fitted.insert(fitted).clone();
        if let Some(pitches) = pitches.filter(|pitches| !self.rows_are_chosen && self.coordinates.can_show(pitches)) {
            self.coordinates.reveal_pitches(&pitches, input.is_kit());
        }
    }

    /// Shows signs for notes above and below what is seen, which lead there.
    pub(super) fn show_beyond(&mut self, ui: &mut Ui, input: &RollInput<'_>) {
        let area = self.coordinates.area();
        self.signs.clear();
        if area.height() < LEAST_HEIGHT || self.is_busy() {
            return;
        }
        let [above, below] = self.beyond(input);
        for (beyond, place, icon, word) in [
            (above, Align2::CENTER_TOP, Icon::ChevronUp, "above"),
            (below, Align2::CENTER_BOTTOM, Icon::ChevronDown, "below"),
        ] {
            let Some(pitches) = beyond.pitches else { continue };
            let names = &beyond.names;
            let text = if names.len() > MOST_NAMED { format!("{} parts", names.len()) } else { names.join(", ") };
            let theme = Theme::of(ui);
            let font = RichText::new(&text).size(size::CAPTION).color(theme.text);
            let width = ui.painter().layout_no_wrap(text.clone(), theme::regular(size::CAPTION), theme.text).size().x;
            let wanted = vec2((width + 40.0).min(area.width() - 2.0 * space::S), SIGN_HEIGHT);
            let rect = Rect::from_center_size(area.center(), wanted);
            let rect = rect.translate(place.pos_in_rect(&area.shrink(space::XS)) - place.pos_in_rect(&rect));
            self.signs.push(rect);
            let button = Button::new((theme::icon_sized(icon, 13.0), font)).fill(theme.overlay).truncate();
            let sign = ui.put(rect, button).accessible_name(format!("Show notes {word}: {text}"));
            if sign.on_hover_text(format!("There are notes {word}: {}", names.join(", "))).clicked() {
                self.rows_are_chosen = true;
                self.coordinates.reveal_pitches(&pitches, input.is_kit());
            }
        }
    }

    /// What sounds in the time in sight above and below the rows in sight.
    fn beyond(&self, input: &RollInput<'_>) -> [Beyond; 2] {
        let mut found = <[Beyond; 2]>::default();
        let (seen, ticks) = (self.coordinates.visible_pitches(), self.coordinates.visible_ticks());
        let is_beyond = |pitches: &RangeInclusive<Pitch>| pitches.start() < seen.start() || pitches.end() > seen.end();
        for index in self.shown(input).filter(|index| index.pitches().is_some_and(is_beyond)) {
            let mut reach = <[Option<RangeInclusive<Pitch>>; 2]>::default();
            for note in index.sounding_in(ticks.clone()) {
                let edge = match note.pitch {
                    pitch if pitch > *seen.end() => &mut reach[0],
                    pitch if pitch < *seen.start() => &mut reach[1],
                    _ => continue,
                };
                let own = note.pitch..=note.pitch;
                *edge = Some(edge.take().map_or(own.clone(), |known| around(known, own)));
            }
            for (found, pitches) in found.iter_mut().zip(reach) {
                let Some(pitches) = pitches else { continue };
                found.names.push(part_title(index.part()));
                found.pitches = Some(found.pitches.take().map_or(pitches.clone(), |known| around(known, pitches)));
            }
        }
        found
    }
}

/// From the lowest to the highest pitch of both.
fn around(one: RangeInclusive<Pitch>, other: RangeInclusive<Pitch>) -> RangeInclusive<Pitch> {
    *one.start().min(other.start())..=*one.end().max(other.end())
}

//! The whole widget, layer by layer.

use eframe::egui::{Painter, Rect, Ui, pos2};

use super::{
    coordinates::NAMED_ROW,
    interface::{PitchSet, RollInput},
    lane::Lane,
    paint::{Canvas, empty, grid, gutter, notes, playhead, ruler, trim, velocity_lane},
    places::Places,
    state::Roll,
};
use crate::{
    music::Tick,
    studio::theme::{Icon, Theme},
};

impl Roll {
    pub(super) fn paint(&mut self, ui: &Ui, rect: Rect, places: Places, input: &RollInput<'_>) {
        let theme = Theme::of(ui);
        let painter = ui.painter_at(rect);
        let score = self.shown_score(input);
        self.update_control_index(score.parts.get(input.part));
        self.indices.update(&score.parts); // what a gesture previews is seen in the same frame
        let part = score.parts.get(input.part);
        let is_drum = part.is_some_and(|part| part.is_drum);
        let color = theme.part(part.map_or(0, |part| part.color));
        let index = self.indices.get(input.part);

        let notes_painter = painter.with_clip_rect(places.notes.intersect(painter.clip_rect()));
        let on_notes = self.canvas(&notes_painter, theme);
        grid::paint(&on_notes, &score.metre, input.snap, input.key.filter(|_| input.scale_rows), is_drum);
        let loop_range = self.shown_loop(input);
        if let Some(range) = loop_range.as_ref().filter(|_| input.loop_on || self.is_setting_loop()) {
            playhead::paint_loop(&on_notes, range);
        }
        if input.ghosts {
            let others = self.indices.iter().enumerate().filter(|(other, _)| *other != input.part);
            others
                .filter(|(other, index)| index.part().is_drum == is_drum && score.is_audible(*other))
                .for_each(|(_, index)| notes::paint_ghosts(&on_notes, index));
        }
        let look = notes::Look { color, selection: &self.selection, hovered: self.hovered, key: input.key };
        if let Some(index) = index {
            notes::paint(&on_notes, index, look);
        }
        if let Some(note) = &self.offered {
            notes::paint_offered(&on_notes, note, color);
        }
        let trim = self.shown_trim(input);
        if let Some(span) = &trim {
            trim::paint_veil(&on_notes, span);
        }
        notes::paint_recording(&on_notes, &input.recording);
        let is_empty = part.is_none_or(|part| part.notes.is_empty());
        if is_empty && input.recording.is_empty() && self.offered.is_none() && !input.playing {
            paint_empty(&on_notes, part.is_some());
        }
        if let Some(band) = self.band(input) {
            notes::paint_band(&notes_painter, theme, band);
        }

        let ruler_painter = painter.with_clip_rect(places.ruler.intersect(painter.clip_rect()));
        let on_ruler = self.canvas(&ruler_painter, theme);
        let loop_on = input.loop_on || self.is_setting_loop();
        ruler::paint(&on_ruler, places.ruler, &score.metre, loop_range.as_ref(), loop_on, input.playhead_tick);
        if let Some(span) = &trim {
            trim::paint_handles(&on_ruler, places.ruler, span);
        }
        playhead::paint_flag(&on_ruler, input.playhead_tick, places.ruler.bottom());
        if let Some(lane) = places.lane {
            let lane_painter = painter.with_clip_rect(lane.intersect(painter.clip_rect()));
            if let Some(index) = index {
                let canvas = self.canvas(&lane_painter, theme);
                if self.lane == Lane::Velocity {
                    velocity_lane::paint(&canvas, lane, index, look, self.ramp(ui));
                } else {
                    self.paint_control_lane(ui, &canvas, lane, color);
                }
            }
        }
        if let Some((place, lyrics)) = places.lyrics.zip(self.lyrics.as_ref()) {
            let playing_at = input.playing.then_some(input.playhead_tick.max(0.0) as Tick);
            lyrics.paint(&self.canvas(&painter, theme), place, rect.left(), playing_at);
        }
        let below = places.lane.or(places.lyrics).unwrap_or(places.notes).bottom();
        let beside = painter
            .with_clip_rect(Rect::from_min_max(places.notes.left_top(), rect.max).intersect(painter.clip_rect()));
        playhead::paint_line(&self.canvas(&beside, theme), input.playhead_tick, places.notes.top(), below);

        let mut lit = input.lit_keys;
        if let Some((pitch, _)) = self.sounding {
            lit.insert(pitch);
        }
        // all names where rows are high enough, else first of what is played
        let thins_names = is_drum && self.coordinates.row_height() < NAMED_ROW;
        let played = index.filter(|_| thins_names).map_or_else(PitchSet::default, |index| {
            index.sounding_in(self.coordinates.visible_ticks()).map(|note| note.pitch).collect()
        });
        let keys = gutter::KeysLook { lit, color, hovered: self.hovered_key, is_drum, played };
        gutter::paint(&self.canvas(&painter, theme), places.gutter, keys);
        paint_corners(ui, rect, places);
    }

    /// What a screen reader says of the lyrics.
    pub(super) fn lyrics_label(&self, ui: &Ui) -> String {
        let canvas = self.canvas(ui.painter(), Theme::of(ui));
        self.lyrics.as_ref().map_or_else(String::new, |lyrics| lyrics.label(&canvas))
    }

    const fn canvas<'a>(&'a self, painter: &'a Painter, theme: &'static Theme) -> Canvas<'a> {
        Canvas { painter, theme, coordinates: &self.coordinates }
    }
}

/// What a roll without notes says; `has_part` tells whether there is a part to put notes into.
fn paint_empty(canvas: &Canvas<'_>, has_part: bool) {
    if has_part {
        let lines = [
            (Icon::Pencil, "Draw them: press 2, then click"),
            (Icon::Circle, "Play them in: press R"),
            (Icon::Music, "Or start with one of the melodies"),
        ];
        empty::paint(canvas, "No notes yet", &lines);
    } else {
        empty::paint(canvas, "No part yet", &[(Icon::Plus, "Add one beside Parts, or press R and play")]);
    }
}

/// The corners beside ruler and lane.
fn paint_corners(ui: &Ui, rect: Rect, places: Places) {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(rect);
    let corner = Rect::from_min_max(rect.min, places.gutter.right_top());
    painter.rect_filled(corner, 0.0, theme.surface);
    painter.hline(corner.x_range(), corner.bottom() - 0.5, theme.hairline());
    if let Some(lane) = places.lane {
        let corner = Rect::from_min_max(pos2(places.gutter.left(), lane.top()), lane.left_bottom());
        painter.rect_filled(corner, 0.0, theme.surface);
        painter.hline(corner.x_range(), corner.top() + 0.5, theme.hairline());
        painter.vline(corner.right() - 0.5, corner.y_range(), theme.hairline());
    }
}

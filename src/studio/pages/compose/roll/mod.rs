//! The piano roll: a widget that shows one part of a score to edit, the others faint behind it.
//!
//! It reads a [`RollInput`] and answers with [`RollAction`]s; the studio executes them. Gestures preview while they
//! last and are committed once. Selection, scroll and zoom live here, outside undo. It knows no devices, no player
//! and no history.

mod active;
mod apply;
mod begin;
mod beyond;
pub mod coordinates;
pub(super) mod follow;
pub mod gestures;
pub mod index;
mod interface;
mod journey;
mod lane;
mod lane_area;
mod layers;
pub mod lyrics;
pub(super) mod marks;
mod note_menu;
pub(super) mod paint;
pub(super) mod places;
mod pointer;
mod state;
#[cfg(test)]
mod tests;
mod view;

use eframe::egui::{CursorIcon, EventFilter, Id, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

pub use self::{
    apply::{NO_NOTES_IN_BARS, NO_PART_BEFORE, NO_PART_BEHIND},
    interface::{PitchSet, RollInput, Tool},
    lane::Lane,
    marks::span,
    state::Roll,
};
use self::{
    follow::Playhead,
    gestures::trim::REACH as TRIM_REACH,
    marks::{FIELD_HEIGHT, MarksInput},
    paint::Canvas,
    places::{Places, Responses},
};
use crate::{
    music::{
        Pitch, Tick,
        edit::{MarkKind, Selection},
    },
    plural::{counted, thousands},
    studio::{actions::RollAction, commands::Command, theme::Theme, widgets},
};

impl Roll {
    /// Shows the roll on all the room there is, and answers with what the user did.
    pub fn show(&mut self, ui: &mut Ui, input: &RollInput<'_>) -> Vec<RollAction> {
        let (rect, _) = ui.allocate_exact_size(ui.available_size().max(Vec2::new(200.0, 120.0)), Sense::hover());
        let has_lyrics = input.lyrics && self.lyrics_of(input.score).are_sung_by(input.part);
        let places = Places::within(rect, !self.hide_lane, has_lyrics, input.score, input.marks, &self.marks);
        // where nobody has looked elsewhere yet, the notes stay in sight on a place of another size
        let room = places.notes.size();
        let stays =
            self.placed.as_ref().is_some_and(|(view, size)| *size == room || !view.looks_like(&self.coordinates));
        self.coordinates.set_area(places.notes);
        self.take_input(input);
        if !stays {
            self.place_view(input);
            self.placed = Some((self.coordinates.clone(), room));
        }

        self.fit_rows(input);

        let responses = self.interact(ui, places, input);
        keep_arrows(ui, &responses);
        self.scroll_and_zoom(ui, &responses, input);
        self.point(ui, &responses, places, input);
        self.note_menu(&responses.notes, input);
        let now_seconds = ui.input(|state| state.time);
        let playhead = Playhead { tick: input.playhead_tick, playing: input.playing, follow: input.follow };
        self.follow.move_view(&mut self.coordinates, playhead, now_seconds, self.active.is_some());
        self.paint(ui, rect, places, input);
        self.show_beyond(ui, input);
        if let (Some(row), Some(lyrics)) = (&responses.lyrics, &self.lyrics)
            && let Some(pos) = row.hover_pos()
            && let Some(words) = lyrics.around(self.coordinates.clamped_tick_from_x(pos.x))
        {
            row.clone().on_hover_text(words);
        }
        self.show_trim_handles(ui, places, input);
        self.show_marks(ui, &responses, rect, places, input);
        if let Some(lane) = places.lane {
            let corner = Rect::from_min_max(pos2(rect.left(), lane.top()), lane.left_bottom());
            self.lane_menu(ui, corner, input);
        }
        std::mem::take(&mut self.actions)
    }

    /// Says what the handles of the take just recorded are for.
    fn show_trim_handles(&self, ui: &Ui, places: Places, input: &RollInput<'_>) {
        let Some(span) = self.shown_trim(input) else { return };
        let foot = places.ruler.with_min_y(places.ruler.center().y);
        for (name, side, tick, command) in
            [("Start", "before", span.start, Command::TrimBefore), ("End", "after", span.end, Command::TrimAfter)]
        {
            let x = self.coordinates.x_from_tick(f64::from(tick));
            let place = Rect::from_x_y_ranges(x - TRIM_REACH..=x + TRIM_REACH, foot.y_range()).intersect(foot);
            if !place.is_positive() {
                continue;
            }
            let at = input.score.metre.position(tick);
            let label = format!("{name} of the recorded take, bar {}, beat {}", at.bar + 1, at.beat + 1);
            let response = ui.interact(place, ui.scope_id().with(("trim handle", name)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
            response.on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text(format!(
                "{label}\nDrag to leave out what you played {side} it; {} does so at the playhead",
                command.entry().key_text()
            ));
        }
    }

    /// The rows with the chords, if there are any.
    fn show_marks(&mut self, ui: &mut Ui, responses: &Responses, rect: Rect, places: Places, input: &RollInput<'_>) {
        let playhead = input.playhead_tick.max(0.0) as Tick;
        let playing_at = input.playing.then_some(playhead);
        let marks =
            MarksInput { score: input.score, end: self.scroll_end(input), key: input.key, playhead, playing_at };
        let (coordinates, editor) = (&self.coordinates, &mut self.marks);
        let mut asked = places.marks.show(ui, coordinates, rect.left(), marks, editor);
        let has_loop = input.loop_range.is_some();
        let kinds = [MarkKind::Section, MarkKind::Chord, MarkKind::Key, MarkKind::Metre];
        asked.extend(editor.point_at_ruler(&responses.ruler, &kinds, coordinates, input.score, has_loop));
        let foot = places.ruler.with_min_y(places.ruler.bottom() - FIELD_HEIGHT);
        asked.extend(editor.show_field(ui, foot, MarkKind::Metre, coordinates, input.score));
        let canvas = Canvas { painter: ui.painter(), theme: Theme::of(ui), coordinates };
        paint::playhead::paint_line(&canvas, input.playhead_tick, places.ruler.bottom(), places.notes.top());
        self.actions.extend(asked);
    }

    /// The first look at a score: its beginning, about eight bars, its notes in the middle.
    fn place_view(&mut self, input: &RollInput<'_>) {
        let eight_bars = input.score.metre.bar_start(8);
        let part = input.score.parts.get(input.part);
        let pitches = part.and_then(|part| Selection::all(part).pitches());
        if let (true, Some(drums)) = (input.is_kit(), &pitches) {
            self.coordinates.fit_kit(&(0..eight_bars), drums);
            self.coordinates.put_tick_at(0.0, 0.0);
            return;
        }
        let around = pitches.unwrap_or(Pitch::clamped(57)..=Pitch::clamped(76));
        let (low, high) = (i32::from(around.start().get()), i32::from(around.end().get()));
        let missing = (24 - (high - low)).max(0) / 2;
        let around = Pitch::clamped(low - missing)..=Pitch::clamped(high + missing);
        self.coordinates.fit(&(0..eight_bars), &around);
        self.coordinates.put_tick_at(0.0, 0.0);
    }

    fn interact(&self, ui: &Ui, places: Places, input: &RollInput<'_>) -> Responses {
        let id = ui.scope_id().with("roll");
        let region = |rect: Rect, name: &str, label: &dyn Fn() -> String| {
            let response = ui.interact(rect, id.with(name), Sense::click_and_drag());
            response.widget_info(|| WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), label()));
            response
        };
        Responses {
            ruler: region(places.ruler, "ruler", &|| {
                let at = input.score.metre.position(input.playhead_tick.max(0.0) as Tick);
                format!("Ruler, playhead at bar {}, beat {}", at.bar + 1, at.beat + 1)
            }),
            gutter: region(places.gutter, "gutter", &|| "Keys of the piano roll".to_owned()),
            notes: region(places.notes, "notes", &|| self.label(input)),
            lyrics: places.lyrics.map(|row| region(row, "lyrics", &|| self.lyrics_label(ui))),
            lane: places.lane.map(|lane| region(lane, "lane", &|| self.lane.label())),
        }
    }

    /// What a screen reader says of the roll.
    fn label(&self, input: &RollInput<'_>) -> String {
        let Some(part) = input.score.parts.get(input.part) else {
            return "Piano roll, no part".to_owned();
        };
        let name = if part.name.is_empty() { "unnamed part" } else { &part.name };
        let notes = counted(part.notes.len(), "note");
        match self.selection.notes() {
            [] => format!("Piano roll, {name}, {notes}"),
            [note] => format!("Piano roll, {name}, {notes}, {} selected", note.pitch.name_in(input.key)),
            several => format!("Piano roll, {name}, {notes}, {} selected", thousands(several.len())),
        }
    }
}

/// While one of its regions has the focus, the keys are for the notes: the arrows do not move the focus away.
fn keep_arrows(ui: &Ui, responses: &Responses) {
    let regions = [&responses.notes, &responses.ruler, &responses.gutter];
    let regions: Vec<Id> = regions.into_iter().chain(&responses.lane).map(|response| response.id).collect();
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    let is_new = ui.memory_mut(|memory| {
        for &id in &regions {
            memory.set_focus_lock_filter(id, arrows);
        }
        regions.iter().any(|&id| memory.has_focus(id) && !memory.had_focus_last_frame(id))
    });
    if is_new {
        ui.request_repaint(); // egui takes the filter from the second frame on
    }
    widgets::leave_keys_to_commands(ui, regions);
}

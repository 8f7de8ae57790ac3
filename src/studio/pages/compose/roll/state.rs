//! What the roll keeps from one frame to the next.

use std::{ops::RangeInclusive, sync::Arc};

use eframe::egui::{Pos2, Rect, Vec2};

use super::{
    active::Active,
    coordinates::Coordinates,
    follow::Follow,
    index::{ControlIndex, Indices},
    interface::RollInput,
    journey::Journey,
    lane::Lane,
    lyrics::Lyrics,
    marks::MarkEditor,
};
use crate::{
    music::{
        Note, Part, Pitch, Score, TICKS_PER_QUARTER, Tick, Velocity,
        edit::{Clipboard, Selection},
    },
    studio::actions::RollAction,
};

/// The widget's state: view, selection and the gesture under way.
#[derive(Debug, Default)]
pub struct Roll {
    pub(super) coordinates: Coordinates,
    /// The view as it was put on the notes, and the size of their place then; none before.
    pub(super) placed: Option<(Coordinates, Vec2)>,
    /// From the lowest to the highest note that was to be shown last, and the height of their place.
    pub(super) fitted: Option<(Option<RangeInclusive<Pitch>>, f32)>,
    /// Where the signs are that lead to notes out of sight.
    pub(super) signs: Vec<Rect>,
    /// Whether the user chose which rows are seen.
    pub(super) rows_are_chosen: bool,
    pub(super) indices: Indices,
    pub(super) selection: Selection,
    pub(super) clipboard: Clipboard,
    /// Notes that keys move.
    pub(super) journey: Option<Journey>,
    pub(super) part: usize,
    pub(super) active: Option<Active>,
    /// Sections, chords and time signatures while they are edited.
    pub marks: MarkEditor,
    pub(super) hovered: Option<Note>,
    pub(super) hovered_key: Option<Pitch>,
    /// The tick under the pointer while it is over the notes.
    pub(super) pointed: Option<Tick>,
    /// The note that a press of the pencil would draw.
    pub(super) offered: Option<Note>,
    pub(super) sounding: Option<(Pitch, Velocity)>,
    pub(super) last_drawn: LastDrawn,
    pub(super) follow: Follow,
    /// When and where an empty place was last pressed, for double clicks.
    pub(super) last_press: Option<(f64, Pos2)>,
    pub(super) revision: u64,
    pub(super) lane: Lane,
    pub(super) hide_lane: bool,
    pub(super) lyrics: Option<Lyrics>,
    pub(super) control_index: Option<ControlIndex>,
    /// The tick of the controller's point under the pointer.
    pub(super) hovered_control: Option<Tick>,
    pub(super) actions: Vec<RollAction>,
}

/// What the next note drawn gets.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastDrawn {
    pub(super) duration: Tick,
    pub(super) velocity: Velocity,
}

impl Default for LastDrawn {
    fn default() -> Self {
        Self { duration: TICKS_PER_QUARTER, velocity: Velocity::DEFAULT }
    }
}

impl Roll {
    /// A roll that has shown nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The selected notes of the edited part.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Selects these notes.
    pub fn select(&mut self, selection: Selection) {
        self.selection = selection;
    }

    /// Selects nothing where any of what was selected is not in the part any more: the rest, such as a note that lies
    /// where one was pasted, was not meant alone.
    pub fn forget_what_is_gone(&mut self, part: Option<&Arc<Part>>) {
        if part.is_none_or(|part| self.selection.within(part) != self.selection) {
            self.selection = Selection::none();
        }
    }

    /// Where ticks and pitches lie on the screen.
    pub const fn coordinates(&self) -> &Coordinates {
        &self.coordinates
    }

    /// Whether the velocity lane is shown.
    pub fn shows_velocity_lane(&self) -> bool {
        !self.hide_lane && self.lane == Lane::Velocity
    }

    /// Whether a gesture is under way.
    pub const fn is_busy(&self) -> bool {
        self.active.is_some()
    }

    /// Selects a note of a part that is to be edited, and puts it in sight.
    pub fn choose(&mut self, part: usize, note: Note) {
        self.part = part;
        self.hovered = None;
        self.select(Selection::from(note));
        self.coordinates.reveal(&note);
    }

    /// Puts a tick in sight, near the right edge or near the left one.
    pub fn reveal_tick(&mut self, tick: Tick, from_right: bool) {
        self.coordinates.reveal_tick(tick, from_right);
    }

    /// Puts the notes of the edited part in sight: up and down all pitches that it plays in the time in sight; where it
    /// plays nothing there, its nearest notes.
    fn reveal_part(&mut self) {
        let Some(index) = self.indices.get(self.part) else { return };
        let notes = &index.part().notes;
        let mut ticks = self.coordinates.visible_ticks();
        if index.sounding_in(ticks.clone()).next().is_none() {
            let begun = notes.partition_point(|note| note.start < ticks.start);
            let Some(nearest) = notes.get(begun).or_else(|| notes.last()) else { return };
            self.coordinates.reveal(nearest);
            ticks = self.coordinates.visible_ticks();
        }
        if let Some(pitches) = index.sounding_in(ticks).copied().collect::<Selection>().pitches() {
            self.coordinates.reveal_pitches(&pitches, index.part().is_drum);
        }
    }

    /// Puts the view on another score's notes at the next frame.
    pub fn show_from_start(&mut self) {
        self.placed = None;
        self.fitted = None;
        self.rows_are_chosen = false;
        self.selection = Selection::none();
    }

    /// Goes with changes of score and part that were not made here.
    pub(super) fn take_input(&mut self, input: &RollInput<'_>) {
        if self.active.is_some() && (input.revision != self.revision || input.part != self.part) {
            self.give_up();
        }
        self.indices.update(&input.score.parts);
        if input.part != self.part {
            self.part = input.part;
            self.selection = Selection::none();
            self.hovered = None;
            self.reveal_part();
        } else if input.revision != self.revision
            && let Some(part) = input.score.parts.get(input.part)
        {
            self.selection = self.selection.within(part);
        }
        self.revision = input.revision;
    }

    /// The lyrics of a score.
    pub(super) fn lyrics_of(&mut self, score: &Arc<Score>) -> &Lyrics {
        let known = self.lyrics.take().filter(|lyrics| lyrics.are_of(score));
        self.lyrics.insert(known.unwrap_or_else(|| Lyrics::new(score)))
    }

    /// Lets a note be heard instead of the one that is, or none.
    pub(super) fn sound(&mut self, note: Option<(Pitch, Velocity)>) {
        if note.map(|(pitch, _)| pitch) == self.sounding.map(|(pitch, _)| pitch) {
            return;
        }
        if let Some((pitch, velocity)) = self.sounding.take() {
            self.actions.push(RollAction::Audition { pitch, velocity, on: false });
        }
        if let Some((pitch, velocity)) = note {
            self.actions.push(RollAction::Audition { pitch, velocity, on: true });
        }
        self.sounding = note;
    }
}

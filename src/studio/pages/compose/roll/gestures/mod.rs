//! Gestures: what the pointer does from press to release. One file each.
//!
//! A gesture keeps the score as it was when it began and works out every preview from there, so that nothing adds
//! up on the way and Esc has something to go back to. It paints nothing.

pub mod bar_grid;
pub mod controls;
pub mod draw;
pub mod erase;
pub mod hit;
pub mod loop_range;
pub mod move_notes;
pub mod resize;
pub mod rubber_band;
pub mod trim;
pub mod velocities;

use std::sync::Arc;

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Ui};

use super::coordinates::Coordinates;
use crate::{
    music::{
        Key, Part, Pitch, Score, Velocity,
        edit::{self, Selection},
    },
    studio::document::snap::Snap,
};

/// How far the pointer goes, in points, before a press becomes a drag.
pub const DRAG_THRESHOLD: f32 = 4.0;

/// The pointer, as a gesture sees it.
#[derive(Clone, Copy, Debug)]
pub struct Pointer {
    /// Where it is, in points.
    pub pos: Pos2,
    /// What is held with it.
    pub modifiers: Modifiers,
}

impl Pointer {
    /// Where the pointer was and what was held when a button went down or up in this frame: what came after it within
    /// the same slow frame does not count.
    pub fn at_event(ui: &Ui, of: PointerButton, goes_down: bool) -> Option<Self> {
        ui.input(|state| {
            state.events.iter().rev().find_map(|event| match event {
                Event::PointerButton { pos, button, pressed, modifiers } if *button == of && *pressed == goes_down => {
                    Some(Self { pos: *pos, modifiers: *modifiers })
                }
                _ => None,
            })
        })
    }
}

/// What a gesture began on: the score as it was, and which part is edited.
#[derive(Clone, Debug)]
pub struct Base {
    score: Arc<Score>,
    part: usize,
    selection: Selection,
}

impl Base {
    /// The score before the gesture, the part it edits and what was selected in it.
    pub fn new(score: &Arc<Score>, part: usize, selection: &Selection) -> Self {
        Self { score: Arc::clone(score), part, selection: selection.clone() }
    }

    /// What was selected before the gesture.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// The part before the gesture; `None` if the score has no such part.
    pub fn part(&self) -> Option<&Part> {
        self.score.parts.get(self.part).map(Arc::as_ref)
    }

    /// The score before the gesture.
    pub const fn score(&self) -> &Arc<Score> {
        &self.score
    }

    /// The score with the part changed by an edit, and the selection that the edit returns.
    pub fn edited(&self, edit: impl FnOnce(&mut Part) -> Selection) -> Outcome {
        let mut score = Score::clone(&self.score);
        let selection = score.part_mut(self.part).map(edit).unwrap_or_default();
        Outcome { score: Some(Arc::new(score)), selection, sound: None }
    }

    /// The score as it was, with another selection.
    pub const fn selected(selection: Selection) -> Outcome {
        Outcome { score: None, selection, sound: None }
    }
}

/// What a gesture came to so far.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The score to show instead; `None` where the gesture changes none.
    pub score: Option<Arc<Score>>,
    /// The selection to show.
    pub selection: Selection,
    /// The note to be heard while the gesture is here.
    pub sound: Option<(Pitch, Velocity)>,
}

impl Outcome {
    /// The same, with a note to be heard.
    #[must_use]
    pub const fn heard(mut self, pitch: Pitch, velocity: Velocity) -> Self {
        self.sound = Some((pitch, velocity));
        self
    }
}

/// What gestures measure with.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// Points to ticks and pitches.
    pub coordinates: &'a Coordinates,
    /// The grid in force (off while Alt is held).
    pub snap: Snap,
    /// The key whose scale pitches keep to, if they do.
    pub scale: Option<Key>,
}

impl Measure<'_> {
    /// The pitch at a y: of the scale, where pitches keep to one.
    pub fn pitch_from_y(&self, y: f32) -> Pitch {
        let pitch = self.coordinates.pitch_from_y(y);
        self.scale.map_or(pitch, |key| edit::nearest_in_scale(pitch, key))
    }
}

//! What the arrangement keeps from one frame to the next, and what it is drawn from.

use std::{ops::Range, sync::Arc};

use eframe::egui::{Id, Pos2, Rect, Vec2};

use super::{
    super::parts::Renaming,
    super::roll::{
        coordinates::Coordinates,
        follow::{Follow, Playhead},
        gestures::loop_range::RulerDrag,
        lyrics::Lyrics,
        marks::{MarkEditor, MarksShown},
    },
    bars::{BarSelection, MoveBars, SelectBars},
    lane::Lanes,
};
use crate::{
    music::{
        Key, Note, Score, Tick,
        edit::{CopiedBars, Selection},
    },
    studio::document::snap::Snap,
};

/// The lowest and the highest that a lane is made, in points.
pub const LANE_HEIGHTS: std::ops::RangeInclusive<f32> = 26.0..=200.0;
/// How high lanes are by themselves, in points: they fill the room there is.
const USUAL_HEIGHTS: std::ops::RangeInclusive<f32> = 26.0..=112.0;

/// A tempo that is dragged up or down.
#[derive(Debug)]
pub struct TempoDrag {
    /// The score as it was.
    pub(super) base: Arc<Score>,
    /// Where the tempo begins, and what it was.
    pub(super) tick: Tick,
    pub(super) qpm: f64,
    pub(super) origin_y: f32,
    pub(super) now: Option<Arc<Score>>,
}

/// The widget's state: view and the gesture under way. Scroll and zoom live here, outside undo.
#[derive(Debug, Default)]
pub struct Arrangement {
    /// Ticks from left to right; its rows are not used.
    pub(super) coordinates: Coordinates,
    /// Whether the user has looked elsewhere; until then, all of the composition is in sight.
    pub(super) is_moved: bool,
    /// The height of a lane as the user made it, in points.
    pub(super) lane_height: Option<f32>,
    /// How far the lanes are scrolled down, in points.
    pub(super) scrolled: f32,
    pub(super) lanes: Lanes,
    pub(super) follow: Follow,
    pub(super) drag: Option<Drag>,
    /// Sections, chords, tempi and time signatures while they are edited.
    pub marks: MarkEditor,
    /// The tempo that is dragged.
    pub(super) tempo_drag: Option<TempoDrag>,
    /// The bars that are selected.
    pub(super) selected: Option<BarSelection>,
    /// Those that were before the last change to them: they are again once it is undone.
    pub(super) selected_before: Option<BarSelection>,
    /// Bars that were copied, where nothing else was since.
    pub(super) clipboard: Option<CopiedBars>,
    /// Whether the pointer is over it: the view's commands are for it then, where the roll is in sight, too.
    pub is_pointed: bool,
    /// The lyrics of the score that was shown last.
    pub(super) lyrics: Option<Lyrics>,
    /// A part's name while it is typed in the header of its lane.
    pub(super) renaming: Option<Renaming>,
    /// The lane whose menu a key has opened, and where.
    pub(super) menu_by_key: Option<(Id, Pos2)>,
    /// Whether a lane has the keyboard's focus.
    pub has_focus: bool,
    /// The part whose lane is to have the keyboard's focus.
    pub(super) focus: Option<usize>,
}

/// A press on the ruler or on the lanes, and what it came to so far.
#[derive(Debug)]
pub enum Drag {
    /// On the ruler.
    Ruler {
        /// What it does.
        gesture: RulerDrag,
        /// The loop that it set.
        loop_range: Option<Range<Tick>>,
    },
    /// On lanes, from a part on.
    Select(SelectBars),
    /// On the bars that are selected, in a part.
    Move(MoveBars, usize),
}

impl Drag {
    /// Whether it went far enough to be a drag; else it is a click.
    pub const fn is_drag(&self) -> bool {
        match self {
            Self::Ruler { gesture, .. } => gesture.is_drag(),
            Self::Select(gesture) => gesture.is_drag(),
            Self::Move(gesture, _) => gesture.is_drag(),
        }
    }
}

/// What the arrangement shows and goes by; made anew for each frame.
#[derive(Clone, Debug)]
pub struct ArrangementInput<'a> {
    /// The score as it is shown and heard.
    pub score: &'a Arc<Score>,
    /// The chosen part.
    pub part: usize,
    /// The notes of the chosen part that are selected.
    pub selection: &'a Selection,
    /// Where the playhead is.
    pub playhead: Playhead,
    /// The loop's span, if one was ever set.
    pub loop_range: Option<Range<Tick>>,
    /// Whether it is on.
    pub loop_on: bool,
    /// The grid that is chosen.
    pub snap: Snap,
    /// Which marks stand above the lanes.
    pub marks: MarksShown,
    /// The key in force at the playhead.
    pub key: Option<Key>,
    /// Whether the lyrics are shown.
    pub lyrics: bool,
    /// Whether the tempo track is shown.
    pub tempo_track: bool,
    /// Notes of a recording under way, in the chosen part.
    pub recording: Vec<Note>,
}

impl Arrangement {
    /// Whether a gesture is under way.
    pub const fn is_busy(&self) -> bool {
        self.drag.is_some() || self.tempo_drag.is_some()
    }

    /// Where the lanes were drawn last.
    pub const fn area(&self) -> Rect {
        self.coordinates.area()
    }

    /// All of the composition is in sight from the next frame on.
    pub fn show_all(&mut self) {
        self.is_moved = false;
        self.lane_height = None;
        self.scrolled = 0.0;
    }

    /// Puts a tick in sight, near the right edge or near the left one.
    pub fn reveal_tick(&mut self, tick: Tick, from_right: bool) {
        self.coordinates.reveal_tick(tick, from_right);
    }

    /// How high the lanes are, in points.
    pub(super) fn lane_height(&self, part_count: usize) -> f32 {
        let share = self.area().height() / part_count.max(1) as f32;
        self.lane_height.unwrap_or_else(|| share.clamp(*USUAL_HEIGHTS.start(), *USUAL_HEIGHTS.end()).floor())
    }

    /// Where the lane of a part lies on the screen; it may be out of sight.
    pub(super) fn lane_rect(&self, part: usize, part_count: usize) -> Rect {
        let (area, height) = (self.area(), self.lane_height(part_count));
        let top = area.top() - self.scrolled + part as f32 * height;
        Rect::from_x_y_ranges(area.x_range(), top..=top + height)
    }

    /// The parts whose lanes are in sight.
    pub(super) fn lanes_in_sight(&self, part_count: usize) -> Range<usize> {
        let height = self.lane_height(part_count);
        let first = (self.scrolled / height) as usize;
        let last = ((self.scrolled + self.area().height()) / height).ceil() as usize;
        first.min(part_count)..last.min(part_count)
    }

    /// Keeps the lanes within the room there is.
    pub(super) fn clamp_scroll(&mut self, part_count: usize) {
        let all = self.lane_height(part_count) * part_count as f32;
        self.scrolled = self.scrolled.clamp(0.0, (all - self.area().height()).max(0.0));
    }

    /// Scrolls no further than needed to show a part's lane.
    pub(super) fn reveal_part(&mut self, part: usize, part_count: usize) {
        let height = self.lane_height(part_count);
        let top = part as f32 * height;
        let lowest = top + height - self.area().height();
        self.scrolled = self.scrolled.clamp(lowest.min(top), top);
    }

    /// Lets the name of a part be typed in the header of its lane.
    pub fn rename(&mut self, part: usize, renaming: Option<Renaming>) {
        self.reveal_part(part, self.lanes.len());
        self.renaming = renaming;
    }

    /// The end of the music and of all that is marked, in ticks: one can scroll to it.
    pub(super) fn end(&self, input: &ArrangementInput<'_>) -> Tick {
        let marks = input.loop_range.as_ref().map_or(0, |range| range.end).max(input.playhead.tick.max(0.0) as Tick);
        self.lanes.end().max(marks).max(input.score.metre.bar_start(4))
    }

    /// Moves the view as a hand would.
    pub(super) fn pan(&mut self, by: Vec2, input: &ArrangementInput<'_>) {
        self.scrolled -= by.y;
        self.clamp_scroll(input.score.parts.len());
        if by.x != 0.0 {
            self.is_moved = true;
            self.coordinates.pan(Vec2::new(by.x, 0.0), self.end(input));
        }
    }
}

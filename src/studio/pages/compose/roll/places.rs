//! Where the pieces of the roll lie.

use eframe::egui::{Rect, Response, pos2};

use super::{
    lyrics,
    marks::{MarkEditor, MarkRows, MarksShown},
};
use crate::music::Score;

/// The height of the ruler, in points.
pub const RULER_HEIGHT: f32 = 30.0;
/// The width of the keyboard, in points.
const GUTTER_WIDTH: f32 = 72.0;
/// The height of the lane, in points.
const LANE_HEIGHT: f32 = 92.0;

/// Where the pieces of the widget lie.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    pub ruler: Rect,
    pub marks: MarkRows,
    pub gutter: Rect,
    pub notes: Rect,
    pub lyrics: Option<Rect>,
    pub lane: Option<Rect>,
}

impl Places {
    /// Within all the room there is: with a lane and lyrics below, or without; with these of the score's marks above.
    pub fn within(
        rect: Rect,
        with_lane: bool,
        with_lyrics: bool,
        score: &Score,
        shown: MarksShown,
        editor: &MarkEditor,
    ) -> Self {
        let lane_height = if with_lane { LANE_HEIGHT.min(rect.height() * 0.3) } else { 0.0 };
        let left = rect.left() + GUTTER_WIDTH;
        let ruler = Rect::from_min_max(pos2(left, rect.top()), pos2(rect.right(), rect.top() + RULER_HEIGHT));
        let marks = MarkRows::below(ruler, score, shown, editor);
        let top = marks.bottom(ruler);
        let lane_top = rect.bottom() - lane_height;
        let bottom = lane_top - if with_lyrics { lyrics::HEIGHT } else { 0.0 };
        Self {
            ruler,
            marks,
            gutter: Rect::from_min_max(pos2(rect.left(), top), pos2(left, bottom)),
            notes: Rect::from_min_max(pos2(left, top), pos2(rect.right(), bottom)),
            lyrics: with_lyrics.then(|| Rect::from_min_max(pos2(left, bottom), pos2(rect.right(), lane_top))),
            lane: with_lane.then(|| Rect::from_min_max(pos2(left, lane_top), rect.max)),
        }
    }
}

/// What the pointer met this frame.
pub struct Responses {
    pub ruler: Response,
    pub gutter: Response,
    pub notes: Response,
    pub lyrics: Option<Response>,
    pub lane: Option<Response>,
}

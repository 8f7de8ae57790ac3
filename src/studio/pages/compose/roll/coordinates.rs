//! Where ticks and pitches lie on the screen, and how the view of them scrolls and zooms.
//!
//! The one place that converts between music and points. Knows nothing of notes' meaning, of gestures or of painting.

use std::ops::{Range, RangeInclusive};

use eframe::egui::{Pos2, Rect, Vec2, pos2};

use crate::music::{Note, Pitch, Tick, edit::MAX_TICK};

/// How much a key press zooms.
pub const ZOOM_STEP: f32 = 1.25;
/// Rows of the roll, one a pitch; row 0 is the highest.
const ROWS: f64 = 128.0;
/// The flattest row, in points.
const MIN_ROW_HEIGHT: f64 = 4.0;
/// The flattest row that is chosen without being asked for, in points.
const FLATTEST_BY_ITSELF: f64 = 6.0;
/// The flattest row that has room for a name, in points.
pub const NAMED_ROW: f32 = 11.0;
/// The tallest row, in points.
const MAX_ROW_HEIGHT: f64 = 40.0;
/// Furthest out: three hours at 120 quarters a minute on a thousand points.
const MIN_POINTS_PER_TICK: f64 = 2e-4;
/// Furthest in: a sixteenth on 240 points.
const MAX_POINTS_PER_TICK: f64 = 2.0;

/// A view of the plane of ticks and pitches, laid on a rectangle of the screen.
#[derive(Clone, Debug)]
pub struct Coordinates {
    area: Rect,
    left_tick: f64,
    points_per_tick: f64,
    /// Rows above the area's top edge.
    top_row: f64,
    row_height: f64,
}

impl Default for Coordinates {
    fn default() -> Self {
        Self {
            area: Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 400.0)),
            left_tick: 0.0,
            points_per_tick: 0.1,
            top_row: 48.0,
            row_height: 14.0,
        }
    }
}

impl Coordinates {
    /// The rectangle on the screen, in points.
    pub const fn area(&self) -> Rect {
        self.area
    }

    /// Whether the same ticks and pitches are seen, as large, in the upper left corner.
    pub fn looks_like(&self, other: &Self) -> bool {
        let look = |view: &Self| [view.left_tick, view.points_per_tick, view.top_row, view.row_height];
        look(self) == look(other)
    }

    /// Lays the view on another rectangle: the left edge and the middle row show what they showed.
    pub fn set_area(&mut self, area: Rect) {
        self.top_row += f64::from(self.area.height() - area.height()) / self.row_height / 2.0;
        self.area = area;
        self.clamp_rows();
    }

    /// The height of a row, in points.
    pub const fn row_height(&self) -> f32 {
        self.row_height as f32
    }

    /// The width of a tick, in points.
    pub const fn points_per_tick(&self) -> f64 {
        self.points_per_tick
    }

    /// Where a tick, with its fraction, lies from left to right.
    pub fn x_from_tick(&self, tick: f64) -> f32 {
        (f64::from(self.area.left()) + (tick - self.left_tick) * self.points_per_tick) as f32
    }

    /// The tick, with its fraction, at an x; negative before the start.
    pub fn tick_from_x(&self, x: f32) -> f64 {
        self.left_tick + f64::from(x - self.area.left()) / self.points_per_tick
    }

    /// The tick at an x, kept within what a score can hold.
    pub fn clamped_tick_from_x(&self, x: f32) -> Tick {
        self.tick_from_x(x).clamp(0.0, f64::from(MAX_TICK)) as Tick
    }

    /// The upper edge of a pitch's row.
    pub fn y_from_pitch(&self, pitch: Pitch) -> f32 {
        self.y_from_row(f64::from(127 - pitch.get()))
    }

    /// The y of a row's upper edge, with its fraction.
    fn y_from_row(&self, row: f64) -> f32 {
        (f64::from(self.area.top()) + (row - self.top_row) * self.row_height) as f32
    }

    /// The row, with its fraction, at a y; row 0 is pitch 127.
    pub fn row_from_y(&self, y: f32) -> f64 {
        self.top_row + f64::from(y - self.area.top()) / self.row_height
    }

    /// The pitch whose row is at a y; the nearest one beyond the first and last row.
    pub fn pitch_from_y(&self, y: f32) -> Pitch {
        Pitch::clamped(127 - self.row_from_y(y).floor() as i32)
    }

    /// The rectangle of a note.
    pub fn note_rect(&self, note: &Note) -> Rect {
        let top = self.y_from_pitch(note.pitch);
        Rect::from_min_max(
            pos2(self.x_from_tick(f64::from(note.start)), top),
            pos2(self.x_from_tick(f64::from(note.end())), top + self.row_height as f32),
        )
    }

    /// The ticks of which something is seen.
    pub fn visible_ticks(&self) -> Range<Tick> {
        let start = self.left_tick.max(0.0);
        let end = self.tick_from_x(self.area.right()).ceil().clamp(start, f64::from(MAX_TICK));
        start as Tick..end as Tick
    }

    /// The pitches of which something is seen.
    pub fn visible_pitches(&self) -> RangeInclusive<Pitch> {
        self.pitch_from_y(self.area.bottom() - 0.01)..=self.pitch_from_y(self.area.top())
    }

    /// Moves what is shown by points, as a hand on paper would: positive is right and down.
    ///
    /// To the right it goes no further than until `content_end` is at the left edge.
    pub fn pan(&mut self, by: Vec2, content_end: Tick) {
        let furthest = f64::from(content_end).max(self.left_tick);
        self.left_tick = (self.left_tick - f64::from(by.x) / self.points_per_tick).clamp(0.0, furthest);
        self.top_row -= f64::from(by.y) / self.row_height;
        self.clamp_rows();
    }

    /// Zooms in (above 1) or out in time; what lies at `x` stays there.
    pub fn zoom_time(&mut self, factor: f32, x: f32) {
        let at = self.tick_from_x(x);
        self.points_per_tick =
            (self.points_per_tick * f64::from(factor)).clamp(MIN_POINTS_PER_TICK, MAX_POINTS_PER_TICK);
        self.left_tick = (at - f64::from(x - self.area.left()) / self.points_per_tick).max(0.0);
    }

    /// Zooms in (above 1) or out in pitch; what lies at `y` stays there.
    pub fn zoom_pitch(&mut self, factor: f32, y: f32) {
        let at = self.row_from_y(y);
        self.row_height = (self.row_height * f64::from(factor)).clamp(MIN_ROW_HEIGHT, MAX_ROW_HEIGHT);
        self.clamp_rows();
        self.top_row = at - f64::from(y - self.area.top()) / self.row_height;
        self.clamp_rows();
    }

    /// Shows all of a span of ticks and a range of pitches, with a little air around them.
    pub fn fit(&mut self, ticks: &Range<Tick>, pitches: &RangeInclusive<Pitch>) {
        self.fit_ticks(ticks);
        let (top, bottom) = (f64::from(127 - pitches.end().get()), f64::from(128 - pitches.start().get()));
        let rows = bottom - top + 4.0;
        self.row_height = (f64::from(self.area.height()) / rows).clamp(MIN_ROW_HEIGHT, MAX_ROW_HEIGHT / 2.0);
        self.center_row(f64::midpoint(top, bottom));
    }

    /// Shows all of a span of ticks, with a little air around it.
    pub fn fit_ticks(&mut self, ticks: &Range<Tick>) {
        let width = f64::from(self.area.width().max(1.0));
        let length = f64::from(ticks.end.saturating_sub(ticks.start).max(1));
        self.points_per_tick = (width / (length * 1.08)).clamp(MIN_POINTS_PER_TICK, MAX_POINTS_PER_TICK / 4.0);
        let air = (width / self.points_per_tick - length) / 2.0;
        self.left_tick = (f64::from(ticks.start) - air).max(0.0);
    }

    /// Puts a tick in sight, if it is not: near the left edge, or near the right one where it is behind it and
    /// `from_right` says so.
    pub fn reveal_tick(&mut self, tick: Tick, from_right: bool) {
        let x = self.x_from_tick(f64::from(tick));
        if !(self.area.left()..=self.area.right()).contains(&x) {
            self.put_tick_at(f64::from(tick), if from_right { 0.9 } else { 0.1 });
        }
    }

    /// Whether the height is enough for pitches, in rows that can be worked in.
    pub fn can_show(&self, pitches: &RangeInclusive<Pitch>) -> bool {
        let rows = f64::from(pitches.end().get()) - f64::from(pitches.start().get()) + 3.0;
        f64::from(self.area.height()) / rows >= FLATTEST_BY_ITSELF
    }

    /// Puts pitches in the middle where not all of them are seen; in rows as flat as they need, but no flatter than can
    /// be worked in. Where rows have names, they are made as high as those need, as far as there is room.
    pub fn reveal_pitches(&mut self, pitches: &RangeInclusive<Pitch>, are_named: bool) {
        let (top, bottom) = (f64::from(127 - pitches.end().get()), f64::from(128 - pitches.start().get()));
        let fitting = f64::from(self.area.height()) / (bottom - top + 2.0);
        let least = if are_named { fitting.min(f64::from(NAMED_ROW)) } else { 0.0 };
        let seen = self.visible_pitches();
        if seen.contains(pitches.start()) && seen.contains(pitches.end()) && self.row_height >= least {
            return;
        }
        self.row_height = self.row_height.max(least).min(fitting.max(FLATTEST_BY_ITSELF));
        self.center_row(f64::midpoint(top, bottom));
    }

    /// The first look at a kit: all that it plays where rows can be worked in then; else its lowest drums, such as
    /// kick, snare and hi-hat, in rows with names.
    pub fn fit_kit(&mut self, ticks: &Range<Tick>, pitches: &RangeInclusive<Pitch>) {
        self.fit(ticks, pitches);
        if self.row_height < FLATTEST_BY_ITSELF {
            self.row_height = f64::from(NAMED_ROW);
            let bottom = f64::from(130 - pitches.start().get());
            self.center_row(bottom - f64::from(self.area.height()) / self.row_height / 2.0);
        }
    }

    fn center_row(&mut self, row: f64) {
        self.clamp_rows();
        self.top_row = row - f64::from(self.area.height()) / self.row_height / 2.0;
        self.clamp_rows();
    }

    /// Puts a tick at a share (0 left, 1 right) of the width.
    pub fn put_tick_at(&mut self, tick: f64, share: f64) {
        self.left_tick = (tick - f64::from(self.area.width()) / self.points_per_tick * share).max(0.0);
    }

    /// Scrolls no further than needed to show a note; not at all if it is seen.
    pub fn reveal(&mut self, note: &Note) {
        let seen = self.visible_ticks();
        let width = f64::from(self.area.width()) / self.points_per_tick;
        if note.start < seen.start {
            self.left_tick = (f64::from(note.start) - width * 0.05).max(0.0);
        } else if note.end() > seen.end {
            let end_right = f64::from(note.end()) - width * 0.95;
            self.left_tick = end_right.min(f64::from(note.start) - width * 0.05).max(0.0);
        }
        let row = f64::from(127 - note.pitch.get());
        let rows = f64::from(self.area.height()) / self.row_height;
        self.top_row = self.top_row.clamp((row + 2.0 - rows).min(row), (row - 1.0).max(row + 2.0 - rows));
        self.clamp_rows();
    }

    /// Keeps rows within the 128: they fill the area, and nothing is shown above the first or below the last.
    fn clamp_rows(&mut self) {
        let height = f64::from(self.area.height().max(1.0));
        self.row_height = self.row_height.max(height / ROWS);
        self.top_row = self.top_row.clamp(0.0, (ROWS - height / self.row_height).max(0.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Velocity;

    fn coordinates() -> Coordinates {
        let mut coordinates = Coordinates::default();
        coordinates.set_area(Rect::from_min_size(pos2(64.0, 30.0), Vec2::new(960.0, 420.0)));
        coordinates
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-2
    }

    #[test]
    fn there_and_back() {
        let mut view = coordinates();
        view.pan(Vec2::new(-333.0, -17.0), 100_000);
        for tick in [0.0, 480.0, 12_345.5] {
            assert!(close(view.tick_from_x(view.x_from_tick(tick)), tick));
        }
        for number in 0..128 {
            let pitch = Pitch::clamped(number);
            let top = view.y_from_pitch(pitch);
            assert_eq!(view.pitch_from_y(top + 0.01), pitch);
            assert_eq!(view.pitch_from_y(top + view.row_height() - 0.01), pitch);
        }
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut view = coordinates();
        view.pan(Vec2::new(-500.0, 0.0), 100_000);
        let pointer = pos2(500.0, 200.0);
        let (tick, row) = (view.tick_from_x(pointer.x), view.row_from_y(pointer.y));
        for factor in [1.2, 1.5, 0.7, 0.9, 1.01] {
            view.zoom_time(factor, pointer.x);
            view.zoom_pitch(factor, pointer.y);
            assert!(close(view.tick_from_x(pointer.x), tick));
            assert!(close(view.row_from_y(pointer.y), row));
        }
    }

    #[test]
    fn nothing_is_shown_outside_the_plane() {
        let mut view = coordinates();
        view.pan(Vec2::new(1e6, 1e6), 10_000);
        assert_eq!(view.visible_ticks().start, 0);
        assert_eq!(*view.visible_pitches().end(), Pitch::MAX);
        view.pan(Vec2::new(-1e6, -1e6), 10_000);
        assert_eq!(view.visible_ticks().start, 10_000);
        assert_eq!(view.visible_pitches().start().get(), 0);
        view.zoom_time(1e-9, 100.0);
        view.zoom_pitch(1e-9, 100.0);
        assert!(view.points_per_tick() >= MIN_POINTS_PER_TICK && view.row_height() >= 4.0);
        view.set_area(Rect::from_min_size(Pos2::ZERO, Vec2::new(100.0, 4000.0)));
        assert!(view.row_height() * 128.0 >= 3999.0, "rows fill a tall window");
        assert_eq!(view.visible_pitches(), Pitch::clamped(0)..=Pitch::MAX);
    }

    #[test]
    fn a_score_that_shrinks_does_not_move_the_view() {
        let mut view = coordinates();
        view.pan(Vec2::new(-5000.0, 0.0), 100_000);
        let left = view.visible_ticks().start;
        view.pan(Vec2::ZERO, 10);
        assert_eq!(view.visible_ticks().start, left);
    }

    #[test]
    fn fitting_shows_all_of_it() {
        let mut view = coordinates();
        let low = Pitch::clamped(40);
        view.fit(&(1920..7680), &(low..=Pitch::clamped(72)));
        let seen = view.visible_ticks();
        assert!(seen.start < 1920 && seen.end > 7680, "{seen:?}");
        let pitches = view.visible_pitches();
        assert!(*pitches.start() < low && pitches.end().get() > 72, "{pitches:?}");
    }

    #[test]
    fn rows_with_names_are_as_high_as_those_need_where_there_is_room() {
        let kit = |low, high| Pitch::clamped(low)..=Pitch::clamped(high);
        let mut view = coordinates();
        view.zoom_pitch(0.01, 100.0);
        assert!(view.row_height() < 5.0);
        view.reveal_pitches(&kit(36, 51), false);
        assert!(view.row_height() < 5.0, "keys have none");
        view.reveal_pitches(&kit(36, 51), true);
        assert!((view.row_height() - NAMED_ROW).abs() < 0.01);
        view.reveal_pitches(&kit(28, 81), true);
        assert!(view.row_height() < 8.0, "all of it is seen, though names have no room");
        view.fit_kit(&(0..7680), &kit(36, 46));
        assert!(view.row_height() >= NAMED_ROW);
        view.fit_kit(&(0..7680), &kit(1, 127));
        assert!((view.row_height() - NAMED_ROW).abs() < 0.01);
        assert!(view.visible_pitches().contains(&Pitch::clamped(1)));
    }

    #[test]
    fn revealing_moves_only_as_far_as_needed() {
        let mut view = coordinates();
        let note =
            |start, pitch| Note { start, pitch: Pitch::clamped(pitch), duration: 240, velocity: Velocity::DEFAULT };
        let before = view.clone();
        let seen = *view.visible_pitches().start();
        view.reveal(&note(480, i32::from(seen.get()) + 8));
        assert!(close(view.left_tick, before.left_tick) && close(view.top_row, before.top_row));
        for (start, pitch) in [(100_000, 127), (0, 0), (50_000, 64)] {
            view.reveal(&note(start, pitch));
            let seen = view.visible_ticks();
            assert!(seen.start <= start && seen.end >= start + 240);
            assert!(view.visible_pitches().contains(&Pitch::clamped(pitch)));
        }
    }
}

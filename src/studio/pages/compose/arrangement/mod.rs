//! The arrangement: every part in a lane of its own, over the whole composition.
//!
//! It reads an [`ArrangementInput`] and answers with actions; scroll and zoom live here, outside undo.

mod bars;
mod header;
mod lane;
mod paint;
mod pointer;
mod state;
mod tempo;
mod view;

use eframe::egui::{Align2, Painter, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

use self::paint::Look;
use self::state::Drag;
pub use self::state::{Arrangement, ArrangementInput};
use super::roll::{
    lyrics::Lyrics,
    marks::{FIELD_HEIGHT, MarkRows, MarksInput},
    paint::{Canvas, empty, playhead, ruler},
    places::RULER_HEIGHT,
};
use crate::{
    music::{Tick, edit::MarkKind},
    plural::counted,
    studio::{
        actions::Action,
        context::Context,
        theme::{self, Icon, Theme, size},
        widgets::{self, part_title},
    },
};

/// How wide the lanes' headers are, in points: in a narrow window and in others.
const HEADER_WIDTHS: [f32; 2] = [112.0, 208.0];
/// The height of the row with the lyrics, in points.
const LYRICS_HEIGHT: f32 = 20.0;
/// How wide the room must be for wide headers, in points.
const WIDE_FROM: f32 = 520.0;

/// Draws the arrangement with the headers of its lanes, on all the room there is.
pub fn ui(arrangement: &mut Arrangement, input: &ArrangementInput<'_>, context: &Context<'_>, ui: &mut Ui) {
    for action in arrangement.show(ui, input) {
        context.ask(action);
    }
    let count = input.score.parts.len();
    for index in arrangement.lanes_in_sight(count) {
        let lane = arrangement.lane_rect(index, count);
        let place = lane.with_max_x(lane.left()).with_min_x(ui.min_rect().left());
        let clip = place.intersect(Rect::everything_below(arrangement.area().top()));
        header::ui(&mut arrangement.renaming, index, place, clip, context, ui);
    }
}

impl Arrangement {
    /// Shows ruler, marks and lanes beside the room for the headers, and answers with what the user asked for.
    pub fn show(&mut self, ui: &mut Ui, input: &ArrangementInput<'_>) -> Vec<Action> {
        let (rect, _) = ui.allocate_exact_size(ui.available_size().max(Vec2::new(240.0, 80.0)), Sense::hover());
        let left = rect.left() + HEADER_WIDTHS[usize::from(rect.width() >= WIDE_FROM)];
        let ruler_rect = Rect::from_min_max(pos2(left, rect.top()), pos2(rect.right(), rect.top() + RULER_HEIGHT));
        let tempo_rect = self.tempo_place(ruler_rect, rect.height(), input);
        let above = tempo_rect.unwrap_or(ruler_rect);
        let marks = MarkRows::below(above, input.score, input.marks, &self.marks);
        let lyrics_top = marks.bottom(above);
        let lyrics_bottom = lyrics_top + if input.lyrics { LYRICS_HEIGHT } else { 0.0 };
        let lyrics_place = Rect::from_min_max(pos2(left, lyrics_top), pos2(rect.right(), lyrics_bottom));
        self.coordinates.set_area(Rect::from_min_max(pos2(left, lyrics_bottom), rect.max));
        self.lanes.update(&input.score.parts, &input.score.metre);
        self.fit(input);
        self.selected = self.selected.and_then(|selected| selected.within(input.score.parts.len()));
        let mut asked = Vec::new();
        if !ui.input(|state| state.pointer.primary_down() || state.pointer.primary_released())
            || (self.drag.is_some() && widgets::escape_pressed(ui))
        {
            asked.extend(self.give_up());
        }

        let ruler = Self::ruler_response(ui, ruler_rect, input);
        let lanes = self.lane_responses(ui, input);
        self.is_pointed = ui.rect_contains_pointer(rect);
        if self.is_pointed {
            self.scroll_and_zoom(ui, input);
        }
        asked.extend(self.point_at_ruler(ui, &ruler, input));
        asked.extend(self.point_at_lanes(ui, &lanes, input));
        let now_seconds = ui.input(|state| state.time);
        self.follow.move_view(&mut self.coordinates, input.playhead, now_seconds, self.drag.is_some());

        self.paint(ui, rect, ruler_rect, input);
        let selected = self.selected_bars().map_or(0..0, |bars| bars.parts);
        for (part, lane) in &lanes {
            if !selected.contains(part) {
                widgets::focus_ring(ui, lane, lane.rect);
            }
        }
        let playhead = input.playhead.tick.max(0.0) as Tick;
        let playing_at = input.playhead.playing.then_some(playhead);
        let end = self.lanes.end();
        let marked = MarksInput { score: input.score, end, key: input.key, playhead, playing_at };
        let coordinates = &self.coordinates;
        let mut in_rows = marks.show(ui, coordinates, rect.left(), marked, &mut self.marks);
        let foot = ruler_rect.with_min_y(ruler_rect.bottom() - FIELD_HEIGHT);
        in_rows.extend(self.marks.show_field(ui, foot, MarkKind::Metre, coordinates, input.score));
        if input.lyrics {
            self.show_lyrics(ui, lyrics_place, rect.left(), marked);
        }
        if let Some(place) = tempo_rect {
            in_rows.extend(self.show_tempo(ui, place, rect.left(), marked));
        }
        asked.extend(in_rows.into_iter().map(Action::from));
        let canvas = Canvas { painter: ui.painter(), theme: Theme::of(ui), coordinates: &self.coordinates };
        playhead::paint_line(&canvas, input.playhead.tick, ruler_rect.bottom(), rect.bottom());
        asked
    }

    /// Shows the words that are sung, in a row from `left` on.
    fn show_lyrics(&mut self, ui: &Ui, place: Rect, left: f32, input: MarksInput<'_>) {
        let known = self.lyrics.take().filter(|lyrics| lyrics.are_of(input.score));
        let lyrics = self.lyrics.insert(known.unwrap_or_else(|| Lyrics::new(input.score)));
        let canvas = Canvas { painter: ui.painter(), theme: Theme::of(ui), coordinates: &self.coordinates };
        lyrics.paint(&canvas, place, left, input.playing_at);
        let response = ui.interact(place, ui.scope_id().with("lyrics of the arrangement"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, lyrics.label(&canvas)));
        if let Some(pos) = response.hover_pos()
            && let Some(words) = lyrics.around(self.coordinates.clamped_tick_from_x(pos.x))
        {
            response.on_hover_text_at_pointer(words);
        }
    }

    fn ruler_response(ui: &Ui, rect: Rect, input: &ArrangementInput<'_>) -> Response {
        let response = ui.interact(rect, ui.scope_id().with("arrangement ruler"), Sense::click_and_drag());
        response.widget_info(|| {
            let at = input.score.metre.position(input.playhead.tick.max(0.0) as Tick);
            let label = format!("Ruler of the arrangement, playhead at bar {}, beat {}", at.bar + 1, at.beat + 1);
            WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), label)
        });
        response
    }

    fn lane_responses(&self, ui: &Ui, input: &ArrangementInput<'_>) -> Vec<(usize, Response)> {
        let count = input.score.parts.len();
        let response = |index: usize| {
            let rect = self.lane_rect(index, count).intersect(self.area());
            let response = ui.interact(rect, ui.scope_id().with(("lane", index)), Sense::click_and_drag());
            response.widget_info(|| {
                let part = &input.score.parts[index];
                let notes = counted(part.notes.len(), "note");
                let label = format!("Lane {}, {notes}", part_title(part));
                WidgetInfo::selected(Role::Button, ui.is_enabled(), index == input.part, label)
            });
            (index, response)
        };
        self.lanes_in_sight(count).map(response).collect()
    }

    fn paint(&self, ui: &Ui, rect: Rect, ruler_rect: Rect, input: &ArrangementInput<'_>) {
        let theme = Theme::of(ui);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0.0, theme.background);
        let lanes_painter = painter.with_clip_rect(self.area().intersect(painter.clip_rect()));
        let on_lanes = Canvas { painter: &lanes_painter, theme, coordinates: &self.coordinates };
        let count = input.score.parts.len();
        let seen = self.lanes_in_sight(count).filter_map(|index| Some((index, self.lanes.get(index)?)));
        let look = |index: usize| Look { is_chosen: index == input.part, is_audible: input.score.is_audible(index) };
        for (index, lane) in seen.clone() {
            paint::paint_ground(&on_lanes, lane, self.lane_rect(index, count), look(index));
        }
        let bottom = self.lane_rect(count, count).top().min(self.area().bottom());
        paint::paint_bars(&on_lanes, &input.score.metre, bottom);
        for (index, lane) in seen {
            let place = self.lane_rect(index, count);
            paint::paint_part(&on_lanes, lane, place, look(index), input);
            if index == input.part {
                paint::paint_recording(&on_lanes, lane, place, &input.recording);
            }
        }
        let loop_range = self.shown_loop(input);
        let loop_on = input.loop_on || matches!(self.drag, Some(Drag::Ruler { loop_range: Some(_), .. }));
        if let Some(range) = loop_range.as_ref().filter(|_| loop_on) {
            playhead::paint_loop(&on_lanes, range);
        }
        self.show_bars(ui, &on_lanes, input);
        let written = input.score.parts.iter().filter(|part| !part.notes.is_empty()).count();
        let below = self.area().with_min_y(bottom);
        if written == 1 && below.height() >= 48.0 && input.recording.is_empty() {
            let (text, font) = ("Press G to generate the other parts", theme::regular(size::BODY));
            lanes_painter.text(below.center(), Align2::CENTER_CENTER, text, font, theme.text_faint);
        }
        self.paint_scroll_bar(&lanes_painter, theme, count);
        if self.lanes.end() == 0 && input.recording.is_empty() && !input.playhead.playing {
            paint_empty(&on_lanes, count > 0);
        }

        let ruler_painter = painter.with_clip_rect(ruler_rect.intersect(painter.clip_rect()));
        let on_ruler = Canvas { painter: &ruler_painter, theme, coordinates: &self.coordinates };
        ruler::paint(&on_ruler, ruler_rect, &input.score.metre, loop_range.as_ref(), loop_on, input.playhead.tick);
        if let Some(bars) = self.selected_bars() {
            bars::paint_in_ruler(&on_ruler, &bars.ticks, ruler_rect);
        }
        playhead::paint_flag(&on_ruler, input.playhead.tick, ruler_rect.bottom());
        let corner = Rect::from_min_max(rect.min, pos2(ruler_rect.left(), ruler_rect.bottom()));
        painter.rect_filled(corner, 0.0, theme.surface);
        painter.hline(corner.x_range(), corner.bottom() - 0.5, theme.hairline());
    }
}

impl Arrangement {
    /// Shows the bars that are selected, and says what can be done with them.
    fn show_bars(&self, ui: &Ui, canvas: &Canvas<'_>, input: &ArrangementInput<'_>) {
        let Some(bars) = self.selected_bars() else { return };
        let count = input.score.parts.len();
        let [top, bottom] = [bars.parts.start, bars.parts.end - 1].map(|part| self.lane_rect(part, count));
        let Some(shown) = bars::paint(canvas, &bars.ticks, top.union(bottom)) else { return };
        let name = |part: usize| input.score.parts.get(part).map_or_else(String::new, |part| part_title(part));
        let parts = match bars.parts.len() {
            1 => name(bars.parts.start),
            all if all == count => "all parts".to_owned(),
            _ => format!("“{}” to “{}”", name(bars.parts.start), name(bars.parts.end - 1)),
        };
        let label = format!("Selected: {} of {parts}", bars::bars_text(&bars, &input.score.metre));
        let response = ui.interact(shown, ui.scope_id().with("selected bars"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
        if self.drag.is_none() {
            response.on_hover_text_at_pointer(format!(
                "{label}\nDrag to move, Ctrl+drag to copy, Alt+← and Alt+→ move, too; notes at the destination are \
                 replaced. Right-click for more"
            ));
        }
    }

    /// Where the lanes in sight are among all, while some are not.
    fn paint_scroll_bar(&self, painter: &Painter, theme: &Theme, part_count: usize) {
        let area = self.area();
        let all = self.lane_height(part_count) * part_count as f32;
        if all > area.height() + 0.5 {
            let y = |points: f32| area.top() + points / all * area.height();
            let bar = Rect::from_x_y_ranges(
                area.right() - 7.0..=area.right() - 3.0,
                y(self.scrolled)..=y(self.scrolled + area.height()),
            );
            painter.rect_filled(bar, theme::corners(2), theme.text_faint.gamma_multiply(0.7));
        }
    }
}

/// What an empty arrangement says.
fn paint_empty(canvas: &Canvas<'_>, has_part: bool) {
    if has_part {
        let lines = [
            (Icon::Music, "Start with one of the melodies"),
            (Icon::Circle, "Play one in: press R"),
            (Icon::Pencil, "Draw one: double-click a lane to open the part"),
        ];
        empty::paint(canvas, "No notes yet", &lines);
    } else {
        empty::paint(canvas, "No part yet", &[(Icon::Plus, "Add one beside Parts, or press R and play")]);
    }
}

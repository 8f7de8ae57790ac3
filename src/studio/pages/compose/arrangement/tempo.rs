//! The tempo track: the tempo map as steps. A click adds a change at a bar, a drag up or down alters one, a double
//! click types it.

use std::sync::Arc;

use eframe::egui::{
    Align2, CursorIcon, Key, Mesh, Modifiers, PointerButton, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::{
    super::roll::{
        marks::{FIELD_HEIGHT, MarksInput},
        paint::Canvas,
    },
    state::{Arrangement, ArrangementInput, TempoDrag},
};
use crate::{
    music::{
        Score, TempoMap, Tick,
        edit::{MarkKind, tempo_text},
    },
    studio::{
        actions::RollAction,
        commands::MarkCommand,
        theme::{self, Theme, size, space},
        widgets,
    },
};

/// The height of the track, in points, where there is little room and where there is more.
const HEIGHTS: [f32; 2] = [30.0, 44.0];
/// How high the arrangement must be for a high track, in points.
const HIGH_FROM: f32 = 300.0;
/// Room above and below the steps, in points.
const MARGIN: f32 = 6.0;
/// The least that the track shows from top to bottom, in quarters a minute.
const LEAST_SPAN: f64 = 40.0;
/// The slowest and the fastest that a drag goes to.
const TEMPI: std::ops::RangeInclusive<f64> = 20.0..=300.0;

impl Arrangement {
    /// Where the track lies, below the ruler, where it is shown.
    pub(super) fn tempo_place(&self, ruler: Rect, room: f32, input: &ArrangementInput<'_>) -> Option<Rect> {
        let height = HEIGHTS[usize::from(room >= HIGH_FROM)];
        let is_shown = input.tempo_track || self.marks.types(MarkKind::Tempo);
        is_shown.then(|| Rect::from_min_size(ruler.left_bottom(), vec2(ruler.width(), height)))
    }

    /// Draws the track, and answers with what was done in it.
    pub(super) fn show_tempo(&mut self, ui: &mut Ui, place: Rect, left: f32, input: MarksInput<'_>) -> Vec<RollAction> {
        let map = &input.score.tempo;
        let response = ui.interact(place, ui.scope_id().with("tempo track"), Sense::click_and_drag());
        let holds = tempo_text(map.qpm_at(input.playhead));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Tempo track: {holds} BPM")));
        let painter = ui.painter().clone();
        let canvas = Canvas { painter: &painter, theme: Theme::of(ui), coordinates: &self.coordinates };
        paint(ui, &canvas, place, left, input);
        widgets::focus_ring(ui, &response, place);

        let mut asked = self.marks.point(ui, &response, MarkKind::Tempo, &self.coordinates, input);
        if response.clicked() && !response.double_clicked() && response.interact_pointer_pos().is_some() {
            asked.extend(self.add_change(&response, input.score).into_iter().flatten());
        }
        asked.extend(self.drag_tempo(ui, &response, input));
        asked.extend(step_by_keys(ui, &response, input));
        asked.extend(self.marks.show_field(
            ui,
            place.shrink2(vec2(0.0, (place.height() - FIELD_HEIGHT) / 2.0)),
            MarkKind::Tempo,
            &self.coordinates,
            input.score,
        ));
        if self.tempo_drag.is_none() && !self.marks.is_busy() {
            response.on_hover_text_at_pointer(
                "Click to add a tempo change at a bar, drag up or down to alter it, double-click to type it. \
                 Right-click for more",
            );
        }
        asked
    }

    /// The tempo that holds in a bar begins there anew, to be altered from there on.
    fn add_change(&self, track: &Response, score: &Score) -> Option<[RollAction; 2]> {
        let tick = self.coordinates.clamped_tick_from_x(track.interact_pointer_pos()?.x);
        let bar = score.metre.bar_floor(tick);
        let starts_here = MarkKind::Tempo.start_at(score, tick).is_some_and(|start| start >= bar);
        if starts_here {
            return None;
        }
        let mut score = score.clone();
        score.tempo = score.tempo.with_change(bar, score.tempo.qpm_at(bar));
        let label = MarkCommand::Add.title(MarkKind::Tempo).to_owned();
        Some([RollAction::Commit { label, score: score.into() }, RollAction::Seek(bar)])
    }

    /// A drag up or down makes the tempo faster or slower: a quarter a minute for each point, with Shift a tenth.
    fn drag_tempo(&mut self, ui: &Ui, track: &Response, input: MarksInput<'_>) -> Option<RollAction> {
        if track.drag_started_by(PointerButton::Primary)
            && !self.marks.is_dragging()
            && let Some(origin) = ui.input(|state| state.pointer.press_origin())
        {
            let change = input.score.tempo.change_at(self.coordinates.clamped_tick_from_x(origin.x));
            self.tempo_drag = Some(TempoDrag {
                base: Arc::clone(input.score),
                tick: change.tick,
                qpm: input.score.tempo.qpm_at(change.tick),
                origin_y: origin.y,
                now: None,
            });
        }
        let drag = self.tempo_drag.as_mut()?;
        if widgets::escape_pressed(ui) {
            self.tempo_drag = None;
            return Some(RollAction::CancelGesture);
        }
        ui.set_cursor_icon(CursorIcon::ResizeVertical);
        if track.drag_stopped() || !ui.input(|state| state.pointer.primary_down()) {
            let (base, now) = (Arc::clone(&drag.base), drag.now.take());
            self.tempo_drag = None;
            let label = MarkCommand::Change.title(MarkKind::Tempo).to_owned();
            return Some(match now {
                Some(score) if score != base => RollAction::Commit { label, score },
                _ => RollAction::CancelGesture,
            });
        }
        let pos = track.interact_pointer_pos()?;
        let fine = ui.input(|state| state.modifiers.shift);
        let moved = f64::from(drag.origin_y - pos.y) * if fine { 0.1 } else { 1.0 };
        let qpm = (drag.qpm + moved).clamp(*TEMPI.start(), *TEMPI.end());
        let qpm = if fine { (qpm * 10.0).round() / 10.0 } else { qpm.round() };
        let mut score = Score::clone(&drag.base);
        score.tempo = score.tempo.with_change(drag.tick, qpm);
        if drag.now.as_ref().is_some_and(|now| now.tempo == score.tempo) {
            return None;
        }
        let score = Arc::new(score);
        drag.now = Some(Arc::clone(&score));
        Some(RollAction::Preview(score))
    }
}

/// The arrows up and down make the tempo at the playhead a quarter a minute faster or slower.
fn step_by_keys(ui: &Ui, track: &Response, input: MarksInput<'_>) -> Option<RollAction> {
    if !track.has_focus() {
        return None;
    }
    let pressed = |key| ui.input_mut(|state| state.consume_key(Modifiers::NONE, key));
    let by = f64::from(i8::from(pressed(Key::ArrowUp)) - i8::from(pressed(Key::ArrowDown)));
    if by == 0.0 {
        return None;
    }
    let mut score = Score::clone(input.score);
    let tick = score.tempo.change_at(input.playhead).tick;
    let qpm = (score.tempo.qpm_at(tick).round() + by).clamp(*TEMPI.start(), *TEMPI.end());
    score.tempo = score.tempo.with_change(tick, qpm);
    let label = MarkCommand::Change.title(MarkKind::Tempo).to_owned();
    Some(RollAction::Commit { label, score: score.into() })
}

/// The slowest and the fastest that is shown.
fn shown_tempi(map: &TempoMap) -> (f64, f64) {
    let tempi = || map.changes().iter().map(|change| map.qpm_at(change.tick));
    let (slowest, fastest) = (tempi().fold(f64::INFINITY, f64::min), tempi().fold(0.0, f64::max));
    let missing = (LEAST_SPAN - (fastest - slowest)).max(0.0) / 2.0;
    (slowest - missing, fastest + missing)
}

fn paint(ui: &Ui, canvas: &Canvas<'_>, place: Rect, left: f32, input: MarksInput<'_>) {
    let theme = canvas.theme;
    let whole = place.with_min_x(left);
    let all = ui.painter();
    all.rect_filled(whole, 0.0, theme.surface);
    all.hline(whole.x_range(), whole.bottom() - 0.5, theme.hairline());
    let (caption, at) = (theme::regular(size::CAPTION), pos2(left + space::S, whole.center().y));
    all.text(at, Align2::LEFT_CENTER, "Tempo", caption.clone(), theme.text_faint);

    let painter = ui.painter_at(place);
    let map = &input.score.tempo;
    let (slowest, fastest) = shown_tempi(map);
    let y = |qpm: f64| {
        let share = (qpm - slowest) / (fastest - slowest);
        canvas.crisp(place.bottom() - MARGIN - share as f32 * (place.height() - 2.0 * MARGIN))
    };
    let x = |tick: Tick| canvas.coordinates.x_from_tick(f64::from(tick));
    let changes = map.changes();
    let seen = canvas.coordinates.visible_ticks();
    let first = changes.partition_point(|change| change.tick <= seen.start).saturating_sub(1);
    let mut steps = Mesh::default();
    let mut labels = Vec::new();
    let mut before = None;
    for (index, change) in changes.iter().enumerate().skip(first).take_while(|(_, change)| change.tick < seen.end) {
        let (from, to) = (x(change.tick), changes.get(index + 1).map_or(place.right(), |next| x(next.tick)));
        let (from, to) = (from.max(place.left()), to.min(place.right()));
        let level = y(map.qpm_at(change.tick));
        let below = Rect::from_min_max(pos2(from, level), pos2(to, place.bottom() - 1.0));
        steps.add_colored_rect(below, theme.accent.gamma_multiply(0.14));
        steps.add_colored_rect(Rect::from_min_max(pos2(from, level), pos2(to, level + 1.5)), theme.accent);
        if let Some(before) = before {
            let (top, bottom) = (level.min(before), level.max(before));
            steps.add_colored_rect(Rect::from_min_max(pos2(from, top), pos2(from + 1.5, bottom + 1.5)), theme.accent);
        }
        before = Some(level);
        let text = format!("{} BPM", tempo_text(map.qpm_at(change.tick)));
        let galley = widgets::cut(&painter, &text, caption.clone(), theme.text, to - from - 8.0);
        // above the step where there is room, else below it
        let above = level - galley.size().y - 1.0;
        let top = if above >= place.top() + 1.0 { above } else { level + 3.0 };
        let top = top.min(place.bottom() - galley.size().y - 1.0);
        if !galley.elided {
            labels.push((pos2(from + 5.0, top), galley));
        }
        let bar = input.score.metre.position(change.tick).bar + 1;
        let cell = Rect::from_x_y_ranges(from..=to.max(from + 1.0), place.y_range());
        let response = ui.interact(cell, ui.scope_id().with(("tempo", change.tick)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Tempo {text}, bar {bar}")));
    }
    painter.add(steps);
    for (at, galley) in labels {
        painter.galley(at, galley, theme.text);
    }
}

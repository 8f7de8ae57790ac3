//! Sections, chords, keys, tempi and time signatures while they are edited: typed where they stand, dragged, or chosen
//! from a menu.

use std::{ops::Range, sync::Arc};

use eframe::egui::{CursorIcon, EventFilter, Key, Modifiers, PointerButton, Rect, Response, Ui};

use super::{
    MarksInput,
    field::{self, Field},
};
use crate::{
    music::{Key as MusicalKey, Score, Tick, edit::MarkKind},
    studio::{
        actions::RollAction,
        commands::{Command, MarkCommand, buttons::menu_item},
        pages::compose::roll::{
            coordinates::Coordinates,
            gestures::{bar_grid::BarGrid, loop_range::HANDLE},
        },
        widgets,
    },
};

/// What is being done to marks.
#[derive(Debug, Default)]
pub struct MarkEditor {
    /// The one that is typed.
    pub(super) field: Option<Field>,
    /// The one whose beginning is dragged.
    drag: Option<MarkDrag>,
    /// Where the menu that is open was asked for.
    menu_tick: Tick,
    /// The key by which chords are spelled where none is set.
    pub(super) key: Option<MusicalKey>,
    /// What was clicked last: the first click of a double click goes there, and the view may go along.
    clicked: Option<(MarkKind, Tick)>,
}

/// A mark whose beginning is dragged.
#[derive(Debug)]
struct MarkDrag {
    kind: MarkKind,
    /// The score as it was.
    base: Arc<Score>,
    from: Tick,
    /// Where it is now, and what came of it.
    now: Option<(Tick, Arc<Score>)>,
}

impl MarkEditor {
    /// Whether one is typed or dragged, which Esc gives up.
    pub const fn is_busy(&self) -> bool {
        self.field.is_some() || self.drag.is_some()
    }

    /// Whether one of a kind is typed: its row is shown, though it may be empty.
    pub fn types(&self, kind: MarkKind) -> bool {
        self.field.as_ref().is_some_and(|field| field.kind == kind)
    }

    /// Whether the beginning of one is dragged.
    pub const fn is_dragging(&self) -> bool {
        self.drag.is_some()
    }

    /// Lets a mark be typed: a new one from a tick on, unless one begins there.
    pub fn type_new(&mut self, kind: MarkKind, tick: Tick, score: &Score) {
        let is_new = kind.start_at(score, tick) != Some(tick);
        let text = match kind {
            MarkKind::Section | MarkKind::Chord | MarkKind::Key if is_new => String::new(),
            _ => kind.text_at(score, tick, self.key),
        };
        self.field = Some(Field::new(kind, tick, text, is_new));
    }

    /// Shows the field, if one of a kind is typed, in its row; what came of it once it is over.
    pub fn show_field(
        &mut self,
        ui: &mut Ui,
        row: Rect,
        kind: MarkKind,
        coordinates: &Coordinates,
        score: &Score,
    ) -> Option<RollAction> {
        field::show(&mut self.field, ui, row, kind, coordinates, (score, self.key))
    }

    /// Why a command cannot be given where the playhead is; `None` where it can.
    pub fn why_not(command: MarkCommand, kind: MarkKind, tick: Tick, score: &Score) -> Option<String> {
        match (command, kind.start_at(score, tick)) {
            (MarkCommand::Add, _) | (MarkCommand::Change, Some(_)) => None,
            (_, None) => Some(format!("There is no {} at the playhead", kind.name())),
            (MarkCommand::Delete, Some(start)) => kind.why_fixed(start).map(str::to_owned),
        }
    }

    /// Carries out a command where a tick is.
    pub fn apply(&mut self, command: MarkCommand, kind: MarkKind, tick: Tick, score: &Score) -> Option<RollAction> {
        let start = kind.start_at(score, tick);
        match (command, start) {
            (MarkCommand::Add, _) => self.type_new(kind, grid(kind, score).floor(tick), score),
            (_, None) => {}
            (MarkCommand::Change, Some(start)) => self.type_new(kind, start, score),
            (MarkCommand::Delete, Some(start)) => {
                return Some(RollAction::changed(command.title(kind), score, |score| kind.remove(score, start)));
            }
        }
        None
    }

    /// What the pointer and the keys do in a row of marks: go there, type, move a beginning, choose from the menu.
    pub fn point(
        &mut self,
        ui: &Ui,
        row: &Response,
        kind: MarkKind,
        coordinates: &Coordinates,
        input: MarksInput<'_>,
    ) -> Vec<RollAction> {
        let score = input.score;
        let mut asked = Vec::new();
        let tick_at = |x: f32| coordinates.clamped_tick_from_x(x);
        if let Some(pos) = row.hover_pos()
            && self.drag.is_none()
            && beginning_at(kind, score, coordinates, pos.x).is_some()
        {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        if row.drag_started_by(PointerButton::Primary)
            && let Some(origin) = ui.input(|state| state.pointer.press_origin())
            && let Some(from) = beginning_at(kind, score, coordinates, origin.x)
        {
            self.drag = Some(MarkDrag { kind, base: Arc::clone(score), from, now: None });
        }
        asked.extend(self.lead(ui, row, kind, coordinates));
        if row.secondary_clicked()
            && let Some(pos) = row.interact_pointer_pos()
        {
            self.menu_tick = tick_at(pos.x);
        }
        asked.extend(self.row_menu(row, kind, input));
        let clicked = row.interact_pointer_pos().filter(|_| row.clicked()).map(|pos| tick_at(pos.x));
        if let Some(tick) = clicked {
            let tick = self.clicked_tick(kind, tick, row.double_clicked());
            let start = kind.start_at(score, tick);
            if row.double_clicked() {
                self.type_new(kind, start.unwrap_or_else(|| grid(kind, score).floor(tick)), score);
            } else {
                asked.push(RollAction::Seek(start.unwrap_or(tick)));
            }
        }
        asked.extend(self.take_keys(ui, row, kind, input));
        asked
    }

    /// Which tick a click means: with the second click of a double click that of the first.
    fn clicked_tick(&mut self, kind: MarkKind, tick: Tick, is_second: bool) -> Tick {
        let before = self.clicked.take().filter(|(of, _)| is_second && *of == kind);
        let tick = before.map_or(tick, |(_, tick)| tick);
        self.clicked = Some((kind, tick));
        tick
    }

    /// Follows the pointer while a beginning is dragged.
    fn lead(&mut self, ui: &Ui, row: &Response, kind: MarkKind, coordinates: &Coordinates) -> Option<RollAction> {
        let drag = self.drag.as_mut().filter(|drag| drag.kind == kind)?;
        if widgets::escape_pressed(ui) {
            self.drag = None;
            return Some(RollAction::CancelGesture);
        }
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        if row.drag_stopped() || !ui.input(|state| state.pointer.primary_down()) {
            let (base, now) = (Arc::clone(&drag.base), drag.now.take());
            self.drag = None;
            return Some(match now {
                Some((_, score)) if score != base => RollAction::Commit { label: moved_label(kind), score },
                _ => RollAction::CancelGesture,
            });
        }
        let pos = row.interact_pointer_pos()?;
        let to = grid(kind, &drag.base).round(coordinates.clamped_tick_from_x(pos.x));
        if drag.now.as_ref().is_some_and(|(tick, _)| *tick == to) {
            return None;
        }
        let mut score = Score::clone(&drag.base);
        kind.shift(&mut score, drag.from, to);
        let score = Arc::new(score);
        drag.now = Some((to, Arc::clone(&score)));
        Some(RollAction::Preview(score))
    }

    /// The menu of a row.
    fn row_menu(&mut self, row: &Response, kind: MarkKind, input: MarksInput<'_>) -> Option<RollAction> {
        let (score, tick) = (input.score, self.menu_tick);
        let mut asked = None;
        row.context_menu(|ui| {
            ui.set_min_width(220.0);
            asked = self.items(ui, kind, score);
            let is_own = match kind {
                MarkKind::Section => !score.own.sections.is_empty(),
                MarkKind::Chord => !score.own.chords.is_empty(),
                MarkKind::Key | MarkKind::Tempo | MarkKind::Metre => false,
            };
            if kind == MarkKind::Chord {
                let entry = Command::DetectChords.entry();
                if menu_item(entry, entry.title, false, None, ui) {
                    asked = Some(RollAction::DetectChords);
                }
            }
            let entry = Command::UseTakeOutline.entry();
            if is_own && menu_item(entry, entry.title, false, None, ui) {
                asked = Some(RollAction::UseTakeOutline);
            }
            if let Some(start) = kind.start_at(score, tick).filter(|_| kind == MarkKind::Section) {
                ui.separator();
                let entry = Command::ToggleLoop.entry();
                if menu_item(entry, "Loop this section", false, None, ui) {
                    asked = Some(RollAction::SetLoop(span(kind, score, start, input.end)));
                }
            }
        });
        asked
    }

    /// The items for a kind of mark where the menu was asked for.
    fn items(&mut self, ui: &mut Ui, kind: MarkKind, score: &Score) -> Option<RollAction> {
        let tick = self.menu_tick;
        let mut asked = None;
        for command in MarkCommand::ALL {
            let entry = Command::Mark(command, kind).entry();
            let here = || format!("{} here", entry.title);
            let (title, why_not) = match (command, kind.start_at(score, tick)) {
                (MarkCommand::Add, _) => (here(), None),
                (_, None) => (entry.title.to_owned(), Some(format!("There is no {} here", kind.name()))),
                (MarkCommand::Change, Some(start)) => {
                    (format!("{} {}…", entry.title, kind.name_at(score, start, self.key)), None)
                }
                (MarkCommand::Delete, Some(start)) => {
                    let title = format!("{} {}", entry.title, kind.name_at(score, start, self.key));
                    (title, kind.why_fixed(start).map(str::to_owned))
                }
            };
            if menu_item(entry, &title, false, why_not, ui) {
                asked = self.apply(command, kind, tick, score);
            }
        }
        asked
    }

    /// The ruler's menu, and what a double click on a time signature does.
    pub fn point_at_ruler(
        &mut self,
        ruler: &Response,
        kinds: &[MarkKind],
        coordinates: &Coordinates,
        score: &Score,
        has_loop: bool,
    ) -> Option<RollAction> {
        if let Some(pos) = ruler.interact_pointer_pos() {
            let mut tick = coordinates.clamped_tick_from_x(pos.x);
            if ruler.secondary_clicked() {
                self.menu_tick = tick;
            }
            if ruler.clicked() {
                tick = self.clicked_tick(MarkKind::Metre, tick, ruler.double_clicked());
            }
            let is_on_metre = |start: &Tick| {
                let [start, clicked] = [*start, tick].map(|tick| coordinates.x_from_tick(f64::from(tick)));
                score.metre.changes().len() > 1 && clicked - start < METRE_WIDTH && pos.y > ruler.rect.center().y
            };
            if ruler.double_clicked()
                && let Some(start) = MarkKind::Metre.start_at(score, tick).filter(is_on_metre)
            {
                self.type_new(MarkKind::Metre, start, score);
            }
        }
        let mut asked = None;
        ruler.context_menu(|ui| {
            ui.set_min_width(220.0);
            let why_not = (!has_loop).then(|| "No loop is set yet: drag along the ruler".to_owned());
            if menu_item(Command::ToggleLoop.entry(), Command::ToggleLoop.entry().title, false, why_not, ui) {
                asked = Some(RollAction::ToggleLoop);
            }
            ui.separator();
            for &kind in kinds {
                let entry = Command::Mark(MarkCommand::Add, kind).entry();
                if menu_item(entry, &format!("{} here", entry.title), false, None, ui) {
                    asked = self.apply(MarkCommand::Add, kind, self.menu_tick, score);
                }
            }
            ui.separator();
            for command in [MarkCommand::Change, MarkCommand::Delete] {
                let entry = Command::Mark(command, MarkKind::Metre).entry();
                let why_not = Self::why_not(command, MarkKind::Metre, self.menu_tick, score);
                let title = format!("{} {}", entry.title, MarkKind::Metre.text_at(score, self.menu_tick, None));
                if menu_item(entry, &title, false, why_not, ui) {
                    asked = self.apply(command, MarkKind::Metre, self.menu_tick, score);
                }
            }
        });
        asked
    }

    /// The keys of a row that has the focus: to the mark before and behind, to type the one that holds, and with Shift
    /// to move it.
    fn take_keys(&mut self, ui: &Ui, row: &Response, kind: MarkKind, input: MarksInput<'_>) -> Vec<RollAction> {
        if !row.has_focus() {
            return Vec::new();
        }
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(row.id, arrows));
        let ticks = kind.ticks(input.score);
        let at = ticks.partition_point(|start| *start <= input.playhead);
        let with_shift = |key| ui.input_mut(|state| state.consume_key(Modifiers::SHIFT, key));
        let (earlier, later) = (with_shift(Key::ArrowLeft), with_shift(Key::ArrowRight));
        if earlier != later
            && let Some(start) = at.checked_sub(1).map(|at| ticks[at])
        {
            let grid = grid(kind, input.score);
            let to = if later { grid.after(start) } else { grid.floor(start.saturating_sub(1)) };
            let mut place = start;
            let moved =
                RollAction::changed(moved_label(kind), input.score, |score| place = kind.shift(score, start, to));
            return vec![moved, RollAction::Seek(place)];
        }
        let pressed = |key| ui.input_mut(|state| state.consume_key(Modifiers::NONE, key));
        let to = match (pressed(Key::ArrowLeft), pressed(Key::ArrowRight)) {
            (true, false) => at.checked_sub(2),
            (false, true) => Some(at),
            _ => None,
        };
        if pressed(Key::Enter)
            && let Some(start) = at.checked_sub(1)
        {
            self.type_new(kind, ticks[start], input.score);
        }
        to.and_then(|to| ticks.get(to)).map(|start| RollAction::Seek(*start)).into_iter().collect()
    }
}

fn moved_label(kind: MarkKind) -> String {
    format!("Move {}", kind.name())
}

/// How wide a time signature is in the ruler, with the bar's number before it, in points.
const METRE_WIDTH: f32 = 56.0;

/// From where to where a mark holds that begins at a tick.
pub fn span(kind: MarkKind, score: &Score, start: Tick, end: Tick) -> Range<Tick> {
    start..kind.next_after(score, start).unwrap_or_else(|| end.max(start + 1))
}

/// Where marks of a kind begin: chords on beats, all else with bars.
fn grid(kind: MarkKind, score: &Score) -> BarGrid<'_> {
    BarGrid { metre: &score.metre, beats: kind == MarkKind::Chord }
}

/// The mark whose beginning is near an x and can be moved.
fn beginning_at(kind: MarkKind, score: &Score, coordinates: &Coordinates, x: f32) -> Option<Tick> {
    let near = [x - HANDLE, x + HANDLE].map(|x| coordinates.clamped_tick_from_x(x));
    let start = kind.start_at(score, near[1]).filter(|start| *start >= near[0])?;
    let is_beside = (coordinates.x_from_tick(f64::from(start)) - x).abs() <= HANDLE;
    (is_beside && kind.why_fixed(start).is_none()).then_some(start)
}

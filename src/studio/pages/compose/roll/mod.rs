//! The piano roll: a widget that shows one part of a score to edit, the others faint behind it.
//!
//! It reads a [`RollInput`] and answers with [`RollAction`]s; the studio executes them. Gestures preview while they
//! last and are committed once. Selection, scroll and zoom live here, outside undo. It knows no devices, no player
//! and no history.

mod apply;
mod begin;
pub mod bench;
mod commands;
pub mod coordinates;
mod follow;
pub mod gestures;
pub mod index;
mod interface;
mod lane;
mod paint;
mod pointer;

#[cfg(test)]
mod tests;
mod view;

use eframe::egui::{
    Context, CursorIcon, EventFilter, Id, Key as KeyboardKey, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2,
};

pub use self::{
    commands::RollCommand,
    interface::{Keys, RollAction, RollInput, Tool},
    lane::Lane,
};
use self::{
    coordinates::Coordinates,
    follow::Follow,
    index::{ControlIndex, Indices},
    pointer::Active,
};
use crate::music::{
    Note, Pitch, TICKS_PER_QUARTER, Tick, Velocity,
    edit::{Clipboard, Selection},
};

/// The height of the ruler, in points.
const RULER_HEIGHT: f32 = 30.0;
/// The width of the keyboard, in points.
const GUTTER_WIDTH: f32 = 72.0;
/// The height of the lane, in points.
const LANE_HEIGHT: f32 = 92.0;

/// The widget's state: view, selection and the gesture under way.
#[derive(Debug, Default)]
pub struct Roll {
    coordinates: Coordinates,
    /// The view as it was put on the notes, and the size of the window then; none before.
    placed: Option<(Coordinates, Vec2)>,
    indices: Indices,
    selection: Selection,
    clipboard: Clipboard,
    part: usize,
    active: Option<Active>,
    hovered: Option<Note>,
    hovered_key: Option<Pitch>,
    /// The tick under the pointer while it is over the notes.
    pointed: Option<Tick>,
    /// The note that a press of the pencil would draw.
    offered: Option<Note>,
    sounding: Option<(Pitch, Velocity)>,
    last_drawn: LastDrawn,
    follow: Follow,
    /// When and where an empty place was last pressed, for double clicks.
    last_press: Option<(f64, eframe::egui::Pos2)>,
    revision: u64,
    lane: Lane,
    hide_lane: bool,
    control_index: Option<ControlIndex>,
    /// The tick of the controller's point under the pointer.
    hovered_control: Option<Tick>,
    /// The notes and what lies around them, as the window's focus knows them.
    regions: Vec<Id>,
    actions: Vec<RollAction>,
}

/// What the next note drawn gets.
#[derive(Clone, Copy, Debug)]
struct LastDrawn {
    duration: Tick,
    velocity: Velocity,
}

impl Default for LastDrawn {
    fn default() -> Self {
        Self { duration: TICKS_PER_QUARTER, velocity: Velocity::DEFAULT }
    }
}

/// Where the pieces of the widget lie.
#[derive(Clone, Copy, Debug)]
struct Places {
    ruler: Rect,
    gutter: Rect,
    notes: Rect,
    lane: Option<Rect>,
}

impl Places {
    fn within(rect: Rect, with_lane: bool) -> Self {
        let lane_height = if with_lane { LANE_HEIGHT.min(rect.height() * 0.3) } else { 0.0 };
        let left = rect.left() + GUTTER_WIDTH;
        let top = rect.top() + RULER_HEIGHT;
        let bottom = rect.bottom() - lane_height;
        Self {
            ruler: Rect::from_min_max(pos2(left, rect.top()), pos2(rect.right(), top)),
            gutter: Rect::from_min_max(pos2(rect.left(), top), pos2(left, bottom)),
            notes: Rect::from_min_max(pos2(left, top), pos2(rect.right(), bottom)),
            lane: with_lane.then(|| Rect::from_min_max(pos2(left, bottom), rect.max)),
        }
    }
}

/// What the pointer met this frame.
struct Responses {
    ruler: Response,
    gutter: Response,
    notes: Response,
    lane: Option<Response>,
}

impl Roll {
    /// A roll that has shown nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows the roll on all the room there is, and answers with what the user did.
    pub fn show(&mut self, ui: &mut Ui, input: &RollInput<'_>) -> Vec<RollAction> {
        let (rect, _) = ui.allocate_exact_size(ui.available_size().max(Vec2::new(200.0, 120.0)), Sense::hover());
        let places = Places::within(rect, !self.hide_lane);
        let window = ui.ctx().content_rect().size();
        // where nobody has looked elsewhere yet, the notes stay in sight in a window of another size
        let stays =
            self.placed.as_ref().is_some_and(|(view, size)| *size == window || !view.looks_like(&self.coordinates));
        self.coordinates.set_area(places.notes);
        self.take_input(input);
        if !stays {
            self.place_view(input);
            self.placed = Some((self.coordinates.clone(), window));
        }

        let responses = self.interact(ui, places, input);
        self.keep_arrows(ui, &responses);
        self.scroll_and_zoom(ui, &responses, input);
        self.point(ui, &responses, places, input);
        self.follow_playhead(ui, input);
        self.paint(ui, rect, places, input);
        if let Some(lane) = places.lane {
            let corner = Rect::from_min_max(pos2(rect.left(), lane.top()), lane.left_bottom());
            self.lane_menu(ui, corner, input);
        }
        std::mem::take(&mut self.actions)
    }

    /// The selected notes of the edited part.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Selects these notes.
    pub fn select(&mut self, selection: Selection) {
        self.selection = selection;
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

    /// Puts the view on another score's notes at the next frame.
    pub fn show_from_start(&mut self) {
        self.placed = None;
        self.selection = Selection::none();
    }

    /// Goes with changes of score and part that were not made here.
    fn take_input(&mut self, input: &RollInput<'_>) {
        if self.active.is_some() && (input.revision != self.revision || input.part != self.part) {
            self.give_up();
        }
        self.indices.update(&input.score.parts);
        if input.part != self.part {
            self.part = input.part;
            self.selection = Selection::none();
            self.hovered = None;
        } else if input.revision != self.revision
            && let Some(part) = input.score.parts.get(input.part)
        {
            let kept = self.selection.within(part);
            if kept != self.selection {
                self.set_selection(kept);
            }
        }
        self.revision = input.revision;
    }

    /// The first look at a score: its beginning, about eight bars, its notes in the middle.
    fn place_view(&mut self, input: &RollInput<'_>) {
        let eight_bars = input.score.metre.bar_start(8);
        let pitches = input.score.parts.get(input.part).and_then(|part| Selection::all(part).pitches());
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
            lane: places.lane.map(|lane| region(lane, "lane", &|| self.lane.label())),
        }
    }

    /// While one of its regions has the focus, the arrows are for the notes and do not move the focus away.
    fn keep_arrows(&mut self, ui: &Ui, responses: &Responses) {
        let regions = [&responses.notes, &responses.ruler, &responses.gutter];
        self.regions = regions.into_iter().chain(&responses.lane).map(|response| response.id).collect();
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        let is_new = ui.memory_mut(|memory| {
            self.regions.iter().for_each(|&id| memory.set_focus_lock_filter(id, arrows));
            let is_new = |&id: &Id| memory.has_focus(id) && !memory.had_focus_last_frame(id);
            self.regions.iter().any(is_new)
        });
        if is_new {
            ui.request_repaint(); // egui takes the filter from the second frame on
        }
    }

    /// After a press into the roll the keys are its own: no field, slider or button keeps them.
    fn take_keys_from_others(&self, ui: &Ui) {
        ui.memory_mut(|memory| {
            if let Some(other) = memory.focused().filter(|id| !self.regions.contains(id)) {
                memory.surrender_focus(other);
            }
        });
    }

    /// Whether the window's focus is here.
    pub fn has_focus(&self, ctx: &Context) -> bool {
        ctx.memory(eframe::egui::Memory::focused).is_some_and(|id| self.regions.contains(&id))
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
            several => format!("Piano roll, {name}, {notes}, {} selected", several.len()),
        }
    }

    fn set_selection(&mut self, selection: Selection) {
        if selection != self.selection {
            self.selection = selection;
            self.actions.push(RollAction::SelectionChanged);
        }
    }

    /// Lets a note be heard instead of the one that is, or none.
    fn sound(&mut self, note: Option<(Pitch, Velocity)>) {
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

/// `1 note`, `2 notes`.
pub(in crate::studio) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// Whether Esc was pressed, taken from whoever asks later.
fn escape_pressed(ui: &Ui) -> bool {
    ui.input_mut(|state| state.consume_key(eframe::egui::Modifiers::NONE, KeyboardKey::Escape))
}

/// The cursor over a piece of a note.
const fn cursor_of(tool: Tool, piece: Option<gestures::hit::Piece>) -> CursorIcon {
    match (tool, piece) {
        (Tool::Erase, _) => CursorIcon::NotAllowed,
        (_, Some(gestures::hit::Piece::Body)) => CursorIcon::Grab,
        (_, Some(_)) => CursorIcon::ResizeHorizontal,
        (Tool::Pencil, None) => CursorIcon::Crosshair,
        (Tool::Select, None) => CursorIcon::Default,
    }
}

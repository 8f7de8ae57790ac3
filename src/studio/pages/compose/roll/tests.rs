//! The roll under a simulated pointer: what a person does, and what the score is then.

use std::{ops::Range, sync::Arc};

use eframe::egui::{self, Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::*;
use crate::music::testing::note;
use crate::music::{Part, Score, history::History};
use crate::studio::document::snap::Snap;

/// A studio of nothing but a roll and a history.
struct Desk {
    history: History,
    roll: Roll,
    tool: Tool,
    snap: Snap,
    playing: bool,
    playhead_tick: f64,
    loop_range: Option<Range<Tick>>,
    recording: Vec<Note>,
    trim: Option<Range<Tick>>,
    key: Option<crate::music::Key>,
    scale_snap: bool,
    heard: Vec<(String, bool)>,
}

impl Desk {
    fn new(notes: &[Note]) -> Self {
        let mut part = Part::new("Lead", 0);
        part.notes = notes.to_vec();
        part.sort();
        let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
        Self {
            history: History::new(score),
            roll: Roll::new(),
            tool: Tool::Select,
            snap: Snap::SIXTEENTH,
            playing: false,
            playhead_tick: 0.0,
            loop_range: None,
            recording: Vec::new(),
            trim: None,
            key: None,
            scale_snap: false,
            heard: Vec::new(),
        }
    }

    fn with_input<R>(&mut self, act: impl FnOnce(&mut Roll, &RollInput<'_>) -> R) -> R {
        let score = Arc::clone(self.history.score());
        let input = RollInput {
            revision: self.history.revision(),
            tool: self.tool,
            snap: self.snap,
            playing: self.playing,
            playhead_tick: self.playhead_tick,
            loop_range: self.loop_range.clone(),
            loop_on: self.loop_range.is_some(),
            recording: &self.recording,
            trim: self.trim.clone(),
            key: self.key,
            scale_snap: self.scale_snap,
            ..RollInput::new(&score, 0)
        };
        act(&mut self.roll, &input)
    }

    fn take(&mut self, actions: Vec<RollAction>) {
        for action in actions {
            match action {
                RollAction::Preview(score) => self.history.preview(score),
                RollAction::Commit { label, score } => {
                    self.history.commit(label, score);
                }
                RollAction::CancelGesture => {
                    self.history.cancel();
                }
                RollAction::Seek(tick) => self.playhead_tick = f64::from(tick),
                RollAction::SetLoop(range) => self.loop_range = Some(range),
                RollAction::ToggleLoop => self.loop_range = None,
                RollAction::TrimTake(span) => self.trim = Some(span),
                RollAction::Audition { pitch, on, .. } => self.heard.push((pitch.name(), on)),
                RollAction::SelectionChanged | RollAction::Copied(_) => {}
            }
        }
    }

    fn notes(&self) -> &[Note] {
        &self.history.score().parts[0].notes
    }
}

type Desks = Harness<'static, Desk>;

fn desk(notes: &[Note]) -> Desks {
    let show = |ui: &mut Ui, desk: &mut Desk| {
        crate::studio::theme::install(ui.ctx());
        egui::CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
            let actions = desk.with_input(|roll, input| roll.show(ui, input));
            desk.take(actions);
        });
    };
    let mut harness = Harness::builder()
        .with_size(vec2(1000.0, 560.0))
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(60) // the wheel is smoothed over frames
        .build_ui_state(show, Desk::new(notes));
    harness.run();
    harness
}

/// The middle of a pitch's row at a tick.
fn place(desk: &Desks, tick: Tick, pitch: i32) -> Pos2 {
    let coordinates = desk.state().roll.coordinates();
    let row = coordinates.y_from_pitch(Pitch::clamped(pitch)) + coordinates.row_height() / 2.0;
    pos2(coordinates.x_from_tick(f64::from(tick)), row)
}

fn button(desk: &Desks, pos: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
    desk.event(Event::PointerButton { pos, button, pressed, modifiers });
}

/// Presses at the first place, goes over the others, releases at the last.
fn drag_with(desk: &mut Desks, which: PointerButton, modifiers: Modifiers, way: &[Pos2]) {
    desk.event(Event::ModifiersChanged(modifiers));
    desk.hover_at(way[0]);
    button(desk, way[0], which, true, modifiers);
    way[1..].iter().for_each(|&pos| desk.hover_at(pos));
    button(desk, way[way.len() - 1], which, false, modifiers);
    desk.event(Event::ModifiersChanged(Modifiers::NONE));
    desk.run();
}

fn drag(desk: &mut Desks, way: &[Pos2]) {
    drag_with(desk, PointerButton::Primary, Modifiers::NONE, way);
}

fn apply(desk: &mut Desks, command: RollCommand) {
    let state = desk.state_mut();
    let actions = state.with_input(|roll, input| roll.apply(command, input));
    state.take(actions);
    desk.run();
}

fn wheel(desk: &mut Desks, at: Pos2, delta: egui::Vec2, modifiers: Modifiers) {
    desk.hover_at(at);
    desk.event(Event::ModifiersChanged(modifiers));
    desk.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        modifiers,
        source: egui::MouseWheelSource::Wheel,
    });
    desk.run();
    desk.event(Event::ModifiersChanged(Modifiers::NONE));
    desk.run();
}

#[test]
fn drawing_with_the_pencil() {
    let mut desk = desk(&[]);
    desk.state_mut().tool = Tool::Pencil;
    let at = place(&desk, 500, 64);
    drag(&mut desk, &[at]);
    assert_eq!(desk.state().notes(), [note(480, 480, 64)], "a click: on the grid, the usual length");
    let way = [place(&desk, 1930, 67), place(&desk, 2600, 67), place(&desk, 2990, 67)];
    drag(&mut desk, &way);
    assert_eq!(desk.state().notes()[1], note(1920, 1080, 67), "a drag sets the length");
    let at = place(&desk, 3850, 60);
    drag(&mut desk, &[at]);
    assert_eq!(desk.state().notes()[2], note(3840, 1080, 60), "the next note has the length used last");
    assert_eq!(desk.state().history.undo_labels().count(), 3);
    assert_eq!(desk.state().heard.first(), Some(&("E4".to_owned(), true)));
    assert_eq!(desk.state().heard.last(), Some(&("C4".to_owned(), false)));
}

#[test]
fn a_double_click_draws_with_the_select_tool() {
    let mut desk = desk(&[]);
    let at = place(&desk, 1000, 62);
    drag(&mut desk, &[at]);
    assert!(desk.state().notes().is_empty());
    desk.hover_at(at);
    for _ in 0..2 {
        button(&desk, at, PointerButton::Primary, true, Modifiers::NONE);
        button(&desk, at, PointerButton::Primary, false, Modifiers::NONE);
    }
    desk.run();
    assert_eq!(desk.state().notes(), [note(960, 480, 62)]);
}

#[test]
fn selecting_by_click_and_by_rectangle() {
    let notes = [note(0, 480, 60), note(480, 480, 62), note(960, 480, 64), note(1440, 480, 65)];
    let mut desk = desk(&notes);
    let way = [place(&desk, 500, 66), place(&desk, 700, 63), place(&desk, 1000, 61)];
    drag(&mut desk, &way);
    assert_eq!(desk.state().roll.selection().notes(), &notes[1..3]);
    let (from, to) = (place(&desk, 20, 59), place(&desk, 30, 61));
    drag_with(&mut desk, PointerButton::Primary, Modifiers::SHIFT, &[from, to]);
    assert_eq!(desk.state().roll.selection().notes(), &notes[..3], "Shift adds");
    let (from, to) = (place(&desk, 900, 66), place(&desk, 1000, 63));
    drag_with(&mut desk, PointerButton::Primary, Modifiers::ALT, &[from, to]);
    assert_eq!(desk.state().roll.selection().notes(), &notes[..2], "Alt removes");
    let at = place(&desk, 1700, 65);
    drag(&mut desk, &[at]);
    assert_eq!(desk.state().roll.selection().notes(), &notes[3..], "a click selects one alone");
    desk.get_by_label("Piano roll, Lead, 4 notes, F4 selected");
    let at = place(&desk, 1700, 72);
    drag(&mut desk, &[at]);
    assert!(desk.state().roll.selection().is_empty(), "a click beside unselects");
    assert_eq!(desk.state().history.undo_label(), None, "selecting is no step");
}

#[test]
fn moving_keeps_the_offset_and_the_group() {
    let notes = [note(10, 480, 60), note(490, 480, 64)];
    let mut desk = desk(&notes);
    apply(&mut desk, RollCommand::SelectAll);
    let (from, half, to) = (place(&desk, 250, 60), place(&desk, 400, 63), place(&desk, 250 + 500, 65));
    drag(&mut desk, &[from, half, to]);
    let moved = [note(490, 480, 65), note(970, 480, 69)];
    assert_eq!(desk.state().notes(), moved);
    assert_eq!(desk.state().roll.selection().notes(), moved);
    assert_eq!(desk.state().history.undo_label(), Some("Move 2 notes"));
    assert_eq!(desk.state().history.undo_labels().count(), 1, "a drag is one step");
    let seen = desk.state().roll.coordinates().visible_ticks();
    desk.state_mut().history.undo();
    desk.run();
    assert_eq!(desk.state().notes(), notes);
    assert_eq!(desk.state().roll.coordinates().visible_ticks(), seen, "undo does not move the view");
    desk.state_mut().history.redo();
    desk.run();
    // Alt: off the grid
    let (from, to, beside) = (place(&desk, 600, 65), place(&desk, 633, 65), place(&desk, 4000, 70));
    drag(&mut desk, &[beside]);
    drag_with(&mut desk, PointerButton::Primary, Modifiers::ALT, &[from, pos2(from.x + 10.0, from.y), to]);
    let start = desk.state().notes()[0].start;
    assert!((521..=525).contains(&start), "{start}");
}

#[test]
fn ctrl_drag_copies() {
    let mut desk = desk(&[note(0, 480, 60)]);
    let (from, to) = (place(&desk, 240, 60), place(&desk, 240 + 960, 67));
    drag_with(&mut desk, PointerButton::Primary, Modifiers::COMMAND, &[from, to]);
    assert_eq!(desk.state().notes(), [note(0, 480, 60), note(960, 480, 67)]);
    assert_eq!(desk.state().history.undo_label(), Some("Copy 1 note"));
    // the copy is selected now; another note is copied alone
    let (from, to) = (place(&desk, 240, 60), place(&desk, 240 + 1920, 60));
    drag_with(&mut desk, PointerButton::Primary, Modifiers::COMMAND, &[from, to]);
    assert_eq!(desk.state().notes(), [note(0, 480, 60), note(960, 480, 67), note(1920, 480, 60)]);
}

#[test]
fn resizing_both_edges_of_several() {
    let mut desk = desk(&[note(0, 480, 60), note(960, 480, 64)]);
    apply(&mut desk, RollCommand::SelectAll);
    let edge = place(&desk, 480, 60) - vec2(2.0, 0.0);
    let to = place(&desk, 700, 60);
    drag(&mut desk, &[edge, to]);
    assert_eq!(desk.state().notes(), [note(0, 720, 60), note(960, 720, 64)]);
    let edge = place(&desk, 960, 64) + vec2(2.0, 0.0);
    let to = place(&desk, 1210, 64);
    drag(&mut desk, &[edge, to]);
    assert_eq!(desk.state().notes(), [note(240, 480, 60), note(1200, 480, 64)]);
    let edge = place(&desk, 720, 60) - vec2(2.0, 0.0);
    let to = place(&desk, 10, 60);
    drag(&mut desk, &[edge, to]);
    assert!(desk.state().notes().iter().all(|note| note.duration >= 1), "never shorter than a step");
    assert_eq!(desk.state().notes()[0], note(240, 120, 60));
}

#[test]
fn erasing_many_is_one_step() {
    let notes: Vec<Note> = (0..6).map(|index| note(index * 480, 480, 60)).collect();
    let mut desk = desk(&notes);
    let (from, to) = (place(&desk, 240, 60), place(&desk, 1700, 60));
    drag_with(&mut desk, PointerButton::Secondary, Modifiers::NONE, &[from, to]);
    assert_eq!(desk.state().notes(), &notes[4..]);
    assert_eq!(desk.state().history.undo_label(), Some("Erase 4 notes"));
    desk.state_mut().history.undo();
    desk.run();
    assert_eq!(desk.state().notes(), notes);
    apply(&mut desk, RollCommand::SelectAll);
    apply(&mut desk, RollCommand::Delete);
    assert!(desk.state().notes().is_empty());
}

#[test]
fn escape_gives_a_gesture_up() {
    let notes = [note(0, 480, 60)];
    let mut desk = desk(&notes);
    let (from, to) = (place(&desk, 240, 60), place(&desk, 1700, 66));
    desk.hover_at(from);
    button(&desk, from, PointerButton::Primary, true, Modifiers::NONE);
    desk.hover_at(to);
    desk.run();
    assert_ne!(desk.state().notes(), notes, "it previews");
    desk.key_press(KeyboardKey::Escape);
    desk.run();
    assert_eq!(desk.state().notes(), notes);
    button(&desk, to, PointerButton::Primary, false, Modifiers::NONE);
    desk.run();
    assert_eq!(desk.state().notes(), notes);
    assert_eq!(desk.state().history.undo_label(), None);
    assert!(
        desk.state().heard.iter().filter(|(_, on)| *on).count()
            == desk.state().heard.iter().filter(|(_, on)| !on).count()
    );
}

#[test]
fn the_wheel_scrolls_and_zooms_at_the_pointer() {
    let notes: Vec<Note> = (0..64).map(|index| note(index * 480, 480, 60)).collect();
    let mut desk = desk(&notes);
    let at = place(&desk, 7200, 60);
    wheel(&mut desk, at, vec2(0.0, 60.0), Modifiers::COMMAND);
    let coordinates = desk.state().roll.coordinates();
    assert!((coordinates.tick_from_x(at.x) - 7200.0).abs() < 2.0);
    let seen = coordinates.visible_ticks();
    assert!(seen.start > 0 && seen.end - seen.start < 14_000, "{seen:?}");
    wheel(&mut desk, at, vec2(0.0, -80.0), Modifiers::SHIFT);
    assert!(desk.state().roll.coordinates().visible_ticks().start > seen.start, "Shift: sideways");
    let pitches = desk.state().roll.coordinates().visible_pitches();
    wheel(&mut desk, at, vec2(0.0, 80.0), Modifiers::NONE);
    assert!(desk.state().roll.coordinates().visible_pitches().end() > pitches.end());
    let before = desk.state().roll.coordinates().tick_from_x(at.x);
    drag_with(&mut desk, PointerButton::Middle, Modifiers::NONE, &[at, at + vec2(-30.0, 5.0), at + vec2(-90.0, 20.0)]);
    let after = desk.state().roll.coordinates().tick_from_x(at.x - 90.0);
    assert!((before - after).abs() < 2.0, "the middle button pans");
    apply(&mut desk, RollCommand::SelectAll);
    apply(&mut desk, RollCommand::ZoomToFit);
    let seen = desk.state().roll.coordinates().visible_ticks();
    assert!(seen.start == 0 && seen.end >= 64 * 480, "{seen:?}");
}

#[test]
fn the_ruler_seeks_and_sets_the_loop() {
    let mut desk = desk(&[note(0, 480, 60)]);
    let ruler = |desk: &Desks, tick: Tick| {
        let x = desk.state().roll.coordinates().x_from_tick(f64::from(tick));
        pos2(x, desk.state().roll.coordinates().area().top() - 4.0)
    };
    let at = ruler(&desk, 1930);
    drag(&mut desk, &[at]);
    assert_eq!(desk.state().playhead_tick, 1920.0);
    desk.get_by_label("Ruler, playhead at bar 2, beat 1");
    let (from, to) = (ruler(&desk, 3800), ruler(&desk, 5800));
    drag(&mut desk, &[from, to]);
    assert_eq!(desk.state().loop_range, Some(3840..5760));
    let (from, to) = (ruler(&desk, 5760), ruler(&desk, 7690));
    drag(&mut desk, &[from, to]);
    assert_eq!(desk.state().loop_range, Some(3840..7680), "a handle moves one end");
    let (from, to) = (ruler(&desk, 5000) - vec2(0.0, 18.0), ruler(&desk, 5000 - 1920) - vec2(0.0, 18.0));
    drag(&mut desk, &[from, to]);
    assert_eq!(desk.state().loop_range, Some(1920..5760), "the bar moves all of it");
    assert_eq!(desk.state().playhead_tick, 1920.0);
}

#[test]
fn velocities_by_hand() {
    let notes: Vec<Note> = (0..4).map(|index| note(index * 960, 480, 60)).collect();
    let mut desk = desk(&notes);
    let lane = desk.get_by_label("Velocities").rect();
    let at =
        |desk: &Desks, tick: Tick, share: f32| pos2(place(desk, tick, 60).x, lane.bottom() - lane.height() * share);
    let way = [at(&desk, 0, 0.2), at(&desk, 900, 0.9), at(&desk, 2880, 0.8)];
    drag_with(&mut desk, PointerButton::Primary, Modifiers::SHIFT, &way);
    let ramp: Vec<u8> = desk.state().notes().iter().map(|note| note.velocity.get()).collect();
    assert!(ramp.is_sorted() && ramp[0] < 40 && ramp[3] > 90, "a ramp: {ramp:?}");
    assert_eq!(desk.state().history.undo_label(), Some("Set velocities"));
    apply(&mut desk, RollCommand::SelectAll);
    let grabbed = at(&desk, 960, 0.3);
    drag(&mut desk, &[grabbed, grabbed - vec2(0.0, 5.0)]);
    let together: Vec<i32> = desk.state().notes().iter().map(|note| i32::from(note.velocity.get())).collect();
    let change = together[0] - i32::from(ramp[0]);
    assert!(
        ramp.iter().zip(&together).all(|(before, after)| after - i32::from(*before) == change),
        "{ramp:?} {together:?}"
    );
}

#[test]
fn one_note_selected_does_not_keep_the_others_from_a_ramp() {
    let notes: Vec<Note> = (0..4).map(|index| note(index * 960, 480, 60)).chain([note(960, 480, 64)]).collect();
    let mut desk = desk(&notes);
    let lane = desk.get_by_label("Velocities").rect();
    let at =
        |desk: &Desks, tick: Tick, share: f32| pos2(place(desk, tick, 60).x, lane.bottom() - lane.height() * share);
    let velocities =
        |desk: &Desks| -> Vec<u8> { desk.state().notes().iter().map(|note| note.velocity.get()).collect() };
    let click = place(&desk, 1100, 64);
    drag(&mut desk, &[click]);
    assert_eq!(desk.state().roll.selection().len(), 1);
    let way = [at(&desk, 0, 0.2), at(&desk, 2880, 0.8)];
    drag_with(&mut desk, PointerButton::Primary, Modifiers::SHIFT, &way);
    let ramp = velocities(&desk);
    assert!(ramp[0] < 40 && ramp[4] > 90 && ramp[1] == ramp[2], "{ramp:?}");
    // but its own bar is its own, though another note begins with it
    let way = [at(&desk, 960, 0.3), at(&desk, 960, 0.9)];
    drag(&mut desk, &way);
    let after = velocities(&desk);
    assert!(after[1] == ramp[1] && after[2] > 100, "{ramp:?} {after:?}");
}

#[test]
fn commands_by_key() {
    let mut desk = desk(&[note(480, 480, 60), note(960, 480, 64)]);
    assert!(desk.state_mut().with_input(|roll, input| roll.disabled_reason(RollCommand::Delete, input)).is_some());
    apply(&mut desk, RollCommand::SelectAll);
    for command in [RollCommand::MoveLeft, RollCommand::MoveUp, RollCommand::OctaveDown, RollCommand::Longer] {
        apply(&mut desk, command);
    }
    assert_eq!(desk.state().notes(), [note(360, 600, 49), note(840, 600, 53)]);
    apply(&mut desk, RollCommand::Copy);
    desk.state_mut().playhead_tick = 1925.0;
    apply(&mut desk, RollCommand::Paste);
    assert_eq!(desk.state().notes()[2..], [note(1920, 600, 49), note(2400, 600, 53)]);
    apply(&mut desk, RollCommand::Duplicate);
    assert_eq!(desk.state().notes()[4..], [note(3000, 600, 49), note(3480, 600, 53)]);
    apply(&mut desk, RollCommand::SelectPrevious);
    assert_eq!(desk.state().roll.selection().notes(), [note(2400, 600, 53)]);
    apply(&mut desk, RollCommand::LoopSelection);
    assert_eq!(desk.state().loop_range, Some(2400..3000));
    apply(&mut desk, RollCommand::Cut);
    assert_eq!(desk.state().notes().len(), 5);
    assert_eq!(desk.state().history.undo_label(), Some("Cut 1 note"));
}

#[test]
fn drawing_and_dragging_within_a_scale() {
    let mut desk = desk(&[note(0, 480, 60), note(0, 480, 64)]);
    desk.state_mut().key = Some(crate::music::Key::C_MAJOR);
    desk.state_mut().scale_snap = true;
    desk.state_mut().tool = Tool::Pencil;
    let at = place(&desk, 1930, 66);
    drag(&mut desk, &[at]);
    assert_eq!(desk.state().notes()[2].pitch.get(), 65, "F sharp is not in C major");
    desk.state_mut().tool = Tool::Select;
    apply(&mut desk, RollCommand::SelectAll);
    let way = [place(&desk, 240, 60), place(&desk, 240, 63)];
    drag(&mut desk, &way);
    let pitches: Vec<u8> = desk.state().notes().iter().map(|note| note.pitch.get()).collect();
    assert_eq!(pitches, [62, 65, 67], "all by one step of the scale");
    let way = [place(&desk, 240, 62), place(&desk, 240, 61)];
    drag_with(&mut desk, PointerButton::Primary, Modifiers::ALT, &way);
    let pitches: Vec<u8> = desk.state().notes().iter().map(|note| note.pitch.get()).collect();
    assert_eq!(pitches, [61, 64, 66], "Alt places freely");
}

#[test]
fn splitting_under_the_pointer() {
    let mut desk = desk(&[note(0, 960, 60), note(0, 960, 64)]);
    let split = |desk: &mut Desks| {
        let why_not = |roll: &mut Roll, input: &RollInput<'_>| roll.disabled_reason(RollCommand::SplitAtPointer, input);
        let why_not = desk.state_mut().with_input(why_not);
        apply(desk, RollCommand::SplitAtPointer);
        why_not
    };
    assert!(split(&mut desk).is_some(), "the pointer is elsewhere");
    desk.hover_at(place(&desk, 490, 64));
    desk.run();
    assert_eq!(split(&mut desk), None);
    assert_eq!(desk.state().notes(), [note(0, 960, 60), note(0, 480, 64), note(480, 480, 64)]);
}

#[test]
fn the_keys_at_the_left_sound() {
    let mut desk = desk(&[]);
    let keys = desk.get_by_label("Keys of the piano roll").rect();
    let (c, d) = (place(&desk, 0, 60).y, place(&desk, 0, 62).y);
    drag(&mut desk, &[pos2(keys.right() - 10.0, c), pos2(keys.right() - 10.0, d)]);
    let heard: Vec<(&str, bool)> = desk.state().heard.iter().map(|(name, on)| (name.as_str(), *on)).collect();
    assert_eq!(heard, [("C4", true), ("C4", false), ("D4", true), ("D4", false)]);
}

#[test]
fn the_view_follows_unless_the_user_looks_elsewhere() {
    let notes: Vec<Note> = (0..200).map(|index| note(index * 480, 480, 60)).collect();
    let mut desk = desk(&notes);
    desk.state_mut().playing = true;
    let mut share = 0.0_f32;
    for frame in 0..900 {
        desk.state_mut().playhead_tick = f64::from(frame) * 32.0;
        desk.step();
        let coordinates = desk.state().roll.coordinates();
        let area = coordinates.area();
        share = (coordinates.x_from_tick(f64::from(frame) * 32.0) - area.left()) / area.width();
        assert!((0.0..0.8).contains(&share), "frame {frame}: {share}");
    }
    assert!(share > 0.6);
    let at = place(&desk, 28_000, 60);
    wheel(&mut desk, at, vec2(2000.0, 0.0), Modifiers::NONE);
    let seen = desk.state().roll.coordinates().visible_ticks();
    for frame in 900..950 {
        desk.state_mut().playhead_tick = f64::from(frame) * 32.0;
        desk.step();
    }
    assert_eq!(desk.state().roll.coordinates().visible_ticks(), seen, "the user looks elsewhere");
    desk.state_mut().playing = false;
    desk.run();
    desk.state_mut().playing = true;
    desk.step();
    assert!(desk.state().roll.coordinates().visible_ticks().contains(&(950 * 32)), "playing again follows again");
}

#[test]
fn a_change_from_elsewhere_ends_the_gesture() {
    let mut desk = desk(&[note(0, 480, 60)]);
    let (from, to) = (place(&desk, 240, 60), place(&desk, 1700, 66));
    desk.hover_at(from);
    button(&desk, from, PointerButton::Primary, true, Modifiers::NONE);
    desk.hover_at(to);
    desk.run();
    desk.state_mut().history.edit("Accept take", |score| score.parts[0] = Arc::new(Part::new("Other", 0)));
    desk.run();
    button(&desk, to, PointerButton::Primary, false, Modifiers::NONE);
    desk.run();
    assert_eq!(desk.state().history.undo_label(), Some("Accept take"));
    assert!(desk.state().notes().is_empty());
}

#[test]
fn nothing_is_repainted_while_nothing_happens() {
    let mut desk = desk(&[note(0, 480, 60)]);
    desk.state_mut().recording = vec![note(480, 240, 67)];
    desk.run(); // fails if the roll asked for a frame without end
    assert_eq!(desk.run(), 1);
}

#[test]
fn a_controllers_lane_is_drawn_moved_and_erased() {
    use crate::music::edit::{ControlKind, control_points};
    let mut desk = desk(&[note(0, 3840, 60)]);
    let kind = ControlKind::PitchBend;
    apply(&mut desk, RollCommand::NextLane);
    assert_eq!(desk.state().roll.lane(), Lane::Control(kind));
    desk.run();
    let lane = desk.get_by_label("Pitch bend lane").rect();
    let at = |desk: &Desks, tick: Tick, share: f32| {
        let bars = paint::velocity_lane::bars_area(lane);
        pos2(place(desk, tick, 60).x, bars.bottom() - bars.height() * share)
    };
    let points = |desk: &Desks| control_points(&desk.state().history.score().parts[0], kind);
    // by hand
    let way = [at(&desk, 480, 0.5), at(&desk, 960, 1.0), at(&desk, 1440, 0.5)];
    drag(&mut desk, &way);
    let drawn = points(&desk);
    assert!(drawn.len() > 20 && drawn.iter().any(|(_, value)| *value > 8000), "{drawn:?}");
    assert!(drawn.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(desk.state().history.undo_label(), Some("Draw pitch bend"));
    // a ramp over it
    let way = [at(&desk, 0, 0.0), at(&desk, 1920, 1.0)];
    drag_with(&mut desk, PointerButton::Primary, Modifiers::SHIFT, &way);
    let ramp = points(&desk);
    assert!(ramp.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1) && ramp.len() > 40, "{ramp:?}");
    assert_eq!((ramp[0].1, ramp[ramp.len() - 1].1), (-8192, 8191));
    // a gesture given up leaves it
    desk.hover_at(at(&desk, 480, 0.9));
    button(&desk, at(&desk, 480, 0.9), PointerButton::Primary, true, Modifiers::NONE);
    desk.hover_at(at(&desk, 960, 0.9));
    desk.run();
    assert_ne!(points(&desk), ramp);
    desk.key_press(KeyboardKey::Escape);
    desk.run();
    button(&desk, at(&desk, 960, 0.9), PointerButton::Primary, false, Modifiers::NONE);
    desk.run();
    assert_eq!(points(&desk), ramp);
    // the right button erases, all but the last
    let way = [at(&desk, 0, 0.5), at(&desk, 1800, 0.5)];
    drag_with(&mut desk, PointerButton::Secondary, Modifiers::NONE, &way);
    let left = points(&desk);
    assert!(!left.is_empty() && left.iter().all(|(tick, _)| *tick > 1800), "{left:?}");
    // a point is taken elsewhere
    let last = left[left.len() - 1];
    let way = [at(&desk, last.0, 1.0), at(&desk, 3000, 0.75)];
    drag(&mut desk, &way);
    let moved = points(&desk);
    assert!(moved.iter().any(|(tick, value)| *tick == 3000 && (3900..4300).contains(value)), "{moved:?}");
    // and without a mouse
    desk.state_mut().playhead_tick = 2405.0;
    apply(&mut desk, RollCommand::LaneUp);
    assert!(points(&desk).iter().any(|(tick, _)| *tick == 2400));
    apply(&mut desk, RollCommand::ClearLane);
    assert!(points(&desk).is_empty());
    assert_eq!(desk.state().notes(), [note(0, 3840, 60)]);
}

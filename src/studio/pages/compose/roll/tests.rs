//! The roll under a simulated pointer: what a person does, and what the score is then.

use std::{ops::Range, sync::Arc};

use eframe::egui::{self, Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::{Lane, Roll, RollInput, Tool, paint};
use crate::{
    music::{Key, Note, Part, Pitch, Score, Tick, history::History, testing::note},
    studio::{actions::RollAction, commands::RollCommand, document::snap::Snap},
};

/// A studio of nothing but a roll and a history.
struct TestStudio {
    history: History,
    roll: Roll,
    tool: Tool,
    snap: Snap,
    playing: bool,
    playhead_tick: f64,
    loop_range: Option<Range<Tick>>,
    recording: Vec<Note>,
    trim: Option<Range<Tick>>,
    key: Option<Key>,
    scale_snap: bool,
    heard: Vec<(String, bool)>,
}

impl TestStudio {
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
            recording: self.recording.clone(),
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
                RollAction::Copied(_)
                | RollAction::CopiedBars(_)
                | RollAction::EditPart(_)
                | RollAction::BarsSelected
                | RollAction::UseTakeOutline
                | RollAction::DetectChords
                | RollAction::Replaced(_)
                | RollAction::ChangeTime { .. } => {}
            }
        }
    }

    fn notes(&self) -> &[Note] {
        &self.history.score().parts[0].notes
    }
}

type TestWindow = Harness<'static, TestStudio>;

fn window(notes: &[Note]) -> TestWindow {
    let show = |ui: &mut egui::Ui, window: &mut TestStudio| {
        crate::studio::theme::install(ui.ctx());
        egui::CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
            let actions = window.with_input(|roll, input| roll.show(ui, input));
            window.take(actions);
        });
    };
    let mut harness = Harness::builder()
        .with_size(vec2(1000.0, 560.0))
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(60) // the wheel is smoothed over frames
        .build_ui_state(show, TestStudio::new(notes));
    harness.run();
    harness
}

/// The middle of a pitch's row at a tick.
fn place(window: &TestWindow, tick: Tick, pitch: i32) -> Pos2 {
    let coordinates = window.state().roll.coordinates();
    let row = coordinates.y_from_pitch(Pitch::clamped(pitch)) + coordinates.row_height() / 2.0;
    pos2(coordinates.x_from_tick(f64::from(tick)), row)
}

fn button(window: &TestWindow, pos: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
    window.event(Event::PointerButton { pos, button, pressed, modifiers });
}

/// Presses at the first place, goes over the others, releases at the last.
fn drag_with(window: &mut TestWindow, which: PointerButton, modifiers: Modifiers, way: &[Pos2]) {
    window.event(Event::ModifiersChanged(modifiers));
    window.hover_at(way[0]);
    button(window, way[0], which, true, modifiers);
    way[1..].iter().for_each(|&pos| window.hover_at(pos));
    button(window, way[way.len() - 1], which, false, modifiers);
    window.event(Event::ModifiersChanged(Modifiers::NONE));
    window.run();
}

fn drag(window: &mut TestWindow, way: &[Pos2]) {
    drag_with(window, PointerButton::Primary, Modifiers::NONE, way);
}

fn apply(window: &mut TestWindow, command: RollCommand) {
    let state = window.state_mut();
    let actions = state.with_input(|roll, input| roll.apply(command, input));
    state.take(actions);
    window.run();
}

fn wheel(window: &mut TestWindow, at: Pos2, delta: egui::Vec2, modifiers: Modifiers) {
    window.hover_at(at);
    window.event(Event::ModifiersChanged(modifiers));
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        modifiers,
        source: egui::MouseWheelSource::Wheel,
    });
    window.run();
    window.event(Event::ModifiersChanged(Modifiers::NONE));
    window.run();
}

#[test]
fn drawing_with_the_pencil() {
    let mut window = window(&[]);
    window.state_mut().tool = Tool::Pencil;
    let at = place(&window, 500, 64);
    drag(&mut window, &[at]);
    assert_eq!(window.state().notes(), [note(480, 480, 64)], "a click: on the grid, the usual length");
    let way = [place(&window, 1930, 67), place(&window, 2600, 67), place(&window, 2990, 67)];
    drag(&mut window, &way);
    assert_eq!(window.state().notes()[1], note(1920, 1080, 67), "a drag sets the length");
    let at = place(&window, 3850, 60);
    drag(&mut window, &[at]);
    assert_eq!(window.state().notes()[2], note(3840, 1080, 60), "the next note has the length used last");
    assert_eq!(window.state().history.undo_labels().count(), 3);
    assert_eq!(window.state().heard.first(), Some(&("E4".to_owned(), true)));
    assert_eq!(window.state().heard.last(), Some(&("C4".to_owned(), false)));
}

#[test]
fn a_double_click_draws_with_the_select_tool() {
    let mut window = window(&[]);
    let at = place(&window, 1000, 62);
    drag(&mut window, &[at]);
    assert!(window.state().notes().is_empty());
    window.hover_at(at);
    for _ in 0..2 {
        button(&window, at, PointerButton::Primary, true, Modifiers::NONE);
        button(&window, at, PointerButton::Primary, false, Modifiers::NONE);
    }
    window.run();
    assert_eq!(window.state().notes(), [note(960, 480, 62)]);
}

#[test]
fn selecting_by_click_and_by_rectangle() {
    let notes = [note(0, 480, 60), note(480, 480, 62), note(960, 480, 64), note(1440, 480, 65)];
    let mut window = window(&notes);
    let way = [place(&window, 500, 66), place(&window, 700, 63), place(&window, 1000, 61)];
    drag(&mut window, &way);
    assert_eq!(window.state().roll.selection().notes(), &notes[1..3]);
    let (from, to) = (place(&window, 20, 59), place(&window, 30, 61));
    drag_with(&mut window, PointerButton::Primary, Modifiers::SHIFT, &[from, to]);
    assert_eq!(window.state().roll.selection().notes(), &notes[..3], "Shift adds");
    let (from, to) = (place(&window, 900, 66), place(&window, 1000, 63));
    drag_with(&mut window, PointerButton::Primary, Modifiers::ALT, &[from, to]);
    assert_eq!(window.state().roll.selection().notes(), &notes[..2], "Alt removes");
    let at = place(&window, 1700, 65);
    drag(&mut window, &[at]);
    assert_eq!(window.state().roll.selection().notes(), &notes[3..], "a click selects one alone");
    window.get_by_label("Piano roll, Lead, 4 notes, F4 selected");
    let at = place(&window, 1700, 72);
    drag(&mut window, &[at]);
    assert!(window.state().roll.selection().is_empty(), "a click beside unselects");
    assert_eq!(window.state().history.undo_label(), None, "selecting is no step");
}

#[test]
fn moving_keeps_the_offset_and_the_group() {
    let notes = [note(10, 480, 60), note(490, 480, 64)];
    let mut window = window(&notes);
    apply(&mut window, RollCommand::SelectAll);
    let (from, half, to) = (place(&window, 250, 60), place(&window, 400, 63), place(&window, 250 + 500, 65));
    drag(&mut window, &[from, half, to]);
    let moved = [note(490, 480, 65), note(970, 480, 69)];
    assert_eq!(window.state().notes(), moved);
    assert_eq!(window.state().roll.selection().notes(), moved);
    assert_eq!(window.state().history.undo_label(), Some("Move 2 notes"));
    assert_eq!(window.state().history.undo_labels().count(), 1, "a drag is one step");
    let seen = window.state().roll.coordinates().visible_ticks();
    window.state_mut().history.undo();
    window.run();
    assert_eq!(window.state().notes(), notes);
    assert_eq!(window.state().roll.coordinates().visible_ticks(), seen, "undo does not move the view");
    window.state_mut().history.redo();
    window.run();
    // Alt: off the grid
    let (from, to, beside) = (place(&window, 600, 65), place(&window, 633, 65), place(&window, 4000, 70));
    drag(&mut window, &[beside]);
    drag_with(&mut window, PointerButton::Primary, Modifiers::ALT, &[from, pos2(from.x + 10.0, from.y), to]);
    let start = window.state().notes()[0].start;
    assert!((521..=525).contains(&start), "{start}");
}

#[test]
fn ctrl_drag_copies() {
    let mut window = window(&[note(0, 480, 60)]);
    let (from, to) = (place(&window, 240, 60), place(&window, 240 + 960, 67));
    drag_with(&mut window, PointerButton::Primary, Modifiers::COMMAND, &[from, to]);
    assert_eq!(window.state().notes(), [note(0, 480, 60), note(960, 480, 67)]);
    assert_eq!(window.state().history.undo_label(), Some("Copy 1 note"));
    // the copy is selected now; another note is copied alone
    let (from, to) = (place(&window, 240, 60), place(&window, 240 + 1920, 60));
    drag_with(&mut window, PointerButton::Primary, Modifiers::COMMAND, &[from, to]);
    assert_eq!(window.state().notes(), [note(0, 480, 60), note(960, 480, 67), note(1920, 480, 60)]);
}

#[test]
fn resizing_both_edges_of_several() {
    let mut window = window(&[note(0, 480, 60), note(960, 480, 64)]);
    apply(&mut window, RollCommand::SelectAll);
    let edge = place(&window, 480, 60) - vec2(2.0, 0.0);
    let to = place(&window, 700, 60);
    drag(&mut window, &[edge, to]);
    assert_eq!(window.state().notes(), [note(0, 720, 60), note(960, 720, 64)]);
    let edge = place(&window, 960, 64) + vec2(2.0, 0.0);
    let to = place(&window, 1210, 64);
    drag(&mut window, &[edge, to]);
    assert_eq!(window.state().notes(), [note(240, 480, 60), note(1200, 480, 64)]);
    let edge = place(&window, 720, 60) - vec2(2.0, 0.0);
    let to = place(&window, 10, 60);
    drag(&mut window, &[edge, to]);
    assert!(window.state().notes().iter().all(|note| note.duration >= 1), "never shorter than a step");
    assert_eq!(window.state().notes()[0], note(240, 120, 60));
}

#[test]
fn erasing_many_is_one_step() {
    let notes: Vec<Note> = (0..6).map(|index| note(index * 480, 480, 60)).collect();
    let mut window = window(&notes);
    let (from, to) = (place(&window, 240, 60), place(&window, 1700, 60));
    drag_with(&mut window, PointerButton::Secondary, Modifiers::NONE, &[from, to]);
    assert_eq!(window.state().notes(), &notes[4..]);
    assert_eq!(window.state().history.undo_label(), Some("Erase 4 notes"));
    window.state_mut().history.undo();
    window.run();
    assert_eq!(window.state().notes(), notes);
    apply(&mut window, RollCommand::SelectAll);
    apply(&mut window, RollCommand::Delete);
    assert!(window.state().notes().is_empty());
}

#[test]
fn escape_gives_a_gesture_up() {
    let notes = [note(0, 480, 60)];
    let mut window = window(&notes);
    let (from, to) = (place(&window, 240, 60), place(&window, 1700, 66));
    window.hover_at(from);
    button(&window, from, PointerButton::Primary, true, Modifiers::NONE);
    window.hover_at(to);
    window.run();
    assert_ne!(window.state().notes(), notes, "it previews");
    window.key_press(egui::Key::Escape);
    window.run();
    assert_eq!(window.state().notes(), notes);
    button(&window, to, PointerButton::Primary, false, Modifiers::NONE);
    window.run();
    assert_eq!(window.state().notes(), notes);
    assert_eq!(window.state().history.undo_label(), None);
    assert!(
        window.state().heard.iter().filter(|(_, on)| *on).count()
            == window.state().heard.iter().filter(|(_, on)| !on).count()
    );
}

#[test]
fn the_wheel_scrolls_and_zooms_at_the_pointer() {
    let notes: Vec<Note> = (0..64).map(|index| note(index * 480, 480, 60)).collect();
    let mut window = window(&notes);
    let at = place(&window, 7200, 60);
    wheel(&mut window, at, vec2(0.0, 60.0), Modifiers::COMMAND);
    let coordinates = window.state().roll.coordinates();
    assert!((coordinates.tick_from_x(at.x) - 7200.0).abs() < 2.0);
    let seen = coordinates.visible_ticks();
    assert!(seen.start > 0 && seen.end - seen.start < 14_000, "{seen:?}");
    wheel(&mut window, at, vec2(0.0, -80.0), Modifiers::SHIFT);
    assert!(window.state().roll.coordinates().visible_ticks().start > seen.start, "Shift: sideways");
    let pitches = window.state().roll.coordinates().visible_pitches();
    wheel(&mut window, at, vec2(0.0, 80.0), Modifiers::NONE);
    assert!(window.state().roll.coordinates().visible_pitches().end() > pitches.end());
    let before = window.state().roll.coordinates().tick_from_x(at.x);
    drag_with(
        &mut window,
        PointerButton::Middle,
        Modifiers::NONE,
        &[at, at + vec2(-30.0, 5.0), at + vec2(-90.0, 20.0)],
    );
    let after = window.state().roll.coordinates().tick_from_x(at.x - 90.0);
    assert!((before - after).abs() < 2.0, "the middle button pans");
    apply(&mut window, RollCommand::SelectAll);
    apply(&mut window, RollCommand::ZoomToFit);
    let seen = window.state().roll.coordinates().visible_ticks();
    assert!(seen.start == 0 && seen.end >= 64 * 480, "{seen:?}");
}

#[test]
fn the_ruler_seeks_and_sets_the_loop() {
    let mut window = window(&[note(0, 480, 60)]);
    let ruler = |window: &TestWindow, tick: Tick| {
        let x = window.state().roll.coordinates().x_from_tick(f64::from(tick));
        pos2(x, window.state().roll.coordinates().area().top() - 4.0)
    };
    let at = ruler(&window, 1930);
    drag(&mut window, &[at]);
    assert_eq!(window.state().playhead_tick, 1920.0);
    window.get_by_label("Ruler, playhead at bar 2, beat 1");
    let (from, to) = (ruler(&window, 3800), ruler(&window, 5800));
    drag(&mut window, &[from, to]);
    assert_eq!(window.state().loop_range, Some(3840..5760));
    let (from, to) = (ruler(&window, 5760), ruler(&window, 7690));
    drag(&mut window, &[from, to]);
    assert_eq!(window.state().loop_range, Some(3840..7680), "a handle moves one end");
    let (from, to) = (ruler(&window, 5000) - vec2(0.0, 18.0), ruler(&window, 5000 - 1920) - vec2(0.0, 18.0));
    drag(&mut window, &[from, to]);
    assert_eq!(window.state().loop_range, Some(1920..5760), "the bar moves all of it");
    assert_eq!(window.state().playhead_tick, 1920.0);
}

#[test]
fn velocities_by_hand() {
    let notes: Vec<Note> = (0..4).map(|index| note(index * 960, 480, 60)).collect();
    let mut window = window(&notes);
    let lane = window.get_by_label("Velocities").rect();
    let at = |window: &TestWindow, tick: Tick, share: f32| {
        pos2(place(window, tick, 60).x, lane.bottom() - lane.height() * share)
    };
    let way = [at(&window, 0, 0.2), at(&window, 900, 0.9), at(&window, 2880, 0.8)];
    drag_with(&mut window, PointerButton::Primary, Modifiers::SHIFT, &way);
    let ramp: Vec<u8> = window.state().notes().iter().map(|note| note.velocity.get()).collect();
    assert!(ramp.is_sorted() && ramp[0] < 40 && ramp[3] > 90, "a ramp: {ramp:?}");
    assert_eq!(window.state().history.undo_label(), Some("Set velocities"));
    apply(&mut window, RollCommand::SelectAll);
    let grabbed = at(&window, 960, 0.3);
    drag(&mut window, &[grabbed, grabbed - vec2(0.0, 5.0)]);
    let together: Vec<i32> = window.state().notes().iter().map(|note| i32::from(note.velocity.get())).collect();
    let change = together[0] - i32::from(ramp[0]);
    assert!(
        ramp.iter().zip(&together).all(|(before, after)| after - i32::from(*before) == change),
        "{ramp:?} {together:?}"
    );
}

#[test]
fn one_note_selected_does_not_keep_the_others_from_a_ramp() {
    let notes: Vec<Note> = (0..4).map(|index| note(index * 960, 480, 60)).chain([note(960, 480, 64)]).collect();
    let mut window = window(&notes);
    let lane = window.get_by_label("Velocities").rect();
    let at = |window: &TestWindow, tick: Tick, share: f32| {
        pos2(place(window, tick, 60).x, lane.bottom() - lane.height() * share)
    };
    let velocities =
        |window: &TestWindow| -> Vec<u8> { window.state().notes().iter().map(|note| note.velocity.get()).collect() };
    let click = place(&window, 1100, 64);
    drag(&mut window, &[click]);
    assert_eq!(window.state().roll.selection().len(), 1);
    let way = [at(&window, 0, 0.2), at(&window, 2880, 0.8)];
    drag_with(&mut window, PointerButton::Primary, Modifiers::SHIFT, &way);
    let ramp = velocities(&window);
    assert!(ramp[0] < 40 && ramp[4] > 90 && ramp[1] == ramp[2], "{ramp:?}");
    // but its own bar is its own, though another note begins with it
    let way = [at(&window, 960, 0.3), at(&window, 960, 0.9)];
    drag(&mut window, &way);
    let after = velocities(&window);
    assert!(after[1] == ramp[1] && after[2] > 100, "{ramp:?} {after:?}");
}

#[test]
fn commands_by_key() {
    let mut window = window(&[note(480, 480, 60), note(960, 480, 64)]);
    assert!(window.state_mut().with_input(|roll, input| roll.disabled_reason(RollCommand::Delete, input)).is_some());
    apply(&mut window, RollCommand::SelectAll);
    for command in [RollCommand::MoveLeft, RollCommand::MoveUp, RollCommand::OctaveDown, RollCommand::Longer] {
        apply(&mut window, command);
    }
    assert_eq!(window.state().notes(), [note(360, 600, 49), note(840, 600, 53)]);
    apply(&mut window, RollCommand::Copy);
    window.state_mut().playhead_tick = 1925.0;
    apply(&mut window, RollCommand::Paste);
    assert_eq!(window.state().notes()[2..], [note(1920, 600, 49), note(2400, 600, 53)]);
    apply(&mut window, RollCommand::Duplicate);
    assert_eq!(window.state().notes()[4..], [note(3000, 600, 49), note(3480, 600, 53)]);
    apply(&mut window, RollCommand::SelectPrevious);
    assert_eq!(window.state().roll.selection().notes(), [note(2400, 600, 53)]);
    apply(&mut window, RollCommand::LoopSelection);
    assert_eq!(window.state().loop_range, Some(2400..3000));
    apply(&mut window, RollCommand::Cut);
    assert_eq!(window.state().notes().len(), 5);
    assert_eq!(window.state().history.undo_label(), Some("Cut 1 note"));
}

#[test]
fn drawing_and_dragging_within_a_scale() {
    let mut window = window(&[note(0, 480, 60), note(0, 480, 64)]);
    window.state_mut().key = Some(Key::C_MAJOR);
    window.state_mut().scale_snap = true;
    window.state_mut().tool = Tool::Pencil;
    let at = place(&window, 1930, 66);
    drag(&mut window, &[at]);
    assert_eq!(window.state().notes()[2].pitch.get(), 65, "F sharp is not in C major");
    window.state_mut().tool = Tool::Select;
    apply(&mut window, RollCommand::SelectAll);
    let way = [place(&window, 240, 60), place(&window, 240, 63)];
    drag(&mut window, &way);
    let pitches: Vec<u8> = window.state().notes().iter().map(|note| note.pitch.get()).collect();
    assert_eq!(pitches, [62, 65, 67], "all by one step of the scale");
    let way = [place(&window, 240, 62), place(&window, 240, 61)];
    drag_with(&mut window, PointerButton::Primary, Modifiers::ALT, &way);
    let pitches: Vec<u8> = window.state().notes().iter().map(|note| note.pitch.get()).collect();
    assert_eq!(pitches, [61, 64, 66], "Alt places freely");
}

#[test]
fn splitting_under_the_pointer() {
    let mut window = window(&[note(0, 960, 60), note(0, 960, 64)]);
    let split = |window: &mut TestWindow| {
        let why_not = |roll: &mut Roll, input: &RollInput<'_>| roll.disabled_reason(RollCommand::SplitAtPointer, input);
        let why_not = window.state_mut().with_input(why_not);
        apply(window, RollCommand::SplitAtPointer);
        why_not
    };
    assert!(split(&mut window).is_some(), "the pointer is elsewhere");
    window.hover_at(place(&window, 490, 64));
    window.run();
    assert_eq!(split(&mut window), None);
    assert_eq!(window.state().notes(), [note(0, 960, 60), note(0, 480, 64), note(480, 480, 64)]);
}

#[test]
fn the_keys_at_the_left_sound() {
    let mut window = window(&[]);
    let keys = window.get_by_label("Keys of the piano roll").rect();
    let (c, d) = (place(&window, 0, 60).y, place(&window, 0, 62).y);
    drag(&mut window, &[pos2(keys.right() - 10.0, c), pos2(keys.right() - 10.0, d)]);
    let heard: Vec<(&str, bool)> = window.state().heard.iter().map(|(name, on)| (name.as_str(), *on)).collect();
    assert_eq!(heard, [("C4", true), ("C4", false), ("D4", true), ("D4", false)]);
}

#[test]
fn the_view_follows_unless_the_user_looks_elsewhere() {
    let notes: Vec<Note> = (0..200).map(|index| note(index * 480, 480, 60)).collect();
    let mut window = window(&notes);
    window.state_mut().playing = true;
    let mut share = 0.0_f32;
    for frame in 0..900 {
        window.state_mut().playhead_tick = f64::from(frame) * 32.0;
        window.step();
        let coordinates = window.state().roll.coordinates();
        let area = coordinates.area();
        share = (coordinates.x_from_tick(f64::from(frame) * 32.0) - area.left()) / area.width();
        assert!((0.0..0.8).contains(&share), "frame {frame}: {share}");
    }
    assert!(share > 0.6);
    let at = place(&window, 28_000, 60);
    wheel(&mut window, at, vec2(2000.0, 0.0), Modifiers::NONE);
    let seen = window.state().roll.coordinates().visible_ticks();
    for frame in 900..950 {
        window.state_mut().playhead_tick = f64::from(frame) * 32.0;
        window.step();
    }
    assert_eq!(window.state().roll.coordinates().visible_ticks(), seen, "the user looks elsewhere");
    window.state_mut().playing = false;
    window.run();
    window.state_mut().playing = true;
    window.step();
    assert!(window.state().roll.coordinates().visible_ticks().contains(&(950 * 32)), "playing again follows again");
}

#[test]
fn a_change_from_elsewhere_ends_the_gesture() {
    let mut window = window(&[note(0, 480, 60)]);
    let (from, to) = (place(&window, 240, 60), place(&window, 1700, 66));
    window.hover_at(from);
    button(&window, from, PointerButton::Primary, true, Modifiers::NONE);
    window.hover_at(to);
    window.run();
    window.state_mut().history.edit("Accept take", |score| score.parts[0] = Arc::new(Part::new("Other", 0)));
    window.run();
    button(&window, to, PointerButton::Primary, false, Modifiers::NONE);
    window.run();
    assert_eq!(window.state().history.undo_label(), Some("Accept take"));
    assert!(window.state().notes().is_empty());
}

#[test]
fn nothing_is_repainted_while_nothing_happens() {
    let mut window = window(&[note(0, 480, 60)]);
    window.state_mut().recording = vec![note(480, 240, 67)];
    window.run(); // fails if the roll asked for a frame without end
    assert_eq!(window.run(), 1);
}

#[test]
fn a_controllers_lane_is_drawn_moved_and_erased() {
    use crate::music::edit::{ControlKind, control_points};
    let mut window = window(&[note(0, 3840, 60)]);
    let kind = ControlKind::PitchBend;
    apply(&mut window, RollCommand::NextLane);
    assert_eq!(window.state().roll.lane(), Lane::Control(kind));
    window.run();
    let lane = window.get_by_label("Pitch bend lane").rect();
    let at = |window: &TestWindow, tick: Tick, share: f32| {
        let bars = paint::velocity_lane::bars_area(lane);
        pos2(place(window, tick, 60).x, bars.bottom() - bars.height() * share)
    };
    let points = |window: &TestWindow| control_points(&window.state().history.score().parts[0], kind);
    // by hand
    let way = [at(&window, 480, 0.5), at(&window, 960, 1.0), at(&window, 1440, 0.5)];
    drag(&mut window, &way);
    let drawn = points(&window);
    assert!(drawn.len() > 20 && drawn.iter().any(|(_, value)| *value > 8000), "{drawn:?}");
    assert!(drawn.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(window.state().history.undo_label(), Some("Draw pitch bend"));
    // a ramp over it
    let way = [at(&window, 0, 0.0), at(&window, 1920, 1.0)];
    drag_with(&mut window, PointerButton::Primary, Modifiers::SHIFT, &way);
    let ramp = points(&window);
    assert!(ramp.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1) && ramp.len() > 40, "{ramp:?}");
    assert_eq!((ramp[0].1, ramp[ramp.len() - 1].1), (-8192, 8191));
    // a gesture given up leaves it
    window.hover_at(at(&window, 480, 0.9));
    button(&window, at(&window, 480, 0.9), PointerButton::Primary, true, Modifiers::NONE);
    window.hover_at(at(&window, 960, 0.9));
    window.run();
    assert_ne!(points(&window), ramp);
    window.key_press(egui::Key::Escape);
    window.run();
    button(&window, at(&window, 960, 0.9), PointerButton::Primary, false, Modifiers::NONE);
    window.run();
    assert_eq!(points(&window), ramp);
    // the right button erases, all but the last
    let way = [at(&window, 0, 0.5), at(&window, 1800, 0.5)];
    drag_with(&mut window, PointerButton::Secondary, Modifiers::NONE, &way);
    let left = points(&window);
    assert!(!left.is_empty() && left.iter().all(|(tick, _)| *tick > 1800), "{left:?}");
    // a point is taken elsewhere
    let last = left[left.len() - 1];
    let way = [at(&window, last.0, 1.0), at(&window, 3000, 0.75)];
    drag(&mut window, &way);
    let moved = points(&window);
    assert!(moved.iter().any(|(tick, value)| *tick == 3000 && (3900..4300).contains(value)), "{moved:?}");
    // and without a mouse
    window.state_mut().playhead_tick = 2405.0;
    apply(&mut window, RollCommand::LaneUp);
    assert!(points(&window).iter().any(|(tick, _)| *tick == 2400));
    apply(&mut window, RollCommand::ClearLane);
    assert!(points(&window).is_empty());
    assert_eq!(window.state().notes(), [note(0, 3840, 60)]);
}

//! How long a frame of the roll and of the arrangement takes, without a renderer: logic, layout and tessellation; and
//! what undo costs.

mod undo;

use std::{sync::Arc, time::Instant};

use eframe::egui::{
    CentralPanel, Context, Event, Frame, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput,
    Rect, TouchPhase, Vec2, pos2,
};

use crate::studio::bench::{percentile, rows, table};
use crate::studio::pages::compose::{
    arrangement::{Arrangement, ArrangementInput},
    roll::{Roll, RollInput, follow::Playhead},
};
use crate::{
    music::{Note, Part, Pitch, Score, Tick, Velocity, edit::Selection, history::History},
    studio::{actions::RollAction, commands::RollCommand, theme},
};

/// The window that is measured, in points.
const WINDOW: Vec2 = Vec2::new(1280.0, 800.0);
/// The length of a note, in ticks.
const NOTE_TICKS: Tick = 120;
/// How many notes sound at once.
const VOICES: usize = 16;

/// Frames that are measured of each scene.
const FRAMES: usize = 300;

/// Measures all scenes and undo, and tells the best, the middle and the slowest hundredth: a table, or JSON.
///
/// # Errors
/// The times cannot be written as JSON, that is: never, but for numbers that are none.
pub fn report(as_json: bool) -> serde_json::Result<String> {
    // undo first, while the memory is as after the start
    let undo = undo::costs(Bench::new(10_000).history);
    let scenes = [
        ("10,000 notes, all in sight", Scene::AllInSight, 10_000),
        ("100,000 notes, usual zoom", Scene::UsualZoom, 100_000),
        ("100,000 notes, all in sight", Scene::AllInSight, 100_000),
        ("100,000 notes, all in sight, scrolling", Scene::Scrolling, 100_000),
        ("arrangement, 100,000 notes, all in sight", Scene::Arrangement, 100_000),
        ("arrangement, 100,000 notes, scrolling", Scene::ArrangementScrolling, 100_000),
        ("10,000 notes, dragging 1,000", Scene::Dragging, 10_000),
        ("100,000 notes, dragging 10,000", Scene::Dragging, 100_000),
    ];
    let shares = |times: &[f64]| [0.0, 0.5, 0.99].map(|share| percentile(times, share));
    let frames = scenes.map(|(title, scene, notes)| (title, shares(&frame_times_ms(scene, notes, FRAMES))));
    let titles = ["a step that changes 10,000 notes", "taking it back", "making it again"];
    let steps = titles.into_iter().zip(undo.times_ms.each_ref().map(|times| shares(times)));
    let measured: Vec<(&str, [f64; 3])> = frames.into_iter().chain(steps).collect();
    let megabytes = undo.megabytes;
    if as_json {
        let memory =
            serde_json::json!({ "scene": format!("memory of {} such steps", undo::STEPS), "megabytes": megabytes });
        let rows: Vec<_> = rows(&measured).chain([memory]).collect();
        return Ok(serde_json::to_string_pretty(&rows)? + "\n");
    }
    let heading = "ms a frame (logic, layout, tessellation) or step";
    let memory = format!("{:<48} {megabytes:>9.1} MB\n", format!("memory of {} such steps", undo::STEPS));
    Ok(table(heading, &measured) + &memory)
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    /// All notes of the part in sight, the playhead moving.
    AllInSight,
    /// The same, moved to and fro.
    Scrolling,
    /// All notes of all parts in sight, the playhead moving.
    Arrangement,
    /// The same, moved to and fro.
    ArrangementScrolling,
    /// The usual zoom, so that most notes are out of sight, the playhead moving.
    UsualZoom,
    /// A tenth of the notes dragged to and fro.
    Dragging,
}

/// Milliseconds of each of a number of frames, over a part with so many notes.
fn frame_times_ms(scene: Scene, notes: usize, frames: usize) -> Vec<f64> {
    let ctx = Context::default();
    theme::install(&ctx);
    let mut bench = Bench::new(notes);
    // the first frames load fonts and place the view
    for _ in 0..3 {
        bench.frame(&ctx, Vec::new(), 0.0);
    }
    bench.prepare(scene);
    let grabbed = bench.first_note();
    if scene == Scene::Dragging {
        bench.frame(&ctx, vec![Event::PointerMoved(grabbed)], 0.0);
        bench.frame(&ctx, vec![button(grabbed, true)], 0.0);
    }
    let event = |frame: usize| {
        if matches!(scene, Scene::Scrolling | Scene::ArrangementScrolling) {
            let by = if (frame / 20).is_multiple_of(2) { -12.0 } else { 12.0 };
            let wheel = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: Vec2::new(by, 0.0),
                phase: TouchPhase::Move,
                modifiers: Modifiers::NONE,
                source: MouseWheelSource::Wheel,
            };
            return vec![Event::PointerMoved(WINDOW.to_pos2() / 2.0), wheel];
        }
        let by = Vec2::new((frame % 40) as f32 * 3.0, (frame % 9) as f32 * 4.0);
        vec![Event::PointerMoved(grabbed + by)]
    };
    (1..=frames).map(|frame| bench.frame(&ctx, event(frame), frame as f64)).collect()
}

struct Bench {
    roll: Roll,
    arrangement: Arrangement,
    shows_arrangement: bool,
    history: History,
    time_seconds: f64,
}

impl Bench {
    fn new(notes: usize) -> Self {
        let note = |index: usize| Note {
            start: (index / VOICES) as Tick * NOTE_TICKS,
            pitch: Pitch::new((40 + index % VOICES * 3 + index / VOICES % 3) as u8).unwrap_or(Pitch::MAX),
            duration: NOTE_TICKS,
            velocity: Velocity::new((30 + index * 7 % 97) as u8).unwrap_or_default(),
        };
        let mut part = Part::new("Many", 0);
        part.notes = (0..notes).map(note).collect();
        part.sort();
        let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
        Self {
            roll: Roll::new(),
            arrangement: Arrangement::default(),
            shows_arrangement: false,
            history: History::new(score),
            time_seconds: 0.0,
        }
    }

    fn prepare(&mut self, scene: Scene) {
        let score = Arc::clone(self.history.score());
        match scene {
            Scene::AllInSight | Scene::Scrolling => {
                drop(self.roll.apply(RollCommand::ZoomToFit, &RollInput::new(&score, 0)));
            }
            Scene::UsualZoom => {}
            Scene::Arrangement | Scene::ArrangementScrolling => {
                self.history.edit("In parts", in_parts);
                self.shows_arrangement = true;
            }
            Scene::Dragging => {
                let notes = &score.parts[0].notes;
                self.roll.select(notes[..notes.len() / 10].iter().copied().collect::<Selection>());
            }
        }
    }

    fn first_note(&self) -> Pos2 {
        let note = self.history.score().parts[0].notes.first().copied();
        note.map_or(pos2(400.0, 300.0), |note| self.roll.coordinates().note_rect(&note).center())
    }

    /// One frame: what the window would do but for the renderer. In milliseconds.
    fn frame(&mut self, ctx: &Context, events: Vec<Event>, playhead_tick: f64) -> f64 {
        self.time_seconds += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, WINDOW)),
            time: Some(self.time_seconds),
            events,
            ..RawInput::default()
        };
        let began = Instant::now();
        let mut actions = Vec::new();
        let score = Arc::clone(self.history.score());
        let mut output = ctx.run_ui(input, |ui| {
            let input = RollInput {
                playing: true,
                playhead_tick,
                revision: self.history.revision(),
                ..RollInput::new(&score, 0)
            };
            let panel = CentralPanel::default().frame(Frame::NONE);
            if self.shows_arrangement {
                let input = ArrangementInput {
                    score: &score,
                    part: 0,
                    selection: self.roll.selection(),
                    playhead: Playhead { tick: playhead_tick, playing: true, follow: true },
                    loop_range: None,
                    loop_on: false,
                    snap: input.snap,
                    marks: input.marks,
                    key: input.key,
                    lyrics: false,
                    tempo_track: false,
                    recording: Vec::new(),
                };
                panel.show(ui, |ui| drop(self.arrangement.show(ui, &input)));
            } else {
                actions.extend(panel.show(ui, |ui| self.roll.show(ui, &input)).inner);
            }
        });
        for action in actions {
            if let RollAction::Preview(score) = action {
                self.history.preview(score);
            }
        }
        let primitives = ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        let took = began.elapsed().as_secs_f64() * 1e3;
        output.textures_delta.clear();
        drop(primitives);
        took
    }
}

/// Deals the notes of the only part out to as many parts as there are voices.
fn in_parts(score: &mut Score) {
    let Some(all) = score.parts.pop() else { return };
    for voice in 0..VOICES {
        let mut part = Part { color: voice as u8, ..Part::new("Voice", 0) };
        part.notes = all.notes.iter().skip(voice).step_by(VOICES).copied().collect();
        score.parts.push(Arc::new(part));
    }
}

const fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_has_frames_and_the_arrangement_has_all_notes() {
        for scene in [Scene::Scrolling, Scene::Arrangement, Scene::ArrangementScrolling] {
            let times = frame_times_ms(scene, 200, 3);
            assert!(times.len() == 3 && times.iter().all(|took| *took > 0.0), "{scene:?}");
        }
        let mut bench = Bench::new(200);
        bench.prepare(Scene::Arrangement);
        let parts = &bench.history.score().parts;
        assert_eq!((parts.len(), parts.iter().map(|part| part.notes.len()).sum()), (VOICES, 200));
    }

    #[test]
    fn every_step_of_undo_is_a_step() {
        let costs = undo::costs(Bench::new(50).history);
        let all_done = |times: &Vec<f64>| times.len() == undo::STEPS && times.iter().all(|took| took.is_finite());
        assert!(costs.times_ms.iter().all(all_done));
    }

    #[test]
    fn dragging_really_drags() {
        let ctx = Context::default();
        let mut bench = Bench::new(200);
        for _ in 0..3 {
            bench.frame(&ctx, Vec::new(), 0.0);
        }
        bench.prepare(Scene::Dragging);
        let before = Arc::clone(bench.history.score());
        let at = bench.first_note();
        for event in [Event::PointerMoved(at), button(at, true), Event::PointerMoved(at + Vec2::new(90.0, 0.0))] {
            bench.frame(&ctx, vec![event], 0.0);
        }
        assert_ne!(bench.history.score(), &before);
    }
}

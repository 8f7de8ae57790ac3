//! Step entry: notes from any keyboard go in at the playhead, one step after the other.

use std::sync::Arc;

use crate::{
    music::{Note, Pitch, Stamped, Tick, Velocity, edit::MAX_TICK, quantise::GridStep},
    sound::Player,
    studio::{
        document::{
            Document,
            step_entry::{EnteredStep, StepEntry, StepKey},
        },
        pages::compose::editor::Editor,
        services::Services,
        toasts::Tone,
    },
};

/// Switches it on or off, and where there is no other keyboard the computer's with it.
pub fn toggle(document: &mut Document, services: &Services, editor: &mut Editor) {
    let keys = &mut editor.computer_keys;
    if let Some(entry) = document.step_entry.take() {
        keys.enabled &= !entry.switched_keys;
        if !keys.enabled {
            editor.release_keys(&services.actions);
        }
        return;
    }
    services.sound.with_player(Player::pause);
    let has_keyboard = services.keyboards.status().inputs.iter().any(|input| input.is_connected);
    let switched_keys = !has_keyboard && !keys.enabled;
    keys.enabled |= switched_keys;
    document.step_entry = Some(StepEntry::new(services.preferences.roll.grid, switched_keys));
}

/// Makes the steps that follow so long.
pub fn set_length(document: &mut Document, length: GridStep) {
    if let Some(entry) = &mut document.step_entry {
        entry.length = length;
    }
}

/// Takes what a keyboard plays while nothing plays or is recorded; whether it was for step entry.
pub fn take(document: &mut Document, services: &mut Services, stamped: Stamped) -> bool {
    let [status, key, velocity] = stamped.message;
    let is_key = matches!(status & 0xF0, 0x80 | 0x90);
    let Some(entry) = &mut document.step_entry else { return false };
    let Some(pitch) = Pitch::new(key).filter(|_| is_key && !services.is_playing()) else { return false };
    match entry.take(pitch, status & 0xF0 == 0x90 && velocity > 0) {
        StepKey::Note => put(document, services, pitch, Velocity::clamped(i32::from(velocity))),
        StepKey::Step => go_on(document, services),
        StepKey::Nothing => {}
    }
    true
}

/// A rest from where notes go in to where the next ones will.
fn step(document: &mut Document, services: &Services) -> Option<EnteredStep> {
    let score = Arc::clone(document.score());
    let entry = document.step_entry.as_mut()?;
    let start = entry.tick(services.playhead());
    let end = entry.end_of_step(&score.metre, start).min(MAX_TICK);
    let (composition, part) = (score.id, document.part);
    let (notes, replaced) = (Vec::new(), Vec::new());
    Some(EnteredStep { composition, part, start, end, notes, replaced, undo: None }).filter(|_| start < end)
}

fn put(document: &mut Document, services: &Services, pitch: Pitch, velocity: Velocity) {
    let Some(mut step) = step(document, services) else { return };
    let mut last_undo = document.history.undo_step();
    let chord = document.step_entry.as_ref().and_then(|entry| entry.open_chord(step.start, last_undo)).cloned();
    if let Some(chord) = chord {
        document.undo(); // a chord is one step
        undone(document, last_undo, false);
        last_undo = document.history.undo_step();
        step = chord;
    }
    if document.score().parts.is_empty() {
        document.add_part();
        step.part = document.part;
    }
    let (start, note) = (step.start, Note { start: step.start, pitch, duration: step.end - step.start, velocity });
    step.notes.retain(|other| other.pitch != pitch);
    step.notes.push(note);
    let EnteredStep { part, notes, replaced, .. } = &mut step;
    document.edit_part(*part, "Step entry", |part| {
        let is_in_place = |other: &Note| other.start == start && notes.iter().any(|note| note.pitch == other.pitch);
        *replaced = part.notes.iter().copied().filter(is_in_place).collect();
        part.notes.retain(|other| !is_in_place(other));
        part.notes.extend(notes.iter());
        part.sort();
    });
    step.undo = document.history.undo_step().filter(|undo| Some(*undo) != last_undo);
    if let Some(entry) = &mut document.step_entry {
        entry.enter(step);
    }
}

/// Goes on behind what was struck, however long a step is by now.
fn go_on(document: &mut Document, services: &mut Services) {
    let playhead = services.playhead();
    let Some(entry) = &mut document.step_entry else { return };
    let start = entry.tick(playhead);
    if let Some(end) = entry.last_at(start).map(|step| step.end) {
        go_to(end, document, services);
    }
}

/// Goes a step on, without a note.
pub fn rest(document: &mut Document, services: &mut Services) {
    let Some(step) = step(document, services) else { return };
    let end = step.end;
    if let Some(entry) = &mut document.step_entry {
        entry.enter(step);
    }
    go_to(end, document, services);
}

/// Takes back the step that was entered last and ends at the playhead; what was there before stays, or comes back.
pub fn take_back(document: &mut Document, services: &mut Services) {
    let (playhead, composition) = (services.playhead(), document.score().id);
    let Some(entry) = &mut document.step_entry else { return };
    let end = entry.tick(playhead);
    let Some(step) = entry.take_back(composition, end) else {
        services.say(Tone::Plain, "Step entry has entered nothing before the playhead that could be taken back");
        return;
    };
    let before = document.history.undo_step();
    if !step.notes.is_empty() {
        document.edit_part(step.part, "Remove step", |part| {
            part.notes.retain(|note| !step.notes.contains(note));
            // what was entered may have been changed since, and is there still
            let is_taken = |note: &Note| part.notes.iter().any(|at| (at.start, at.pitch) == (note.start, note.pitch));
            let back: Vec<Note> = step.replaced.iter().copied().filter(|note| !is_taken(note)).collect();
            part.notes.extend(back);
            part.sort();
        });
    }
    go_to(step.start, document, services);
    let undo = document.history.undo_step().filter(|undo| Some(*undo) != before);
    if let (Some(entry), Some(undo)) = (&mut document.step_entry, undo) {
        entry.note_taken_back(step, undo);
    }
}

/// A step of undo was taken back, or made again: where step entry entered it, the playhead goes with it.
pub fn follow(undo: Option<u64>, forward: bool, document: &mut Document, services: &mut Services) {
    if let Some(tick) = undone(document, undo, forward) {
        go_to(tick, document, services);
    }
}

fn undone(document: &mut Document, undo: Option<u64>, forward: bool) -> Option<Tick> {
    document.step_entry.as_mut()?.cross(undo?, forward)
}

fn go_to(tick: Tick, document: &mut Document, services: &mut Services) {
    services.sound.seek(tick);
    if let Some(entry) = &mut document.step_entry {
        entry.go_to(tick);
    }
}

//! Step entry: notes from any keyboard go in at the playhead, one step of the grid after the other.

use crate::{
    music::{Note, Pitch, Stamped, Tick, Velocity, edit::MAX_TICK},
    sound::Player,
    studio::{
        document::{
            Document,
            step_entry::{StepEntry, StepKey},
        },
        services::Services,
    },
};

/// Switches it on or off.
pub fn toggle(document: &mut Document, services: &Services) {
    if document.step_entry.take().is_none() {
        services.sound.with_player(Player::pause);
        document.step_entry = Some(StepEntry::default());
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
        StepKey::Step => rest(document, services),
        StepKey::Nothing => {}
    }
    true
}

/// Where notes go in, and where the next ones will.
fn step(document: &mut Document, services: &Services) -> Option<(Tick, Tick)> {
    let tick = document.step_entry.as_mut()?.tick(services.playhead());
    let next = services.preferences.roll.snap().or_sixteenth().after(&document.score().metre, tick);
    Some((tick, next.min(MAX_TICK)))
}

fn put(document: &mut Document, services: &Services, pitch: Pitch, velocity: Velocity) {
    let Some((start, next)) = step(document, services).filter(|(start, next)| start < next) else { return };
    if document.score().parts.is_empty() {
        document.add_part();
    }
    let note = Note { start, pitch, duration: next - start, velocity };
    document.edit_part(document.part, "Step entry", |part| {
        part.notes.retain(|other| (other.start, other.pitch) != (start, pitch));
        part.notes.push(note);
        part.sort();
    });
}

/// Goes a step on, without a note.
pub fn rest(document: &mut Document, services: &mut Services) {
    if let Some((_, next)) = step(document, services) {
        go_to(next, document, services);
    }
}

/// Goes a step back, and takes away what begins there.
pub fn take_back(document: &mut Document, services: &mut Services) {
    let Some((tick, _)) = step(document, services) else { return };
    let grid = services.preferences.roll.snap().or_sixteenth();
    let before = grid.floor(&document.score().metre, tick.saturating_sub(1));
    document.edit_part(document.part, "Take back a step", |part| {
        part.notes.retain(|note| !(before..tick).contains(&note.start));
    });
    go_to(before, document, services);
}

fn go_to(tick: Tick, document: &mut Document, services: &mut Services) {
    services.sound.seek(tick);
    if let Some(entry) = &mut document.step_entry {
        entry.go_to(tick);
    }
}

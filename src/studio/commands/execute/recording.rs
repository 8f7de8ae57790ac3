//! Recording: what is played by hand grows on the roll while it is held, and becomes one undo step.
//!
//! Each message is placed where the music was when it was played: the driver's stamp, less the user's offset, asked of
//! the player, which knows its own latency.

use std::sync::Arc;

use super::{midi_learn, step_entry};
use crate::{
    clock,
    music::{Part, Stamped, passes::Pass},
    plural::counted,
    sound::Player,
    studio::{
        actions::RecordingAction,
        document::{Document, recording::Recording},
        services::Services,
        toasts::Tone,
    },
};

/// Carries out what is asked for around the takes of a recording.
pub fn execute(action: RecordingAction, document: &mut Document) {
    let (takes, history) = (&mut document.recorded_takes, &mut document.history);
    match action {
        RecordingAction::Choose(chosen) => takes.choose(history, chosen),
        RecordingAction::ChooseNext => takes.choose_next(history),
        RecordingAction::Trim(span) => takes.trim_to(history, &span),
        RecordingAction::TrimBefore(tick) => {
            if let Some(trim) = takes.trim() {
                takes.trim_to(history, &(tick..trim.end));
            }
        }
        RecordingAction::TrimAfter(tick) => {
            if let Some(trim) = takes.trim() {
                takes.trim_to(history, &(trim.start..tick));
            }
        }
        RecordingAction::Done => takes.forget(),
    }
}

/// Why no other take of the recording can be chosen, or trimmed.
pub fn why_not_takes(document: &Document, wanted: usize) -> Option<&'static str> {
    match (document.recorded_takes.count() >= wanted, wanted) {
        (true, _) => None,
        (false, 2) => Some("There is no second take: record over a loop to get several"),
        (false, _) => Some("Only what was just recorded can be trimmed"),
    }
}

/// Begins to record into the chosen part, from the playhead, after the count-in or with the first key.
pub fn start(document: &mut Document, services: &mut Services) {
    document.keep_audition();
    document.recorded_takes.forget();
    if document.score().parts.is_empty() {
        document.history.edit("Add part", |score| {
            score.parts.push(Arc::new(Part::new("Melody", 0)));
            score.melody = Some(0);
        });
    }
    document.clamp_part();
    let playing = services.is_playing();
    let preferences = &services.preferences;
    let waiting = preferences.record_waits && !playing;
    document.recording = Some(Recording::new(
        document.part,
        services.playhead(),
        document.active_loop(),
        waiting,
        preferences.record_replaces,
    ));
    let bars = preferences.count_in_bars;
    services.sound.keep_up(document.history.score());
    services.sound.with_player(|player| {
        player.set_stop_at_end(false); // what is played may be longer than what is there
        match (playing || waiting, bars) {
            (true, _) => {}
            (false, 0) => player.play(),
            (false, bars) => player.play_with_count_in(bars),
        }
    });
}

/// Takes a message from any keyboard, the on-screen piano or the computer's keys.
pub fn record(document: &mut Document, services: &mut Services, stamped: Stamped) {
    if document.recording.is_none() && step_entry::take(document, services, stamped) {
        return;
    }
    let (tick, playing) = heard_at(services, stamped.stamp_micros);
    match &mut document.recording {
        None => document.recent.push(stamped, tick, playing),
        Some(recording) => {
            if recording.push(stamped.message, tick, playing) {
                services.sound.with_player(Player::play);
            }
        }
    }
}

/// Where the music was when something was played, and whether it moved.
fn heard_at(services: &Services, stamp_micros: u64) -> (f64, bool) {
    let offset = (services.preferences.recording_offset_ms * 1000.0) as i64;
    let position = services.sound.position_at(clock::instant_from(stamp_micros.saturating_add_signed(-offset)));
    (position.tick, position.playing)
}

/// Where the music is for what is played now.
pub fn heard_now(services: &Services) -> f64 {
    heard_at(services, clock::now_micros()).0
}

/// Lets what is played grow on the roll.
pub fn poll(document: &mut Document, services: &Services) {
    let Some(recording) = &mut document.recording else { return };
    let position = services.sound.position();
    if !position.playing || recording.is_waiting() {
        return;
    }
    let shown = recording.advance(heard_now(services), document.history.committed());
    if let Some(score) = shown.filter(|_| position.count_in_beats_left.is_none()) {
        document.history.preview(score);
    }
}

/// Closes what is held in the recording, as when a keyboard is pulled.
pub fn release(document: &mut Document, services: &Services) {
    if let Some(recording) = &mut document.recording {
        recording.release_all(heard_now(services));
    }
}

/// Ends the recording, if there is one: what was played becomes one undo step, and every pass a take to choose from.
pub fn stop(document: &mut Document, services: &mut Services) {
    if document.recording.is_none() {
        return;
    }
    let now = heard_now(services);
    midi_learn::end_turn(document, services);
    let Some(recording) = document.recording.take() else { return };
    document.history.cancel();
    let (passes, part, replaces) = recording.stop(now);
    if passes.is_empty() {
        services.say(Tone::Plain, "Nothing was played, so nothing was recorded");
    } else {
        take_passes(document, services, "Record", passes, part, replaces);
    }
}

fn take_passes(
    document: &mut Document,
    services: &mut Services,
    label: &str,
    passes: Vec<Pass>,
    part: usize,
    replaces: bool,
) {
    let count = passes.last().map_or(0, |pass| pass.performance.notes.len());
    let several = passes.len();
    document.recorded_takes.begin(&mut document.history, label, passes, part, replaces);
    services.tell_of_composition(if several > 1 {
        format!("Recorded {several} takes; the last one is used; choose another below the roll")
    } else {
        format!("Recorded {}; Ctrl+Z undoes it", counted(count, "note"))
    });
}

/// Keeps what was played while nothing was recorded: where it was played if music was playing, else at the playhead.
pub fn capture(document: &mut Document, services: &mut Services) {
    let tempo = document.history.committed().tempo.clone();
    let looped = document.active_loop();
    let passes = document.recent.take_passes(clock::now_micros(), services.playhead(), looped, &tempo);
    if passes.iter().all(|pass| pass.performance.notes.is_empty()) {
        services.say(Tone::Plain, "Nothing was played in the last five minutes");
        return;
    }
    document.keep_audition();
    let part = document.part;
    take_passes(document, services, "Capture what was played", passes, part, false);
}

//! Learning a keyboard's buttons and knobs, and what is done when a learned knob is turned: heard at once, one undo
//! step when the hand rests.

use std::time::Instant;

use crate::{
    devices::{KeyboardEvent, TransportButton},
    music::Tick,
    studio::{
        actions::MidiLearnAction,
        document::Document,
        services::{
            Services,
            midi_learn::{BUTTONS, Learning, Move, Turned, Turning, controller_of, position_of},
        },
        toasts::Tone,
    },
};

/// Carries out what is asked for around a keyboard's buttons and knobs.
pub fn execute(action: MidiLearnAction, services: &mut Services) {
    match action {
        MidiLearnAction::Learn(learning) => services.midi_learn.learning = Some(learning),
        MidiLearnAction::Cancel => services.midi_learn.learning = None,
        MidiLearnAction::Forget(turned) => {
            services.change_preferences(|preferences| {
                preferences.assignments.knobs.retain(|(_, other)| *other != turned);
            });
        }
    }
}

/// Takes a control that was moved, if one is being learned or turned; tells whether it was meant for here. `is_busy`
/// says whether a gesture or a tool has the score.
pub fn take(document: &mut Document, services: &mut Services, event: &KeyboardEvent, is_busy: bool) -> bool {
    let Some((number, value)) = controller_of(event, services.preferences.assignments.buttons) else {
        return false;
    };
    match services.midi_learn.learning {
        // the release of the key that opened the page is no answer
        Some(_) if value == 0 => true,
        Some(learning) => {
            assign(services, learning, number);
            services.midi_learn.pickup.stands(number, value);
            true
        }
        None => {
            let turned = services.preferences.assignments.knobs.iter().find(|(of, _)| *of == number);
            if let Some((_, turned)) = turned.copied() {
                turn(document, services, number, turned, value, is_busy);
            }
            false
        }
    }
}

fn assign(services: &mut Services, learning: Learning, number: u8) {
    services.midi_learn.learning = None;
    let what = match learning {
        Learning::Button(button) => {
            let mut map = services.preferences.assignments.buttons.unwrap_or_default();
            for place in [&mut map.play, &mut map.stop, &mut map.record] {
                *place = place.filter(|other| *other != number); // a button does one thing
            }
            *match button {
                TransportButton::Play => &mut map.play,
                TransportButton::Stop => &mut map.stop,
                TransportButton::Record => &mut map.record,
            } = Some(number);
            services.change_preferences(|preferences| preferences.assignments.buttons = Some(map));
            BUTTONS.iter().find(|(of, _)| *of == button).map_or("", |(_, title)| title)
        }
        Learning::Knob(turned) => {
            services.change_preferences(|preferences| {
                let knobs = &mut preferences.assignments.knobs;
                knobs.retain(|(of, other)| *of != number && *other != turned);
                knobs.push((number, turned));
            });
            turned.title()
        }
    };
    services.say(Tone::Good, format!("Controller {number} now controls {what}"));
}

/// A knob was moved that turns something: its message, 0 to 127, is where it stands or by how much it was turned.
fn turn(document: &mut Document, services: &mut Services, number: u8, turned: Turned, message: u8, is_busy: bool) {
    let preferences = &services.preferences;
    let assignments = &preferences.assignments;
    let meaning = if assignments.steps.contains(&number) { Move::Steps } else { Move::Position(assignments.takeover) };
    let tick = turned_tick(services);
    let current = turned.position(document.score(), document.part, tick).unwrap_or_else(|| match turned {
        Turned::Surprise => position_of(preferences.surprise.into()),
        Turned::Density => position_of(preferences.density.into()),
        _ => position_of(preferences.metronome_volume.into()),
    });
    let pickup = &mut services.midi_learn.pickup;
    let Some(value) = pickup.moved(number, meaning, current, message) else {
        pickup.say(format!(
            "{} stays at {} until the knob reaches it; the knob is at {}",
            turned.title(),
            turned.words(current),
            turned.words(message)
        ));
        return;
    };
    let share = f32::from(value) / 127.0;
    match turned {
        Turned::Surprise => services.change_preferences(|preferences| preferences.surprise = share),
        Turned::Density => services.change_preferences(|preferences| preferences.density = share),
        Turned::Metronome => services.change_preferences(|preferences| preferences.metronome_volume = share),
        _ if is_busy => {} // a gesture or a tool has the score
        _ => turn_score(document, services, turned, value),
    }
}

/// Where the tempo is turned: where the turn under way began, else at the playhead.
fn turned_tick(services: &Services) -> Tick {
    services.midi_learn.turning.map_or_else(|| services.playhead(), |turning| turning.tick)
}

fn turn_score(document: &mut Document, services: &mut Services, turned: Turned, value: u8) {
    let part = document.part;
    if services.midi_learn.turning.is_some_and(|turning| turning.turned != turned || turning.part != part) {
        end_turn(document, services);
    }
    let turning = Turning { turned, part, tick: turned_tick(services), value, at: Instant::now() };
    services.midi_learn.turning = Some(turning);
    document.history.preview(turning.score(&document.base()));
    document.preview_replaced();
}

/// Makes one undo step of a turn whose knob rests.
pub fn settle_turn(document: &mut Document, services: &mut Services) {
    match services.midi_learn.turning.map(|turning| turning.left()) {
        Some(Some(left)) => services.ctx.request_repaint_after(left),
        Some(None) => end_turn(document, services),
        None => {}
    }
}

/// Makes one undo step of the turn under way, if there is one.
pub fn end_turn(document: &mut Document, services: &mut Services) {
    if let Some(turning) = services.midi_learn.turning.take() {
        let score = turning.score(&document.base());
        document.commit(turning.turned.title(), score);
        document.preview_replaced();
    }
}

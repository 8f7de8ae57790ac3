//! Playing, pausing, stopping.

use std::sync::Arc;

use super::recording;
use crate::{
    music::Tick,
    sound::Player,
    studio::{document::Document, pages::compose::ComposePage, services::Services, state::Studio, toasts::Tone},
};

/// Where the last bar of the music ends; at least one bar.
pub fn whole_bars(document: &Document) -> Tick {
    let score = document.score();
    let bar = score.metre.position(score.end().saturating_sub(1)).bar;
    score.metre.bar_start(bar + 1)
}

pub(super) fn play_or_pause(studio: &mut Studio) {
    if studio.document.recording.is_some() {
        recording::stop(&mut studio.document, &mut studio.services);
        studio.services.sound.with_player(Player::pause);
        return;
    }
    let score = Arc::clone(studio.score());
    let takes = &mut studio.document.takes;
    takes.chosen |= takes.audition.is_some(); // what is listened to stays, whatever is still being written
    let sound = &mut studio.services.sound;
    sound.keep_up(&score);
    let position = sound.position();
    if position.playing {
        sound.with_player(Player::pause);
    } else {
        if !studio.document.transport.looping && position.tick >= f64::from(score.end()) && score.end() > 0 {
            sound.seek(0);
        }
        sound.with_player(|player| {
            player.set_stop_at_end(score.end() > 0);
            player.play();
        });
    }
}

/// Plays from a tick to the end.
pub fn play_from(tick: Tick, document: &Document, services: &mut Services) {
    services.sound.keep_up(document.score());
    services.sound.seek(tick);
    services.sound.with_player(|player| {
        player.set_stop_at_end(true);
        player.play();
    });
}

pub(super) fn stop(studio: &mut Studio) {
    recording::stop(&mut studio.document, &mut studio.services);
    studio.services.sound.with_player(Player::stop);
}

/// Leaves the composition for another one: what belongs to it ends, and the next begins at its first bar, with a loop
/// of its own or none.
pub fn leave_composition(document: &mut Document, services: &mut Services, page: &mut ComposePage) {
    end_work(document, services);
    document.leave();
    let was_generating = services.engine.abandon();
    services.toasts.withdraw_of_composition();
    if was_generating {
        services.say(Tone::Plain, "Generation cancelled: the composition it was for is no longer open");
    }
    page.left.melody = None;
    page.editor.show_all = true;
}

/// Ends what is being played, listened to and recorded.
pub fn end_work(document: &mut Document, services: &mut Services) {
    recording::stop(document, services);
    document.drop_audition();
    services.sound.with_player(Player::stop);
    services.sound.seek(0);
}

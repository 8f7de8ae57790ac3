//! What changed goes to the library's thread.

use super::recording;
use crate::studio::{services::session::state::WindowState, state::Studio};

/// Hands over to the library's thread what changed since the last frame.
pub fn save(studio: &mut Studio) {
    let services = &mut studio.services;
    let document = &mut studio.document;
    let heard = recording::heard_now(services);
    let (playing, playhead, page) = (services.is_playing(), services.playhead(), studio.page);
    let (looping, loop_range) = (document.transport.looping, document.transport.loop_range.clone());
    let (audition, view) = (document.takes.audition, studio.pages.compose.editor.view);
    let (setup, charts) = (&studio.pages.train.setup, studio.pages.train.kept_charts());
    services.session.save(document, heard, |before| WindowState {
        page,
        view,
        // a playhead that moves by itself is written down where it stops
        playhead: before.filter(|_| playing).unwrap_or(playhead),
        looping,
        loop_range,
        audition,
        training: Some(setup.clone()),
        charts,
    });
}

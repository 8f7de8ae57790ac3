//! The first steps: hear a prepared piece, and have a prepared melody accompanied.

use super::{compose, generate, transport};
use crate::{
    music::melodies::{self, piece},
    studio::{
        actions::WelcomeAction,
        pages::compose::{Side, welcome},
        state::Studio,
    },
};

/// Carries out what the first steps ask for.
pub fn execute(action: WelcomeAction, studio: &mut Studio) {
    let Studio { document, services, pages, .. } = studio;
    match action {
        WelcomeAction::HearPiece => {
            compose::begin_with(piece::piece(), piece::TITLE, document, services, &mut pages.compose);
            pages.compose.welcome.heard();
            transport::play_from(0, document, services);
        }
        WelcomeAction::Accompany => {
            let melody = melodies::all().iter().position(|melody| melody.name == welcome::MELODY);
            compose::open_melody(melody.unwrap_or(0), document, services, &mut pages.compose);
            if generate::why_not_all(document, services).is_some() {
                // all was left out for another composition
                services.change_preferences(|preferences| preferences.left_out.clear());
            }
            if generate::why_not_all(document, services).is_none() {
                compose::open_panel(Side::Right, services, &mut pages.compose);
                generate::start(document, services, &mut pages.compose.generate, None);
                pages.compose.welcome.await_take(services.engine.running.as_ref().map(|running| running.id));
            }
        }
        WelcomeAction::Close => pages.compose.welcome.is_open = false,
    }
}

/// Shows the first steps where they never were: once, and never again by themselves. Files to open go before them.
pub fn begin(studio: &mut Studio) {
    if studio.services.preferences.welcome && studio.startup.files.is_empty() {
        studio.pages.compose.welcome.open();
        studio.services.change_preferences(|preferences| preferences.welcome = false);
    }
}

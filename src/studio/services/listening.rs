//! What is heard instead of the score: a sample of a training, or what a model wrote only to be heard.

use std::sync::Arc;

use super::sound::Sound;
use crate::music::{Score, Tick};
use crate::sound::Player;
use crate::studio::page::Page;

/// What is heard instead of the score, if anything is.
#[derive(Debug, Default)]
pub struct Listening(Option<Heard>);

#[derive(Debug)]
struct Heard {
    score: Arc<Score>,
    /// Where the score's own playhead was.
    playhead: Tick,
    /// Where it was begun; it ends when that is left.
    page: Page,
}

impl Listening {
    /// What is heard instead of the score.
    pub fn score(&self) -> Option<&Arc<Score>> {
        self.0.as_ref().map(|heard| &heard.score)
    }

    /// Whether this is what is heard.
    pub fn is_heard(&self, score: &Arc<Score>) -> bool {
        self.score().is_some_and(|heard| Arc::ptr_eq(heard, score))
    }

    /// Plays this until its end, or until the page is left; `own` is the score that comes back then.
    pub fn listen(&mut self, score: Arc<Score>, page: Page, sound: &mut Sound, own: &Arc<Score>) {
        // after something else that was heard, the sound is not back at the score's own place yet
        let before = self.0.as_ref().map(|heard| heard.playhead);
        self.stop(sound, own);
        let playhead = before.unwrap_or_else(|| sound.position().tick.max(0.0).round() as Tick);
        sound.with_player(Player::stop);
        sound.keep_up(&score);
        sound.seek(0);
        sound.with_player(Player::play);
        self.0 = Some(Heard { score, playhead, page });
    }

    /// Goes back to the score.
    pub fn stop(&mut self, sound: &mut Sound, own: &Arc<Score>) {
        if let Some(heard) = self.0.take() {
            sound.with_player(Player::stop);
            sound.keep_up(own);
            sound.seek(heard.playhead);
        }
    }

    /// Whether it has come to its end, or another page is shown.
    pub fn is_over(&self, page: Page, playhead: Tick) -> bool {
        self.0.as_ref().is_some_and(|heard| heard.page != page || playhead >= heard.score.end())
    }
}

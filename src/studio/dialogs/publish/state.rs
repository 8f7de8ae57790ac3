//! What is chosen for publishing.

use crate::{
    music::Score,
    soundcloud::{SoundCloudSettings, Track},
    studio::actions::Secret,
};

/// The window, and what is typed in it.
#[derive(Debug, Default)]
pub struct PublishWindow {
    /// Whether it is open.
    pub open: bool,
    /// Whether the first field is to have the keys, which it takes once.
    pub wants_keys: bool,
    /// What is said about the track.
    pub track: Track,
    /// The composition that it is said about, by id and title.
    about: (u64, String),
    /// The user's app, while it is typed.
    pub app: SoundCloudSettings,
    /// The app's secret, until somebody is connected or the window closes.
    pub secret: Secret,
}

impl PublishWindow {
    /// Takes over the title of a composition that is new to it, and what is not meant for that one is forgotten.
    pub fn turn_to(&mut self, score: &Score) {
        let (id, title) = &self.about;
        if (*id, title) == (score.id, &score.title) {
            return;
        }
        if *id != score.id {
            (self.track.description, self.track.public) = (String::new(), false);
        }
        self.track.title.clone_from(&score.title);
        self.about = (score.id, score.title.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_its_composition_s() {
        let score = |id, title: &str| Score { id, title: title.into(), ..Score::default() };
        let mut window = PublishWindow::default();
        window.turn_to(&score(1, "Dawn"));
        assert_eq!(window.track.title, "Dawn");
        window.track.title = "Dawn (live)".into();
        window.track.genre = "Ambient".into();
        window.track.public = true;
        window.turn_to(&score(1, "Dawn"));
        assert_eq!(window.track.title, "Dawn (live)", "what was typed stays");
        window.turn_to(&score(2, "Dusk"));
        let track = &window.track;
        assert_eq!((&*track.title, &*track.genre, track.public), ("Dusk", "Ambient", false));
        window.turn_to(&score(2, "Dusk at sea"));
        assert_eq!(window.track.title, "Dusk at sea", "it was renamed");
    }
}

//! What is chosen for publishing.

use crate::{
    soundcloud::{SoundCloudSettings, Track},
    studio::actions::Secret,
};

/// The window, and what is typed in it.
#[derive(Debug, Default)]
pub struct PublishWindow {
    /// Whether it is open.
    pub open: bool,
    /// What is said about the track.
    pub track: Track,
    /// The user's app, while it is typed.
    pub app: SoundCloudSettings,
    /// The app's secret, while it is typed.
    pub secret: Secret,
}

//! The pages. Each owns what it shows and no more, is drawn from the [`super::context::Context`], and asks for what it
//! wants done. None knows another.

pub mod compose;
pub mod library;
pub mod models;
pub mod settings;
pub mod train;

/// What all pages keep from one frame to the next.
#[derive(Default)]
pub struct Pages {
    /// Roll, keyboard, transport, parts, generate.
    pub compose: compose::ComposePage,
    /// Train a network and watch it.
    pub train: train::TrainPage,
    /// What models there are.
    pub models: models::ModelsPage,
    /// Every composition that was made.
    pub library: library::LibraryPage,
}

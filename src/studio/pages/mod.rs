//! The pages.

pub mod compose;
pub mod library;
pub mod models;
pub mod settings;
pub mod train;

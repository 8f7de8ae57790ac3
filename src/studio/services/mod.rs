//! What runs beside the window.

pub mod engine;
pub mod engine_line;
pub mod exports;
pub mod files;
#[cfg(unix)]
pub mod handover;
pub mod jobs;
pub mod keyboards;
pub mod midi_learn;
pub mod preferences;
mod projects;
pub mod session;
pub mod sound;
pub mod soundfonts;

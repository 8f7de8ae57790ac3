//! What is worked on.

pub mod recording;
pub mod takes;

//! Keys, and how the key of some notes is found.

mod detection;
mod scale;

pub use detection::{detect, detect_from, profile_correlation};
pub use scale::{Key, KeyChange, Mode};

//! Keys, and how the key of some notes is found.

mod detection;
mod found;
mod melody;
mod scale;
pub(in crate::music) mod spelling;

pub use detection::{detect, detect_from, profile_correlation};
pub use found::found_in;
pub use melody::{MelodyNote, detect_melody};
pub use scale::{Key, KeyChange, Mode};
pub use spelling::WrittenKey;

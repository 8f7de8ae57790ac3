//! What the left panel keeps from one frame to the next.

use super::rename::Renaming;
use crate::music::{Score, melodies};

/// The tune of a first start.
const FIRST: &str = "Ode to Joy";

/// What its fields hold.
#[derive(Debug, Default)]
pub struct LeftPanel {
    /// What is searched among instruments.
    pub(super) instrument_search: String,
    /// The prepared melody that was taken last.
    pub melody: Option<usize>,
    /// The composition whose parts were shown last: how many were opened before, and its id.
    pub(super) shown: Option<(u64, u64)>,
    /// The part that was chosen last: the card of another one comes into sight.
    pub(super) chosen: usize,
    /// A part's name while it is typed.
    pub renaming: Option<Renaming>,
}

impl LeftPanel {
    /// A well-known melody, so that the first click can be *Generate composition*.
    pub fn first_melody(&mut self) -> Option<Score> {
        let all = melodies::all();
        let index = all.iter().position(|melody| melody.name == FIRST).unwrap_or(0);
        let score = all.get(index)?.score();
        self.melody = Some(index);
        Some(score)
    }
}

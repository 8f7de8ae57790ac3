//! The sequencer-specific event of our own files: what MIDI has no event for. Other programs skip it.

use serde::{Deserialize, Serialize};

use crate::music::{Part, Role};

/// The manufacturer number for everybody's own use, then our name.
const PREFIX: &[u8] = b"\x7dcantus:";
/// Says of a whole file that its sections are markers, also those that could be chords, and cue points besides, which
/// tell them from the chords.
pub const SECTIONS_ARE_MARKERS: &[u8] = b"\x7dcantus-markers:sections";
/// A longer one is not ours.
const MAX_BYTES: usize = 1024;

/// A part's fields that MIDI has no event for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequencerSpecific {
    role: Role,
    color: u8,
    muted: bool,
    soloed: bool,
    locked: bool,
    /// Whether this is the score's melody.
    pub is_melody: bool,
}

impl SequencerSpecific {
    /// The event of a part.
    pub const fn of(part: &Part, is_melody: bool) -> Self {
        Self {
            role: part.role,
            color: part.color,
            muted: part.muted,
            soloed: part.soloed,
            locked: part.locked,
            is_melody,
        }
    }

    /// Gives a part what it says.
    pub fn apply_to(&self, part: &mut Part) {
        part.role = self.role;
        part.color = self.color;
        part.muted = self.muted;
        part.soloed = self.soloed;
        part.locked = self.locked;
    }

    /// The event's data.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = PREFIX.to_vec();
        bytes.extend(serde_json::to_vec(self).expect("plain fields always become JSON"));
        bytes
    }

    /// The event from its data, if it is ours and complete.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let json = bytes.strip_prefix(PREFIX)?;
        (json.len() <= MAX_BYTES).then(|| serde_json::from_slice(json).ok())?
    }
}

//! What our own files say of a part beyond MIDI: a sequencer-specific event that other programs skip.

use serde::{Deserialize, Serialize};

use crate::music::{Part, Role};

/// The manufacturer number for everybody's own use, then our name.
const PREFIX: &[u8] = b"\x7dcantus:";
/// A longer one is not ours.
const MAX_BYTES: usize = 1024;

/// A part's fields that MIDI has no event for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    role: Role,
    color: u8,
    muted: bool,
    soloed: bool,
    locked: bool,
    /// Whether this is the score's melody.
    pub is_melody: bool,
}

impl Mark {
    /// The mark of a part.
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

    /// Sets what it says in a part.
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

    /// The mark in an event's data, if it is ours and whole.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let json = bytes.strip_prefix(PREFIX)?;
        (json.len() <= MAX_BYTES).then(|| serde_json::from_slice(json).ok())?
    }
}

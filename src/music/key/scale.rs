//! Keys: tonic, mode and scale.

use serde::{Deserialize, Serialize};

use crate::music::Tick;

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Ionian.
    Major,
    /// Aeolian (natural minor).
    Minor,
}

/// A key: tonic and mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The tonic's pitch class, 0 (C) to 11 (B).
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// C major.
    pub const C_MAJOR: Self = Self { tonic: 0, mode: Mode::Major };

    /// The scale's pitch classes as semitones above the tonic.
    pub const fn steps(self) -> [u8; 7] {
        match self.mode {
            Mode::Major => [0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
        }
    }

    /// Whether a pitch class (0 to 11) belongs to the scale.
    pub fn contains(self, class: u8) -> bool {
        self.steps().contains(&((class + 12 - self.tonic % 12) % 12))
    }

    /// Whether it is written with flats, as [`Self::name`] calls it.
    pub const fn has_flats(self) -> bool {
        match self.mode {
            Mode::Major => matches!(self.tonic, 1 | 3 | 5 | 8 | 10),
            Mode::Minor => matches!(self.tonic, 0 | 2 | 3 | 5 | 7 | 10),
        }
    }

    /// The name, such as `F♯ minor`.
    pub fn name(self) -> String {
        const MAJOR: [&str; 12] = ["C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
        const MINOR: [&str; 12] = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B"];
        match self.mode {
            Mode::Major => format!("{} major", MAJOR[usize::from(self.tonic % 12)]),
            Mode::Minor => format!("{} minor", MINOR[usize::from(self.tonic % 12)]),
        }
    }
}

/// From `tick` on, the music is in this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    /// Where the key begins.
    pub tick: Tick,
    /// The key.
    pub key: Key,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales() {
        let g = Key { tonic: 7, mode: Mode::Major };
        assert!(g.contains(6) && !g.contains(5));
        assert_eq!(Key { tonic: 9, mode: Mode::Minor }.name(), "A minor");
    }
}

//! Pitches and velocities: numbers of 0 to 127 that must not be mixed up.

use serde::{Deserialize, Serialize};

use super::Key;

const NAMES_FLAT: [&str; 12] = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];
const NAMES_SHARP: [&str; 12] = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

/// A MIDI key number, 0 to 127; middle C (C4) is 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Pitch(u8);

impl Pitch {
    /// The highest pitch.
    pub const MAX: Self = Self(127);
    /// Middle C.
    pub const MIDDLE_C: Self = Self(60);

    /// The pitch of that key number, or `None` above 127.
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 127 { Some(Self(number)) } else { None }
    }

    /// The nearest pitch to any number.
    pub const fn clamped(number: i32) -> Self {
        Self(if number < 0 {
            0
        } else if number > 127 {
            127
        } else {
            number as u8
        })
    }

    /// The key number, 0 to 127.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The pitch class, 0 (C) to 11 (B).
    pub const fn class(self) -> u8 {
        self.0 % 12
    }

    /// This pitch moved by semitones; `None` out of range (pitches never wrap).
    pub const fn transposed(self, semitones: i32) -> Option<Self> {
        let number = self.0 as i32 + semitones;
        if number < 0 || number > 127 { None } else { Some(Self(number as u8)) }
    }

    /// Whether the piano has a black key here.
    pub const fn is_black(self) -> bool {
        matches!(self.0 % 12, 1 | 3 | 6 | 8 | 10)
    }

    /// The name with its octave, such as `C♯4`; 60 is C4.
    pub fn name(self) -> String {
        self.name_in(None)
    }

    /// The name as it is spelled in a key: `B♭3` in F major; with sharps where there is no key.
    pub fn name_in(self, key: Option<Key>) -> String {
        let names = if key.is_some_and(Key::has_flats) { NAMES_FLAT } else { NAMES_SHARP };
        format!("{}{}", names[usize::from(self.class())], i32::from(self.0) / 12 - 1)
    }
}

impl TryFrom<u8> for Pitch {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or_else(|| format!("pitch {number} is above 127"))
    }
}

impl From<Pitch> for u8 {
    fn from(pitch: Pitch) -> Self {
        pitch.0
    }
}

/// How hard a note is struck, 1 to 127. Zero would mean note-off on the wire and does not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Velocity(u8);

impl Velocity {
    /// The velocity of new notes.
    pub const DEFAULT: Self = Self(96);

    /// The velocity of that number, or `None` outside 1 to 127.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 127 { Some(Self(number)) } else { None }
    }

    /// The nearest velocity to any number.
    pub const fn clamped(number: i32) -> Self {
        Self(if number < 1 {
            1
        } else if number > 127 {
            127
        } else {
            number as u8
        })
    }

    /// The number, 1 to 127.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Velocity {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<u8> for Velocity {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or_else(|| format!("velocity {number} is not within 1 to 127"))
    }
}

impl From<Velocity> for u8 {
    fn from(velocity: Velocity) -> Self {
        velocity.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Mode;

    #[test]
    fn names_and_classes() {
        assert_eq!(Pitch::MIDDLE_C.name(), "C4");
        assert_eq!(Pitch::clamped(61).name(), "C♯4");
        assert_eq!(Pitch::clamped(0).name(), "C-1");
        let key = |tonic, mode| Some(Key { tonic, mode });
        for (class, key, name) in [
            (10, key(5, Mode::Major), "B♭"),
            (10, key(7, Mode::Minor), "B♭"),
            (6, key(2, Mode::Major), "F♯"),
            (8, key(9, Mode::Minor), "G♯"),
            (3, key(0, Mode::Minor), "E♭"),
            (3, Some(Key::C_MAJOR), "D♯"),
        ] {
            assert_eq!(Pitch::clamped(48 + class).name_in(key), format!("{name}3"), "{key:?}");
        }
        assert_eq!(Pitch::clamped(127).name(), "G9");
        assert!(Pitch::clamped(61).is_black() && !Pitch::clamped(64).is_black());
    }

    #[test]
    fn transposing_never_wraps() {
        assert_eq!(Pitch::clamped(120).transposed(8), None);
        assert_eq!(Pitch::clamped(3).transposed(-4), None);
        assert_eq!(Pitch::clamped(60).transposed(7), Pitch::new(67));
    }

    #[test]
    fn numbers_out_of_range_do_not_load() {
        assert!(serde_json::from_str::<Pitch>("128").is_err());
        assert!(serde_json::from_str::<Velocity>("0").is_err());
        assert_eq!(serde_json::from_str::<Velocity>("127").ok(), Velocity::new(127));
    }
}

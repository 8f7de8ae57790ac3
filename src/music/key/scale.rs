//! Keys: tonic, mode and scale.

use serde::{Deserialize, Serialize};

use crate::music::{Tick, time::Change};

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

    /// The key with that many sharps (flats if negative), -7 to 7, if there is one.
    pub const fn from_signature(sharps: i8, mode: Mode) -> Option<Self> {
        if sharps < -7 || sharps > 7 {
            return None;
        }
        // each sharp is a fifth up from C major or A minor
        let above = match mode {
            Mode::Major => 0,
            Mode::Minor => 9,
        };
        Some(Self { tonic: (sharps as i32 * 7 + above).rem_euclid(12) as u8, mode })
    }

    /// The sharps (flats if negative) that it is usually written with.
    pub const fn signature(self) -> i8 {
        let major = match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => self.tonic + 3,
        } % 12;
        // on the circle of fifths, from five flats to six sharps, and six flats for E♭ minor
        let fifths = (major as i8 * 7 % 12 + 5) % 12 - 5;
        if fifths == 6 && matches!(self.mode, Mode::Minor) { -6 } else { fifths }
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
    /// Sharps (flats if negative) it is written with, where those are not the usual ones: G♭ major instead of F♯.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::music) written: Option<i8>,
}

impl Change for KeyChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn moved_to(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }
}

impl KeyChange {
    /// A key in its usual spelling.
    pub const fn new(tick: Tick, key: Key) -> Self {
        Self { tick, key, written: None }
    }

    /// A key as people type it: `D minor`, `F#m`, `Bb`, in its usual spelling unless the letter is another one; `None`
    /// where it is none.
    pub fn from_name(text: &str, tick: Tick) -> Option<Self> {
        let text = text.trim();
        let letter = text.chars().next()?.to_ascii_uppercase();
        let natural = [9_i32, 11, 0, 2, 4, 5, 7].get((letter as usize).checked_sub('A' as usize)?)?;
        let behind = &text[1..];
        let (accidental, mode) = match behind.chars().next() {
            Some(sign @ ('#' | '♯')) => (1, &behind[sign.len_utf8()..]),
            Some(sign @ ('b' | '♭')) => (-1, &behind[sign.len_utf8()..]),
            _ => (0, behind),
        };
        let mode = match mode.trim() {
            "m" => Mode::Minor,
            "" | "M" => Mode::Major,
            word => match word.to_ascii_lowercase().as_str() {
                "major" | "maj" => Mode::Major,
                "minor" | "min" => Mode::Minor,
                _ => return None,
            },
        };
        let change = Self::new(tick, Key { tonic: (natural + 12 + accidental).rem_euclid(12) as u8, mode });
        let is_typed = |change: &Self| change.name().starts_with(letter);
        let spelled = [0, 12, -12].map(|by| change.written_with(change.key.signature() + by));
        Some(spelled.into_iter().find(is_typed).unwrap_or(change))
    }

    /// The same key written with so many sharps (flats if negative); what says another key changes nothing.
    #[must_use]
    pub fn written_with(self, sharps: i8) -> Self {
        let says_so = sharps != self.key.signature() && Key::from_signature(sharps, self.key.mode) == Some(self.key);
        Self { written: says_so.then_some(sharps), ..self }
    }

    /// Sharps (flats if negative) that it is written with.
    pub fn signature(&self) -> i8 {
        let known = self.written.filter(|sharps| Key::from_signature(*sharps, self.key.mode) == Some(self.key));
        known.unwrap_or_else(|| self.key.signature())
    }

    /// The key's name as it is written, such as `G♭ major`.
    pub fn name(&self) -> String {
        // from the fifths below F to those above B
        const FIFTHS: [&str; 21] = [
            "F♭", "C♭", "G♭", "D♭", "A♭", "E♭", "B♭", "F", "C", "G", "D", "A", "E", "B", "F♯", "C♯", "G♯", "D♯", "A♯",
            "E♯", "B♯",
        ];
        let (above, mode) = match self.key.mode {
            Mode::Major => (8, "major"),
            Mode::Minor => (11, "minor"),
        };
        format!("{} {mode}", FIFTHS[usize::try_from(self.signature() + above).unwrap_or(0)])
    }

    /// The same as it is typed, such as `Gb major`.
    pub fn ascii_name(&self) -> String {
        self.name().replace('♭', "b").replace('♯', "#")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_people_type_them() {
        let name = |text: &str| KeyChange::from_name(text, 0).map(|change| change.name());
        for (typed, read) in [
            ("C", "C major"),
            ("am", "A minor"),
            ("F# minor", "F♯ minor"),
            ("Bb", "B♭ major"),
            ("gb major", "G♭ major"),
            ("F♯", "F♯ major"),
            ("e♭ min", "E♭ minor"),
            ("d# minor", "D♯ minor"),
        ] {
            assert_eq!(name(typed).as_deref(), Some(read), "{typed}");
        }
        for wrong in ["", "H", "1", "é", "D dorian", "C major minor"] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
        for sharps in -6..=6 {
            for mode in [Mode::Major, Mode::Minor] {
                let change = KeyChange::new(9, Key::from_signature(sharps, mode).unwrap());
                assert_eq!(KeyChange::from_name(&change.name(), 9), Some(change));
            }
        }
    }

    #[test]
    fn scales() {
        let g = Key { tonic: 7, mode: Mode::Major };
        assert!(g.contains(6) && !g.contains(5));
        assert_eq!(Key { tonic: 9, mode: Mode::Minor }.name(), "A minor");
    }

    #[test]
    fn every_signature_is_kept_and_named() {
        for mode in [Mode::Major, Mode::Minor] {
            for sharps in -7..=7 {
                let change = KeyChange::new(0, Key::from_signature(sharps, mode).unwrap()).written_with(sharps);
                assert_eq!(change.signature(), sharps);
                let usual = change.key.signature();
                assert_eq!(change.written.is_some(), sharps != usual);
                if sharps == usual {
                    assert_eq!(change.name(), change.key.name());
                }
            }
        }
        let named = |sharps, mode| KeyChange::new(0, Key::from_signature(sharps, mode).unwrap()).written_with(sharps);
        assert_eq!(named(-6, Mode::Major).name(), "G♭ major");
        assert_eq!(named(7, Mode::Minor).name(), "A♯ minor");
        assert_eq!(named(-7, Mode::Major).name(), "C♭ major");
        assert_eq!(named(-6, Mode::Major).written_with(3).name(), "F♯ major");
    }
}

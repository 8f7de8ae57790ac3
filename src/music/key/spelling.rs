//! How pitches and keys are spelt: letter, accidental and octave, by the line of fifths.

use super::{Key, KeyChange, Mode};

/// A note's name on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::music) struct Spelling {
    /// The letter, `A` to `G`.
    pub step: &'static str,
    /// Semitones that the accidental adds: -1 is a flat.
    pub alter: i32,
}

impl Spelling {
    /// The spelling at a place on the line of fifths, where C is 0 and G is 1.
    fn at(fifths: i32) -> Self {
        const LETTERS: [&str; 7] = ["F", "C", "G", "D", "A", "E", "B"];
        Self { step: LETTERS[(fifths + 1).rem_euclid(7) as usize], alter: (fifths + 1).div_euclid(7) }
    }

    /// The name in a text, such as `A♭`; one with two accidentals is called by the key of the piano that it is on.
    pub fn name(self) -> String {
        let sign = match self.alter {
            1 => "♯",
            -1 => "♭",
            0 => "",
            _ => {
                let natural = ["C", "D", "E", "F", "G", "A", "B"].iter().position(|step| *step == self.step);
                let class = [0, 2, 4, 5, 7, 9, 11][natural.unwrap_or(0)] + self.alter;
                return spell_root(class.rem_euclid(12) as u8, Key::C_MAJOR.into()).name();
            }
        };
        format!("{}{sign}", self.step)
    }

    /// The octave of a MIDI key that is spelt so; middle C is in octave 4.
    pub fn octave(self, key_number: u8) -> i32 {
        (i32::from(key_number) - self.alter).div_euclid(12) - 1
    }
}

/// A key as it stands on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenKey {
    /// Its sharps; flats count below zero.
    pub sharps: i32,
    /// Major or minor.
    pub mode: Mode,
}

impl From<KeyChange> for WrittenKey {
    fn from(change: KeyChange) -> Self {
        Self { sharps: change.signature().into(), mode: change.key.mode }
    }
}

impl From<Key> for WrittenKey {
    fn from(key: Key) -> Self {
        KeyChange::new(0, key).into()
    }
}

/// How a note of a pitch class is spelt in a key: as its scale has it, else with the accidental that is nearest to the
/// key.
pub(in crate::music) fn spell(class: u8, key: WrittenKey) -> Spelling {
    match key.mode {
        Mode::Major => spell_from(class, key.sharps - 3),
        Mode::Minor => spell_from(class, key.sharps - 2), // the raised seventh comes before the lowered fifth
    }
}

/// How the root of a chord is spelt in a key: chords are borrowed from the flat side.
pub(in crate::music) fn spell_root(class: u8, key: WrittenKey) -> Spelling {
    match key.mode {
        Mode::Major => spell_from(class, key.sharps - 4),
        Mode::Minor => spell_from(class, key.sharps - 3),
    }
}

/// The one of a pitch class's spellings among the twelve from a place on the line of fifths.
fn spell_from(class: u8, first: i32) -> Spelling {
    let place = i32::from(class) * 7; // one of its places, the others are twelve apart
    Spelling::at(first + (place - first).rem_euclid(12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tonic: u8, mode: Mode) -> WrittenKey {
        KeyChange::new(0, Key { tonic, mode }).into()
    }

    fn spelt(class: u8, tonic: u8, mode: Mode) -> String {
        written(spell(class, key(tonic, mode)))
    }

    fn written(spelling: Spelling) -> String {
        let sign = match spelling.alter {
            2 => "x",
            1 => "#",
            0 => "",
            -1 => "b",
            _ => "?",
        };
        format!("{}{sign}", spelling.step)
    }

    #[test]
    fn a_key_is_spelt_as_it_was_written() {
        let g_flat = WrittenKey::from(KeyChange::new(0, Key { tonic: 6, mode: Mode::Major }).written_with(-6));
        assert_eq!(g_flat.sharps, -6);
        let scale: Vec<String> = [6, 8, 10, 11, 1, 3, 5].map(|class| written(spell(class, g_flat))).into();
        assert_eq!(scale, ["Gb", "Ab", "Bb", "Cb", "Db", "Eb", "F"]);
    }

    #[test]
    fn notes_are_spelt_as_the_key_has_them() {
        let scale = |tonic: u8, mode| -> Vec<String> {
            let steps = Key { tonic, mode }.steps();
            steps.iter().map(|step| spelt((tonic + step) % 12, tonic, mode)).collect()
        };
        assert_eq!(scale(8, Mode::Major), ["Ab", "Bb", "C", "Db", "Eb", "F", "G"]);
        assert_eq!(scale(6, Mode::Major), ["F#", "G#", "A#", "B", "C#", "D#", "E#"]);
        assert_eq!(scale(3, Mode::Minor), ["Eb", "F", "Gb", "Ab", "Bb", "Cb", "Db"]);
        assert_eq!(spelt(8, 9, Mode::Minor), "G#", "the leading note");
        assert_eq!(spelt(7, 8, Mode::Minor), "Fx", "G sharp minor's");
        let root = |class, tonic, mode| spell_root(class, key(tonic, mode));
        assert_eq!(root(10, 2, Mode::Major), Spelling { step: "B", alter: -1 });
        assert_eq!(root(8, 9, Mode::Minor), Spelling { step: "G", alter: 1 });
        let name = |class, tonic, mode| spell_root(class, key(tonic, mode)).name();
        assert_eq!([1, 8, 6, 4].map(|class| name(class, 1, Mode::Major)), ["D♭", "A♭", "G♭", "F♭"]);
        assert_eq!(name(9, 1, Mode::Major), "A", "no B with two flats");
        assert_eq!([1, 3, 6, 8, 10].map(|class| spelt(class, 0, Mode::Major)), ["C#", "Eb", "F#", "G#", "Bb"]);
    }

    #[test]
    fn octaves_go_with_the_letter() {
        assert_eq!(spell(11, key(3, Mode::Minor)).octave(59), 4, "C flat is a C");
        assert_eq!(spell(0, key(0, Mode::Major)).octave(60), 4);
        assert_eq!(spell(5, key(6, Mode::Major)).octave(65), 4, "E sharp");
    }
}

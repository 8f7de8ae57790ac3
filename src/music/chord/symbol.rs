//! Chords as lead sheets write them: one table, from which symbols are written and by which they are read.

use super::{Chord, ChordChange};
use crate::music::{
    Key, Tick,
    key::{WrittenKey, spelling::spell_root},
};

/// What is written where there is no chord.
const NO_CHORD: &str = "N.C.";

/// A kind of chord.
#[derive(Debug)]
pub struct Quality {
    /// Semitones from the root to third, fifth and seventh.
    tones: (u8, u8, Option<u8>),
    /// What is written behind the root.
    pub text: &'static str,
    /// What MusicXML calls it.
    pub musicxml: &'static str,
    /// What else people write, in ASCII.
    also: &'static [&'static str],
}

const fn quality(
    tones: (u8, u8, Option<u8>),
    text: &'static str,
    musicxml: &'static str,
    also: &'static [&'static str],
) -> Quality {
    Quality { tones, text, musicxml, also }
}

/// All kinds that are written and read, each triad before what has more notes.
const QUALITIES: [Quality; 16] = [
    quality((4, 7, None), "", "major", &["M", "maj", "major"]),
    quality((3, 7, None), "m", "minor", &["min", "mi", "-", "minor"]),
    quality((3, 6, None), "dim", "diminished", &["o", "mb5", "m(b5)"]),
    quality((4, 8, None), "aug", "augmented", &["+", "#5", "(#5)"]),
    quality((5, 7, None), "sus4", "suspended-fourth", &["sus"]),
    quality((2, 7, None), "sus2", "suspended-second", &[]),
    quality((4, 7, Some(10)), "7", "dominant", &["dom7"]),
    quality((4, 7, Some(11)), "maj7", "major-seventh", &["M7", "Maj7", "ma7", "j7", "^7", "^"]),
    quality((4, 7, Some(9)), "6", "major-sixth", &["maj6", "M6", "add6"]),
    quality((3, 7, Some(10)), "m7", "minor-seventh", &["min7", "mi7", "-7"]),
    quality((3, 7, Some(11)), "mMaj7", "major-minor", &["mM7", "mmaj7", "minMaj7", "m(maj7)", "-maj7", "-M7"]),
    quality((3, 7, Some(9)), "m6", "minor-sixth", &["min6", "-6"]),
    quality((3, 6, Some(10)), "m7♭5", "half-diminished", &["min7b5", "-7b5", "m7(b5)", "h", "h7"]),
    quality((3, 6, Some(9)), "dim7", "diminished-seventh", &["o7"]),
    quality((4, 8, Some(10)), "7♯5", "augmented-seventh", &["aug7", "+7", "7(#5)"]),
    quality((5, 7, Some(10)), "7sus4", "suspended-fourth", &["7sus"]),
];
/// What musicians write for chords of five notes and more, and the chord of four that is kept of it.
const LARGER: [(&str, &str); 8] = [
    ("m9", "m7"),
    ("m11", "m7"),
    ("maj9", "maj7"),
    ("9sus4", "7sus4"),
    ("9", "7"),
    ("11", "7"),
    ("13", "7"),
    ("add9", ""),
];

/// Why a text is no chord's symbol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// It does not begin with a root.
    #[error("A chord begins with its root, A to G, as in C, F#m7 or Bb")]
    Root,
    /// What is behind the root.
    #[error("“{0}” is no kind of chord that is known here: try m, 7, maj7, m7, m7b5, dim, aug or sus4")]
    Quality(String),
    /// Of the chord, this much could be kept.
    #[error("Chords have four notes at most here: write {}", .0.symbol())]
    TooLarge(ChordChange),
    /// What is behind the stroke is no note.
    #[error("Behind the stroke comes the lowest note, as in G/B")]
    Bass,
}

impl Chord {
    /// What is written behind its root; of a chord without a name of its own, what its triad is called.
    pub fn quality(self) -> &'static Quality {
        let named = |tones| QUALITIES.iter().find(|quality| quality.tones == tones);
        named((self.third, self.fifth, self.seventh))
            .or_else(|| named((self.third, self.fifth, None)))
            .unwrap_or(&QUALITIES[0])
    }
}

impl ChordChange {
    /// The symbol, such as `Am7` or `C/E`, as where no key is known; `N.C.` where there is no chord.
    pub fn symbol(&self) -> String {
        self.symbol_in(Key::C_MAJOR.into())
    }

    /// The same as it is spelled in a key: `D♭/A♭` in A flat major.
    pub fn symbol_in(&self, key: WrittenKey) -> String {
        let name = |class: u8| spell_root(class % 12, key).name();
        let Some(chord) = self.chord else { return NO_CHORD.into() };
        let slash = if self.bass % 12 == chord.root % 12 { String::new() } else { format!("/{}", name(self.bass)) };
        format!("{}{}{slash}", name(chord.root), chord.quality().text)
    }

    /// The same in ASCII, such as `Bbm7b5`, for programs that may take other letters for something else.
    pub fn ascii_symbol_in(&self, key: WrittenKey) -> String {
        in_ascii(&self.symbol_in(key))
    }

    /// Reads a symbol as musicians write it, such as `C`, `Am7`, `F#m7b5` or `G/B`.
    ///
    /// # Errors
    /// Where it is none, or the chord has more notes than are kept.
    pub fn from_symbol(text: &str, tick: Tick) -> Result<Self, SymbolError> {
        let text = in_ascii(text.trim());
        if matches!(text.to_ascii_lowercase().as_str(), "n.c." | "nc" | "n.c") {
            return Ok(Self { tick, chord: None, bass: 0 });
        }
        let (text, bass) = text.split_once('/').map_or((text.as_str(), None), |(text, bass)| (text, Some(bass)));
        let (root, kind) = root_and_rest(text).ok_or(SymbolError::Root)?;
        let bass = match bass.map(|bass| root_and_rest(bass.trim())) {
            None => root,
            Some(Some((bass, ""))) => bass,
            Some(_) => return Err(SymbolError::Bass),
        };
        let kind = kind.trim();
        let named = |kind: &str| {
            let is_it = |quality: &&Quality| in_ascii(quality.text) == kind || quality.also.contains(&kind);
            let (third, fifth, seventh) = QUALITIES.iter().find(is_it)?.tones;
            Some(Self { tick, chord: Some(Chord { root, third, fifth, seventh }), bass })
        };
        let larger = || LARGER.iter().find(|(larger, _)| *larger == kind).and_then(|(_, kept)| named(kept));
        match (named(kind), larger()) {
            (Some(change), _) => Ok(change),
            (None, Some(kept)) => Err(SymbolError::TooLarge(kept)),
            (None, None) => Err(SymbolError::Quality(kind.to_owned())),
        }
    }
}

fn in_ascii(text: &str) -> String {
    let text = text.replace('♭', "b").replace('♯', "#").replace('Δ', "maj7").replace('°', "dim");
    text.replace("ø7", "ø").replace('ø', "m7b5")
}

/// The pitch class of the note that a text begins with, and what comes behind it.
fn root_and_rest(text: &str) -> Option<(u8, &str)> {
    let letter = text.chars().next()?.to_ascii_uppercase();
    let natural = [9_i32, 11, 0, 2, 4, 5, 7].get((letter as usize).checked_sub('A' as usize)?)?;
    let rest = &text[1..];
    let (by, rest) = match rest.as_bytes().first() {
        Some(b'#') => (1, &rest[1..]),
        Some(b'b') => (-1, &rest[1..]),
        _ => (0, rest),
    };
    Some(((natural + by).rem_euclid(12) as u8, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ChordChange, SymbolError> {
        ChordChange::from_symbol(text, 0)
    }

    #[test]
    fn every_chord_that_is_written_is_read_again() {
        for quality in &QUALITIES {
            let (third, fifth, seventh) = quality.tones;
            for (root, bass) in (0..12).flat_map(|root| (0..12).map(move |bass| (root, bass))) {
                let change = ChordChange { tick: 0, chord: Some(Chord { root, third, fifth, seventh }), bass };
                assert_eq!(read(&change.symbol()), Ok(change));
                for tonic in 0..12 {
                    let key = Key { tonic, ..Key::C_MAJOR }.into();
                    assert_eq!(read(&change.symbol_in(key)), Ok(change));
                    assert_eq!(read(&change.ascii_symbol_in(key)), Ok(change));
                    assert!(change.ascii_symbol_in(key).is_ascii());
                }
            }
        }
        let none = ChordChange { tick: 0, chord: None, bass: 0 };
        assert_eq!(read(&none.symbol()), Ok(none));
    }

    #[test]
    fn chords_are_read_as_musicians_write_them() {
        let symbol = |text| read(text).unwrap().symbol();
        let written = [
            ("c", "C"),
            (" Am7 ", "Am7"),
            ("F#m7b5", "F♯m7♭5"),
            ("G/B", "G/B"),
            ("Bb", "B♭"),
            ("Cb", "B"),
            ("A-7", "Am7"),
            ("CM7", "Cmaj7"),
            ("CΔ", "Cmaj7"),
            ("B°7", "Bdim7"),
            ("Bø7", "Bm7♭5"),
            ("Dsus", "Dsus4"),
            ("E+", "Eaug"),
            ("Dm / F", "Dm/F"),
            ("nc", "N.C."),
        ];
        for (text, expected) in written {
            assert_eq!(symbol(text), expected, "{text}");
        }
    }

    #[test]
    fn chords_are_spelled_as_their_key_is() {
        let in_key = |tonic, text: &str| read(text).unwrap().symbol_in(Key { tonic, ..Key::C_MAJOR }.into());
        assert_eq!(["C#", "G#m7", "F#/A#", "Bbm"].map(|text| in_key(1, text)), ["D♭", "A♭m7", "G♭/B♭", "B♭m"]);
        assert_eq!(["Db", "Abm7", "Eb"].map(|text| in_key(4, text)), ["C♯", "G♯m7", "D♯"]);
        assert_eq!(in_key(0, "Ab"), "A♭", "borrowed");
    }

    #[test]
    fn what_is_no_chord_is_refused_with_a_word_of_why() {
        let told = |text| read(text).unwrap_err().to_string();
        assert!(["", "H7", "7", "é"].into_iter().all(|text| read(text) == Err(SymbolError::Root)));
        assert!(told("Cxyz").contains("“xyz”"));
        assert_eq!(told("F#9"), "Chords have four notes at most here: write F♯7");
        assert_eq!(read("G/"), Err(SymbolError::Bass));
        assert_eq!(read("G/H"), Err(SymbolError::Bass));
        assert_eq!(read("Verse"), Err(SymbolError::Root));
        assert!(matches!(read("Chorus"), Err(SymbolError::Quality(_))));
    }
}

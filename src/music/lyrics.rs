//! Words that are sung.

use serde::{Deserialize, Deserializer, Serialize};

use super::{MAX_TICK, Tick};
use crate::one_line::one_line;

/// The most lyrics that are read from a file.
pub const MAX_LYRICS: usize = 65_536;
/// The most characters of one of them that are read from a file.
pub const MAX_LYRIC: usize = 80;

/// How far a lyric may lie behind its note, in ticks.
pub const LATE: Tick = 60;

/// What is sung from `tick` on: mostly a syllable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lyric {
    /// Where it begins.
    pub tick: Tick,
    /// As MIDI files have it: a blank before or behind it ends a word, a hyphen behind it does not.
    pub text: String,
}

/// Which syllable of its word one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syllable {
    /// A word begins with it.
    pub begins: bool,
    /// A word ends with it.
    pub ends: bool,
}

impl Lyric {
    /// The lyric with its text in range: no control characters, not too long.
    #[must_use]
    pub fn sane(self) -> Self {
        Self { tick: self.tick.min(MAX_TICK), text: one_line(&self.text, MAX_LYRIC) }
    }

    /// The text without what only says where words end.
    pub fn shown(&self) -> &str {
        let text = self.text.trim();
        text.strip_suffix('-').filter(|text| !text.is_empty()).unwrap_or(text)
    }
}

/// Which syllables of their words lyrics are. Where blanks are nowhere, each is a word that no hyphen follows.
pub fn syllables(lyrics: &[Lyric]) -> Vec<Syllable> {
    let has_blanks = lyrics.iter().any(|lyric| lyric.text.trim() != lyric.text);
    let mut begins = true;
    let ends = |lyric: &Lyric, next: Option<&Lyric>| {
        let is_apart = lyric.text.ends_with(' ') || next.is_none_or(|next| next.text.starts_with(' '));
        is_apart || (!has_blanks && !lyric.text.ends_with('-'))
    };
    let mut syllables = Vec::with_capacity(lyrics.len());
    for (index, lyric) in lyrics.iter().enumerate() {
        let ends = ends(lyric, lyrics.get(index + 1));
        syllables.push(Syllable { begins, ends });
        begins = ends;
    }
    syllables
}

/// Reads lyrics, sorted by tick and bounded; for serde's `deserialize_with`.
///
/// # Errors
/// As the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Lyric>, D::Error> {
    let lyrics = Vec::<Lyric>::deserialize(deserializer)?;
    let mut lyrics: Vec<Lyric> = lyrics.into_iter().take(MAX_LYRICS).map(Lyric::sane).collect();
    lyrics.sort_by_key(|lyric| lyric.tick);
    Ok(lyrics)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of_words(texts: &[&str]) -> Vec<(bool, bool)> {
        let lyrics: Vec<Lyric> = texts.iter().map(|text| Lyric { tick: 0, text: (*text).into() }).collect();
        syllables(&lyrics).iter().map(|syllable| (syllable.begins, syllable.ends)).collect()
    }

    #[test]
    fn blanks_and_hyphens_say_where_words_end() {
        let two_and_one = [(true, false), (false, true), (true, true)];
        assert_eq!(parts_of_words(&["Hel-", "lo ", "world"]), two_and_one);
        assert_eq!(parts_of_words(&[" Twin", "kle", " star"]), two_and_one);
        assert_eq!(parts_of_words(&["Hel-", "lo", "world"]), two_and_one);
        assert_eq!(parts_of_words(&["oh", "oh"]), [(true, true); 2]);
        let shown = |text: &str| Lyric { tick: 0, text: text.into() }.shown().to_owned();
        assert_eq!([shown("Hel- "), shown(" lo"), shown("-")], ["Hel", "lo", "-"]);
    }
}

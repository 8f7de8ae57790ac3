//! What is sung, below the notes of the part that sings it.

use std::collections::VecDeque;

use super::xml::Xml;
use crate::music::lyrics::{LATE, syllables};
use crate::music::{Score, Tick};

/// A lyric as a note has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sung {
    text: String,
    begins: bool,
    ends: bool,
}

/// All lyrics that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Words(VecDeque<(Tick, Sung)>);

impl Words {
    /// Those of a score; `straight` says where a tick stands on the sheet.
    pub fn new(score: &Score, straight: impl Fn(Tick) -> Tick) -> Self {
        let sung = score.lyrics.iter().zip(syllables(&score.lyrics)).map(|(lyric, syllable)| {
            (
                straight(lyric.tick),
                Sung { text: lyric.shown().to_owned(), begins: syllable.begins, ends: syllable.ends },
            )
        });
        Self(sung.collect())
    }

    /// What is sung from a note on: all that comes no later and has no note of its own.
    pub fn take_until(&mut self, note: Tick) -> Option<Sung> {
        let mut sung: Option<Sung> = None;
        while self.0.front().is_some_and(|(tick, _)| *tick < note + LATE) {
            let Some((_, next)) = self.0.pop_front() else { break };
            sung = Some(match sung {
                None => next,
                Some(before) => {
                    let between = if before.ends { " " } else { "" };
                    Sung { text: before.text + between + &next.text, begins: before.begins, ends: next.ends }
                }
            });
        }
        sung
    }
}

impl Sung {
    /// Writes it, at the end of its note.
    pub fn write(&self, xml: &mut Xml) {
        let syllabic = match (self.begins, self.ends) {
            (true, true) => "single",
            (true, false) => "begin",
            (false, true) => "end",
            (false, false) => "middle",
        };
        xml.open("lyric", &[("number", "1")]);
        xml.leaf("syllabic", syllabic);
        xml.leaf("text", &self.text);
        xml.close("lyric");
    }
}

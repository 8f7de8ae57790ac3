//! What is chosen for an export, and what comes of it.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use crate::{
    music::{Score, Tick, edit::Bars, excerpt},
    sound::export::{self, ExportOptions, Format},
    studio::{document::Document, services::exports::AudioChoice},
};

/// What the window asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// Audio.
    Audio,
    /// Some parts or bars as MIDI.
    Midi,
    /// A web page with the sound in it.
    Page,
}

/// The window, and what is chosen in it.
#[derive(Debug, Default)]
pub struct ExportWindow {
    /// What it asks about, if it is open.
    pub open: Option<ExportKind>,
    /// What is chosen for MIDI.
    pub midi: MidiChoice,
}

impl AudioChoice {
    /// What is asked of the encoder.
    pub fn options(&self, document: &Document) -> ExportOptions {
        ExportOptions {
            format: self.format,
            sample_rate_hz: self.sample_rate_hz,
            stems: self.stems,
            loudness: self.normalise.then_some(self.loudness),
            range: loop_range(document).filter(|_| self.loop_only),
        }
    }

    /// The same for a file there, and the file's path with an ending that says what is in it: the chosen format's, or,
    /// where another one's was typed, that one.
    pub fn options_for(&self, path: &Path, document: &Document) -> (PathBuf, ExportOptions) {
        let mut options = self.options(document);
        let path = with_ending(path, &mut options.format);
        (path, options)
    }

    /// The files that audio written there makes: the mix, then the stems.
    pub fn places(&self, path: &Path, document: &Document) -> Vec<PathBuf> {
        let (mix, options) = self.options_for(path, document);
        let score = document.base();
        let cut = options.range.clone().map(|range| excerpt::excerpt(&score, range));
        let stems = export::stem_paths(cut.as_ref().unwrap_or(&score), &mix, &options);
        [mix].into_iter().chain(stems.into_iter().map(|(_, path)| path)).collect()
    }
}

/// Which bars are written as MIDI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MidiRange {
    /// All of them.
    #[default]
    Whole,
    /// Those that were selected.
    Selected,
    /// Those of the loop.
    Loop,
}

/// What is chosen for MIDI.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MidiChoice {
    /// Which bars.
    pub range: MidiRange,
    /// Those that were selected when the window was opened.
    pub selected: Option<Range<Tick>>,
    /// Parts that are left out, by index.
    pub left_out: Vec<usize>,
    /// Whether the list has been drawn, and has been where the first part is that goes out.
    pub is_shown: bool,
}

impl MidiChoice {
    /// Some bars, of a score that has so many parts.
    pub fn of_bars(bars: Bars, parts: usize) -> Self {
        let left_out = (0..parts).filter(|index| !bars.parts.contains(index)).collect();
        Self { range: MidiRange::Selected, selected: Some(bars.ticks), left_out, ..Self::default() }
    }

    /// Where the chosen bars begin and end; `None` for all of them.
    pub fn ticks(&self, document: &Document) -> Option<Range<Tick>> {
        match self.range {
            MidiRange::Whole => None,
            MidiRange::Selected => self.selected.clone(),
            MidiRange::Loop => loop_range(document),
        }
    }

    /// The chosen parts and bars as a score.
    pub fn score(&self, document: &Document) -> Score {
        let some = excerpt::with_parts(&document.base(), |index| !self.left_out.contains(&index));
        match self.ticks(document) {
            Some(range) => excerpt::excerpt(&some, range),
            None => some,
        }
    }
}

/// The loop's range, where there is one, on or off.
pub fn loop_range(document: &Document) -> Option<Range<Tick>> {
    document.transport.loop_range.clone().filter(|range| range.start < range.end)
}

fn with_ending(path: &Path, format: &mut Format) -> PathBuf {
    let typed = path.extension().and_then(|ending| Format::from_ending(&ending.to_string_lossy()));
    if let Some(typed) = typed {
        if typed.ending() != format.ending() {
            *format = typed;
        }
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(format.ending());
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::export::Depth;

    #[test]
    fn the_ending_says_what_is_in_the_file() {
        let ending = |path: &str| {
            let mut format = Format::Flac(Depth::Bits24);
            (with_ending(Path::new(path), &mut format), format)
        };
        assert_eq!(ending("a/b"), ("a/b.flac".into(), Format::Flac(Depth::Bits24)));
        assert_eq!(ending("a/b.FLAC"), ("a/b.FLAC".into(), Format::Flac(Depth::Bits24)));
        assert_eq!(ending("a/Op. 1"), ("a/Op. 1.flac".into(), Format::Flac(Depth::Bits24)));
        assert_eq!(ending("a/b.mp3"), ("a/b.mp3".into(), Format::Mp3 { kbps: 256 }));
    }
}

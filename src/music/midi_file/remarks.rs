//! What a file says in words, but for the names of its tracks: markers, lyrics, remarks, the title of karaoke.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use super::notice::Notice;
use super::text::{self, Texts};
use crate::music::chord::{SymbolError, sanitised};
use crate::music::lyrics::{Lyric, MAX_LYRICS};
use crate::music::outline::{MAX_LABEL, MAX_SECTIONS};
use crate::music::time::in_order;
use crate::music::{ChordChange, SectionChange, Tick};

/// Markers beyond so many are not looked at.
const MOST_MARKERS: usize = 16 * MAX_SECTIONS;

const TEXT: u8 = 0x01;
const COPYRIGHT: u8 = 0x02;
const LYRIC: u8 = 0x05;
const MARKER: u8 = 0x06;
const CUE_POINT: u8 = 0x07;

/// All that was said so far.
#[derive(Debug, Default)]
pub struct Remarks {
    pub texts: Texts,
    /// Lines for karaoke players, such as `@KMIDI KARAOKE FILE`, are in it: its texts are sung.
    is_karaoke: bool,
    karaoke_title: Vec<u8>,
    has_copyright: bool,
    /// By track: lyrics, and texts, which are such in karaoke files.
    lyrics: BTreeMap<usize, Vec<(Tick, Vec<u8>)>>,
    other_texts: BTreeMap<usize, Vec<(Tick, Vec<u8>)>>,
    lyric_count: usize,
    /// Our own file says so: its sections are markers, and cue points besides if there are chords.
    pub sections_are_markers: bool,
    markers: Vec<(Tick, Vec<u8>)>,
    cue_points: Vec<(Tick, Vec<u8>)>,
}

impl Remarks {
    /// Takes a text of a kind, as meta events count them, and of a track.
    pub fn add(&mut self, kind: u8, bytes: &[u8], tick: Tick, track: usize) {
        if kind == LYRIC || (kind == TEXT && self.is_karaoke) {
            self.texts.add_sung(bytes);
        } else {
            self.texts.add(bytes);
        }
        let says_something = bytes.iter().any(|byte| *byte > b' ');
        match kind {
            TEXT if matches!(bytes, [b'@', b'A'..=b'Z', ..]) => {
                self.is_karaoke = true;
                if let Some(title) = bytes.strip_prefix(b"@T")
                    && self.karaoke_title.is_empty()
                {
                    self.karaoke_title = text::kept(title).to_vec();
                }
            }
            COPYRIGHT => self.has_copyright |= says_something,
            TEXT | LYRIC if says_something && self.lyric_count < MAX_LYRICS => {
                let lyrics = if kind == LYRIC { &mut self.lyrics } else { &mut self.other_texts };
                lyrics.entry(track).or_default().push((tick, text::kept(bytes).to_vec()));
                self.lyric_count += 1;
            }
            MARKER | CUE_POINT => {
                let markers = if kind == MARKER { &mut self.markers } else { &mut self.cue_points };
                if markers.len() < MOST_MARKERS {
                    markers.push((tick, text::kept(bytes).to_vec()));
                }
            }
            _ => {}
        }
    }

    /// The title of a karaoke file; empty in others.
    pub fn take_title(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.karaoke_title)
    }

    /// What is sung: the lyrics of the track that has most; what is not kept is told.
    pub fn take_lyrics(&mut self, encoding: Option<&'static Encoding>, notices: &mut Vec<Notice>) -> Vec<Lyric> {
        let (mut sung, mut texts) = (std::mem::take(&mut self.lyrics), std::mem::take(&mut self.other_texts));
        if sung.is_empty() && self.is_karaoke {
            std::mem::swap(&mut sung, &mut texts);
        }
        if sung.len() > 1 {
            notices.push(Notice::Lyrics(sung.len() - 1));
        }
        if self.has_copyright || !texts.is_empty() {
            notices.push(Notice::Texts);
        }
        let most = sung.into_values().rev().max_by_key(Vec::len).unwrap_or_default(); // the first of several
        let lyric = |(tick, bytes): (Tick, Vec<u8>)| Lyric { tick, text: text::lyric(&bytes, encoding) };
        let mut lyrics: Vec<Lyric> =
            most.into_iter().map(lyric).filter(|lyric| !lyric.text.trim().is_empty()).collect();
        lyrics.sort_by_key(|lyric| lyric.tick);
        lyrics
    }

    /// Markers and cue points as sections. In our own files, and where nothing else is marked, markers are chords, but
    /// for those that are said to be sections.
    pub fn into_sections_and_chords(
        self,
        is_ours: bool,
        encoding: Option<&'static Encoding>,
    ) -> (Vec<SectionChange>, Vec<ChordChange>) {
        let labelled = |(tick, bytes): (Tick, Vec<u8>)| {
            let label: String = text::name(&bytes, encoding).chars().take(MAX_LABEL).collect();
            SectionChange { tick, label: label.trim().to_owned() }
        };
        let of = |markers: Vec<(Tick, Vec<u8>)>| {
            markers.into_iter().map(labelled).filter(|section| !section.label.is_empty()).collect::<Vec<_>>()
        };
        let (mut sections, cue_points) = (of(self.markers), of(self.cue_points));
        if self.sections_are_markers {
            for cue_point in &cue_points {
                // the first: a chord may be called so, too
                sections.extract_if(.., |marker| marker == cue_point).next();
            }
        }
        let has_chords = !self.sections_are_markers || !cue_points.is_empty();
        // of chords with more notes than are kept, what is kept of them
        let chord = |marker: &SectionChange| match ChordChange::from_symbol(&marker.label, marker.tick) {
            Ok(change) | Err(SymbolError::TooLarge(change)) => Some(change),
            Err(_) => None,
        };
        let chords: Vec<ChordChange> = sections.iter().filter_map(chord).collect();
        let are_chords = chords.len() == sections.len()
            && (!cue_points.is_empty() || sections.iter().any(|marker| marker.label.len() > 1));
        let mut read = Vec::new();
        if has_chords && (is_ours || are_chords) {
            sections.clear();
            read = sanitised(chords);
        }
        sections.extend(cue_points);
        let mut sections = in_order(sections);
        sections.truncate(MAX_SECTIONS);
        (sections, read)
    }
}

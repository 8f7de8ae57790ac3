//! Pieces on the sixteenth grid, and data sets of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::music::swing::Swing;
use crate::music::{Grid, Metre, Role};

/// Which side of the split a piece is on. Pieces are never split by window, and `test` pieces are not in the folder at
/// all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Networks learn from it.
    Train,
    /// Held out: settings may be chosen by it, weights never.
    Valid,
}

/// What one track of a file was taken for, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRole {
    /// The track's name, or its number from 1 where it has none.
    pub track: String,
    /// Its General MIDI program, 0 to 127.
    pub program: u8,
    /// What it was taken for.
    pub role: Role,
    /// The reason in a few words, such as `named so` or `channel 10`.
    pub reason: String,
}

/// A piece (or a section of one, where the metre changes): a melody and the parts that go with it.
///
/// All grids have the same length, a whole number of bars, and step 0 begins a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The file's name without `.mid`, with `#2`, `#3`… for further sections of the same file.
    pub name: String,
    /// Which side of the split it is on; sections of one file are on one side.
    pub split: Split,
    /// Sixteenths in a bar.
    pub steps_per_bar: usize,
    /// The tune.
    pub melody: Grid,
    /// The other parts, each role once, in the order of [`Role`]; none of them silent throughout.
    /// Drums keep General MIDI's key numbers.
    pub parts: Vec<(Role, Grid)>,
    /// How the notes of the grids were played, by role, [`Role::Melody`] too; empty where nobody played them.
    pub played: Vec<(Role, Vec<Played>)>,
    /// How it swings; the grids have it straight, as composing does.
    pub swing: Swing,
    /// What the tracks were taken for.
    pub roles: Vec<FoundRole>,
}

/// How a note was played that stands on a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Played {
    /// The step on which it stands.
    pub step: u32,
    /// Its pitch, or its key on a kit.
    pub pitch: u8,
    /// How hard it was struck, 1 to 127.
    pub velocity: u8,
    /// How late, in hundredths of a sixteenth; early ones are negative.
    pub late: i8,
}

impl Piece {
    /// The name of the file it comes from, without `.mid`.
    pub fn file(&self) -> &str {
        match self.name.rsplit_once('#') {
            Some((file, section)) if section.parse::<usize>().is_ok() => file,
            _ => &self.name,
        }
    }

    /// Length in steps.
    pub const fn steps(&self) -> usize {
        self.melody.steps()
    }

    /// Length in bars.
    pub const fn bars(&self) -> usize {
        self.melody.steps() / self.steps_per_bar
    }

    /// Its bars as a time signature: quarters where they come out even, else sixteenths. `None` where no signature can
    /// say it.
    pub fn metre(&self) -> Option<Metre> {
        match self.steps_per_bar {
            0 => None,
            bar if bar.is_multiple_of(4) => Metre::new(u8::try_from(bar / 4).ok()?, 4),
            bar => Metre::new(u8::try_from(bar).ok()?, 16),
        }
    }

    /// The steps of the bars from the melody's first note to its last; `None` where it has none. To so much a
    /// composition is written, whatever plays before and after.
    pub fn melody_bars(&self) -> Option<Range<usize>> {
        let sounds = |step: &usize| self.melody.sounding(*step).next().is_some();
        let first = (0..self.steps()).find(sounds)?;
        let last = (first..self.steps()).rev().find(sounds)?;
        let bar = self.steps_per_bar.max(1);
        Some(first / bar * bar..((last / bar + 1) * bar).min(self.steps()))
    }

    /// How a part was played, if anybody did.
    pub fn played(&self, role: Role) -> &[Played] {
        self.played.iter().find(|(of, _)| *of == role).map_or(&[], |(_, played)| played)
    }

    /// The part of a role, if the piece has one.
    pub fn part(&self, role: Role) -> Option<&Grid> {
        self.parts.iter().find(|(of, _)| *of == role).map(|(_, grid)| grid)
    }
}

/// Whether the `nth` of `all` is among `some` that are taken from them evenly.
pub const fn taken_evenly(nth: usize, some: usize, all: usize) -> bool {
    nth * some / all != (nth + 1) * some / all
}

/// A file, or a section of one, that is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The file's name within the folder, with its ending.
    pub file: String,
    /// The same without it, as pieces are called.
    #[serde(skip)]
    pub name: String,
    /// Why, in a few words.
    pub reason: String,
}

/// How the reason begins where a file is of another kind.
const FOREIGN: &str = "not a MIDI file";

impl LeftOut {
    /// The kind of reason: what differs from file to file does not count.
    fn kind(&self) -> String {
        let general = |reason: &str| match reason {
            same if same.starts_with("the same music as ") => "the same music as another".to_owned(),
            short if short.starts_with("too short") => "too short".to_owned(),
            broken if broken.starts_with("broken") => "damaged beyond reading".to_owned(),
            foreign if foreign.starts_with(FOREIGN) => FOREIGN.to_owned(),
            other => other.split(" (").next().unwrap_or(other).to_owned(),
        };
        match self.reason.split_once(": ") {
            Some((section, reason)) if section.starts_with("section ") => {
                format!("in some sections: {}", general(reason))
            }
            _ => general(&self.reason),
        }
    }
}

/// What a folder of MIDI files comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// All that is used, sorted by name.
    pub pieces: Vec<Piece>,
    /// All that is not, sorted by file.
    pub left_out: Vec<LeftOut>,
    /// How many files there were, MIDI files or not.
    pub files: usize,
    /// The names of files with their endings, by the names of pieces, where those are not `.mid`.
    pub file_names: BTreeMap<String, String>,
}

impl Dataset {
    /// The pieces of one side of the split.
    pub fn split(&self, split: Split) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().filter(move |piece| piece.split == split)
    }

    /// How many of the files gave at least one piece.
    pub fn files_used(&self) -> usize {
        self.pieces.iter().map(Piece::file).collect::<BTreeSet<&str>>().len()
    }

    /// The name of a file with its ending, from its piece's.
    pub fn file_name(&self, name: &str) -> String {
        self.file_names.get(name).cloned().unwrap_or_else(|| format!("{name}.mid"))
    }

    /// The files left out, together by kind of reason, the most frequent first; files as people count.
    pub fn left_out_by_reason(&self) -> Vec<(String, Vec<&str>)> {
        let mut reasons: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for left_out in &self.left_out {
            reasons.entry(left_out.kind()).or_default().insert(&left_out.file);
        }
        let mut reasons: Vec<(String, Vec<&str>)> =
            reasons.into_iter().map(|(reason, files)| (reason, files.into_iter().collect())).collect();
        for (reason, files) in &mut reasons {
            alphanumeric_sort::sort_str_slice(files);
            if files.len() > 1 && reason == FOREIGN {
                "not MIDI files".clone_into(reason);
            }
        }
        reasons.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
        reasons
    }

    /// The bar length that most bars have.
    pub fn common_steps_per_bar(&self) -> Option<usize> {
        let mut bars = BTreeMap::new();
        for piece in &self.pieces {
            *bars.entry(piece.steps_per_bar).or_insert(0) += piece.bars();
        }
        bars.into_iter().max_by_key(|&(_, count)| count).map(|(steps, _)| steps)
    }

    /// The pieces that swing.
    pub fn swung(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().filter(|piece| piece.swing != Swing::STRAIGHT)
    }

    /// How the music swings where most of its pieces do: the middle of theirs.
    pub fn swing(&self) -> Option<Swing> {
        let mut swings: Vec<Swing> = self.swung().map(|piece| piece.swing).collect();
        swings.sort_unstable_by(|a, b| a.place().total_cmp(&b.place()));
        swings.get(swings.len() / 2).copied().filter(|_| swings.len() * 2 > self.pieces.len())
    }

    /// The roles besides the melody, each with the number of pieces that have it, the most frequent first.
    pub fn roles(&self) -> Vec<(Role, usize)> {
        let mut counts: Vec<(Role, usize)> = Vec::new();
        for (role, _) in self.pieces.iter().flat_map(|piece| &piece.parts) {
            match counts.iter_mut().find(|(of, _)| of == role) {
                Some((_, count)) => *count += 1,
                None => counts.push((*role, 1)),
            }
        }
        counts.sort_by_key(|&(role, count)| (std::cmp::Reverse(count), role));
        counts
    }
}

/// How a folder is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// The split follows from it (and from the names of the pieces).
    pub seed: u64,
    /// One piece in so many is held out, at least 2, unless file names say `train_` or `valid_`.
    pub valid_one_in: u64,
    /// Sections of fewer bars are left out.
    pub min_bars: usize,
    /// A folder where what was read of files is remembered until they change; `None` remembers nothing.
    pub cache: Option<PathBuf>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { seed: 1, valid_one_in: 10, min_bars: 2, cache: None }
    }
}

/// Why no dataset came of it.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The folder cannot be listed.
    #[error("the folder cannot be read ({source}): {}", path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// More files than any training here can hold.
    #[error("more than {limit} MIDI files, please choose a smaller folder: {}", path.display())]
    TooManyFiles {
        /// Which folder.
        path: PathBuf,
        /// How many are allowed.
        limit: usize,
    },
    /// What was set right by hand cannot be read.
    #[error("{reason}: {}", path.display())]
    Corrections {
        /// Which folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing in the folder can be used.
    #[error("none of the {files} MIDI files can be used (first reason: {first}): {}", path.display())]
    NothingUsable {
        /// Which folder.
        path: PathBuf,
        /// How many MIDI files there are.
        files: usize,
        /// Why the first was left out.
        first: String,
    },
    /// There is no built-in corpus of that name.
    #[error("there is no built-in corpus `{name}`; there are {known}")]
    UnknownStyle {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A single score that cannot be put on the grid.
    #[error("it cannot be measured: {reason}")]
    Score {
        /// Why, in a few words.
        reason: String,
    },
    /// The asker no longer wants it.
    #[error("cancelled")]
    Cancelled,
}

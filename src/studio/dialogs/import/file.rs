//! What is in a MIDI file, as it is shown before it is imported. All that takes long is done here, beside the window.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    corpus::roles,
    music::{
        Note, Part, Pitch, Score, TempoMap, excerpt,
        midi_file::{self, MidiFile, Notice},
    },
    studio::words::shortened,
};

/// How fine the small rolls are: columns and rows of cells.
pub const CELLS: (usize, usize) = (240, 20);

/// One file.
#[derive(Debug)]
pub struct ImportFile {
    /// Its name, without folders.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What is in it, or why it was refused.
    pub content: Result<Content, String>,
    /// What can be chosen of a file of several songs, first all of them; empty for other files.
    pub choices: Vec<SongChoice>,
    /// Which of them is chosen.
    pub chosen: usize,
}

/// One of the songs of a file, or all.
#[derive(Debug)]
pub struct SongChoice {
    /// Which it is, for people.
    pub name: String,
    /// What is in it.
    pub content: Content,
}

/// What is in a file.
#[derive(Clone, Debug)]
pub struct Content {
    /// All of it.
    pub score: Arc<Score>,
    /// Whether it says a tempo; else 120 is what MIDI means.
    pub says_tempo: bool,
    /// Its parts that have notes.
    pub parts: Vec<FoundPart>,
    /// How long it is.
    pub seconds: f64,
    /// What was clipped, skipped or guessed in reading it.
    pub notices: Vec<Notice>,
}

/// A part as it is shown.
#[derive(Clone, Debug)]
pub struct FoundPart {
    /// Which of the score's.
    pub index: usize,
    /// Whether it is wanted.
    pub wanted: bool,
    /// The lowest and the highest note; `None` for a kit.
    pub range: Option<(Pitch, Pitch)>,
    /// What it seems to do, and why.
    pub role: roles::Found,
    /// Left, right, top of each run of cells that sound, from 0 to 1.
    pub cells: Vec<[f32; 3]>,
}

impl ImportFile {
    /// Reads a file and looks at its parts.
    pub fn read(path: PathBuf) -> Self {
        let read = std::panic::catch_unwind(|| read_bytes(&path).and_then(|bytes| contents(&bytes)))
            .unwrap_or_else(|_| Err("something went wrong while reading it".into()));
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
        let (content, choices) = match read {
            Ok((content, choices)) => (Ok(content), choices),
            Err(reason) => (Err(reason), Vec::new()),
        };
        Self { name, path, content, choices, chosen: 0 }
    }

    /// Takes what is chosen of its songs as what is in it.
    pub fn take_choice(&mut self) {
        if let Some(choice) = self.choices.get(self.chosen) {
            self.content = Ok(choice.content.clone());
        }
    }

    /// Why it was refused, as a sentence; `None` where it was not.
    pub fn refusal(&self) -> Option<String> {
        self.content.as_ref().err().map(|reason| format!("Couldn't import {}: {reason}", self.name))
    }
}

/// What is in a file, and what can be chosen of it.
fn contents(bytes: &[u8]) -> Result<(Content, Vec<SongChoice>), String> {
    let in_words = |error: midi_file::ReadError| error.to_string();
    let all = Content::of(midi_file::read_file(bytes).map_err(in_words)?)?;
    let songs = midi_file::read_songs(bytes).map_err(in_words)?;
    if songs.is_empty() {
        return Ok((all, Vec::new()));
    }
    let name = format!("All {} songs, one after the other", songs.len());
    let mut choices = vec![SongChoice { name, content: all.clone() }];
    for (number, song) in songs {
        let name = match song.score.title.as_str() {
            "" => format!("Song {number}"),
            title => format!("{number}: {}", shortened(title, 40)),
        };
        choices.push(SongChoice { name, content: Content::of(song)? });
    }
    Ok((all, choices))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| in_words(&error))?;
    if metadata.is_dir() {
        return Err(in_words(&io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return Err("it is a device, not a file".into()); // reading it might never end
    }
    if metadata.len() > midi_file::MAX_FILE_BYTES as u64 {
        return Err(midi_file::ReadError::TooLarge.to_string());
    }
    std::fs::read(path).map_err(|error| in_words(&error))
}

/// Why a file cannot be read, in plain words; what is rare, as the system says it, but for its number.
pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is no longer there".into(),
        io::ErrorKind::PermissionDenied => "you don't have permission to read it".into(),
        io::ErrorKind::IsADirectory => "it is a folder, not a file".into(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}

impl Content {
    /// Of a file.
    ///
    /// # Errors
    /// Why it is refused, where there is nothing to import.
    pub fn of(file: MidiFile) -> Result<Self, String> {
        let MidiFile { score, says_tempo, notices } = file;
        let end = score.end();
        let found = roles::find(&score.parts, false);
        let parts: Vec<FoundPart> = score
            .parts
            .iter()
            .zip(found)
            .enumerate()
            .filter(|(_, (part, _))| !part.notes.is_empty())
            .map(|(index, (part, role))| FoundPart {
                index,
                wanted: true,
                range: range_of(part),
                role,
                cells: cells(&part.notes, end),
            })
            .collect();
        if parts.is_empty() {
            return Err("it has no notes".into());
        }
        Ok(Self { seconds: score.tempo.seconds_from_tick(end), score: Arc::new(score), says_tempo, parts, notices })
    }

    /// One of the score's parts alone, from its first note on.
    pub fn part_alone(&self, index: usize) -> Option<Score> {
        let mut part = Part::clone(self.score.parts.get(index)?);
        (part.muted, part.soloed) = (false, false);
        let first = part.notes.first().map_or(0, |note| note.start);
        let score = Score {
            tempo: self.score.tempo.clone(),
            metre: self.score.metre.clone(),
            parts: vec![Arc::new(part)],
            ..Score::default()
        };
        let end = score.end();
        Some(excerpt::excerpt(&score, first..end))
    }
}

fn range_of(part: &Part) -> Option<(Pitch, Pitch)> {
    let pitches = || part.notes.iter().map(|note| note.pitch);
    (!part.is_drum).then(|| Some((pitches().min()?, pitches().max()?))).flatten()
}

/// The small roll of some notes as runs of cells: as many shapes for a hundred thousand notes as for a thousand.
pub fn cells(notes: &[Note], end: u32) -> Vec<[f32; 3]> {
    let (columns, rows) = CELLS;
    let low = notes.iter().map(|note| note.pitch.get()).min().unwrap_or(48);
    let high = notes.iter().map(|note| note.pitch.get()).max().unwrap_or(72).max(low + 12);
    let mut sounds = vec![false; columns * rows];
    let column = |tick: u32| (u64::from(tick) * columns as u64 / u64::from(end.max(1))) as usize;
    for note in notes {
        let row = usize::from(high - note.pitch.get()) * (rows - 1) / usize::from(high - low);
        let first = column(note.start).min(columns - 1);
        let last = (u64::from(note.end()) * columns as u64).div_ceil(u64::from(end.max(1))) as usize;
        let last = last.clamp(first + 1, columns);
        sounds[row * columns + first..row * columns + last].fill(true);
    }
    let mut runs = Vec::new();
    for (row, line) in sounds.chunks(columns).enumerate() {
        let mut at = 0;
        for run in line.chunk_by(|one, other| one == other) {
            if run[0] {
                runs.push([
                    at as f32 / columns as f32,
                    (at + run.len()) as f32 / columns as f32,
                    row as f32 / rows as f32,
                ]);
            }
            at += run.len();
        }
    }
    runs
}

/// A tempo for people: one number, or from the slowest to the fastest.
pub fn tempo_text(tempo: &TempoMap) -> String {
    let qpm = || tempo.changes().iter().map(|change| 60e6 / f64::from(change.micros_per_quarter));
    let (slowest, fastest) = qpm().fold((f64::MAX, f64::MIN), |(low, high), qpm| (low.min(qpm), high.max(qpm)));
    if fastest - slowest < 0.5 { format!("{fastest:.0} BPM") } else { format!("{slowest:.0} to {fastest:.0} BPM") }
}

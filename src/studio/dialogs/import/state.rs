//! MIDI files being imported: read beside the window, shown with what is in them, taken into the score as one step.
//!
//! Files that come together are asked about together, so that none is lost behind another's question.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use super::file::{Content, ImportFile};
use crate::{
    corpus::roles,
    music::{Part, Role, Score, Spans},
    plural::counted,
    studio::{document::with_take::free_color, services::listening::Listening, toasts::Tone},
};

/// Sooner than this nobody needs to be told that a file is being read.
pub const UNSEEN: Duration = Duration::from_millis(150);

/// Which tempo, metre and keys the music gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TempoFrom {
    /// Those of one of the files.
    File(usize),
    /// Those of the present composition.
    Present,
}

/// Files being read and asked about.
#[derive(Debug)]
pub struct Import {
    /// In the order in which they came.
    pub files: Vec<ImportFile>,
    /// How many are still to come.
    pub to_come: usize,
    /// File and part of the melody.
    pub melody: Option<(usize, usize)>,
    /// What was proposed, and why.
    pub proposed: Option<((usize, usize), String)>,
    /// Whose tempo.
    pub tempo: TempoFrom,
    /// Whether the parts come to the present composition, which stays.
    pub into_present: bool,
    /// File and part that were listened to last, and what is heard of them.
    pub listening: Option<((usize, usize), Arc<Score>)>,
    /// Ask even where there is nothing to choose.
    always_ask: bool,
    begun: Instant,
}

impl Import {
    /// Of no files yet.
    pub fn new(into_present: bool) -> Self {
        Self {
            files: Vec::new(),
            to_come: 0,
            melody: None,
            proposed: None,
            tempo: TempoFrom::Present,
            into_present,
            listening: None,
            always_ask: into_present,
            begun: Instant::now(),
        }
    }

    /// The files that could be read, with their places.
    pub fn readable(&self) -> impl Iterator<Item = (usize, &ImportFile, &Content)> {
        self.files.iter().enumerate().filter_map(|(index, file)| Some((index, file, file.content.as_ref().ok()?)))
    }

    /// Parts that are wanted.
    pub fn wanted(&self) -> usize {
        self.readable().map(|(_, _, content)| content.parts.iter().filter(|part| part.wanted).count()).sum()
    }

    /// Whether the window is to be shown: when all has come, or when it takes long.
    pub fn is_shown(&self) -> bool {
        self.to_come == 0 || self.begun.elapsed() > UNSEEN
    }

    /// File and part that are heard now.
    pub fn heard(&self, listening: &Listening) -> Option<(usize, usize)> {
        self.listening.as_ref().filter(|(_, score)| listening.is_heard(score)).map(|(place, _)| *place)
    }

    /// Takes a file that was read; whether it was the last one, so that the question can be put.
    pub fn take_file(&mut self, file: ImportFile) -> bool {
        self.files.push(file);
        self.to_come = self.to_come.saturating_sub(1);
        if self.to_come == 0 {
            self.propose();
        }
        self.to_come == 0
    }

    /// Wants that part, and no other.
    pub fn want_only(&mut self, place: (usize, usize)) {
        for (index, file) in self.files.iter_mut().enumerate() {
            for found in file.content.iter_mut().flat_map(|content| &mut content.parts) {
                found.wanted = (index, found.index) == place;
            }
        }
    }

    /// Whether there is nothing to ask or to tell: one file, with one part or written by this program.
    pub fn goes_without_saying(&self) -> bool {
        match self.files.as_slice() {
            [ImportFile { content: Ok(content), choices, .. }] if !self.always_ask && choices.is_empty() => {
                let is_plain =
                    content.parts.len() == 1 || (content.score.melody.is_some() && !content.parts.is_empty());
                is_plain && content.notices.is_empty()
            }
            _ => false,
        }
    }

    /// Takes what was chosen of the songs of a file, and proposes anew.
    pub fn take_choice(&mut self, file: usize) {
        if let Some(file) = self.files.get_mut(file) {
            file.take_choice();
            self.listening = None;
            self.propose();
        }
    }

    /// Proposes what to begin with, once all files are there.
    fn propose(&mut self) {
        let candidates: Vec<((usize, usize), String)> = self
            .readable()
            .filter_map(|(file, _, content)| {
                let index = roles::propose_melody(&content.score)?;
                let found = content.parts.iter().find(|part| part.index == index)?;
                let why = match &found.role {
                    _ if content.score.melody == Some(index) => "the file says so".to_owned(),
                    (Role::Melody, why) => why.clone(),
                    _ if content.parts.len() == 1 => "the only part".to_owned(),
                    _ => "the highest part that is not drums".to_owned(),
                };
                Some(((file, index), why))
            })
            .collect();
        self.proposed = candidates.into_iter().next();
        self.melody = self.proposed.as_ref().map(|(place, _)| *place);
        self.propose_tempo();
    }

    /// A composition of its own has the time of the first file that says a tempo, else of the first one; what comes to
    /// the present composition leaves its time alone.
    pub fn propose_tempo(&mut self) {
        let says = || self.readable().find(|(_, _, content)| content.says_tempo);
        self.tempo = match says().or_else(|| self.readable().next()) {
            Some((file, ..)) if !self.into_present => TempoFrom::File(file),
            _ => TempoFrom::Present,
        };
    }

    /// The score that comes of it, on top of the present one.
    pub fn result(&self, present: &Score) -> Score {
        let mut score = if self.into_present {
            present.clone()
        } else {
            Score {
                title: self.title(),
                tempo: present.tempo.clone(),
                metre: present.metre.clone(),
                keys: present.keys.clone(),
                resolution: self.readable().map(|(.., content)| content.score.resolution).max().unwrap_or(480),
                ..Score::default()
            }
        };
        if let TempoFrom::File(index) = self.tempo
            && let Some(Ok(content)) = self.files.get(index).map(|file| &file.content)
        {
            score.tempo = content.score.tempo.clone();
            score.metre = content.score.metre.clone();
            score.keys.clone_from(&content.score.keys);
            if !self.into_present {
                score.volume = content.score.volume;
            }
        }
        if let Some((.., content)) = self.readable().next() {
            let file = &content.score;
            // what a file says is the user's own, as what is typed is
            if score.sections.is_empty() && !file.sections.is_empty() {
                score.sections.clone_from(&file.sections);
                score.own.sections = Spans::all();
            }
            if score.chords.is_empty() && !file.chords.is_empty() {
                score.chords.clone_from(&file.chords);
                score.own.chords = Spans::all();
            }
            if score.lyrics.is_empty() {
                score.lyrics.clone_from(&file.lyrics);
            }
        }
        let keeps_melody = self.into_present && score.melody_part().is_some_and(|part| !part.notes.is_empty());
        for (file, _, content) in self.readable() {
            for found in content.parts.iter().filter(|part| part.wanted) {
                let mut part = Part::clone(&content.score.parts[found.index]);
                let is_melody = self.melody == Some((file, found.index)) && !keeps_melody;
                if is_melody {
                    part.role = Role::Melody;
                    score.melody = Some(score.parts.len());
                } else {
                    // what it does decides whether models write it again; there is one melody
                    let role = if part.role == Role::Other { found.role.0 } else { part.role };
                    part.role = if role == Role::Melody { Role::Other } else { role };
                }
                if part.color == 0 || self.into_present {
                    part.color = free_color(&score.parts);
                }
                score.parts.push(Arc::new(part));
            }
        }
        score
    }

    fn title(&self) -> String {
        let first = self.readable().next();
        first.map_or_else(String::new, |(_, file, content)| {
            if content.score.title.is_empty() {
                Path::new(&file.name).file_stem().unwrap_or_default().to_string_lossy().into_owned()
            } else {
                content.score.title.clone()
            }
        })
    }

    /// What is imported: the file's name, or how many there are.
    pub fn name(&self) -> String {
        let mut read = self.readable();
        match (read.next(), read.count()) {
            (Some((_, file, _)), 0) => file.name.clone(),
            (_, others) => format!("{} files", others + 1),
        }
    }

    /// What is told when it is done.
    pub fn summary(&self) -> (Tone, String) {
        let parts = counted(self.wanted(), "part");
        let done = match (self.readable().count(), self.into_present) {
            (1, false) => format!("{} is open", self.name()),
            (1, true) => format!("Added {parts} from {}", self.name()),
            _ => format!("Imported {parts} from {}", self.name()),
        };
        let refusals: Vec<String> = self.files.iter().filter_map(ImportFile::refusal).collect();
        let tone = if refusals.is_empty() { Tone::Good } else { Tone::Warning };
        (tone, std::iter::once(done).chain(refusals).collect::<Vec<_>>().join(". "))
    }
}

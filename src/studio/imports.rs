//! MIDI files in: read beside the window, shown with what is in them, taken into the score as one step.
//! [`super::import_window`] draws it.
//!
//! Files that come together are asked about together, so that none is lost behind another's question.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::{commands::Command, roll::RollCommand, state::Studio, takes::free_color, toasts::Tone};
use crate::{
    gan::roles,
    library::store::new_id,
    music::{Note, Part, Pitch, Role, Score, TempoMap, midi_file},
};

/// Sooner than this nobody needs to be told that a file is being read.
const UNSEEN: Duration = Duration::from_millis(150);
/// How fine the small rolls are: columns and rows of cells.
const CELLS: (usize, usize) = (240, 20);
/// Files remembered for the menu.
const RECENT: usize = 10;

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
    /// The part that is being listened to.
    pub listening: Option<Listening>,
    /// Ask even where there is nothing to choose.
    always_ask: bool,
    begun: Instant,
}

/// A part that is heard alone.
#[derive(Debug)]
pub struct Listening {
    /// File and part.
    pub place: (usize, usize),
    /// What is heard.
    pub score: Arc<Score>,
    /// Whether the player has begun.
    has_begun: bool,
}

/// One file.
#[derive(Debug)]
pub struct ImportFile {
    /// Its name, without folders.
    pub name: String,
    path: PathBuf,
    /// What is in it, or why it was refused.
    pub content: Result<Content, String>,
}

/// What is in a file.
#[derive(Debug)]
pub struct Content {
    /// All of it.
    pub score: Arc<Score>,
    /// Whether it says a tempo; else 120 is what MIDI means.
    pub says_tempo: bool,
    /// Its parts that have notes.
    pub parts: Vec<FoundPart>,
    /// How long it is.
    pub seconds: f64,
}

/// A part as it is shown.
#[derive(Debug)]
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

impl Import {
    fn new(into_present: bool) -> Self {
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
        self.files
            .iter()
            .enumerate()
            .filter_map(|(index, file)| Some((index, file, file.content.as_ref().ok()?)))
    }

    /// Parts that are wanted.
    pub fn wanted(&self) -> usize {
        self.readable()
            .map(|(_, _, content)| content.parts.iter().filter(|part| part.wanted).count())
            .sum()
    }

    /// Whether the window is to be shown: when all has come, or when it takes long.
    pub fn is_shown(&self) -> bool {
        self.to_come == 0 || self.begun.elapsed() > UNSEEN
    }

    /// Whether there is nothing to ask: one file, with one part or written by this program.
    fn goes_without_saying(&self) -> bool {
        match self.files.as_slice() {
            [ImportFile { content: Ok(content), .. }] if !self.always_ask => {
                content.parts.len() == 1 || (content.score.melody.is_some() && !content.parts.is_empty())
            }
            _ => false,
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
                    _ => "the highest part that is no kit".to_owned(),
                };
                Some(((file, index), why))
            })
            .collect();
        self.proposed = candidates.into_iter().next();
        self.melody = self.proposed.as_ref().map(|(place, _)| *place);
        let says = self.readable().find(|(_, _, content)| content.says_tempo).map(|(file, ..)| file);
        self.tempo = match says {
            Some(file) if !self.into_present => TempoFrom::File(file),
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
                ..Score::default()
            }
        };
        if let TempoFrom::File(index) = self.tempo
            && let Some(Ok(content)) = self.files.get(index).map(|file| &file.content)
        {
            score.tempo = content.score.tempo.clone();
            score.metre = content.score.metre.clone();
            score.keys = content.score.keys.clone();
        }
        let keeps_melody = self.into_present && score.melody_part().is_some_and(|part| !part.notes.is_empty());
        for (file, _, content) in self.readable() {
            for found in content.parts.iter().filter(|part| part.wanted) {
                let mut part = Part::clone(&content.score.parts[found.index]);
                let is_melody = self.melody == Some((file, found.index)) && !keeps_melody;
                if is_melody {
                    part.role = Role::Melody;
                    score.melody = Some(score.parts.len());
                } else if part.role == Role::Melody {
                    part.role = Role::Other; // there is one melody
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

    /// What is told when it is done: one sentence for all files.
    fn summary(&self) -> (Tone, String) {
        let refused: Vec<String> = self
            .files
            .iter()
            .filter_map(|file| {
                file.content
                    .as_ref()
                    .err()
                    .map(|reason| format!("{} was refused: {reason}", file.name))
            })
            .collect();
        let read: Vec<&str> = self.readable().map(|(_, file, _)| file.name.as_str()).collect();
        let parts = match self.wanted() {
            1 => "1 part".to_owned(),
            parts => format!("{parts} parts"),
        };
        let mut text = match (read.as_slice(), self.into_present) {
            ([one], false) => format!("{one} is open"),
            ([one], true) => format!("{one} was added: {parts}"),
            (several, _) => format!("{} files were imported: {parts}", several.len()),
        };
        for refusal in &refused {
            text.push_str("; ");
            text.push_str(refusal);
        }
        (if refused.is_empty() { Tone::Good } else { Tone::Warning }, text)
    }
}

impl Studio {
    /// Reads MIDI files beside the window and asks what to do with them.
    pub(super) fn import(&mut self, paths: Vec<PathBuf>) {
        self.import_asking(paths, false);
    }

    /// The same into the present composition, and asking in any case.
    pub(super) fn import_into_present(&mut self, paths: Vec<PathBuf>) {
        self.import_asking(paths, true);
    }

    fn import_asking(&mut self, paths: Vec<PathBuf>, into_present: bool) {
        if paths.is_empty() {
            return;
        }
        let import = self.import.get_or_insert_with(|| Import::new(into_present));
        import.to_come += paths.len();
        self.jobs.spawn("importing", move |poster| {
            for path in paths {
                let file = std::panic::catch_unwind(|| read_file(path.clone())).unwrap_or_else(|_| ImportFile {
                    name: name_of(&path),
                    path,
                    content: Err("something went wrong in reading it".into()),
                });
                poster.post(move |studio| studio.take_read_file(file));
            }
        });
        self.ctx.request_repaint_after(UNSEEN + Duration::from_millis(20));
    }

    fn take_read_file(&mut self, file: ImportFile) {
        let Some(import) = &mut self.import else { return }; // given up meanwhile
        import.files.push(file);
        import.to_come = import.to_come.saturating_sub(1);
        if import.to_come > 0 {
            return;
        }
        import.propose();
        if import.readable().next().is_none() {
            let told: Vec<String> = import
                .files
                .iter()
                .filter_map(|file| {
                    Some(format!(
                        "{} could not be imported, the score is as it was: {}",
                        file.name,
                        file.content.as_ref().err()?
                    ))
                })
                .collect();
            self.import = None;
            self.fail(told.join("\n"));
        } else if import.goes_without_saying() {
            self.finish_import();
        }
    }

    /// Takes what was chosen into the score, as one undo step.
    pub(super) fn finish_import(&mut self) {
        let Some(import) = self.import.take() else { return };
        if self.recording.is_some() {
            self.stop_recording();
        }
        self.drop_audition();
        self.generate.results.clear();
        self.sound.with_player(crate::sound::Player::stop);
        self.sound.seek(0);
        let before = self.history.committed().parts.len();
        let mut score = import.result(self.history.committed());
        if !import.into_present {
            score.id = new_id(); // a composition of its own
        }
        let what = match import.readable().map(|(_, file, _)| &file.name).collect::<Vec<_>>().as_slice() {
            [one] => (*one).clone(),
            several => format!("{} files", several.len()),
        };
        self.part = if import.into_present { before } else { score.melody.unwrap_or(0) };
        self.history.commit(format!("Import {what}"), score);
        self.part = self.part.min(self.score().parts.len().saturating_sub(1));
        if !import.into_present {
            self.transport.loop_range = None;
            self.transport.looping = false;
            self.roll.show_all = true;
        }
        self.page = super::state::Page::Studio;
        for (_, file, _) in import.readable().collect::<Vec<_>>().into_iter().rev() {
            self.remember_file(file.path.clone());
        }
        let (tone, text) = import.summary();
        self.toasts.add(tone, text);
    }

    /// Lets the open window of files meet a command first; says whether that was all.
    pub(super) fn file_window_meets(&mut self, command: Command) -> bool {
        match command {
            Command::Record | Command::PlayPause if self.is_listening() => {
                self.stop_listening();
                command == Command::PlayPause
            }
            Command::Roll(RollCommand::SelectNone) if self.import.is_some() => {
                self.cancel_import();
                true
            }
            // what is being written goes on, and the line at the bottom shows it
            Command::Roll(RollCommand::SelectNone) if self.exports.open.is_some() => {
                self.exports.open = None;
                true
            }
            _ => false,
        }
    }

    /// Leaves everything as it was.
    pub(super) fn cancel_import(&mut self) {
        self.stop_listening();
        self.import = None;
    }

    /// Plays one part of a file alone, or stops where it plays.
    pub(super) fn listen_to(&mut self, place: (usize, usize)) {
        let was = self.import.as_ref().and_then(|import| Some(import.listening.as_ref()?.place));
        self.stop_listening();
        let Some(import) = self.import.as_mut().filter(|_| was != Some(place)) else {
            return;
        };
        let Some(Ok(content)) = import.files.get(place.0).map(|file| &file.content) else {
            return;
        };
        let Some(part) = content.score.parts.get(place.1) else { return };
        let mut alone = Part::clone(part);
        (alone.muted, alone.soloed) = (false, false);
        let first = alone.notes.first().map_or(0, |note| note.start);
        let score = Arc::new(Score {
            tempo: content.score.tempo.clone(),
            metre: content.score.metre.clone(),
            parts: vec![Arc::new(alone)],
            ..Score::default()
        });
        import.listening = Some(Listening {
            place,
            score: Arc::clone(&score),
            has_begun: false,
        });
        self.sound.with_player(crate::sound::Player::stop);
        self.sound.set_loop(None);
        self.sound.keep_up(&score);
        self.sound.seek(first);
        self.sound.with_player(|player| {
            player.set_stop_at_end(true);
            player.play();
        });
    }

    /// Stops what is listened to; the composition is what plays next, from its start.
    pub(super) fn stop_listening(&mut self) {
        if let Some(import) = &mut self.import
            && import.listening.take().is_some()
        {
            self.sound.with_player(crate::sound::Player::stop);
            self.sound.seek(0);
        }
    }

    /// Whether a part of a file is heard instead of the composition.
    pub(super) fn is_listening(&self) -> bool {
        self.import.as_ref().is_some_and(|import| import.listening.is_some())
    }

    /// What is heard instead of the composition, if anything is.
    pub(super) fn heard_instead(&mut self) -> Option<Arc<Score>> {
        let playing = self.is_playing();
        let listening = self.import.as_mut()?.listening.as_mut()?;
        if listening.has_begun && !playing {
            self.stop_listening();
            return None;
        }
        listening.has_begun |= playing;
        Some(Arc::clone(&listening.score))
    }

    /// Puts a file first among those in the menu.
    pub(super) fn remember_file(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.change_preferences(|preferences| {
            preferences.recent_files.retain(|known| *known != path);
            preferences.recent_files.insert(0, path);
            preferences.recent_files.truncate(RECENT);
        });
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Reads a file and looks at its parts; all that takes long is done here, beside the window.
fn read_file(path: PathBuf) -> ImportFile {
    let content = read_midi(&path).and_then(|(score, says_tempo)| look_at(score, says_tempo));
    ImportFile {
        name: name_of(&path),
        path,
        content,
    }
}

fn read_midi(path: &Path) -> Result<(Score, bool), String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file".into());
    }
    if metadata.len() > midi_file::MAX_FILE_BYTES as u64 {
        return Err(format!("it is larger than {} MiB", midi_file::MAX_FILE_BYTES >> 20));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let read = midi_file::read_file(&bytes).map_err(|error| error.to_string())?;
    Ok((read.score, read.says_tempo))
}

fn look_at(score: Score, says_tempo: bool) -> Result<Content, String> {
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
        return Err("it holds no notes".into());
    }
    Ok(Content {
        seconds: score.tempo.seconds_from_tick(end),
        score: Arc::new(score),
        says_tempo,
        parts,
    })
}

fn range_of(part: &Part) -> Option<(Pitch, Pitch)> {
    let pitches = || part.notes.iter().map(|note| note.pitch);
    (!part.is_drum).then(|| Some((pitches().min()?, pitches().max()?))).flatten()
}

/// The small roll of some notes as runs of cells: as many shapes for a hundred thousand notes as for a thousand.
fn cells(notes: &[Note], end: u32) -> Vec<[f32; 3]> {
    let (columns, rows) = CELLS;
    let low = notes.iter().map(|note| note.pitch.get()).min().unwrap_or(48);
    let high = notes.iter().map(|note| note.pitch.get()).max().unwrap_or(72).max(low + 12);
    let mut sounds = vec![false; columns * rows];
    let column = |tick: u32| (u64::from(tick) * columns as u64 / u64::from(end.max(1))) as usize;
    for note in notes {
        let row = usize::from(high - note.pitch.get()) * (rows - 1) / usize::from(high - low);
        let first = column(note.start).min(columns - 1);
        let last = column(note.end().saturating_sub(1)).clamp(first, columns - 1);
        sounds[row * columns + first..=row * columns + last].fill(true);
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
pub(super) fn tempo_text(tempo: &TempoMap) -> String {
    let qpm = || tempo.changes().iter().map(|change| 60e6 / f64::from(change.micros_per_quarter));
    let (slowest, fastest) = qpm().fold((f64::MAX, f64::MIN), |(low, high), qpm| (low.min(qpm), high.max(qpm)));
    if fastest - slowest < 0.5 {
        format!("{fastest:.0} BPM")
    } else {
        format!("{slowest:.0} to {fastest:.0} BPM")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Velocity;

    fn part(name: &str, pitch: i32, count: u32) -> Part {
        let mut part = Part::new(name, 0);
        part.notes = (0..count)
            .map(|index| Note {
                start: index * 240,
                pitch: Pitch::clamped(pitch + (index % 7) as i32),
                duration: 200,
                velocity: Velocity::DEFAULT,
            })
            .collect();
        part
    }

    fn file(name: &str, parts: Vec<Part>, qpm: Option<f64>) -> ImportFile {
        let score = Score {
            parts: parts.into_iter().map(Arc::new).collect(),
            tempo: qpm.map_or_else(TempoMap::default, TempoMap::constant),
            ..Score::default()
        };
        ImportFile {
            name: name.into(),
            path: name.into(),
            content: look_at(score, qpm.is_some()),
        }
    }

    fn import(files: Vec<ImportFile>) -> Import {
        let mut import = Import::new(false);
        import.files = files;
        import.propose();
        import
    }

    fn names(score: &Score) -> Vec<&str> {
        score.parts.iter().map(|part| part.name.as_str()).collect()
    }

    #[test]
    fn several_files_become_one_score_and_refusals_are_told() {
        let import = import(vec![
            file("a.mid", vec![part("Bass", 36, 16), part("Lead", 72, 32)], Some(90.0)),
            file("b.mid", Vec::new(), None),
            file("c.mid", vec![part("Strings", 55, 16)], Some(150.0)),
        ]);
        assert_eq!(import.melody, Some((0, 1)));
        assert_eq!(import.proposed.as_ref().unwrap().1, "named “Lead”");
        let score = import.result(&Score::default());
        assert_eq!((names(&score), score.melody), (vec!["Bass", "Lead", "Strings"], Some(1)));
        assert_eq!((score.title.as_str(), score.tempo.qpm_at(0).round()), ("a", 90.0));
        let (tone, text) = import.summary();
        assert_eq!(
            (tone, text.as_str()),
            (
                Tone::Warning,
                "2 files were imported: 3 parts; b.mid was refused: it holds no notes"
            )
        );
        assert!(!import.goes_without_saying());
    }

    #[test]
    fn into_the_present_composition_its_melody_and_tempo_stay() {
        let present = Score {
            title: "Mine".into(),
            tempo: TempoMap::constant(77.0),
            parts: vec![Arc::new(part("Tune", 60, 8))],
            melody: Some(0),
            ..Score::default()
        };
        let mut import = import(vec![file("a.mid", vec![part("Lead", 72, 32), part("Bass", 36, 16)], Some(90.0))]);
        import.into_present = true;
        import.propose();
        if let Ok(content) = &mut import.files[0].content {
            content.parts[1].wanted = false;
        }
        let score = import.result(&present);
        assert_eq!((names(&score), score.melody), (vec!["Tune", "Lead"], Some(0)));
        assert_eq!((score.title.as_str(), score.tempo.qpm_at(0).round()), ("Mine", 77.0));
        assert_ne!(score.parts[0].color, score.parts[1].color);
        import.tempo = TempoFrom::File(0);
        assert_eq!(import.result(&present).tempo.qpm_at(0).round(), 90.0);
        assert_eq!(import.summary().1, "a.mid was added: 1 part");
    }

    #[test]
    fn a_file_without_a_tempo_leaves_the_present_one() {
        let import = import(vec![file("a.mid", vec![part("One", 60, 9)], None)]);
        assert_eq!(import.tempo, TempoFrom::Present);
        assert!(import.goes_without_saying());
        assert_eq!(import.result(&Score::default()).melody, Some(0));
    }

    #[test]
    fn the_small_roll_of_very_many_notes_has_few_shapes() {
        let notes: Vec<Note> = (0..100_000)
            .map(|index| Note {
                start: index * 17,
                pitch: Pitch::clamped((index * 31 % 88) as i32 + 21),
                duration: 30,
                velocity: Velocity::DEFAULT,
            })
            .collect();
        let many = cells(&notes, 1_700_030);
        assert!(!many.is_empty() && many.len() <= CELLS.0 * CELLS.1 / 2, "{}", many.len());
        assert!(many.iter().all(|[left, right, top]| left < right && *right <= 1.0 && *top < 1.0));
        let one = cells(&notes[..1], 60);
        assert_eq!(one, [[0.0, 0.5, 0.95]]);
    }

    #[test]
    fn tempi_read_as_people_say_them() {
        assert_eq!(tempo_text(&TempoMap::constant(112.0)), "112 BPM");
        let change = |tick, qpm: f64| crate::music::TempoChange {
            tick,
            micros_per_quarter: (60e6 / qpm) as u32,
        };
        assert_eq!(
            tempo_text(&TempoMap::from_changes(vec![change(0, 80.0), change(9, 120.0)])),
            "80 to 120 BPM"
        );
    }
}

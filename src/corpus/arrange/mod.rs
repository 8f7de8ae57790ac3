//! Corpora made ready for the shipped styles: what people wrote, and beside it parts that a rule makes, told apart.
//!
//! Tunes with chords have no bass and no drums; here they get them, from the chords and from human drumming, so that a
//! network can learn a whole band. Knows pieces on the grid, no tensors; what comes out are scores, to be looked at and
//! listened to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use crate::corpus::dataset::{Dataset, Piece, Played, Split};
use crate::music::grid::TICKS_PER_STEP;
use crate::music::kit::Stroke;
use crate::music::{Cell, Grid, MetreChange, MetreMap, Note, Part, Role, Score, TempoMap, Tick, Velocity};

mod bass;
mod chords;
mod comping;
mod grooves;
mod guitar;
mod voices;

pub use bass::{folk as folk_bass, walking as walking_bass};
pub use chords::ChordSpan;
pub use comping::shells as shell_comping;
pub use grooves::{Groove, grooves};
pub use guitar::guitar as acoustic_guitar;

/// A style of the shipped models, as its corpus is made ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Four voices: melody as written; alto, tenor and bass as written or drawn from all that sounds.
    Voices,
    /// Orchestral scores with a marked melody: strings, winds and basses as written.
    Symphony,
    /// Bands as written: guitar, pad, bass and drums.
    Rock,
    /// Tune, piano and second voice as written; bass by rule, drums from human patterns.
    Pop,
    /// Tune and chord symbols as written; walking bass and comping piano by rule, drums from human patterns.
    Jazz,
    /// Tune and chord symbols as written; bass and acoustic guitar by rule, drums from human patterns.
    FolkRock,
}

/// How one part of a style is called and played.
struct Voice {
    role: Role,
    name: &'static str,
    program: u8,
}

const fn voice(role: Role, name: &'static str, program: u8) -> Voice {
    Voice { role, name, program }
}

impl Style {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Voices, Self::Symphony, Self::Rock, Self::Pop, Self::Jazz, Self::FolkRock];

    /// As the command line calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Voices => "voices",
            Self::Symphony => "symphony",
            Self::Rock => "rock",
            Self::Pop => "pop",
            Self::Jazz => "jazz",
            Self::FolkRock => "folk-rock",
        }
    }

    /// The style of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name() == name)
    }

    /// The parts besides the melody, and their General MIDI programs.
    fn voices(self) -> Vec<Voice> {
        match self {
            Self::Voices => {
                vec![voice(Role::Alto, "Alto", 52), voice(Role::Tenor, "Tenor", 52), voice(Role::Bass, "Bass", 52)]
            }
            Self::Symphony => {
                vec![voice(Role::Pad, "Strings", 48), voice(Role::Chords, "Winds", 60), voice(Role::Bass, "Basses", 43)]
            }
            Self::Rock => vec![
                voice(Role::Guitar, "Overdriven guitar", 29),
                voice(Role::Pad, "Pad", 50),
                voice(Role::Bass, "Bass guitar", 34),
                voice(Role::Drums, "Drums", 0),
            ],
            Self::Pop => vec![
                voice(Role::Chords, "Piano", 0),
                voice(Role::Pad, "Strings", 48),
                voice(Role::Bass, "Bass guitar", 33),
                voice(Role::Drums, "Drums", 0),
            ],
            Self::Jazz => vec![
                voice(Role::Chords, "Piano", 0),
                voice(Role::Bass, "Double bass", 32),
                voice(Role::Drums, "Drums", 32),
            ],
            Self::FolkRock => vec![
                voice(Role::Guitar, "Acoustic guitar", 25),
                voice(Role::Bass, "Bass guitar", 33),
                voice(Role::Drums, "Drums", 0),
            ],
        }
    }

    /// The genres of a lead sheet that belong to the style; empty where the corpus is all of one style.
    const fn genres(self) -> &'static [&'static str] {
        match self {
            Self::Jazz => &["Jazz", "Stage & Screen", "Pop", "Funk / Soul", "Latin"],
            Self::FolkRock => &["Rock", "Folk, World, & Country", "Pop"],
            Self::Voices | Self::Symphony | Self::Rock | Self::Pop => &[],
        }
    }

    /// The styles of human drumming that belong to it; empty where the drums are as written.
    pub const fn drumming(self) -> &'static [&'static str] {
        match self {
            Self::Pop => &["pop", "soul", "rock"],
            Self::Jazz => &["jazz"],
            Self::FolkRock => &["country", "rock", "pop", "blues"],
            Self::Voices | Self::Symphony | Self::Rock => &[],
        }
    }
}

/// A piece made ready.
#[derive(Clone, Debug)]
pub struct Arranged {
    /// A name for its file, which says on which side of the split it is.
    pub name: String,
    /// Its parts, the melody first.
    pub score: Score,
}

/// The genres of lead sheets, by file name, from an `index.json` beside them; empty where there is none.
pub fn read_genres(folder: &Path) -> BTreeMap<String, Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Entry {
        #[serde(default)]
        genres: Vec<String>,
    }
    let text = std::fs::read_to_string(folder.join("index.json")).unwrap_or_default();
    let entries: BTreeMap<String, Entry> = serde_json::from_str(&text).unwrap_or_default();
    entries.into_iter().map(|(file, entry)| (file.trim_end_matches(".mid").to_owned(), entry.genres)).collect()
}

/// Makes the pieces of a data set ready for a style. The same seed makes the same scores.
pub fn arrange(
    style: Style,
    dataset: &Dataset,
    genres: &BTreeMap<String, Vec<String>>,
    grooves: &[Groove],
    seed: u64,
) -> Vec<Arranged> {
    let belongs = |piece: &&Piece| {
        let file = piece.name.split('#').next().unwrap_or(&piece.name);
        style.genres().is_empty()
            || genres.get(file).is_none_or(|genres| genres.iter().any(|genre| style.genres().contains(&genre.as_str())))
    };
    let pieces = dataset.pieces.iter().enumerate().filter(|(_, piece)| belongs(piece));
    pieces
        .filter_map(|(number, piece)| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(number as u64);
            let parts = parts(style, piece, grooves, &mut random)?;
            let split = if piece.split == Split::Valid { "valid" } else { "train" };
            let safe = |letter: char| if letter.is_alphanumeric() { letter } else { '_' };
            Some(Arranged {
                name: format!("{split}_{}", piece.name.chars().map(safe).collect::<String>()),
                score: score(style, piece, &parts)?,
            })
        })
        .collect()
}

/// A part of an arrangement.
struct Line {
    role: Role,
    grid: Grid,
    /// How it is played, where anybody did.
    played: Vec<Played>,
}

impl Line {
    /// One that a rule made.
    const fn new(role: Role, grid: Grid) -> Self {
        Self { role, grid, played: Vec::new() }
    }

    /// What a piece has as `from`.
    fn written(piece: &Piece, from: Role, role: Role) -> Option<Self> {
        Some(Self { role, grid: piece.part(from)?.clone(), played: piece.played(from).to_vec() })
    }

    fn drums(strokes: &[Stroke], steps: usize) -> Self {
        let mut grid = Grid::silent(steps);
        let played = strokes.iter().map(|stroke| Played {
            step: stroke.step,
            pitch: stroke.sound.key(),
            velocity: stroke.velocity,
            late: stroke.late,
        });
        let played: Vec<Played> = played.filter(|played| (played.step as usize) < steps).collect();
        for stroke in &played {
            grid.set(stroke.step as usize, usize::from(stroke.pitch), Cell::Onset);
        }
        Self { role: Role::Drums, grid, played }
    }

    /// Its notes, as hard and as late as they were played.
    fn notes(&self) -> Vec<Note> {
        let mut notes = self.grid.to_notes(0, Velocity::clamped(80));
        for note in &mut notes {
            let place = (note.start / TICKS_PER_STEP, note.pitch.get());
            let found = self.played.binary_search_by_key(&place, |played| (played.step, played.pitch));
            let Ok(found) = found else { continue };
            let played = self.played[found];
            let late = i64::from(played.late) * i64::from(TICKS_PER_STEP) / 100;
            note.start = (i64::from(note.start) + late).max(0) as Tick;
            note.velocity = Velocity::clamped(played.velocity.into());
        }
        notes
    }
}

/// The parts of a piece in a style; `None` where the piece lacks what they are made from.
fn parts(style: Style, piece: &Piece, grooves: &[Groove], random: &mut ChaCha8Rng) -> Option<Vec<Line>> {
    let written = |role: Role| Line::written(piece, role, role);
    let drums = |random: &mut ChaCha8Rng| grooves::drums(grooves, piece, random);
    match style {
        Style::Voices => Some(voices::voices(piece)?.into_iter().map(|(role, grid)| Line::new(role, grid)).collect()),
        Style::Symphony => {
            // in the studio, what has no role is the user's own
            let winds = Line::written(piece, Role::Other, Role::Chords);
            Some([written(Role::Pad), winds, written(Role::Bass)].into_iter().flatten().collect())
        }
        Style::Rock => {
            let roles = [Role::Guitar, Role::Pad, Role::Bass, Role::Drums];
            let parts: Vec<_> = roles.into_iter().filter_map(written).collect();
            (parts.len() > 1).then_some(parts)
        }
        Style::Pop => {
            let piano = written(Role::Chords)?;
            let chords = chords::chords(&piano.grid, chords::half_bar(piece.steps_per_bar));
            let drums = drums(random);
            let bass = Line::new(Role::Bass, bass::pop(&chords, piece, &drums, random));
            let drums = Line::drums(&drums, piece.steps());
            Some([Some(piano), written(Role::Pad), Some(bass), Some(drums)].into_iter().flatten().collect())
        }
        Style::Jazz | Style::FolkRock => {
            let sheet = piece.part(Role::Chords)?;
            let chords = chords::chords(sheet, chords::half_bar(piece.steps_per_bar));
            let drums = Line::drums(&drums(random), piece.steps());
            Some(if style == Style::Jazz {
                vec![
                    Line::new(Role::Chords, comping::shells(&chords, piece, random)),
                    Line::new(Role::Bass, bass::walking(&chords, piece, random)),
                    drums,
                ]
            } else {
                vec![
                    Line::new(Role::Guitar, guitar::guitar(&chords, piece, random)),
                    Line::new(Role::Bass, bass::folk(&chords, piece, random)),
                    drums,
                ]
            })
        }
    }
}

fn score(style: Style, piece: &Piece, parts: &[Line]) -> Option<Score> {
    let mut melody = Part::new("Melody", 73);
    melody.role = Role::Melody;
    let tune = Line { role: Role::Melody, grid: piece.melody.clone(), played: piece.played(Role::Melody).to_vec() };
    melody.notes = tune.notes();
    let mut all = vec![Arc::new(melody)];
    for voice in style.voices() {
        let Some(line) = parts.iter().find(|line| line.role == voice.role) else {
            continue;
        };
        let mut part = Part::new(voice.name, voice.program);
        part.role = line.role;
        part.is_drum = line.role == Role::Drums;
        part.notes = line.notes();
        if !part.notes.is_empty() {
            all.push(Arc::new(part));
        }
    }
    Some(Score {
        title: piece.name.clone(),
        tempo: TempoMap::constant(100.0),
        metre: MetreMap::from_changes(vec![MetreChange { tick: 0, metre: piece.metre()? }]),
        parts: all,
        melody: Some(0),
        ..Score::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin;

    fn dataset() -> Dataset {
        let mut pieces: Vec<Piece> = (0..6).map(|number| builtin::Style::Pop.piece(3, number)).collect();
        pieces[0].split = Split::Valid;
        Dataset { pieces, ..Dataset::default() }
    }

    #[test]
    fn bands_are_whole_and_go_with_the_tune() {
        let dataset = dataset();
        for style in [Style::Pop, Style::Jazz, Style::FolkRock] {
            let arranged = arrange(style, &dataset, &BTreeMap::new(), &[], 1);
            assert_eq!(arranged.len(), 6);
            assert!(arranged[0].name.starts_with("valid_") && arranged[1].name.starts_with("train_"));
            for (piece, arranged) in dataset.pieces.iter().zip(&arranged) {
                let roles: Vec<Role> = arranged.score.parts.iter().map(|part| part.role).collect();
                assert_eq!(roles[0], Role::Melody);
                assert!(roles.contains(&Role::Bass) && roles.contains(&Role::Drums), "{roles:?}");
                let melody = Grid::from_notes(&arranged.score.parts[0].notes, 0, piece.steps());
                assert_eq!(melody, piece.melody);
                let bass = arranged.score.parts.iter().find(|part| part.role == Role::Bass).unwrap();
                assert!(bass.notes.iter().all(|note| (28..=55).contains(&note.pitch.get())));
                assert!(bass.notes.len() >= piece.bars(), "{}", bass.notes.len());
            }
            let again = arrange(style, &dataset, &BTreeMap::new(), &[], 1);
            assert!(arranged.iter().zip(&again).all(|(a, b)| a.score == b.score));
        }
    }

    #[test]
    fn sheets_of_other_genres_are_left_out() {
        let dataset = dataset();
        let genres = BTreeMap::from([
            (dataset.pieces[0].name.clone(), vec!["Rock".to_owned()]),
            (dataset.pieces[1].name.clone(), vec!["Jazz".to_owned()]),
        ]);
        assert_eq!(arrange(Style::Jazz, &dataset, &genres, &[], 1).len(), 5);
    }
}

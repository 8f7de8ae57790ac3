//! What a composition consists of: its score, the takes to choose from, and how those that were kept were made.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    library::hostile::in_order,
    music::{Part, Score},
};

/// How takes are made: everything the engine needs for exactly these notes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// What people call the model.
    pub model: String,
    /// Where it was.
    pub model_folder: PathBuf,
    /// SHA-256 of its card and weights, in hexadecimal: which model it is, wherever it lies.
    pub model_hash: String,
    /// The seed of the request, or of one take.
    pub seed: u64,
    /// 0 (the likeliest) to 1 (the boldest).
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy).
    pub density: f32,
    /// Only these bars were written anew, from 0, the last one excluded.
    pub bars: Option<(u32, u32)>,
    /// What was asked about: melody, tempo, metre, locked parts.
    pub score: Arc<Score>,
}

/// One take that can be listened to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Take {
    /// What was written.
    pub parts: Vec<Part>,
    /// The critic's opinion.
    pub rating: f32,
    /// Gives exactly these notes again.
    pub seed: u64,
}

/// The takes of one request, as the panel shows them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Takes {
    /// How they were made; its seed is the request's.
    pub recipe: Arc<Recipe>,
    /// What came.
    pub takes: Vec<Take>,
}

/// A take that was kept, and how to make it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Making {
    /// How; its seed is the take's own.
    pub recipe: Recipe,
    /// What came.
    pub parts: Vec<Part>,
    /// When, in milliseconds since 1970.
    pub made_ms: i64,
}

/// What is to be saved of the composition being worked on.
#[derive(Clone, Debug, Default)]
pub struct Save {
    /// The score; its `id` says which composition it is.
    pub score: Arc<Score>,
    /// The part being played in as it is now, and where it stands, while a recording is under way.
    pub recording: Option<(usize, Arc<Part>)>,
    /// The takes to choose from.
    pub takes: Option<Arc<Takes>>,
    /// The part that is worked on.
    pub part: usize,
    /// Whether it is the user's work yet, or a prepared melody as it came.
    pub touched: bool,
    /// How takes were made that were kept since the last save.
    pub makings: Vec<Making>,
}

/// What the library has of a composition after saving or loading it; saves only what differs from it.
#[derive(Clone, Debug)]
pub struct Saved {
    pub(super) revision: i64,
    pub(super) parts: Vec<Arc<Part>>,
    pub(super) takes: Option<Arc<Takes>>,
}

/// A composition as it was kept.
#[derive(Clone, Debug)]
pub struct Composition {
    /// The score.
    pub score: Arc<Score>,
    /// The part as it was being played in when the program ended, and where it stands.
    pub recording: Option<(usize, Part)>,
    /// The takes to choose from.
    pub takes: Option<Arc<Takes>>,
    /// Every take that was kept, the last one last.
    pub makings: Vec<Making>,
    /// The part that was worked on.
    pub part: usize,
    /// As the user sorts it.
    pub tags: Vec<String>,
    /// To save it again.
    pub saved: Saved,
}

/// What happened to a save.
#[derive(Debug)]
pub enum SaveOutcome {
    /// It is there.
    Kept(Saved),
    /// Another studio changed the composition since it was loaded; nothing was written.
    Conflict,
}

/// Parts from outside as every other part of the program expects them.
pub(super) fn parts_in_order(parts: Vec<Part>) -> Vec<Part> {
    let score = Score { parts: parts.into_iter().map(Arc::new).collect(), ..Score::default() };
    in_order(score).parts.into_iter().map(Arc::unwrap_or_clone).collect()
}

impl Takes {
    /// Takes from outside as every other part of the program expects them.
    pub(in crate::library) fn in_order(self) -> Self {
        Self {
            recipe: Arc::new(Arc::unwrap_or_clone(self.recipe).in_order()),
            takes: self.takes.into_iter().map(|take| Take { parts: parts_in_order(take.parts), ..take }).collect(),
        }
    }
}

impl Making {
    /// One from outside as every other part of the program expects it.
    pub(in crate::library) fn in_order(self) -> Self {
        Self { recipe: self.recipe.in_order(), parts: parts_in_order(self.parts), ..self }
    }
}

impl Recipe {
    fn in_order(self) -> Self {
        let share = |value: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.5 };
        Self {
            surprise: share(self.surprise),
            density: share(self.density),
            score: Arc::new(in_order(Score::clone(&self.score))),
            ..self
        }
    }
}

impl Composition {
    /// A composition that was never kept, such as one from a file.
    pub fn new(score: Score) -> Self {
        Self {
            score: Arc::new(score),
            recording: None,
            takes: None,
            makings: Vec::new(),
            part: 0,
            tags: Vec::new(),
            saved: Saved::NOTHING,
        }
    }
}

impl Saved {
    /// Nothing is there yet.
    pub(in crate::library) const NOTHING: Self = Self { revision: 0, parts: Vec::new(), takes: None };
}

//! What a composition consists of: its score, the takes to choose from, and how the kept ones were generated.

use std::{ops::Range, path::PathBuf, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize};

use crate::music::{Key, MAX_TICK, Outline, Part, Score, Tick};

/// How takes are generated: everything the engine needs to write exactly these notes again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GenerationSettings {
    /// What people call the model.
    pub model: String,
    /// Where it was.
    pub model_folder: PathBuf,
    /// SHA-256 of its card and weights, in hexadecimal: identifies the model wherever its folder is.
    pub model_hash: String,
    /// How many iterations the model was trained for; 0 where that is not known.
    pub iterations: u64,
    /// The seed of the request, or of one take.
    pub seed: u64,
    /// 0 (the likeliest) to 1 (the boldest).
    #[serde(deserialize_with = "share")]
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy).
    #[serde(deserialize_with = "share")]
    pub density: f32,
    /// Whether every note was to be exactly on the grid.
    pub on_grid: bool,
    /// How many bars were to introduce the song.
    pub introduction: u32,
    /// Only these bars were regenerated, from 0, the last one excluded.
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
    /// Its chords, its sections and where it begins.
    #[serde(flatten)]
    pub outline: Outline,
    /// The discriminator's score.
    #[serde(deserialize_with = "finite")]
    pub rating: f32,
    /// Gives exactly these notes again.
    pub seed: u64,
    /// Whether it was put into the score.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

/// The takes of the last request, as the panel shows them, and those of earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Takes {
    /// How they were generated; the seed is the request's.
    #[serde(rename = "recipe")]
    pub settings: Arc<GenerationSettings>,
    /// What came.
    pub takes: Vec<Take>,
    /// What came of earlier requests, the first one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierTakes>,
}

/// The takes of one earlier request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EarlierTakes {
    /// How they were generated; the seed is the request's.
    #[serde(rename = "recipe")]
    pub settings: Arc<GenerationSettings>,
    /// What came.
    pub takes: Vec<Take>,
}

/// A take that was kept, and how to generate it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptTake {
    /// How it was generated; the seed is the take's own.
    #[serde(rename = "recipe")]
    pub settings: GenerationSettings,
    /// What came.
    pub parts: Vec<Part>,
    /// Its chords, its sections and where it begins.
    #[serde(flatten)]
    pub outline: Outline,
    /// When, in milliseconds since 1970.
    pub made_ms: i64,
}

/// How a composition was left: what belongs to it and is no music.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AsLeft {
    /// The key that its notes suggested, which depends on those that were there before, too.
    pub found_key: Option<Key>,
    /// The loop.
    pub loop_range: Option<Range<Tick>>,
    /// Whether it was on.
    pub looping: bool,
}

impl AsLeft {
    /// What a file may say of it.
    #[must_use]
    pub(in crate::library) fn in_range(self) -> Self {
        Self {
            found_key: self.found_key.filter(|key| key.tonic < 12),
            loop_range: self.loop_range.filter(|range| range.start < range.end && range.end <= MAX_TICK),
            ..self
        }
    }
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
    /// What else is kept of it.
    pub left: AsLeft,
    /// Whether it is the user's work yet, or a prepared melody as it came.
    pub touched: bool,
    /// The takes that were kept since the last save.
    pub kept_takes: Vec<KeptTake>,
}

impl From<&Composition> for Save {
    fn from(composition: &Composition) -> Self {
        Self {
            score: Arc::clone(&composition.score),
            recording: composition.recording.clone().map(|(position, part)| (position, Arc::new(part))),
            takes: composition.takes.clone(),
            part: composition.part,
            left: composition.left.clone(),
            touched: true,
            kept_takes: composition.kept_takes.clone(),
        }
    }
}

impl Save {
    /// Stands for an earlier state of the same composition, too, that was not written.
    pub(in crate::library) fn absorb(&mut self, earlier: Self) {
        self.touched |= earlier.touched;
        self.kept_takes.splice(0..0, earlier.kept_takes);
    }
}

/// What the library has of a composition after saving or loading it; saves only what differs from it.
#[derive(Clone, Debug)]
pub struct Saved {
    pub(super) revision: i64,
    /// The score without its parts.
    pub(super) head: Option<Box<Score>>,
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
    pub kept_takes: Vec<KeptTake>,
    /// The part that was worked on.
    pub part: usize,
    /// What else was kept of it.
    pub left: AsLeft,
    /// As the user sorts it.
    pub tags: Vec<String>,
    /// To save it again.
    pub saved: Saved,
}

/// What happened to a save.
#[derive(Debug)]
pub enum SaveOutcome {
    /// It is written.
    Saved(Saved),
    /// Another window changed the composition since it was loaded; nothing was written.
    Conflict,
}

/// A share from whatever number is written; 0.5 where it is not a number.
fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let number = Option::<f32>::deserialize(deserializer)?.filter(|number| number.is_finite());
    Ok(number.unwrap_or(0.5).clamp(0.0, 1.0))
}

/// A number; 0 where it is not finite, which JSON writes as null.
fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    Ok(Option::<f32>::deserialize(deserializer)?.filter(|number| number.is_finite()).unwrap_or(0.0))
}

impl Composition {
    /// A composition that was never kept, such as one from a file.
    pub fn new(score: Score) -> Self {
        Self {
            score: Arc::new(score),
            recording: None,
            takes: None,
            kept_takes: Vec::new(),
            part: 0,
            left: AsLeft::default(),
            tags: Vec::new(),
            saved: Saved::NOTHING,
        }
    }
}

impl Saved {
    /// Nothing is there yet.
    pub(in crate::library) const NOTHING: Self = Self { revision: 0, head: None, parts: Vec::new(), takes: None };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Chord, ChordChange};

    #[test]
    fn takes_from_outside_are_brought_into_range() {
        let text = r#"{"recipe":{"surprise":-7,"density":1e39,"score":{"volume":300}},
            "takes":[{"rating":null,"chords":[
                {"tick":4294967295,"chord":{"root":255,"third":255,"fifth":255,"seventh":255},"bass":255},
                {"tick":480,"chord":null,"bass":12}],"parts":[{"reverb":9999,
                "notes":[{"start":0,"pitch":60,"duration":0,"velocity":1}]}]}]}"#;
        let takes: Takes = serde_json::from_str(text).unwrap();
        assert_eq!((takes.settings.surprise, takes.settings.density, takes.settings.score.volume), (0.0, 0.5, 127));
        let take = &takes.takes[0];
        assert_eq!((take.rating, take.parts[0].reverb, take.parts[0].notes[0].duration), (0.0, 127, 1));
        let chord = Some(Chord { root: 3, third: 3, fifth: 3, seventh: Some(3) });
        let tamed = ChordChange { tick: MAX_TICK, chord, bass: 3 };
        assert_eq!(take.outline.chords, [ChordChange { tick: 480, chord: None, bass: 0 }, tamed]);
        let kept =
            format!(r#"{{"chords":{}}}"#, serde_json::to_string(&take.outline.chords).unwrap().replace(":3", ":255"));
        assert_eq!(serde_json::from_str::<KeptTake>(&kept).unwrap().outline, take.outline);
        // without chords they are written as ever
        assert!(!serde_json::to_string(&Take::default()).unwrap().contains("chords"));
    }
}

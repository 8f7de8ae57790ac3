//! What every network can do: write parts to a melody of any length, and give its opinion of them.
//!
//! Must not know files, processes or MIDI: grids in, grids out.

use std::ops::Range;
use std::path::{Path, PathBuf};

use cantus::corpus::hands::Hands;
use cantus::engine_client::ModelCard;
use cantus::engine_client::model_card::{CRITIC_FILE, GENERATOR_FILE};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::composing::finishing::Finishing;
use crate::error::Error;
use cantus::music::kit::Stroke;
use cantus::music::{Chord, Grid, Key};

pub use cantus::engine_client::PartSpec;

/// The longest melody a network takes, in steps: ten minutes at 200 quarters a minute, and some.
pub const MAX_STEPS: usize = 16_384;

/// A part of which some stays as it is.
#[derive(Clone, Debug)]
pub struct KeptPart {
    /// Its cells, as long as the melody.
    pub grid: Grid,
    /// The steps that are to be written anew; what lies outside stays. Empty where all of it stays.
    pub written: Range<usize>,
}

/// How a melody is to be accompanied.
pub struct GenerateContext<'a> {
    /// Steps in a bar of the melody, which begins on a bar line; 16 in common time.
    pub steps_per_bar: usize,
    /// The key that the music says of itself.
    pub key: Option<Key>,
    /// The same seed gives the same notes on the CPU.
    pub seed: u64,
    /// 0 (the likeliest) to 1 (the boldest).
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy); 0.5 is what the network learned.
    pub density: f32,
    /// For each of the network's parts what of it stays, to be written around; empty where all is written. Networks
    /// that cannot listen to it write as they would without; the caller puts back what stays.
    pub kept: &'a [Option<KeptPart>],
    /// Asked between steps of work; `true` ends with [`Error::Cancelled`].
    pub cancel: &'a dyn Fn() -> bool,
    /// So many steps at the beginning introduce the melody: what it has there is to be accompanied, but is not heard.
    pub introduction: usize,
    /// Called with how much of how much is done.
    pub progress: &'a dyn Fn(u64, u64),
}

impl GenerateContext<'_> {
    /// Common time, as learned, nobody watching.
    pub fn new(seed: u64) -> Self {
        Self {
            steps_per_bar: 16,
            key: None,
            seed,
            surprise: 0.5,
            density: 0.5,
            kept: &[],
            introduction: 0,
            cancel: &|| false,
            progress: &|_, _| {},
        }
    }
}

/// How one part is sampled, so that it rests, holds and comes back as often as in its training pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartSampling {
    /// Added to the logits of rests.
    pub rest: f32,
    /// Added to the logits of what is held.
    pub hold: f32,
    /// Share of the bars in which its rhythm has the noise that it has in the others, a kit's with its keys.
    pub steadiness: f32,
    /// Added to the logits of what it strikes on the sixteenths between eighths.
    #[serde(skip_serializing_if = "is_zero")]
    pub sixteenths: f32,
    /// How often the temperature of its pitches is doubled.
    #[serde(skip_serializing_if = "is_zero")]
    pub boldness: f32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

impl PartSampling {
    /// Whether a model may ask for it.
    pub fn is_sane(&self) -> bool {
        let biases = [self.rest, self.hold, self.sixteenths];
        biases.iter().all(|bias| (-8.0..=8.0).contains(bias))
            && (0.0..=1.0).contains(&self.steadiness)
            && (-4.0..=4.0).contains(&self.boldness)
    }
}

/// What a network wrote to a melody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// A grid for each of its parts, as long as the melody.
    pub parts: Vec<Grid>,
    /// The chord at each step, and the pitch class of its lowest note; empty from a network that has no chords.
    pub chords: Vec<Option<(Chord, u8)>>,
    /// The first steps of the song's sections behind the introduction, and their letters: 0 for A, the same for the
    /// same tune. Empty from a network that has none.
    pub sections: Vec<(usize, usize)>,
    /// How the kit among its parts is played; empty from a network that does not say.
    pub strokes: Vec<Stroke>,
}

impl From<Vec<Grid>> for Written {
    fn from(parts: Vec<Grid>) -> Self {
        Self { parts, ..Self::default() }
    }
}

/// Where the weights of a model lie; one of them may be missing.
#[derive(Clone, Debug)]
pub struct ModelFiles {
    /// The generator's.
    pub generator: PathBuf,
    /// The discriminator's (critic's), where it came along.
    pub critic: Option<PathBuf>,
}

impl ModelFiles {
    /// Those of a model's folder.
    pub fn in_folder(folder: &Path) -> Self {
        let critic = folder.join(CRITIC_FILE);
        Self { generator: folder.join(GENERATOR_FILE), critic: critic.exists().then_some(critic) }
    }
}

/// A network's own settings, from a model's card.
///
/// # Errors
/// They are not those of such a network.
pub fn settings_of<T: DeserializeOwned>(card: &ModelCard) -> Result<T, Error> {
    serde_json::from_value(Value::Object(card.settings.clone()))
        .map_err(|error| Error::Request(format!("the model's settings cannot be read ({error})")))
}

/// The length of a melody in steps.
///
/// # Errors
/// [`Error::TooLong`] beyond [`MAX_STEPS`].
pub const fn steps_of(melody: &Grid) -> Result<usize, Error> {
    match melody.steps() {
        steps if steps > MAX_STEPS => Err(Error::TooLong { steps, most: MAX_STEPS }),
        steps => Ok(steps),
    }
}

/// A network that is loaded, or why it is not.
pub type Loaded = Result<Box<dyn Network>, Error>;

/// A network that is loaded and ready. It lives on one thread at a time.
pub trait Network: Send {
    /// The parts it writes, in the order in which it writes them.
    fn parts(&self) -> &[PartSpec];

    /// Writes one grid per part, each as long as the melody, whatever its length, key and range.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when asked to, [`Error::TooLong`] beyond [`MAX_STEPS`], or what libtorch says.
    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Written, Error>;

    /// How far into its quarter an off-beat eighth of its parts is played: 0.5 is straight, 2/3 a triplet's feel.
    fn swing(&self) -> f32 {
        0.5
    }

    /// Of the steps of postprocessing asked for, those that suit its style: what is a mistake in a chorale may be jazz.
    fn finishing(&self, asked: Finishing) -> Finishing {
        asked
    }

    /// Whether its operations are so small that threads would wait for each other longer than they compute.
    fn is_small(&self) -> bool {
        false
    }

    /// Which of its parts never play a note as short as a step; none where there are fewer than parts.
    fn sustained(&self) -> &[bool] {
        &[]
    }

    /// How people play its parts; none where there are fewer than parts, or nobody played one.
    fn hands(&self) -> &[Option<Hands>] {
        &[]
    }

    /// The discriminator's (critic's) score; higher is better, comparable between takes of one melody only. 0 where
    /// there is none.
    ///
    /// # Errors
    /// What libtorch says.
    fn rate(&self, melody: &Grid, parts: &[Grid]) -> Result<f32, Error>;
}

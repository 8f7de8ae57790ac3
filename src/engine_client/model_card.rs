//! `model.json`: what a model says of itself, for lists and for whoever loads its weights.
//!
//! Knows no network and no tensor; the settings of a network pass through it unread.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::protocol::{Loss, TrainRequest};
use super::run_folder;
use crate::music::Role;
use crate::whole_file;

/// The file of a model folder that makes it one.
pub const CARD_FILE: &str = "model.json";
/// The generator's weights in a model folder.
pub const GENERATOR_FILE: &str = "generator.safetensors";
/// The discriminator's (critic's) weights in a model folder; a model may come without.
pub const CRITIC_FILE: &str = "critic.safetensors";
/// The layout of `model.json` that this program writes; it reads earlier ones, too.
pub const FORMAT: u32 = 2;

/// A card is a page of text; whatever is longer is something else.
const MAX_CARD_BYTES: u64 = 1 << 20;
const MAX_PARTS: usize = 16;
const MAX_TEXT_CHARS: usize = 4096;

/// One of the parts a network writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartSpec {
    /// What the part does in the piece.
    pub role: Role,
    /// What to call it.
    pub name: String,
    /// The General MIDI program it is written for, 0 to 127.
    pub program: u8,
    /// Whether it is a kit.
    pub is_drum: bool,
    /// The lowest pitch of the part in the training pieces.
    pub low: u8,
    /// The highest pitch of the part in the training pieces.
    pub high: u8,
}

/// How a model was trained, as far as people ask and its card does not say it elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// The folder's name of the model that it was trained on from; `None` from scratch.
    pub from: Option<String>,
    /// Whether convolutions had half as many bits.
    pub mixed: bool,
    /// What discriminator and generator minimised, where the network has a choice.
    pub loss: Option<Loss>,
}

impl From<&TrainRequest> for Training {
    fn from(request: &TrainRequest) -> Self {
        let name = |from: &PathBuf| from.file_name().map(|name| name.to_string_lossy().into_owned());
        Self { from: request.from.as_ref().and_then(name), mixed: request.mixed, loss: request.chosen_loss() }
    }
}

/// What `model.json` says. Fields that this version does not know are kept when a card is read and written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCard {
    /// [`FORMAT`] of the file.
    pub format: u32,
    /// Which network the weights are for, by its name in [`super::networks`].
    pub network: String,
    /// What people call the model.
    pub name: String,
    /// What its folder was called before, where it was renamed: takes know their model by its folder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<String>,
    /// The style it writes, in a few words.
    pub style: String,
    /// A line or two for people.
    pub about: String,
    /// Where the training pieces come from.
    pub data: String,
    /// The licence of the weights.
    pub licence: String,
    /// Version of the program that wrote it.
    pub version: String,
    /// Iterations trained.
    pub iterations: u64,
    /// What everything random in its training followed from.
    pub seed: u64,
    /// How it was trained; in cards of earlier versions only what was asked for in its folder tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
    /// The parts it writes.
    pub parts: Vec<PartSpec>,
    /// What the network itself needs to know, in its own words (widths, thresholds, learning rates).
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// Measures on pieces it has not seen, by name.
    pub measures: serde_json::Map<String, serde_json::Value>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl ModelCard {
    /// Reads and checks the card of a model folder.
    ///
    /// # Errors
    /// Where there is none, or it is not a card this program understands.
    pub fn read(folder: &Path) -> Result<Self, ModelCardError> {
        let path = folder.join(CARD_FILE);
        let refuse = |reason: String| ModelCardError::Refused { reason, path: path.clone() };
        // a pipe or a device would block or never end
        let metadata = std::fs::metadata(&path).map_err(|_| ModelCardError::NoModel { path: folder.into() })?;
        if !metadata.is_file() || metadata.len() > MAX_CARD_BYTES {
            return Err(refuse("it is not a small text file".into()));
        }
        let mut text = String::new();
        std::fs::File::open(&path)
            .and_then(|file| file.take(MAX_CARD_BYTES).read_to_string(&mut text))
            .map_err(|error| refuse(error.to_string()))?;
        Self::parse(&text).map_err(refuse)
    }

    /// Reads a card from its text, with the reason where it is refused.
    fn parse(text: &str) -> Result<Self, String> {
        let card: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match card.format {
            1..=FORMAT => {}
            0 => return Err("it does not say its format".into()),
            newer => return Err(format!("its format {newer} is newer than this program")),
        }
        if card.network.is_empty() {
            return Err("it does not say its network".into());
        }
        let texts = [&card.network, &card.name, &card.style, &card.about, &card.data, &card.licence, &card.version];
        if texts.iter().any(|text| text.chars().count() > MAX_TEXT_CHARS) {
            return Err("one of its texts is too long".into());
        }
        if card.parts.len() > MAX_PARTS {
            return Err(format!("it has {} parts, more than {MAX_PARTS}", card.parts.len()));
        }
        for part in &card.parts {
            if part.program > 127
                || part.low > part.high
                || part.high > 127
                || part.name.chars().count() > MAX_TEXT_CHARS
            {
                return Err(format!("its part “{:.40}” is not one MIDI could hold", part.name));
            }
        }
        Ok(card)
    }

    /// The same, with how it was trained from what was asked for, where only that tells.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with_training(folder: &Path) -> Result<Self, ModelCardError> {
        let mut card = Self::read(folder)?;
        card.training = card.training.or_else(|| run_folder::read_request(folder).as_ref().map(Training::from));
        Ok(card)
    }

    /// Has the card of a copy say how the model was trained: what was asked for is not copied along. Of a model that
    /// learns, the copy has the curves up to its checkpoint.
    ///
    /// # Errors
    /// As [`Self::read`] and [`Self::write`].
    pub fn complete_copy(from: &Path, copy: &Path) -> Result<(), ModelCardError> {
        let card = Self::read_with_training(from)?;
        let copied = Self::read(copy)?;
        if copied.iterations > 0 {
            let not_written = |source| ModelCardError::NotWritten { source, path: copy.to_owned() };
            run_folder::cut_curves(copy, copied.iterations).map_err(not_written)?;
        }
        // a card that says all of it stays as it is, byte by byte
        if copied.training == card.training {
            return Ok(());
        }
        Self { training: card.training, ..copied }.write(copy)
    }

    /// Writes the card into a model folder, whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, folder: &Path) -> Result<(), ModelCardError> {
        let path = folder.join(CARD_FILE);
        let write = || whole_file::write(&path, (serde_json::to_string_pretty(self)? + "\n").as_bytes());
        write().map_err(|source| ModelCardError::NotWritten { source, path: path.clone() })
    }
}

/// Why a model's card cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ModelCardError {
    /// There is no `model.json`.
    #[error("there is no model (no {CARD_FILE}) in this folder: {}", path.display())]
    NoModel {
        /// The folder.
        path: PathBuf,
    },
    /// There is one, but not one we understand.
    #[error("this model cannot be read: {reason}: {}", path.display())]
    Refused {
        /// What is wrong with it.
        reason: String,
        /// The card.
        path: PathBuf,
    },
    /// The system refused to write.
    #[error("the model's card could not be written: {source}: {}", path.display())]
    NotWritten {
        /// What the system said.
        source: std::io::Error,
        /// The card.
        path: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> ModelCard {
        ModelCard {
            format: FORMAT,
            network: "unet".into(),
            name: "Chorale".into(),
            parts: vec![PartSpec {
                role: Role::Bass,
                name: "Bass".into(),
                program: 32,
                is_drum: false,
                low: 36,
                high: 60,
            }],
            ..ModelCard::default()
        }
    }

    #[test]
    fn what_is_written_is_read_and_unknown_fields_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = card();
        written.other.insert("colour".into(), "blue".into());
        written.write(folder.path()).unwrap();
        assert_eq!(ModelCard::read(folder.path()).unwrap(), written);
    }

    #[test]
    fn a_copy_says_how_the_model_was_trained() {
        let folder = tempfile::tempdir().unwrap();
        let [from, copy] = ["from", "copy"].map(|name| folder.path().join(name));
        for folder in [&from, &copy] {
            std::fs::create_dir(folder).unwrap();
            card().write(folder).unwrap();
        }
        ModelCard::complete_copy(&from, &copy).unwrap();
        assert_eq!(ModelCard::read(&copy).unwrap().training, None, "nobody knows");
        let request = r#"{"network": "unet", "loss": "hinge", "mixed": true, "from": "/home/me/models/base"}"#;
        std::fs::write(from.join(run_folder::REQUEST_FILE), request).unwrap();
        ModelCard::complete_copy(&from, &copy).unwrap();
        let training = Training { from: Some("base".into()), mixed: true, loss: Some(Loss::Hinge) };
        assert_eq!(ModelCard::read(&copy).unwrap().training, Some(training));
        // it has learned on since its checkpoint
        ModelCard { iterations: 6, ..card() }.write(&copy).unwrap();
        for (file, text) in [
            (run_folder::METRICS_FILE, "iteration,variety\n0,0.5\n6,0.25\n7,\n8,0.2"),
            (run_folder::CHANGES_FILE, "{\"iteration\":3,\"text\":\"batch\"}\n{\"iteration\":7,\"text\":\"batch\"}\n"),
        ] {
            std::fs::write(copy.join(file), text).unwrap();
        }
        ModelCard::complete_copy(&from, &copy).unwrap();
        let curves = std::fs::read_to_string(copy.join(run_folder::METRICS_FILE)).unwrap();
        assert_eq!(curves, "iteration,variety\n0,0.5\n6,0.25\n");
        assert_eq!(run_folder::read_changes(&copy).len(), 1);
    }

    #[test]
    fn what_is_no_card_is_refused_with_a_reason() {
        let with = |change: fn(&mut ModelCard)| {
            let mut changed = card();
            change(&mut changed);
            serde_json::to_string(&changed).unwrap()
        };
        let cases = [
            (String::from("{"), "EOF"),
            (String::from("[]"), "expected"),
            (String::from("{}"), "does not say its format"),
            (with(|card| card.format = FORMAT + 1), "newer"),
            (with(|card| card.network.clear()), "network"),
            (with(|card| card.about = "x".repeat(5000)), "too long"),
            (with(|card| card.parts = vec![card.parts[0].clone(); 17]), "17 parts"),
            (with(|card| card.parts[0].program = 128), "MIDI"),
            (with(|card| card.parts[0].low = 61), "MIDI"),
            (String::from(r#"{"format":1,"network":"unet","parts":[{"role":"kazoo"}]}"#), "kazoo"),
        ];
        for (text, reason) in cases {
            let refusal = ModelCard::parse(&text).unwrap_err();
            assert!(refusal.contains(reason), "{text}: {refusal}");
        }
    }

    #[test]
    fn folders_without_a_card_and_cards_that_are_no_files_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(ModelCard::read(folder.path()), Err(ModelCardError::NoModel { .. })));
        std::fs::create_dir(folder.path().join(CARD_FILE)).unwrap();
        assert!(matches!(ModelCard::read(folder.path()), Err(ModelCardError::Refused { .. })));
    }
}

//! What a new training is set to.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

use crate::engine_client::networks::{self, NETWORKS, NetworkInfo};
use crate::engine_client::protocol::{DeviceChoice, Loss, TrainRequest};

/// How long a training is to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Steps of the generator.
    Iterations(u64),
    /// Passes over the data.
    Epochs(u64),
}

/// What a new training goes on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beginning {
    /// The shipped model that its network has for that, or nothing where it has none.
    Base,
    /// Nothing.
    Scratch,
    /// A model.
    Model(PathBuf),
}

/// The name of a network in the table, which is no borrowed text to serde.
type NetworkName = &'static str;

/// What a new training is set to. What is `None` is the network's default. Kept from one start to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    /// A folder of MIDI files, or `builtin:STYLE`.
    pub data: String,
    /// What the model will be called.
    pub name: String,
    /// Which network.
    #[serde(deserialize_with = "network_by_name")]
    pub network: NetworkName,
    /// How long.
    pub length: Length,
    /// Step size of both optimisers.
    pub learning_rate: Option<f64>,
    /// Discriminator steps per generator step.
    pub update_ratio: Option<u32>,
    /// Windows per step.
    pub batch: Option<u32>,
    /// What everything random follows from.
    pub seed: u64,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Convolutions in half as many bits, where the network knows how.
    pub mixed: bool,
    /// What discriminator and generator minimise.
    pub loss: Loss,
    /// What it goes on from.
    pub from: Beginning,
}

/// A network by its name; one of another release is the usual one.
fn network_by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NetworkName, D::Error> {
    Ok(networks::of(&String::deserialize(deserializer)?).name)
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            data: "builtin:chorale".into(),
            name: "My model".into(),
            network: NETWORKS[0].name,
            length: Length::Iterations(NETWORKS[0].iterations),
            learning_rate: None,
            update_ratio: None,
            batch: None,
            seed: 1,
            device: DeviceChoice::Auto,
            mixed: false,
            loss: Loss::default(),
            from: Beginning::Base,
        }
    }
}

impl Setup {
    /// Where a model of that name goes; `models` is where models go.
    pub fn folder(&self, models: Option<&Path>) -> Option<PathBuf> {
        let allowed = |letter: char| {
            if letter.is_alphanumeric() || " -_.".contains(letter) { letter } else { '_' }
        };
        let name: String = self.name.trim().chars().map(allowed).collect();
        let name = name.trim_matches(['.', ' ']);
        (!name.is_empty()).then_some(models?.join(name))
    }

    /// The same, where nothing is yet: a name that is taken gets a number, or another one.
    pub fn take_free_folder(&mut self, models: Option<&Path>) -> Option<PathBuf> {
        let name = self.name.trim().to_owned();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
        let stem = name.rsplit_once(' ').filter(|(_, last)| is_number(last)).map_or(name.as_str(), |(stem, _)| stem);
        for number in 2.. {
            let folder = self.folder(models)?;
            if !folder.exists() {
                return Some(folder);
            }
            self.name = format!("{stem} {number}");
        }
        None
    }

    /// The same, from the base where the model is gone that it was to go on from.
    #[must_use]
    pub fn with_models_there(mut self) -> Self {
        if matches!(&self.from, Beginning::Model(folder) if !folder.is_dir()) {
            self.from = Beginning::Base;
        }
        self
    }

    /// The defaults of its network.
    pub fn plan(&self) -> NetworkInfo {
        networks::of(self.network)
    }

    /// What the engine is asked; `base` is the model that its network begins with.
    pub fn request(&self, out: PathBuf, iterations_per_epoch: Option<u64>, base: Option<PathBuf>) -> TrainRequest {
        TrainRequest {
            data: self.data.trim().to_owned(),
            out,
            network: self.network.into(),
            iterations: match self.length {
                Length::Iterations(iterations) => iterations,
                Length::Epochs(epochs) => epochs.saturating_mul(iterations_per_epoch.unwrap_or(1)),
            },
            learning_rate: self.learning_rate,
            update_ratio: self.update_ratio,
            batch: self.batch,
            loss: self.loss,
            seed: self.seed,
            device: self.device.clone(),
            mixed: self.mixed && self.plan().mixes,
            from: match &self.from {
                Beginning::Base => base,
                Beginning::Scratch => None,
                Beginning::Model(folder) => Some(folder.clone()),
            },
            ..TrainRequest::default()
        }
    }
}

/// What a loss is called.
pub const fn loss_title(loss: Loss) -> &'static str {
    match loss {
        Loss::Wasserstein => "WGAN-GP",
        Loss::Hinge => "Hinge",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_the_next_number() {
        let models = tempfile::tempdir().unwrap();
        let mut setup = Setup::default();
        for expected in ["My model", "My model 2", "My model 3"] {
            let folder = setup.take_free_folder(Some(models.path())).unwrap();
            assert_eq!((setup.name.as_str(), &folder), (expected, &models.path().join(expected)));
            std::fs::create_dir(folder).unwrap();
        }
        setup.name = "Opus 5".into();
        setup.take_free_folder(Some(models.path())).unwrap();
        assert_eq!(setup.name, "Opus 5", "a number that somebody chose stays");
    }

    #[test]
    fn what_is_set_is_what_is_asked() {
        let setup = Setup { length: Length::Epochs(3), batch: Some(8), loss: Loss::Hinge, ..Setup::default() };
        let request = setup.request("out".into(), Some(40), None);
        assert_eq!((request.iterations, request.batch, request.loss), (120, Some(8), Loss::Hinge));
        assert_eq!((request.learning_rate, request.network.as_str()), (None, NETWORKS[0].name));
        let setup = Setup { length: Length::Iterations(7), ..setup };
        assert_eq!(setup.request("out".into(), None, None).iterations, 7);
        let kept = serde_json::to_string(&setup).unwrap();
        assert_eq!(serde_json::from_str::<Setup>(&kept).unwrap(), setup, "{kept}");
        let mixed = Setup { mixed: true, ..setup };
        assert!(!mixed.request("out".into(), None, None).mixed, "the studio's own network cannot");
        let unet = Setup { network: "unet", ..mixed };
        assert!(unet.request("out".into(), None, None).mixed);
    }
}

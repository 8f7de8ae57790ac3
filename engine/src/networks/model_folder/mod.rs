//! A model folder from outside: its card decides which network is made, its weights must be exactly that network's.

use std::path::Path;

use tch::Device;

use super::cantus::Cantus;
use super::unet::UNet;
use super::{GanError, Network};
pub use cantus::engine_client::model_card::{CARD_FILE, CRITIC_FILE, GENERATOR_FILE, ModelCard};

/// Loads the model of a folder.
///
/// # Errors
/// Where the folder is no model, or one of a network this program does not have, or its weights are not that network's.
pub fn load(folder: &Path, device: Device) -> Result<(ModelCard, Box<dyn Network>), GanError> {
    let card = ModelCard::read(folder).map_err(|error| GanError::Request(error.to_string()))?;
    let critic = folder.join(CRITIC_FILE);
    let critic = critic.exists().then_some(critic.as_path());
    let network: Box<dyn Network> = match card.network.as_str() {
        "unet" => Box::new(UNet::load(card.parts.clone(), &folder.join(GENERATOR_FILE), critic, device)?),
        "cantus" => {
            let settings = serde_json::Value::Object(card.settings.clone());
            let settings = serde_json::from_value(settings).map_err(|error| GanError::File {
                reason: format!("the model's settings cannot be read ({error})"),
                path: folder.join(CARD_FILE),
            })?;
            let generator = folder.join(GENERATOR_FILE);
            Box::new(Cantus::load(card.parts.clone(), settings, &generator, critic, device)?)
        }
        other => {
            return Err(GanError::File {
                reason: format!("the model is for a network named “{other:.40}”, which this version does not have"),
                path: folder.join(CARD_FILE),
            });
        }
    };
    Ok((card, network))
}

#[cfg(test)]
mod tests;

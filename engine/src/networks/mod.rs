//! The networks: a folder each, and a row in the table below. How several of them read music is in `lines`. What people
//! are told of one, and what its training begins with, stands in `cantus::engine_client::networks`, which knows no
//! tensors.

pub mod autoregressive;
pub mod cantus;
pub mod drummer;
pub mod lines;
pub mod unet;

use std::path::Path;

use ::cantus::corpus::Dataset;
use ::cantus::engine_client::model_card::{CARD_FILE, ModelCard};
use ::cantus::engine_client::protocol::TrainRequest;
use tch::Device;

use crate::error::Error;
use crate::network::{Loaded, ModelFiles, Network};
use crate::training::trainable::Trainable;

/// How a network is loaded and trained.
struct Entry {
    /// Its name in requests and cards.
    name: &'static str,
    load: fn(&ModelCard, &ModelFiles, Device) -> Loaded,
    trainable: fn(&TrainRequest, &Dataset, Device) -> Trainable,
}

const NETWORKS: [Entry; 3] = [
    Entry { name: "autoregressive", load: autoregressive::load, trainable: autoregressive::training::trainable },
    Entry { name: "cantus", load: cantus::load, trainable: cantus::training::trainable },
    Entry { name: "unet", load: unet::load, trainable: unet::training::trainable },
];

fn find(name: &str) -> Option<&'static Entry> {
    NETWORKS.iter().find(|entry| entry.name == name)
}

/// Loads the model of a folder.
///
/// # Errors
/// Where the folder is no model, or one of a network this program does not have, or its weights are not that network's.
pub fn load(folder: &Path, device: Device) -> Result<(ModelCard, Box<dyn Network>), Error> {
    let card = ModelCard::read(folder).map_err(|error| Error::Request(error.to_string()))?;
    let entry = find(&card.network).ok_or_else(|| Error::File {
        reason: format!("the model is for a network named “{:.40}”, which this version does not have", card.network),
        path: folder.join(CARD_FILE),
    })?;
    let network = (entry.load)(&card, &ModelFiles::in_folder(folder), device)?;
    Ok((card, network))
}

/// Makes the network that a request names ready to learn from a data set.
///
/// # Errors
/// There is no such network, or nothing in the data for it to learn from.
pub fn trainable(request: &TrainRequest, dataset: &Dataset, device: Device) -> Trainable {
    let names = NETWORKS.map(|entry| entry.name).join(" and ");
    let none = || Error::Request(format!("there is no network “{}”; there are {names}", request.network));
    (find(&request.network).ok_or_else(none)?.trainable)(request, dataset, device)
}

#[cfg(test)]
mod tests;

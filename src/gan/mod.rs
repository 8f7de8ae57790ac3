//! Datasets, networks, training, metrics and composing: everything that knows tensors, and its helpers.

pub mod adam;
pub mod arrange;
pub mod builtin;
pub mod cantus;
pub mod compose;
pub mod compute;
pub mod dataset;
pub mod engine_work;
pub mod evaluate;
pub mod harmony;
pub mod losses;
pub mod metrics;
pub mod model_folder;
pub mod network;
pub mod plan;
pub mod planes;
pub mod postprocess;
pub mod random;
pub mod roles;
pub mod serve;
pub mod similarity;
pub mod swing;
pub mod theory;
pub mod train;
pub mod unet;
pub mod weights;

#[cfg(test)]
pub mod testing;

pub use network::{GanError, GenerateContext, KeptPart, Network, PartSpec};

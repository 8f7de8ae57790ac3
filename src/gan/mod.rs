//! Datasets, networks, training, metrics and composing: everything that knows tensors, and its helpers.

pub mod adam;
pub mod builtin;
pub mod cantus;
pub mod dataset;
pub mod losses;
pub mod metrics;
pub mod network;
pub mod planes;
pub mod random;
pub mod roles;
pub mod similarity;
pub mod unet;
pub mod weights;

pub use network::{GanError, GenerateContext, Network, PartSpec};

//! Datasets, networks, training, metrics and composing: everything that knows tensors, and its helpers.

pub mod adam;
pub mod dataset;
pub mod losses;
pub mod network;
pub mod random;
pub mod unet;
pub mod weights;

pub use network::{GanError, GenerateContext, Network, PartSpec};

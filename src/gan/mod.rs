//! Datasets, networks, training, metrics and composing: everything that knows tensors, and its helpers.

pub mod adam;
<<<<<<< HEAD
pub mod builtin;
=======
pub mod cantus;
>>>>>>> 0621862 (Add the studio's own network: convolutions over time, drafts that are revised, a critic per bar)
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

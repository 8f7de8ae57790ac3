//! Datasets, networks, training, metrics and composing: everything that knows tensors, and its helpers.

pub mod dataset;

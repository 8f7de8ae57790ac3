//! Datasets, networks, training, metrics and composing: everything that knows tensors, and its helpers.

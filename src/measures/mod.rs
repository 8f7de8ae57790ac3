//! What music measures: metrics of parts, how alike two bodies of music are, and how a model does on melodies it has
//! not seen.
//!
//! Knows the corpus by its public face only, and no network.

pub mod evaluation;
mod mean;
pub mod metrics;
pub mod similarity;

pub use mean::mean;

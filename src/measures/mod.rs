//! What music measures: metrics of parts, musical measures of whole pieces, how alike two bodies of music are, whether
//! a classifier tells them apart, and how a model does on melodies it has not seen.
//!
//! Knows the corpus by its public face only, and no network.

mod copying;
mod destroyed;
pub mod discrimination;
mod drums;
pub mod evaluation;
mod lines;
mod mean;
pub mod metrics;
pub mod musical;
mod noise;
mod sample;
pub mod similarity;
mod variety;

pub use copying::Copying;
pub use destroyed::{Property, others_parts};
pub use mean::mean;
pub use noise::Density;
pub use sample::{Layout, PHRASE_BARS, Sample, passages};
pub use variety::variety;

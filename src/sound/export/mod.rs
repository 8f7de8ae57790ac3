//! Sound files from a score: the mix, stems of its parts, at a given loudness.
//!
//! | file | does |
//! |---|---|
//! | `options.rs` | what is wanted, what was written, why not |
//! | `format/` | which formats there are, what each can hold, and its encoder, one file each |
//! | `encoder.rs` | the trait that the encoders implement |
//! | `loudness/` | measures loudness (EBU R 128) and adjusts it, below a true peak |
//! | `spool.rs` | the mix on disk while it is measured |
//! | `write.rs` | renders, encodes, and puts the files in their places, all together or not at all |
//!
//! Everything is streamed: memory does not grow with the piece, except for the loudness's envelope (4 bytes per 32
//! frames).

mod encoder;
mod format;
mod loudness;
mod options;
mod quantise;
mod spool;
mod write;

pub use self::format::{Format, Quality, RATES_HZ};
pub use self::loudness::{Loudness, Normalised};
pub use self::options::{ExportError, ExportOptions, Exported};
pub use self::quantise::Depth;
pub use self::write::{export, stem_paths};

#[cfg(test)]
mod tests;

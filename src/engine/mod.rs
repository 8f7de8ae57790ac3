//! The line to `cantus-engine`: what is asked and answered, and starting, watching and ending the process.
//!
//! Must not know networks: tensors live on the other side.

pub mod protocol;

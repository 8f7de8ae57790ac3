//! The line to `cantus-engine`: what is asked and answered, and starting, watching and ending the process.
//!
//! Must not know networks: tensors live on the other side.

mod backlog;
mod client;
pub mod model_card;
pub mod networks;
pub mod protocol;
pub mod run_folder;

pub use client::{Engine, EngineError, EngineEvent, EngineOptions, Ready, find_program};
pub use model_card::{ModelCard, ModelCardError, PartSpec};

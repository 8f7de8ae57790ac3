//! The connection to `cantus-engine`: what is asked and answered, starting, watching and ending the process, and the
//! folders in which its trainings and models lie.
//!
//! Must not know networks: tensors live on the other side.

mod client;
pub mod curves;
pub mod model_card;
pub mod networks;
pub mod protocol;
pub mod run_folder;

pub use client::{Engine, EngineError, EngineEvent, EngineOptions, Ready, find_program};
pub use model_card::{ModelCard, ModelCardError, PartSpec};

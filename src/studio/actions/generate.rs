//! What is asked for around composing.

use crate::studio::services::{engine_line::EngineLine, models::Model};

/// What the generate panel asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GenerateAction {
    /// Let this model write, by its place in the list.
    ChooseModel(usize),
    /// Choose this take and play it; the one that was chosen pauses, or goes on.
    PlayTake(usize),
    /// Listen to the score as it was before the takes.
    WithoutTake,
    /// Bring back the takes that were discarded last.
    BringBackTakes,
    /// Whether the model's part of this name is written from now on.
    WritePart(String, bool),
    /// Compose with this seed from now on.
    UseSeed(u64),
}

/// What is asked for around the engine.
pub enum EngineAction {
    /// Start it, unless it is there.
    Start,
    /// Start it again with what was set, unless it composes.
    Restart,
    /// It was started, or could not be.
    Started(Result<Box<dyn EngineLine>, String>),
    /// Look for models.
    FindModels,
    /// The models that were found.
    ModelsFound(Vec<Model>),
}

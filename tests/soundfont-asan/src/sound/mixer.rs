//! The mixer's buses alone: its effects have no part in this.

#[path = "../../../../src/sound/mixer/buses.rs"]
pub mod buses;

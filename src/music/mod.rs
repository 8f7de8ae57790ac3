//! The domain: notes, parts, scores, time, and what can be done with them.
//!
//! No threads, no devices, no window, no clock. Nothing here may use another folder of ours.

mod bounded;
pub mod chord;
pub mod clipboard;
pub mod edit;
pub mod excerpt;
pub mod fine;
pub mod grid;
pub mod history;
pub mod instruments;
pub mod key;
pub mod kit;
pub mod lyrics;
pub mod melodies;
pub mod midi_file;
pub mod musicxml;
pub mod outline;
mod own;
pub mod parameters;
pub mod passes;
pub mod pedal;
pub mod pitch;
pub mod quantise;
pub mod recorder;
mod sanitise;
pub mod score;
pub mod selection;
pub mod swing;
#[cfg(test)]
pub mod testing;
pub mod time;

pub use chord::{Chord, ChordChange, ChordFinder, Chroma};
pub use grid::{Cell, Grid};
pub use key::{Key, KeyChange, Mode};
pub use lyrics::Lyric;
pub use outline::{Outline, SectionChange};
pub use own::{OwnMarks, Spans};
pub use pitch::{Pitch, Velocity};
pub use recorder::{Performance, Recorder, Stamped};
pub use score::{Control, ControlEvent, Note, Part, Role, Score};
pub use time::{MAX_TICK, Metre, MetreChange, MetreMap, TICKS_PER_QUARTER, TempoChange, TempoMap, Tick};

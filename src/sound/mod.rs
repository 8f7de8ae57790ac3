//! Synth, sequencer, metronome, output stream, SoundFonts and the gate before fluidlite, rendering to files.
//!
//! Knows scores, and nothing of windows, keyboards' ports, networks or settings. The score itself never
//! reaches the audio callback: it is compiled into a schedule, which is swapped at a block boundary.
//!
//! | thread | owns |
//! |---|---|
//! | any | a [`Player`]: commands into a ring, positions out of atomics |
//! | a keyboard's driver | a [`LiveInput`]: messages into a ring |
//! | `cantus-sound` | the device, building synths, dropping what the callback throws away |
//! | the audio callback | synth, mixer, sequencer, metronome; no lock, no memory, no waiting |

mod callback;
mod clock;
pub mod export;
mod fluid;
mod limiter;
mod live;
mod metronome;
mod mixer;
mod output;
mod player;
mod preview;
mod priority;
mod rehearsal;
mod render;
mod schedule;
mod sequencer;
mod soundfont;
mod stream;
mod supervisor;
mod synth;
#[cfg(test)]
mod testing;
mod transport;

pub use live::LiveInput;
pub use output::system::output_devices;
pub use player::{Faults, OutputEvent, OutputState, Peaks, Player, PlayerOptions, Position, SoundFontLoader, Wake};
pub use preview::preview_phrase;
pub use priority::{Priority, offered_priority};
pub use rehearsal::Rehearsal;
pub use render::{frames_of, render};
pub use soundfont::{Loading, Preset, Refusal, SoundFont, SoundFontError, SoundFontFile, Stage, find_soundfonts};
pub use supervisor::{BUFFER_SIZES, Buffer};

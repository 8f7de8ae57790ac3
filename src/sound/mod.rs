//! Synth, sequencer, metronome, output stream, SoundFonts and the gate before fluidlite, rendering to files.
//!
//! Knows scores, and nothing of windows, keyboards' ports, networks or settings. The score itself never
//! reaches the audio callback: it is compiled into a schedule, which is swapped at a block boundary.

mod live;
mod player;
mod render;
mod soundfont;

pub use live::LiveInput;
pub use player::{OutputState, Peaks, Player, PlayerOptions, Position, output_devices};
pub use render::render;
pub use soundfont::{SoundFont, SoundFontError, SoundFontFile, find_soundfonts};

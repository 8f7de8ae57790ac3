//! Synth, sequencer, metronome, output stream, SoundFonts and the gate before fluidlite, rendering to files.
//!
//! Knows scores, and nothing of windows, keyboards' ports, networks or settings. The score itself never reaches the
//! audio callback: it is compiled into a schedule, which is swapped at a block boundary.
//!
//! | thread | owns |
//! |---|---|
//! | any | a [`Player`]: commands into a ring, positions out of atomics |
//! | a keyboard's driver | a [`LiveInput`]: messages into a ring |
//! | `cantus-sound` | the device, building synths, dropping what the callback discards |
//! | the audio callback | synth, mixer, sequencer, metronome; no lock, no allocation, no waiting |

mod block;
mod callback;
mod clock;
pub mod export;
mod fluid;
mod limiter;
mod live;
mod metronome;
mod mixed_synth;
mod mixer;
mod offline;
mod output;
pub mod page;
mod player;
mod preview;
mod preview_phrase;
mod priority;
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
pub mod unheard;

pub use self::live::LiveInput;
pub use self::offline::OfflinePlayer;
pub use self::output::state::{OutputEvent, OutputState};
pub use self::output::system::output_devices;
pub use self::player::live_inputs::LiveInputs;
pub use self::player::loader::SoundFontLoader;
pub use self::player::{Faults, Peaks, Player, PlayerOptions, Position, Wake};
pub use self::preview_phrase::preview_phrase;
pub use self::priority::{Priority, offered_priority};
pub use self::render::render;
pub use self::soundfont::error::{Refusal, SoundFontError};
pub use self::soundfont::loading::{Loading, Stage};
pub use self::soundfont::search::{SoundFontFile, find_soundfonts};
pub use self::soundfont::{Preset, SoundFont};
pub use self::supervisor::choice::Buffer;
pub use self::supervisor::probe::BUFFER_SIZES;

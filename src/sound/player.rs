//! The studio's sound: a handle to the audio callback, for any thread that is not the callback.

use std::ops::Range;
use std::time::Instant;

use super::{LiveInput, SoundFont};
use crate::music::{Score, Tick};

/// What a [`Player`] starts with.
#[derive(Clone, Debug)]
pub struct PlayerOptions {
    /// Silent without one until [`Player::set_soundfont`].
    pub soundfont: Option<SoundFont>,
    /// Part of an output's name; the system's default without one.
    pub device: Option<String>,
    /// Frames the device asks for at a time, 64 to 4,096.
    pub buffer_frames: u32,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            soundfont: None,
            device: None,
            buffer_frames: 256,
        }
    }
}

/// Where the sound goes.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputState {
    /// The device is being opened.
    Opening,
    /// It sounds.
    Running {
        /// The device's name.
        device: String,
        /// Its rate.
        sample_rate_hz: u32,
        /// Frames it asks for at a time.
        buffer_frames: u32,
        /// From a key to sound, as far as this program knows: two buffers and the live notes' delay.
        latency_ms: f32,
    },
    /// Nothing is heard; musical time still passes while playing.
    NoDevice {
        /// Why, for people.
        reason: String,
    },
}

/// Where the music is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// In ticks with their fraction. Below where the music starts, even below 0, during a count-in.
    pub tick: f64,
    /// Whether time passes (during a count-in, too).
    pub playing: bool,
    /// Beats of the count-in still to come, this one included; `None` outside a count-in.
    pub count_in_beats_left: Option<u32>,
}

/// How loud it is, for meters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peaks {
    /// Highest sample of the last moments, left and right, 0 to 1, falling slowly.
    pub master: [f32; 2],
    /// How strongly each part plays, 0 to 1: velocity and volume of its notes, falling after the last. (The synth mixes
    /// parts inside itself, so this is activity, not a measured level.)
    pub parts: Vec<f32>,
}

/// Plays scores and live notes. Never fails: no device is a state. Methods only send messages, none waits for sound.
#[derive(Debug)]
pub struct Player {
    _private: (),
}

impl Player {
    /// Starts; the device is opened beside, see [`Player::output`].
    pub fn start(_options: PlayerOptions) -> Self {
        Self { _private: () }
    }

    /// Where the sound goes at the moment.
    pub fn output(&self) -> OutputState {
        OutputState::Opening
    }

    /// Swaps the score at the next block; what sounds of the old one is closed, what should sound of the new one is struck.
    /// Volume, pan, mute and solo are taken from its parts.
    pub fn set_score(&self, _score: &Score) {}

    /// Plays from where it is.
    pub fn play(&self) {}

    /// Plays after a count-in of some bars, clicked, in the tempo and metre of where it is.
    pub fn play_with_count_in(&self, _bars: u32) {}

    /// Stops where it is.
    pub fn pause(&self) {}

    /// Stops and goes back to the start (of the loop, if there is one).
    pub fn stop(&self) {}

    /// Goes there, playing or not; instruments, controllers and held notes are brought to what they should be there.
    pub fn seek(&self, _tick: Tick) {}

    /// Plays this range round and round, or no more. An empty range is none.
    pub fn set_loop(&self, _range: Option<Range<Tick>>) {}

    /// Plays at a multiple of the score's tempo, 0.1 to 4, in thousandths.
    pub fn set_tempo_scale(&self, _scale: f64) {}

    /// Clicks on every beat while playing, at that volume (0 to 1).
    pub fn set_metronome(&self, _on: bool, _volume: f32) {}

    /// How a part stands in the mix, at once: volume and pan 0 to 127; `audible` is mute and solo worked out.
    pub fn set_part_mix(&self, _index: usize, _volume: u8, _pan: u8, _audible: bool) {}

    /// Silences everything at once and brings all controllers back to where they should be.
    pub fn panic(&self) {}

    /// Another SoundFont, once the synth has taken it in.
    pub fn set_soundfont(&self, _soundfont: SoundFont) {}

    /// Another output (part of its name; the default with `None`) and buffer size.
    pub fn set_output(&self, _device: Option<String>, _buffer_frames: u32) {}

    /// The instrument of the live notes: a General MIDI program, or the kit.
    pub fn set_live_instrument(&self, _program: u8, _is_drum: bool) {}

    /// A way in for live notes, for one thread.
    pub fn live_input(&self) -> LiveInput {
        LiveInput::new()
    }

    /// Where the music that is heard now is.
    pub fn position(&self) -> Position {
        self.position_at(Instant::now())
    }

    /// Where the music was that was heard at that instant, within the last second or so: what a recorder asks about a
    /// note's arrival.
    pub fn position_at(&self, _instant: Instant) -> Position {
        Position {
            tick: 0.0,
            playing: false,
            count_in_beats_left: None,
        }
    }

    /// How loud it is.
    pub fn peaks(&self) -> Peaks {
        Peaks::default()
    }
}

/// Names of the sound outputs of this computer.
pub fn output_devices() -> Vec<String> {
    Vec::new()
}

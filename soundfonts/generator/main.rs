//! Synthesises the General MIDI SoundFont that the studio brings along.

fn main() {}

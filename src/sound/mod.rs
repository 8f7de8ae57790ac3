//! Synth, sequencer, metronome, output stream, SoundFonts and the gate before fluidlite, rendering to files.

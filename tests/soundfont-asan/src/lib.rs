//! Cantus's SoundFonts and synth as they are, and nothing else of it, for runs under AddressSanitizer.

#[allow(missing_docs, dead_code)]
pub mod music {
    #[path = "../../../../src/music/parameters.rs"]
    pub mod parameters;
}
#[allow(missing_docs, dead_code, unused_imports, unsafe_code)]
pub mod sound;

//! Cantus's gate and decoder as they are, before a plain player on fluidlite, for runs under AddressSanitizer.

#[allow(missing_docs, dead_code, unused_imports)]
pub mod sound {
    #[path = "../../../../src/sound/soundfont/mod.rs"]
    pub mod soundfont;

    pub mod fluid;
    pub mod synth;
    #[cfg(test)]
    pub mod testing;

    pub use soundfont::*;
}

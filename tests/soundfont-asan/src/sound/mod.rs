#[path = "../../../../src/sound/fluid/mod.rs"]
mod fluid;
mod mixer;
#[path = "../../../../src/sound/soundfont/mod.rs"]
pub mod soundfont;
#[path = "../../../../src/sound/synth.rs"]
mod synth;
#[cfg(test)]
mod testing;

pub use soundfont::*;

mod callback {
    pub const BLOCK_FRAMES: usize = 64;
}

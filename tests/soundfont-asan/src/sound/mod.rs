#[path = "../../../../src/sound/block.rs"]
mod block;
#[path = "../../../../src/sound/fluid/mod.rs"]
mod fluid;
mod mixer;
#[path = "../../../../src/sound/soundfont/mod.rs"]
pub mod soundfont;
#[path = "../../../../src/sound/synth.rs"]
mod synth;
#[cfg(test)]
mod testing;

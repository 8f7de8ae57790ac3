//! How much like a melody each part looks, beside the others.
//!
//! The weights are those under which the marked parts of songs, lieder, chorales, lead sheets and symphonies are
//! likeliest (a conditional logit); names took no part in it. Only differences between parts of a piece mean anything.

use std::sync::Arc;

use super::texture::Texture;
use crate::music::Part;

/// What a name that says so is worth: it helps, but a part that looks nothing like a tune stays what it is.
pub const NAMED: f64 = 5.0;

/// From so many parts on, none of them a kit, the melody goes from one to the other: a part has it for longest that
/// may accompany for most of the piece.
const ORCHESTRA: usize = 5;

/// Of each part; higher is more.
pub fn tunefulness(parts: &[Arc<Part>], textures: &[Texture]) -> Vec<f64> {
    let pitched = || parts.iter().zip(textures).filter(|(part, _)| !part.is_drum).map(|(_, texture)| texture);
    let most = |of: fn(&Texture) -> f64| pitched().map(of).fold(1e-9, f64::max);
    let most_notes = most(|texture| texture.notes as f64);
    let most_led = most(|texture| texture.led);
    let is_orchestra = parts.iter().all(|part| !part.is_drum || part.notes.is_empty())
        && pitched().filter(|texture| texture.notes > 0).count() >= ORCHESTRA;
    let (loudest, most_covered) = (most(|texture| texture.loudness), most(|texture| texture.coverage));
    let score = |(part, texture): (&Arc<Part>, &Texture)| {
        let register = 1.0 - ((f64::from(texture.median) - 72.0).abs() / 24.0).min(1.0);
        let instrument = match part.program {
            52..=54 | 85 => 1.0,              // voices
            48..=51 if !is_orchestra => -4.0, // ensembles fill in, but for an orchestra's own violins
            _ => 0.0,
        };
        6.4 * texture.alone
            + 3.3 * texture.coverage.min(0.8)
            + 0.5 * texture.bars
            + 4.3 * texture.on_top
            + 4.0 * register
            - 1.1 * texture.entropy.min(4.0)
            - 0.65 * texture.quarters.min(4.0)
            - 1.95 * texture.polyphony.min(4.0)
            + 3.0 * texture.by_step
            + 0.6 * texture.repeats
            + 2.5 * texture.on_beat
            - 0.77 * texture.rhythm.min(3.0)
            + 2.2 * (texture.notes as f64 / most_notes + 1e-3).ln()
            + 4.7 * texture.loudness / loudest
            + 0.06 * texture.range.min(36.0)
            - 0.044 * texture.density.min(20.0)
            - 6.2 * texture.leaps
            + 0.6 * texture.coverage / most_covered
            + if is_orchestra { 2.0 * (texture.led / most_led + 1e-3).ln() } else { 0.0 }
            + instrument
    };
    parts.iter().zip(textures).map(score).collect()
}

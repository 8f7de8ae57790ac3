//! Scales, drawing lots and writing notes: what music made by rule shares.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::music::{Cell, Chord, Grid, Key, Mode};

/// Draws an index by weights, of which one at least is above 0.
pub fn draw(random: &mut ChaCha8Rng, weights: &[f64]) -> usize {
    let mut at = random.random::<f64>() * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        at -= weight;
        if at < 0.0 {
            return index;
        }
    }
    weights.len() - 1
}

/// Yes, with that probability.
pub fn chance(random: &mut ChaCha8Rng, probability: f64) -> bool {
    random.random::<f64>() < probability
}

/// The next pitch of the key's scale (with the chord's own notes) above or below `pitch`.
pub fn scale_neighbour(key: Key, chord: Chord, pitch: i32, up: bool) -> i32 {
    let triad = chord.triad();
    let raised_seventh = key.mode == Mode::Minor && triad.contains(&((key.tonic + 11) % 12));
    let mut at = pitch;
    loop {
        at += if up { 1 } else { -1 };
        let class = at.rem_euclid(12) as u8;
        let in_scale = if raised_seventh && class == (key.tonic + 10) % 12 {
            false
        } else {
            key.contains(class) || triad.contains(&class)
        };
        if in_scale {
            return at;
        }
    }
}

/// The pitch of a class that is nearest to another pitch.
pub fn nearest(class: u8, to: i32) -> i32 {
    let above = (i32::from(class) - to).rem_euclid(12);
    if above > 6 { to + above - 12 } else { to + above }
}

/// Writes a note of `length` steps.
pub fn write(grid: &mut Grid, step: usize, length: usize, pitch: i32) {
    let pitch = pitch.clamp(0, 127) as usize;
    for at in step..(step + length).min(grid.steps()) {
        grid.set(at, pitch, if at == step { Cell::Onset } else { Cell::Held });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_stay_in_the_scale() {
        assert_eq!(scale_neighbour(Key::C_MAJOR, Chord::on_degree(Key::C_MAJOR, 0), 64, true), 65);
        let a_minor = Key { tonic: 9, mode: Mode::Minor };
        assert_eq!(scale_neighbour(a_minor, Chord::on_degree(a_minor, 4), 69, false), 68);
    }
}

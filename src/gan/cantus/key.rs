//! How far a piece is from C major or A minor.

use crate::music::Grid;

/// Krumhansl and Kessler's (1982) profiles: how well each degree fits a major and a minor key.
const PROFILES: [[f32; 12]; 2] = [
    [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
];

/// Semitones (-5 to 6) that bring the key of what sounds in the grids to C major or A minor; 0 where nothing sounds.
pub fn semitones_to_c(grids: &[&Grid]) -> i32 {
    let mut weights = [0.0_f32; 12];
    for grid in grids {
        for pitch in (0..grid.steps()).flat_map(|step| grid.sounding(step)) {
            weights[pitch % 12] += 1.0;
        }
    }
    let mut best = (f32::NEG_INFINITY, 0);
    for (profile, home) in PROFILES.iter().zip([0, 9]) {
        for tonic in 0..12 {
            let fit = correlation(&weights, profile, tonic);
            if fit > best.0 + 1e-6 {
                best = (fit, (home + 12 - tonic) % 12);
            }
        }
    }
    let up = best.1 as i32;
    if up > 6 { up - 12 } else { up }
}

fn correlation(weights: &[f32; 12], profile: &[f32; 12], tonic: usize) -> f32 {
    let (mean, profile_mean) = (weights.iter().sum::<f32>() / 12.0, profile.iter().sum::<f32>() / 12.0);
    let (mut product, mut square, mut profile_square) = (0.0, 0.0, 0.0);
    for degree in 0..12 {
        let (a, b) = (weights[(tonic + degree) % 12] - mean, profile[degree] - profile_mean);
        product += a * b;
        square += a * a;
        profile_square += b * b;
    }
    if square > 0.0 {
        product / (square * profile_square).sqrt()
    } else {
        f32::NEG_INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::grid::Cell;

    fn scale(tonic: usize, degrees: &[usize]) -> Grid {
        let mut grid = Grid::silent(degrees.len());
        for (step, degree) in degrees.iter().enumerate() {
            grid.set(step, 48 + tonic + degree, Cell::Onset);
        }
        grid
    }

    #[test]
    fn all_keys_are_brought_home() {
        let major = [0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0];
        let minor = [0, 2, 3, 5, 7, 8, 11, 12, 7, 3, 0];
        for tonic in 0..12 {
            for (degrees, home) in [(&major, 0), (&minor, 9)] {
                let shift = semitones_to_c(&[&scale(tonic, degrees)]);
                assert!((-5..=6).contains(&shift));
                assert_eq!((tonic as i32 + shift).rem_euclid(12), home);
            }
        }
        assert_eq!(semitones_to_c(&[&Grid::silent(8)]), 0);
    }
}

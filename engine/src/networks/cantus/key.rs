//! How far a piece is from C major or A minor.

use cantus::music::{Grid, Mode, Velocity, key};

/// Semitones (-5 to 6) that bring the key of what sounds in the grids to C major or A minor; 0 where nothing sounds.
pub fn semitones_to_c(grids: &[&Grid]) -> i32 {
    let notes: Vec<_> = grids.iter().flat_map(|grid| grid.to_notes(0, Velocity::DEFAULT)).collect();
    let Some(key) = key::detect(notes.iter()) else {
        return 0;
    };
    let home = match key.mode {
        Mode::Major => 12,
        Mode::Minor => 9 + 12,
    };
    let up = (home - i32::from(key.tonic)) % 12;
    if up > 6 { up - 12 } else { up }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::music::Cell;

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

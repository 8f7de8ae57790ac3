//! How far a piece is from C major or A minor, and a melody from where a network has learned melodies.

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

/// How many octaves a melody is to be moved so that its middle lies from `low` to `high`, which span an octave or more.
pub fn octaves_to_range(melody: &Grid, low: i32, high: i32) -> i32 {
    let mut pitches: Vec<i32> =
        (0..melody.steps()).filter_map(|step| melody.sounding(step).max()).map(|pitch| pitch as i32).collect();
    if pitches.is_empty() {
        return 0;
    }
    pitches.sort_unstable();
    let middle = pitches[pitches.len() / 2];
    if middle < low {
        (low - middle + 11) / 12
    } else if middle > high {
        -((middle - high + 11) / 12)
    } else {
        0
    }
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

    #[test]
    fn melodies_move_by_octaves_into_range() {
        for (pitch, octaves) in [(60, 0), (47, 1), (48, 0), (30, 2), (73, -1), (72, 0), (96, -2), (127, -5), (0, 4)] {
            let mut grid = Grid::silent(1);
            grid.set(0, pitch, Cell::Onset);
            assert_eq!(octaves_to_range(&grid, 48, 72), octaves, "{pitch}");
        }
        assert_eq!(octaves_to_range(&Grid::silent(4), 48, 72), 0);
    }
}

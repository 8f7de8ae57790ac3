//! Parts as lines of tokens: at each step a line goes on holding, is silent, or strikes a pitch.
//!
//! A part of several voices is several lines, the lowest first; a kit has lines of its own.

use crate::networks::lines::LineStep;
use cantus::music::Grid;
use cantus::music::grid::Cell;

/// The lowest pitch of a token; a C, so that pitch classes fall into place.
pub const LOW: i32 = 24;
/// Pitches that have a token, six octaves.
pub const PITCHES: i64 = 72;
/// The token for what sounded going on.
pub const HOLD: i64 = 0;
/// The token for silence.
pub const REST: i64 = 1;
/// The token of [`LOW`] struck; the others follow.
pub const FIRST_PITCH: i64 = 2;
/// How many tokens there are.
pub const VOCABULARY: i64 = FIRST_PITCH + PITCHES;

/// The token of a pitch, brought into range by octaves.
pub fn token_from_pitch(pitch: i32) -> i64 {
    let above = pitch - LOW;
    let folded = if above < 0 {
        above.rem_euclid(12)
    } else if i64::from(above) >= PITCHES {
        PITCHES as i32 - 12 + above % 12
    } else {
        above
    };
    FIRST_PITCH + i64::from(folded)
}

/// The tokens of `length` steps from `first` on, `shift` semitones higher; what sounds into them is struck at their
/// start.
pub fn tokens_from_line(line: &[LineStep], first: usize, length: usize, shift: i32) -> Vec<i64> {
    (first..first + length)
        .map(|step| match line.get(step) {
            Some(LineStep { pitch: Some(_), struck }) if !struck && step > first => HOLD,
            Some(LineStep { pitch: Some(pitch), .. }) => token_from_pitch(i32::from(*pitch) + shift),
            _ => REST,
        })
        .collect()
}

/// The same line, holding where it struck what sounded already.
pub fn fuse_repeats(tokens: &[i64]) -> Vec<i64> {
    let mut sounding = REST;
    let fuse = |&token: &i64| match token {
        HOLD => HOLD,
        token if token == sounding && token != REST => HOLD,
        token => {
            sounding = token;
            token
        }
    };
    tokens.iter().map(fuse).collect()
}

/// Writes a line's tokens into a part, `shift` semitones lower.
pub fn write_tokens(grid: &mut Grid, tokens: &[i64], shift: i32) {
    let mut sounding = None;
    for (step, &token) in tokens.iter().enumerate().take(grid.steps()) {
        if token == REST {
            sounding = None;
        } else if token >= FIRST_PITCH {
            let pitch = (token - FIRST_PITCH) as i32 + LOW - shift;
            sounding = usize::try_from(pitch).ok().filter(|pitch| *pitch < cantus::music::grid::PITCHES);
        }
        if let Some(pitch) = sounding {
            // another voice of the part may have struck it
            if grid.get(step, pitch) != Cell::Onset {
                grid.set(step, pitch, if token == HOLD { Cell::Held } else { Cell::Onset });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::lines::melody_line;
    use crate::testing::tune;

    #[test]
    fn a_line_goes_there_and_back_in_any_key() {
        let grid = tune(50);
        let line = melody_line(&grid);
        for shift in [-6, 0, 5] {
            let tokens = tokens_from_line(&line, 0, 50, shift);
            assert_eq!(
                tokens[..5],
                [FIRST_PITCH + 36 + i64::from(shift), HOLD, HOLD, HOLD, FIRST_PITCH + 38 + i64::from(shift)]
            );
            let mut back = Grid::silent(50);
            write_tokens(&mut back, &tokens, shift);
            assert_eq!(back, grid);
        }
    }

    #[test]
    fn a_window_strikes_what_sounds_into_it() {
        let line = &melody_line(&tune(8));
        assert_eq!(tokens_from_line(line, 2, 8, 0), [38, HOLD, 40, HOLD, HOLD, HOLD, REST, REST]);
    }

    #[test]
    fn repeats_are_fused_but_not_across_rests() {
        let (c, d) = (FIRST_PITCH, FIRST_PITCH + 2);
        assert_eq!(fuse_repeats(&[c, HOLD, c, d, d, REST, REST, d, c]), [c, HOLD, HOLD, d, HOLD, REST, REST, d, c]);
    }

    #[test]
    fn pitches_out_of_range_keep_their_class() {
        for pitch in -10..140 {
            let token = token_from_pitch(pitch);
            assert!((FIRST_PITCH..VOCABULARY).contains(&token));
            assert_eq!((token - FIRST_PITCH) as i32 % 12, pitch.rem_euclid(12), "{pitch}");
        }
    }
}

//! Music made by rule, so that networks can be trained and tested where nothing has been downloaded.
//!
//! A style is a small grammar (progressions, voicings, rhythms); a seed picks one piece of endlessly many. These are
//! exercises in a style, not compositions. Knows theory only: no files, no tensors.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::corpus::dataset::{Dataset, DatasetError, Piece, ReadOptions};
use crate::corpus::split;

mod band;
mod chorale;
mod pop;

/// Pieces in a built-in corpus when it is read as a data set: about as many as J. S. Bach left chorales.
pub const PIECES: u64 = 300;

/// A style that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Four voices: melody, alto, tenor, bass.
    Chorale,
    /// Melody, bass, drums and chords.
    Pop,
    /// Melody, guitar, pad, bass and drums.
    Rock,
    /// Melody, comping piano, walking bass and drums.
    Jazz,
    /// Melody, strummed guitar, bass and drums.
    FolkRock,
    /// Melody, strings, winds and basses.
    Symphony,
}

impl Style {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Chorale, Self::Pop, Self::Rock, Self::Jazz, Self::FolkRock, Self::Symphony];

    /// What follows `builtin:`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chorale => "chorale",
            Self::Pop => "pop",
            Self::Rock => "rock",
            Self::Jazz => "jazz",
            Self::FolkRock => "folk-rock",
            Self::Symphony => "symphony",
        }
    }

    /// The style of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name() == name)
    }

    /// One piece; the same seed and number give the same piece.
    pub fn piece(self, seed: u64, number: u64) -> Piece {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number);
        let name = format!("{} {}", self.name(), number + 1);
        match self {
            Self::Chorale => chorale::piece(name, &mut random),
            Self::Pop => pop::piece(name, &mut random),
            Self::Rock => band::piece(&band::ROCK, name, &mut random),
            Self::Jazz => band::piece(&band::JAZZ, name, &mut random),
            Self::FolkRock => band::piece(&band::FOLK_ROCK, name, &mut random),
            Self::Symphony => band::piece(&band::SYMPHONY, name, &mut random),
        }
    }
}

/// The corpus that `builtin:STYLE` names: [`PIECES`] pieces, split like a folder's.
///
/// # Errors
/// There is no such style, or `cancel` said so.
pub fn read(
    style: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(usize, usize),
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Dataset, DatasetError> {
    let style = Style::from_name(style).ok_or_else(|| DatasetError::UnknownStyle {
        name: style.to_owned(),
        known: Style::ALL.map(|style| format!("builtin:{}", style.name())).join(", "),
    })?;
    let mut pieces = Vec::with_capacity(PIECES as usize);
    for number in 0..PIECES {
        if cancel() {
            return Err(DatasetError::Cancelled);
        }
        pieces.push(style.piece(options.seed, number));
        progress(pieces.len(), PIECES as usize);
    }
    split::decide(&mut pieces, options);
    Ok(Dataset { pieces, files: PIECES as usize, ..Dataset::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::dataset::Split;
    use crate::music::Role;

    #[test]
    fn a_seed_and_a_number_name_one_piece() {
        for style in Style::ALL {
            assert_eq!(style.piece(1, 5), style.piece(1, 5));
            assert_ne!(style.piece(1, 5), style.piece(1, 6));
            assert_ne!(style.piece(1, 5), style.piece(2, 5));
        }
    }

    #[test]
    fn pieces_are_whole_and_within_their_ranges() {
        for style in Style::ALL {
            for number in 0..20 {
                let piece = style.piece(7, number);
                assert!(piece.bars() >= 4 && piece.steps() % piece.steps_per_bar == 0);
                for (role, grid) in &piece.parts {
                    assert_eq!(grid.steps(), piece.steps());
                    let pitches = (0..grid.steps()).flat_map(|step| grid.sounding(step));
                    let (low, high) = match role {
                        Role::Bass => (28, 62),
                        Role::Drums => (35, 59),
                        Role::Guitar => (40, 80),
                        _ => (45, 80),
                    };
                    for pitch in pitches {
                        assert!((low..=high).contains(&pitch), "{} {role:?} {pitch}", piece.name);
                    }
                }
            }
        }
    }

    #[test]
    fn a_tenth_is_held_out() {
        let dataset = read("chorale", &ReadOptions::default(), &mut |_, _| (), &|| false).unwrap();
        let held_out = dataset.split(Split::Valid).count();
        assert!((15..=50).contains(&held_out), "{held_out}");
        assert_eq!(dataset.roles().len(), 3);
    }

    #[test]
    fn unknown_styles_are_refused_and_cancelling_works() {
        let options = ReadOptions::default();
        let error = read("polka", &options, &mut |_, _| (), &|| false).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no built-in corpus `polka`; there are builtin:chorale, builtin:pop, builtin:rock, builtin:jazz, \
             builtin:folk-rock, builtin:symphony"
        );
        assert!(matches!(read("pop", &options, &mut |_, _| (), &|| true), Err(DatasetError::Cancelled)));
    }
}

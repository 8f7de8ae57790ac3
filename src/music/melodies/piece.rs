//! A prepared piece of several parts, to be heard at once.

use crate::music::{Score, midi_file};

/// Its title.
pub const TITLE: &str = "When the Saints Go Marching In";

/// The traditional tune with piano, double bass and drums, as the model *Jazz* wrote them
/// (`cantus generate --model jazz --melody "When the Saints Go Marching In" --seed 7`).
pub fn piece() -> Score {
    let bytes = include_bytes!("../../../assets/pieces/when_the_saints.mid");
    let mut score = midi_file::read(bytes).expect("the file is part of the program and a test reads it");
    TITLE.clone_into(&mut score.title);
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_piece_is_a_melody_and_its_accompaniment() {
        let score = piece();
        assert!(score.melody_part().is_some_and(|melody| !melody.notes.is_empty()));
        assert!(score.parts.len() >= 4 && score.parts.iter().any(|part| part.is_drum));
        assert!(score.parts.iter().all(|part| !part.notes.is_empty()));
    }
}

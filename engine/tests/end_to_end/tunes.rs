//! Music to learn from in no time.

use std::path::Path;
use std::sync::Arc;

use cantus::music::{Note, Part, Pitch, Role, Score, Velocity, midi_file};

/// Six tunes with a third and an octave below, the last held out.
pub fn write(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for piece in 0..6_i32 {
        let line = |name: &str, role, down: i32| {
            let mut part = Part::new(name, 52);
            part.role = role;
            part.notes = (0..16)
                .map(|beat| Note {
                    start: beat * 480,
                    duration: 480,
                    pitch: Pitch::clamped(67 - down + beat.cast_signed() * (piece + 3) % 9),
                    velocity: Velocity::DEFAULT,
                })
                .collect();
            Arc::new(part)
        };
        let score = Score {
            parts: vec![line("Soprano", Role::Melody, 0), line("Alto", Role::Alto, 4), line("Bass", Role::Bass, 24)],
            melody: Some(0),
            ..Score::default()
        };
        let split = if piece == 5 { "valid" } else { "train" };
        std::fs::write(folder.join(format!("{split}_{piece}.mid")), midi_file::write(&score)).unwrap();
    }
}

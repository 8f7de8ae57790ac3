//! Scores from outside, brought into the state every other part of the program expects.

use crate::music::{Control, Score, edit};

/// More parts than this nobody can see, and a file that says so is none of ours.
const MAX_PARTS: usize = 1000;

/// A score as every other part of the program expects it: sorted, numbers in range, the melody there.
pub fn in_order(mut score: Score) -> Score {
    score.parts.truncate(MAX_PARTS);
    for index in 0..score.parts.len() {
        if let Some(part) = score.part_mut(index) {
            part.program = part.program.min(127);
            part.volume = part.volume.min(127);
            part.pan = part.pan.min(127);
            part.notes.iter_mut().for_each(|note| *note = edit::in_range(*note));
            for event in &mut part.controls {
                event.tick = event.tick.min(edit::MAX_TICK);
                event.control = control_in_range(event.control);
            }
            part.sort();
        }
    }
    for change in &mut score.keys {
        change.key.tonic %= 12;
        change.tick = change.tick.min(edit::MAX_TICK);
    }
    score.keys.sort_by_key(|change| change.tick);
    score.keys.dedup_by_key(|change| change.tick);
    score.melody = score.melody.filter(|&melody| melody < score.parts.len());
    score.id = score.id.min(i64::MAX as u64);
    score
}

fn control_in_range(control: Control) -> Control {
    match control {
        Control::Controller { number, value } => Control::Controller { number: number.min(127), value: value.min(127) },
        Control::PitchBend(bend) => Control::PitchBend(bend.clamp(-8192, 8191)),
        Control::Pressure(value) => Control::Pressure(value.min(127)),
        Control::KeyPressure { pitch, value } => Control::KeyPressure { pitch, value: value.min(127) },
        Control::Program(program) => Control::Program(program.min(127)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_brought_into_range() {
        let text = r#"{"id":18446744073709551615,"melody":7,"keys":[{"tick":9,"key":{"tonic":200,"mode":"major"}},{"tick":0,"key":{"tonic":0,"mode":"minor"}}],
            "parts":[{"program":255,"volume":200,"pan":255,
            "notes":[{"start":4294967295,"pitch":60,"duration":4294967295,"velocity":1},{"start":0,"pitch":60,"duration":0,"velocity":1}],
            "controls":[{"tick":4294967295,"control":{"controller":{"number":255,"value":255}}},{"tick":1,"control":{"pitch_bend":-32768}}]}]}"#;
        let score = in_order(serde_json::from_str(text).unwrap());
        let part = &score.parts[0];
        assert_eq!((part.program, part.volume, part.pan, score.melody), (127, 127, 127, None));
        assert!(part.notes[0].duration == 1 && part.notes[1].end() == edit::MAX_TICK, "{:?}", part.notes);
        assert_eq!(part.controls[0].control, Control::PitchBend(-8192));
        assert_eq!((score.keys[0].tick, score.keys[1].key.tonic), (0, 200 % 12));
        assert_eq!(score.end(), edit::MAX_TICK);
    }
}

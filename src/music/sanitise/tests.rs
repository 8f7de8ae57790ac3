use proptest::prelude::*;

use crate::music::{Control, MAX_TICK, Part, Score};

#[test]
fn numbers_are_brought_into_range_and_lists_into_order() {
    let text = r#"{"id":18446744073709551615,"melody":7,"volume":128,
        "keys":[{"tick":9,"key":{"tonic":200,"mode":"major"}},{"tick":0,"key":{"tonic":0,"mode":"minor"}}],
        "chords":[{"tick":4294967295,"chord":{"root":255,"third":255,"fifth":255,"seventh":255},"bass":255},
            {"tick":480,"chord":null,"bass":0},{"tick":0,"chord":{"root":9,"third":3,"fifth":7,"seventh":10},"bass":0}],
        "parts":[{"program":255,"volume":200,"pan":-1,"reverb":1e300,"chorus":-0.5,
        "notes":[{"start":4294967295,"pitch":60,"duration":4294967295,"velocity":1},
            {"start":0,"pitch":60,"duration":0,"velocity":1}],
        "controls":[{"tick":4294967295,"control":{"controller":{"number":255,"value":-9}}},
            {"tick":1,"control":{"pitch_bend":-32768}}]}]}"#;
    let score: Score = serde_json::from_str(text).unwrap();
    assert_eq!((score.id, score.melody, score.volume), (i64::MAX as u64, None, 127));
    let part = &score.parts[0];
    assert_eq!([part.program, part.volume, part.pan, part.reverb, part.chorus], [127, 127, 0, 127, 0]);
    assert!(part.notes[0].duration == 1 && part.notes[1].end() == MAX_TICK, "{:?}", part.notes);
    assert_eq!(part.controls[0].control, Control::PitchBend(-8192));
    assert_eq!(part.controls[1].control, Control::Controller { number: 127, value: 0 });
    assert_eq!((score.keys[0].tick, score.keys[1].key.tonic), (0, 200 % 12));
    let chords: Vec<_> = score.chords.iter().map(|change| (change.tick, change.symbol())).collect();
    assert_eq!(chords, [(0, "Am7/C".to_owned()), (480, "N.C.".to_owned()), (MAX_TICK, "E♭".to_owned())]);
    assert_eq!(score.end(), MAX_TICK);
    let parts = (0..=Score::MAX_PARTS).map(|_| std::sync::Arc::new(Part::default())).collect();
    let crowd = serde_json::to_string(&Score { parts, ..Score::default() }).unwrap();
    assert_eq!(serde_json::from_str::<Score>(&crowd).unwrap().parts.len(), Score::MAX_PARTS);
}

#[test]
fn a_score_without_chords_is_written_as_before_there_were_any() {
    let text = serde_json::to_string(&Score::default()).unwrap();
    assert!(!text.contains("chords"), "{text}");
    assert_eq!(serde_json::from_str::<Score>("{}").unwrap(), Score::default());
}

/// Numbers as another program may have written them; JSON has no other way to say "not a number" or "infinite".
fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        (-10_i32..300).prop_map(|number| number.to_string()),
        prop::sample::select(vec!["null", "1e999", "-1e999", "NaN", "\"much\""]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_score_is_in_range_whatever_is_written_or_it_is_refused(
        mix in prop::collection::vec(any_number(), 6),
        control in prop::collection::vec(any_number(), 3),
        ticks in prop::collection::vec(any::<u32>(), 4),
    ) {
        let text = format!(
            r#"{{"volume":{},"parts":[{{"program":{},"volume":{},"pan":{},"reverb":{},"chorus":{},
            "notes":[{{"start":{},"pitch":9,"duration":{},"velocity":9}},
                {{"start":{},"pitch":9,"duration":0,"velocity":9}}],
            "controls":[{{"tick":{},"control":{{"controller":{{"number":{},"value":{}}}}}}},
                {{"tick":0,"control":{{"pitch_bend":{}}}}}]}}]}}"#,
            mix[0], mix[1], mix[2], mix[3], mix[4], mix[5], ticks[0], ticks[1], ticks[2], ticks[3],
            control[0], control[1], control[2],
        );
        let is_number = |text: &String| text.parse::<f64>().is_ok_and(f64::is_finite);
        let Ok(score) = serde_json::from_str::<Score>(&text) else {
            prop_assert!(!mix.iter().chain(&control).all(is_number), "{text}");
            return Ok(());
        };
        let part = &score.parts[0];
        let levels = [score.volume, part.program, part.volume, part.pan, part.reverb, part.chorus];
        prop_assert!(levels.iter().all(|level| *level <= 127), "{levels:?}");
        for (level, number) in levels.iter().zip(&mix) {
            prop_assert_eq!(f64::from(*level), number.parse::<f64>().unwrap().trunc().clamp(0.0, 127.0));
        }
        prop_assert!(part.notes.is_sorted());
        prop_assert!(part.notes.iter().all(|note| note.duration > 0 && note.end() <= MAX_TICK));
        prop_assert!(part.controls.is_sorted_by_key(|event| event.tick));
        for event in &part.controls {
            let is_in_range = match event.control {
                Control::Controller { number, value } => number <= 127 && value <= 127,
                Control::PitchBend(bend) => (-8192..=8191).contains(&bend),
                _ => false,
            };
            prop_assert!(is_in_range, "{event:?}");
            prop_assert!(event.tick <= MAX_TICK);
        }
        prop_assert_eq!(&serde_json::from_str::<Score>(&serde_json::to_string(&score).unwrap()).unwrap(), &score);
    }
}

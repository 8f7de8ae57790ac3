use super::*;
use crate::music::Part;
use crate::music::testing::note;

fn titled(title: &str) -> Score {
    Score {
        title: title.into(),
        parts: vec![Arc::new(Part::new("Lead", 0)), Arc::new(Part::new("Bass", 32))],
        ..Score::default()
    }
}

#[test]
fn steps_go_back_and_forth_with_their_names() {
    let mut history = History::new(titled("a"));
    assert!(history.commit("Rename to b", titled("b")));
    assert!(history.commit("Rename to c", titled("c")));
    assert_eq!(history.undo_labels().collect::<Vec<_>>(), ["Rename to c", "Rename to b"]);
    assert_eq!(history.undo().as_deref(), Some("Rename to c"));
    assert_eq!(history.score().title, "b");
    assert_eq!(history.redo_label(), Some("Rename to c"));
    assert_eq!(history.undo().as_deref(), Some("Rename to b"));
    assert_eq!(history.score().title, "a");
    assert_eq!(history.undo(), None);
    assert_eq!(history.redo().as_deref(), Some("Rename to b"));
    assert!(history.commit("Rename to d", titled("d")));
    assert_eq!(history.redo(), None, "a new step ends redo");
}

#[test]
fn a_gesture_is_one_step_or_none() {
    let mut history = History::new(titled("a"));
    for title in ["b", "c", "d"] {
        history.preview(titled(title));
        assert_eq!(history.score().title, title);
        assert_eq!(history.committed().title, "a");
    }
    assert!(history.commit_preview("Rename"));
    assert_eq!(history.undo_labels().count(), 1);
    history.preview(titled("e"));
    assert!(history.cancel());
    assert_eq!(history.score().title, "d");
    history.preview(titled("d"));
    assert!(!history.commit_preview("Nothing"), "an equal score is no step");
}

#[test]
fn the_list_is_bounded_and_parts_are_shared() {
    let mut history = History::new(titled("0"));
    for number in 1..=History::DEPTH + 50 {
        history.edit("Mute", |score| {
            score.title = number.to_string();
            if let Some(part) = score.part_mut(0) {
                part.muted = !part.muted;
            }
        });
    }
    let last = Arc::clone(history.score());
    assert_eq!(history.undo_labels().count(), History::DEPTH);
    while history.undo().is_some() {}
    assert_eq!(history.score().title, "50");
    assert!(Arc::ptr_eq(&history.score().parts[1], &last.parts[1]), "the untouched part is not copied");
}

#[test]
fn a_step_costs_the_parts_it_changed_and_all_steps_are_bounded_in_bytes() {
    let note = |start| note(start, 120, 60);
    let part = |notes: u32| Arc::new(Part { notes: (0..notes).map(note).collect(), ..Part::default() });
    let mut history = History::new(Score { parts: vec![part(1000), part(100_000)], ..Score::default() });
    for step in 0..100 {
        history.edit("Delete", |score| {
            let _ = score.part_mut(0).and_then(|part| part.notes.pop());
        });
        let bytes = history.past.back().map_or(0, |step| step.bytes);
        assert!((4000 - 4 * step..6000).contains(&bytes), "the packed notes of the small part: {bytes} bytes");
    }
    let undone = history.clone();
    assert_eq!(history.undo().as_deref(), Some("Delete"));
    assert!(history.future[0].bytes < 6000);
    history.redo();
    assert_eq!(history.score(), undone.score());
    history.drop_oldest(history.past.range(90..).map(|step| step.bytes).sum());
    assert_eq!(history.past.len(), 10);
    history.drop_oldest(0);
    assert_eq!(history.undo_labels().collect::<Vec<_>>(), ["Delete"], "the last step stays whatever it costs");
    history.undo();
    assert_eq!(history.score().parts[0].notes.len(), 901);
}

use super::*;
use crate::{
    library::store::{GenerationSettings, Take},
    music::{Role, testing::note},
};

fn part(name: &str, role: Role, pitch: i32) -> Part {
    let mut part = Part::new(name, 0);
    part.role = role;
    part.notes = vec![note(0, 480, pitch)];
    part
}

/// A melody, and two takes of a bass to it.
fn document() -> Document {
    let melody = part("Tune", Role::Melody, 60);
    let mut document = Document::default();
    document.history.reset(Score { parts: vec![Arc::new(melody)], melody: Some(0), ..Score::default() });
    document.takes.begin_request(GenerationSettings::default());
    for pitch in [40, 41] {
        document.takes.add(Take { parts: vec![part("Bass", Role::Bass, pitch)], ..Take::default() });
    }
    document
}

fn bass(document: &Document) -> &Part {
    &document.score().parts[1]
}

#[test]
fn mixing_while_a_take_is_heard_keeps_none_and_goes_on_to_the_others() {
    let mut document = document();
    document.audition(Some(0));
    document.edit_part(1, "Mute", |part| part.muted = true);
    document.preview(|score| score.part_mut(1).unwrap().volume = 33);
    document.commit_preview("Volume");
    document.edit("Tempo", |score| score.tempo = TempoMap::constant(90.0));
    assert_eq!((document.takes.audition, document.history.committed().parts.len()), (Some(0), 1));
    assert_eq!(document.history.committed().tempo, TempoMap::constant(90.0));
    document.audition(Some(1));
    assert_eq!((bass(&document).muted, bass(&document).volume, bass(&document).notes[0].pitch.get()), (true, 33, 41));
    document.edit_part(0, "Mute", |part| part.muted = true);
    assert!(document.history.committed().parts[0].muted && document.takes.audition == Some(1));
}

#[test]
fn editing_the_notes_of_a_take_keeps_it_and_giving_up_an_edit_does_not() {
    let mut document = document();
    document.audition(Some(1));
    document.preview(|score| score.part_mut(1).unwrap().notes.clear());
    document.cancel_preview();
    assert_eq!((document.takes.audition, bass(&document).notes.len()), (Some(1), 1));
    document.edit_part(1, "Clear", |part| part.notes.clear());
    assert_eq!(document.history.undo_labels().collect::<Vec<_>>(), ["Clear", "Keep take 2"]);
    assert!(document.takes.audition.is_none() && document.takes.all()[1].take.kept);
    assert!(document.history.committed().parts[1].notes.is_empty());
}

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

#[test]
fn what_the_user_named_keeps_its_name_and_what_a_take_named_does_not() {
    let mut document = Document::default();
    let parts = [part("Tune", Role::Melody, 60), part("Upright", Role::Bass, 30)].map(Arc::new).to_vec();
    document.history.reset(Score { parts, melody: Some(0), ..Score::default() });
    for (pitch, bass, drums) in [(40, "Bass guitar", "Kit"), (41, "Double bass", "Drums")] {
        let score = Arc::clone(document.history.committed());
        document.takes.begin_request(GenerationSettings { score, ..GenerationSettings::default() });
        let parts = vec![part(bass, Role::Bass, pitch), part(drums, Role::Drums, pitch)];
        document.takes.receive(Take { parts, ..Take::default() });
        let last = document.takes.all().len() - 1;
        document.audition(Some(last));
        document.keep_audition();
        let names: Vec<_> = document.score().parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["Tune", "Upright", drums]);
        assert_eq!(document.takes.in_score(document.score()), Some(last));
    }
}

#[test]
fn a_take_that_is_mixed_or_kept_is_the_one_that_was_chosen() {
    let mut document = document();
    let rated = |rating| Take { parts: vec![part("Bass", Role::Bass, 40)], rating, ..Take::default() };
    document.takes.begin_request(GenerationSettings::default());
    document.takes.add(rated(-3.0));
    document.audition(Some(2));
    document.takes.add(rated(-1.0));
    assert_eq!(document.takes.better_offer(), Some(3));
    document.edit_part(1, "Mute", |part| part.muted = true);
    assert_eq!((document.takes.better_offer(), document.takes.audition), (None, Some(2)));
    document.takes.begin_request(GenerationSettings::default());
    document.keep_audition();
    assert!(document.takes.chosen, "nothing comes in place of what was kept");
}

#[test]
fn takes_stay_with_their_composition_across_undo() {
    let mut document = document();
    document.leave();
    document.history.commit("Import", Arc::new(Score { id: 9, ..Score::default() }));
    assert!(document.takes.all().is_empty());
    document.takes.begin_request(GenerationSettings::default());
    document.takes.add(Take::default());
    document.undo();
    assert_eq!(document.takes.all().len(), 2);
    document.redo();
    assert_eq!(document.takes.all().len(), 1);
}

#[test]
fn loop_and_takes_go_with_the_time_and_come_back_with_undo() {
    const BAR: Tick = 1920;
    let mut document = document();
    document.takes.begin_request(GenerationSettings::default());
    let mut bass_line = part("Bass", Role::Bass, 45);
    bass_line.notes = (0..4).map(|bar| note(bar * BAR, 480, 45)).collect();
    let outline = crate::music::Outline { bars_before: 1, ..Default::default() };
    document.takes.add(Take { parts: vec![bass_line], outline, ..Take::default() });
    document.edit_part(0, "Tune", |part| part.notes = (0..3).map(|bar| note(bar * BAR, 480, 60)).collect());
    let starts = |document: &mut Document| {
        document.audition(Some(2));
        let starts = document.score().parts.iter().map(|part| part.notes.iter().map(|note| note.start / BAR).collect());
        let starts: [Vec<Tick>; 2] = starts.collect::<Vec<_>>().try_into().unwrap();
        document.drop_audition();
        starts
    };
    // an introduction of one bar comes before both
    assert_eq!(starts(&mut document), [vec![1, 2, 3], vec![0, 1, 2, 3]]);
    (document.transport.loop_range, document.transport.looping) = (Some(BAR..2 * BAR), true);
    document.change_time("Insert 1 bar", TimeChange::Insert(BAR..2 * BAR));
    assert_eq!(document.active_loop(), Some(2 * BAR..3 * BAR));
    assert_eq!(starts(&mut document), [vec![1, 3, 4], vec![0, 1, 3, 4]]);
    document.takes.add(Take { parts: vec![part("Bass", Role::Bass, 50)], ..Take::default() });
    assert_eq!(document.takes.all()[3].now().parts[0].notes[0].start, 0, "it was asked for before");

    document.change_time("Delete 1 bar", TimeChange::Delete(2 * BAR..3 * BAR));
    assert_eq!((&document.transport.loop_range, document.transport.looping), (&None, false));
    assert_eq!(starts(&mut document), [vec![1, 3], vec![0, 1, 3]]);
    assert_eq!(document.takes.to_keep().unwrap().takes[0].parts[0].notes.len(), 3, "as it is kept");
    document.undo();
    assert_eq!(document.transport.loop_range, Some(2 * BAR..3 * BAR));
    assert_eq!(starts(&mut document), [vec![1, 3, 4], vec![0, 1, 3, 4]], "what was taken out is there again");
    document.transport.loop_range = Some(4 * BAR..5 * BAR);
    document.undo();
    assert_eq!(document.transport.loop_range, Some(3 * BAR..4 * BAR), "it was set anew");
    assert_eq!(starts(&mut document), [vec![1, 2, 3], vec![0, 1, 2, 3]]);
    document.redo();
    assert_eq!(document.transport.loop_range, Some(4 * BAR..5 * BAR));
    assert_eq!(starts(&mut document), [vec![1, 3, 4], vec![0, 1, 3, 4]]);
    document.edit_part(0, "Clear", |part| part.notes.clear());
    document.undo();
    assert_eq!(document.transport.loop_range, Some(4 * BAR..5 * BAR), "other steps leave it alone");
}

#[test]
fn what_the_user_set_outlasts_takes_until_the_takes_own_is_wanted() {
    use crate::music::{ChordChange, SectionChange, edit::MarkKind};
    let outline = |root: &str| Outline {
        chords: (0..4).map(|bar| ChordChange::from_symbol(root, bar * 1920).unwrap()).collect(),
        sections: vec![SectionChange { tick: 0, label: root.into() }],
        bars_before: 0,
    };
    let mut document = document();
    document.takes = GeneratedTakes::default();
    for root in ["C", "F"] {
        let parts = vec![part("Bass", Role::Bass, 40)];
        document.takes.add(Take { parts, outline: outline(root), ..Take::default() });
    }
    let chords = |document: &Document| document.score().chords.iter().map(ChordChange::symbol).collect::<Vec<_>>();
    let labels = |document: &Document| {
        let sections = document.score().sections.iter();
        sections.map(|section| (section.tick / 1920, section.label.clone())).collect::<Vec<_>>()
    };
    document.audition(Some(0));
    assert!(document.why_no_take_outline().is_some(), "all is the take's");
    document.edit("Change chord", |score| MarkKind::Chord.put(score, 1920, "Am").unwrap());
    document.edit("Add section", |score| MarkKind::Section.put(score, 3840, "Bridge").unwrap());
    assert_eq!(chords(&document), ["C", "Am", "C", "C"]);
    // another take, heard and kept, leaves both as they are
    document.audition(Some(1));
    assert_eq!(chords(&document), ["F", "Am", "F", "F"]);
    document.keep_audition();
    assert_eq!(chords(&document), ["F", "Am", "F", "F"]);
    assert_eq!(labels(&document), [(0, "C".to_owned()), (2, "Bridge".to_owned())], "the form is the user's");
    // and so does one that comes later, behind an introduction
    let later = Outline { bars_before: 1, ..outline("G") };
    document.takes.add(Take { parts: vec![part("Bass", Role::Bass, 41)], outline: later, ..Take::default() });
    document.audition(Some(2));
    assert_eq!(chords(&document), ["G", "G", "Am", "G"]);
    document.drop_audition();
    document.use_take_outline();
    assert_eq!((chords(&document), labels(&document).len()), (vec!["F".to_owned(); 4], 1));
    assert!(document.why_no_take_outline().is_some(), "nothing is left of the user's");
    document.undo();
    assert_eq!(chords(&document), ["F", "Am", "F", "F"]);
}

#[test]
fn a_part_is_duplicated_and_moved_and_the_melody_stays_the_melody() {
    let named = |name: &str, role| Arc::new(Part { role, ..Part::new(name, 0) });
    let mut document = Document::default();
    document.edit("Parts", |score| {
        score.parts = vec![named("Bass", Role::Bass), named("Flute", Role::Melody)];
        score.melody = Some(1);
    });
    let state = |document: &Document| {
        let names: Vec<String> = document.score().parts.iter().map(|part| part.name.clone()).collect();
        (names.join(" "), document.score().melody, document.part)
    };
    document.duplicate_part(0);
    assert_eq!(state(&document), ("Bass Bass copy Flute".into(), Some(2), 1));
    let [original, copy] = [0, 1].map(|part| &document.score().parts[part]);
    assert_eq!((original.role, copy.role), (Role::Bass, Role::Other), "no take replaces both");
    assert_ne!(original.color, copy.color);
    document.move_part(2, true);
    assert_eq!(state(&document), ("Bass Flute Bass copy".into(), Some(1), 1));
    document.move_part(0, false);
    assert_eq!(state(&document), ("Flute Bass Bass copy".into(), Some(0), 1));
    let before = document.history.revision();
    document.move_part(0, true);
    document.move_part(2, false);
    document.move_part(7, true);
    document.duplicate_part(7);
    assert_eq!(document.history.revision(), before, "there is nowhere to go");
    document.undo();
    document.undo();
    document.undo();
    assert_eq!((document.score().parts.len(), document.score().melody), (2, Some(1)));
}

#[test]
fn a_composition_that_is_opened_again_can_be_undone_as_far_as_it_is_the_same() {
    let named = |id, title: &str| Score { id, title: title.into(), ..Score::default() };
    let open = |document: &mut Document, score: &Arc<Score>| {
        document.open(Composition::new(Score::clone(score)));
    };
    let mut document = Document::default();
    document.history.reset(named(1, "One"));
    document.history.commit("Open Two", named(2, "Two"));
    document.add_part();
    document.edit("Tempo", |score| score.tempo = TempoMap::constant(90.0));
    document.undo();
    let two = Arc::clone(document.score());
    open(&mut document, &Arc::new(named(3, "Three")));
    assert_eq!((document.history.undo_label(), document.history.redo_label()), (None, None));
    document.add_part();
    let revision = document.history.revision();
    // renamed meanwhile
    open(&mut document, &Arc::new(Score { title: "Two, again".into(), ..Score::clone(&two) }));
    assert_eq!((document.history.undo_label(), document.history.redo_label()), (Some("Add part"), Some("Tempo")));
    assert!(document.history.revision() > revision);
    document.undo();
    assert_eq!((document.score().id, document.score().title.as_str()), (2, "Two, again"));
    assert_eq!(document.history.undo_label(), None, "the first one may have changed since");
    // changed elsewhere meanwhile
    open(&mut document, &Arc::new(named(3, "Three")));
    assert_eq!(document.history.undo_label(), None);
    for id in 10..30 {
        open(&mut document, &Arc::new(named(id, "Many")));
    }
    assert_eq!(document.shelf.len(), MOST_SHELVED);
}
